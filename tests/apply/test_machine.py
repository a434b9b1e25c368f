"""The machine has no more threads, memory or descriptors: it is called that, the rest goes on."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator, Sequence, Set

import pytest

from dcsync.apply import Outcome, Status
from dcsync.apply.creation import Created, Creator
from dcsync.apply.side_by_side import side_by_side
from dcsync.model import Connector
from dcsync.plan import Create
from tests.apply.conftest import PROJECT, Bench, declared


def refusing_after(started: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the machine have no more than so many new threads."""
    start, count = threading.Thread.start, itertools.count()

    def limited(self: threading.Thread) -> None:
        if next(count) >= started:
            raise RuntimeError("can't start new thread")
        start(self)

    monkeypatch.setattr(threading.Thread, "start", limited)


def each_done(items: Sequence[Create]) -> Iterator[Outcome]:
    """The work of a project whose operations are all done."""
    return (Outcome(each, Status.DONE) for each in items)


@pytest.mark.parametrize("threads", [1, 2])
def test_projects_are_done_by_the_threads_that_there_are(
    threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no more threads can be started, those that run do all the work, and each once."""
    operations = [Create(f"{n}/a", str(n), str(n), "", "a", "", None) for n in range(6)]
    refusing_after(threads, monkeypatch)

    outcomes = list(side_by_side(operations, each_done, 4))

    assert sorted(each.operation.address for each in outcomes) == [f"{n}/a" for n in range(6)]


def test_without_any_thread_nothing_is_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says what is missing; no work is done."""
    operation = Create("oslo/a", "oslo", PROJECT, "", "a", "", None)
    begun: list[Outcome] = []
    refusing_after(0, monkeypatch)

    with pytest.raises(RuntimeError, match="start new thread"):
        begun.extend(side_by_side([operation], each_done, 4))

    assert not begun


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (MemoryError(), "out of memory"),
        (RuntimeError("can't start new thread"), "no thread can be started"),
        (OSError(24, "Too many open files"), "ulimit -n"),
        (OSError(28, "No space left on device", "/x"), "/x: No space left on device"),
    ],
)
def test_trouble_with_the_machine_in_an_operation_is_no_bug(
    error: Exception, words: str, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is called what it is; what became of the operation is not known; the others go on."""
    create, errors = Creator.create, [error]

    def troubled(self: Creator, wanted: Connector, known_ids: Set[str]) -> Created:
        if errors:
            raise errors.pop()
        return create(self, wanted, known_ids)

    monkeypatch.setattr(Creator, "create", troubled)

    first, second = bench.apply(declared("a"), declared("b"))

    assert (first.status, first.changed, first.bug) == (Status.FAILED, True, None)
    assert words in first.error
    assert first.error.endswith("; plan again before you apply")
    assert second.status is Status.DONE
