"""``[discovery]``: what traffic reveals, and how long that is remembered."""

from typing import Annotated

from pydantic import Field

from assent.config.table import Table


class Discovery(Table):
    """``[discovery]``."""

    keep_seconds: Annotated[int, Field(ge=0, le=3600)] = 60
    """How often it is written into the ledger's database; 0 keeps it in memory alone."""
