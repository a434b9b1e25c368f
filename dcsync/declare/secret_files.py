"""Reads the files that `${file:…}` names: small, regular, and not by accident outside."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import NamedTuple

MAX_BYTES = 65_536
"""No secret is larger; a header has to fit into a request."""


class Content(NamedTuple):
    """A file's text, or why there is none; `missing` if it may exist elsewhere."""

    text: str | None
    problem: str = ""
    missing: bool = False

    def __repr__(self) -> str:
        return f"Content({self.problem or 'read'})"


def read(name: str, folder: Path, root: Path) -> Content:
    """The text of `name`, relative to `folder`, without one trailing newline.

    A relative path must stay inside `root`, links followed: what lies outside is spelled
    absolutely, so that a reader sees it.
    """
    path = folder / name
    try:
        if not Path(name).is_absolute() and not path.resolve().is_relative_to(root.resolve()):
            return Content(None, "lies outside the repository: write the path absolutely")
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            return Content(None, "is no regular file")
        if status.st_size > MAX_BYTES:
            return Content(None, f"is larger than {MAX_BYTES:,} bytes: this is no secret")
        data = path.read_bytes()
    except FileNotFoundError:
        return Content(None, "there is no such file", missing=True)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a path"
        return Content(None, f"cannot be read: {reason}", missing=True)
    return _text(data)


def _text(data: bytes) -> Content:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return Content(None, "is not UTF-8 text")
    text = text.removesuffix("\r\n" if text.endswith("\r\n") else "\n")
    return Content(text) if text else Content(None, "is empty", missing=True)
