"""The GitLab example's jobs, run as its runner runs them: one script of Bash, in a clone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from dcsync import emulator
from tests.adopt.actions import PROJECT, ROOT, declare, git

JOBS = yaml.safe_load((ROOT / "examples" / "gitlab" / ".gitlab-ci.yml").read_text("utf-8"))
Job = Callable[..., "subprocess.CompletedProcess[str]"]
pytestmark = pytest.mark.timeout(300)  # scripts of many programs, on a machine that may be busy


@pytest.fixture
def job(repository: Path, tmp_path: Path, cloud: emulator.Emulator) -> Job:
    """Runs a job without what installs dcsync, and without `verify`, which takes a receiver."""
    cloud.add_project("Store", project_id=PROJECT)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    pushed = "https://gitlab-ci-token:token-of-the-job@gitlab.example.com/iot/connectors.git"
    environ = {
        **os.environ,
        **cloud.environ,
        **JOBS["variables"],
        "PATH": path,
        "CI_JOB_TOKEN": "token-of-the-job",
        "CI_SERVER_FQDN": "gitlab.example.com",
        "CI_PROJECT_PATH": "iot/connectors",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{tmp_path / 'origin.git'}.insteadOf",
        "GIT_CONFIG_VALUE_0": pushed,
    }
    environ = {name: str(value) for name, value in environ.items()}

    def run(name: str) -> subprocess.CompletedProcess[str]:
        script = JOBS[name]["script"]
        steps = [script] if isinstance(script, str) else script
        lines = [*JOBS[".dcsync"]["before_script"][5:], *steps]
        text = "\n".join(line for line in lines if not line.startswith("dcsync verify"))
        return subprocess.run(
            ["bash", "-c", f"set -eo pipefail\n{text}"],
            cwd=repository,
            env=environ,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


@pytest.mark.slow
def test_what_is_merged_is_planned_applied_and_remembered(
    job: Job, repository: Path, cloud: emulator.Emulator
) -> None:
    """The second time with what was applied as base, so that what is removed is deleted."""
    for names, report in ((("one", "two"), "create"), (("one",), "delete")):
        declare(repository, *names)
        previewed = job("preview")
        assert previewed.returncode == 0, previewed.stderr
        counts = json.loads((repository / "report.json").read_text("utf-8"))
        assert {kind for kind, count in counts.items() if count} == {report}
        assert job("plan").returncode == 0
        done = job("apply")
        assert done.returncode == 0, done.stderr
        assert sorted(each["displayName"] for each in cloud.connectors(PROJECT)) == sorted(names)
        applied = git("ls-remote", "origin", "refs/dcsync/applied", cwd=repository)
        assert applied.startswith(git("rev-parse", "HEAD", cwd=repository))
    assert job("drift").returncode == 0
    [resource] = cloud.connectors(PROJECT)
    key = resource["name"].rpartition("/")[2]
    cloud.store.connectors.put(key, {**resource, "events": ["touch"]}, PROJECT)
    assert job("drift").returncode == 2


@pytest.mark.slow
def test_what_was_not_applied_is_no_drift_and_a_stale_plan_fails_its_job(
    job: Job, cloud: emulator.Emulator
) -> None:
    """And nothing is remembered as applied."""
    assert job("drift").returncode == 0
    assert job("plan").returncode == 0
    other = {"displayName": "one", "type": "HTTP_PUSH", "httpConfig": {"url": "https://x.example"}}
    cloud.add_connector(PROJECT, other)

    assert job("apply").returncode == 3

    assert [each["displayName"] for each in cloud.connectors(PROJECT)] == ["one"]


def test_an_origin_that_cannot_be_read_is_no_first_time(job: Job, repository: Path) -> None:
    """Without the applied ref a plan would leave out what is to be deleted."""
    git("remote", "set-url", "origin", "/nowhere.git", cwd=repository)

    done = job("validate")

    assert done.returncode == 1
    assert done.stdout == ""
