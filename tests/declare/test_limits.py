"""Small files that would explode: they end in diagnostics, soon and in little memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from dcsync import declare
from dcsync.errors import DeclarationError

HEAD = "dcsync: 1\nproject: c9n2k4v0t7s1r3m5b6d8\npolicy: {prune: none}\n"
URL = "connectors:\n  a: {config: {url: 'https://a.example.com/${var:last}'}}\n"


def problems(text: str) -> list[str]:
    with pytest.raises(DeclarationError) as caught:
        declare.load_contents({Path("a.yaml"): text.encode()}, environ={})
    return [each.message for each in caught.value.diagnostics]


def variables(values: list[str]) -> str:
    lines = [f"  v{number}: '{value}'\n" for number, value in enumerate(values)]
    return f"vars:\n{''.join(lines)}  last: '${{var:v{len(values) - 1}}}'\n"


def test_variables_that_double_each_other_are_cut_off() -> None:
    """Each variable holds the one before it ten times: no text grows without end."""
    values = ["0123456789", *("".join([f"${{var:v{n}}}"] * 10) for n in range(15))]

    assert problems(HEAD + variables(values) + URL) == [
        "longer than 100,000 characters with its references resolved"
    ]


def test_empty_variables_do_not_cost_time_either() -> None:
    """Ten to the fifteenth look-ups of nothing are made once for each variable."""
    values = ["", *("".join([f"${{var:v{n}}}"] * 10) for n in range(15))]

    assert declare.load_contents(
        {Path("a.yaml"): (HEAD + variables(values) + URL).encode()}, environ={}
    )


def test_a_long_chain_of_variables_is_cut_off() -> None:
    """Thousands of variables inside of each other are a problem, and no recursion error."""
    values = ["x", *(f"${{var:v{n}}}" for n in range(5000))]

    assert problems(HEAD + variables(values) + URL) == [
        "variables are nested more than 20 levels deep"
    ]


@pytest.mark.slow
@pytest.mark.parametrize("key", ["vars", "defaults", "policy", "connectors"])
def test_aliases_that_nest_without_end_are_diagnosed(key: str) -> None:
    """Anchors build a depth that no line of the file shows; nothing follows it all the way down."""
    chain = "".join(f"  a{n + 1}: &a{n + 1} {{x: *a{n}}}\n" for n in range(700))
    keys = {"policy": "{prune: none}", "connectors": "{}", "vars": "{}", "defaults": "{}"}
    keys[key] = f"\n  a0: &a0 {{x: 1}}\n{chain}"
    text = "dcsync: 1\nproject: c9n2k4v0t7s1r3m5b6d8\n"

    assert problems(text + "".join(f"{name}: {value}\n" for name, value in keys.items()))


def test_more_problems_than_anyone_reads_are_not_all_told() -> None:
    """A thousand problems of one document are told, and that there are more."""
    numbers = ", ".join(["1"] * 1500)
    text = (
        f"{HEAD}connectors:\n  a: {{labels: [{numbers}], config: {{url: https://a.example.com}}}}\n"
    )

    told = problems(text)

    assert len(told) == 1001
    assert told[0] == "more than 1000 problems: the others are not shown"
