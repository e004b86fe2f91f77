"""The vectors, a file for each family."""
