"""Marks what visitors read, so that it is collected for translation; it is translated where it is shown."""


def N_(text: str) -> str:  # noqa: N802 - the name by which gettext's tools know it
    """Return the text as it is."""
    return text


def NN_(one: str, many: str) -> tuple[str, str]:  # noqa: N802 - the same for texts that depend on a number
    """Return both forms as they are."""
    return one, many
