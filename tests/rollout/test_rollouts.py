"""Rollouts as a user sees them: wave after wave, each proven, and one that fails stops the rest."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest

from dcsync.cloud.clock import Clock
from dcsync.emulator import ApiCall
from dcsync.session.signals.stopping import Interruption
from tests.rollout.conftest import DOWN, IDS, KEYS, LATE, Fleet, released


@pytest.mark.slow
def test_each_wave_is_proven_before_the_next(applied: Fleet) -> None:
    """A first store, then another, then the rest, in the order of the files."""
    applied.declare("b")

    ended = applied.roll_out()

    assert ended.code == 0
    assert applied.paths() == ["b"] * 4
    assert applied.writes()[:2] == ["oslo", "bergen"]
    calls = [each.path for each in applied.cloud.calls if each.method in ("PATCH", "POST")]
    proven = next(n for n, path in enumerate(calls) if path.endswith(":sync"))
    assert IDS["oslo"] in calls[proven]
    assert not any(IDS["bergen"] in path for path in calls[:proven])
    heads = [line for line in ended.out.splitlines() if line.startswith(("Wave", "Rollout"))]
    assert heads == [
        "Wave 1 of 3: 1 project, 1 operation (oslo)",
        "Wave 1 of 3: proven, 1 connector delivered",
        "Wave 2 of 3: 1 project, 1 operation (bergen)",
        "Wave 2 of 3: proven, 1 connector delivered",
        "Wave 3 of 3: 2 projects, 2 operations (tromso, moss)",
        "Wave 3 of 3: proven, 2 connectors delivered",
        "Rollout complete: 3 waves, 4 projects, proven.",
    ]


@pytest.mark.slow
def test_a_wave_that_does_not_deliver_stops_the_rest(applied: Fleet) -> None:
    """What is applied and what is not is said, and the command that goes on."""
    applied.declare({"bergen": DOWN, "oslo": "b", "tromso": "b", "moss": "b"})

    ended = applied.roll_out(patience="3")

    assert ended.code == 5
    assert applied.paths() == ["b", DOWN, "a", "a"]
    assert "Rollout stopped in wave 2 of 3." in ended.out
    rows = [line.split(None, 4) for line in ended.out.splitlines() if line.startswith("  ")]
    assert ["proven", "1", "project", "oslo"] in rows
    assert ["not", "proven", "1", "project", "bergen"] in rows
    assert ["not", "applied", "2", "projects", "tromso, moss"] in rows
    assert (
        "To continue:  dcsync verify --sync bergen/ingest && dcsync apply --waves=1,2,100% --ver"
        in (ended.out)
    )
    assert ended.out.splitlines()[-1].endswith("2 not attempted.")


@pytest.mark.slow
def test_the_next_run_goes_on_where_it_stopped(applied: Fleet) -> None:
    """What is in sync is in no wave, and is not said to be proven."""
    applied.declare("b")
    fault = applied.hide("oslo")
    assert applied.roll_out().code == 5
    applied.cloud.heal(fault)
    applied.cloud.calls.clear()

    ended = applied.roll_out()

    assert ended.code == 0
    assert applied.writes()[0] == "bergen"
    assert sorted(applied.writes()) == ["bergen", "moss", "tromso"]
    assert "3 projects, proven. 1 connector needed no change and was not verified." in ended.out


def test_a_failing_operation_stops_the_rest(applied: Fleet) -> None:
    """Without any proof: a wave that is not done is not gone past."""
    applied.declare("b")
    applied.cloud.fail(path=f"*{IDS['bergen']}*", method="PATCH", status=400)

    ended = applied.run("apply", "--auto-approve", "--waves", "1,2,100%")

    assert ended.code == 5
    assert applied.paths() == ["b", "a", "a", "a"]
    assert "Wave 1 of 3: applied" in ended.out
    assert "Wave 2 of 3: failed" in ended.out
    assert "1 failed, 0 refused, 2 not attempted." in ended.out


def test_nothing_changed_in_the_first_wave_is_a_plain_failure(applied: Fleet) -> None:
    """Exit code 1: something failed, and nothing was changed."""
    applied.declare("b")
    applied.cloud.fail(path=f"*{IDS['oslo']}*", method="PATCH", status=400)

    assert applied.roll_out().code == 1
    assert applied.paths() == ["a"] * 4


@pytest.mark.slow
def test_the_last_wave_unproven_is_missed(applied: Fleet) -> None:
    """Everything was done, so it is not 5: what was expected did not come."""
    applied.declare("b")
    applied.hide("moss")

    ended = applied.roll_out()

    assert ended.code == 4
    assert applied.paths() == ["b"] * 4
    assert "To continue:  dcsync verify --sync moss/ingest\n" in ended.out


@pytest.mark.parametrize(("allows", "code"), [((), 5), (("--allow-quiet",), 0)])
def test_a_wave_with_nothing_to_prove_is_not_proven(
    applied: Fleet, allows: tuple[str, ...], code: int
) -> None:
    """A wave of deletes, or of connectors that are turned off: green is a claim."""
    applied.declare(
        "a", more="  off: {status: USER_DISABLED, config: {url: https://x.example.com}}"
    )

    ended = applied.roll_out(*allows)

    assert ended.code == code
    assert "0 of 1 connector delivered" in ended.out
    assert len(applied.live()["moss"]) == (2 if allows else 1)


@pytest.mark.parametrize(("allows", "code"), [((), 5), (("--allow-quiet",), 0)])
def test_a_wave_of_deletes_is_not_proven(
    applied: Fleet, allows: tuple[str, ...], code: int
) -> None:
    """Nothing is left that could deliver."""
    (applied.folder / "fleet.yaml").write_text(
        (applied.folder / "fleet.yaml").read_text("utf-8").partition("connectors:")[0]
        + "connectors: {}\n",
        "utf-8",
    )

    ended = applied.roll_out(*allows)

    assert ended.code == code
    assert len(applied.live()["oslo"]) == 0
    assert len(applied.live()["moss"]) == (0 if allows else 1)
    assert ("nothing could be verified" in ended.out) is not bool(allows)


@pytest.mark.slow
def test_a_store_without_events_is_quiet(applied: Fleet) -> None:
    """No device has sent anything, so nothing can be provoked: not proven, and why."""
    device = next(iter(applied.cloud.store.devices.of(IDS["oslo"])))
    applied.cloud.store.latest.drop(device)
    applied.declare("b")

    ended = applied.roll_out(patience="0.3")

    assert ended.code == 5
    assert "quiet  oslo/ingest" in ended.out
    assert applied.roll_out("--allow-quiet").code == 0


@pytest.mark.slow
def test_a_project_that_cannot_be_listed(applied: Fleet) -> None:
    """Nothing is done, unless --keep-going applies the others in waves."""
    applied.declare("b")
    applied.cloud.fail(path=f"*{IDS['bergen']}/dataconnectors", status=403, count=None)

    refused = applied.roll_out()
    ended = applied.roll_out("--keep-going")

    assert refused.code == 1
    assert ended.code == 5
    assert applied.paths() == ["b", "a", "b", "b"]
    assert "Wave 2 of 3: 1 project, 1 operation (tromso)" in ended.out
    assert ended.out.splitlines()[-1].endswith("Left out: 1 project could not be planned.")


def test_the_report_says_which_wave_a_project_was_in(
    applied: Fleet, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """In JSON for each operation, with the proof of each wave; the step summary has a table."""
    summary = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    applied.declare("b")
    applied.hide("bergen")

    report = json.loads(applied.roll_out("--format", "json").out)

    assert [each["wave"] for each in report["operations"]] == [1, 2, 3, 3]
    assert [each["outcome"] for each in report["operations"]] == [
        *("done", "done", "not attempted", "not attempted"),
    ]
    waves = report["rollout"]["waves"]
    assert [each["state"] for each in waves] == ["proven", "not proven", "not applied"]
    assert [each["projects"] for each in waves] == [
        [IDS["oslo"]],
        [IDS["bergen"]],
        [IDS["tromso"], IDS["moss"]],
    ]
    assert waves[1]["verification"][0]["outcome"] == "failed"
    assert report["rollout"]["to_go_on"].startswith("dcsync verify --sync bergen/ingest &&")
    assert "| 2 | bergen | not proven | 0 of 1 |" in summary.read_text("utf-8")


def test_merged_reports_tell_of_waves_that_are_not_proven(applied: Fleet) -> None:
    """The exit code is that of a single run, and a merged report can be merged again."""
    applied.declare("b")
    applied.hide("moss")
    for number, project in enumerate(("oslo", "moss")):
        ended = applied.run(
            *("apply", "--auto-approve", "--verify", "--settle=0", "--format=json"),
            f"--project={project}",
        )
        (applied.folder / f"{number}.json").write_text(ended.out, "utf-8")

    merged = applied.run("report", "merge", "0.json", "1.json", "--format", "json")
    (applied.folder / "all.json").write_text(merged.out, "utf-8")
    again = applied.run("report", "merge", "all.json")

    assert (merged.code, again.code) == (4, 4)
    assert again.out == "Merged: 1 report; 2 to update; 2 done, 1 wave not proven.\n"


@pytest.mark.slow
@pytest.mark.parametrize("plan", ["file", "digest"])
def test_a_reviewed_plan_is_rolled_out(applied: Fleet, plan: str) -> None:
    """--plan asks nobody, and the same waves follow."""
    applied.declare("b")
    saved = json.loads(applied.run("plan", "--out", "plan.json", "--format", "json").out)
    named = "plan.json" if plan == "file" else saved["digest"][:12]

    ended = applied.run("apply", "--plan", named, "--waves", "1,100%", "--verify", "--settle=0")

    assert ended.code == 0
    assert applied.paths() == ["b"] * 4
    assert applied.writes()[0] == KEYS[0]


@pytest.mark.parametrize(("allows", "code"), [((), 5), (("--allow-active=1",), 0)])
def test_what_has_come_to_deliver_is_not_deleted_in_a_later_wave(
    applied: Fleet, allows: tuple[str, ...], code: int
) -> None:
    """policy.protect_active holds when its turn comes, not only when the plan was made."""
    legacy = "  legacy: {config: {url: https://legacy.example.com}}"
    applied.declare("a", more=legacy, policy=", protect_active: true")
    applied.run("apply", "--auto-approve")
    bergen = applied.cloud.connectors(IDS["bergen"])[1]
    append = applied.cloud.calls.append

    def deliver(call: ApiCall) -> None:
        append(call)
        if call.method == "DELETE" and IDS["oslo"] in call.path:
            applied.cloud.add_deliveries(str(bergen["name"]).rpartition("/")[2], ok=3)

    applied.cloud.calls.append = deliver  # type: ignore[method-assign] # between two waves
    applied.declare("a", policy=", protect_active: true")

    ended = applied.run("apply", "--auto-approve", "--waves", "1,2,100%", *allows)

    assert ended.code == code
    assert len(applied.live()["oslo"]) == 1
    left = [len(applied.live()[key]) for key in ("bergen", "moss")]
    assert left == ([1, 1] if allows else [2, 2])
    assert ("held back" in ended.out) is not bool(allows)
    assert ("a guard now refuses it" in ended.err) is not bool(allows)


def test_without_changes_nothing_is_proven(applied: Fleet) -> None:
    """And nothing else is said."""
    ended = applied.roll_out()

    assert ended.code == 0
    assert "Nothing was changed. 4 connectors needed no change and were not verified." in ended.out


@pytest.mark.slow
def test_a_new_connector_may_take_moments_to_be_found(fleet: Fleet) -> None:
    """Its metrics are not there at once (docs/api.md section 3.2)."""
    fleet.declare("a")
    fleet.cloud.fail(path="*:metrics", status=404)

    assert fleet.roll_out().code == 0


@pytest.mark.parametrize("command", ["apply", "verify"])
def test_a_delivery_to_the_former_endpoint_proves_nothing(
    applied: Fleet, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    """It was on its way when the URL was changed; what is counted begins after it has ended."""
    applied.declare({"oslo": LATE})
    applied.run("apply", "--auto-approve")
    released.clear()
    device = applied.cloud.add_device(IDS["oslo"], "temperature", {})
    applied.cloud.publish(IDS["oslo"], device, "temperature", {"value": 5})
    applied.declare({"oslo": DOWN})
    append = applied.cloud.calls.append

    def release(*_: object) -> None:
        released.set()
        assert applied.cloud.wait_for_deliveries(20)

    def meet(call: ApiCall) -> None:
        if call.path.endswith(":sync"):
            release()
        append(call)

    applied.cloud.calls.append = meet  # type: ignore[method-assign] # at the latest
    if command == "apply":
        monkeypatch.setattr(Interruption, "wait", release)
        ended = applied.roll_out("-p", "oslo", "--settle=10", waves="100%", patience="0.1")
    else:
        applied.run("apply", "--auto-approve")
        monkeypatch.setattr("dcsync.commands.verify.Clock", partial(Clock, sleep=release))
        ended = applied.run("verify", "oslo/ingest", "--sync", "--timeout", "0.1")

    assert ended.code == 4
    assert "waiting 10 s for deliveries to former endpoints" in ended.err
    assert "with 2xx 0 times" in ended.out
