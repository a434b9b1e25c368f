"""Strings that are never shown. Values only."""

from __future__ import annotations

from typing import Never

SENSITIVE = "(sensitive)"


class Secret:
    """A string that is never shown.

    `shown` is displayed instead: the reference as written in the file, or "(sensitive)". A secret
    without a value is *unknown*: its reference was deliberately not resolved. Only `reveal` returns
    the value; secrets cannot be pickled.
    """

    __slots__ = ("_value", "shown")

    def __init__(self, value: str | None, shown: str = SENSITIVE) -> None:
        self._value = value
        self.shown = shown

    @property
    def known(self) -> bool:
        return self._value is not None

    def reveal(self) -> str:
        """The value, to be sent only. ValueError if it is unknown."""
        if self._value is None:
            raise ValueError(f"{self.shown} was not resolved")
        return self._value

    def __bool__(self) -> bool:
        return self._value != ""

    def __eq__(self, other: object) -> bool:
        """Equal to a secret or string of the same value. An unknown secret equals nothing."""
        if isinstance(other, Secret):
            return self._value is not None and self._value == other._value
        return isinstance(other, str) and self._value == other

    def __hash__(self) -> int:
        return hash(self._value)

    def __str__(self) -> str:
        return self.shown

    def __repr__(self) -> str:
        return f"Secret({self.shown})"

    def __format__(self, spec: str) -> str:
        return format(self.shown, spec)

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: object) -> Secret:
        return self

    def __reduce__(self) -> Never:
        raise TypeError("a secret cannot be pickled")


SecretOrStr = str | Secret


def reveal(value: SecretOrStr) -> str:
    """The string itself, to be sent only."""
    return value.reveal() if isinstance(value, Secret) else value


def is_known(value: SecretOrStr) -> bool:
    """Whether it has a value: only an unresolved secret has none."""
    return not isinstance(value, Secret) or value.known
