"""Reads files from Git objects, and compares files with them. Changes nothing."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from dcsync.dataclass import dataclass
from dcsync.declare.git.process import find_root, run_git
from dcsync.errors import RevisionError
from dcsync.regular_files import LARGE, read_whole

NOTHING = re.compile("0{40}|0{64}")
"""The revision before a first push, in CI systems."""
SHA1_DIGITS = 40
_LISTING = ("ls-tree", "-r", "-z", "--full-tree")


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit of the repository at `root`; `commit_id` is its full id."""

    root: Path
    commit_id: str

    def files(self, suffixes: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        """Each regular file with one of the suffixes, by its path from the root, in order."""
        entries = _entries(run_git(self.root, *_LISTING, self.commit_id))
        wanted = [each for each in entries if each.is_file and each.path.endswith(tuple(suffixes))]
        contents = self._contents([each.blob_id for each in wanted])
        yield from zip((each.path for each in wanted), contents, strict=True)

    def changed_paths(self, paths: Iterable[str]) -> frozenset[str]:
        """The paths from the root that differ between the commit and the work tree.

        The bytes are compared here and not by `git diff`, which would run the filters that the
        repository names; a file that a filter rewrites counts as changed. Files outside of the
        root, and ignored ones that the commit does not have, are nobody's change.
        """
        inside = {each for each in paths if not each.startswith("../")}
        entries = _entries(run_git(self.root, *_LISTING, self.commit_id))
        before = {each.path: each.blob_id for each in entries if each.path in inside}
        new = {each for each in inside - before.keys() if os.path.lexists(self.root / each)}
        differing = {
            path for path, blob_id in before.items() if not _is_blob(self.root / path, blob_id)
        }
        return frozenset(differing | (new - find_ignored(new, self.root)))

    def _contents(self, blob_ids: Sequence[str]) -> Iterator[bytes]:
        if not blob_ids:
            return
        wanted = "".join(f"{each}\n" for each in blob_ids)
        batch = run_git(self.root, "cat-file", "--batch", stdin=wanted.encode())
        place = 0
        for _ in blob_ids:
            head_end = batch.index(b"\n", place)
            size = _size(batch[place:head_end])
            yield batch[head_end + 1 : head_end + 1 + size]
            place = head_end + size + 2


@dataclass(frozen=True, slots=True)
class _TreeEntry:
    mode: str
    blob_id: str
    path: str

    @classmethod
    def of(cls, line: str) -> _TreeEntry:
        """An entry as `git ls-tree` prints it: mode, type and id, a tab, the path."""
        facts, _, path = line.partition("\t")
        mode, _, blob_id = facts.split(" ")
        return cls(mode, blob_id, path)

    @property
    def is_file(self) -> bool:
        return self.mode.startswith("100")


def find_commit(revision: str, folder: Path) -> Commit | None:
    """The commit that `revision` names; None for the all-zero id of a first push.

    RevisionError if `folder` is not in a repository, or the commit does not exist.
    """
    root = find_root(folder)
    if root is None:
        raise RevisionError(f"{folder} is not in a Git repository, so no revision can be read")
    if NOTHING.fullmatch(revision):
        return None
    return Commit(root, _resolve(revision, root))


def find_ancestor(revision: str, folder: Path) -> Commit | None:
    """The same; RevisionError also if the commit is not an ancestor of HEAD.

    The files must be a later version of it.
    """
    commit = find_commit(revision, folder)
    if commit and not _succeeds(
        commit.root, "merge-base", "--is-ancestor", commit.commit_id, "HEAD"
    ):
        raise RevisionError(
            f"{revision} is not an ancestor of HEAD, so it cannot be the base; "
            f"rebase onto it, or add --base-from merge-base{shallow_hint(commit.root)}"
        )
    return commit


def is_shallow(root: Path) -> bool:
    """Whether the clone at `root` lacks a part of the history. RevisionError."""
    return run_git(root, "rev-parse", "--is-shallow-repository").strip() == b"true"


def find_ignored(paths: Iterable[str], root: Path) -> frozenset[str]:
    """Which of the paths from the root Git ignores; none where it cannot say so.

    A path that is tracked is never ignored, whatever the rules say.
    """
    # "./", since a name may begin as a pathspec's magic does.
    asked = "".join(f"./{each}\0" for each in paths)
    try:
        found = run_git(root, "check-ignore", "-z", "--stdin", stdin=os.fsencode(asked))
    except RevisionError:
        return frozenset()
    return frozenset(os.fsdecode(each)[2:] for each in found.split(b"\0") if each)


def _resolve(revision: str, root: Path) -> str:
    try:
        name = f"{revision}^{{commit}}"
        found = run_git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", name)
    except RevisionError:
        raise RevisionError(f"there is no commit {revision}{shallow_hint(root)}") from None
    return found.decode().strip()


def shallow_hint(root: Path) -> str:
    """The end of a message about what is not found, where the clone lacks history."""
    remedy = "fetch the history (git fetch --unshallow; in GitHub's checkout: fetch-depth: 0)"
    return f"; this clone is shallow: {remedy}" if is_shallow(root) else ""


def _succeeds(root: Path, *arguments: str) -> bool:
    try:
        run_git(root, *arguments)
    except RevisionError:
        return False
    return True


def _entries(listing: bytes) -> list[_TreeEntry]:
    lines = listing.decode("utf-8", "surrogateescape").split("\0")
    return [_TreeEntry.of(line) for line in lines if line]


def _size(head: bytes) -> int:
    """What an object's head says: id, type, size; RevisionError where it is the word missing."""
    *_, size = head.split(b" ")
    if not size.isdigit():
        raise RevisionError(
            f"the object {head[:8].decode('ascii', 'replace')} is not here; where this clone is "
            "partial, fetch what it left out (git fetch --refetch --no-filter)"
        )
    return int(size)


def _is_blob(path: Path, blob_id: str) -> bool:
    """Whether the file, or the link itself, has the content that Git knows by that id."""
    try:
        mode = path.lstat().st_mode
        if stat.S_ISLNK(mode):
            data = os.fsencode(path.readlink())
        elif stat.S_ISREG(mode):
            data = read_whole(path, LARGE)
        else:
            return False
    except OSError:
        return False
    made = hashlib.new("sha1" if len(blob_id) == SHA1_DIGITS else "sha256", usedforsecurity=False)
    made.update(b"blob %d\0" % len(data) + data)
    return made.hexdigest() == blob_id
