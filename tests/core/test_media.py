import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.core.media import is_html, is_other_xml, is_xhtml, may_be_html, media_type, utf_16


@pytest.mark.parametrize(
    ("content_type", "taken_for"),
    [
        (b"text/html", b"text/html"),
        (b" Text/HTML ;charset=Shift_JIS", b"text/html"),
        (b"text/html charset=utf-8", b"text/html"),
        (b"text/html(a comment)", b"text/html"),
        (b"text/html;;=", b"text/html"),
        (b"text/html, text/html", b"text/html"),
        (b"text/plain, text/html", b"text/html"),
        (b"text/html, text/plain", b"text/plain"),
        (b"text/html, */*", b"text/html"),
        (b"text/html, nonsense", b"text/html"),
        (b'text/html; x="a, text/plain"', b"text/html"),
        (b'text/html; x="\\", text/plain', b"text/html"),
        (b"text/plain; text/html", b"text/plain"),
        (b"text/htmlx", b"text/htmlx"),
        (b"application/xhtml+xml", b"application/xhtml+xml"),
        (b"", b""),
        (b"html", b""),
        (b"*/*", b""),
        (b"unknown/unknown", b""),
        (b"Application/Unknown", b""),
    ],
)
def test_a_type_is_taken_for_what_browsers_take_it_for(content_type: bytes, taken_for: bytes) -> None:
    assert media_type(content_type) == taken_for
    assert is_html(content_type) is taken_for.endswith((b"text/html", b"application/xhtml+xml"))
    assert is_xhtml(content_type) is (taken_for == b"application/xhtml+xml")
    assert may_be_html(content_type) is (is_html(content_type) or not taken_for)


@pytest.mark.parametrize(
    ("content_type", "other"),
    [
        (b"image/svg+xml", True),
        (b"TEXT/XML; charset=utf-8", True),
        (b"text/xml charset=utf-8", True),
        (b"text/plain, application/xml", True),
        (b"text/xsl", True),
        (b"application/vnd.wap.xhtml+xml", True),
        (b"application/xhtml+xml", False),
        (b"text/html; x=text/xml", False),
        (b"", False),
    ],
)
def test_which_documents_run_scripts_where_no_guard_stands(content_type: bytes, other: bool) -> None:
    assert is_other_xml(content_type) is other


@pytest.mark.parametrize(
    ("content_type", "name"),
    [
        (b"text/html; charset=utf-16", "utf-16-le"),
        (b"text/html; charset='UTF-16LE'", "utf-16-le"),
        (b"text/html;charset = UTF-16BE", "utf-16-be"),
        (b"text/html; charset=unicodeFFFE", "utf-16-be"),
        (b"text/html; charset=unicodefeff", "utf-16-le"),
        (b"text/html; charset=csunicode", "utf-16-le"),
        (b"text/html; charset=ISO-10646-UCS-2", "utf-16-le"),
        (b"text/html; version=1; charset=utf-16", "utf-16-le"),
        (b"text/html; charset=utf-8", ""),
        (b"text/html; charset=utf-8; charset=utf-16", ""),
        (b"text/html; xcharset=utf-16", ""),
        (b"text/html; charset=utf-16x", ""),
        (b"text/html", ""),
    ],
)
def test_utf_16_is_known_by_all_its_labels(content_type: bytes, name: str) -> None:
    assert utf_16(content_type) == name


@given(st.binary())
def test_any_content_type_can_be_read(content_type: bytes) -> None:
    assert media_type(content_type) == media_type(content_type).lower()
    assert utf_16(content_type) in ("", "utf-16-be", "utf-16-le")
