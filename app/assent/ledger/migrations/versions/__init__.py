"""The migrations, oldest first; once released, a file never changes."""
