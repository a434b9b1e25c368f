"""Trouble with the machine is reported as what it is, and signals are obeyed at any moment."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from dcsync.session import failures
from dcsync.session.files import whole_files
from dcsync.session.files.whole_files import NewFile
from tests.cli.conftest import Run

DeclareFile = Callable[..., Path]
A = "\n  a: {config: {url: https://a.example.com}}"


@pytest.mark.parametrize("command", ["validate", "plan", "fmt", "init x"])
def test_a_working_folder_that_was_deleted(command: str, tmp_path: Path) -> None:
    """It is named; no files are not taken for files in order."""
    folder = tmp_path / "gone"
    folder.mkdir()
    done = subprocess.run(
        ["sh", "-c", f"rmdir ../gone && {sys.executable} -m dcsync {command}"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout) == (1, "")
    assert "the working directory does not exist any more" in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("files", [5, 6, 8])
@pytest.mark.usefixtures("project")
def test_no_file_descriptors_left(declare_file: DeclareFile, files: int) -> None:
    """Wherever they run out it is one line and 1, or enough for the whole run."""
    limited = subprocess.run(
        [sys.executable, "-m", "dcsync", "plan", "--detailed-exitcode", "-f", declare_file(A)],
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (files, files)),
        check=False,
    )

    assert "a bug in dcsync" not in limited.stderr
    assert "Traceback" not in limited.stderr  # with less not even Python starts
    assert limited.returncode in (1, 2)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (MemoryError(), "out of memory"),
        (RuntimeError("can't start new thread"), "no thread can be started"),
        (OSError(30, "Read-only file system", "/x"), "/x: Read-only file system"),
        (OSError(24, "Too many open files"), "ulimit -n"),
    ],
)
def test_trouble_with_the_machine_is_no_bug(error: Exception, words: str) -> None:
    """One line that says what is missing."""
    assert words in failures.message_of(error)
    assert "a bug" not in failures.message_of(error)


@pytest.mark.usefixtures("project")
def test_settings_that_no_call_can_be_made_with_are_wrong_usage(
    run: Run, declare_file: DeclareFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether they come from the command line or from the environment."""
    declare_file(A)
    assert run("plan", "--api-url", "ftp://api.example.com").code == 64
    monkeypatch.setenv("DCSYNC_API_URL", "https://user@api.example.com/v2")
    assert run("plan").code == 64


def test_a_bug_is_reported_where_no_file_can_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then what would be in the file is on standard error."""
    monkeypatch.setattr("tempfile.tempdir", "/nosuch")

    told = failures.message_of(KeyError("a value"))

    assert "a bug in dcsync" in told
    assert "dcsync 0" in told
    assert "a value" not in told


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize(
    "where",
    [
        "dcsync.arguments.parse",
        "dcsync.session.output.console.Console.of",
        "dcsync.commands.validate.run",
        "dcsync.declare.load",
        "dcsync.cli.exit_code",
    ],
)
def test_a_signal_at_any_moment_is_130(
    declare_file: DeclareFile, number: signal.Signals, where: str
) -> None:
    """While it parses, imports, loads and ends; one line, no traceback."""
    module, _, name = where.rpartition(".")
    script = (
        "import os, sys, pkgutil, signal\n"
        "signal.signal(signal.SIGHUP, signal.SIG_DFL)\n"  # nohup would have it ignored
        f"owner, number = pkgutil.resolve_name({module!r}), {int(number)}\n"
        f"before = getattr(owner, {name!r})\n"
        "def interrupted(*given, **named):\n"
        "    os.kill(os.getpid(), number)\n"
        "    return before(*given, **named)\n"
        f"setattr(owner, {name!r}, interrupted)\n"
        "from dcsync.cli import process\n"
        "process()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "validate", "-f", declare_file(A)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (130, "dcsync: interrupted\n")


def test_what_nohup_ignores_stays_ignored(declare_file: DeclareFile) -> None:
    """The terminal may be closed."""
    done = subprocess.run(
        [sys.executable, "-m", "dcsync", "validate", "-f", declare_file(A)],
        capture_output=True,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN),
        check=False,
    )

    assert done.returncode == 0


@pytest.mark.parametrize("limit", [1, 50])
def test_new_files_are_all_there_or_none(tmp_path: Path, limit: int) -> None:
    """A full disk leaves neither secrets without declarations nor the other way round."""
    files = [
        NewFile(tmp_path / "secrets", "x" * 40, 0o600),
        NewFile(tmp_path / "new" / "folder" / "a.yaml", "y" * 100, 0o666),
    ]
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        with pytest.raises(Exception, match="File too large; nothing was written"):
            whole_files.write_new(files)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(tmp_path.iterdir()) == []

    whole_files.write_new(files)

    assert sorted(each.name for each in tmp_path.rglob("*")) == [
        "a.yaml",
        "folder",
        "new",
        "secrets",
    ]
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o600


def test_one_that_is_there_already_keeps_the_others_away(tmp_path: Path) -> None:
    """What came in between is left as it is."""
    (tmp_path / "b").write_text("before")
    files = [NewFile(tmp_path / name, "after", 0o666) for name in "ab"]

    with pytest.raises(Exception, match="already exists"):
        whole_files.write_new(files)

    assert [each.name for each in tmp_path.iterdir()] == ["b"]
    assert (tmp_path / "b").read_text() == "before"


def test_a_saved_file_is_whole_or_the_former_one(tmp_path: Path) -> None:
    """Links and permissions stay; what is no regular file is written to, never replaced."""
    (tmp_path / "real").write_text("before")
    (tmp_path / "real").chmod(0o640)
    (tmp_path / "link").symlink_to("real")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3, before[1]))
    try:
        with pytest.raises(Exception, match="cannot be written"):
            whole_files.replace(tmp_path / "link", "after")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (tmp_path / "real").read_text() == "before"

    whole_files.replace(tmp_path / "link", "after")
    whole_files.replace(Path(os.devnull), "after")

    assert (tmp_path / "real").read_text() == "after"
    assert (tmp_path / "real").stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "link").is_symlink()
    assert Path(os.devnull).is_char_device()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["link", "real"]
