"""What the completion scripts ask and what they are answered, and bash for real."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dcsync.arguments import COMMANDS, SHELLS
from tests.cli.conftest import Run

DECLARATION = """\
dcsync: 1
projects:
  oslo: {id: c3n5gj90p7bet3vicob0}
  bergen: {id: c3n5gj90p7bet3vicob1}
policy: {prune: none}
connectors:
  ingest: {config: {url: "https://x.example.com", signature_secret: "${env:UNSET}"}}
"""

ANSWERS = {
    "pl": ["plan"],
    "plan --form": ["--format"],
    "plan --format ": ["json", "markdown", "text"],
    "plan ": ["bergen/ingest", "oslo/ingest"],
    "plan os": ["oslo/ingest"],
    "sync oslo/ingest ber": ["bergen/ingest"],
    "plan --except o": ["oslo/ingest"],
    "plan -p ": ["bergen", "oslo"],
    "watch --project b": ["bergen"],
    "plan -f ": [],
    "plan -f nowhere ": [],
    "completion ": sorted(SHELLS),
    "schema p": ["plan"],
    "nonsense ": sorted([*COMMANDS, "--help", "--version"]),
    "": sorted([*COMMANDS, "--help", "--version"]),
}


@pytest.mark.parametrize("line", ANSWERS)
def test_every_unfinished_line_is_answered(line: str, run: Run) -> None:
    """Commands, options, their values, and what the files declare; no secret is needed."""
    Path("dcsync.yaml").write_text(DECLARATION)

    ended = run("completion", "bash", "--", "dcsync", *line.split(" "))

    assert (ended.code, ended.err) == (0, "")
    assert ended.out.split() == ANSWERS[line]


def test_broken_files_complete_nothing_and_complain_not(run: Run) -> None:
    """A message in the middle of typing would help nobody."""
    Path("dcsync.yaml").write_text("dcsync: 1\nnonsense: [\n")

    ended = run("completion", "zsh", "--", "dcsync", "plan", "")

    assert (ended.code, ended.out, ended.err) == (0, "", "")


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_has_a_script_that_it_can_read(shell: str, run: Run, tmp_path: Path) -> None:
    """Checked by the shell itself where it is installed."""
    ended = run("completion", shell)
    assert f"completion {shell} --" in ended.out
    path = tmp_path / "script"
    path.write_text(ended.out)

    if shell != "powershell" and shutil.which(shell):
        subprocess.run([shell, "-n", str(path)], check=True)


def test_bash_completes(run: Run, tmp_path: Path) -> None:
    """The script in a real bash: an address, from the files of the working folder."""
    (tmp_path / "script").write_text(run("completion", "bash").out)
    Path("dcsync.yaml").write_text(DECLARATION)
    typed = "COMP_WORDS=(dcsync plan os); COMP_CWORD=2; _dcsync; echo ${COMPREPLY[@]}"
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])

    done = subprocess.run(
        ["bash", "-c", f"source {tmp_path / 'script'}; {typed}"],
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == "oslo/ingest\n"
