"""Standard streams that whoever started the program had closed."""

import os
import sys


def held_open() -> None:
    """Open what is closed of standard input, output and error on nothing.

    Else the next file takes its number: a database, say, and what is printed goes into that.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            # The lowest number that is free is this one.
            os.open(os.devnull, os.O_RDWR)
            setattr(sys, name, os.fdopen(number, "w" if number else "r", closefd=False))
