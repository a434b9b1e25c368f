"""Makes what is released, in dist/, and installs it the ways that people do: `make dist`.

A wheel and an sdist, built twice and from the sdist, alike to the byte; what is in them and what
they need as CycloneDX; the changelog's section. With a tag, only if it is that version's.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import dcsync
from tests.release.building import ROOT, build, copy_of, unpacked
from tests.release.changes import disagreement, sections

SCRIPTS = Path(sys.executable).parent


def main() -> None:
    parser = argparse.ArgumentParser(prog="tests.release", description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "dist")
    parser.add_argument("--tag", default="", help="such as v1.2.3; else it is a rehearsal")
    given = parser.parse_args()
    if problem := disagreement(given.tag):
        sys.exit(problem)
    shutil.rmtree(given.out, ignore_errors=True)
    given.out.mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="dcsync-release-") as name:
        folder = Path(name)
        build_alike(folder, given.out)
        bill(given.out / "sbom.cdx.json")
        (given.out / "notes.md").write_text(sections()[dcsync.__version__] + "\n", "utf-8")
        [wheel] = given.out.glob("*.whl")
        for source in (str(wheel), f"git+file://{ROOT}"):
            install_with_uv(source, folder / "uv")
            install_with_pipx(source, folder / "pipx")
    print(*sorted(path.name for path in given.out.iterdir()), sep="\n")  # noqa: T201 - a script


def build_alike(folder: Path, out: Path) -> None:
    """The same bytes from two copies of the checkout, and the same wheel from the sdist."""
    epoch = int(run("git", "log", "-1", "--format=%ct", cwd=ROOT))
    first = build(copy_of(folder / "first"), out, epoch=epoch)
    second = build(copy_of(folder / "second", mode=0o600), folder / "2", epoch=epoch, umask=0o077)
    [sdist] = out.glob("*.tar.gz")
    third = build(unpacked(sdist, folder / "third"), folder / "3", epoch=epoch)
    if not first == second == third:
        sys.exit("two builds of the same sources differ")


def bill(path: Path) -> None:
    """What dcsync needs, with the hashes of the lock file."""
    lock = ROOT / "action" / "requirements.lock"
    command = ("cyclonedx-py", "requirements", "--pyproject", "pyproject.toml", str(lock))
    options = ("--output-reproducible", "--output-format", "JSON", "--output-file", str(path))
    run(str(SCRIPTS / command[0]), *command[1:], *options, cwd=ROOT)
    found = json.loads(path.read_text("utf-8"))
    listed = {each["name"].lower() for each in found["components"]}
    locked = set(re.findall(r"^([\w.-]+)==", lock.read_text("utf-8"), re.MULTILINE))
    if listed != locked or found["metadata"]["component"]["name"] != "dcsync-connectors":
        sys.exit(f"the SBOM does not list what the lock file does: {sorted(listed ^ locked)}")


def install_with_uv(source: str, folder: Path) -> None:
    """`uv tool install`, into a folder of its own."""
    environ = {"UV_TOOL_DIR": str(folder / "tools"), "UV_TOOL_BIN_DIR": str(folder / "bin")}
    options = ("--force", "--quiet", "--no-python-downloads", "--python", sys.executable)
    run(
        str(SCRIPTS / "uv"),
        "tool",
        "install",
        *options,
        f"dcsync-connectors @ {located(source)}",
        environ=environ,
    )
    greet(folder / "bin" / "dcsync")


def install_with_pipx(source: str, folder: Path) -> None:
    """`pipx install`, into a folder of its own."""
    environ = {"PIPX_HOME": str(folder / "home"), "PIPX_BIN_DIR": str(folder / "bin")}
    options = ("--force", "--quiet", "--python", sys.executable)
    run(str(SCRIPTS / "pipx"), "install", *options, source, environ=environ)
    greet(folder / "bin" / "dcsync")


def located(source: str) -> str:
    """A URL for a path."""
    return source if ":" in source else Path(source).as_uri()


def greet(command: Path) -> None:
    """The installed command knows its version, its schemas and its examples."""
    if run(str(command), "--version").split()[-1] != dcsync.__version__:
        sys.exit(f"{command} is of another version")
    run(str(command), "schema")
    with tempfile.TemporaryDirectory() as folder:
        run(str(command), "init", folder, "--ci", "github", "--project", "c3n5gj90p7bet3vicob0")
        run(str(command), "validate", "-f", folder)


def run(*command: str, cwd: Path | None = None, environ: dict[str, str] | None = None) -> str:
    """What a command prints; it has to end well."""
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, **(environ or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main()
