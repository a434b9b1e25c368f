"""Scenes of a terminal as one SVG that plays itself: CSS only, no script, no font from elsewhere.

Light or dark as the viewer prefers. With reduced motion, it is a picture of one scene.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from recording.terminal import COLUMNS, ROWS, Line

_SIZE, _ADVANCE, _LEADING = 12, 7.2, 18
_LEFT, _TOP = 18, 26
WIDTH = round(COLUMNS * _ADVANCE + 2 * _LEFT)
HEIGHT = ROWS * _LEADING + _TOP
_KEY_S, _BEFORE_S, _GAP_S = 0.045, 0.5, 0.7
_LOOK_S, _READ_S = 2.2, 0.16
"""How long a scene stays when it is complete: at least, and for each of its lines."""

_STYLE = f"""\
text {{
  font: {_SIZE}px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  fill: #1f2328; white-space: pre }}
.window {{ fill: #f6f8fa; stroke: #d1d9e0 }}
.bold {{ font-weight: 600 }}
.prompt, .brightblack {{ fill: #59636e }}
.green {{ fill: #116329 }} .red {{ fill: #a40e26 }} .brown {{ fill: #7d4e00 }}
.blue {{ fill: #0550ae }} .cyan {{ fill: #1b6a72 }} .magenta {{ fill: #8250df }}
@media (prefers-color-scheme: dark) {{
  text {{ fill: #e6edf3 }}
  .window {{ fill: #0d1117; stroke: #3d444d }}
  .prompt, .brightblack {{ fill: #9198a1 }}
  .green {{ fill: #56d364 }} .red {{ fill: #ff7b72 }} .brown {{ fill: #e3b341 }}
  .blue {{ fill: #79c0ff }} .cyan {{ fill: #76e3ea }} .magenta {{ fill: #d2a8ff }}
}}
.scene {{ opacity: 0 }} .poster {{ opacity: 1 }}
"""


@dataclass(frozen=True, slots=True)
class Scene:
    """A command as typed, and the rows that it left on the screen."""

    typed: str
    lines: Sequence[Line]

    @property
    def text(self) -> str:
        return "\n".join([f"$ {self.typed}", *(line.text for line in self.lines)])


def film_of(scenes: Sequence[Scene], *, title: str, poster: int) -> str:
    """The picture; `poster` is the scene that stands where nothing moves."""
    lengths = [_length_s(scene) for scene in scenes]
    total = sum(lengths)
    rules: list[str] = []
    groups = []
    for number, scene in enumerate(scenes):
        start = sum(lengths[:number])
        rules.append(_rule(f"s{number}", start, start + lengths[number], total))
        kind = "scene poster" if number == poster else "scene"
        shown = "".join(_scene(scene, number, start, total, rules))
        groups.append(f'<g id="s{number}" class="{kind}">{shown}</g>')
    animated = "\n".join(rules)
    story = escape("\n\n".join(scene.text for scene in scenes))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"'
        f' width="{WIDTH}" height="{HEIGHT}" role="img">\n'
        f"<title>{escape(title)}</title>\n<desc>{story}</desc>\n"
        f"<style>\n{_STYLE}@media (prefers-reduced-motion: no-preference) {{\n"
        f".poster {{ opacity: 0 }}\n{animated}\n}}\n</style>\n"
        f'<rect class="window" x="0.5" y="0.5" width="{WIDTH - 1}" height="{HEIGHT - 1}" rx="8"/>\n'
        + "\n".join(groups)
        + "\n</svg>\n"
    )


def _length_s(scene: Scene) -> float:
    """Until the next scene begins."""
    last = max(_times(scene), default=0.0)
    return _typing_s(scene) + last + _LOOK_S + _READ_S * len(scene.lines)


def _typing_s(scene: Scene) -> float:
    return _BEFORE_S + _KEY_S * len(scene.typed)


def _times(scene: Scene) -> list[float]:
    """When each line comes, after the command was entered: as it did, pauses cut short."""
    at, before, found = 0.15, 0.0, []
    for line in scene.lines:
        at += min(max(line.at_s - before, 0.0), _GAP_S)
        before = max(before, line.at_s)
        found.append(at)
    return found


def _scene(
    scene: Scene, number: int, start: float, total: float, rules: list[str]
) -> Iterator[str]:
    """Each key and each line as it comes; what comes at once is one group."""
    yield f'<text x="{_LEFT}" y="{_TOP}"><tspan class="prompt">$</tspan></text>'
    for place, key in enumerate(scene.typed):
        name = f"s{number}k{place}"
        rules.append(_rule(name, start + _BEFORE_S + _KEY_S * place, total, total))
        yield f'<text id="{name}" class="bold" x="{_x(place + 2)}" y="{_TOP}">{escape(key)}</text>'
    times = _times(scene)
    for at in sorted(set(times)):
        name = f"s{number}l{round(at * 1000)}"
        rules.append(_rule(name, start + _typing_s(scene) + at, total, total))
        shown = (line for line, its in zip(scene.lines, times, strict=True) if its == at)
        yield f'<g id="{name}">{"".join(map(_line, shown))}</g>'


def _line(line: Line) -> str:
    spans = "".join(
        f'<tspan x="{_x(span.column)}"'
        + (f' class="{span.look}"' if span.look else "")
        + f">{escape(span.text)}</tspan>"
        for span in line.spans
    )
    return f'<text y="{_TOP + line.row * _LEADING}">{spans}</text>'


def _x(column: int) -> str:
    return f"{_LEFT + column * _ADVANCE:.1f}".removesuffix(".0")


def _rule(name: str, begin_s: float, end_s: float, total_s: float) -> str:
    """What shows `name` from one time to the other, over and over."""
    begin, end = (f"{100 * each / total_s:.2f}%" for each in (begin_s, end_s))
    steps = "0% { opacity: 0 } " if begin_s > 0 else ""
    steps += f"{begin} {{ opacity: 1 }}"
    steps += f" {end} {{ opacity: 0 }}" if end_s < total_s else ""
    return (
        f"#{name} {{ animation: {name} {total_s:.1f}s step-end infinite }}"
        f" @keyframes {name} {{ {steps} }}"
    )
