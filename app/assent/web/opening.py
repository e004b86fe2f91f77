"""What a page's head gets: styles and the script, in the page itself where it may, else as files.

Before a choice a page then needs no request of ours at all. After one it names files, which a browser keeps:
who stays does not load the same again with every page.
"""

import json
from dataclasses import dataclass
from functools import lru_cache

from assent.core.decision import Decision
from assent.core.fields import Fields
from assent.core.media import is_xhtml
from assent.core.policy import nonce, permits_inline
from assent.core.representation import combined
from assent.web.assets import Assets
from assent.web.state import state
from assent.web.templating import Mould, ascii_html, nonce_attribute, slot
from assent.web.theme import DIALOG, FIRST_VIEW

SCRIPTS = ("script-src-elem", "script-src", "default-src")
STYLES = ("style-src-elem", "style-src", "default-src")

REMEMBERED = 1024
"""Decisions whose state attribute is kept: writing one takes longer than all the rest of an insertion."""

_compact = json.JSONEncoder(separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Terms:
    """How our elements may stand in one page; a nonce is that of the page's own policy, or empty."""

    script_nonce: str = ""
    style_nonce: str = ""
    inline_script: bool = True
    inline_style: bool = True


UNBOUND = Terms()
BY_FILE = Terms(inline_script=False, inline_style=False)


def terms(fields: Fields, decision: Decision) -> Terms:
    """Return what the fields of a page's response leave us."""
    policies = [
        value.decode("latin-1") for name, value in fields if name.lower() == b"content-security-policy"
    ]
    # XML reads "<" and "&" in a script or stylesheet as markup.
    inline = decision.choice is None and not is_xhtml(combined(fields, b"content-type"))
    if not policies:
        return UNBOUND if inline else BY_FILE
    script_nonce = nonce([value.encode("latin-1") for value in policies], *SCRIPTS)
    style_nonce = nonce([value.encode("latin-1") for value in policies], *STYLES)
    return Terms(
        script_nonce=script_nonce,
        style_nonce=style_nonce,
        inline_script=inline and permits_inline(policies, script_nonce, *SCRIPTS),
        inline_style=inline and permits_inline(policies, style_nonce, *STYLES),
    )


class Opening:
    """Made once at start; writes the elements for each page."""

    def __init__(self, assets: Assets, *, prefix: str, policy_version: str) -> None:
        self._policy_version = policy_version
        self._state_of = lru_cache(REMEMBERED)(self._state_attribute)
        root, under = slot("root"), slot("nonce")
        css, js = assets.body(FIRST_VIEW).decode("ascii"), assets.body("assent.js").decode("ascii").strip()
        urls = {
            name: root + assets.url(name) for name in (FIRST_VIEW, DIALOG, "assent.js", "assent-choice.js")
        }
        data = (
            f'{under} data-assent="script" data-base="{root}{prefix}" '
            f'data-logic="{urls["assent-choice.js"]}" data-css="{urls[DIALOG]}" '
            f"data-state='{slot('state')}'{slot('withheld')}"
        )
        styles = f'{under} data-assent="styles"'
        self._styles = {
            True: Mould(f"<style{styles}>{css}</style>"),
            False: Mould(f'<link rel="stylesheet" href="{urls[FIRST_VIEW]}"{styles}/>'),
        }
        # The parser waits for it, as it does for the guard: it is in place before any script of the page.
        self._scripts = {
            True: Mould(f"<script{data}>{js}</script>"),
            False: Mould(f'<script src="{urls["assent.js"]}"{data}></script>'),
        }

    @property
    def said(self) -> str:
        """What is the same in every page: pages that carry something else are other representations."""
        return repr([vars(mould) for mould in (*self._styles.values(), *self._scripts.values())])

    def styles(self, under: Terms, root_path: str = "") -> bytes:
        """Return the element of the first view's styles."""
        values = {"root": ascii_html(root_path), "nonce": nonce_attribute(under.style_nonce).encode()}
        return self._styles[under.inline_style].fill(values)

    def script(self, decision: Decision, under: Terms, root_path: str = "", withheld: str = "") -> bytes:
        """Return the script's element; like that of the styles it is ASCII, and as a file valid in XHTML.

        ``withheld`` tells what the server kept from this very page.
        """
        values = {"root": ascii_html(root_path), "nonce": nonce_attribute(under.script_nonce).encode()}
        values["state"] = self._state_of(decision)
        values["withheld"] = b' data-withheld="%s"' % ascii_html(withheld) if withheld else b""
        return self._scripts[under.inline_script].fill(values)

    def _state_attribute(self, decision: Decision) -> bytes:
        """Return the state for an attribute in single quotes, where JSON's own quotes need no escape."""
        text = _compact(state(decision, self._policy_version))
        return text.replace("&", "&amp;").replace("<", "&lt;").replace("'", "&#39;").encode("ascii")
