"""Where the action writes: a plan by its name, an outcome into the pull requests it is about."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.adopt.actions import ROOT, Action, declare, git

pytestmark = [
    pytest.mark.skipif(not shutil.which("jq"), reason="the stub of gh picks with jq"),
    pytest.mark.timeout(180),  # scripts of many programs, on a machine that may be busy
]
MERGED = "2026-11-21T12:00:00Z"


def read(tmp_path: Path) -> Any:
    """The stub's comments, issues and pull requests."""
    return json.loads((tmp_path / "state.json").read_text("utf-8"))


def merge(repository: Path, tmp_path: Path, *numbers: int, **merged: int) -> None:
    """HEAD came by these pull requests; `open=N` is one that only has the commit."""
    state = read(tmp_path)
    pulls = [{"number": number, "merged_at": MERGED} for number in numbers]
    pulls += [{"number": number, "merged_at": None} for number in merged.values()]
    head = git("rev-parse", "HEAD", cwd=repository)
    state.setdefault("pulls", {})[head] = pulls
    (tmp_path / "state.json").write_text(json.dumps(state), "utf-8")


def outcomes(tmp_path: Path) -> dict[str, str]:
    """The first line and the tally of each comment of an apply, by pull request."""
    comments = read(tmp_path)["comments"]
    told = [each for each in comments if each["body"].startswith("<!-- dcsync-apply")]
    assert len({each["in"] for each in told}) == len(told)
    return {each["in"]: each["body"] for each in told}


def digest(tmp_path: Path) -> str:
    """The digest that the plan before has put out."""
    return (tmp_path / "outputs").read_text("utf-8").partition("digest=")[2].strip()


@pytest.fixture
def canned(tmp_path: Path) -> dict[str, str]:
    """Stands for dcsync where only its markdown and its exit code, $CODE, count."""
    program = tmp_path / "python"
    text = "<!-- dcsync-$4 -->\\n### dcsync $4\\n\\n$CODE\\n"
    program.write_text(f'#!/bin/sh\n[ "$CODE" = 1 ] || printf "{text}"\nexit $CODE\n', "utf-8")
    program.chmod(0o755)
    return {"DCSYNC_PYTHON": str(program), "CODE": "2", "DCSYNC_PULL_REQUEST": "7"}


@pytest.mark.slow
def test_two_plans_of_one_pull_request_keep_two_comments(
    action: Action, tmp_path: Path, canned: dict[str, str]
) -> None:
    """Each is found again by its name, whichever was first, and one without a name by none."""
    for name in ("stores", "stores-north", "", "stores", "stores-north", ""):
        assert action("plan", **canned, DCSYNC_NAME=name).returncode == 0

    bodies = [each["body"].splitlines()[:2] for each in read(tmp_path)["comments"]]
    assert bodies == [
        ["<!-- dcsync-plan stores -->", "### dcsync plan: `stores`"],
        ["<!-- dcsync-plan stores-north -->", "### dcsync plan: `stores-north`"],
        ["<!-- dcsync-plan -->", "### dcsync plan"],
    ]


@pytest.mark.slow
def test_a_plan_that_fails_keeps_its_name(
    action: Action, tmp_path: Path, canned: dict[str, str]
) -> None:
    """The other plan's comment is not touched by it."""
    assert action("plan", **canned, DCSYNC_NAME="north").returncode == 0
    assert action("plan", **{**canned, "CODE": "1"}, DCSYNC_NAME="south").returncode == 1

    north, south = (each["body"] for each in read(tmp_path)["comments"])
    assert north.strip().endswith("2")
    assert south.startswith("<!-- dcsync-plan south -->\n### dcsync plan: `south`\n\nThere is no")


@pytest.mark.parametrize(
    "name", ["a b", "--", "-->", "a--b", "-a", "a\nb", "a/b", "$(id)", "`id`", "x" * 41, "&"]
)
def test_a_name_that_could_say_more_is_wrong_usage(action: Action, name: str) -> None:
    """It stands in a comment of HTML and in a heading, so it has letters and digits only."""
    done = action("plan", DCSYNC_NAME=name)

    assert done.returncode == 64
    assert "name must be" in done.stderr


@pytest.mark.slow
def test_two_drifts_keep_two_issues(action: Action, tmp_path: Path, canned: dict[str, str]) -> None:
    """One that is in sync again closes its own."""
    for name, code in (("north", "2"), ("south", "2"), ("north", "2"), ("south", "0")):
        assert action("drift", **{**canned, "CODE": code}, DCSYNC_NAME=name).returncode == 0

    issues = read(tmp_path)["issues"]
    assert [each["title"].rpartition(": ")[2] for each in issues] == ["north", "south"]
    assert [each["open"] for each in issues] == [True, False]


@pytest.mark.slow
def test_a_merge_queue_is_planned_without_a_comment(
    action: Action, tmp_path: Path, repository: Path
) -> None:
    """There is no pull request of its own: the summary of the step has the plan."""
    git("checkout", "-q", "-b", "gh-readonly-queue/main/pr-7-0a1b", cwd=repository)
    summary = tmp_path / "summary.md"

    done = action(
        "plan",
        GITHUB_EVENT_NAME="merge_group",
        GITHUB_STEP_SUMMARY=str(summary),
        DCSYNC_PULL_REQUEST="",
    )

    assert done.returncode == 0, done.stderr
    assert read(tmp_path)["comments"] == []
    assert "2 to create" in summary.read_text("utf-8")


