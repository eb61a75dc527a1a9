"""Report → text in one of several formats. Renderers are pure; escaping is their only cleverness."""
