import pytest

from assent.core.tokens import ATTRIBUTE, WHOLE_ATTRIBUTE, attributes, decoded, is_self_closing


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (b"", ""),
        (b"a b", "a b"),
        (b"&amp;&lt;&quot;", '&<"'),
        (b"&AMP", "&"),
        (b"?a=1&copy=2", "?a=1&copy=2"),
        (b"?a=1&copy;=2", "?a=1\xa9=2"),
        (b"?a=1&copy", "?a=1\xa9"),
        (b"&notit;", "&notit;"),
        (b"&nobody;", "&nobody;"),
        (b"&", "&"),
        (b"&&amp;&", "&&&"),
        (b"&amp;amp;", "&amp;"),
        (b"&sol;&period;&colon;", "/.:"),
        (b"&#47;&#x2f;&#X2F", "///"),
        (b"&#0000000000047;", "/"),
        (b"&#x80;&#150;&#x81;", "\u20ac\u2013\x81"),
        (b"&#0;&#xD800;&#x110000;&#99999999999;", "\ufffd\ufffd\ufffd\ufffd"),
        (b"&#1;&#x10FFFF;", "\x01\U0010ffff"),
        (b"&#;&#x;&#a;", "&#;&#x;&#a;"),
        (b"\0", "\ufffd"),
        (b"\xff\xe8\x8c\xb6", "\ufffd\u8336"),
    ],
)
def test_a_value_is_read_as_browsers_read_it(value: bytes, text: str) -> None:
    assert decoded(value) == text


@pytest.mark.parametrize(
    ("inside", "found"),
    [
        ("", {}),
        (" a", {"a": ""}),
        (" a=b", {"a": "b"}),
        (" A=B b='C' c=\"D\"", {"a": "B", "b": "C", "c": "D"}),
        ("/a=b/c", {"a": "b/c"}),
        (" a='b'c=d", {"a": "b", "c": "d"}),
        (" a = b", {"a": "b"}),
        (" a=", {"a": ""}),
        (" a= b=c", {"a": "b=c"}),
        (" =a=b", {"=a": "b"}),
        (" a=1 a=2", {"a": "1"}),
        (" a='>' b", {"a": ">", "b": ""}),
        (" a=\"\" b=''", {"a": "", "b": ""}),
        (" a=b'c\"d", {"a": "b'c\"d"}),
        (' a\'b="c"', {"a'b": "c"}),
        (" a=<b", {"a": "<b"}),
    ],
)
def test_attributes_are_told_apart(inside: str, found: dict[str, str]) -> None:
    tag = f"<p{inside}>".encode()
    assert {
        key.decode(): value.value.decode() for key, value in attributes(tag, 2, len(tag)).items()
    } == found


def test_the_places_of_duplicates_are_kept() -> None:
    tag = b"<p a=1 b A=2 a>"
    assert attributes(tag, 2, len(tag))[b"a"].places == [3, 9, 13]


@pytest.mark.parametrize(
    ("tag", "closes"),
    [
        (b"<p/>", True),
        (b"<p />", True),
        (b"<p a/>", True),
        (b"<p a='b'/>", True),
        (b"<p a=b/>", False),
        (b"<p a=/>", False),
        (b"<p a=b />", True),
        (b"<p/ >", False),
        (b"<p a>", False),
    ],
)
def test_a_slash_before_the_end_counts_unless_it_ends_a_value(tag: bytes, closes: bool) -> None:
    assert is_self_closing(tag, 2, len(tag)) is closes


@pytest.mark.parametrize(
    "text", ["a='b'", 'a = "b"', "a=b ", "a=b>", "a>", "a b", "a/", "a  /b", "a=>", "a= >"]
)
def test_an_attribute_is_whole_as_soon_as_nothing_can_change_it(text: str) -> None:
    data = text.encode()
    whole, found = WHOLE_ATTRIBUTE.match(data), ATTRIBUTE.match(data)
    assert whole is not None
    assert found is not None
    assert whole.end() == found.end()


@pytest.mark.parametrize("text", ["a", "a ", "a=", "a= ", "a='b", 'a="b', "a=b", "a='", "a=b'"])
def test_an_attribute_that_may_go_on_is_not_whole(text: str) -> None:
    assert WHOLE_ATTRIBUTE.match(text.encode()) is None
