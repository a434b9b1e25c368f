"""A repository split over several jobs, and their reports put together again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dcsync import emulator
from tests.cli.conftest import Run


@pytest.fixture
def fleet(live: emulator.Emulator, run: Run) -> list[str]:
    """Five projects of one connector each."""
    assert run("schema").code == 0  # `run` is in the working folder
    ids = [live.add_project(f"Store {n}") for n in range(5)]
    projects = "\n".join(f"  store-{n}: {{id: {each}}}" for n, each in enumerate(ids))
    Path("fleet.yaml").write_text(
        f"dcsync: 1\nprojects:\n{projects}\npolicy: {{prune: none}}\n"
        "connectors:\n  ingest: {config: {url: 'https://x.example.com'}}\n"
    )
    return ids


def plan(run: Run, *arguments: str) -> Any:
    """A plan as JSON."""
    return json.loads(run("plan", "--format", "json", *arguments).out)


def test_shards_are_disjoint_even_and_whole(run: Run, fleet: list[str]) -> None:
    """Each project is in one shard; a shard too many is empty and still a run."""
    for total in (1, 2, 3, 7):
        parts = [
            [each["project_id"] for each in plan(run, "--shard", f"{n}/{total}")["operations"]]
            for n in range(1, total + 1)
        ]
        assert sorted(each for part in parts for each in part) == sorted(fleet)
        assert max(map(len, parts)) - min(map(len, parts)) <= 1


def test_a_saved_plan_of_a_shard_is_applied(run: Run, live: emulator.Emulator) -> None:
    """The file says which projects it is about."""
    ids = [live.add_project(f"Store {n}") for n in range(3)]
    for each in ids:
        Path(f"{each}.yaml").write_text(
            f"dcsync: 1\nproject: {each}\npolicy: {{prune: none}}\n"
            "connectors:\n  ingest: {config: {url: 'https://x.example.com'}}\n"
        )
    assert run("plan", "--shard", "2/2", "--out", "plan.json").code == 0

    assert run("apply", "--plan", "plan.json").code == 0
    assert [len(live.connectors(each)) for each in sorted(ids)] == [0, 1, 0]


@pytest.mark.parametrize("shard", ["0/2", "3/2", "1", "a/b", "1/0", "-1/2"])
def test_a_shard_that_is_none_is_wrong_usage(shard: str, run: Run) -> None:
    """I counts from 1 to N."""
    assert run("plan", "--shard", shard).code == 64


def test_reports_of_shards_merge(run: Run, fleet: list[str]) -> None:
    """The merged report counts everything once, and the exit code is that of one run."""
    for n in (1, 2):
        ended = run("apply", "--shard", f"{n}/2", "--auto-approve", "--format", "json")
        Path(f"{n}.json").write_text(ended.out)

    merged = run("report", "merge", "1.json", "2.json", "--format", "json")

    content = json.loads(merged.out)
    assert merged.code == 0
    assert content["summary"]["create"] == content["outcomes"]["done"] == len(fleet)
    assert {each["project_id"] for each in content["operations"]} == set(fleet)
    text = run("report", "merge", "1.json", "2.json").out
    assert text == "Merged: 2 reports; 5 to create; 5 done.\n"
    assert "5 done" in run("report", "merge", "1.json", "2.json", "--format", "markdown").out


def test_one_failed_shard_shows(run: Run, live: emulator.Emulator, fleet: list[str]) -> None:
    """Some done and some failed: exit 5, and the failure is told."""
    first = run("apply", "--shard", "1/2", "--auto-approve", "--format", "json")
    Path("1.json").write_text(first.out)
    live.fail(method="POST", path="*dataconnectors", status=400, count=None)
    second = run("apply", "--shard", "2/2", "--auto-approve", "--format", "json")
    Path("2.json").write_text(second.out)
    assert second.code == 1
    assert fleet

    merged = run("report", "merge", "1.json", "2.json")

    assert merged.code == 5
    assert "failed: store-" in merged.out


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"format_version": 1}'])
def test_what_is_no_report_is_an_error(text: str, run: Run) -> None:
    """A report that is missing or cut short never counts as one without problems."""
    Path("1.json").write_text(text)

    assert run("report", "merge", "1.json").code == 1
    assert run("report", "merge", "nowhere.json").code == 1


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_a_failure_that_changed_something_is_partial_when_merged(
    method: str, run: Run, live: emulator.Emulator, fleet: list[str]
) -> None:
    """A replace that stopped half-way has changed the cloud: 5, in the run and merged."""
    queue = {"displayName": "ingest", "type": "GOOGLE_CLOUD_PUBSUB"}
    config = {"topic": "projects/g/topics/t", "audience": "x"}
    live.add_connector(fleet[0], {**queue, "pubsubConfig": config})
    live.fail("*/dataconnectors*", method=method, status=403, count=None)

    ended = run("apply", "-p", fleet[0], "--auto-approve", "--format", "json")
    Path("1.json").write_text(ended.out)
    merged = run("report", "merge", "1.json", "--format", "json")
    Path("2.json").write_text(merged.out)

    assert [each["changed"] for each in json.loads(ended.out)["operations"]] == [True]
    assert ended.code == merged.code == run("report", "merge", "2.json").code == 5


def test_a_failure_that_changed_nothing_is_a_failure_when_merged(
    run: Run, live: emulator.Emulator, fleet: list[str]
) -> None:
    """A create that was refused: 1, in the run and merged."""
    live.fail("*/dataconnectors*", method="POST", status=403, count=None)

    ended = run("apply", "-p", fleet[0], "--auto-approve", "--format", "json")
    Path("1.json").write_text(ended.out)

    assert ended.code == run("report", "merge", "1.json").code == 1
