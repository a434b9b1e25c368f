"""Lists the names of branches, tags and other refs. Changes nothing."""

from __future__ import annotations

from pathlib import Path

from dcsync.declare.git.process import find_root, run_git

MOST = 2_000
"""The maximum of refs read: a repository may have one for each pull request."""
_SHORT = ("refs/heads/", "refs/tags/", "refs/remotes/")


def find_refs(folder: Path) -> tuple[str, ...]:
    """The short names of the refs, HEAD first; none outside of a repository.

    RevisionError if Git cannot read them.
    """
    root = find_root(folder)
    if root is None:
        return ()
    kinds = (*_SHORT, "refs/dcsync/")
    listing = run_git(root, "for-each-ref", f"--count={MOST}", "--format=%(refname)", *kinds)
    names = listing.decode("utf-8", "replace").splitlines()
    return ("HEAD", *(_short(each) for each in names if not each.endswith("/HEAD")))


def _short(name: str) -> str:
    return next((name[len(kind) :] for kind in _SHORT if name.startswith(kind)), name)
