"""Files that `receive` and the emulator write: private, whole, and never through a planted link."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from dcsync import emulator
from dcsync.errors import DcsyncError, RefusedError
from dcsync.session.files.announcement import announce, announced
from tests.conftest import Dcsync


def put_link(path: Path, victim: Path) -> None:
    path.symlink_to(victim)


def put_dangling_link(path: Path, victim: Path) -> None:
    path.symlink_to(victim.with_name("made-through-the-link"))


def put_folder(path: Path, _: Path) -> None:
    path.mkdir()


def put_fifo(path: Path, _: Path) -> None:
    os.mkfifo(path)


ODD = pytest.mark.parametrize("put", [put_link, put_dangling_link, put_folder, put_fifo])


@pytest.fixture
def victim(tmp_path: Path) -> Path:
    path = tmp_path / "victim"
    path.write_text("precious")
    return path


@ODD
def test_nothing_is_written_through_what_is_there(
    tmp_path: Path, victim: Path, put: Callable[[Path, Path], None]
) -> None:
    """A link, a folder or a FIFO is refused and left as it is, with nothing beside it."""
    put(tmp_path / "out", victim)
    before = sorted(tmp_path.iterdir())

    with pytest.raises(RefusedError, match="was not changed"):
        announce(tmp_path / "out", "new")

    assert victim.read_text() == "precious"
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.slow
@pytest.mark.parametrize("option", [("emulator", "--env-file"), ("receive", "--url-file")])
@ODD
def test_the_commands_refuse_it(
    dcsync: Dcsync, tmp_path: Path, victim: Path, option: tuple[str, str], put: Callable[..., None]
) -> None:
    """Refused on purpose is 3, in one line."""
    put(tmp_path / "out", victim)

    ended = dcsync(*option, "out")

    assert ended.returncode == 3
    assert "was not changed" in ended.stderr
    assert victim.read_text() == "precious"


def test_the_draft_has_no_name_that_could_be_planted(tmp_path: Path, victim: Path) -> None:
    """A link at the name that the draft had once is not followed, and stays."""
    (tmp_path / "out.part").symlink_to(victim)

    announce(tmp_path / "out", "new")

    assert (tmp_path / "out").read_text() == "new"
    assert victim.read_text() == "precious"
    assert (tmp_path / "out.part").is_symlink()


def test_a_link_that_appears_meanwhile_is_replaced(
    tmp_path: Path, victim: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever plants a link between the look and the write gains nothing."""
    rename = Path.replace

    def plant(draft: Path, path: Path) -> Path:
        path.symlink_to(victim)
        return rename(draft, path)

    monkeypatch.setattr(Path, "replace", plant)
    announce(tmp_path / "out", "new")

    assert not (tmp_path / "out").is_symlink()
    assert victim.read_text() == "precious"


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_the_file_is_for_its_owner_alone(tmp_path: Path, mask: int) -> None:
    """From its first byte on, whatever the umask, and whatever the former file's mode was."""
    (tmp_path / "out").write_text("old")
    (tmp_path / "out").chmod(0o666)
    before = os.umask(mask)
    try:
        announce(tmp_path / "out", "new")
    finally:
        os.umask(before)

    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o600


def test_only_our_own_file_is_removed(tmp_path: Path) -> None:
    """What somebody put in its place while the block ran stays."""
    with announced(tmp_path / "ours", "x"), announced(tmp_path / "theirs", "x"):
        (tmp_path / "theirs").unlink()
        (tmp_path / "theirs").write_text("other")

    assert [path.name for path in tmp_path.iterdir()] == ["theirs"]


@pytest.mark.slow
def test_a_folder_that_is_not_there_is_a_message(dcsync: Dcsync, tmp_path: Path) -> None:
    """No traceback and no bug report: a line, and 1."""
    with pytest.raises(DcsyncError, match="cannot be written: No such file or directory"):
        announce(tmp_path / "none" / "out", "x")
    for option in (("emulator", "--env-file"), ("receive", "--url-file")):
        ended = dcsync(*option, "none/out")
        assert (ended.returncode, "bug" in ended.stderr) == (1, False)


@ODD
@pytest.mark.parametrize("suffix", ["", "-wal", "-shm", "-journal"])
def test_state_is_not_kept_through_a_link(
    tmp_path: Path, victim: Path, suffix: str, put: Callable[[Path, Path], None]
) -> None:
    """Neither the state file nor what SQLite keeps beside it may be a link, a folder or a FIFO."""
    put(tmp_path / f"world.db{suffix}", victim)

    with (
        pytest.raises(ValueError, match=r"world\.db is not a state file"),
        emulator.running(state=tmp_path / "world.db"),
    ):
        pytest.fail("it started")

    assert victim.read_text() == "precious"
    assert not (tmp_path / "made-through-the-link").exists()


def test_state_is_private_from_its_first_byte(tmp_path: Path) -> None:
    """It holds secrets: for its owner alone, whatever the umask says, the files beside it too."""
    before = os.umask(0)
    try:
        with emulator.running(state=tmp_path / "world.db"):
            modes = {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.glob("world.db*")}
    finally:
        os.umask(before)

    assert modes == {0o600}
