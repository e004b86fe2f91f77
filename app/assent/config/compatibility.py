"""``[compatibility]``: tools whose place Assent takes in the site's own scripts and markup."""

from assent.config.table import Table


class Compatibility(Table):
    """``[compatibility]``: each is off until it is turned on, for it adds to the script of every page."""

    cookieyes: bool = False
    """Its functions, events, tags and hooks."""
