"""The GitHub action's script, run for real: Git, dcsync, the emulated cloud, and a stub of `gh`."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from dcsync import emulator
from dcsync.arguments import parse
from tests.adopt.actions import PROJECT, Action, declare, git

ROOT = Path(__file__).parents[2]
needs_jq = pytest.mark.skipif(not shutil.which("jq"), reason="the stub of gh picks with jq")
INPUT = re.compile(r"\$\{\{")


def outputs(tmp_path: Path) -> dict[str, str]:
    """The outputs of the step that ran last."""
    lines = (tmp_path / "outputs").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line)


def github(tmp_path: Path) -> Any:
    """The stub's comments and issues."""
    return json.loads((tmp_path / "state.json").read_text())


def applied(repository: Path) -> str:
    """The commit at origin's applied ref, "" without one."""
    return git("ls-remote", "origin", "refs/dcsync/applied", cwd=repository).partition("\t")[0]


@pytest.mark.slow
def test_a_merge_is_applied_by_digest_and_remembered(
    action: Action, repository: Path, tmp_path: Path, cloud: emulator.Emulator
) -> None:
    """Plan, apply, and a later commit that removes one: it is deleted, as the ref tells of it."""
    assert action("plan").returncode == 0
    assert outputs(tmp_path)["has-changes"] == "true"
    done = action("apply", DCSYNC_DIGEST=outputs(tmp_path)["digest"])
    assert done.returncode == 0, done.stderr
    assert applied(repository) == git("rev-parse", "HEAD", cwd=repository)

    declare(repository, "one")
    assert action("plan").returncode == 0
    assert outputs(tmp_path)["delete"] == "1"
    assert action("apply", DCSYNC_DIGEST=outputs(tmp_path)["digest"]).returncode == 0

    assert [each["displayName"] for each in cloud.connectors(PROJECT)] == ["one"]
    assert applied(repository) == git("rev-parse", "HEAD", cwd=repository)


@pytest.mark.slow
def test_a_stale_digest_applies_nothing_and_moves_no_ref(
    action: Action, repository: Path, cloud: emulator.Emulator
) -> None:
    """Another plan than the reviewed one is refused, exit 3; without a digest it is wrong usage."""
    assert action("apply", DCSYNC_DIGEST="0" * 64).returncode == 3
    assert action("apply").returncode == 64
    assert (applied(repository), cloud.connectors(PROJECT)) == ("", [])


@pytest.mark.slow
def test_a_run_that_fails_in_part_moves_no_ref(
    action: Action, repository: Path, tmp_path: Path, cloud: emulator.Emulator
) -> None:
    """The next plan still begins at what was applied as a whole."""
    assert action("plan").returncode == 0
    cloud.fail("*/dataconnectors", method="POST", status=400)

    done = action("apply", DCSYNC_DIGEST=outputs(tmp_path)["digest"])

    assert done.returncode == 5
    assert applied(repository) == ""


@pytest.mark.slow
@needs_jq
def test_a_pull_request_has_one_comment(action: Action, tmp_path: Path, repository: Path) -> None:
    """It is found by marker and author, and written anew; what others wrote stays."""
    foreign = {"id": 1, "user": {"login": "someone"}, "body": "<!-- dcsync-plan --> mine"}
    state = tmp_path / "state.json"
    state.write_text(json.dumps({"comments": [foreign], "issues": []}))

    assert action("plan", DCSYNC_PULL_REQUEST="7").returncode == 0
    first = github(tmp_path)["comments"]
    declare(repository, "one")
    assert action("plan", DCSYNC_PULL_REQUEST="7").returncode == 0
    second = github(tmp_path)["comments"]

    assert first[0] == second[0] == foreign
    assert len(first) == len(second) == 2
    assert "2 to create" in first[1]["body"]
    assert "1 to create" in second[1]["body"]


