"""Translations, read from gettext's own text files (PO) at start: nothing has to be compiled."""

import gettext
import json
import re
from collections.abc import Mapping
from pathlib import Path

from assent.resources import directory

ENGLISH = "en"
"""What the texts are written in."""

_ENTRY = re.compile(r'^(msgid|msgid_plural|msgstr)(?:\[(\d)\])?\s+((?:"(?:[^"\\]|\\.)*"\s*)+)', re.MULTILINE)
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_PLURAL = re.compile(r"plural\s*=([^;\n]+)")


class Translations(gettext.NullTranslations):
    """The texts of one language; what is not in it stays as it is written."""

    def __init__(self, *sources: str) -> None:
        """Later ``sources`` overrule earlier ones; those are the contents of PO files."""
        super().__init__()
        self.texts: dict[str, list[str]] = {}
        self._form = gettext.c2py("n != 1")
        for source in sources:
            found = _read(source)
            if plural := _PLURAL.search("".join(found.get("", []))):
                self._form = gettext.c2py(plural[1])
            self.texts |= {text: forms for text, forms in found.items() if text and all(forms)}

    def gettext(self, message: str) -> str:
        """Return a text translated."""
        return self.texts.get(message, (message,))[0]

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Return a text translated, in the plural that goes with the number."""
        forms = self.texts.get(msgid1)
        if forms is None:
            return msgid1 if n == 1 else msgid2
        return forms[min(self._form(n), len(forms) - 1)]


def translations(language: str, own: Path | None = None) -> Translations:
    """Return a language as it ships, overruled by the file of its name in the folder ``own``."""
    files = [folder / f"{language}.po" for folder in (directory("locales"), own) if folder]
    return Translations(*(file.read_text("utf-8") for file in files if file.is_file()))


def _read(source: str) -> Mapping[str, list[str]]:
    """Return the forms of each text by how it is written; "" is the header."""
    found: dict[str, list[str]] = {}
    forms: list[str] = []
    for kind, _, strings in _ENTRY.findall(source):
        text = "".join(json.loads(each) for each in _STRING.findall(strings))
        if kind == "msgid":
            forms = found[text] = []
        elif kind == "msgstr":
            forms.append(text)
    return found
