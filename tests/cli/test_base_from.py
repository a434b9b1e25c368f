"""`--base-from merge-base` and `--base auto`: what a branch was made from, in real repositories."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from dcsync import emulator
from dcsync.session.plans import bases
from tests.cli.conftest import Run
from tests.cli.test_base import A, B, Repository, declaration, names, repository

__all__ = ["repository"]

pytestmark = [
    pytest.mark.skipif(shutil.which("git") is None, reason="there is no git"),
    pytest.mark.usefixtures("project"),
]
C = "\n  c: {config: {url: https://c.example.com}}"


@pytest.fixture(autouse=True)
def _no_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*bases._COMMITS, *bases._BRANCHES):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def branched(repository: Repository, run: Run) -> str:
    """A branch that declares b no more, applied where it began; main has moved on since."""
    repository.git("checkout", "--quiet", "-b", "main")
    start = repository.commit(dcsync=declaration(A + B))
    assert run("apply", "--auto-approve").code == 0
    repository.git("checkout", "--quiet", "-b", "topic")
    repository.commit(dcsync=declaration(A))
    repository.git("checkout", "--quiet", "main")
    repository.commit(dcsync=declaration(A + B + C))
    repository.git("checkout", "--quiet", "topic")
    return start


def as_origin(repository: Repository) -> None:
    """The branches as a clone sees them: of `origin` only, but for the one at work."""
    repository.git("update-ref", "refs/remotes/origin/main", "main")
    repository.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
    repository.git("branch", "-D", "main")


@pytest.mark.parametrize(
    "words",
    [
        ["--base", "main", "--base-from", "merge-base"],
        ["--base=main", "--base-from=merge-base"],
        ["-base-from=merge-base", "-base", "main"],
    ],
)
def test_main_may_move_on(
    run: Run, branched: str, cloud: emulator.Emulator, words: list[str]
) -> None:
    """`--base main` alone fails and names the way; from the merge base only b is deleted."""
    refused = run("plan", "--base", "main")
    applied = run("apply", "--auto-approve", *words)

    assert refused.code == 1
    assert "--base-from merge-base" in refused.err
    assert applied.code == 0, applied.err
    assert f"base: {branched[:8]}, where HEAD and main part\n" in applied.err
    assert names(cloud) == ["a"]


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("GITHUB_BASE_REF", "main"),
        ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main"),
        ("BITBUCKET_PR_DESTINATION_BRANCH", "main"),
        ("SYSTEM_PULLREQUEST_TARGETBRANCH", "refs/heads/main"),
        ("CHANGE_TARGET", "main"),
        ("BUILDKITE_PULL_REQUEST_BASE_BRANCH", "main"),
        ("CI_MERGE_REQUEST_DIFF_BASE_SHA", "START"),
        ("", ""),
    ],
)
def test_ci_systems_tell(
    run: Run,
    repository: Repository,
    branched: str,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    value: str,
) -> None:
    """The branch that a pull request goes to is in a variable, and its commits are of `origin`."""
    as_origin(repository)
    if variable:
        monkeypatch.setenv(variable, value.replace("START", branched))

    words = ["--base", "auto"] if variable else ["--base-from", "merge-base"]
    ended = run("plan", *words)

    assert ended.code == 0, ended.err
    assert f"base: {branched[:8]}" in ended.err
    assert "1 to delete" in ended.out


def test_a_merge_that_ci_checks_out(run: Run, repository: Repository, branched: str) -> None:
    """GitHub checks out the branch merged into main: then main itself is what it was made from."""
    as_origin(repository)
    repository.git("checkout", "--quiet", "-b", "merged", "origin/main")
    repository.git("merge", "--quiet", "--strategy", "ours", "--message", "merge", "topic")
    tip = repository.git("rev-parse", "origin/main")

    ended = run("plan", "--base", "auto")

    assert ended.code == 0, ended.err
    assert f"base: {tip[:8]}" in ended.err
    assert tip != branched


def test_on_main_itself(run: Run, repository: Repository, branched: str) -> None:
    """There the merge base is HEAD, and that is said: nothing was taken out since."""
    as_origin(repository)
    repository.git("checkout", "--quiet", "--detach", "origin/main")

    ended = run("plan", "--base", "auto")

    assert ended.code == 0, ended.err
    assert "HEAD and origin/HEAD part: HEAD itself" in ended.err
    assert branched


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--base", "auto"], "--base main --base-from merge-base"),
        (["--base", "nosuch", "--base-from", "merge-base"], "there is no commit nosuch"),
        (["--base", "apart", "--base-from", "merge-base"], "no common ancestor"),
        (["--base", "crossed", "--base-from", "merge-base"], "have several merge bases"),
    ],
)
def test_what_has_no_merge_base(
    run: Run, repository: Repository, branched: str, words: list[str], message: str
) -> None:
    """No branch to compare with, none of that name, no history in common, or too much of it."""
    repository.git("checkout", "--quiet", "--orphan", "apart")
    repository.commit(dcsync=declaration(A))
    repository.git("checkout", "--quiet", "-b", "crossed", "main")
    repository.git("merge", "--quiet", "--strategy", "ours", "--message", "x", "topic")
    repository.git("checkout", "--quiet", "topic")
    repository.git("merge", "--quiet", "--strategy", "ours", "--message", "y", "main")

    ended = run("plan", *words)

    assert ended.code == 1
    assert message in ended.err
    assert branched


@pytest.mark.parametrize("base", ["main", "topic"])
def test_a_branch_that_was_not_fetched(
    run: Run,
    repository: Repository,
    branched: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    base: str,
) -> None:
    """A shallow clone of one branch lacks the other, or the history: the message fetches it."""
    clone = ["clone", "--quiet", "--depth", "1", "--branch", "topic"]
    repository.git(*clone, f"file://{tmp_path}", "clone")
    monkeypatch.chdir(tmp_path / "clone")
    if base == "topic":  # both are there, and what they have in common is not
        repository.git("-C", "clone", "fetch", "--quiet", "--depth", "1", "origin", "main:main")
    monkeypatch.setenv("GITHUB_BASE_REF", "main")

    ended = run("plan", "--base", "auto")

    assert ended.code == 1
    assert ("git fetch --unshallow" if base == "topic" else "git fetch origin main") in ended.err
    assert branched


def test_a_saved_plan_brings_its_base(run: Run, branched: str, cloud: emulator.Emulator) -> None:
    """The commit is in the plan; main may move, and an option beside the file is refused."""
    base = ["--base", "main", "--base-from", "merge-base"]
    assert run("plan", *base, "--out", "plan.json").code == 0

    refused = run("apply", "plan.json", "--base-from", "merge-base")
    applied = run("apply", "plan.json")

    assert refused.code == 64
    assert applied.code == 0, applied.err
    assert names(cloud) == ["a"]
    assert branched in Path("plan.json").read_text("utf-8")


@pytest.mark.parametrize("more", ["", C])
def test_a_digest_of_another_base_is_stale(
    run: Run, repository: Repository, branched: str, more: str
) -> None:
    """The message names the base and what it has to do with prune, changes left to do or not."""
    repository.commit(dcsync=declaration(A + more))
    planned = run("plan", "--base", "main", "--base-from", "merge-base", "--format", "json")
    digest = planned.out.partition('"digest": "')[2][:12]

    ended = run("apply", "--plan", digest)

    assert ended.code == 3
    assert ("--base left out, --base-from left out" in ended.err) == bool(more)
    assert "where `prune` is previous, --base decides what is deleted" in ended.err
    assert branched
