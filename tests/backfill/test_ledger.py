"""The resume file: whole at any moment, small, and never another backfill's."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from dcsync.backfill import Ledger, Span, ledger
from dcsync.errors import OutputError, RefusedError

SPAN = Span("2d", "", 1000.0, 2000.0)
URLS = {"oslo/ingest": "https://ingest.example.com"}
KEY = ("oslo/ingest", "d1")


def opened(path: Path) -> Ledger:
    return Ledger.of(path, SPAN, URLS)


def test_it_goes_on_where_it_was_left(tmp_path: Path) -> None:
    """Everything before the last moment is covered, and of that moment what was noted."""
    before = opened(tmp_path / "state")
    before.begin()
    before.position(KEY)
    before.position(("oslo/ingest", "d2"))
    before.note(KEY, 1500.0, "a")
    before.note(KEY, 1500.0, "b")
    before.finish(("oslo/ingest", "d2"))

    for left in ("open", "closed"):
        after = Ledger.of(tmp_path / "state", Span("2d", "", 5000.0, 9000.0), URLS)
        position = after.position(KEY)
        assert after.is_resumed, left
        assert after.span == SPAN
        assert position.covers(1499.9, "x")
        assert position.covers(1500.0, "b")
        assert not position.covers(1500.0, "c")
        assert not position.covers(1500.1, "a")
        assert after.position(("oslo/ingest", "d2")).is_done
        before.close()


def test_it_stays_small_and_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many deliveries: it is written anew now and then, for its owner alone."""
    monkeypatch.setattr(ledger, "MOST_ADDED", 10)
    path = tmp_path / "state"
    state = opened(path)
    state.begin()
    state.position(KEY)
    for number in range(500):
        state.note(KEY, 1000.0 + number, f"e{number}")
        assert path.stat().st_size < 2000
    assert path.stat().st_mode & 0o777 == 0o600
    state.close()
    assert len(path.read_text().splitlines()) == 2
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("cut", range(1, 30))
def test_a_line_that_was_cut_off_is_left_out(cut: int, tmp_path: Path) -> None:
    """What was not written whole was delivered perhaps: it is delivered again."""
    path = tmp_path / "state"
    state = opened(path)
    state.begin()
    state.position(KEY)
    state.note(KEY, 1500.0, "a")
    state.note(KEY, 1600.0, "b")
    whole = path.read_bytes()
    path.write_bytes(whole[:-cut])

    position = opened(path).position(KEY)

    assert position.covers(1500.0, "a")
    assert not position.covers(1600.0, "b")


@pytest.mark.parametrize(
    "content",
    [
        *("nothing of ours\n", "{}\n", '{"dcsync_backfill": 2}\n', "[]\n", "\x00\n", '"x"\n[1]\n'),
        *("a token, without a line break", "\x00\x00", '{"dcsync_backfill": 1, "sp'),
    ],
)
def test_a_file_of_something_else_is_left_alone(content: str, tmp_path: Path) -> None:
    """It is refused, and stays as it is."""
    path = tmp_path / "state"
    path.write_text(content)

    with pytest.raises(RefusedError, match="not a resume file"):
        opened(path)

    assert path.read_text() == content


def test_another_backfill_is_refused(tmp_path: Path) -> None:
    """Other times, or another endpoint for the same connector: what was delivered is not this."""
    path = tmp_path / "state"
    opened(path).begin()

    with pytest.raises(RefusedError, match="--since 2d"):
        Ledger.of(path, Span("3d", "", 0.0, 1.0), URLS)
    with pytest.raises(RefusedError, match=r"was delivered to https://ingest\.example\.com"):
        Ledger.of(path, SPAN, {"oslo/ingest": "https://staging.example.com"})
    Ledger.of(path, SPAN, {"oslo/other": "https://staging.example.com"})


@pytest.mark.slow
def test_two_at_once_are_refused(tmp_path: Path) -> None:
    """While a process writes the file, another one does not begin."""
    path = tmp_path / "state"
    state = opened(path)
    state.begin()
    program = (
        "import sys, pathlib; from dcsync.backfill import Ledger, Span\n"
        "Ledger.of(pathlib.Path(sys.argv[1]), Span('2d', '', 0.0, 1.0), {}).begin()"
    )
    run = [sys.executable, "-c", program, str(path)]

    meanwhile = subprocess.run(run, capture_output=True, text=True, check=False)
    state.close()
    afterwards = subprocess.run(run, capture_output=True, text=True, check=False)

    assert "another backfill is writing it" in meanwhile.stderr
    assert afterwards.returncode == 0, afterwards.stderr


@pytest.mark.parametrize("was_there", [False, True])
def test_of_two_that_begin_together_one_is_refused(was_there: bool, tmp_path: Path) -> None:
    """Both have read the same, while a person was asked: what one delivers, the other would not
    know of."""
    path = tmp_path / "state"
    if was_there:
        earlier = opened(path)
        earlier.begin()
        earlier.close()
    one, other, third = (opened(path) for _ in range(3))

    one.begin()
    with pytest.raises(RefusedError, match="another backfill"):
        other.begin()
    one.position(KEY)
    one.note(KEY, 1500.0, "a")
    one.close()
    with pytest.raises(RefusedError, match="another backfill has written it meanwhile: start agai"):
        third.begin()

    again = opened(path)
    again.begin()
    assert again.position(KEY).covers(1500.0, "a")
    again.close()
    assert [each.name for each in tmp_path.iterdir()] == ["state"]


def test_a_file_that_is_gone_when_it_begins_is_refused(tmp_path: Path) -> None:
    """Somebody took away what was to be gone on from."""
    path = tmp_path / "state"
    earlier = opened(path)
    earlier.begin()
    earlier.close()
    late = opened(path)
    path.unlink()

    with pytest.raises(RefusedError, match="start again"):
        late.begin()
    assert not path.exists()


def test_where_it_cannot_be_written(tmp_path: Path) -> None:
    """It is said before anything is delivered."""
    with pytest.raises(OutputError, match="cannot be written"):
        opened(tmp_path / "missing" / "state").begin()
    (tmp_path / "folder").mkdir()
    with pytest.raises(RefusedError, match="cannot be read"):
        opened(tmp_path / "folder")
