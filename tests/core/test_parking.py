import pytest

from assent.core.boundary import Blocked, Boundary
from assent.core.categories import Category
from assent.core.markup import MAX_HELD, Markup
from assent.core.parking import MOST_PARKED, Parked
from assent.core.rules import HostRule, Rules

RULES = Rules(
    hosts=(
        HostRule("*.bad.example", Category.ANALYTICS),
        HostRule("good.example", Category.FUNCTIONAL),
    )
)
BAD = Blocked("bad.example", Category.ANALYTICS)


def boundary() -> Boundary:
    return Boundary(RULES, frozenset({Category.FUNCTIONAL}), "https://shop.example", lambda host: None)


def placeholder(blocked: Blocked, url: str) -> str:
    return f'/held?host={blocked.host}&quoted="'


def markup_for(*, everything: bool = False, xml: bool = False) -> Markup:
    return Markup(boundary=boundary(), placeholder=placeholder, everything=everything, xml=xml)


def through(markup: Markup, document: bytes, size: int) -> bytes:
    chunks = (document[place : place + size] for place in range(0, len(document), size))
    return b"".join([*map(markup.feed, chunks), markup.end()])


def parked(text: str, *, everything: bool = False, xml: bool = False) -> str:
    """Park one document, at once and in the smallest chunks, which must not make a difference."""
    document = text.encode()
    whole = through(markup_for(everything=everything, xml=xml), document, len(document) or 1)
    for size in (1, 3, 7):
        assert through(markup_for(everything=everything, xml=xml), document, size) == whole
    return whole.decode()


STANDS = 'src="/held?host=bad.example&amp;quoted=&quot;" '
DATA = STANDS.replace("src", "data", 1)

