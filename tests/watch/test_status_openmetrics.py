"""`status --format openmetrics`: what Prometheus' own parser and linter take, for every state."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import Metric
from prometheus_client import parser as older_parser
from prometheus_client.openmetrics import parser as openmetrics_parser

from dcsync.cloud.reader import Metrics
from dcsync.render.status import status_openmetrics
from dcsync.watch.overview import Overview
from dcsync.watch.standing import DriftState, Health, Standing
from tests.examples import examples
from tests.security.test_every_renderer import HOSTILE
from tests.watch.conftest import Oslo, Run
from tests.watch.standings import OSLO, UNSEEN, WORST_FIRST, overview, standing

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
FLEET = overview(*WORST_FIRST, projects=(OSLO, UNSEEN))
PROMTOOL = shutil.which("promtool")


def render(shown: Overview = FLEET) -> str:
    return f"{status_openmetrics.render(shown, NOW)}\n"


def parse(text: str, parser: Any = openmetrics_parser) -> list[Metric]:
    return list(parser.text_string_to_metric_families(text))


def families(shown: Overview = FLEET) -> dict[str, Metric]:
    return {each.name: each for each in parse(render(shown))}


def values(name: str, shown: Overview = FLEET, label: str = "address") -> dict[str, float]:
    return {each.labels[label]: each.value for each in families(shown)[name].samples}


def test_every_state_is_a_number() -> None:
    """Up, drift, deliveries and latency of each connector, as far as they are known."""
    up = values("dcsync_connector_up")
    drift = values("dcsync_connector_drift")

    assert {name for name, number in up.items() if not number} == {"absent", "off by itself"}
    assert {name for name, number in drift.items() if number} == {"absent", "drifted"}
    assert values("dcsync_connector_successes")["flapping"] == 3
    assert values("dcsync_connector_errors")["flapping"] == 7
    assert values("dcsync_connector_latency_p99_seconds")["flapping"] == 1.5
    assert "absent" not in values("dcsync_connector_errors")
    assert "quiet" not in values("dcsync_connector_latency_p99_seconds")


def test_each_connector_has_one_health() -> None:
    """A sample for each word, and 1 for the worst that holds."""
    samples = families()["dcsync_connector_health"].samples
    held = {each.labels["address"]: each.labels["health"] for each in samples if each.value}

    assert held == {each.address: each.health.lower() for each in WORST_FIRST}
    assert len(samples) == len(WORST_FIRST) * len(Health)


def test_a_project_that_was_not_seen_is_a_metric() -> None:
    """Its connectors are not up, and of their drift nothing is claimed."""
    unseen = standing("bergen/a", status="", drift=DriftState.UNKNOWN, metrics=None, trouble="403")
    shown = overview(unseen, projects=(OSLO, UNSEEN))

    assert values("dcsync_project_up", shown, "project") == {"oslo": 1, "bergen": 0}
    assert values("dcsync_project_connectors", shown, "project") == {"oslo": 9}
    assert values("dcsync_project_connectors_limit", shown, "project")["bergen"] == 10
    assert values("dcsync_connector_up", shown) == {"bergen/a": 0}
    assert families(shown)["dcsync_connector_drift"].samples == []


def test_times_and_units() -> None:
    """Seconds, with the unit as the name's end."""
    found = families()

    assert found["dcsync_status_timestamp_seconds"].samples[0].value == NOW.timestamp()
    assert {each.name for each in found.values() if each.unit} == {
        "dcsync_status_timestamp_seconds",
        "dcsync_connector_latency_p99_seconds",
    }


ABBREVIATED = re.compile(r"(s|ms|us|ns|sec|b|kb|mb|gb|tb|pb|m|h|d)")
RESERVED = re.compile(r"_(count|sum|bucket|total|gauge|counter|summary|histogram)(_|$)|[A-Z:]")


def test_names_follow_the_rules() -> None:
    """What promtool asks of names, for where it is not installed: each has a help, none an
    abbreviated unit, a type in its name, or an end that is another type's.
    """
    for each in families().values():
        assert each.documentation
        assert each.type == "gauge"
        assert not RESERVED.search(each.name)
        assert not [part for part in each.name.split("_") if ABBREVIATED.fullmatch(part)]


