"""What must hold of every run: exit code, report, tally, the server's log and the cloud agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dcsync.emulator import ApiCall
from tests.cli.conftest import Ended, Run
from tests.storm.statements import DEEDS, Said, read
from tests.storm.weather import APPLY, SECRET, Weather, twins

Live = Mapping[str, dict[str, Any]]
DOWN = ("delete", "replace")
CODES = {0, 1, 3, 5}
INTERRUPTED = 130


def check_run(
    ended: Ended,
    plan: Mapping[str, Any],
    before: Live,
    after: Live,
    calls: Sequence[ApiCall],
    *,
    is_calm: bool,
) -> Said:
    """Everything of a run that was alone; in a calm one no call met trouble."""
    assert SECRET not in ended.out + ended.err
    said = read(ended)
    check_code(said, before, after)
    check_tally(said)
    check_log(said, plan, before, after, calls, is_calm=is_calm)
    for operation in said.operations or ():
        check_outcome(operation, before, after)
        check_calls(operation, calls)
    if ended.code == 0:
        assert said.ended("done") == len(plan["operations"])
    check_cloud(plan, before, after, said=ended.out)
    return said


def check_code(said: Said, before: Live, after: Live) -> None:
    """The exit code is what the report comes to, and never says less than what changed."""
    assert said.code in {*CODES, INTERRUPTED}
    if said.code in {1, 3}:
        assert before == after
    if said.code == INTERRUPTED:
        return
    wrong = said.ended("failed", "refused", "not attempted", "done, not synced")
    done = said.ended("done", "done, not synced")
    if not wrong and said.code != 1:
        assert said.code == 0
    if wrong:
        expected = {5} if done else {1, 3, 5}
        assert said.code in expected
    if said.operations is not None and wrong:
        changed = any(each["changed"] for each in said.operations)
        assert (said.code == 5) == changed


def check_tally(said: Said) -> None:
    """The last line counts what the lines above it say."""
    if said.tally is None:
        return
    for deed, action in DEEDS.items():
        assert said.tally[deed] == said.done(action)
    for outcome in ("failed", "refused", "not attempted"):
        assert said.tally[outcome] == said.ended(outcome)


def check_log(
    said: Said,
    plan: Mapping[str, Any],
    before: Live,
    after: Live,
    calls: Sequence[ApiCall],
    *,
    is_calm: bool,
) -> None:
    """Every write is one that the plan announced, and what is said to be done was called for."""
    new, gone = after.keys() - before.keys(), before.keys() - after.keys()
    planned = {each["data_connector_id"] for each in plan["operations"]}
    written = {method: ids_of(calls, method) for method in ("POST", "PATCH", "DELETE")}
    assert set(written["DELETE"]) <= planned
    assert set(written["PATCH"]) <= planned
    assert gone <= set(written["DELETE"])
    assert len(new) <= len(written["POST"])
    up, down = said.done("create", "replace"), said.done("delete", "replace")
    assert up <= len(new)
    assert down <= len(gone)
    if is_calm and not said.ended("failed"):
        assert len(written["POST"]) == len(new) == up
        assert len(written["DELETE"]) == len(gone) == down
        assert len(written["PATCH"]) >= said.done("update")


def ids_of(calls: Sequence[ApiCall], method: str) -> list[str]:
    """Which connectors were written to, each call once; "dataconnectors" for a new one."""
    return [
        each.path.rpartition("/")[2]
        for each in calls
        if each.method == method and "/dataconnectors" in each.path
    ]


def check_outcome(operation: Mapping[str, Any], before: Live, after: Live) -> None:
    """What is done is seen in the cloud; what is not attempted, or changed nothing, is not."""
    key, action = operation["data_connector_id"], operation["action"]
    match operation["outcome"], action:
        case "done", "delete":
            assert key not in after
        case "done", _:
            assert after[key]["displayName"] == operation["display_name"]
            assert (key in before) == (action == "update")
        case "not attempted" | "refused", "create":
            assert key is None
        case _ if key in before and not operation["changed"]:
            assert after[key] == before[key]
        case _:
            pass  # what failed and may have changed it


def check_calls(operation: Mapping[str, Any], calls: Sequence[ApiCall]) -> None:
    """What was not attempted was not called for, and what is done was."""
    planned = operation.get("planned_data_connector_id", operation["data_connector_id"])
    written = [each.method for each in calls if planned and each.path.endswith(f"/{planned}")]
    writes = {*written} - {"GET"}
    if operation["outcome"] in {"not attempted", "refused"}:
        assert not writes
    elif operation["outcome"] == "done" and operation["action"] in DOWN:
        assert "DELETE" in writes
    elif operation["outcome"] == "done" and operation["action"] == "update":
        assert writes == {"PATCH"}


def check_cloud(plan: Mapping[str, Any], before: Live, after: Live, said: str) -> None:
    """Nothing is gone that was not announced, no name is gone altogether, no twin is unsaid."""
    announced = {each["data_connector_id"] for each in plan["operations"] if each["action"] in DOWN}
    assert before.keys() - after.keys() <= announced
    unnamed = [ids for ids in twins(after) if not all(each in said for each in ids)]
    assert unnamed == [] or unnamed == twins(before)


def check_settles(run: Run, weather: Weather, names: list[str]) -> None:
    """A person deletes the younger of twins; then one apply is enough, and says so."""
    for _, *younger in twins(weather.live()):
        for each in younger:
            weather.delete(each)
    ended = run(*APPLY)

    assert ended.code == 0, ended
    assert SECRET not in ended.out + ended.err
    assert run("plan", "--detailed-exitcode").code == 0
    live = [each["displayName"] for each in weather.live().values()]
    assert all(live.count(name) == 1 for name in names)
