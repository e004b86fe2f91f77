"""Assent as a web application: its own routes, and the composition root."""
