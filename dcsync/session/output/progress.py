"""Shows progress: a bar on a terminal, a line per operation in CI, else nothing.

The bar is on standard error. Other output goes through `console`, which prints above the bar.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO, cast

from dcsync.cloud import Client, Reader
from dcsync.dataclass import replace
from dcsync.model import Connector
from dcsync.render.words import Visible, plain, visible
from dcsync.session.output.console import Console

if TYPE_CHECKING:
    from rich.progress import Progress as Bar


class Progress:
    """The progress of one command; `console` is what the command prints with."""

    def __init__(self, console: Console) -> None:
        self._own = console
        self._bar: Bar | None = None
        self._current = ""
        self._shows_bar = console.err.isatty() and not console.quiet
        self.console = self._above(console) if self._shows_bar else console

    def _above(self, console: Console) -> Console:
        out, err = (_Above(stream, self) for stream in (console.out, console.err))
        return replace(console, out=cast("TextIO", out), err=cast("TextIO", err))

    @contextmanager
    def of(self, deed: str, total: int) -> Iterator[None]:
        """Show how many of `total` are done while the block runs, if there is a terminal."""
        if not self._shows_bar:
            yield
            return
        self._bar = _bar(self._own)
        self._bar.add_task(deed, total=total, current="")
        try:
            with self._bar:
                yield
        finally:
            self._bar = None

    def start(self, what: Visible) -> None:
        """Show what is being done now."""
        if self._bar:
            self._bar.update(self._bar.task_ids[0], current=what)

    def advance(self) -> None:
        """Count one more as done."""
        if self._bar:
            self._bar.advance(self._bar.task_ids[0])

    def reach(self, done: int, what: Visible) -> None:
        """So many are done; more than the total where that was an estimate."""
        if self._bar:
            [task] = self._bar.tasks
            total = max(done, task.total or 0)
            self._bar.update(task.id, completed=done, total=total, current=what)

    def line(self, text: Visible) -> None:
        """Print a line on standard error for readers of a CI log."""
        if not self._shows_bar and os.environ.get("CI"):
            self._own.note(text)

    def reader(self, client: Client) -> Reader:
        """A Reader whose listings advance the bar."""
        return _ListingReader(client, self)

    def print_above(self, stream: TextIO, text: str) -> None:
        """Print on a terminal without disturbing the bar; elsewhere unchanged."""
        if self._bar is None or not stream.isatty():
            stream.write(text)
            return
        from rich.text import Text

        body = text.rstrip("\n")  # rich before 15 loses the end of the last line
        end = text[len(body) :]
        self._bar.console.print(Text.from_ansi(body), soft_wrap=True, end=end)


class _ListingReader(Reader):
    """Reports each listing that it makes."""

    def __init__(self, client: Client, progress: Progress) -> None:
        super().__init__(client)
        self._progress = progress

    def list_data_connectors(self, project_id: str) -> tuple[Connector, ...]:
        self._progress.start(visible(project_id))
        try:
            return super().list_data_connectors(project_id)
        finally:
            self._progress.advance()


class _Above(io.TextIOBase):
    """A stream that prints above the bar when it is flushed."""

    def __init__(self, stream: TextIO, progress: Progress) -> None:
        self._stream, self._progress = stream, progress
        self._held = ""

    def write(self, text: str) -> int:
        self._held += text
        return len(text)

    def flush(self) -> None:
        held, self._held = self._held, ""
        if held:
            self._progress.print_above(self._stream, held)
        self._stream.flush()

    def isatty(self) -> bool:
        return self._stream.isatty()

    def fileno(self) -> int:
        return self._stream.fileno()


def speed_text(done: float, left: float, seconds: float) -> str:
    """The rate since the start, pauses included, and the remaining time at that rate."""
    if not done or not seconds:
        return ""
    left_s = left * seconds / done
    return f"{done / seconds:.1f}/s, {left_s // 60:.0f}:{left_s % 60:02.0f} left"


def _bar(console: Console) -> Bar:
    """Imported only here: most runs do not need it, and it is slow to import."""
    from rich.console import Console as Screen
    from rich.progress import BarColumn, MofNCompleteColumn, Task, TextColumn
    from rich.progress import Progress as Bar
    from rich.table import Column
    from rich.text import Text

    class Speed(TextColumn):
        def render(self, task: Task) -> Text:
            return Text(speed_text(task.completed, task.remaining or 0, task.elapsed or 0))

    screen = Screen(
        file=console.err,
        markup=False,
        highlight=False,
        emoji=False,
        no_color=console.err_style is plain,
    )
    return Bar(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        Speed(""),
        TextColumn(
            "{task.fields[current]}",
            markup=False,
            table_column=Column(no_wrap=True, overflow="ellipsis", ratio=1),
        ),
        console=screen,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
        expand=True,
    )
