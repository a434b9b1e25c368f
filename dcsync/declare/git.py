"""Reads files from Git objects: no checkout, no work tree, no index. Changes nothing.

Talks to the `git` command, without a shell.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from dcsync.errors import RevisionError

NOTHING = re.compile("0{40}|0{64}")
"""What CI systems name as the revision before a first push."""


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit of the repository at `root`; `commit_id` is its full id."""

    root: Path
    commit_id: str

    def files(self, suffixes: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        """Each regular file of one of the endings, by its path from the root, in order."""
        listing = _git(self.root, "ls-tree", "-r", "-z", "--full-tree", self.commit_id)
        entries = [
            _Entry.of(line)
            for line in listing.decode("utf-8", "surrogateescape").split("\0")
            if line
        ]
        wanted = [each for each in entries if each.is_file and each.path.endswith(tuple(suffixes))]
        contents = self._contents([each.blob_id for each in wanted])
        yield from zip((each.path for each in wanted), contents, strict=True)

    def changed_paths(self) -> frozenset[str]:
        """What differs between the commit and the work tree, files that are new included."""
        tracked = _git(self.root, "diff", "--name-only", "-z", "--no-renames", self.commit_id)
        new = _git(self.root, "ls-files", "-z", "--others", "--exclude-standard", "--full-name")
        names = (tracked + new).decode("utf-8", "surrogateescape")
        return frozenset(name for name in names.split("\0") if name)

    def _contents(self, blob_ids: Sequence[str]) -> Iterator[bytes]:
        if not blob_ids:
            return
        batch = _git(
            self.root, "cat-file", "--batch", stdin="".join(f"{each}\n" for each in blob_ids)
        )
        place = 0
        for _ in blob_ids:
            head_end = batch.index(b"\n", place)
            size = int(batch[place:head_end].rsplit(b" ", 1)[1])
            yield batch[head_end + 1 : head_end + 1 + size]
            place = head_end + size + 2


@dataclass(frozen=True, slots=True)
class _Entry:
    mode: str
    blob_id: str
    path: str

    @classmethod
    def of(cls, line: str) -> _Entry:
        """An entry as `git ls-tree` prints it: mode, type and id, a tab, the path."""
        facts, _, path = line.partition("\t")
        mode, _, blob_id = facts.split(" ")
        return cls(mode, blob_id, path)

    @property
    def is_file(self) -> bool:
        return self.mode.startswith("100")


def find_commit(revision: str, folder: Path) -> Commit | None:
    """The commit that `revision` names; None for the all-zero id of a first push.

    RevisionError where `folder` is in no repository, and where there is no such commit.
    """
    root = Path(_git(folder, "rev-parse", "--show-toplevel").decode().rstrip("\n"))
    if NOTHING.fullmatch(revision):
        return None
    return Commit(root, _resolve(revision, root))


def find_ancestor(revision: str, folder: Path) -> Commit | None:
    """The same; RevisionError, too, where the commit is not an ancestor of HEAD.

    Then the files would not be what became of it.
    """
    commit = find_commit(revision, folder)
    if commit and not _succeeds(
        commit.root, "merge-base", "--is-ancestor", commit.commit_id, "HEAD"
    ):
        raise RevisionError(
            f"{revision} is not an ancestor of HEAD, so it does not tell what was declared before; "
            f"rebase onto it{_shallow_hint(commit.root)}"
        )
    return commit


def _resolve(revision: str, root: Path) -> str:
    try:
        name = f"{revision}^{{commit}}"
        found = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", name)
    except RevisionError:
        raise RevisionError(f"there is no commit {revision}{_shallow_hint(root)}") from None
    return found.decode().strip()


def _shallow_hint(root: Path) -> str:
    is_shallow = _git(root, "rev-parse", "--is-shallow-repository").strip() == b"true"
    return "; this clone is shallow: fetch the history (fetch-depth: 0)" if is_shallow else ""


def _succeeds(root: Path, *arguments: str) -> bool:
    try:
        _git(root, *arguments)
    except RevisionError:
        return False
    return True


def _git(folder: Path, *arguments: str, stdin: str = "") -> bytes:
    """What git prints. RevisionError in git's own words where it fails."""
    try:
        done = subprocess.run(  # noqa: S603 - no shell; a revision cannot be taken for an option
            ["git", "-C", str(folder), *arguments],  # noqa: S607 - whichever git the user has
            input=stdin.encode(),
            capture_output=True,
            check=False,
        )
    except FileNotFoundError:
        raise RevisionError("git is not installed, and a revision is read with it") from None
    if done.returncode != 0:
        words = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise RevisionError(f"git {arguments[0]}: {words[-1] if words else 'failed'}")
    return done.stdout
