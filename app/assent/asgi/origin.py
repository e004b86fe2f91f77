"""Who may post a choice: only pages of the site itself.

After Filippo Valsorda's "Cross-Site Request Forgery" (2025): Sec-Fetch-Site decides where it is sent, else
Origin against Host, and a request with neither does not come from a browser of this decade.
"""

from urllib.parse import urlsplit

from assent.core.fields import Fields
from assent.core.representation import first


def is_same_origin(fields: Fields, origin: str | None) -> bool:
    """Tell whether a state-changing request comes from the site itself; ``origin`` is its public one."""
    site = first(fields, b"sec-fetch-site")
    if site:
        return site in (b"same-origin", b"none")
    sender = first(fields, b"origin").decode("latin-1")
    if not sender:
        return True
    hosts = {first(fields, b"host").decode("latin-1").lower()}
    public = urlsplit(origin or "")
    try:
        url = urlsplit(sender)
    except ValueError:
        return False
    if public.scheme == "https" and url.scheme != "https":
        return False
    # A sandboxed frame sends "Origin: null", which names no host; nor may a request without Host match it.
    return bool(url.netloc) and url.netloc in hosts | {public.netloc.lower()}
