"""Runs what a page of the docs shows, from top to bottom, in one real shell in an empty folder.

Its files are written and its commands run; nothing else is there, no cloud either: the page starts
the emulator. `python -m tests.docs.pages` writes the real outputs into the pages; the tests compare
them.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

INSTALLED = Path(sys.executable).parent
"""Where the command `dcsync` is."""
DOCS = Path(__file__).parents[2] / "docs"
PAGES = sorted(path.stem for path in DOCS.glob("*.md") if "```console\n" in path.read_text("utf-8"))
"""Every page with commands: a new one is run as soon as it is there."""
STEP = re.compile(
    r"<!-- file: (?P<file>\S+) -->\n```\w+\n(?P<text>.*?)```|```console\n(?P<steps>.*?)```",
    re.DOTALL,
)
MARK = "-- the next command --"
VARYING = (
    (r"(?m)^(keeping to the rate limit|.*429.*), waiting \d+ s\n", ""),  # where all is quick
    (r"\bdc[0-9a-v]{18}\b", "<id>"),
    (r"127\.0\.0\.1:\d+", "<host>"),
    (r"Digest [0-9a-f]{8}( -> [0-9a-f]{8})?", "Digest <digest>"),
    (r"\brevision [0-9a-f]{8}\b", "revision <revision>"),
    (r"\b(was|is now) [0-9a-f]{8}\b", r"\1 <digest>"),
    (r"\d+\.\d+ °C", "<value> °C"),
    (r"delivered [\d,]+ events", "delivered <count> events"),
    (r"reverse-[0-9a-f]{8}", "reverse-<digest>"),
    (r"with 2xx \d+ times?, \d+ errors?", "with 2xx <count>"),
    (r"\b\d+ ms\b", "<n> ms"),
    (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}", "<time>"),
    (r"(\d events? in) \d+\.\d s", r"\1 <seconds>"),
    (r"\d+ events? seen", "<count> seen"),
    (r"\d+ deliver(y|ies) in", "<count> in"),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "<time>"),
    (r"\b1[4-8] (events of|events,|delivered)", r"<16> \1"),  # a quarter of an hour apart
    (r"rate limited, waiting \d+ s\n", ""),  # no reader types as quickly
    (r" +", " "),
)
"""What may differ between two runs, and what is put in its place."""


def alike(text: str) -> str:
    """The text without what differs from run to run."""
    for pattern, stand_in in VARYING:
        text = re.sub(pattern, stand_in, text)
    return text


def shows(shown: str, output: str) -> bool:
    """Whether a page shows the output of a command; its `…` stands for anything in a line."""
    shown, output = alike(shown), alike(output)
    pattern = ".*".join(re.escape(part) for part in shown.split("…"))
    return shown == output or re.fullmatch(pattern, output) is not None


def page(name: str) -> str:
    return (DOCS / f"{name}.md").read_text("utf-8")


def run_page(
    text: str, folder: Path, installed: Path = INSTALLED
) -> Iterator[tuple[str, str, str]]:
    """Each command of a page, the output that it shows, and the one that it really has."""
    script, steps = _script(text)
    outputs = _outputs(script, folder, _environment(folder, installed))
    assert len(outputs) == len(steps), outputs[-1]
    for (command, shown), (output, code) in zip(steps, outputs, strict=True):
        ending = "" if output.endswith("\n") or not output else "\n"
        yield command, shown, output + ending + ("" if code == "0" else f"exit code {code}\n")


def _script(text: str) -> tuple[str, list[tuple[str, str]]]:
    """What a reader types, and each command with the output that the page shows."""
    lines, steps = ["set -o pipefail; trap 'kill $(jobs -p) 2> /dev/null' EXIT"], []
    for match in STEP.finditer(text):
        if match["file"]:
            path = match["file"]
            folder = f"mkdir -p $(dirname {path})"
            lines.append(f"{folder}; cat > {path} <<'{MARK}'\n{match['text']}{MARK}")
            continue
        for step in re.split(r"^\$ ", match["steps"], flags=re.MULTILINE)[1:]:
            command, _, shown = step.partition("\n")
            steps.append((command, shown))
            lines.append(f"{command}\nprintf '%s %s\\n' '{MARK}' $?")
    return "\n".join(lines), steps


def _outputs(script: str, folder: Path, environ: dict[str, str]) -> list[tuple[str, str]]:
    """What each command prints, and its exit code. Ends whatever was started."""
    shell = subprocess.Popen(
        ["bash", "--noprofile", "--norc", "-c", script],
        cwd=folder,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        text=True,
    )
    try:
        printed, _ = shell.communicate(timeout=120)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(shell.pid, signal.SIGKILL)
    return re.findall(rf"((?:.|\n)*?){MARK} (\d+)\n", printed)


def _environment(folder: Path, installed: Path) -> dict[str, str]:
    """A newcomer's: `dcsync` on the path, a home folder, and no account or cloud."""
    path = f"{installed}{os.pathsep}{os.environ['PATH']}"
    own = {
        name: text for name, text in os.environ.items() if not name.startswith(("DT_", "DCSYNC_"))
    }
    return {**own, "PATH": path, "HOME": str(folder.parent)}


def _write_outputs(name: str) -> None:
    text, end = page(name), 0
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home) / "work"
        folder.mkdir()
        for command, shown, output in run_page(text, folder):
            start = text.index(f"$ {command}\n{shown}", end) + len(f"$ {command}\n")
            kept = shown if shows(shown, output) else output
            text = text[:start] + kept + text[start + len(shown) :]
            end = start + len(kept)
    (DOCS / f"{name}.md").write_text(text, "utf-8")


if __name__ == "__main__":
    for each in sys.argv[1:] or PAGES:
        _write_outputs(each)
