"""The command line: ``assent`` and its commands."""

from assent.cli.commands import main

__all__ = ["main"]