@pytest.mark.slow
@needs_jq
def test_a_plan_that_fails_says_so_in_the_comment(
    action: Action, tmp_path: Path, repository: Path
) -> None:
    """The step fails with dcsync's own code, and the comment shows no plan of yesterday."""
    (repository / "connectors" / "dcsync.yaml").write_text("dcsync: 1\nnonsense: true\n")

    done = action("plan", DCSYNC_PULL_REQUEST="7")

    assert done.returncode == 1
    assert "There is no plan (exit code 1)" in github(tmp_path)["comments"][0]["body"]


def tamper(cloud: emulator.Emulator, events: list[str]) -> None:
    """Somebody changes a connector in the console."""
    resource = cloud.connectors(PROJECT)[0]
    key = resource["name"].rpartition("/")[2]
    cloud.store.connectors.put(key, {**resource, "events": events}, PROJECT)


def apply_all(action: Action, tmp_path: Path) -> None:
    action("plan")
    assert action("apply", DCSYNC_DIGEST=outputs(tmp_path)["digest"]).returncode == 0


@pytest.mark.slow
@needs_jq
def test_drift_is_one_issue_as_long_as_it_lasts(
    action: Action, tmp_path: Path, cloud: emulator.Emulator, repository: Path
) -> None:
    """Opened once, kept while the cloud differs, closed when it does no more; what is merged and
    not applied opens none.
    """
    assert action("drift").returncode == 0
    apply_all(action, tmp_path)
    declare(repository, "one")
    assert action("drift").returncode == 0
    assert github(tmp_path)["issues"] == []

    tamper(cloud, ["touch"])
    assert action("drift").returncode == 0
    assert action("drift").returncode == 0
    assert [each["open"] for each in github(tmp_path)["issues"]] == [True]

    tamper(cloud, [])
    assert action("drift").returncode == 0
    assert [each["open"] for each in github(tmp_path)["issues"]] == [False]


@pytest.mark.slow
@needs_jq
def test_no_drift_is_seen_in_part_of_the_cloud(
    action: Action, tmp_path: Path, cloud: emulator.Emulator
) -> None:
    """A project that cannot be listed fails the job, and opens, edits and closes no issue."""
    apply_all(action, tmp_path)
    cloud.fail("*/dataconnectors", method="GET", status=403)
    assert action("drift").returncode == 1
    assert github(tmp_path)["issues"] == []

    tamper(cloud, ["touch"])
    action("drift")
    before = github(tmp_path)["issues"]
    cloud.fail("*/dataconnectors", method="GET", status=403)
    done = action("drift")

    assert len(before) == 1
    assert done.returncode == 1
    assert "dcsync drift, incomplete" in done.stdout
    assert github(tmp_path)["issues"] == before


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        "DCSYNC_PATHS",
        "DCSYNC_DIGEST",
        "DCSYNC_ALLOW_DELETES",
        "DCSYNC_ALLOW_CHANGES",
        "DCSYNC_ALLOW_FROZEN",
    ],
)
def test_inputs_are_never_run(action: Action, tmp_path: Path, name: str) -> None:
    """A command inside of an input is a text like any other."""
    trap = tmp_path / "trap"

    done = action("apply", **{"DCSYNC_DIGEST": "0" * 64, name: f"$(touch {trap}); `touch {trap}`"})

    assert done.returncode != 0
    assert not trap.exists()


@pytest.mark.parametrize("command", ["", "run_plan", "validate; id"])
def test_another_command_is_wrong_usage(action: Action, command: str) -> None:
    """Only the five commands are run."""
    assert action(command).returncode == 64


def test_the_action_evaluates_no_expression_in_a_command() -> None:
    """Every input reaches the script by `env`; the action uses no other action."""
    action = yaml.safe_load((ROOT / "action.yml").read_text())

    steps = action["runs"]["steps"]
    assert not [step for step in steps if INPUT.search(step.get("run", ""))]
    assert not [step for step in steps if "uses" in step]
    script = (ROOT / "action" / "run.sh").read_text()
    passed = {name for step in steps for name in step.get("env", ())} - {"GH_TOKEN"}
    assert passed == set(re.findall(r"\bDCSYNC_[A-Z_]+", script))


