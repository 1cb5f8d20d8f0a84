"""The verbs of the command line: short functions that parse, call one function and print."""