@pytest.mark.slow
def test_the_outcome_is_written_into_the_pull_request(
    action: Action, tmp_path: Path, repository: Path
) -> None:
    """Of what was merged; a pull request that is open and has the commit is not spoken to."""
    merge(repository, tmp_path, 7, open=8)
    summary = tmp_path / "summary.md"
    action("plan", DCSYNC_NAME="north")

    done = action(
        "apply",
        DCSYNC_DIGEST=digest(tmp_path),
        DCSYNC_NAME="north",
        GITHUB_STEP_SUMMARY=str(summary),
    )

    assert done.returncode == 0, done.stderr
    assert set(outcomes(tmp_path)) == {"7"}
    body = outcomes(tmp_path)["7"]
    assert body.startswith("<!-- dcsync-apply north -->\n### dcsync apply: `north`\n")
    assert "Applied: 2 created" in body
    assert body.strip() in summary.read_text("utf-8")
    assert "Applied: 2 created" in done.stdout


@pytest.mark.slow
def test_an_outcome_goes_to_all_that_was_merged_since_the_last_one(
    action: Action, tmp_path: Path, repository: Path, canned: dict[str, str]
) -> None:
    """What failed is told again once it is done; what touched no declaration hears nothing."""
    applying = {**canned, "DCSYNC_DIGEST": "0" * 64}
    merge(repository, tmp_path, 6)
    assert action("apply", **{**applying, "CODE": "0"}).returncode == 0
    declare(repository, "three")
    merge(repository, tmp_path, 7)
    assert action("apply", **{**applying, "CODE": "5"}).returncode == 5
    assert outcomes(tmp_path)["7"].strip().endswith("5")

    (repository / "README.md").write_text("of something else\n", "utf-8")
    git("add", ".", cwd=repository)
    git("commit", "-q", "-m", "Say something else", cwd=repository)
    merge(repository, tmp_path, 8)
    declare(repository, "four")
    merge(repository, tmp_path, 9, 10)
    assert action("apply", **{**applying, "CODE": "0"}).returncode == 0

    ends = {number: body.split()[-1] for number, body in outcomes(tmp_path).items()}
    assert ends == {"6": "0", "7": "0", "9": "0", "10": "0"}


@pytest.mark.slow
@pytest.mark.parametrize("code", ["1", "3"])
def test_an_apply_that_did_nothing_says_so(
    code: str, action: Action, tmp_path: Path, repository: Path, canned: dict[str, str]
) -> None:
    """Refused, or ended before it could say anything; the ref stays."""
    merge(repository, tmp_path, 7)

    done = action("apply", **{**canned, "CODE": code}, DCSYNC_DIGEST="0" * 64)

    assert done.returncode == int(code)
    assert ("There is no apply (exit code 1)" in outcomes(tmp_path)["7"]) == (code == "1")
    assert git("ls-remote", "origin", "refs/dcsync/applied", cwd=repository) == ""


@pytest.mark.slow
@pytest.mark.parametrize("state", ["forbidden", "broken"])
def test_a_comment_that_fails_undoes_no_apply(
    state: str, action: Action, tmp_path: Path, repository: Path, canned: dict[str, str]
) -> None:
    """The ref has moved, the step is green, and a warning tells of it."""
    if state == "broken":
        merge(repository, tmp_path, 7)
        gh = tmp_path / "gh"
        text = gh.read_text("utf-8").replace('"--silent"]:', '"--silent"] if sys.exit(1):')
        gh.write_text(text, "utf-8")

    done = action("apply", **{**canned, "CODE": "0"}, DCSYNC_DIGEST="0" * 64)

    assert done.returncode == 0, done.stderr
    assert "::warning::dcsync: the " in done.stdout
    assert git("ls-remote", "origin", "refs/dcsync/applied", cwd=repository) != ""


def test_an_apply_without_comments_asks_github_nothing(
    action: Action, tmp_path: Path, canned: dict[str, str]
) -> None:
    """`comment: false` is of both commands."""
    (tmp_path / "gh").write_text("#!/bin/sh\nexit 9\n", "utf-8")
    quiet = {**canned, "CODE": "0", "DCSYNC_COMMENT": "false", "DCSYNC_DIGEST": "0" * 64}

    assert action("plan", **quiet).returncode == 0
    done = action("apply", **quiet)

    assert done.returncode == 0
    assert "warning" not in done.stdout


@pytest.mark.slow
def test_every_output_that_is_set_is_declared(action: Action, tmp_path: Path) -> None:
    """What a step sets and action.yml does not declare is lost."""
    declared = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))["outputs"]
    action("plan")

    lines = (tmp_path / "outputs").read_text("utf-8").splitlines()
    assert {line.partition("=")[0] for line in lines if line} == set(declared)
