"""The benchmarks run, and their table and chart say what was measured. No time is asserted."""

from __future__ import annotations

import json
import re
import shutil
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks.__main__ import MEASURES, keep, main, measured
from benchmarks.chart import WIDTH, chart_of
from benchmarks.row import Row
from benchmarks.scale import QUICK
from benchmarks.table import json_of, text_of

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "benchmarks"
README = (ROOT / "README.md").read_text("utf-8")

GOOD = Row("start", "ms", 24.0, 12.0, "python -c pass", most_ratio=3)
MISSED = Row("watch <json>", "µs", 19.0, 4.0, "json.loads", most_ratio=1.5)
LIMITED = Row("p99", "ms", 1.5, most_value=10)
TOLD = Row("list", "s", 0.5, 5.0, "a script")
ABSENT = Row("plan", "s", None, against="terraform plan", note="terraform is not installed")
SIZES = Row("load", "µs", 130.0, 125.0, "at 100", most_ratio=1.25, series=((100, 125), (1000, 130)))
ROWS = (GOOD, MISSED, LIMITED, TOLD, ABSENT, SIZES)

TABLE = """\
what          measured                    against                ratio   target
start         24 ms                       12 ms: python -c pass  2.00 ×  ≤ 3.00 ×  reached
watch <json>  19 µs                       4 µs: json.loads       4.75 ×  ≤ 1.50 ×  missed
p99           1.5 ms                                                     ≤ 10 ms   reached
list          0.5 s                       5 s: a script          0.10 ×
plan          terraform is not installed  terraform plan
load          130 µs                      125 µs: at 100         1.04 ×  ≤ 1.25 ×  reached

load: 125 at 100, 130 at 1,000
"""


@cache
def quick(name: str) -> tuple[Row, ...]:
    """One tiny run of a measure for all tests that look at it."""
    return tuple(measured([name], QUICK))


@pytest.mark.slow
@pytest.mark.parametrize("name", MEASURES)
def test_each_measure_runs_at_tiny_sizes(name: str) -> None:
    """Every row has a name and a value, a ratio only of what was measured."""
    rows = quick(name)

    assert rows
    assert all(row.name and (row.note or row.value is not None) for row in rows)


@pytest.mark.slow
def test_a_quick_run_counts_the_calls_that_dcsync_makes() -> None:
    """A call a project and a token; to apply also its rights, an operation each, a last look."""
    rows = {row.name: row for row in quick("calling")}

    assert rows["API calls of that plan"].value == 1 + QUICK.projects
    assert rows["API calls of that status"].value == 1 + 2 * QUICK.projects + 1
    assert rows["API calls of that status"].reached
    assert rows["API calls of that apply"].value == 1 + 2 + 2 + 20 + 2
    assert rows["API calls of that apply"].reached


