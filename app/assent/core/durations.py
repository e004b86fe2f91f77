"""How long a cookie lives, in the words of declarations and in seconds."""

DAY = 86400

UNITS = (
    (365 * DAY, "year"),
    (30 * DAY, "month"),
    (DAY, "day"),
    (3600, "hour"),
    (60, "minute"),
    (1, "second"),
)
_LENGTHS = {unit: length for length, unit in UNITS} | {"week": 7 * DAY}

SESSION = "Session"


def lasting(lifetime: int | None) -> str:
    """Return a lifetime in words; None ends with the session."""
    if lifetime is None:
        return SESSION
    # The browser's clock and ours are some seconds apart.
    seconds = lifetime + 5
    for length, unit in UNITS:
        number = round(seconds / length)
        if number and abs(number * length - seconds) <= seconds / 20:
            return f"{number} {unit}{'s' if number > 1 else ''}"
    return "a moment"


def seconds(words: str) -> int | None:
    """Return the seconds of words such as "2 years"; 0 is a session, None what cannot be read."""
    number, _, unit = words.strip().lower().partition(" ")
    if number == SESSION.lower():
        return 0
    length = _LENGTHS.get(unit.removesuffix("s"))
    return int(number) * length if length and number.isdecimal() and len(number) < 6 else None


def outlives(lifetime: int, declared: str) -> bool:
    """Tell whether a lifetime in seconds is longer than what is declared, by more than a twentieth."""
    said = seconds(declared)
    return said is not None and lifetime > said + said // 20 + 60
