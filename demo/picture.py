"""Makes the pictures of the status page in docs/, of a real run against the embedded cloud.

`python -m demo.picture` (`make picture`); needs Chromium. No service is contacted.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from dcsync import emulator

DOCS = Path(__file__).parents[1] / "docs"
SIZE = "1200,690"
SCHEMES = {"light": 1, "dark": 0}
"""Names of pictures, and Blink's names for their color schemes."""
STORES = ("Oslo", "Bergen", "Trondheim", "Stavanger", "Tromsø", "Drammen", "Bodø", "Ålesund")
FLEET = """\
dcsync: 1
policy: {prune: none}
projects:
"""
CONNECTORS = """\
connectors:
  ingest: {config: {url: "https://ingest.example.com/${project:key}"}}
  archive: {labels: [name, room], config: {url: "https://archive.example.com/${project:key}"}}
  alarms: {event_types: [touch, waterPresent], config: {url: "https://alarms.example.com/"}}
"""


def main() -> None:
    """Regenerate both pictures."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
    if chromium is None:
        sys.exit("Chromium is required for the pictures, and is not installed")
    with tempfile.TemporaryDirectory(prefix="dcsync-picture-") as name:
        folder = Path(name)
        page = folder / "status.html"
        with emulator.running(rate_limit=None, random_seed=1) as cloud:
            stores = [cloud.add_project(display_name=f"Store {each}") for each in STORES]
            lines = [f"  store-{n}: {{id: {each}}}\n" for n, each in enumerate(stores, 1)]
            (folder / "fleet.yaml").write_text(f"{FLEET}{''.join(lines)}{CONNECTORS}", "utf-8")
            _dcsync(folder, cloud, "apply", "--auto-approve", "--quiet")
            _let_it_live(cloud, stores)
            page.write_text(_dcsync(folder, cloud, "status", "--format", "html"), "utf-8")
        for scheme, number in SCHEMES.items():
            _shoot(chromium, page, DOCS / f"status-{scheme}.png", number, folder / scheme)


def _let_it_live(cloud: emulator.Emulator, stores: list[str]) -> None:
    """Most deliver; the others have typical problems."""
    chance = random.Random(3)  # noqa: S311 - it picks numbers for a picture
    for number, project_id in enumerate(stores):
        for each in cloud.connectors(project_id):
            connector = each["name"].rpartition("/")[2]
            latency_s = round(chance.uniform(0.05, 0.6), 3)
            match number, each["displayName"]:
                case 1, "ingest":
                    cloud.set_status(connector, "SYSTEM_DISABLED")
                case 3, "archive":
                    cloud.add_deliveries(connector, ok=3, failed=88, latency_s=2.4)
                case 4, "ingest":
                    cloud.add_deliveries(connector, ok=241, failed=9, latency_s=0.9)
                case (6, "alarms") | (5, "alarms"):
                    pass
                case _:
                    ok = chance.randint(80, 400)
                    cloud.add_deliveries(connector, ok=ok, latency_s=latency_s)


def _dcsync(folder: Path, cloud: emulator.Emulator, *arguments: str) -> str:
    command = [sys.executable, "-m", "dcsync", *arguments]
    environ = {**os.environ, **cloud.environ}
    done = subprocess.run(
        command, cwd=folder, env=environ, stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout


def _shoot(chromium: str, page: Path, picture: Path, scheme: int, profile: Path) -> None:
    options = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--hide-scrollbars",
        f"--user-data-dir={profile}",
        f"--blink-settings=preferredColorScheme={scheme}",
        f"--window-size={SIZE}",
        f"--screenshot={picture}",
    ]
    subprocess.run([chromium, *options, page.as_uri()], capture_output=True, check=True, timeout=60)


if __name__ == "__main__":
    main()
