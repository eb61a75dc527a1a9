"""Alerts beside the API: what of them may be written to a file, and how many of a file's alerts fire a playbook."""