def test_without_terraform_its_row_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing is made up for what is not there."""
    monkeypatch.setattr(shutil, "which", lambda _: None)

    [row] = MEASURES["terraform"](QUICK, tmp_path)

    assert (row.value, row.note) == (None, "terraform is not installed")


def test_only_what_has_a_target_is_reached_or_missed() -> None:
    """A ratio, or where there is none the value, is held against the target."""
    assert [row.reached for row in ROWS] == [True, False, True, None, None, True]


def test_the_table_shows_every_row() -> None:
    """Values with their units, ratios, targets, and other sizes below."""
    assert text_of(ROWS).partition("\n\n")[2] == TABLE


def test_the_json_has_every_digit() -> None:
    """The rows as they were measured, with what follows from them."""
    rows = json.loads(json_of(ROWS))["rows"]

    assert [row["value"] for row in rows] == [24.0, 19.0, 1.5, 0.5, None, 130.0]
    assert [row["ratio"] for row in rows][:2] == [2.0, 4.75]
    assert [row["reached"] for row in rows] == [True, False, True, None, None, True]


LOOP = Row("list <all>", "s", 0.5, 5.0, "a script on the official SDK, one after the other")
THREADS = Row("list <all>", "s", 0.5, 0.6, "a script on the official SDK, 20 threads")
QUICKER = Row("plan", "s", 0.2, 0.05, "terraform plan of as many terraform_data")


def test_the_chart_is_of_what_people_use_instead() -> None:
    """A group a measure, bars in proportion within it, who loses shown losing; names escaped."""
    picture = ElementTree.fromstring(chart_of([*ROWS, LOOP, THREADS, QUICKER]))  # noqa: S314 - our own
    space = "{http://www.w3.org/2000/svg}"
    bars = [
        (each.get("class"), int(each.get("width", ""))) for each in picture.iter(f"{space}rect")
    ]
    texts = [each.text for each in picture.iter(f"{space}text")]

    assert bars == [("bar", 43), ("other", 430), ("other", 52), ("bar", 430), ("other", 108)]
    assert texts.count("list <all>") == 1
    assert {"SDK script, 20 threads", "0.6 s", "terraform plan, without an API"} <= set(texts)
    assert {"start", "watch <json>", "load"}.isdisjoint(texts)


def test_every_figure_of_the_chart_fits() -> None:
    """The committed one, too: no text begins left of the picture, no bar ends right of it."""
    text = (RESULTS / "results.svg").read_text("utf-8")

    ends = [
        int(x) + int(width) for x, width in re.findall(r'rect .*? x="(\d+)".*? width="(\d+)"', text)
    ]
    names = re.findall(r'x="230" .*?text-anchor="end">(.*?)<', text)
    assert max(ends) < WIDTH - 60
    assert max(map(len, names)) <= 35


def test_the_chart_stands_alone() -> None:
    """No script, and nothing is fetched from anywhere."""
    picture = chart_of(ROWS).replace("http://www.w3.org/2000/svg", "")

    assert "prefers-color-scheme: dark" in picture
    assert not any(word in picture for word in ("http", "<script", "@import", "url(", "href"))


@pytest.mark.slow
def test_results_are_kept_where_they_are_wanted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The table is printed and written, with its JSON and its chart."""
    main(["--quick", "--only", "startup", "--keep", str(tmp_path)])

    assert capsys.readouterr().out == (tmp_path / "results.txt").read_text("utf-8")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "results.json",
        "results.svg",
        "results.txt",
    ]


def test_the_committed_results_are_of_one_run(tmp_path: Path) -> None:
    """Table and chart show what the JSON beside them says."""
    fields = [
        {key: value for key, value in row.items() if key not in {"ratio", "reached"}}
        for row in json.loads((RESULTS / "results.json").read_text("utf-8"))["rows"]
    ]
    rows = [Row(**{**each, "series": tuple(map(tuple, each["series"]))}) for each in fields]

    keep(rows, tmp_path)

    for name in ("results.txt", "results.svg"):
        text = (RESULTS / name).read_text("utf-8").partition("\n")[2]
        assert (tmp_path / name).read_text("utf-8").partition("\n")[2] == text


def test_the_readme_tells_of_that_run() -> None:
    """Every ratio of the README's Speed section is one of the committed results."""
    section = README.partition("\n## Speed\n")[2].partition("\n## ")[0]
    told = re.findall(r"[\d.]+ ×", section)
    rows = json.loads((RESULTS / "results.json").read_text("utf-8"))["rows"]
    measured_ones = {f"{row['ratio']:.2f} ×" for row in rows if row["ratio"] is not None}

    assert told
    assert set(told) <= measured_ones
    assert "(benchmarks/results.svg)" in section


def test_the_readme_compares_what_was_measured() -> None:
    """Every time in the table of what people use instead is one of the committed results."""
    section = README.partition("\n## What people use instead\n")[2].partition("\n## ")[0]
    rows = json.loads((RESULTS / "results.json").read_text("utf-8"))["rows"]
    times = {f"{row[key]:.3g} s" for row in rows for key in ("value", "reference") if row[key]}

    told = re.findall(r"[\d.]+ s\b", section)
    assert len(told) >= 3
    assert set(told) <= times
