"""`verify` passes and fails for the right reasons: endpoints that work, fail, hang and flap."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

from dcsync import cloud as api
from dcsync.cloud.clock import Clock
from dcsync.cloud.reader import Metrics
from dcsync.errors import CloudError
from dcsync.receive import Endpoint, FaultInjection, serving
from dcsync.watch.evidence import Evidence, Rules, Verdict, VerdictKind
from dcsync.watch.merge import watching
from dcsync.watch.proof import await_deliveries, gather, measure_first, provoke
from tests.watch.conftest import Oslo, Run, interest

OFF = "USER_DISABLED"
Serve = Callable[[FaultInjection], str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serves an endpoint that makes trouble: its URL."""
    with ExitStack() as stack:

        def start(faults: FaultInjection) -> str:
            return stack.enter_context(serving(Endpoint([], faults), 0, lambda _: None))

        yield start


@dataclass(frozen=True)
class Case:
    """What the endpoint does, what the devices send, and what has to come of it."""

    faults: Callable[[threading.Event], FaultInjection]
    rules: Rules
    publish: int
    outcome: VerdictKind
    start: str
    end: str
    waits_s: float = 20.0
    before: int = 0
    switches: Mapping[str, Any] | None = None


def works(_: threading.Event) -> FaultInjection:
    return FaultInjection()


def fails(_: threading.Event) -> FaultInjection:
    return FaultInjection(fail_rate=1.0, random=lambda: 0.0)


def hangs(ended: threading.Event) -> FaultInjection:
    def wait(_: float) -> None:
        ended.wait(30)

    return FaultInjection(sleep=wait)


def flaps(_: threading.Event) -> FaultInjection:
    answers = cycle([1.0, 0.0])
    return FaultInjection(fail_rate=0.5, random=lambda: next(answers))


