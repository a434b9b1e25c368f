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
    "plan -p c3n5gj90p7bet3vicob": ["c3n5gj90p7bet3vicob0", "c3n5gj90p7bet3vicob1"],
    "plan -p=": [],
    "plan --project=b": ["--project=bergen"],
    "plan --project =": ["bergen", "oslo"],
    "plan --project = b": ["bergen"],
    "plan --format=j": ["--format=json"],
    "plan --base ": ["auto"],
    "plan --changed-since ": [],
    "watch --event-type to": ["touch", "touchCount"],
    "watch --device-type w": ["waterDetector"],
    "status --fail-on fail": ["failing"],
    "status --fail-on failing,dis": ["failing,disabled"],
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


REFS = ("feature/x", "main", "next")
HOSTILE = ("a;reboot", "$(touch${IFS}pwned)", "b`touch${IFS}pwned`", "c&d", "é\u202etxt")


@pytest.fixture
def repository(request: pytest.FixtureRequest) -> Path:
    """A repository with a commit, branches, a tag, a remote branch, and refs of other kinds."""
    request.getfixturevalue("run")  # which chooses the folder
    folder = Path.cwd()
    (folder / "dcsync.yaml").write_text(DECLARATION)
    subprocess.run(["git", "init", "--quiet", "--initial-branch=main", str(folder)], check=True)
    identity = ("-c", "user.name=x", "-c", "user.email=x@example.com")
    git_in(folder, "add", ".")
    git_in(folder, *identity, "commit", "--quiet", "-m", "x")
    for ref in (
        *(f"refs/heads/{each}" for each in (*REFS, *HOSTILE)),
        *("refs/tags/v1.0", "refs/remotes/origin/main", "refs/remotes/origin/HEAD"),
        *("refs/dcsync/applied", "refs/pull/1/head", "refs/stash"),
    ):
        git_in(folder, "update-ref", ref, "HEAD")
    return folder


def git_in(folder: Path, *words: str) -> None:
    """Git in the repository in this very folder; never in one that the tests run in."""
    place = (f"--git-dir={folder / '.git'}", f"--work-tree={folder}")
    subprocess.run(["git", *place, *words], cwd=folder, check=True, capture_output=True)


OFFERED = sorted(["HEAD", *REFS, "v1.0", "origin/main", "refs/dcsync/applied"])


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("plan --base ", sorted([*OFFERED, "auto"])),
        ("apply --base ma", ["main"]),
        ("plan --base=or", ["--base=origin/main"]),
        ("status --changed-since ", OFFERED),
        ("drift --applied ref", ["refs/dcsync/applied"]),
        ("plan -f dcsync.yaml --base v", ["v1.0"]),
        ("plan -f nowhere/dcsync.yaml --base v", ["v1.0"]),
        ("plan -f / --base v", []),
    ],
)
def test_revisions_are_offered(line: str, offered: list[str], run: Run) -> None:
    """Branches, tags and what was applied, as they are typed; nothing that a shell would run."""
    ended = run("completion", "bash", "--", "dcsync", *line.split(" "))

    assert (ended.code, ended.err) == (0, "")
    assert ended.out.split() == offered


def test_a_repository_that_git_does_not_read_offers_nothing(run: Run, repository: Path) -> None:
    """Completion never complains."""
    (repository / ".git" / "HEAD").write_text("nonsense")

    ended = run("completion", "bash", "--", "dcsync", "plan", "--base", "m")

    assert (ended.code, ended.out, ended.err) == (0, "", "")


def test_no_secret_and_no_network_is_needed(
    run: Run, monkeypatch: pytest.MonkeyPatch, repository: Path
) -> None:
    """What stands behind a variable is not looked at, and nobody is called."""
    (repository / "dcsync.yaml").write_text(
        'dcsync: 1\nprojects: {discover: {organization: "c0rg4n1s4t10n0000000"}}\n'
        "policy: {prune: none}\nconnectors:\n"
        '  a: {config: {url: "https://x.example.com/${env:SECRET}"}}\n'
    )
    (repository / "more.yaml").write_text(DECLARATION)
    monkeypatch.setenv("SECRET", "s3cret")
    monkeypatch.setattr("socket.socket.connect", None)

    ended = run("completion", "bash", "--", "dcsync", "plan", "")

    assert ended.out.split() == ["bergen/ingest", "oslo/ingest"]
    assert (ended.code, ended.err) == (0, "")


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


@pytest.mark.slow
@pytest.mark.usefixtures("repository")
def test_bash_completes_revisions(run: Run, tmp_path: Path) -> None:
    """Also behind an equals sign, which bash makes a word of its own."""
    (tmp_path / "script").write_text(run("completion", "bash").out)
    typed = "; ".join(
        f"COMP_WORDS=({words}); COMP_CWORD={words.count(' ')}; _dcsync; echo ${{COMPREPLY[@]}}"
        for words in ("dcsync plan --base fea", "dcsync plan --base = fea", "dcsync apply -p os")
    )
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])

    done = subprocess.run(
        ["bash", "-c", f"source {tmp_path / 'script'}; {typed}"],
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == "feature/x\nfeature/x\noslo\n"
