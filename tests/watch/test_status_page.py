"""`status --format html`: one page with nothing from elsewhere, which nobody can break out of.

What it looks like, and does, in a browser is tested in tests/browser.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from dcsync.render.status import status_html
from dcsync.watch.overview import ProjectStanding
from dcsync.watch.standing import DriftState, Standing
from tests.watch.standings import OSLO, UNSEEN, WORST_FIRST, overview, standing


class Page(HTMLParser):
    """What a browser would find: tags, their attributes and texts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for each, attributes in self.tags if each == tag]


def render(*standings: Standing, projects: tuple[ProjectStanding, ...] = (OSLO,)) -> str:
    moment = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    return status_html.render(overview(*standings, projects=projects), moment)


def test_the_page_is_alone() -> None:
    """Nothing is loaded from elsewhere: no link, no image, no font, no source."""
    page = Page(render(*WORST_FIRST))
    targets = [
        value
        for _, attributes in page.tags
        for name, value in attributes.items()
        if name in {"src", "href", "action", "srcset"}
    ]

    assert all(str(target).startswith("#") for target in targets)
    assert "url(" not in render()
    assert "@import" not in render()
    assert [tag for tag, _ in page.tags].count("script") == 1


def test_the_policy_names_the_one_style_and_the_one_script() -> None:
    """By what they are, so it needs no exception; nothing in the page has a style of its own."""
    text = render(*WORST_FIRST)
    page = Page(text)
    [policy] = [str(each["content"]) for each in page.of("meta") if "http-equiv" in each]

    for kind, tag in (("style", "style"), ("script", "script")):
        inside = text.partition(f"<{tag}>")[2].partition(f"</{tag}>")[0]
        digest = b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert "unsafe" not in policy
    assert not [attributes for _, attributes in page.tags if "style" in attributes]


def test_nobody_can_break_out_of_the_page() -> None:
    """Names from the cloud or the files are text, wherever they stand."""
    evil = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>\u202e"
    plain = Page(render(standing("x", trouble="x"), projects=(UNSEEN,)))
    project = ProjectStanding(evil, evil, 10, None, evil, evil)
    one = standing(
        evil, project_key=evil, project_id=evil, display_name=evil, status=evil, trouble=evil
    )
    page = Page(render(one, projects=(project,)))

    assert {tag for tag, _ in page.tags} == {tag for tag, _ in plain.tags}
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]


def test_the_page_maps_projects_and_says_what_drifted() -> None:
    """Each project by its name, the worst first; each connector, and the moment it was true."""
    text = render(
        standing("bergen/ingest", project_id="x", project_key="bergen", metrics=None, status="",
                 drift=DriftState.NOT_LIVE),
        standing("oslo/audit", drift=DriftState.DRIFTED, changes=("config.url",)),
        standing("oslo/ingest"),
    )  # fmt: skip
    page = Page(text)
    names = re.findall(r'<li class="(.*?)" data-p.*?class="name">(.*?)</span>', text)

    assert names == [("bad", "bergen"), ("poor", "Store Oslo")]
    assert [(each["id"], each["class"]) for each in page.of("tr")[1:]] == [
        ("bergen/ingest", "bad"),
        ("oslo/audit", "poor"),
        ("oslo/ingest", "good fine"),
    ]
    assert "drifted: config.url" in page.texts
    assert "2026-03-01 12:00 UTC" in page.texts


def test_totals_and_what_they_mean_stand_before_the_map() -> None:
    """Each colour with its number, its word and its meaning."""
    text = render(*WORST_FIRST)
    totals = re.findall(r"<b>(\d+)</b> (\w+)</span><small>(.+?)</small>", text)

    assert [(number, word) for number, word, _ in totals] == [
        ("5", "critical"),
        ("1", "warning"),
        ("1", "OK"),
        ("2", "idle"),
    ]
    assert text.index('class="totals"') < text.index('class="projects"') < text.index("<tbody")


@pytest.mark.parametrize(("connectors", "first"), [(50, "all"), (51, "problems")])
def test_many_connectors_are_narrowed_to_problems_at_first(connectors: int, first: str) -> None:
    """Beyond fifty; both views are there."""
    page = Page(render(*(standing(f"oslo/{number}") for number in range(connectors))))
    views = {each["id"]: "checked" in each for each in page.of("input") if each["type"] == "radio"}

    assert views == {"problems": first == "problems", "all": first == "all"}


def test_a_project_that_was_not_seen_is_critical() -> None:
    """Also where it declares nothing; why is on the page."""
    text = render(standing("oslo/ingest"), projects=(OSLO, UNSEEN))

    assert re.search(r'<li class="bad" data-p="0"><span>.*?bergen', text)
    assert "1 project could not be read" in text
    assert UNSEEN.trouble in text


def test_every_link_leads_to_a_connector() -> None:
    """Whatever characters its address has."""
    page = Page(render(*(standing(name, project_id=name) for name in ("a b/ü", 'q"/%20', "a/b#c"))))
    ids = [str(each["id"]) for each in page.of("tr")[1:]]

    assert {each["href"] for each in page.of("a")[1:]} == {f"#{each}" for each in ids}
    assert len(set(ids)) == 3


def test_bars_are_full_and_empty_only_where_it_is_true() -> None:
    """One failure in a thousand is not drawn as none."""
    assert [
        re.findall(r'class="(w\d+)"', status_html._bar(rate, "success"))
        for rate in (0.0, 0.001, 0.5, 0.999, 1.0, None)
    ] == [["w0"], ["w1"], ["w10"], ["w19"], ["w20"], []]
