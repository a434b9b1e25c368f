"""`status` as text on narrow and wide terminals: no line is wrapped, and nothing silently cut."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from dcsync.cloud.reader import Metrics
from dcsync.render.status import status_text
from dcsync.render.tables import width_of as drawn_width
from dcsync.render.words import counted, plain
from dcsync.render.wrapping import wrapped
from dcsync.session.output.console import width_of
from dcsync.watch.overview import Overview
from dcsync.watch.standing import DriftState
from tests.watch.conftest import DECLARATION, Oslo, Run
from tests.watch.standings import OSLO, UNSEEN, WORST_FIRST, overview, standing

BY_ID = [
    standing(f"c0md3pm0p7bet3vico8g/{each.address}", **changes)
    for each, changes in (
        (WORST_FIRST[2], {"status": "SYSTEM_DISABLED", "metrics": Metrics(0, 0, "")}),
        (WORST_FIRST[5], {"drift": DriftState.DRIFTED, "changes": ("config.url", "labels")}),
        (WORST_FIRST[7], {}),
    )
]
LONG = [
    standing(
        "oslo/" + "ingest-of-the-cold-store-" * 4, drift=DriftState.DRIFTED, changes=("x" * 90,)
    ),
    standing(
        "東京/冷蔵庫の温度と湿度のデータを送るコネクタ", trouble="GET /v2/…: 403: " + "why " * 40
    ),
]
FLEETS = {
    "every health": overview(*WORST_FIRST),
    "by id": overview(*BY_ID),
    "long names": overview(*LONG, projects=(OSLO, UNSEEN)),
    "none": Overview(()),
}


@pytest.mark.parametrize("width", [40, 60, 80, 160])
@pytest.mark.parametrize("fleet", FLEETS)
def test_no_line_is_wrapped(fleet: str, width: int) -> None:
    """At any width each line fits, and each connector is there with its health and its status."""
    shown = status_text.render_text(FLEETS[fleet], plain, width)
    words = "".join(shown.split())

    assert max(map(drawn_width, shown.splitlines())) <= width
    for each in FLEETS[fleet].connectors:
        assert "".join(each.address.split()) in words
        assert (each.status or "notlive") in words or "-" in words
    assert sum(
        line.startswith(str(each)) for each in ("OK",) for line in shown.splitlines()
    ) == sum(each.health == "OK" for each in FLEETS[fleet].connectors)


@pytest.mark.parametrize(
    ("number", "noun", "said"),
    [
        *((1, "connector", "1 connector"), (0, "connector", "0 connectors")),
        *((1, "delivery", "1 delivery"), (2, "delivery", "2 deliveries"), (3, "day", "3 days")),
    ],
)
def test_numbers_have_their_plural(number: int, noun: str, said: str) -> None:
    """Of one there is one, of any other number there are several."""
    assert counted(number, noun) == said


def test_a_wide_terminal_gets_what_a_pipe_gets() -> None:
    """160 columns are enough for everything that a table can say."""
    whole = status_text.render_text(overview(*WORST_FIRST), plain)

    assert status_text.render_text(overview(*WORST_FIRST), plain, 160) == whole


def test_80_columns_keep_the_table_and_say_what_they_leave_out() -> None:
    """Bars go first, then the names of fields, then latency; what is lost is said."""
    assert status_text.render_text(overview(*WORST_FIRST[2:7]), plain, 80).splitlines() == [
        "HEALTH    CONNECTOR      STATUS           DRIFT              SUCCESS  ERRORS",
        "DISABLED  off by itself  SYSTEM_DISABLED  in sync            -        0",
        "FAILING   failing        ACTIVE           in sync            0 %      7",
        "FAILING   flapping       ACTIVE           in sync            30.0 %   7",
        "DRIFTED   drifted        ACTIVE           drifted: 5 fields  100 %    0",
        "QUIET     quiet          ACTIVE           in sync            -        0",
        "Omitted: the fields that differ and P99; use --format json or a wider terminal.",
        "Status: 5 declared, 4 active, 4 in sync; 26 deliveries in 3 h, 14 failed.",
    ]


def test_60_columns_give_each_connector_lines_of_its_own() -> None:
    """Where no table fits, nothing is left out."""
    assert status_text.render_text(overview(*BY_ID), plain, 60).splitlines() == [
        "DISABLED  c0md3pm0p7bet3vico8g/off by itself",
        "          SYSTEM_DISABLED, in sync, no deliveries",
        "DRIFTED   c0md3pm0p7bet3vico8g/drifted",
        "          ACTIVE, drifted: config.url, labels, 100 %,",
        "          0 errors, p99 411 ms",
        "OK        c0md3pm0p7bet3vico8g/a fine one",
        "          ACTIVE, in sync, 100 %, 0 errors, p99 411 ms",
        "Status: 3 declared, 2 active, 2 in sync;",
        "  18 deliveries in 3 h, 0 failed.",
    ]


def test_projects_bear_their_names_where_addresses_do_not() -> None:
    """In a column of its own, in the lines of a narrow terminal, and in Markdown."""
    named = overview(standing("c0md3pm0p7bet3vico8g/ingest", project_name="Store Oslo"))

    assert status_text.render_text(named, plain).splitlines()[:2] == [
        "HEALTH  CONNECTOR                    PROJECT     STATUS  DRIFT    SUCCESS         "
        "P99     ERRORS",
        "OK      c0md3pm0p7bet3vico8g/ingest  Store Oslo  ACTIVE  in sync  ████████ 100 %  "
        "411 ms  0",
    ]
    assert "          Store Oslo, ACTIVE, in sync," in status_text.render_text(named, plain, 60)
    assert "| Store Oslo |" in status_text.render_markdown(named)


def test_why_a_project_was_not_seen_is_said_once() -> None:
    """Not once for each of its connectors."""
    troubled = [standing(name, trouble=UNSEEN.trouble, metrics=None) for name in ("a", "b")]

    for shown in (
        status_text.render_text(overview(*troubled, projects=(UNSEEN,)), plain),
        status_text.render_markdown(overview(*troubled, projects=(UNSEEN,))),
    ):
        assert shown.count("cannot be listed") == 1


def test_wrapping_breaks_between_words_and_else_anywhere() -> None:
    """The indent is of all lines but the first, and counts."""
    assert wrapped("one two three", 8, "  ") == ["one two", "  three"]
    assert wrapped("abcdefghij kl", 6, "  ") == ["abcd", "  efgh", "  ij", "  kl"]
    assert wrapped("anything at all", None) == ["anything at all"]


def test_how_wide_it_may_be() -> None:
    """What COLUMNS says, else what the terminal has; a pipe may have anything."""
    pipe = io.StringIO()

    assert width_of(pipe, {"COLUMNS": "60"}) == 60
    assert width_of(pipe, {"COLUMNS": "3"}) == 40
    assert [width_of(pipe, {"COLUMNS": text}) for text in ("", "0", "-1", "wide")] == [None] * 4
    controller, terminal = os.openpty()
    with os.fdopen(controller), os.fdopen(terminal, "w") as stream:
        assert width_of(stream, {})


def test_the_command_knows_how_wide_it_is(
    oslo: Oslo, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """COLUMNS decides, also where the output is a pipe."""
    (tmp_path / "c.yaml").write_text(DECLARATION.format(project_id=oslo.project_id))
    monkeypatch.setenv("COLUMNS", "60")

    answer = run("status")

    assert max(map(len, (answer.stdout + answer.stderr).splitlines())) <= 60
    assert f"MISSING   {oslo.project_id}/absent" in answer.stdout
