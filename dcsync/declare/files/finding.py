"""Finds and reads declaration files. Knows paths, sizes and the marker, but not YAML."""

from __future__ import annotations

import os
import re
import shutil
import stat
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from dcsync.dataclass import dataclass
from dcsync.declare.git.objects import find_ignored
from dcsync.declare.git.process import find_root
from dcsync.declare.problems import Problems
from dcsync.errors import DcsyncError
from dcsync.model import Position
from dcsync.regular_files import read_start

MAX_BYTES = 10_000_000
"""Maximum size of a declaration file; ten thousand connectors take five million bytes."""

SUFFIXES = (".yaml", ".yml")

_MARKER = rb"""(?m:(^[\xef\xbb\xbf\xff\xfe]*|[{,?])\s*["']?dcsync["']?\s*:\s*["']?[0-9])"""


@dataclass(frozen=True, slots=True)
class File:
    """A file's content; `path` is as the user typed it, `given` the `-f` argument that led to
    it."""

    path: Path
    data: bytes
    given: Path
    named: bool

    def position(self) -> Position:
        return Position(str(self.path), 1, 1)

    def may_declare(self) -> bool:
        """Whether the content needs to be parsed at all."""
        return self.named or any(each in self.data for each in _KEYWORDS)

    def has_marker(self) -> bool:
        """Whether it seems to be a declaration, even if it is not valid YAML."""
        return self.named or bool(re.search(_MARKER, self.data.replace(b"\0", b"")))


_KEYWORDS = tuple(
    word.encode(encoding)
    for word in ("dcsync", "connectors")
    for encoding in ("utf-8", "utf-16-le", "utf-16-be")
)


def read_all(
    paths: Sequence[Path], problems: Problems, *, skip: Collection[str] = (), below: bool = True
) -> list[File]:
    """The files that `paths` name or contain, without duplicates, in the order of paths and names.

    `skip` holds the real paths of files to omit. Files in folders that Git ignores are omitted,
    unless the given folder itself is ignored. Without `below`, subfolders are omitted.
    """
    files = []
    seen = set(skip)
    walked = {given: list(walk(given, problems, below=below)) for given in paths if given.is_dir()}
    ignored = _ignored(walked)
    for given in paths:
        named = given not in walked
        for path in [given] if named else walked[given]:
            if path in ignored and not named:
                continue
            real = os.path.realpath(path)
            if real in seen:
                continue
            seen.add(real)
            data = _read(path, problems)
            if data is not None:
                file = File(path, data, given, named)
                files += [file] if _is_small(file, problems) else []
    return files


def require_matches(paths: Iterable[Path], files: Iterable[File], problems: Problems) -> None:
    """An error for each folder given with `-f` that none of the declarations came from."""
    matched = {file.given for file in files}
    for path in paths:
        if path not in matched and path.is_dir():
            problems.error(
                f"no declaration in the folder {path}: a declaration is a .yaml or .yml file "
                "that begins with 'dcsync: 1'"
            )


def walk(folder: Path, problems: Problems | None = None, *, below: bool = True) -> Iterator[Path]:
    """All YAML files below `folder`, sorted by name. Hidden folders and other repositories are
    omitted; without `below`, so are all subfolders."""

    def report(error: OSError) -> None:
        if problems is not None:
            problems.error(f"cannot read the folder {error.filename}: {error.strerror}")

    for root, folders, names in os.walk(folder, onerror=report):
        if Path(root) != folder and _is_repository(root, folders, names):
            folders.clear()
            continue
        folders[:] = sorted(name for name in folders if below and not name.startswith("."))
        for name in sorted(names):
            path = Path(root, name)
            if name.endswith(SUFFIXES) and _may_be_file(path):
                yield path


def _is_repository(folder: str, folders: Sequence[str], names: Sequence[str]) -> bool:
    """Whether a folder is a checkout (a clone, a worktree, a submodule) or a bare repository: its
    declarations belong to another repository, or to another revision of this one."""
    if ".git" in names or (".git" in folders and Path(folder, ".git", "HEAD").exists()):
        return True
    return "HEAD" in names and {"objects", "refs"} <= set(folders)


def _ignored(walked: Mapping[Path, Sequence[Path]]) -> set[Path]:
    """The files in folders that Git ignores, with one call per repository."""
    by_root: dict[Path, dict[str, Path]] = {}
    for folder, paths in walked.items():
        root = find_root(folder) if paths else None
        if root:
            by_root.setdefault(root, {}).update(_from_root(folder, paths, root))
    found = {root: find_ignored(names, root) for root, names in by_root.items()}
    ignored = {names[name] for root, names in by_root.items() for name in found[root]}
    return {
        path
        for folder, paths in walked.items()
        if folder not in ignored
        for path in paths
        if path in ignored
    }


def _from_root(folder: Path, paths: Sequence[Path], root: Path) -> dict[str, Path]:
    """The folder and its files by their paths relative to the repository's root."""
    start = os.path.relpath(os.path.realpath(folder), root)
    head = "" if start == os.curdir else f"{start}/"
    skipped = 0 if folder == Path() else len(f"{folder}/".replace("//", "/"))
    names = {f"{head}{str(path)[skipped:]}": path for path in paths}
    return {**names, **({start: folder} if head else {})}


def _may_be_file(path: Path) -> bool:
    """True also for broken links and unreadable paths, so that they are reported as missing."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return True


def _read(path: Path, problems: Problems) -> bytes | None:
    """The file's bytes, cut off just above the maximum size."""
    try:
        return read_start(path, MAX_BYTES)
    except FileNotFoundError:
        problems.error(f"{path}: no such file or folder")
    except OSError as error:
        problems.error(f"cannot be read: {error.strerror}", Position(str(path), 1, 1))
    return None


def _is_small(file: File, problems: Problems) -> bool:
    """Whether it is small enough; a large file is reported only if it has the marker."""
    if len(file.data) <= MAX_BYTES:
        return True
    if file.has_marker():
        message = f"larger than {MAX_BYTES:,} bytes: split it into several files"
        problems.error(message, file.position())
    return False


def base_folder(folder: Path) -> Path:
    """The folder that a declaration belongs to: the Git repository around it, else the working
    directory if it is below that, else the folder itself."""
    folder = Path(os.path.realpath(folder))
    repository = _repository_around(folder)
    if repository:
        return repository
    here = Path.cwd()
    return here if folder.is_relative_to(here) else folder


def is_in_repository(folder: Path) -> bool:
    return _repository_around(Path(os.path.realpath(folder))) is not None


def _repository_around(folder: Path) -> Path | None:
    return next((each for each in (folder, *folder.parents) if (each / ".git").exists()), None)


def overwrite(path: Path, data: bytes) -> None:
    """Replace a file's content atomically, keeping links and permissions. DcsyncError."""
    real = Path(os.path.realpath(path))
    try:
        descriptor, name = tempfile.mkstemp(dir=real.parent, prefix=f".{real.name}.")
        temporary = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
            shutil.copymode(real, temporary)
            temporary.replace(real)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise DcsyncError(f"{path}: cannot be written: {error.strerror}") from error