CASES: dict[str, Case] = {
    "works": Case(
        works,
        Rules(min_events=3),
        3,
        VerdictKind.PASSED,
        "3 events seen, endpoint responded with 2xx ",
        "0 errors",
    ),
    "fails": Case(
        fails,
        Rules(min_events=3),
        3,
        VerdictKind.FAILED,
        "3 events seen, endpoint responded with 2xx 0 times, ",
        ": check the endpoint",
    ),
    "hangs, and the cloud gives up": Case(
        hangs,
        Rules(),
        1,
        VerdictKind.FAILED,
        "1 event seen, endpoint responded with 2xx 0 times, ",
        ": check the endpoint",
        switches={"delivery_timeout_s": 0.1},
    ),
    "hangs, and the cloud still waits": Case(
        hangs,
        Rules(),
        1,
        VerdictKind.FAILED,
        "1 event seen, endpoint responded with 2xx 0 times, 0 errors: ",
        "nothing was delivered in time; check the endpoint, or raise --timeout",
        waits_s=0.5,
    ),
    "flaps": Case(
        flaps,
        Rules(min_events=4),
        4,
        VerdictKind.FAILED,
        "4 events seen, endpoint responded with 2xx ",
        ": check the endpoint",
    ),
    "too few events": Case(
        works,
        Rules(min_events=5),
        2,
        VerdictKind.FAILED,
        "2 events seen, endpoint responded with 2xx 2 times, 0 errors: ",
        "--min-events requires 5",
        waits_s=0.5,
    ),
    "nothing happens": Case(
        works,
        Rules(),
        0,
        VerdictKind.QUIET,
        "no event and no delivery in 1 s: ",
        "--sync triggers some",
        waits_s=0.3,
    ),
    "synced, works": Case(
        works,
        Rules(is_synced=True),
        0,
        VerdictKind.PASSED,
        "0 events seen, endpoint responded with 2xx 1 time",
        "0 errors",
        before=1,
    ),
    "synced, fails": Case(
        fails,
        Rules(is_synced=True),
        0,
        VerdictKind.FAILED,
        "0 events seen, endpoint responded with 2xx 0 times, ",
        ": check the endpoint",
        waits_s=0.5,
        before=1,
    ),
    "synced, nothing to send": Case(
        works,
        Rules(is_synced=True),
        0,
        VerdictKind.QUIET,
        "no event and no delivery in 1 s: ",
        "the devices have sent nothing",
        waits_s=0.3,
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_verdicts(oslo: Oslo, serve: Serve, name: str) -> None:
    """Each endpoint gets the verdict that it deserves, with the reason in words."""
    case = CASES[name]
    ended = threading.Event()
    oslo.cloud.switch(backoff_first_s=0.05, backoff_max_s=0.05, **(case.switches or {}))
    fridge = oslo.add_device(name="Fridge")
    for _ in range(case.before):
        oslo.publish(fridge)
    url = serve(case.faults(ended))
    connector_id = oslo.cloud.add_connector(
        oslo.project_id, {"type": "HTTP_PUSH", "httpConfig": {"url": url}}
    )
    evidence = Evidence("oslo/ingest", oslo.project_id, connector_id, case.rules)
    sender = threading.Thread(target=_send, args=(oslo, fridge, case.publish))
    try:
        sender.start()
        verdict = _verify(oslo, evidence, case)
    finally:
        ended.set()
        sender.join()

    assert verdict.outcome is case.outcome, verdict.reason
    assert verdict.reason.startswith(case.start)
    assert verdict.reason.endswith(case.end)


def _send(oslo: Oslo, fridge: str, count: int) -> None:
    """One event after the other, each delivered, or failed once, before the next."""
    if oslo.cloud.wait_for_streams(1):
        for _ in range(count):
            oslo.publish(fridge)
            oslo.cloud.wait_for_deliveries(0.2)


def _verify(oslo: Oslo, evidence: Evidence, case: Case) -> Verdict:
    clock = Clock()
    measure_first(oslo.reader, [evidence])
    if case.rules.is_synced:
        provoke(api.Writer(api.connect(oslo.cloud.environ)), [evidence])
    with watching(oslo.reader, {oslo.project_id: [interest()]}, clock) as watched:
        end_s = time.monotonic() + case.waits_s
        gather(watched, oslo.reader, {"oslo/ingest": evidence}, clock, end_s, poll_s=0.05)
    return evidence.verdict("1 s")


def test_metrics_rise_and_slide() -> None:
    """What was there before does not count, rises are added up, falls count nothing."""
    evidence = Evidence("oslo/ingest", "", "", Rules())
    for successes, errors in ((9, 4), (10, 3), (2, 0), (5, 1)):
        evidence.measure(Metrics(successes, errors, "0.1s"))

    assert (evidence.successes, evidence.errors) == (1 + 3, 1)


def test_metrics_that_come_back_are_no_obstacle() -> None:
    """Why deliveries could not be seen counts only as long as they cannot."""
    evidence = Evidence("oslo/ingest", "p", "c", Rules(is_synced=True))
    found: list[Metrics | CloudError] = [
        Metrics(0, 0, "0s"),
        CloudError("503"),
        CloudError("503"),
        Metrics(0, 0, "0s"),
    ]

    class Flaky:
        def get_metrics(self, project_id: str, data_connector_id: str) -> Metrics:
            assert (project_id, data_connector_id) == ("p", "c")
            metrics = found.pop(0)
            if isinstance(metrics, CloudError):
                raise metrics
            return metrics

    measure_first(Flaky(), [evidence])
    slept: list[float] = []
    clock = Clock(lambda: sum(slept), time.time, slept.append, lambda: 0.0)
    seen = []

    def poll_all(ask: Callable[[Evidence], object], each: Iterable[Evidence]) -> list[object]:
        asked = list(map(ask, each))
        seen.append(dict(evidence.unseen))
        return asked

    await_deliveries(Flaky(), [evidence], clock, 60.0, poll_all, lambda: not found)

    assert seen == [{"deliveries": "503"}, {"deliveries": "503"}, {}]
    assert evidence.verdict("1 s").outcome == "quiet"


DECLARATION = """
dcsync: 1
project: {project_id}
policy: {{prune: none}}
connectors:
  works: {{config: {{url: "{url}"}}, event_types: [touch]}}
  off: {{status: USER_DISABLED, config: {{url: "{url}"}}}}
  stopped: {{config: {{url: "{url}"}}}}
  broken: {{config: {{url: "{url}"}}}}
  absent: {{config: {{url: "{url}"}}}}
"""


@pytest.fixture
def declared(oslo: Oslo, serve: Serve, tmp_path: Path) -> Oslo:
    """A project with a connector that works, three that are disabled, and one that is missing."""
    url = serve(FaultInjection())
    (tmp_path / "c.yaml").write_text(DECLARATION.format(project_id=oslo.project_id, url=url))
    states = {"works": "ACTIVE", "off": OFF, "stopped": OFF, "broken": "ACTIVE"}
    for name, status in states.items():
        resource = {"displayName": name, "type": "HTTP_PUSH", "status": status}
        oslo.cloud.add_connector(oslo.project_id, {**resource, "httpConfig": {"url": url}})
    with oslo.cloud.lock:
        oslo.cloud.connectors(oslo.project_id)[3]["status"] = "SYSTEM_DISABLED"
    oslo.publish(oslo.add_device(name="Fridge"), "touch")
    assert oslo.cloud.wait_for_deliveries()
    return oslo


@pytest.mark.slow
def test_the_command_reports_each_connector(declared: Oslo, run: Run) -> None:
    """Only what the declaration turns off is skipped; what others turned off has failed: exit 4."""
    answer = run("verify", "--sync", "--settle", "0", "--timeout", "15")

    project = declared.project_id
    assert answer.stdout.splitlines() == [
        f'passed   {project}/works    in "Oslo"  '
        "0 events seen, endpoint responded with 2xx 1 time, 0 errors",
        f'skipped  {project}/off      in "Oslo"  declared USER_DISABLED',
        f'failed   {project}/stopped  in "Oslo"  '
        "disabled by a user, but not in the declaration: "
        "declare `status: USER_DISABLED`, or `status: ACTIVE` and apply",
        f'failed   {project}/broken   in "Oslo"  '
        "disabled by the service after days of failed deliveries: "
        "check the endpoint, then set `status: ACTIVE` and apply",
        f"failed   {project}/absent   in \"Oslo\"  not live: 'dcsync apply' creates it",
        "Verify: 1 passed, 3 failed, 0 quiet, 1 skipped.",
    ]
    assert answer.returncode == 4


@pytest.mark.usefixtures("declared")
@pytest.mark.parametrize(("arguments", "code"), [((), 4), (("--allow-quiet",), 0)])
def test_nothing_verified_is_no_proof(run: Run, arguments: tuple[str, ...], code: int) -> None:
    """Where everything was skipped that is said, and exit 4 unless it is allowed."""
    answer = run("verify", "*/off", *arguments)

    assert "0 passed, 0 failed, 0 quiet, 1 skipped" in answer.stdout
    assert ("nothing was verified" in answer.stderr) == bool(code)
    assert answer.returncode == code


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "what"),
    [("*/devices:stream", "its events could not be read"), ("*:metrics", "its metrics cannot be")],
)
def test_silence_that_was_not_heard_is_no_silence(
    path: str, what: str, declared: Oslo, run: Run
) -> None:
    """A stream that is down, or metrics that are, prove nothing: failed, even if quiet may pass."""
    declared.cloud.fail(path, status=503 if "stream" in path else 403, count=None)

    answer = run("verify", "*/works", "--timeout", "0.5", "--allow-quiet")

    assert answer.stdout.startswith("failed")
    assert what in answer.stdout
    assert answer.returncode == 4


