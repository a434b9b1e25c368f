"""The name that a connector bears while it is replaced, so that any later run knows it. Pure.

A replace renames the old connector, creates the new one and deletes the old one. Wherever it is
stopped, the name in the cloud says what is left to do.
"""

MARK = " [replaced by dcsync]"


def retired(display_name: str) -> str:
    """What the connector of this declared name is called while another takes its place."""
    return display_name + MARK


def name_before(display_name: str) -> str | None:
    """The declared name of a connector that is being replaced; None for any other."""
    name = display_name.removesuffix(MARK)
    return name if name and name != display_name else None
