"""Runs the demo step by step; a step with an unexpected result fails the demo."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from demo.background import DCSYNC, PATIENCE_S, background
from demo.console import Console

HERE = Path(__file__).parent
PROJECT = "c2k4fhe0p7bet3vicoa0"
SIGNATURE_SECRET = "a-secret-of-this-demo-and-no-other"  # noqa: S105 - signs events to ourselves
DELIVERIES = 5
LIMIT_S = 45


@dataclass(frozen=True, slots=True)
class Story:
    """The folder and environment of the demo; runs and checks each of its commands."""

    folder: Path
    environ: Mapping[str, str]

    def run(self, command: str, *, shows: str, code: int = 0) -> str:
        """Run `dcsync COMMAND` as a user types it; it must exit with `code` and print `shows`."""
        print(f"\n$ dcsync {command}", flush=True)
        done = subprocess.run(
            [*DCSYNC, *shlex.split(command)],
            cwd=self.folder,
            env={**os.environ, **self.environ},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=LIMIT_S,
            check=False,
        )
        print(done.stdout.rstrip(), flush=True)
        if done.returncode != code:
            fail(f"it exited with {done.returncode} instead of {code}")
        if shows not in done.stdout:
            fail(f"it does not print {shows!r}")
        if SIGNATURE_SECRET in done.stdout:
            fail("it prints the signature secret")
        return done.stdout


def main() -> int:
    """Start the cloud and the endpoint, run the demo, stop them."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("demo: terminated"))
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="dcsync-demo-") as name, ExitStack() as stage:
        folder = Path(name)
        declaration = (HERE / "connectors.yaml").read_text("utf-8")
        (folder / "connectors.yaml").write_text(declaration, "utf-8")
        narrate("A DT cloud on this machine, and an endpoint that receives its pushes.")
        cloud = start_cloud(stage, folder)
        received = folder / "received.log"
        url = start_receiver(stage, folder, received)
        print(f"the cloud: {cloud['DCSYNC_API_URL']}\nthe endpoint: {url}")
        port = str(urlsplit(url).port)
        secrets = {"DT_SIGNATURE_SECRET": SIGNATURE_SECRET, "RECEIVER_PORT": port}
        story = Story(folder, {**cloud, **secrets})
        narrate(f"The desired state, as a file in Git:\n\n{declaration.rstrip()}")
        create(story)
        repair(story, Console(cloud, PROJECT))
        watch(story)
        prove(received)
    narrate(f"The demo took {time.monotonic() - began:.0f} s. Nothing is left running.")
    return 0


def start_cloud(stage: ExitStack, folder: Path) -> dict[str, str]:
    """Start the emulator; returns the environment that configures dcsync for it."""
    ready = folder / "cloud.env"
    seed = str(HERE / "cloud.yaml")
    command = ("emulator", "--seed", seed, "--rate", "20", "--env-file", str(ready))
    exports = stage.enter_context(background(*command, ready=ready, output=folder / "cloud.log"))
    words = shlex.split(exports, comments=True)
    return dict(word.split("=", 1) for word in words if "=" in word)


def start_receiver(stage: ExitStack, folder: Path, received: Path) -> str:
    """Start the endpoint, which prints its events to `received`; returns its URL."""
    ready = folder / "receiver.url"
    command = ("receive", "--url-file", str(ready))
    secret = {"DT_SIGNATURE_SECRET": SIGNATURE_SECRET}
    url = background(*command, ready=ready, output=received, environ=secret)
    return stage.enter_context(url).strip()


def create(story: Story) -> None:
    """Create the declared connectors; afterwards they are in sync."""
    narrate("Validate the file, without network or credentials.")
    story.run("validate", shows="2 connectors")
    narrate("Show what apply would do. Exit code 2: there are changes.")
    story.run("plan --detailed-exitcode", shows="Plan: 2 to create", code=2)
    narrate("Apply it.")
    story.run("apply --auto-approve", shows="2 created")
    narrate("Plan again: everything is in sync.")
    story.run("plan --detailed-exitcode", shows="No changes.")


def repair(story: Story, console: Console) -> None:
    """Somebody changes connectors in the web console; dcsync detects and reverts it."""
    narrate(
        "Somebody uses the web console: one connector now forwards only touch events, and there\n"
        "is a third one that is not declared."
    )
    console.click_around()
    story.run(
        "plan --detailed-exitcode",
        shows="Plan: 0 to create, 1 to update, 0 to replace, 1 to delete",
        code=2,
    )
    story.run("apply --auto-approve", shows="1 updated")
    story.run("plan --detailed-exitcode", shows="No changes.")


def watch(story: Story) -> None:
    """The events of the declared connectors' devices, as they happen."""
    narrate("Stream the events that the Climate connector forwards.")
    story.run(f"watch {PROJECT}/climate --count 5 --duration 20", shows="temperature")


def prove(received: Path) -> None:
    """The events arrived at the endpoint, signed with the declared secret."""
    narrate("The events that the endpoint accepted, with verified signatures:")
    deadline = time.monotonic() + PATIENCE_S
    while len(lines := received.read_text("utf-8").splitlines()) < DELIVERIES:
        if time.monotonic() > deadline:
            fail(f"only {len(lines)} deliveries arrived at the endpoint")
        time.sleep(0.1)
    print("\n".join(lines[-DELIVERIES:]), f"\n({len(lines)} in total)", flush=True)
    if not all("[signed:" in line for line in lines):
        fail("a delivery arrived without a verified signature")


def narrate(text: str) -> None:
    """Print an explanation, distinct from the output of the commands."""
    print(f"\n── {text}", flush=True)


def fail(what: str) -> None:
    """End the demo because of an unexpected result."""
    raise SystemExit(f"demo: {what}")


if __name__ == "__main__":
    sys.exit(main())
