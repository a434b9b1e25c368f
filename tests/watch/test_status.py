"""`status`: worst first, the same in every format, and a page that nobody can break out of."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from dcsync.arguments import HEALTH
from dcsync.cloud.reader import Metrics
from dcsync.render.status import status_text
from dcsync.render.status.status_words import rate_text, summary
from dcsync.render.words import plain
from dcsync.watch.standing import DriftState, Health
from tests.watch.conftest import DECLARATION, Oslo, Run
from tests.watch.standings import WORST_FIRST, overview, standing


def test_the_worst_comes_first() -> None:
    """What needs a person stands above what does not."""
    shuffled = sorted(WORST_FIRST, key=lambda each: each.display_name + each.address[::-1])

    assert sorted(shuffled, key=lambda each: each.badness) == WORST_FIRST


def test_a_table_for_people() -> None:
    """Status, drift, a bar with the rate, latency and errors, in columns."""
    assert status_text.render_text(overview(*WORST_FIRST[2:7]), plain).splitlines() == [
        "HEALTH    CONNECTOR      STATUS           DRIFT                                   "
        "SUCCESS                 P99      ERRORS",
        "DISABLED  off by itself  SYSTEM_DISABLED  in sync                                 "
        "········ no deliveries           0",
        "FAILING   failing        ACTIVE           in sync                                 "
        "░░░░░░░░ 0 %                     7",
        "FAILING   flapping       ACTIVE           in sync                                 "
        "██▍░░░░░ 30.0 %         1500 ms  7",
        "DRIFTED   drifted        ACTIVE           drifted: labels, config.url, a, 2 more  "
        "████████ 100 %          411 ms   0",
        "QUIET     quiet          ACTIVE           in sync                                 "
        "········ no deliveries           0",
        "Status: 5 declared, 4 active, 4 in sync; 26 deliveries in 3 h, 14 failed.",
    ]


def test_the_totals_say_what_was_not_seen() -> None:
    """A last line of zeros is no all-clear where nothing could be looked at."""
    unseen = standing("unseen", metrics=None, trouble="403")

    assert summary([*WORST_FIRST[2:4], unseen]).endswith("7 failed; 1 not seen.")
    assert "; 1 not seen." in status_text.render_text(overview(unseen), plain)
    assert "; 1 not seen." in status_text.render_markdown(overview(unseen))
    assert not summary(WORST_FIRST[2:4]).endswith("not seen.")


def test_health_is_a_word_of_its_own() -> None:
    """A connector whose every delivery fails is FAILING, however ACTIVE; the worst word leads."""
    assert [str(each.health) for each in WORST_FIRST] == [
        "UNKNOWN",
        "MISSING",
        "DISABLED",
        "FAILING",
        "FAILING",
        "DRIFTED",
        "QUIET",
        "OK",
        "OK",
    ]
    both = standing("both", drift=DriftState.DRIFTED, metrics=Metrics(9, 1, "1s"))
    assert both.conditions == (Health.DEGRADED, Health.DRIFTED)


def test_the_command_line_knows_every_word_of_health() -> None:
    """`--fail-on` takes them all."""
    assert [each.lower() for each in Health] == list(HEALTH)


@pytest.mark.parametrize(
    ("rate", "text"),
    [
        (None, "no deliveries"),
        (0.0, "0 %"),
        (0.00001, "0.1 %"),
        (0.5, "50.0 %"),
        (0.99999, "99.9 %"),
        (1.0, "100 %"),
    ],
)
def test_rates_are_not_rounded_to_perfection(rate: float | None, text: str) -> None:
    """100 % means that nothing failed, 0 % that nothing arrived."""
    assert rate_text(rate) == text


def test_the_command_compares_and_measures(declared: Oslo, run: Run) -> None:
    """Each declared connector with its drift; unset secrets are not needed, and none is shown."""
    answer = run("status", "--format", "json")

    content = json.loads(answer.stdout)
    found = [(each["address"], each["drift"]) for each in content["connectors"]]
    project = declared.project_id
    assert found == [(f"{project}/absent", "not live"), (f"{project}/ingest", "drifted")]
    assert content["connectors"][1]["changes"] == ["event_types"]
    assert content["connectors"][1]["metrics"]["success_count"] == 0
    assert answer.returncode == 0
    assert "s3cret-live" not in answer.stdout + answer.stderr


def test_bad_health_is_an_exit_code(declared: Oslo, run: Run) -> None:
    """`--fail-on` is exit 4 and names who is so; nobody who is not."""
    answer = run("status", "--fail-on", "missing,drifted")

    project = declared.project_id
    assert f"dcsync: {project}/absent is MISSING" in answer.stderr
    assert f"dcsync: {project}/ingest is DRIFTED" in answer.stderr
    assert answer.returncode == 4
    assert run("status", "--fail-on", "failing,disabled").returncode == 0
    assert run("status", "--fail-on", "failling").returncode == 64


@pytest.mark.parametrize("choice", ["text", "markdown", "html"])
def test_every_format_names_every_connector(declared: Oslo, run: Run, choice: str) -> None:
    """What is drifted is so in each format."""
    answer = run("status", "--format", choice, "*/ingest")

    assert answer.returncode == 0
    assert f"{declared.project_id}/ingest" in answer.stdout
    assert re.search(r"drifted.{0,3} event.?_types", answer.stdout)
    assert f"{declared.project_id}/absent" not in answer.stdout


@pytest.mark.parametrize("path", ["*/dataconnectors", "*:metrics"])
def test_trouble_with_the_api_is_told_and_is_a_failure(declared: Oslo, run: Run, path: str) -> None:
    """What could not be asked is no reason to leave a connector out."""
    declared.cloud.fail(path, status=403, count=None)

    answer = run("status")

    assert answer.returncode == 1
    assert "403: made to fail" in answer.stdout
    assert f"{declared.project_id}/ingest" in answer.stdout


def test_a_project_without_connectors_is_looked_at_too(
    oslo: Oslo, run: Run, tmp_path: Path
) -> None:
    """Nothing is declared in it, and that it cannot be listed is a failure all the same."""
    text = f"dcsync: 1\nproject: {oslo.project_id}\npolicy: {{prune: none}}\nconnectors: {{}}\n"
    (tmp_path / "c.yaml").write_text(text)
    assert run("status").returncode == 0
    oslo.cloud.fail("*/dataconnectors", status=403, count=None)

    answer = run("status")

    assert answer.returncode == 1
    assert f"project {oslo.project_id} cannot be listed" in answer.stdout


def test_only_what_is_asked_about_costs_calls(declared: Oslo, run: Run, tmp_path: Path) -> None:
    """With an address: its project's listing and name, and its own metrics."""
    other = declared.cloud.add_project()
    (tmp_path / "d.yaml").write_text(DECLARATION.format(project_id=other))

    run("status", "*/ingest", "--except", f"{other}/*")

    token, *rest = [each.rpartition(":")[2] for each in declared.calls()]
    assert token == "token"
    assert set(rest) == {"dataconnectors", "metrics", declared.project_id}
    assert len(rest) == 3


def test_narrowing_does_not_change_what_is_matched(oslo: Oslo, run: Run, tmp_path: Path) -> None:
    """A connector that another declaration means is not taken for the one that is asked about."""
    (tmp_path / "c.yaml").write_text(
        f"dcsync: 1\nproject: {oslo.project_id}\npolicy: {{prune: none}}\nconnectors:\n"
        "  old: {display_name: Old, config: {url: https://ingest.example.com}}\n"
        "  new: {renamed_from: [Old], config: {url: https://ingest.example.com}}\n"
    )
    config = {"url": "https://ingest.example.com"}
    oslo.cloud.add_connector(
        oslo.project_id, {"displayName": "Old", "type": "HTTP_PUSH", "httpConfig": config}
    )

    whole, narrowed = (
        {each["address"]: each["drift"] for each in json.loads(run(*command).stdout)["connectors"]}
        for command in (("status", "--format=json"), ("status", "--format=json", "*/new"))
    )

    address = f"{oslo.project_id}/new"
    assert narrowed == {address: whole[address]}
