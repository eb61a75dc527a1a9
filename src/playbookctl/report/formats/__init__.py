"""One module per format, each with `render(report, options) -> str`; a new file here is a new choice of `--format`."""
