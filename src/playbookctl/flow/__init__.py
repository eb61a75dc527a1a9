"""What a playbook means: conditions, the graph of its steps, what it can reach. Pure; knows playbooks, no files."""
