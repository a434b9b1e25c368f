"""The docs cannot rot: their commands print what they say, and their links lead somewhere."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from .pages import DOCS, PAGES, page, run_page, shows


@pytest.mark.slow
@pytest.mark.timeout(150)  # its shell gets 120 s, and `verify --sync` alone waits for ten
@pytest.mark.parametrize("name", PAGES)
def test_the_page_shows_what_a_user_sees(name: str, tmp_path: Path) -> None:
    """Each command is run in the order of the page, in one shell and an empty folder; the page
    itself starts the cloud that it talks to.
    """
    folder = tmp_path / "work"
    folder.mkdir()
    ran = 0
    for command, shown, output in run_page(page(name), folder):
        assert shows(shown, output), (command, output)
        ran += 1
    assert ran


def test_every_link_of_the_docs_leads_somewhere() -> None:
    """Relative links name files that are there."""
    for path in DOCS.glob("*.md"):
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text("utf-8")):
            assert (path.parent / link).exists(), f"{path.name}: {link}"


ROOT = DOCS.parent
TYPED = ("README.md", "CONTRIBUTING.md", "SECURITY.md", "docs/*.md", "examples/**/*.md")
SHELL = re.compile(r"^```(?:sh|bash|shell)\n(.*?)^```", re.DOTALL | re.MULTILINE)
RUN = {f"docs/{name}.md" for name in PAGES} | {"README.md"}


def typed() -> list[tuple[str, str]]:
    """Each text with commands that the repository has for its readers, and its name."""
    paths = (path for pattern in TYPED for path in sorted(ROOT.glob(pattern)))
    return [(str(path.relative_to(ROOT)), path.read_text("utf-8")) for path in paths]


def test_every_page_with_commands_is_run() -> None:
    """A page with a console block is run; a prompt in any other block would not be."""
    shown = {name for name, text in typed() if "```console" in text}
    elsewhere = [
        name
        for name, text in typed()
        for block in re.findall(r"^```(?!console\b)\w*\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
        if re.search(r"^ *\$ ", block, re.MULTILINE)
    ]

    assert shown == RUN
    assert elsewhere == []


def test_commands_that_cannot_be_run_here_are_ones_that_dcsync_takes() -> None:
    """Blocks for another place (a remote, a cron table, an installation) hold real options."""
    from dcsync.arguments.commands import Parsers, build_parser

    lines = [
        line for _, text in typed() for block in SHELL.findall(text) for line in block.split("\n")
    ]
    commands = [line for line in lines if line.startswith("dcsync ")]

    assert len(commands) > 40
    for command in commands:
        words = shlex.split(command, comments=True)[1:]
        redirected = [n for n, word in enumerate(words) if word[0] in "<>|&"]
        build_parser(Parsers()).parse_args(words[: redirected[0]] if redirected else words)
