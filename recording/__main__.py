"""Plays the README's story on a real terminal and writes it to docs/first-screen.svg.

`python -m recording`: dcsync itself, against the embedded cloud, on this machine alone.
"""

from __future__ import annotations

import os
import shlex
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from dcsync import emulator
from demo.console import Console
from recording.film import Scene, film_of
from recording.terminal import run

OUT = Path(__file__).parents[1] / "docs" / "first-screen.svg"
PROJECT = "c0md3pm0p7bet3vico8g"
TITLE = "A terminal: connectors are declared, planned, applied, repaired and watched with dcsync"
POSTER = 2
DECLARATION = f"""\
dcsync: 1
project: {PROJECT}
policy: {{prune: none}}
connectors:
  ingest:
    display_name: Ingest
    event_types: [temperature, touch]
    labels: [name, room]
    config:
      url: https://ingest.example.com/dt
      signature_secret: ${{env:DT_SIGNATURE_SECRET}}
"""


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="dcsync-recording-") as name:
        scenes = list(story(Path(name)))
    OUT.write_text(film_of(scenes, title=TITLE, poster=POSTER), "utf-8")
    print("\n\n".join(scene.text for scene in scenes))


def story(folder: Path, sleep: Callable[[float], None] = time.sleep) -> Iterator[Scene]:
    """Declare, plan, apply; detect and revert a manual change; watch."""
    (folder / "connectors.yaml").write_text(DECLARATION, "utf-8")
    with emulator.running(rate=3, random_seed=7) as cloud:
        cloud.add_project(project_id=PROJECT)
        for kind, room in (("temperature", "Server room"), ("touch", "Service desk")):
            cloud.add_device(PROJECT, kind, {"name": room, "room": "99"})
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        secret = {"DT_SIGNATURE_SECRET": "a-signature-secret"}
        environ = {**os.environ, **cloud.environ, **secret, "PATH": path, "TZ": "UTC"}

        def typed(command: str, answer: str = "") -> Scene:
            words = shlex.split(command.partition("  #")[0])
            lines = run(words, folder, environ, first_row=1, answer=answer, sleep=sleep)
            return Scene(command, lines)

        yield typed("cat connectors.yaml")
        yield typed("dcsync plan")
        yield typed("dcsync apply", answer="yes\n")
        Console(cloud.environ, PROJECT).click_around()
        yield typed("dcsync plan  # after changes in the console")
        yield typed("dcsync apply --auto-approve")
        yield typed("dcsync watch --count 4")


if __name__ == "__main__":
    main()
