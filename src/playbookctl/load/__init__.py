"""Files to workspace: discovery, settings, connectors, YAML with positions, schema. PyYAML lives here and nowhere else."""
