"""The GitHub action's script in a clone: Git, dcsync, the emulated cloud, and a stub of `gh`."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from dcsync import emulator

ROOT = Path(__file__).parents[2]
PROJECT = "c3n5gj90p7bet3vicob0"
GH = f'''#!{sys.executable}
"""A GitHub of one file: comments and issues. Answers what action/run.sh asks."""
import json, os, pathlib, subprocess, sys
words = sys.argv[1:]
path = pathlib.Path(os.environ["GH_STATE"])
state = json.loads(path.read_text())
def value(flag):
    return words[words.index(flag) + 1]
def body():
    if "--body-file" in words:
        return pathlib.Path(value("--body-file")).read_text()
    return pathlib.Path(value("-F").removeprefix("body=@")).read_text()
def picked(items):
    command = ["jq", "-r", value("--jq")]
    subprocess.run(command, input=json.dumps(items), text=True, check=True)
match words[:2]:
    case ["api", asked] if asked.endswith("/pulls"):
        if "pulls" not in state:
            sys.exit("HTTP 403: Resource not accessible by integration")
        picked(state["pulls"].get(asked.split("/")[-2], []))
    case ["api", "--paginate"]:
        number = words[2].split("/")[-2]
        picked([c for c in state["comments"] if c.get("in", number) == number])
    case ["api", "--silent"] if value("--method") == "PATCH":
        number = int(words[4].rpartition("/")[2])
        next(c for c in state["comments"] if c["id"] == number)["body"] = body()
    case ["api", "--silent"]:
        comment = {{"id": len(state["comments"]) + 1, "body": body()}}
        comment["user"] = {{"login": "github-actions[bot]"}}
        comment["in"] = words[4].split("/")[-2]
        state["comments"].append(comment)
    case ["issue", "list"]:
        picked([i for i in state["issues"] if i["open"]])
    case ["issue", "create"]:
        number = len(state["issues"]) + 1
        state["issues"].append({{"number": number, "open": True, "body": body()}})
        state["issues"][-1]["title"] = value("--title")
    case ["issue", "edit"]:
        state["issues"][int(words[2]) - 1]["body"] = body()
    case ["issue", "close"]:
        state["issues"][int(words[2]) - 1]["open"] = False
    case ["label", "create"]:
        pass
    case _:
        sys.exit(f"stub: {{words}}")
path.write_text(json.dumps(state))
'''
Action = Callable[..., "subprocess.CompletedProcess[str]"]


def git(*words: str, cwd: Path) -> str:
    """Runs Git and gives what it prints."""
    done = subprocess.run(["git", *words], cwd=cwd, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def declare(repository: Path, *names: str) -> None:
    """Commits a declaration of these connectors."""
    connectors = "".join(f"\n  {n}: {{config: {{url: 'https://{n}.example.com'}}}}" for n in names)
    folder = repository / "connectors"
    folder.mkdir(exist_ok=True)
    text = f"dcsync: 1\nproject: {PROJECT}\npolicy: {{prune: previous}}\nconnectors:{connectors}\n"
    (folder / "dcsync.yaml").write_text(text)
    git("add", ".", cwd=repository)
    git("commit", "-q", "--allow-empty", "-m", "Declare", cwd=repository)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A clone with a bare origin, and GitHub's state beside it."""
    git("init", "-q", "--bare", "origin.git", cwd=tmp_path)
    git("clone", "-q", "origin.git", "clone", cwd=tmp_path)
    clone = tmp_path / "clone"
    for name in ("user.name", "user.email"):
        git("config", name, "nobody@example.com", cwd=clone)
    (tmp_path / "gh").write_text(GH)
    (tmp_path / "gh").chmod(0o755)
    (tmp_path / "state.json").write_text('{"comments": [], "issues": []}')
    declare(clone, "one", "two")
    return clone


@pytest.fixture
def action(repository: Path, tmp_path: Path, cloud: emulator.Emulator) -> Action:
    """Runs a command of the action in the clone."""
    cloud.add_project("Store", project_id=PROJECT)

    def run(command: str, **environ: str) -> subprocess.CompletedProcess[str]:
        (tmp_path / "outputs").write_text("")
        path = os.pathsep.join(
            [str(tmp_path), str(Path(sys.executable).parent), os.environ["PATH"]]
        )
        return subprocess.run(
            [ROOT / "action" / "run.sh"],
            cwd=repository,
            env={
                **os.environ,
                **cloud.environ,
                "PATH": path,
                "GH_STATE": str(tmp_path / "state.json"),
                "GITHUB_ACTIONS": "true",
                "GITHUB_REPOSITORY": "example/iot",
                "GITHUB_OUTPUT": str(tmp_path / "outputs"),
                "DCSYNC_PATHS": "connectors",
                "DCSYNC_COMMAND": command,
                **environ,
            },
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run
