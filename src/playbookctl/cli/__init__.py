"""The command line. Decides settings once and hands them down; the only part that prints."""
