"""Validate, plan and sync SOC response playbooks kept as YAML in git."""

__version__ = "0.1.0"
