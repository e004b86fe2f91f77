"""How a visit through Assent differs from visits without it: the test of sameness."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import unified_diff

from tests.pages.elsewhere import BADGE, SAID
from tests.pages.snapshot import FIRST, ROOM, ROOT, SHEET, Node
from tests.pages.visit import Seen

OWN_PARTS = (
    f"{ROOT} > section.assent-ask.cky-consent-container",
    f"{ROOT} > form.assent-again",
    f"{ROOT} > p.assent-status",
)
"""All that Assent puts right inside its element: banner, button and what is said aloud."""

PARKED = "@data-assent-"

MOST_SHOWN = 20
MOST_MASKED = 0.05
"""The share of nodes of which something may differ between two visits without Assent."""


@dataclass
class Found:
    """What differs, and how much could not be compared."""

    differences: list[str] = field(default_factory=list)
    masked: int = 0

    def __str__(self) -> str:
        shown = self.differences[:MOST_SHOWN]
        return "\n".join([*shown, f"and {len(self.differences) - len(shown)} more"])


def with_all_granted(bare: Sequence[Seen], through: Seen) -> Found:
    """Compare everything."""
    found = _nodes([seen.snapshot.nodes for seen in bare], through.snapshot.nodes)
    for what in ("console", "requests", "stored"):
        found.differences += _sets(what, [getattr(seen, what) for seen in bare], getattr(through, what))
    if _has_one_picture(bare) and through.picture != bare[0].picture:
        found.differences.append("picture")
    return found


def _has_one_picture(bare: Sequence[Seen]) -> bool:
    """Tell whether a page looks the same each time: it does not when it shows its own address."""
    shown = (node["value"] for node in bare[0].snapshot.nodes if "bounds" in node)
    return len({seen.picture for seen in bare}) == 1 and not any("site:" in str(text) for text in shown)


def before_a_choice(bare: Sequence[Seen], through: Seen, *, relies: bool) -> Found:
    """Compare what does not depend on third parties, which are refused; ``relies`` tells how much that is."""
    found = Found()
    if not relies:
        found = _nodes([_without_third_parties(seen) for seen in bare], _without_third_parties(through))
        console = [{line for line in seen.console if not _by_third_party(line)} for seen in (*bare, through)]
        found.differences += _sets("console", console[:-1], console[-1])
    requests = [{line for line in seen.requests if " site:" in line} for seen in (*bare, through)]
    found.differences += _sets("requests", requests[:-1], requests[-1])
    found.differences += _sets("stored", [seen.stored for seen in bare], through.stored)
    return found


def _without_third_parties(seen: Seen) -> list[Node]:
    """Return the nodes as they are but for third parties: what they added goes, what was parked is back."""
    return [_unparked(node) for node in seen.snapshot.nodes if not _of_third_party(node)]


def _of_third_party(node: Node) -> bool:
    # Scripts may take away a picture that does not come.
    return node.get("@class") == BADGE or str(node.get("@src", "")).startswith("https:")


def _unparked(node: Node) -> Node:
    if node["place"] == "0 > #document > HTML":
        # A page is taller where the banner has its room.
        return {**node, "bounds": ""}
    parked = {key: text for key, text in node.items() if key.startswith(PARKED)}
    kept = {key: text for key, text in node.items() if key not in parked}
    return kept | {f"@{key.removeprefix(PARKED)}": text for key, text in parked.items()}


def _by_third_party(line: str) -> bool:
    refused = "violates the following Content Security Policy directive" in line and "site:" not in line
    return refused or line.endswith(SAID) or line.startswith("error: Failed to load resource")


def own_elements(through: Seen, *, asks: bool) -> list[str]:
    """Return what is wrong with what stays of what was inserted; of guard and script nothing does."""
    expected = {f"0 {what}" for what in (SHEET, ROOT, FIRST, *OWN_PARTS, *([ROOM] if asks else []))}
    own = through.snapshot.own
    page = {what for what in own if what.startswith("0 ")}
    frames = [what for what in own if not what.startswith("0 ")]
    doubled = [what for what in page if own.count(what) > 1]
    return sorted((page ^ expected) | {*frames, *doubled})


def _nodes(bare: Sequence[list[Node]], through: list[Node]) -> Found:
    places = [node["place"] for node in through]
    alike = [nodes for nodes in bare if [node["place"] for node in nodes] == places]
    if not alike:
        lines = unified_diff([_line(node) for node in bare[0]], [_line(node) for node in through], n=0)
        return Found([line for line in lines if not line.startswith(("---", "+++", "@@"))])
    found = Found()
    for index, node in enumerate(through):
        others = [nodes[index] for nodes in alike]
        keys = {key for each in (node, *others) for key in each}
        chance = {key for key in keys if len({str(other.get(key)) for other in others}) > 1}
        found.masked += bool(chance)
        found.differences += [
            f"{node['place']} {key}: {others[0].get(key)!r} became {node.get(key)!r}"
            for key in sorted(keys - chance)
            if node.get(key) != others[0].get(key)
        ]
    return found


def _line(node: Node) -> str:
    return (
        f"{node['place']} {node['value']} {[f'{key}={text}' for key, text in node.items() if key[0] == '@']}"
    )


def _sets(what: str, bare: Sequence[set[str]], through: set[str]) -> list[str]:
    new = through - set[str]().union(*bare)
    gone = set[str].intersection(*bare) - through
    return [f"{what}, new: {line}" for line in sorted(new)] + [
        f"{what}, gone: {line}" for line in sorted(gone)
    ]
