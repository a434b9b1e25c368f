"""`dcsync validate`, as a user meets it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., tuple[int, str, str]]

GOOD = """dcsync: 1
project: c9n2k4v0t7s1r3m5b6d8
policy: {prune: none}
connectors:
  ingest:
    config: {url: "https://a.example.com/${env:PATH_OF_THE_TEST}"}
"""
BAD = GOOD.replace("policy:", "polcy:").replace("config:", "labels: [1]\n    config:")
WARNING = (
    "a.yaml:6:19: warning: variable PATH_OF_THE_TEST is not set: "
    "set it, or give a default as in ${env:PATH_OF_THE_TEST:-value}\n"
)
ERRORS = (
    "a.yaml:2:10: error: project 'c9n2k4v0t7s1r3m5b6d8' has no policy: add 'policy: {prune: none}' "
    "(or previous, or all) to one of its files; deletion has no default\n"
    "a.yaml:3:1: error: unknown key 'polcy' (did you mean 'policy'?)\n"
    "a.yaml:6:14: error: item 1 of 'labels' must be a string, not a number: put it in quotes\n"
)


def write(text: str) -> None:
    Path("a.yaml").write_text(text, "utf-8")


def test_valid_declarations_are_counted(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """All is well: one line on standard output, exit code 0."""
    monkeypatch.setenv("PATH_OF_THE_TEST", "dt")
    write(GOOD)

    assert run("validate") == (0, "Valid: 1 connector in 1 project.\n", "")


def test_an_unset_variable_is_a_warning(run: Run) -> None:
    """Someone without the secrets can still check declarations."""
    write(GOOD)

    assert run("validate") == (0, "Valid: 1 connector in 1 project.\n", WARNING)


def test_an_unset_variable_may_be_an_error(run: Run) -> None:
    """With --env the environment is checked too."""
    write(GOOD)

    assert run("validate", "--env") == (1, "", WARNING.replace("warning", "error"))


def test_every_problem_is_told_at_once(run: Run) -> None:
    """Each on a line with its place, sorted, on standard error; exit code 1."""
    write(BAD)

    assert run("validate") == (1, "", ERRORS + WARNING.replace("6:19", "7:19"))


def test_problems_as_json(run: Run) -> None:
    """Tools get the same problems as one JSON document, and nothing else on standard output."""
    write(BAD)

    code, out, err = run("validate", "--format", "json")

    document = json.loads(out)
    assert (code, err) == (1, "")
    assert document["format_version"] == 1
    assert document["valid"] is False
    assert document["diagnostics"][1] == {
        "severity": "error",
        "message": "unknown key 'polcy' (did you mean 'policy'?)",
        "source": {"file": "a.yaml", "line": 3, "column": 1},
    }


def test_valid_declarations_as_json(run: Run) -> None:
    """A warning does not make declarations invalid."""
    write(GOOD)

    code, out, _ = run("validate", "--format", "json")

    assert code == 0
    assert json.loads(out)["valid"] is True
    assert len(json.loads(out)["diagnostics"]) == 1


def test_problems_become_annotations_in_github_actions(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In GitHub Actions each problem is also shown at its line of the pull request."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    write(BAD)

    _, out, err = run("validate")

    assert out == ""
    assert (
        "\n::error file=a.yaml,line=3,col=1::unknown key 'polcy' (did you mean 'policy'?)\n" in err
    )
    assert "\n::warning file=a.yaml,line=7,col=19::variable PATH_OF_THE_TEST is not set" in err


@pytest.mark.parametrize("arguments", [["plan"], ["apply", "--auto-approve"], ["watch"]])
def test_every_command_tells_the_same_problems(run: Run, arguments: list[str]) -> None:
    """Problems stop a command before it needs credentials or a network."""
    write(BAD)

    code, out, err = run(*arguments)

    assert (code, out) == (1, "")
    assert err.startswith(ERRORS)


def test_nothing_to_validate_is_an_error(run: Run) -> None:
    """A folder without declarations is not valid: something was mistyped."""
    code, out, err = run("validate")

    assert (code, out) == (1, "")
    assert err.startswith("error: no declaration in the folder .:")