# Each document with "~" where "data-assent-" belongs; "@", "%" and "^" are what else goes in there.
DOCUMENTS = {
    # Links that connect ahead.
    "preconnect": "<link rel=preconnect ~href=//bad.example>",
    "dns-prefetch": "<link ~href='https://bad.example' rel='dns-prefetch'>",
    "prerender": '<link rel="prerender" ~href="https://bad.example/a">',
    "prefetch": "<LINK REL=PREFETCH ~HREF=HTTPS://BAD.EXAMPLE/>",
    "preload beside a set": '<link rel=preload imagesrcset="/a 1x" ~href="//bad.example/a">',
    "preload of a set": '<link rel=preload ~imagesrcset="/a 1x, //bad.example/b 2x" href="/a">',
    "modulepreload": "<link rel=modulepreload ~href=//bad.example/m.js>",
    "one of several link types": "<link rel='icon\tPreConnect' ~href=//bad.example>",
    "no hint": "<link rel=canonical href=//bad.example><link href=//bad.example>",
    "a link type that only begins like one": "<link rel=preconnected href=//bad.example>",
    "a hint to a host that is granted": "<link rel=preconnect href=//good.example>",
    "a hint to the site itself": "<link rel=preload href=/a><link rel=preload href=https://shop.example/a>",
    "a host below": "<link rel=preconnect ~href=//cdn.bad.example>",
    "a host that no rule knows": "<link rel=preconnect ~href=//nobody.example>",
    # URLs as browsers read them.
    "references in a URL": "<link rel=preconnect ~href='&#47;&#x2F;bad&period;example'>",
    "references without a semicolon": "<link rel=preconnect ~href='&#47&#47bad.example'>",
    "no reference in an attribute": "<link rel=preload href='/a?x=1&sol/bad.example'>",
    "references in a link type": "<link rel='pre&#99;onnect' ~href=//bad.example>",
    "backslashes": "<link rel=preconnect ~href='\\\\bad.example'>",
    "a tab in a URL": "<link rel=preconnect ~href='/\t/bad.example'>",
    "a line feed in a scheme": "<link rel=preconnect ~href='ht\ntps://bad.example'>",
    "spaces before a URL": "<link rel=preconnect ~href='" + " " * 9000 + "//bad.example'>",
    "a scheme without slashes": "<link rel=preconnect ~href='http:bad.example'>",
    "a port": "<link rel=preconnect ~href=//bad.example:8443>",
    # Attributes (WHATWG 13.2.5.33).
    "the first of duplicates counts": "<link rel=preconnect href=/a href=//bad.example>",
    "all duplicates of what is parked": "<link rel=preconnect ~href=//bad.example ~HREF=//good.example>",
    "slashes between attributes": "<link/rel='preconnect'/~href=//bad.example>",
    "no space between attributes": "<link rel='preconnect'~href='//bad.example'>",
    "spaces around the equals sign": "<link rel = preconnect ~href\n=\t'//bad.example'>",
    "a name that begins like one": "<link rel=preconnect hrefs=//bad.example data-href=//bad.example>",
    "a value full of tags": "<p title='<link rel=preconnect href=//bad.example>'>",
    "a tag in a tag": "<p <link rel=preconnect href=//bad.example>",
    # Refreshes.
    "refresh": "<meta ~http-equiv=refresh content='0;url=https://bad.example/'>",
    "refresh with a comma": "<meta content='5, URL = \"//bad.example\"' ~http-equiv=REFRESH>",
    "refresh without url=": "<meta ~http-equiv=refresh content='0 //bad.example'>",
    "refresh with a dot": "<meta ~http-equiv=refresh content='.5;//bad.example'>",
    "refresh without a number": "<meta http-equiv=refresh content='url=//bad.example'>",
    "refresh with nonsense behind the number": "<meta http-equiv=refresh content='0x;url=//bad.example'>",
    "refresh of itself": "<meta http-equiv=refresh content=30><meta http-equiv=refresh content='5;url=/a'>",
    "refresh in a noscript": "<noscript><meta ~http-equiv=refresh content='0;//bad.example'></noscript>",
    "another meta": "<meta http-equiv=content-security-policy content='img-src bad.example'>",
    "a meta that names a URL": "<meta property=og:image content='0;url=//bad.example'>",
    # Base.
    "base": "<base ~href=//bad.example/>",
    "base of the site": "<base href=/shop/>",
    # Speculation rules.
    "speculation rules": '<script ^type="speculationrules">{"prefetch":[]}</script>',
    "speculation rules in capitals": "<script ^type=' SpeculationRules\n'></script>",
    "another script": "<script type=module src=//bad.example></script>",
    # Frames.
    "iframe": "<iframe class=a @~src=//bad.example/film></iframe>",
    "iframe with a duplicate": "<iframe @~src=//bad.example ~src=//good.example></iframe>",
    "frame": "<frameset><frame @~src=//bad.example></frameset>",
    "embed": "<embed @~src=//bad.example>",
    "object": "<object %~data=//bad.example></object>",
    "iframe of the site": "<iframe src=/a></iframe><iframe src=about:blank></iframe><iframe></iframe>",
    "iframe with srcdoc": "<iframe srcdoc='<p>A page of its own'></iframe>",
    "iframe in an iframe": "<iframe src=/a><iframe src=//bad.example></iframe>",
    "iframe in a noscript": "<noscript><iframe @~src=//bad.example></iframe></noscript>",
    "iframe in a template": "<template><iframe @~src=//bad.example></iframe></template>",
    "data: frame": "<iframe src='data:text/html,//bad.example'></iframe>",
    # Pings.
    "ping": "<a href=/ ~ping=//bad.example>",
    "ping of several": "<area ~ping='/a\n//bad.example //good.example'>",
    "ping of the site": "<a ping='/a /b' href=//bad.example>",
    # Where there are no tags.
    "in a comment": "<p><!-- <iframe src=//bad.example> --!><iframe @~src=//bad.example></iframe>",
    "in a bogus comment": "<p><!x <iframe src=//bad.example><?x <base href=//bad.example></ <p>",
    "in raw text": "".join(
        f"<{name}><a ping=//bad.example></{name}>"
        for name in ("title", "style", "textarea", "xmp", "noembed")
    ),
    "in a script": "<script>'<a ping=//bad.example>'</script><a ~ping=//bad.example>",
    "in a script in a script": "<script><!--<script></script><a ping=//bad.example>--></script>",
    "in plaintext": "<plaintext></plaintext><a ping=//bad.example>",
    "CDATA in HTML ends at >": "<p><![CDATA[ <p> <a ~ping=//bad.example> ]]>",
    # Inside drawings and formulas (13.2.6.5).
    "CDATA in a drawing": "<p><svg><![CDATA[ > <a ping=//bad.example> ]]></svg><a ~ping=//bad.example>",
    "a style in a drawing is no raw text": "<svg><style><a ~ping=//bad.example></style></svg>",
    "a script in a drawing is no raw text": "<svg><script><a ~ping=//bad.example></script></svg>",
    "HTML in a drawing": "<svg><foreignObject><title><a ping=//bad.example></title></foreignObject></svg>",
    "after HTML in a drawing": "<svg><desc><p></desc><style><a ~ping=//bad.example></style></svg>",
    "a paragraph ends a drawing": "<svg><p><style><a ping=//bad.example></style>",
    "a font that ends a drawing": "<svg><font size=1><style><a ping=//bad.example></style>",
    "a font that does not": "<svg><font><style><a ~ping=//bad.example></style>",
    "an empty drawing": "<svg/><style><a ping=//bad.example></style>",
    "a drawing in a drawing": "<svg><svg></svg><style><a ~ping=//bad.example></style></svg>",
    "text in a formula": "<math><mi><style><a ping=//bad.example></style></mi></math>",
    "CDATA right inside a formula's text": "<math><mi><![CDATA[ > <a ping=//bad.example> ]]></mi>",
    "CDATA in HTML in a formula's text": "<math><mi><b><![CDATA[ > <a ~ping=//bad.example> ]]></b></mi>",
    "an annotation with HTML": "<math><annotation-xml encoding=Text/HTML><style><a ping=//bad.example>",
    "an annotation without": "<math><annotation-xml><style><a ~ping=//bad.example></style>",
    "an end of a paragraph ends a drawing": "<svg></p><style><a ping=//bad.example></style>",
    # Framesets.
    "a frameset ignores raw text": "<frameset><title><frame @~src=//bad.example></title></frameset>",
    "a frameset with noframes": "<frameset><noframes><frame src=//bad.example></noframes></frameset>",
}
WITHOUT_POLICY = {
    "script": "<script ~src=//bad.example></script><script src=/a.js></script>",
    "speculation rules with a source": '<script ~src=//bad.example ^type="speculationrules"></script>',
    "image": "<img alt='a > b' ~src=//bad.example/a.png><img src=/a.png><img src='a.png'>",
    "a set of images": "<img ~srcset='/a 1x, //bad.example/b 2x' src='/a'>",
    "a set of the site's images": '<img srcset="/a,b 1x, /c 2x" src="/a">',
    "a set whose URLs end in commas": "<img ~srcset='/a,, //bad.example,'>",
    "a set with parentheses": "<img ~srcset='/a (1, 2) 1x, //bad.example'>",
    "a picture": '<picture><source ~srcset="//bad.example/b 2x"><img src="/a"></picture>',
    "video": '<video ~poster="//bad.example/p" src="/v"><track ~src="//bad.example"></video>',
    "audio": '<audio ~src="//bad.example/p"></audio>',
    "stylesheet": '<link rel="stylesheet" ~href="//bad.example/a.css">',
    "icon": '<link ~href="//bad.example/a" rel="shortcut icon">',
    "a canonical address": '<link rel="canonical" href="//bad.example/">',
    "form": '<form ~action="//bad.example"><input ~formaction=//bad.example></form>',
    "image button": '<input type="image" ~src="//bad.example">',
    "backgrounds": "<body ~background=//bad.example><table ~background=//bad.example>",
    "manifest": "<html ~manifest=//bad.example>",
    "drawing": '<svg><image ~xlink:href="//bad.example" /><feImage ~href="//bad.example"/>',
    "link": '<a href="//bad.example" ping="/a">',
    "relative URLs": '<img src="/a"><img src="a/b"><img src="a.png"><img src="?a"><img src="#a">',
    "no URLs": '<img src=""><img src><img src=" ">',
    "a URL with a colon": '<img src="a:b"><img src="/a:b"><img ~src="ftp:bad.example">',
    "a URL with a reference": '<img ~src="/&sol;bad.example"><img ~src="/&#47;bad.example">',
    "a URL with a tab": '<img ~src="/\t/bad.example"><img ~src="\t//bad.example">',
    "a URL with a backslash": '<img ~src="/\\bad.example"><img ~src="\\/bad.example">',
    "an inline image": '<img src="data:image/png;base64,AAAA">',
}


