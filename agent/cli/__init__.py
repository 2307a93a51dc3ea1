"""The command line: one file per command, and one edge that turns errors into words and exit codes."""
