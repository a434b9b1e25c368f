"""Starts `git`, and is the only place that does: a repository's words run no command.

A checkout may be a stranger's, and so may every folder in it that looks like a repository. Only
commands that read objects, refs and ignore rules are started: they know no filters, text
conversions, external diffs or aliases. What is left in a repository's configuration that names a
command is overridden. Which repository it is, is decided here: the nearest folder with a `.git`,
which no commit can hold; never what merely looks like a bare one.

The user's own configuration is read (HOME is kept), since `safe.directory` stands there: Git goes
on to refuse a repository of somebody else's. What it names to be run is overridden nevertheless.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from dcsync.errors import RevisionError

TIMEOUT_S = 120.0
_INHERITED = ("HOME", "XDG_CONFIG_HOME", "SUDO_UID")
"""The location of the user's configuration, and the user behind `sudo`."""
_OVERRIDES = {
    "safe.bareRepository": "explicit",
    "core.fsmonitor": "false",
    "core.untrackedCache": "false",
    "core.hooksPath": os.devnull,
    "core.attributesFile": os.devnull,
    "core.sshCommand": "false",
    "core.askPass": "false",
    "core.pager": "cat",
    "credential.helper": "",
    "diff.external": "",
    "gc.auto": "0",
    "log.showSignature": "false",
    "maintenance.auto": "false",
    "protocol.allow": "never",
    "submodule.recurse": "false",
}
_ENVIRONMENT = {
    "LC_ALL": "C",
    "GIT_ALLOW_PROTOCOL": "",  # stronger than any `protocol.*.allow`: nothing is fetched
    "GIT_ASKPASS": "false",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_SSH_COMMAND": "false",
    "GIT_TERMINAL_PROMPT": "0",
}


def find_root(folder: Path) -> Path | None:
    """The work tree of `folder`: a clone, a linked worktree or a submodule."""
    real = Path(os.path.realpath(folder))
    return next((each for each in (real, *real.parents) if _is_root(each)), None)


def run_git(root: Path, *arguments: str, stdin: bytes = b"") -> bytes:
    """The output of git in the work tree at `root`. RevisionError with git's message."""
    search = _search_path()
    program = shutil.which("git", path=search)
    if program is None:
        raise RevisionError("git is not installed; it is needed to read a revision")
    overrides = [word for key, value in _OVERRIDES.items() for word in ("-c", f"{key}={value}")]
    place = ["-C", str(root), "--no-pager", f"--work-tree={root}"]
    try:
        done = subprocess.run(  # noqa: S603 - no shell; a revision cannot be taken for an option
            [program, *place, *overrides, *arguments],
            input=stdin,
            capture_output=True,
            check=False,
            env=_environment(root, search),
            timeout=TIMEOUT_S,
        )
    except subprocess.TimeoutExpired:
        raise RevisionError(f"git {arguments[0]} did not finish in {TIMEOUT_S:.0f} s") from None
    if done.returncode != 0:
        words = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise RevisionError(f"git {arguments[0]}: {words[-1] if words else 'failed'}")
    return done.stdout


def _is_root(folder: Path) -> bool:
    """Whether `.git` is a repository: a file refers to one, an empty folder is none."""
    link = folder / ".git"
    return link.is_file() or (link / "HEAD").exists()


def _search_path() -> str:
    """PATH without entries in the working directory."""
    entries = os.environ.get("PATH", os.defpath).split(os.pathsep)
    return os.pathsep.join(each for each in entries if Path(each).is_absolute())


def _environment(root: Path, search: str) -> dict[str, str]:
    """The environment without credentials, and without `GIT_…` variables."""
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    own = {"PATH": search, "GIT_CEILING_DIRECTORIES": str(root.parent)}
    return {**inherited, **own, **_ENVIRONMENT}
