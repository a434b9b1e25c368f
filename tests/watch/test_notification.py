"""`status --notify URL --state FILE`: whose health changed is told, once, and no secret is."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dcsync import cli, emulator
from dcsync.cloud.reader import Metrics
from dcsync.errors import CommandLineError
from dcsync.session.files import whole_files
from dcsync.session.output.console import Console
from dcsync.session.status.notification import notify
from dcsync.session.status.webhook import Failure, webhook_of
from tests.examples import examples
from tests.watch.conftest import Ended, Oslo, Run
from tests.watch.standings import overview, standing

STATE = "dcsync.state"
SECRET = "T0SECRET/B0SECRET"
DECLARATION = """
dcsync: 1
project: {project_id}
policy: {{prune: none}}
connectors:
  ingest: {{config: {{url: https://ingest.example.com}}}}
  archive: {{config: {{url: https://archive.example.com}}}}
"""


class Hook:
    """A chat's webhook: keeps what is posted, and responds as it is told."""

    def __init__(self) -> None:
        self.posts: list[dict[str, Any]] = []
        self.status = 200
        self.headers: dict[str, str] = {}
        self.during: Any = None
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                hook.posts.append(json.loads(body))
                if hook.during:
                    hook.during()
                if hook.status:
                    self.send_response(hook.status)
                    for name, value in hook.headers.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", "0")
                    self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Nothing is printed."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/services/{SECRET}"

    @property
    def told(self) -> list[dict[str, tuple[str | None, str]]]:
        """Of each post: address to the health before and now."""
        return [
            {
                each["address"].rpartition("/")[2]: (each["before"], each["health"])
                for each in post["changes"]
            }
            for post in self.posts
        ]


@pytest.fixture
def hook() -> Iterator[Hook]:
    hook = Hook()
    thread = threading.Thread(target=hook.server.serve_forever, args=(0.01,))
    thread.start()
    yield hook
    hook.server.shutdown()
    thread.join()
    hook.server.server_close()


@dataclass(frozen=True)
class Fleet:
    """Two connectors, both as they are declared; nothing was delivered yet."""

    oslo: Oslo
    ids: dict[str, str]
    run: Run
    hook: Hook

    def delivers(self, name: str = "ingest", *, ok: int = 0, failed: int = 0) -> None:
        self.oslo.cloud.add_deliveries(self.ids[name], ok=ok, failed=failed)

    def notify(self, *options: str) -> Ended:
        return self.run("status", "--notify", self.hook.url, "--state", STATE, *options)


@pytest.fixture
def fleet(oslo: Oslo, run: Run, hook: Hook, tmp_path: Path) -> Fleet:
    (tmp_path / "c.yaml").write_text(DECLARATION.format(project_id=oslo.project_id))
    ids = {}
    for name in ("ingest", "archive"):
        config = {"url": f"https://{name}.example.com"}
        resource = {"displayName": name, "type": "HTTP_PUSH", "httpConfig": config}
        ids[name] = oslo.cloud.add_connector(oslo.project_id, resource)
    return Fleet(oslo, ids, run, hook)


def test_a_change_is_told_once(fleet: Fleet) -> None:
    """Several in one post, the next run only what changed since; who recovers is told as well."""
    fleet.delivers("ingest", ok=3, failed=9)
    fleet.delivers("archive", ok=9, failed=1)
    codes = [fleet.notify().returncode]
    codes.append(fleet.notify().returncode)
    fleet.delivers("archive", failed=20)
    codes.append(fleet.notify().returncode)
    fleet.delivers("ingest", ok=30)
    codes.append(fleet.notify("*/ingest").returncode)
    codes.append(fleet.notify().returncode)

    assert fleet.hook.told == [
        {"ingest": (None, "FAILING"), "archive": (None, "DEGRADED")},
        {"archive": ("DEGRADED", "FAILING")},
        {"ingest": ("FAILING", "DEGRADED")},
    ]
    assert codes == [0] * 5


def test_what_is_well_at_first_is_no_news(fleet: Fleet) -> None:
    """The first run records; only what is wrong is told, and from then on what changes."""
    fleet.delivers("ingest", ok=1)

    assert fleet.notify().returncode == 0
    assert fleet.hook.posts == []
    fleet.delivers("ingest", failed=1)
    fleet.notify()
    assert fleet.hook.told == [{"ingest": ("OK", "DEGRADED")}]


def test_what_slack_and_teams_show(fleet: Fleet) -> None:
    """One `text` for people, beside what programs want to know."""
    fleet.delivers("ingest", failed=4)

    fleet.notify()

    [post] = fleet.hook.posts
    project = fleet.oslo.project_id
    assert post["text"].splitlines() == [
        "dcsync: 1 connector changed: 1 FAILING",
        f"• FAILING {project}/ingest (Oslo); 0 % of 4 deliveries in 3 h; how long it has failed is "
        "not known; the service disables it in at most 120 h",
    ]
    assert (post["changed"], post["left_out"]) == (1, 0)
    assert post["totals"] == {"FAILING": 1, "QUIET": 1}
    assert post["changes"][0]["error_count"] == 4
    assert post["changes"][0]["hours_until_disabled"] == {"at_least": None, "at_most": 120.0}


def test_a_project_that_cannot_be_listed_is_told(fleet: Fleet) -> None:
    """Its connectors are UNKNOWN, and the run fails for that."""
    fleet.notify()
    fleet.oslo.cloud.fail("*/dataconnectors", status=403, count=None)

    assert fleet.notify().returncode == 1
    assert fleet.hook.told == [{"ingest": ("QUIET", "UNKNOWN"), "archive": ("QUIET", "UNKNOWN")}]


@pytest.mark.parametrize("status", [301, 400, 404, 429, 500, 503])
def test_what_was_not_taken_is_told_by_the_next_run(fleet: Fleet, status: int) -> None:
    """Failing to notify is an error, whose message has no secret; redirects are not followed."""
    fleet.delivers("ingest", failed=4)
    fleet.hook.status, fleet.hook.headers = status, {"Location": f"{fleet.hook.url}/elsewhere"}

    failed = fleet.notify()
    fleet.hook.status = 200
    succeeded, third = fleet.notify(), fleet.notify()

    assert [each.returncode for each in (failed, succeeded, third)] == [1, 0, 0]
    assert "dcsync: 1 change not notified: POST http://127.0.0.1:" in failed.stderr
    assert f": {status}" in failed.stderr
    assert "the next run tries again" in failed.stderr
    assert fleet.hook.told == [{"ingest": (None, "FAILING")}] * 2
    assert SECRET not in failed.stdout + failed.stderr + succeeded.stderr


@pytest.mark.parametrize("status", [0, 502, 504])
def test_what_may_have_arrived_is_not_told_again(fleet: Fleet, status: int) -> None:
    """A response that is lost, or is a gateway's: an error, and the end of it."""
    fleet.delivers("ingest", failed=4)
    fleet.hook.status = status

    failed = fleet.notify()
    fleet.hook.status = 200

    assert failed.returncode == 1
    assert "it may have arrived, and is not sent again" in failed.stderr
    assert SECRET not in failed.stdout + failed.stderr
    assert fleet.notify().returncode == 0
    assert len(fleet.hook.posts) == 1


def test_nobody_there_is_tried_again(fleet: Fleet) -> None:
    """A connection that is refused reached nobody."""
    fleet.delivers("ingest", failed=4)
    url = f"http://127.0.0.1:1/{SECRET}"

    failed = fleet.run("status", "--notify", url, "--state", STATE)

    assert failed.returncode == 1
    assert "the next run tries again" in failed.stderr
    assert SECRET not in failed.stderr
    assert fleet.notify().returncode == 0
    assert fleet.hook.told == [{"ingest": (None, "FAILING")}]


def test_a_run_that_is_killed_while_it_notifies_is_not_repeated(
    fleet: Fleet, tmp_path: Path
) -> None:
    """At most once: what the file says at that moment is what a kill leaves, and the next run
    says so.
    """
    fleet.delivers("ingest", failed=4)
    left = tmp_path / "left"
    fleet.hook.during = lambda: left.write_bytes((tmp_path / STATE).read_bytes())
    fleet.notify()
    (tmp_path / STATE).write_bytes(left.read_bytes())
    fleet.hook.during = None

    after = fleet.notify()

    assert after.returncode == 1
    assert "an earlier run ended while it notified of 1 change" in after.stderr
    assert fleet.notify().returncode == 0
    assert len(fleet.hook.posts) == 1


def test_nothing_is_posted_where_it_cannot_be_remembered(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that is full costs no second message."""
    fleet.delivers("ingest", failed=4)

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(whole_files, "place", full)
    answer = fleet.notify()

    assert answer.returncode == 1
    assert "No space left on device" in answer.stderr
    assert fleet.hook.posts == []


def test_one_run_at_a_time_has_the_file(fleet: Fleet) -> None:
    """A second one would tell the same again."""
    fleet.notify()
    fleet.delivers("ingest", failed=4)
    seconds: list[int] = []
    fleet.hook.during = lambda: seconds.append(_refused(fleet))

    fleet.notify()

    assert seconds == [3]
    assert len(fleet.hook.posts) == 1


def _refused(fleet: Fleet) -> int:
    return cli.main(["status", "--notify", fleet.hook.url, "--state", STATE])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "it is empty"),
        ("{}", "is damaged"),
        ('00000000 {"format":"x"}\n', "is damaged"),
    ],
)
def test_a_file_of_another_kind_is_refused(
    fleet: Fleet, tmp_path: Path, content: str, message: str
) -> None:
    """It stays as it is, and nothing is posted."""
    (tmp_path / STATE).write_text(content)
    fleet.delivers("ingest", failed=4)

    answer = fleet.notify()

    assert answer.returncode == 3
    assert message in answer.stderr
    assert (tmp_path / STATE).read_text() == content
    assert fleet.hook.posts == []


def test_the_file_of_another_cloud_is_refused(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is known of one says nothing of the other."""
    fleet.notify()
    with emulator.running(rate_limit=None) as other:
        other.add_project(project_id=fleet.oslo.project_id)
        for name, value in other.environ.items():
            monkeypatch.setenv(name, value)
        answer = fleet.notify()

    assert answer.returncode == 3
    assert "name another file" in answer.stderr


def test_the_url_may_come_from_the_environment_or_a_file(
    fleet: Fleet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that no list of processes has it; the state file has it never."""
    monkeypatch.setenv("WEBHOOK", fleet.hook.url)
    (tmp_path / "webhook").write_text(f"{fleet.hook.url}\n")
    fleet.delivers("ingest", failed=4)
    first = fleet.run("status", "--notify", "${env:WEBHOOK}", "--state", STATE, "-vv")
    fleet.delivers("ingest", ok=4)
    second = fleet.run("status", "--notify", "${file:webhook}", "--state", STATE, "-vv")

    assert (first.returncode, second.returncode, len(fleet.hook.posts)) == (0, 0, 2)
    for text in (first.stdout, first.stderr, second.stderr, (tmp_path / STATE).read_text()):
        assert SECRET not in text


@pytest.mark.parametrize(
    ("url", "message"),
    [
        (f"http://chat.example.com/{SECRET}", "must be an https:// URL"),
        ("https://me:T0SECRET@chat.example.com/x", "must not have a user part"),
        (f"ftp://chat.example.com/{SECRET}", "must be an https:// URL"),
        (f"https://chat example.com/{SECRET}", "contains a space"),
        (SECRET, "must be an https:// URL"),
        ("", "must be an https:// URL"),
        ("${env:NOT_SET}", "${env:NOT_SET} is not set"),
        ("${file:not-there}", "--notify: ${file:not-there}: "),
        ("${var:x}", "use ${env:…} or ${file:…}"),
        ("${env:", "--notify: "),
    ],
)
def test_a_url_that_nothing_can_be_posted_to(url: str, message: str) -> None:
    """Said before anything is asked, without the URL."""
    with pytest.raises(CommandLineError) as caught:
        webhook_of(url, allow_http=False)

    assert message in str(caught.value)
    assert SECRET not in str(caught.value)


def test_plain_http_to_other_machines_has_to_be_allowed() -> None:
    """As `watch --forward-to` has it; what is shown is the host."""
    webhook = webhook_of(f"http://chat.example.com/{SECRET}?t={SECRET}", allow_http=True)

    assert webhook.shown == "http://chat.example.com/…"


@pytest.mark.parametrize(
    "options",
    [
        ("--notify", f"https://chat.example.com/{SECRET}"),
        ("--state", STATE),
        ("--notfy", f"https://chat.example.com/{SECRET}", "--state", STATE),
        (f"--notfy=https://chat.example.com/{SECRET}", "--state", STATE),
        (f"https://chat.example.com/{SECRET}",),
        ("--format", f"https://chat.example.com/{SECRET}"),
    ],
)
def test_a_mistyped_command_line_shows_no_url(fleet: Fleet, options: tuple[str, ...]) -> None:
    """A URL in the wrong place is still a secret; nothing is posted."""
    answer = fleet.run("status", *options)

    assert answer.returncode == 64
    assert SECRET not in answer.stdout + answer.stderr
    assert "example.com" not in answer.stderr


class Unsteady:
    """A webhook whose every request ends as it is told: accepted, refused, lost, or with a kill."""

    shown = "https://chat.example.com/…"

    def __init__(self) -> None:
        self.end, self.run = "accepted", 0
        self.received: list[tuple[str, int, str]] = []
        """Addresses, the run that told, and the health that it told of."""

    def post(self, body: bytes) -> Failure | None:
        if self.end == "refused":
            return Failure("503", is_certain=True)
        if self.end == "killed before":
            raise Killed
        changes = json.loads(body)["changes"]
        self.received += [(each["address"], self.run, each["health"]) for each in changes]
        if self.end == "killed after":
            raise Killed
        return Failure("no response", is_certain=False) if self.end == "lost" else None


class Killed(BaseException):
    """The process is gone."""


ENDS = st.sampled_from(["accepted", "refused", "lost", "killed before", "killed after"])
LOOKS = st.fixed_dictionaries({name: st.integers(0, 2) for name in ("a", "b")})
METRICS = (Metrics(9, 0, ""), Metrics(9, 1, ""), Metrics(0, 9, ""))


@settings(max_examples=examples(40))
@given(st.lists(st.tuples(LOOKS, ENDS), min_size=1, max_size=8))
def test_no_change_is_received_twice_whatever_happens(
    runs: list[tuple[dict[str, int], str]],
) -> None:
    """Nor missed, but where a run, or the next one, says that it may not have arrived."""
    hook = Unsteady()
    console = Console.of("never", quiet=True)
    with TemporaryDirectory() as folder:
        for hook.run, (look, hook.end) in enumerate(runs):
            now = [standing(name, metrics=METRICS[look[name]]) for name in ("a", "b")]
            arguments = (hook, f"{folder}/state", overview(*now), "api", console, lambda: 0.0)
            with suppress(Killed):
                is_reported = notify(*arguments)  # type: ignore[arg-type]
                assert is_reported or hook.end in {"refused", "lost"} or hook.run
        hook.end = "accepted"
        notify(*arguments)  # type: ignore[arg-type]
        assert notify(*arguments)  # type: ignore[arg-type]

    certain = all(end in {"accepted", "refused"} for _, end in runs)
    for name, last in zip(("a", "b"), now, strict=True):
        received = [each[1:] for each in hook.received if each[0] == name]
        for (first, before), (second, after) in pairwise(received):
            looks = {look[name] for look, _ in runs[first : second + 1]}
            assert before != after or len(looks) > 1
        if certain:
            assert ([health for _, health in received] or ["OK"])[-1] == last.health
