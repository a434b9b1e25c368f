"""Finds the base of a branch in Git's history. Fetches nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from dcsync.declare.git.objects import Commit, find_commit, shallow_hint
from dcsync.declare.git.process import find_root, run_git
from dcsync.errors import RevisionError

DEFAULT_BRANCH = "refs/remotes/origin/HEAD"


def find_merge_base(revision: str, folder: Path) -> Commit | None:
    """The merge base of HEAD and the revision; None for the id of zeros.

    RevisionError if there is none, or more than one.
    """
    tip = find_commit(revision, folder)
    if tip is None:
        return None
    found = _merge_bases(tip)
    if not found:
        raise RevisionError(
            f"HEAD and {revision} have no common ancestor here{shallow_hint(tip.root)}"
        )
    if len(found) > 1:
        ids = ", ".join(each[:8] for each in found)
        raise RevisionError(
            f"HEAD and {revision} have several merge bases ({ids}): rebase onto {revision}, or "
            "name one with --base"
        )
    return Commit(tip.root, found[0])


def find_branch(name: str, folder: Path) -> str:
    """The branch of `origin`, else the local one of that name; "" is origin's default branch.

    RevisionError with the command that fetches it if there is neither.
    """
    root = find_root(folder)
    if root is None:
        raise RevisionError(f"{folder} is not in a Git repository, so no revision can be read")
    places = [f"refs/remotes/origin/{name}", f"refs/heads/{name}"] if name else [DEFAULT_BRANCH]
    place = next((each for each in places if _exists(each, root)), "")
    if not place:
        raise RevisionError(_no_branch(name))
    return place


def _no_branch(name: str) -> str:
    if not name:
        return (
            "the base of this branch is not known: name it, as in "
            "--base main --base-from merge-base, or let Git find it (git remote set-head origin -a)"
        )
    fetch = f"git fetch origin {name}:refs/remotes/origin/{name}"
    remedy = f"({fetch}; in GitHub's checkout: fetch-depth: 0)"
    return f"the branch {name} does not exist here: fetch it with its history {remedy}"


def _exists(place: str, root: Path) -> bool:
    try:
        run_git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{place}^{{commit}}")
    except RevisionError:
        return False
    return True


def _merge_bases(tip: Commit) -> Sequence[str]:
    try:
        return run_git(tip.root, "merge-base", "--all", tip.commit_id, "HEAD").decode().split()
    except RevisionError:  # git ends with 1 where there is none
        return ()
