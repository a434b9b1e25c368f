"""Builds the wheel, installs it into an empty environment, and uses it from another folder.

Run by `make check`: what is missing in the wheel (a schema, a dependency, a package) shows only
here, since every other test runs from the checkout.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

ROOT = Path(__file__).parent.parent
PATIENCE_S = 30


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="dcsync-wheel-") as name:
        folder = Path(name)
        command = install(build(folder), folder / "venv")
        elsewhere = folder / "elsewhere"
        elsewhere.mkdir()
        check(command, elsewhere)
        start = folder / "start"
        start.mkdir()
        walk(command, start)
        check_locked(folder / "locked", elsewhere)
    print("the wheel and the lock file work in an empty environment")  # noqa: T201 - a script's result


def build(folder: Path) -> Path:
    run(sys.executable, "-m", "build", "--wheel", "--outdir", str(folder), str(ROOT), cwd=folder)
    return next(folder.glob("*.whl"))


def install(wheel: Path, environment: Path) -> Path:
    venv.create(environment, with_pip=True)
    python = environment / "bin" / "python"
    options = ("--quiet", "--disable-pip-version-check")
    run(str(python), "-m", "pip", "install", *options, str(wheel), cwd=environment)
    return environment / "bin" / "dcsync"


def check(command: Path, folder: Path) -> None:
    """The version, the examples, and a whole plan → apply → plan against the emulator."""
    examples = str(ROOT / "examples")
    run(str(command), "--version", cwd=folder)
    run(str(command), "validate", "-f", examples, cwd=folder)
    ready = folder / "cloud.env"
    emulator = subprocess.Popen(
        [command, "emulator", "--env-file", ready], cwd=folder, stdout=subprocess.DEVNULL
    )
    try:
        environ = {**os.environ, **read_exports(ready)}
        plan = (str(command), "plan", "-f", examples, "--detailed-exitcode")
        run(*plan, cwd=folder, environ=environ, code=2)
        run(str(command), "apply", "-f", examples, "--auto-approve", cwd=folder, environ=environ)
        run(*plan, cwd=folder, environ=environ)
    finally:
        emulator.terminate()
        emulator.wait(timeout=PATIENCE_S)


def check_locked(environment: Path, folder: Path) -> None:
    """What the action does: by hash from the lock file, in a folder that plants modules."""
    for name in ("pip", "yaml", "dcsync"):
        (folder / f"{name}.py").write_text("raise SystemExit('imported from the checkout')\n")
    environ = {**os.environ, "PYTHON": sys.executable, "PYTHONPATH": str(folder)}
    run(str(ROOT / "action" / "install.sh"), str(environment), cwd=folder, environ=environ)
    command = str(environment / "bin" / "dcsync")
    run(command, "validate", "-f", str(ROOT / "examples"), cwd=folder, environ=environ)
    run(command, "init", "started", "--ci", "github", cwd=folder, environ=environ)


def walk(command: Path, folder: Path) -> None:
    """The quickstart, each command as a newcomer types it, with the wheel's dcsync."""
    sys.path.insert(0, str(ROOT))
    from tests.docs.pages import alike, page, run_page

    for typed, shown, output in run_page(page("quickstart"), folder, command.parent):
        if alike(output) != alike(shown):
            sys.exit(f"{typed} printed\n{output}")


def read_exports(path: Path) -> dict[str, str]:
    """The variables that the emulator writes, once it has written them."""
    deadline = time.monotonic() + PATIENCE_S
    while not (path.exists() and path.read_text("utf-8").endswith("\n")):
        if time.monotonic() > deadline:
            sys.exit("the emulator did not start")
        time.sleep(0.05)
    lines = path.read_text("utf-8").splitlines()
    exports = (line.removeprefix("export ") for line in lines if line.startswith("export "))
    return {
        name: value.strip("'\"") for name, _, value in (each.partition("=") for each in exports)
    }


def run(*command: str, cwd: Path, environ: dict[str, str] | None = None, code: int = 0) -> None:
    """Run a command that must end with `code`; what it printed is shown only if it does not."""
    done = subprocess.run(
        command, cwd=cwd, env=environ, capture_output=True, text=True, check=False
    )
    if done.returncode != code:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}\n{done.stdout}{done.stderr}")


if __name__ == "__main__":
    main()
