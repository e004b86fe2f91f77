"""How well one colour stands out from another (WCAG 2.2, "contrast ratio" and "relative luminance")."""

TEXT = 4.5
"""What text needs (1.4.3)."""

SHAPES = 3.0
"""What the outline of a control needs (1.4.11)."""


def ratio(one: str, other: str) -> float:
    """Return the contrast of two colours in the form ``#rrggbb`` or ``#rgb``: from 1, the same, to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    digits = colour.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    red, green, blue = (_linear(int(digits[place : place + 2], 16) / 255) for place in (0, 2, 4))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)
