"""`--base` and `--base-from`: the revision that a plan is compared with."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from dcsync import declare
from dcsync.render.words import visible
from dcsync.session.output.console import Console

AUTO = "auto"
"""The commit this branch was created from; a branch of that name is refs/heads/auto."""

_COMMITS = ("CI_MERGE_REQUEST_DIFF_BASE_SHA",)
_BRANCHES = (
    "GITHUB_BASE_REF",
    "CI_MERGE_REQUEST_TARGET_BRANCH_NAME",
    "BITBUCKET_PR_DESTINATION_BRANCH",
    "SYSTEM_PULLREQUEST_TARGETBRANCH",
    "CHANGE_TARGET",
    "BUILDKITE_PULL_REQUEST_BASE_BRANCH",
)
"""Variables of CI systems that name what a pull request is to be merged into."""


def find_base(base: str, base_from: str, folder: Path, console: Console) -> declare.Commit | None:
    """The commit of the two options; None without them. RevisionError if there is none."""
    if not base_from and base != AUTO:
        return declare.find_ancestor(base, folder) if base else None
    revision = base if base not in ("", AUTO) else _target(os.environ, folder)
    commit = declare.find_merge_base(revision, folder)
    if commit:
        name = revision.removeprefix("refs/remotes/").removeprefix("refs/heads/")
        head = declare.find_commit("HEAD", folder)
        is_head = ": HEAD itself" if head == commit else ""
        console.note(visible(f"base: {commit.commit_id[:8]}, where HEAD and {name} part{is_head}"))
    return commit


def _target(environ: Mapping[str, str], folder: Path) -> str:
    """The branch this one will be merged into, as the CI system says; else origin's default."""
    for name in _COMMITS:
        if environ.get(name):
            return environ[name]
    names = (environ.get(each, "") for each in _BRANCHES)
    branch = next((each.removeprefix("refs/heads/") for each in names if each), "")
    return declare.find_branch(branch, folder)