@pytest.mark.slow
def test_formats_tell_the_same(declared: Oslo, run: Run) -> None:
    """JSON and Markdown carry the same verdicts, with the same exit code."""
    arguments = ("--sync", "--settle=0", "--timeout", "15", "*/works", "--format")
    as_json = run("verify", *arguments, "json")
    as_markdown = run("verify", *arguments, "markdown")

    assert (as_json.returncode, as_markdown.returncode) == (0, 0)
    assert json.loads(as_json.stdout)["summary"] == {
        "passed": 1,
        "failed": 0,
        "quiet": 0,
        "skipped": 0,
    }
    assert f'<code>{declared.project_id}/works in "Oslo"</code> | 0 | 1 | 0 |' in as_markdown.stdout


@pytest.mark.slow
@pytest.mark.usefixtures("declared")
@pytest.mark.parametrize(("arguments", "code"), [((), 4), (("--allow-quiet",), 0)])
def test_quiet_is_told_apart(run: Run, arguments: tuple[str, ...], code: int) -> None:
    """No event and no delivery is `quiet`: exit 4, or 0 where that is allowed."""
    answer = run("verify", "*/works", "--timeout", "0.5", *arguments)

    assert answer.stdout.startswith("quiet  ")
    assert answer.returncode == code


def test_a_project_that_cannot_be_listed_is_a_failure(declared: Oslo, run: Run) -> None:
    """Trouble with the API is exit 1, before what did not come in time."""
    declared.cloud.fail("*/dataconnectors", status=403)

    answer = run("verify", "*/works")

    assert "the project cannot be listed: GET /projects/" in answer.stdout
    assert answer.returncode == 1


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_who_stops_it_before_it_has_looked_is_not_told_of_silence(
    declared: Oslo, tmp_path: Path, number: int
) -> None:
    """Nothing was triggered and nothing read: that proves nothing, neither of the devices."""
    command = ["verify", "--sync", "--settle", "50", "--format", "json", "*/works"]
    with subprocess.Popen(
        [sys.executable, "-m", "dcsync", *command],
        cwd=tmp_path,
        env={**os.environ, **declared.cloud.environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as verify:
        assert verify.stderr is not None
        assert verify.stderr.readline().startswith("waiting 50 s")
        verify.send_signal(number)
        out, _ = verify.communicate(timeout=30)

    [found] = json.loads(out)["connectors"]
    assert verify.returncode == 130
    assert (found["outcome"], found["reason"]) == (
        "failed",
        "nothing is proven: its deliveries could not be read: there was no time",
    )


def test_a_baseline_alone_proves_no_silence() -> None:
    """What was measured once, and not after the devices were asked to send, is unknown."""
    evidence = Evidence("oslo/ingest", "p", "d", Rules(is_synced=True))
    evidence.measure(Metrics(1, 0, ""))
    before = evidence.verdict("2 s").outcome
    evidence.measure(Metrics(1, 0, ""))

    assert (before, evidence.verdict("2 s").outcome) == (VerdictKind.FAILED, VerdictKind.QUIET)
