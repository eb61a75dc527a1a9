"""Changes of YAML as text patches on the loader's own spans: fixes, formatting. Pure; nothing here reads or writes files."""