def case(text: str) -> tuple[str, str]:
    marks = {"~": "data-assent-", "@": STANDS, "%": DATA, "^": 'type="text/plain" data-assent-'}
    document = expected = text
    for mark, piece in marks.items():
        document, expected = document.replace(mark, ""), expected.replace(mark, piece)
    return document, expected


@pytest.mark.parametrize("before", ["", "<body>", "<body><p>"], ids=["head", "body", "paragraph"])
@pytest.mark.parametrize("text", [pytest.param(t, id=n.replace(" ", "-")) for n, t in DOCUMENTS.items()])
def test_what_no_policy_stops_is_parked(text: str, before: str) -> None:
    if "<frame" in text and before:
        return
    document, expected = case(text)
    assert parked(before + document) == before + expected


@pytest.mark.parametrize("before", ["", "<body><p>"], ids=["head", "paragraph"])
@pytest.mark.parametrize("text", [pytest.param(t, id=n.replace(" ", "-")) for n, t in WITHOUT_POLICY.items()])
def test_without_a_policy_all_that_loads_is_parked(text: str, before: str) -> None:
    document, expected = case(text)
    assert parked(before + document, everything=True) == before + expected


@pytest.mark.parametrize("text", ["script", "image", "stylesheet", "backgrounds", "manifest"])
def test_what_a_policy_stops_is_left_to_it(text: str) -> None:
    document, _ = case(WITHOUT_POLICY[text])
    assert parked(document) == document


