"""What a browser has made of a page: every node of its documents and shadow trees, and where it is drawn."""

from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import CDPSession

STYLES = (
    "display",
    "visibility",
    "opacity",
    "color",
    "background-color",
    "font-family",
    "font-size",
    "z-index",
)
RARE = ("textValue", "inputValue", "shadowRootType", "pseudoType")
FLAGS = ("inputChecked", "optionSelected", "isClickable")

SHEET = "[data-assent=styles]"
ROOT = "div#assent"
FIRST = "div[aria-owns=assent]"
GUARDED = "data-assent-srcdoc"
ROOM = "html::after"
"""The room that the banner's style sheet makes below a page while the banner is shown."""

Node = dict[str, object]


@dataclass
class Snapshot:
    """The nodes of all documents of a page in tree order, without Assent's own, and what those were."""

    nodes: list[Node] = field(default_factory=list)
    own: list[str] = field(default_factory=list)
    """Assent's own elements, and those right inside them, each behind the number of its document."""


async def snapshot(session: CDPSession) -> Snapshot:
    """Take a snapshot of the page that the session is attached to."""
    options = {"computedStyles": list(STYLES), "includeDOMRects": True}
    answer: dict[str, Any] = await session.send("DOMSnapshot.captureSnapshot", options)
    taken = Snapshot()
    for number, document in enumerate(answer["documents"]):
        _read(taken, number, document, answer["strings"])
    return taken


def _read(taken: Snapshot, number: int, document: dict[str, Any], strings: list[str]) -> None:
    nodes = document["nodes"]
    rare = {name: _rare(nodes[name], strings) for name in RARE}
    flags = {name: set(nodes[name]["index"]) for name in FLAGS}
    drawn = _drawn(document["layout"], strings)
    places: dict[int, str] = {-1: f"{number}"}
    own: dict[int, str] = {}
    for index, parent in enumerate(nodes["parentIndex"]):
        name, value = (_text(strings, nodes[part][index]) for part in ("nodeName", "nodeValue"))
        pairs = [_text(strings, at) for at in nodes["attributes"][index]]
        attributes = _as_written(dict(zip(pairs[::2], pairs[1::2], strict=True)))
        if what := _own(name, attributes, places.get(parent, "")):
            own[index] = what
            taken.own.append(f"{number} {what}")
        elif parent in own:
            if own[parent] == ROOT and not name.startswith("#"):
                taken.own.append(
                    f"{number} {ROOT} > {'.'.join([name.lower(), *attributes.get('class', '').split()])}"
                )
            own[index] = "inside"
        else:
            places[index] = f"{places[parent]} > {name}"
            taken.nodes.append(
                {
                    "place": places[index],
                    "value": value,
                    **{f"@{key}": attributes[key] for key in sorted(attributes)},
                    **{key: values[index] for key, values in rare.items() if index in values},
                    **{key: True for key, indexes in flags.items() if index in indexes},
                    # What a document in a frame has is its frame's, or left from when that was last drawn.
                    **({} if number and name == "#document" else drawn.get(index, {})),
                }
            )


def _as_written(attributes: dict[str, str]) -> dict[str, str]:
    """Return a frame's document as it was before the guard went into it, too."""
    if GUARDED in attributes:
        attributes["srcdoc"] = attributes.pop(GUARDED)
    return attributes


def _own(name: str, attributes: dict[str, str], parent: str) -> str:
    if "data-assent" in attributes and name in ("SCRIPT", "STYLE", "LINK"):
        return f"[data-assent={attributes['data-assent']}]"
    if name == "DIV" and attributes.get("id") == "assent":
        return ROOT
    if name == "DIV" and attributes.get("aria-owns") == "assent":
        return FIRST
    return ROOM if name == "::after" and parent.endswith("> HTML") else ""


def _text(strings: list[str], index: int) -> str:
    return "" if index < 0 else strings[index]


def _rare(data: dict[str, list[int]], strings: list[str]) -> dict[int, str]:
    return {index: _text(strings, value) for index, value in zip(data["index"], data["value"], strict=True)}


def _drawn(layout: dict[str, Any], strings: list[str]) -> dict[int, Node]:
    drawn: dict[int, Node] = {}
    for index, bounds, styles in zip(layout["nodeIndex"], layout["bounds"], layout["styles"], strict=True):
        box: Node = {"bounds": tuple(round(side, 1) for side in bounds)}
        # Text has no styles of its own. What is drawn in several boxes has its own one first.
        box.update(zip(STYLES, (_text(strings, style) for style in styles), strict=False))
        drawn.setdefault(index, box)
    return drawn
