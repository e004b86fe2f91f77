"""Documents that stand in an attribute are read as the page around them is."""

import html
import re

import pytest

from assent.core.boundary import Boundary
from assent.core.categories import ALL, NECESSARY_ONLY
from assent.core.markup import DEEPEST, Markup
from assent.core.rules import Rules

GUARD = "<script src=/guard></script>"
PREFACE = "<!DOCTYPE html><title>x</title><body>"


def shown(body: str, *, guard: str = GUARD, xml: bool = False, size: int = 1 << 20) -> str:
    """Return the first srcdoc of a page as a browser reads it, after the page was read in pieces."""
    markup = Markup(
        head=guard.encode(), boundary=Boundary(Rules(), NECESSARY_ONLY, "https://a.example", print), xml=xml
    )
    page = (PREFACE + body).encode()
    pieces = [markup.feed(page[at : at + size]) for at in range(0, len(page), size)]
    out = (b"".join(pieces) + markup.end()).decode()
    return attribute(out.removeprefix("<!DOCTYPE html>" + guard))


def attribute(text: str) -> str:
    found = re.search(r"<iframe[^>]*?\ssrcdoc=(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))", text, re.IGNORECASE)
    assert found
    return html.unescape(found[1] or found[2] or found[3])


@pytest.mark.parametrize("size", [1, 7, 1 << 20])
@pytest.mark.parametrize(
    "tag",
    [
        "<iframe srcdoc='<p>x'>",
        '<iframe title=a srcdoc="<p>x">',
        "<IFRAME SRCDOC=<p&gt;x>",
        "<iframe srcdoc=&lt;p&gt;x>",
        '<iframe src=/a srcdoc="&lt;p&gt;x" srcdoc=second>',
    ],
)
def test_the_guard_stands_first_in_it(tag: str, size: int) -> None:
    assert shown(f"{tag}</iframe>", size=size) == f"{GUARD}<p>x"


def test_what_reaches_out_in_it_is_parked() -> None:
    inside = shown("<iframe srcdoc='<link rel=preconnect href=https://bad.example>'></iframe>")
    assert inside == f"{GUARD}<link rel=preconnect data-assent-href=https://bad.example>"


def test_a_document_in_a_document_in_a_document() -> None:
    inner = '<iframe srcdoc="&lt;p&gt;x"></iframe>'
    inside = shown(f"<iframe srcdoc='{inner}'></iframe>")
    assert inside.startswith(GUARD)
    assert attribute(inside) == f"{GUARD}<p>x"


def test_documents_far_down_are_left_as_they_are() -> None:
    document = "<p>x"
    for _ in range(12):
        document = f'<iframe srcdoc="{html.escape(document)}"></iframe>'
    found = shown(document)
    for _ in range(DEEPEST):
        assert found.startswith(GUARD)
        found = attribute(found)
    assert not found.startswith(GUARD)


def test_without_anything_to_put_in_or_park_it_stays_as_it_is() -> None:
    markup = Markup(boundary=Boundary(Rules(), ALL, "https://a.example", print))
    page = PREFACE.encode() + b"<iframe srcdoc='<p>x'></iframe>"
    assert markup.feed(page) + markup.end() == page


def test_in_xhtml_it_is_html_all_the_same() -> None:
    assert shown("<iframe srcdoc='&lt;p&gt;x'></iframe>", xml=True) == f"{GUARD}<p>x"