@pytest.mark.skipif(PROMTOOL is None, reason="promtool is not installed")
def test_promtool_finds_nothing() -> None:
    """The linter of Prometheus itself."""
    done = subprocess.run(
        [str(PROMTOOL), "check", "metrics"], input=render(), capture_output=True, text=True
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_older_format_reads_the_same() -> None:
    """The textfile collector reads Prometheus' own format, in which the new is comment."""
    older = {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in parse(render(), older_parser)
        for sample in family.samples
    }

    assert older == {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in families().values()
        for sample in family.samples
    }


@settings(max_examples=examples(60))
@given(
    st.lists(st.sampled_from(HOSTILE) | st.text(max_size=9), min_size=1, max_size=4),
    st.sampled_from(list(DriftState)),
    st.sampled_from([None, Metrics(1, 0, "0.4s"), Metrics(1, 0, "1e999s"), Metrics(0, 0, "")]),
)
def test_any_name_is_only_a_label(
    names: list[str], drift: DriftState, metrics: Metrics | None
) -> None:
    """No name ends a label, a line or the file, and no series is there twice."""
    standings = [
        Standing(name, name, name, name, name, name, name, drift, metrics=metrics) for name in names
    ]
    shown = overview(*standings)

    samples = [sample for family in families(shown).values() for sample in family.samples]

    assert render(shown).endswith("\n# EOF\n")
    assert {each.name for each in samples} <= set(families(shown))
    assert len({(each.name, *sorted(each.labels.items())) for each in samples}) == len(samples)


def test_the_command_prints_them(declared: Oslo, run: Run) -> None:
    """What the cloud says; no secret of it."""
    answer = run("status", "--format", "openmetrics")
    found = {each.name: each for each in parse(answer.stdout)}
    project = declared.project_id

    assert answer.returncode == 0
    assert {
        each.labels["address"]: each.value for each in found["dcsync_connector_up"].samples
    } == {f"{project}/absent": 0, f"{project}/ingest": 1}
    assert found["dcsync_project_connectors"].samples[0].value == 1
    assert "s3cret-live" not in answer.stdout


def test_a_project_that_cannot_be_listed_ends_up_in_the_file(declared: Oslo, run: Run) -> None:
    """The file is whole, and the run has failed."""
    declared.cloud.fail("*/dataconnectors", status=403, count=None)

    answer = run("status", "--format", "openmetrics")
    found = {each.name: each for each in parse(answer.stdout)}

    assert answer.returncode == 1
    assert found["dcsync_project_up"].samples[0].value == 0


PAGE = (Path(__file__).parents[2] / "docs" / "watching.md").read_text(encoding="utf-8")


def block(language: str, start: str) -> str:
    found = re.search(rf"^```{language}\n({start}.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    return found[1] if found else ""


def test_the_page_lists_every_metric() -> None:
    """No other, and its alerts are about these."""
    listed = set(re.findall(r"^\|.*$", PAGE, re.MULTILINE))
    named = {name for row in listed for name in re.findall(r"`(dcsync_\w+)`", row)}
    used = set(re.findall(r"dcsync_\w+", block("yaml", "groups:")))

    assert named == set(families())
    assert used <= named


@pytest.mark.skipif(PROMTOOL is None, reason="promtool is not installed")
def test_promtool_takes_the_alerts(tmp_path: Path) -> None:
    """As they stand on the page."""
    (tmp_path / "rules.yml").write_text(block("yaml", "groups:"))

    done = subprocess.run(
        [str(PROMTOOL), "check", "rules", "rules.yml"], cwd=tmp_path, capture_output=True, text=True
    )

    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_the_script_of_the_page_replaces_only_a_whole_file(declared: Oslo, tmp_path: Path) -> None:
    """A project that cannot be listed is in the file; a run without credentials leaves it alone."""
    place = tmp_path / "dcsync.prom"
    script = block("bash", "#!").replace("/var/lib/node_exporter/textfile_collector", str(tmp_path))
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"

    def run(**environ: str) -> list[Metric]:
        subprocess.run(
            ["bash", "-c", script], cwd=tmp_path, env={**os.environ, "PATH": path, **environ}
        )
        return parse(place.read_text())

    declared.cloud.fail("*/dataconnectors", status=403, count=None)
    before = run(**declared.cloud.environ)
    after = run()

    assert {each.name: each for each in before}["dcsync_project_up"].samples[0].value == 0
    assert after == before
