"""The command line, a file for each thing it is about."""