@pytest.mark.parametrize("name", ["dcsync.yml", "drift.yml"])
def test_the_workflows_use_the_action_as_it_is(name: str) -> None:
    """Known inputs only, nothing from strangers, serialised applies, no expression in a command."""
    text = (ROOT / "examples" / "github" / name).read_text()
    workflow = yaml.safe_load(text)
    inputs = yaml.safe_load((ROOT / "action.yml").read_text())["inputs"]

    assert "pull_request_target" not in text
    jobs = workflow["jobs"]
    steps = [step for job in jobs.values() for step in job["steps"]]
    used = {step["uses"].partition("@")[0] for step in steps}
    assert used == {"actions/checkout", "your-organization/dcsync"}
    assert not [step for step in steps if "run" in step]
    for step in steps:
        if step["uses"].startswith("your-organization"):
            assert set(step["with"]) <= set(inputs)
    groups = [each for each in (workflow, *jobs.values()) if "concurrency" in each]
    assert [each["concurrency"]["cancel-in-progress"] for each in groups] == [False]


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("flock"), reason="the script locks with flock")
def test_the_shell_example_applies_and_remembers(
    repository: Path, cloud: emulator.Emulator, tmp_path: Path
) -> None:
    """From any scheduler: what the last run declared is deleted once it is declared no more."""
    cloud.add_project("Store", project_id=PROJECT)
    shutil.copy(ROOT / "examples" / "shell" / "apply.sh", repository)
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    for names in (("one", "two"), ("one",)):
        declare(repository, *names)
        command = [repository / "apply.sh"]
        subprocess.run(
            command, env={**os.environ, **cloud.environ, "PATH": path}, cwd=tmp_path, check=True
        )
        assert sorted(each["displayName"] for each in cloud.connectors(PROJECT)) == sorted(names)


def test_the_hooks_and_the_gitlab_example_call_commands_that_exist() -> None:
    """Every `dcsync …` in them is taken by the parser, and hooks check all files together."""
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    jobs = yaml.safe_load((ROOT / "examples" / "gitlab" / ".gitlab-ci.yml").read_text())
    entries = [hook["entry"] for hook in hooks]
    scripts = [job["script"] for job in jobs.values() if isinstance(job, dict) and "script" in job]
    lines = [line for each in scripts for line in ([each] if isinstance(each, str) else each)]
    entries += [re.sub(r"\$\{BASE:.*?\}", "", line) for line in lines if line.startswith("dcsync ")]

    assert [hook["id"] for hook in hooks] == ["dcsync-validate", "dcsync-fmt"]
    assert not any(hook["pass_filenames"] for hook in hooks)
    assert len(entries) == 8
    for entry in entries:
        parse(shlex.split(entry)[1:])
    assert jobs["apply"]["resource_group"]


def test_the_examples_of_shards_call_commands_that_exist() -> None:
    """As many shards as jobs, in the matrix and in the Indexed Job; no expression in a command."""
    examples = ROOT / "examples"
    workflow = yaml.safe_load((examples / "github" / "shards.yml").read_text())
    job = yaml.safe_load((examples / "kubernetes" / "job.yaml").read_text())["spec"]
    steps = [step.get("run", "") for each in workflow["jobs"].values() for step in each["steps"]]
    (script,) = job["template"]["spec"]["containers"][0]["args"]
    commands = [each for each in (*steps, script) if each.startswith("dcsync")]

    assert not INPUT.search("".join(steps))
    assert workflow["concurrency"]["cancel-in-progress"] is False
    assert len(commands) == 3
    for each in commands:
        text = re.sub(r"\$SHARD|\$\(\(JOB_COMPLETION_INDEX \+ 1\)\)", "1", each.partition(" >")[0])
        arguments = parse(shlex.split(text)[1:])
        number = len(workflow["jobs"]["apply"]["strategy"]["matrix"]["shard"])
        assert getattr(arguments, "shard", None) in (None, (1, number), (1, job["completions"]))
