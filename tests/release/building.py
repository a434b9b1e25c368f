"""Builds wheel and sdist from what Git has of this checkout, each time in another folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

ROOT = Path(__file__).parents[2]


def copy_of(folder: Path, *, mode: int = 0o644) -> Path:
    """The files that Git knows, with this mode and the time of now, in a new folder."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
            (folder / name).chmod(mode)
    return folder


def build(source: Path, target: Path, *, epoch: int, umask: int = 0o022) -> dict[str, bytes]:
    """The wheel and the sdist by their names."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--directory", str(target)],
        cwd=source,
        env={**os.environ, "SOURCE_DATE_EPOCH": str(epoch)},
        umask=umask,
        capture_output=True,
        check=True,
    )
    return {path.name: path.read_bytes() for path in target.iterdir()}


def unpacked(sdist: Path, folder: Path) -> Path:
    """What somebody gets who builds from the sdist."""
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    [top] = folder.iterdir()
    return top
