"""Whether a page is inside SVG or MathML, where CDATA exists and no element's content is raw text.

A rough tree builder (HTML 13.2.6.5): it follows what opens and closes foreign content, not every element.
"""

from assent.core.tokens import Attribute

DEEPEST = 512
"""Elements that are followed into each other; browsers nest no deeper either."""

_BREAKOUT = frozenset(
    b"b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li listing "
    b"menu meta nobr ol p pre ruby s small span strong strike sub sup table tt u ul var".split()
)
_INTEGRATION = {
    b"svg": frozenset({b"foreignobject", b"desc", b"title"}),
    b"math": frozenset({b"mi", b"mo", b"mn", b"ms", b"mtext"}),
}
_HTML_IN_MATH = frozenset({b"text/html", b"application/xhtml+xml"})
_FONT = frozenset({b"color", b"face", b"size"})


class Namespaces:
    """The foreign elements around the place that a scan has come to, innermost last."""

    def __init__(self) -> None:
        # Pairs of namespace and element; b"" is HTML inside of foreign content.
        self._stack: list[tuple[bytes, bytes]] = []
        self._just_integrated = False

    @property
    def nested(self) -> bool:
        """Whether there is foreign content around, however far out."""
        return bool(self._stack)

    @property
    def foreign(self) -> bool:
        """Whether the innermost element is foreign."""
        return bool(self._stack) and self._stack[-1][0] != b""

    @property
    def cdata(self) -> bool:
        """Whether CDATA can begin here: also right inside a foreign element in which HTML goes on."""
        return self.foreign or (self.nested and self._just_integrated)

    def start(self, name: bytes, attributes: dict[bytes, Attribute], *, self_closing: bool) -> None:
        """Take one start tag."""
        self._just_integrated = False
        if not self.foreign:
            inside = name if name in _INTEGRATION else None
        else:
            space = self._stack[-1][0]
            if name in _BREAKOUT or (name == b"font" and not attributes.keys().isdisjoint(_FONT)):
                self._break_out()
                return
            inside = b"" if _integrates(space, name, attributes) else space if name in _INTEGRATION else None
        if inside is not None and not self_closing and len(self._stack) < DEEPEST:
            self._stack.append((inside, name))
            self._just_integrated = inside == b""

    def end(self, name: bytes) -> None:
        """Take one end tag."""
        if self.foreign and name in (b"p", b"br"):
            self._break_out()
            return
        for place in range(len(self._stack) - 1, -1, -1):
            if self._stack[place][1] == name:
                del self._stack[place:]
                return

    def _break_out(self) -> None:
        while self.foreign:
            self._stack.pop()


def _integrates(space: bytes, name: bytes, attributes: dict[bytes, Attribute]) -> bool:
    """Tell whether HTML goes on inside this foreign element (an integration point)."""
    if name == b"annotation-xml" and space == b"math":
        encoding = attributes.get(b"encoding")
        return encoding is not None and encoding.value.lower() in _HTML_IN_MATH
    return name in _INTEGRATION[space]
