"""Every error that Assent raises on purpose, in one tree, by who must act.

AssentError
    ConfigError          the operator: a setting, a file or a missing extra
        NoBrowser        ... or there is no browser to drive
    BadChoice            the visitor's client: what it sent is not a choice (400)
        CrossSite        ... and it did not come from this site (403)
        TooLarge         ... and it is larger than any choice (413)
    FieldsTooLarge       any client: it sends more cookies than a site can have (431)
    BodyTooLarge         any client: it sends more than the operator lets through (413)
    TooManyRequests      any client: it asks Assent itself for more than its share (429)
    LedgerUnavailable    the machine: a record could not be stored (503)
    UpstreamError        the machine: the upstream gave no answer (502)
        UpstreamTimeout  ... in time (504)
        UpstreamBusy     ... because all connections to it were in use (503)
"""


class AssentError(Exception):
    """The root: catch it to catch whatever Assent itself reports."""

    status = 500


class ConfigError(AssentError):
    """One or more settings are wrong; ``problems`` names each with its place and its cure."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class NoBrowser(ConfigError):
    """The extra ``scan`` or a Chromium is missing."""


class BadChoice(AssentError):
    """A choice that cannot be read; the message says what would be right."""

    status = 400


class CrossSite(BadChoice):
    """A choice posted from another site."""

    status = 403


class TooLarge(BadChoice):
    """A body larger than any choice can be."""

    status = 413


class FieldsTooLarge(AssentError):
    """More Cookie fields than a browser would send."""

    status = 431


class BodyTooLarge(AssentError):
    """A request whose body is larger than the site takes."""

    status = 413


class TooManyRequests(AssentError):
    """A client that has to wait some seconds."""

    status = 429

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Too many requests. Please try again in {seconds} seconds.")
        self.seconds = seconds


class LedgerUnavailable(AssentError):
    """The record was not stored, so no grant may take effect."""

    status = 503


class UpstreamError(AssentError):
    """The upstream refused, broke off or spoke nonsense before its header section was complete."""

    status = 502


class UpstreamTimeout(UpstreamError):
    """The upstream did not answer in time."""

    status = 504


class UpstreamBusy(UpstreamError):
    """All connections to the upstream are in use, and it was not the request's turn in time."""

    status = 503
