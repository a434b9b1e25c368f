"""Standard output and standard error as streams that never raise.

A command that has changed the cloud must not stop midway because a disk is full, a reader is gone
or a terminal cannot show ``Ø``. Failures are recorded for the exit code.
"""

from __future__ import annotations

import codecs
import io
import os
import sys

TYPE_CHECKING = False  # typing takes longer to import than this file
if TYPE_CHECKING:
    from typing import TextIO

ESCAPE = "dcsync.escape"
"""Writes what an encoding lacks as JSON does, so that JSON stays JSON."""
JSON_FORMATS = ("json", "sarif", "cloudevents")
PEOPLES_FORMATS = ("text", "markdown")


class Sink(io.TextIOBase):
    """A stream whose `failure` says why not everything was written, "" if it was.

    Once `is_cut`, nothing is read any more: the reader is gone, or writing failed.
    """

    def __init__(self, stream: TextIO) -> None:
        codecs.register_error(ESCAPE, _escape)
        _reconfigure(stream, None)
        self._stream = stream
        self.failure = ""
        self.is_cut = False

    @classmethod
    def of(cls, stream: TextIO | Sink) -> Sink:
        """The stream as a sink, wrapped once."""
        return stream if isinstance(stream, Sink) else cls(stream)

    def write(self, text: str) -> int:
        if not self.is_cut:
            try:
                self._stream.write(text)
            except (OSError, ValueError) as error:
                self._cut(error)
        return len(text)

    def flush(self) -> None:
        if not self.is_cut:
            try:
                self._stream.flush()
            except (OSError, ValueError) as error:
                self._cut(error)

    def isatty(self) -> bool:
        return not self._stream.closed and self._stream.isatty()

    def fileno(self) -> int:
        return self._stream.fileno()

    @property
    def encoding(self) -> str:  # type: ignore[override]  # an attribute there
        return self._stream.encoding

    def encode_for(self, format: str) -> None:
        """Machine formats do not depend on the locale: JSON is ASCII, the rest UTF-8."""
        if format in PEOPLES_FORMATS or _is_utf8(self._stream):
            return
        _reconfigure(self._stream, "ascii" if format in JSON_FORMATS else "utf-8")

    def _cut(self, error: OSError | ValueError) -> None:
        self.is_cut = True
        if not isinstance(error, BrokenPipeError | ConnectionResetError):
            self.failure = getattr(error, "strerror", None) or str(error)


def open_standard_streams() -> None:
    """Replace this process's standard streams by sinks; closed ones lead nowhere.

    They are opened anew: with PYTHONUNBUFFERED, Python's own lose what one write does not take. A
    closed descriptor is filled, so that no file or socket gets its number.
    """
    for number in (0, 1, 2):
        _fill(number)
    if sys.stdin is not None:
        _reconfigure(sys.stdin, None, "replace")
    for name, number in (("stdout", 1), ("stderr", 2)):
        before = getattr(sys, name)
        encoding = before.encoding if before else "utf-8"
        os.set_blocking(number, True)
        stream = open(number, "w", encoding=encoding, closefd=False)  # noqa: SIM115
        setattr(sys, name, Sink(stream))


def _fill(number: int) -> None:
    try:
        os.fstat(number)
    except OSError:
        os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free: this one


def _reconfigure(stream: TextIO, encoding: str | None, errors: str = ESCAPE) -> None:
    """Only streams with an encoding; a test's substitute may have none."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(encoding=encoding, errors=errors)


def _is_utf8(stream: TextIO) -> bool:
    return codecs.lookup(stream.encoding or "utf-8").name == "utf-8"


def _escape(error: UnicodeError) -> tuple[str, int]:
    """Each character as `\\uXXXX`, in pairs of surrogates where it is beyond that."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    units = error.object[error.start : error.end].encode("utf-16-be", "surrogatepass")
    codes = (units[at : at + 2].hex() for at in range(0, len(units), 2))
    return "".join(f"\\u{code}" for code in codes), error.end
