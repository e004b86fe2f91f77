"""Every error that Assent raises on purpose, in one tree, by who must act.

AssentError
    ConfigError          the operator: a setting, a file or a missing extra
    BadChoice            the visitor's client: what it sent is not a choice (400)
        CrossSite        ... and it did not come from this site (403)
        TooLarge         ... and it is larger than any choice (413)
    FieldsTooLarge       any client: it sends more cookies than a site can have (431)
    LedgerUnavailable    the machine: a record could not be stored (503)
    UpstreamError        the machine: the upstream gave no answer (502)
        UpstreamTimeout  ... in time (504)
"""


class AssentError(Exception):
    """The root: catch it to catch whatever Assent itself reports."""

    status = 500


class ConfigError(AssentError):
    """One or more settings are wrong; ``problems`` names each with its place and its cure."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


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


class LedgerUnavailable(AssentError):
    """The record was not stored, so no grant may take effect."""

    status = 503


class UpstreamError(AssentError):
    """The upstream refused, broke off or spoke nonsense before its header section was complete."""

    status = 502


class UpstreamTimeout(UpstreamError):
    """The upstream did not answer in time."""

    status = 504
