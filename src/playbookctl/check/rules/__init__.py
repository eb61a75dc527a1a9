"""The rules, one file each; see `check/rule.py` for how to add one."""