def test_xhtml_is_parked_too() -> None:
    document = (
        "<?xml version='1.0'?><html><head><title/><style/></head><body>"
        "<![CDATA[<iframe src='//bad.example'/>]]><iframe src='//bad.example'/></body></html>"
    )
    expected = document.replace("]]><iframe src", "]]><iframe " + STANDS + "data-assent-src")
    assert parked(document, xml=True) == expected


def test_what_was_parked_is_told_with_its_host_and_category() -> None:
    markup = markup_for()
    markup.feed(b"<meta http-equiv=refresh content='0;//bad.example/x'><iframe src=//x.example></iframe>")
    markup.feed(b"<script type=speculationrules></script><iframe src=//good.example></iframe>")
    assert markup.parked == [
        Parked("meta refresh", BAD, "//bad.example/x"),
        Parked("iframe src", Blocked("x.example", None), "//x.example"),
        Parked("script type=speculationrules", None, ""),
    ]


def test_of_very_many_the_first_are_told() -> None:
    markup = markup_for()
    markup.feed(b"<a ping=//bad.example>" * (MOST_PARKED + 50))
    assert len(markup.parked) == MOST_PARKED


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("<iframe LONG src=//bad.example LONG>", "<iframe LONG ~src=//bad.example LONG>"),
        ("<iframe src=//bad.example LONG>", "<iframe ~src=//bad.example LONG>"),
        ("<iframe src=/a LONG>", "<iframe src=/a LONG>"),
        ("<link LONG href='//bad.example'\n>", "<link LONG ~href='//bad.example'\n>"),
        ("<link href='//good.example' LONG>", "<link href='//good.example' LONG>"),
        ("<a LONG ping='/a //bad.example'>", "<a LONG ~ping='/a //bad.example'>"),
        ("<meta http-equiv=refresh LONG>", "<meta ~http-equiv=refresh LONG>"),
        ("<meta content='LONG' http-equiv=refresh>", "<meta content='LONG' ~http-equiv=refresh>"),
        ("<script LONG type=speculationrules>", "<script LONG ~type=speculationrules>"),
        ("<p LONG ping=//bad.example>", "<p LONG ping=//bad.example>"),
        ("<iframe src='//bad.example/LONG'>", "<iframe ~src='//bad.example/LONG'>"),
        ("<iframe src=//bad.example/LONG>", "<iframe ~src=//bad.example/LONG>"),
        ("<iframe src='data:LONG'>", "<iframe src='data:LONG'>"),
        ("<iframe LONG LONG src=//bad.example>", "<iframe LONG LONG ~src=//bad.example>"),
        ("<base hrefFAR=/a>", "<base ~hrefFAR=/a>"),
        ("<base href hrefFAR>", "<base href ~hrefFAR>"),
    ],
)
def test_in_a_tag_too_long_to_be_held_each_attribute_is_judged_by_itself(tag: str, expected: str) -> None:
    long, far = "x" * (MAX_HELD + 8192), " " * (MAX_HELD + 8192)
    after = "</iframe></script><a ping=//bad.example>"
    document = f"<p>{tag}{after}".replace("LONG", long).replace("FAR", far).encode()
    wanted = f"<p>{expected}{after}".replace(" ping=//bad.example>", " ~ping=//bad.example>")
    wanted = wanted.replace("<p LONG ~ping", "<p LONG ping").replace("~", "data-assent-")
    for size in (1000, 4096):
        out = through(markup_for(), document, size).decode()
        assert out == wanted.replace("LONG", long).replace("FAR", far)


def test_in_a_long_tag_images_are_judged_by_how_they_begin() -> None:
    long = b"A" * (3 * MAX_HELD)
    inline, refused = (
        b'<img src="data:image/png;base64,' + long + b'">',
        b'<img src="//bad.example/' + long + b'">',
    )
    document = b"<p>" + inline + refused + b"<img src='//bad.example'>"
    out = through(markup_for(everything=True), document, 9000)
    assert out == document.replace(b'src="//bad', b'data-assent-src="//bad').replace(
        b"src='", b"data-assent-src='"
    )
