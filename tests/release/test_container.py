"""The Dockerfile, read: no Docker is needed here. CI builds the image and runs it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tests.release.building import ROOT

DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")


def instructions() -> list[tuple[str, str]]:
    """Each instruction with its words, continued lines joined, comments left out."""
    lines = re.sub(r"^\s*#.*\n", "", DOCKERFILE, flags=re.MULTILINE).replace("\\\n", " ")
    pairs = (line.partition(" ") for line in lines.splitlines() if line.strip())
    return [(name, words.strip()) for name, _, words in pairs]


def test_hadolint_has_nothing_to_say() -> None:
    """What is ignored says so in its place."""
    hadolint = Path(sys.executable).with_name("hadolint")

    done = subprocess.run(
        [hadolint, "--no-color", "Dockerfile"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.stdout, done.returncode) == ("", 0)


def test_every_stage_is_built_on_the_digest() -> None:
    """An argument with a default, so that one who has reviewed another base can name it."""
    given = dict(words.split("=", 1) for name, words in instructions() if name == "ARG")
    bases = [words.partition(" AS ")[0] for name, words in instructions() if name == "FROM"]

    assert re.fullmatch(r"sha256:[0-9a-f]{64}", given["PYTHON_DIGEST"])
    assert bases == ["python:${PYTHON_TAG}@${PYTHON_DIGEST}"] * 2


def test_the_last_stage_runs_as_nobody_and_builds_nothing() -> None:
    """A number, which Kubernetes can check; what is installed comes from the stage before."""
    stages = DOCKERFILE.split("\nFROM ")
    names = [name for name, _ in instructions()]
    users = [words for name, words in instructions() if name == "USER"]

    assert len(stages) == 3
    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", users[-1])
    assert "ADD" not in names
    assert not re.search(r"pip|curl|wget|install\.sh", stages[-1])
    assert ("ENTRYPOINT", '["dcsync"]') in instructions()


def test_what_is_copied_is_there_and_not_ignored() -> None:
    """The context has these folders and nothing else of the checkout."""
    copied = [words.split()[0] for name, words in instructions() if name == "COPY"]
    ours = {each for each in copied if not each.startswith("--")}
    ignore = (ROOT / ".dockerignore").read_text("utf-8").split("\n")

    assert ours == {"action", "schemas", "examples", "dcsync"}
    assert {line[1:] for line in ignore if line.startswith("!")} == ours
    assert "*" in ignore
    assert all((ROOT / each).is_dir() for each in ours)
