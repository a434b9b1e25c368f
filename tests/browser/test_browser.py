"""The page of a status in a real browser: for eyes, keyboards and screen readers."""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dcsync.cloud.reader import Metrics
from dcsync.render.status import status_html
from dcsync.watch.overview import Overview, ProjectStanding
from dcsync.watch.standing import DriftState, Standing
from tests.watch.standings import OSLO, UNSEEN, WORST_FIRST, overview, standing

HERE = Path(__file__).parent
NODE = shutil.which("node")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "chrome"))), None)

pytestmark = [
    pytest.mark.skipif(
        not (NODE and CHROMIUM and (HERE / "node_modules").exists()),
        reason="needs node, chromium and `npm ci --prefix tests/browser`",
    ),
    pytest.mark.timeout(180),  # one browser looks at everything, on a machine that may be busy
]

OK, BROKEN = 42, len([each for each in WORST_FIRST if each.health not in {"OK", "QUIET"}])


def write(shown: Overview, path: Path) -> Path:
    page = status_html.render(shown, datetime(2026, 3, 1, 12, 0, tzinfo=UTC))
    path.write_text(f"{page}\n", encoding="utf-8")
    return path


def large() -> Overview:
    """A thousand projects, of which one in fifty has a problem."""
    standings, projects = [], []
    for number in range(1000):
        key = f"store-{number:04}"
        project_id = f"c{number:019}"
        projects.append(ProjectStanding(key, project_id, 10, 1, name=f"Store {number:04}"))
        values: dict[str, Any] = {"drift": DriftState.DRIFTED} if number % 50 == 0 else {}
        place = {"project_key": key, "project_id": project_id}
        name = {"project_name": f"Store {number:04}"}
        standings.append(standing(f"{key}/ingest", **place, **name, **values))
    return overview(*sorted(standings, key=lambda each: each.badness), projects=tuple(projects))


def small() -> Overview:
    """Every health there is among so many that only problems are shown at first."""
    fine = [standing(f"oslo/{number}", metrics=Metrics(9, 0, "0.1s")) for number in range(OK)]
    everything: list[Standing] = sorted([*WORST_FIRST, *fine], key=lambda each: each.badness)
    return overview(*everything, projects=(OSLO, UNSEEN))


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What one browser finds on both pages."""
    folder = tmp_path_factory.mktemp("pages")
    pages = [write(small(), folder / "small.html"), write(large(), folder / "large.html")]
    done = subprocess.run(
        [str(NODE), "look.js", str(CHROMIUM), *map(str, pages)],
        cwd=HERE,
        capture_output=True,
        text=True,
        check=False,
        timeout=170,
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_axe_has_no_findings(found: dict[str, Any]) -> None:
    """Light and wide, dark and narrow; nothing that it is unsure of either."""
    assert found["accessible"] == {"1440 light": [], "390 dark": []}


def test_each_mark_has_its_colour_and_its_sign(found: dict[str, Any]) -> None:
    """The same in the totals that explain them, on the map and in the table; none like another."""
    for totals, projects, rows in found["marked"].values():
        assert set(totals) == {"bad", "poor", "good", "idle"}
        assert len(set(totals.values())) == 4
        assert all("rgb(" in look and "none" not in look for look in totals.values())
        assert projects.items() <= totals.items()
        assert rows == totals


def test_a_thousand_projects_are_one_screen(found: dict[str, Any]) -> None:
    """At 1440 x 900 nothing has to be scrolled to see that all is there; at 390 never sideways."""
    assert found["sizes"]["wide"] == [1440, 900]
    width, height = found["sizes"]["narrow"]
    assert width == 390
    assert height < 5 * 844  # twenty connectors with problems


def test_problems_come_first_and_search_finds_the_rest(found: dict[str, Any]) -> None:
    """Whatever is shown, a search looks through all, says how many it found, and can be undone."""
    searched = found["searched"]

    assert searched["before"] == [20, 20]
    assert searched["found"] == [1, 1, "1 of 1,000 connectors found"]
    assert searched["nothing"] == [0, 0, "0 of 1,000 connectors found"]
    assert searched["after"] == [20, 20, ""]
    assert searched["linked"] == 1


def test_nothing_is_fetched_and_the_policy_holds(found: dict[str, Any]) -> None:
    """The browser has nothing to complain of."""
    assert found["searched"]["said"] == []


def test_columns_sort(found: dict[str, Any]) -> None:
    """By keyboard; the header says so."""
    assert found["sorted"]["before"].startswith("trouble")
    assert found["sorted"]["after"].startswith(("failing", "flapping"))
    assert found["sorted"]["sort"] == "descending"


def test_it_works_without_a_script(found: dict[str, Any]) -> None:
    """The views switch by keyboard; what needs a script is not there."""
    keyed = found["keyed"]

    assert (keyed["search"], keyed["buttons"]) == (0, 0)
    assert keyed["before"] == [BROKEN, 2]
    assert keyed["after"] == [len(WORST_FIRST) + OK, 2]
    assert 'link "Store Oslo critical, 6 problems in 51 connectors"' in keyed["names"][3]
    assert keyed["names"][0] == '- link "Skip to the connectors":\n  - /url: "#connectors"'
