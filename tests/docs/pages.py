"""Runs what a page of the docs shows: its files are written, its commands run in a real shell.

`python -m tests.docs.pages` writes the real outputs into the pages; the tests compare them.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from dcsync import emulator

DOCS = Path(__file__).parents[2] / "docs"
PAGES = (
    *("quickstart", "planning", "secrets", "rotation", "ci", "fleets", "from-terraform"),
    "troubleshooting",
)
STEP = re.compile(
    r"<!-- file: (?P<file>\S+) -->\n```\w+\n(?P<text>.*?)```|```console\n(?P<steps>.*?)```",
    re.DOTALL,
)
OSLO, BERGEN = "c3n5gj90p7bet3vicob0", "c3n5gj90p7bet3vicobg"
VARYING = (
    (r"\bdc[0-9a-v]{18}\b", "<id>"),
    (r"127\.0\.0\.1:\d+", "<host>"),
    (r"Digest [0-9a-f]{8}( -> [0-9a-f]{8})?", "Digest <digest>"),
    (r"\b(was|is) [0-9a-f]{8}\b", r"\1 <digest>"),
    (r"\d+\.\d+ °C", "<value> °C"),
    (r"delivered [\d,]+ events", "delivered <count> events"),
    (r" +", " "),
)
"""What may differ between two runs, and what is put in its place."""


def alike(text: str) -> str:
    """The text without what differs from run to run."""
    for pattern, stand_in in VARYING:
        text = re.sub(pattern, stand_in, text)
    return text


def page(name: str) -> str:
    return (DOCS / f"{name}.md").read_text("utf-8")


def run_page(text: str, folder: Path, environ: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    """Each command of a page, the output that it shows, and the one that it really has."""
    for match in STEP.finditer(text):
        if match["file"]:
            path = folder / match["file"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(match["text"], "utf-8")
            continue
        for step in re.split(r"^\$ ", match["steps"], flags=re.MULTILINE)[1:]:
            command, _, shown = step.partition("\n")
            yield command, shown, _output(command, folder, environ)


def _output(command: str, folder: Path, environ: dict[str, str]) -> str:
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        cwd=folder,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        check=False,
    )
    return done.stdout if done.returncode == 0 else f"{done.stdout}exit code {done.returncode}\n"


class _Endpoint(BaseHTTPRequestHandler):
    """Takes every push."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@contextmanager
def newcomer(home: Path) -> Iterator[dict[str, str]]:
    """The environment of the pages' reader: two stores, each with a connector made by hand."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Endpoint)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    endpoint = f"http://127.0.0.1:{server.server_port}/dt"
    with emulator.running(rate=20) as cloud:
        found = {}
        for project_id, name in ((OSLO, "Store Oslo"), (BERGEN, "Store Bergen")):
            cloud.add_project(name, project_id=project_id)
            cloud.add_device(project_id, "temperature", {"name": "Fridge", "room": "99"})
            config = {"url": endpoint, "signatureSecret": "s3cret"}
            ingest = {"displayName": "Ingest", "type": "HTTP_PUSH", "httpConfig": config}
            found[project_id] = cloud.add_connector(project_id, ingest)
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        git = dict.fromkeys(("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"), "Reader")
        mail = dict.fromkeys(("GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"), "reader@example.com")
        organization = str((cloud.store.projects.get(OSLO) or {})["organization"])
        ids = {"ORGANIZATION": organization.rpartition("/")[2], "INGEST": found[OSLO]}
        yield {**os.environ, **cloud.environ, **git, **mail, **ids, "PATH": path, "HOME": str(home)}
    server.shutdown()
    server.server_close()


def _write_outputs(name: str) -> None:
    text, end = page(name), 0
    with tempfile.TemporaryDirectory() as home, newcomer(Path(home)) as environ:
        folder = Path(home) / "work"
        folder.mkdir()
        for command, shown, output in run_page(text, folder, environ):
            start = text.index(f"$ {command}\n{shown}", end) + len(f"$ {command}\n")
            kept = shown if alike(shown) == alike(output) else output
            text = text[:start] + kept + text[start + len(shown) :]
            end = start + len(kept)
    (DOCS / f"{name}.md").write_text(text, "utf-8")


if __name__ == "__main__":
    for each in sys.argv[1:] or PAGES:
        _write_outputs(each)
