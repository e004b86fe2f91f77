"""``[signals]``: vendors that are told in their own way what a visitor allows."""

from assent.config.table import Table


class Signals(Table):
    """``[signals]``: each is off until it is turned on, for without its tags nobody listens."""

    google: bool = False
    """Consent Mode v2."""
    microsoft: bool = False
    """UET and Clarity."""
    meta: bool = False
    matomo: bool = False
    wordpress: bool = False
    """WP Consent API."""

    @property
    def names(self) -> tuple[str, ...]:
        """Those that are on."""
        return tuple(name for name in type(self).model_fields if getattr(self, name))
