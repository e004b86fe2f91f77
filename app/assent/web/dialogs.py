"""The dialog in each language, and which of them a page or a request gets."""

import hashlib
from collections.abc import Callable, Sequence

from starlette.requests import Request

from assent.asgi.types import Scope
from assent.core.fields import Fields
from assent.core.languages import accepted, fitting
from assent.core.representation import combined, first
from assent.web.dialog import Dialog


class Dialogs:
    """Makes each dialog when it is first asked for; the first language offered is the fallback."""

    def __init__(self, make: Callable[[str], Dialog], offered: Sequence[str]) -> None:
        self._make = make
        self._offered = tuple(offered)
        self._made: dict[str, Dialog] = {}
        self.default = self.of(self._offered[0])

    @property
    def build(self) -> str:
        """The name of what pages carry, in whatever language."""
        said = repr((self.default.build, self._offered))
        return hashlib.sha256(said.encode()).hexdigest()[:12]

    def of(self, language: str) -> Dialog:
        """Return the dialog in a language that is offered."""
        if language not in self._made:
            self._made[language] = self._make(language)
        return self._made[language]

    def asked(self, language: str) -> Dialog:
        """Return the dialog in a language that somebody names, or the fallback."""
        return self.of(fitting(language, self._offered) or self._offered[0])

    def page(self, lang: str, answer: Fields, scope: Scope) -> Dialog:
        """Return the dialog for a page: in its own language, as it or its ``Content-Language`` says.

        Else in one that the visitor reads.
        """
        said = _text(first(answer, b"content-language"))
        own = fitting(lang, self._offered) or accepted(said, self._offered)
        return self.of(own) if own else self.visitor(scope)

    def visitor(self, scope: Scope) -> Dialog:
        """Return the dialog in the language that a visitor likes best."""
        if len(self._offered) == 1:
            return self.default
        field = _text(combined(scope["headers"], b"accept-language"))
        return self.of(accepted(field, self._offered) or self._offered[0])

    def request(self, request: Request) -> Dialog:
        """Return the dialog for one of Assent's own pages: in the language of the page that led there.

        A link to it names that language, or the form whose choice it is about.
        """
        said = str(request.query_params.get("language") or getattr(request.state, "language", ""))
        named = fitting(said, self._offered)
        return self.of(named) if named else self.visitor(request.scope)


def _text(value: bytes) -> str:
    return value.decode("latin-1")
