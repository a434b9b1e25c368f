"""dcsync speaks the English of Terraform and kubectl: words that were replaced do not come back."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FIXED = {"contract.md", "api.md", "library.md"}
"""Pages that quote others, or whose words are fixed."""
PAGES = ("README.md", "SECURITY.md", "CONTRIBUTING.md", "action.yml", "llms.txt")
FOLDERS = ("docs/*.md", "examples/**/*", "action/*.sh")
INSTEAD = {
    r"\b(tells?|told)\b": "report, print, show, distinguish",
    r"\banswer(s|ed|ing)?\b": "response, respond; prompt, type",
    r"\bin step\b": "in sync, up to date",
    r"\bhalf[- ](done|way)\b": "partial, interrupted",
    r"\btwins?\b": "duplicate",
    r"\bgraft": "merge",
    r"\bput(s|ting)? (it )?back\b": "roll back, restore",
    r"\bways? (back|on)\b": "reverse plan, next steps",
    r"\bgo(es)? on\b": "continue",
    r"\ball the same\b": "anyway",
    r"\bbecame of\b": "result, outcome",
    r"\bbroke off\b": "was aborted",
    r"\bdeclared no more\b": "no longer declared",
    r"\bsurely\b": "clearly, certainly",
    r"\bdid not (take|go well)\b": "did not accept, failed",
}
WORDS = re.compile("|".join(f"(?:{each})" for each in INSTEAD), re.IGNORECASE)
NAMES = re.compile(r"(?:^|_)(tell|told|answer|twin|graft|way_back|put(ting)?_back|go_on)s?(?:_|$)")


@cache
def _trees() -> dict[str, ast.Module]:
    """Each module, by its path from the root."""
    paths = [each for name in ("dcsync", "demo") for each in sorted((ROOT / name).rglob("*.py"))]
    return {str(each.relative_to(ROOT)): ast.parse(each.read_text("utf-8")) for each in paths}


def _strings(tree: ast.Module) -> Iterator[str]:
    """Every string of a module, docstrings included; of an f-string its literal parts, joined."""
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = (each.value if isinstance(each, ast.Constant) else "…" for each in node.values)
            yield "".join(map(str, parts))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _names(path: str, tree: ast.Module) -> Iterator[str]:
    yield Path(path).stem
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield re.sub(r"(?<=[a-z])(?=[A-Z])", "_", node.name).lower()
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id.lower()


def _texts() -> Iterator[Path]:
    yield from (ROOT / name for name in PAGES)
    for pattern in FOLDERS:
        yield from (each for each in sorted(ROOT.glob(pattern)) if each.is_file())


@pytest.mark.slow
def test_messages_and_docstrings_use_the_words_of_the_field() -> None:
    """`INSTEAD` has the words to use; JSON keys have underscores, and stay."""
    found = [
        f"{path}: {match[0]}: {text.strip()[:90]}"
        for path, tree in _trees().items()
        for text in _strings(tree)
        for match in WORDS.finditer(text)
    ]

    assert not found


@pytest.mark.slow
def test_names_use_the_words_of_the_field() -> None:
    """Of modules, classes, functions, arguments and variables."""
    found = [
        f"{path}: {name}"
        for path, tree in _trees().items()
        for name in _names(path, tree)
        if NAMES.search(name) and name != "write_answers"  # a switch that users name
    ]

    assert not found


def test_the_docs_use_the_words_of_the_field() -> None:
    """The same in what users read: pages, examples, the action."""
    found = [
        f"{path.relative_to(ROOT)}:{number}: {match[0]}"
        for path in _texts()
        if path.name not in FIXED
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        for match in WORDS.finditer(line)
    ]

    assert not found
