"""The README's terminal shows what dcsync prints today, and stands alone."""

from __future__ import annotations

import re
import sys
from itertools import islice
from pathlib import Path
from xml.etree import ElementTree

import pytest

from recording.__main__ import OUT, POSTER, story
from recording.film import HEIGHT, WIDTH, Scene, film_of
from recording.terminal import Line, Span, run
from tests.docs.pages import alike

SVG = "{http://www.w3.org/2000/svg}"
PYTHON = [sys.executable, "-I", "-c"]


def shown(picture: str) -> list[str]:
    """The scenes of a picture as it describes them to who cannot see it."""
    description = ElementTree.fromstring(picture).find(f"{SVG}desc")  # noqa: S314 - our own
    assert description is not None
    return re.split(r"\n\n(?=\$ )", description.text or "")


@pytest.mark.slow
@pytest.mark.timeout(300)  # five commands, one after the other
def test_the_recording_is_of_this_dcsync(tmp_path: Path) -> None:
    """Played again on a terminal, the story is the same; `make recording` writes it anew."""
    played = [scene.text for scene in islice(story(tmp_path, sleep=lambda _: None), 5)]
    recorded = shown(OUT.read_text("utf-8"))

    assert len(recorded) == 6
    assert recorded[5].startswith("$ dcsync watch")
    assert [*map(alike, played)] == [*map(alike, recorded[:5])]


def test_the_recording_stands_alone() -> None:
    """No script, nothing from elsewhere, no secret; light and dark; still where nothing moves."""
    picture = OUT.read_text("utf-8")
    plain = picture.replace("http://www.w3.org/2000/svg", "").replace("https://ingest.example", "")

    assert not any(word in plain for word in ("http", "<script", "@import", "url(", "href"))
    assert "a-signature-secret" not in picture
    assert "prefers-color-scheme: dark" in picture
    assert "prefers-reduced-motion: no-preference" in picture
    assert picture.count('class="scene poster"') == 1
    assert len(picture) < 100_000


def test_a_command_is_seen_as_a_terminal_shows_it(tmp_path: Path) -> None:
    """Colours, what is overwritten, a question that is answered, and where each line stands."""
    program = (
        "import sys; print('\\x1b[31mred\\x1b[0m plain'); print('50 %', end='\\r'); print('done')\n"
        "answer = input('Type yes to approve: '); print(answer.upper(), sys.stdout.isatty())"
    )

    lines = run([*PYTHON, program], tmp_path, {}, first_row=1, answer="yes\n", sleep=lambda _: None)

    assert [line.text for line in lines] == [
        "red plain",
        "done",
        "Type yes to approve: yes",
        "YES True",
    ]
    assert lines[0] == Line(1, lines[0].at_s, (Span(0, "red", "red"), Span(3, " plain", "")))
    assert [line.at_s for line in lines] == sorted(line.at_s for line in lines)


def test_what_does_not_fit_is_refused(tmp_path: Path) -> None:
    """A picture that has lost its first rows would not be what the command printed."""
    with pytest.raises(SystemExit, match="fills the screen"):
        run([*PYTHON, "print('x\\n' * 40)"], tmp_path, {})


def test_one_scene_is_seen_at_a_time() -> None:
    """Each begins when the one before ends; all is escaped and inside of the window."""
    lines = [
        Line(1, 0.1, (Span(0, "<a & b>", "green bold"),)),
        Line(2, 9.0, (Span(4, "late", ""),)),
    ]

    picture = film_of([Scene("one <1>", lines), Scene("two", [])], title="A & B", poster=0)

    tree = ElementTree.fromstring(picture)  # noqa: S314 - our own
    rules = dict(re.findall(r"@keyframes (\w+) \{ (.*) \}", picture))
    starts = {name: re.findall(r"([\d.]+)% \{ opacity: 1", rule) for name, rule in rules.items()}
    [end] = re.findall(r"([\d.]+)% \{ opacity: 0 \}$", rules["s0"])
    assert starts["s0"] == ["0.00"]
    assert starts["s1"] == [end]
    assert "0% { opacity: 0 }" in rules["s1"]
    assert (tree.get("width"), tree.get("height")) == (str(WIDTH), str(HEIGHT))
    assert shown(picture)[0] == "$ one <1>\n<a & b>\n    late"
    assert POSTER < 6
