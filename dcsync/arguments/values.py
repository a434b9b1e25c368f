"""Parses the values of options. Raises ValueError or ArgumentTypeError for invalid ones."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from itertools import pairwise

from dcsync.model import DEVICE_TYPES, EVENT_TYPES

HEALTH = ("unknown", "missing", "disabled", "failing", "degraded", "drifted", "quiet", "ok")
"""The health values of `status`, worst first (watch.standing.Health)."""
SHELLS = ("bash", "zsh", "fish", "powershell")
"""What completion scripts are written for."""


def number(text: str) -> float:
    value = float(text)
    if not 0 <= value < 1e9:  # not infinity: locks cannot wait that long
        raise ValueError(text)
    return value


def health(text: str) -> frozenset[str]:
    names = [name.strip().lower() for name in text.split(",")]
    for name in names:
        if name not in HEALTH:
            message = f"unknown health {name!r}: choose from {', '.join(HEALTH)}"
            raise argparse.ArgumentTypeError(message)
    return frozenset(name.upper() for name in names)


def named(text: str) -> str:
    """Not empty, as a variable that is not set is: the option would be as if left out."""
    if not text.strip():
        raise argparse.ArgumentTypeError("is empty: is a variable not set?")
    return text


def count(text: str) -> int:
    value = int(text)
    if value < 1:
        raise ValueError(text)
    return value


def share(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 1:
        raise ValueError(text)
    return value


def port(text: str) -> int:
    value = int(text)
    if not 0 <= value <= 65535:
        raise ValueError(text)
    return value


def span_s(text: str) -> float:
    units = {"s": 1, "m": 60, "h": 3600, "d": 86400}
    if text[-1:] not in units:
        raise ValueError(text)
    return number(text[:-1]) * units[text[-1]]


def seconds(text: str) -> float:
    """A number, or a time with its unit."""
    return span_s(text) if text[-1:].isalpha() else number(text)


def shard(text: str) -> tuple[int, int]:
    number, _, total = text.partition("/")
    if not (number.isdecimal() and total.isdecimal() and int(total)):
        raise argparse.ArgumentTypeError(f"{text!r} is not a shard: write I/N, as in 2/5")
    if not 1 <= int(number) <= int(total):
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a shard: use 1/{total} to {total}/{total}"
        )
    return int(number), int(total)


def rate(text: str) -> tuple[int, float]:
    calls, slash, seconds = text.partition("/")
    try:
        window_s = number(seconds if slash else "1")
        if window_s:
            return count(calls), window_s
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(
        f"{text!r} is not a rate: write N, or N/S for N calls in S seconds, as in 20/5"
    )


def event_type(text: str) -> str:
    return _known_name(text, "event type", EVENT_TYPES)


def device_type(text: str) -> str:
    return _known_name(text, "device type", DEVICE_TYPES)


def _known_name(text: str, noun: str, known: Sequence[str]) -> str:
    """A name that is unknown may be newer than dcsync; one close to a known name is a mistake."""
    import difflib  # only mistakes need it

    folded = {word.casefold(): word for word in known}
    near = difflib.get_close_matches(text.casefold().replace("_", ""), folded, 1, 0.75)
    if text in known or not near:
        return text
    raise argparse.ArgumentTypeError(f"no {noun} {text!r} (did you mean {folded[near[0]]}?)")


_WAVE = r"[1-9]\d{0,5}|\d{1,3}(\.\d{1,3})?%"


def waves(text: str) -> tuple[str, ...]:
    sizes = tuple(each.strip() for each in text.split(","))
    for kind in ("%", ""):
        numbers = [float(_number_of(each)) for each in sizes if each.endswith("%") == bool(kind)]
        if any(later <= earlier for earlier, later in pairwise(numbers)):
            raise argparse.ArgumentTypeError(
                f"{text!r}: each wave must be larger than the one before, as in 1,10%,100%"
            )
    if "100%" in sizes[:-1]:
        raise argparse.ArgumentTypeError(f"{text!r}: nothing is left after 100%")
    if sizes[-1].endswith("%") and float(_number_of(sizes[-1])) < 100:
        raise argparse.ArgumentTypeError(f"{text!r}: the last wave must be 100%, as in 1,10%,100%")
    return sizes


def _number_of(size: str) -> str:
    number = size.removesuffix("%")
    if not re.fullmatch(_WAVE, size) or (size != number and not 0 < float(number) <= 100):
        message = f"{size!r} is not a wave size: use a number of projects (1) or a percentage (10%)"
        raise argparse.ArgumentTypeError(message)
    return number


seconds.__name__ = "time such as 30 or 5m,"
span_s.__name__ = "time such as 12h or 31d,"
number.__name__, count.__name__ = (
    "number",
    "whole number from 1",
)  # argparse shows these in messages
share.__name__, port.__name__ = "share from 0 to 1", "port"
