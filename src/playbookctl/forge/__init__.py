"""GitHub and GitLab: the one comment of a pull request, the one open issue of an environment, and nothing else there."""
