"""Patterns of rules: what `re` says of them, without ever going back."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dcsync.declare.rules.budget import StepBudget, TooMuchWork
from dcsync.declare.rules.matching import Matcher
from dcsync.declare.rules.patterns import UnknownPattern


def found(pattern: str, text: str) -> bool:
    return Matcher(pattern).search(text, StepBudget().spend)


ATOMS = st.sampled_from(
    ["a", "b", "-", r"\.", ".", r"\d", r"\W", "[ab]", "[^a-c_]", r"[\d.-]", "^", "$", r"\b", "1"]
)


def bigger(part: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    repeated = st.sampled_from(["*", "+", "?", "{2}", "{1,}", "{0,2}", "*?", "{0}"])
    return st.one_of(
        st.lists(part, max_size=3).map("".join),
        st.tuples(part, part).map("|".join),
        st.tuples(part, repeated).map(lambda both: f"(?:{both[0]}){both[1]}"),
        part.map(lambda each: f"({each})"),
    )


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(st.recursive(ATOMS, bigger, max_leaves=8), st.text("ab1.-_ c", max_size=8))
def test_it_finds_what_re_finds(pattern: str, text: str) -> None:
    """The same verdict on every pattern that both know."""
    same = pattern.replace("$", r"\Z")  # in JavaScript it is the very end

    assert found(pattern, text) == bool(re.search(same, text, re.ASCII))


@pytest.mark.parametrize(
    ("pattern", "fits", "not_fits"),
    [
        ("^https://[^/]+\\.example\\.com/", "https://a.example.com/x", "https://example.com.evil/"),
        ("^(?<site>oslo|bergen)-\\w+$", "oslo-1", "oslo-1\n"),
        ("\\u00e6\\x41\\/", "æA/", "aeA/"),
        ("^[\\w.-]{2,4}$", "a.-b", "a"),
        ("^a\\$\\{b\\}$", "a${b}", "ab"),
        ("^.$", "\u00e6", "\n"),
        ("", "", None),
        ("^\\S+$", "æøå", "a b"),
    ],
)
def test_patterns_of_javascript(pattern: str, fits: str, not_fits: str | None) -> None:
    """As JSON Schema has them: `$` is the very end, and `\\w` knows ASCII only."""
    assert found(pattern, fits)
    assert not_fits is None or not found(pattern, not_fits)


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("(?!a)b", "look-around"),
        ("(?<=a)b", "look-around"),
        ("(?<!a)b", "look-around"),
        ("(?i)a", "flags"),
        ("(a)\\1", "\\1 is not supported"),
        ("\\p{L}", "\\p is not supported"),
        ("(a", "not closed"),
        ("a)", "no matching ("),
        ("[a", "a ] is expected"),
        ("*a", "nothing to repeat"),
        ("a**", "repeated twice"),
        ("^*", "a position cannot be repeated"),
        ("a{2,1}", "in ascending order"),
        ("a{,2}", "one or two numbers"),
        ("a{1001}", "up to 1000"),
        ("[b-a]", "a range in [ ] must be in ascending order"),
        ("\\xzz", "hexadecimal"),
        ("a\\", "an escaped character"),
        ("(" * 50 + ")" * 50, "nested"),
        ("a" * 2001, "longer than"),
        ("(a{1000}){1000}", "too many"),
        ("((){1000}){1000}", "too many"),
    ],
)
def test_what_is_no_pattern_says_why(pattern: str, why: str) -> None:
    """Nothing is read as something else, and nothing grows without end."""
    with pytest.raises(UnknownPattern) as raised:
        Matcher(pattern)

    assert why in str(raised.value)


@pytest.mark.parametrize(
    "pattern",
    ["^(a+)+$", "^(a|a)*$", "^(a*)*b", "^(a|aa)+$", "(.*)(.*)(.*)(.*)(.*)[^a]$", "(x+x+)+y"],
)
def test_no_pattern_hangs(pattern: str) -> None:
    """What takes backtracking ages, takes as many steps here as there are characters, or so."""
    budget = StepBudget()

    Matcher(pattern).search("a" * 2000 + "!", budget.spend)

    assert budget.left > 100_000


@pytest.mark.slow
def test_a_long_text_is_given_up() -> None:
    """Steps are counted while it is matched, not afterwards."""
    with pytest.raises(TooMuchWork):
        found("(a|b|c|d|e|f|g)*z", "abcdefg" * 10_000)
