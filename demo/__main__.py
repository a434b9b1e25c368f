"""Tells the story step by step; each step fails the demo where it is not what it should be."""

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
    """Where the story happens, and how each of its commands is run and checked."""

    folder: Path
    environ: Mapping[str, str]

    def run(self, command: str, *, says: str, code: int = 0) -> str:
        """Run `dcsync COMMAND` as a newcomer types it; it must end with `code` and say `says`."""
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
            fail(f"it ended with {done.returncode} instead of {code}")
        if says not in done.stdout:
            fail(f"it does not say {says!r}")
        if SIGNATURE_SECRET in done.stdout:
            fail("it shows the signature secret")
        return done.stdout


def main() -> int:
    """Set the stage, tell the story, clear the stage."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("demo: terminated"))
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="dcsync-demo-") as name, ExitStack() as stage:
        folder = Path(name)
        declaration = (HERE / "connectors.yaml").read_text("utf-8")
        (folder / "connectors.yaml").write_text(declaration, "utf-8")
        tell("A DT cloud on this machine, and an endpoint that receives its pushes.")
        cloud = start_cloud(stage, folder)
        received = folder / "received.log"
        url = start_receiver(stage, folder, received)
        print(f"the cloud: {cloud['DCSYNC_API_URL']}\nthe endpoint: {url}")
        port = str(urlsplit(url).port)
        secrets = {"DT_SIGNATURE_SECRET": SIGNATURE_SECRET, "RECEIVER_PORT": port}
        story = Story(folder, {**cloud, **secrets})
        tell(f"What shall be, as a file in Git:\n\n{declaration.rstrip()}")
        create(story)
        repair(story, Console(cloud, PROJECT))
        watch(story)
        prove(received)
    tell(f"That was dcsync, in {time.monotonic() - began:.0f} s. Nothing is left running.")
    return 0


def start_cloud(stage: ExitStack, folder: Path) -> dict[str, str]:
    """Start the emulator; gives the environment that points dcsync at it."""
    ready = folder / "cloud.env"
    seed = str(HERE / "cloud.yaml")
    command = ("emulator", "--seed", seed, "--rate", "20", "--env-file", str(ready))
    exports = stage.enter_context(background(*command, ready=ready, output=folder / "cloud.log"))
    words = shlex.split(exports, comments=True)
    return dict(word.split("=", 1) for word in words if "=" in word)


def start_receiver(stage: ExitStack, folder: Path, received: Path) -> str:
    """Start the endpoint, its events as lines into `received`; gives its URL."""
    ready = folder / "receiver.url"
    command = ("receive", "--url-file", str(ready))
    secret = {"DT_SIGNATURE_SECRET": SIGNATURE_SECRET}
    url = background(*command, ready=ready, output=received, environ=secret)
    return stage.enter_context(url).strip()


def create(story: Story) -> None:
    """From a file to live connectors, and in step ever after."""
    tell("Is the file right? No network, no credentials.")
    story.run("validate", says="2 connectors")
    tell("What would change? 2 means: there are changes.")
    story.run("plan --detailed-exitcode", says="Plan: 2 to create", code=2)
    tell("Make it so.")
    story.run("apply --auto-approve", says="2 created")
    tell("And again: nothing to do.")
    story.run("plan --detailed-exitcode", says="No changes.")


def repair(story: Story, console: Console) -> None:
    """Somebody clicks in the web console; dcsync sees it and puts it right."""
    tell(
        "Somebody clicks in the web console: one connector now forwards only touches, and there\n"
        "is a third one that no file knows."
    )
    console.click_around()
    story.run(
        "plan --detailed-exitcode",
        says="Plan: 0 to create, 1 to update, 0 to replace, 1 to delete",
        code=2,
    )
    story.run("apply --auto-approve", says="1 updated")
    story.run("plan --detailed-exitcode", says="No changes.")


def watch(story: Story) -> None:
    """The events of the declared connectors' devices, as they happen."""
    tell("The events that the Climate connector is about, as they happen.")
    story.run(f"watch {PROJECT}/climate --count 5 --duration 20", says="temperature")


def prove(received: Path) -> None:
    """The events arrived at the endpoint, signed with the declared secret."""
    tell("And they arrived. What the endpoint accepted, signatures checked:")
    deadline = time.monotonic() + PATIENCE_S
    while len(lines := received.read_text("utf-8").splitlines()) < DELIVERIES:
        if time.monotonic() > deadline:
            fail(f"only {len(lines)} deliveries arrived at the endpoint")
        time.sleep(0.1)
    print("\n".join(lines[-DELIVERIES:]), f"\n({len(lines)} in all)", flush=True)
    if not all("[signed:" in line for line in lines):
        fail("a delivery came without a checked signature")


def tell(text: str) -> None:
    """A paragraph of the story, set apart from what the commands print."""
    print(f"\n── {text}", flush=True)


def fail(what: str) -> None:
    """End the demo: something is not what it should be."""
    raise SystemExit(f"demo: {what}")


if __name__ == "__main__":
    sys.exit(main())
