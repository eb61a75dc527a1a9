"""One file per command, found by name and imported when called; each has a click command called `command`."""
