"""What a checkout plants for the action: modules, repositories; and who gets which secret."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.adopt.actions import ROOT, Action, git

SCRIPTS = ["action/run.sh", "action/install.sh", "action.yml", "examples/shell/apply.sh"]
RECORD = """#!/bin/sh
{ echo "== $0 $*"; env; } >>"$RECORD_FILE"
exec "%s" "$@"
"""


def plant_modules(folder: Path, marker: Path) -> None:
    """Modules of every name that a run would import by itself."""
    text = f"open({str(marker)!r}, 'w').close()\n"
    for name in ("pip", "yaml", "urllib3", "sitecustomize", "usercustomize", "json", "argparse"):
        (folder / f"{name}.py").write_text(text, "utf-8")
    for name in ("dcsync", "venv", "rich"):
        (folder / name).mkdir()
        for module in ("__init__", "__main__", "cli"):
            (folder / name / f"{module}.py").write_text(text, "utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("command", ["validate", "plan", "verify"])
@pytest.mark.parametrize("variable", ["", "PYTHONPATH", "PYTHONUSERBASE", "PYTHONSTARTUP"])
def test_no_module_of_the_checkout_is_imported(
    command: str, variable: str, action: Action, repository: Path, tmp_path: Path
) -> None:
    """Not from the working folder, and not where a project's own variables lead to it."""
    marker = tmp_path / "marker"
    plant_modules(repository, marker)
    value = "yaml.py" if variable == "PYTHONSTARTUP" else f".{os.pathsep}{repository}"

    done = action(command, **({variable: value} if variable else {}))

    assert done.returncode in (0, 4), done.stderr
    assert not marker.exists()


@pytest.mark.parametrize("name", SCRIPTS)
def test_python_is_started_in_isolated_mode(name: str) -> None:
    """`-I`, each time: else the working folder is where modules are looked for first."""
    text = (ROOT / name).read_text("utf-8")
    started = re.findall(r'(?:(?<!-)python3?"?|\$python"|python3?\}") +(-?\S+)', text)

    assert set(started) <= {"-I", "3.11"}, started


@pytest.mark.slow
@pytest.mark.parametrize("command", ["plan", "drift"])
def test_the_checkout_springs_no_trap_of_git(
    command: str, action: Action, repository: Path, tmp_path: Path
) -> None:
    """A hook, a monitor and a look-alike, while the action fetches and reads revisions."""
    marker = tmp_path / "marker"
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\nenv >'{marker}'\n", "utf-8")
    trap.chmod(0o755)
    git("push", "-q", "origin", "HEAD:refs/dcsync/applied", cwd=repository)
    for name in ("reference-transaction", "post-index-change", "pre-push", "post-checkout"):
        shutil.copy(trap, repository / ".git" / "hooks" / name)
    git("update-ref", "refs/heads/other", "HEAD", cwd=repository)
    assert marker.exists(), "the trap does not work"
    marker.unlink()
    folder = repository / "connectors"
    for name in ("objects", "refs"):
        (folder / name).mkdir()
    (folder / "HEAD").write_text("ref: refs/heads/main\n")
    (folder / "config").write_text(f"[core]\n\tbare = true\n\tfsmonitor = {trap}\n")
    git("config", "core.fsmonitor", str(trap), cwd=repository)

    assert action(command).returncode == 0
    assert not marker.exists()


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("jq"), reason="the stub of gh picks with jq")
def test_each_program_gets_its_own_secrets_only(action: Action, tmp_path: Path) -> None:
    """Git and gh: no account and no secret of a declaration. dcsync: no token of GitHub's."""
    record = tmp_path / "record"
    stubs = tmp_path / "stubs"
    stubs.mkdir()
    real = {"git": shutil.which("git"), "gh": tmp_path / "gh", "python3": sys.executable}
    for name, program in real.items():
        (stubs / name).write_text(
            (RECORD % program).replace("$RECORD_FILE", str(record)), encoding="utf-8"
        )
        (stubs / name).chmod(0o755)
    path = os.pathsep.join([str(stubs), str(Path(sys.executable).parent), os.environ["PATH"]])

    done = action(
        "plan",
        PATH=path,
        DCSYNC_PULL_REQUEST="7",
        DT_SIGNATURE_SECRET="sword-of-a-declaration",
        MY_API_KEY="sword-of-a-declaration",
        GH_TOKEN="fish-of-github",
    )

    assert done.returncode == 0, done.stderr
    runs = re.split(r"^== ", record.read_text("utf-8"), flags=re.MULTILINE)[1:]
    by_program: dict[str, str] = {}
    for run in runs:
        program = Path(run.partition(" ")[0]).name
        by_program[program] = by_program.get(program, "") + run
    assert set(by_program) == {"git", "gh", "python3"}
    for program in ("git", "gh"):
        assert "sword-of-a-declaration" not in by_program[program]
        assert "DT_SERVICE_ACCOUNT" not in by_program[program]
    assert "fish-of-github" in by_program["gh"]
    assert "fish-of-github" not in by_program["python3"]
    assert "sword-of-a-declaration" in by_program["python3"]


def test_the_installation_has_no_secret(tmp_path: Path) -> None:
    """By hash and without building; nothing of the working folder, of GitHub or of the account."""
    record = tmp_path / "record"
    stub = tmp_path / "bin" / "python3"
    stub.parent.mkdir()
    stub.write_text(
        "#!/bin/sh\n"
        f'{{ echo "== $*"; env; }} >>"{record}"\n'
        f'if [ "$3" = venv ]; then mkdir -p "$5/bin" && cp "$0" "$5/bin/python"; fi\n'
        f'if [ "$2" = -c ]; then echo "{tmp_path}"; fi\n',
        "utf-8",
    )
    stub.chmod(0o755)
    work = tmp_path / "work"
    work.mkdir()
    plant_modules(work, tmp_path / "marker")
    names = ("DT_SERVICE_ACCOUNT_SECRET", "MY_API_KEY", "GH_TOKEN", "GITHUB_TOKEN", "PYTHONPATH")

    subprocess.run(
        [ROOT / "action" / "install.sh", tmp_path / "environment"],
        cwd=work,
        env={
            "PATH": f"{stub.parent}{os.pathsep}{os.environ['PATH']}",
            **dict.fromkeys(names, "swordfish"),
        },
        check=True,
        timeout=30,
    )

    text = record.read_text("utf-8")
    assert "swordfish" not in text
    started = [line for line in text.splitlines() if line.startswith("== ")]
    assert all(line.startswith("== -I ") for line in started)
    (pip,) = [line.split() for line in started if " pip install " in line]
    assert {"--require-hashes", "--only-binary=:all:", "--no-deps"} <= set(pip)
    assert pip[-2:] == ["--requirement", str(ROOT / "action" / "requirements.lock")]
    assert (tmp_path / "dcsync.pth").read_text("utf-8").strip() == str(ROOT)
    assert 'python" -I -m dcsync' in (tmp_path / "environment" / "bin" / "dcsync").read_text()


def test_an_old_python_is_told_of(tmp_path: Path) -> None:
    """Before anything is installed, with what to do about it."""
    stub = tmp_path / "python3"
    stub.write_text("#!/bin/sh\nexit 1\n", "utf-8")
    stub.chmod(0o755)

    done = subprocess.run(
        [ROOT / "action" / "install.sh", tmp_path / "environment"],
        env={"PATH": os.environ["PATH"], "PYTHON": str(stub)},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )

    assert done.returncode == 1
    assert "Python 3.11 or later" in done.stderr


def test_install_is_for_the_steps_after_it(action: Action, tmp_path: Path) -> None:
    """The command `dcsync` is where they look for programs."""
    path = tmp_path / "path"

    done = action("install", GITHUB_PATH=str(path), DCSYNC_PYTHON="/runner/dcsync/bin/python")

    assert done.returncode == 0, done.stderr
    assert path.read_text("utf-8") == "/runner/dcsync/bin\n"


@pytest.mark.slow
def test_a_plan_may_do_without_variables(action: Action, repository: Path) -> None:
    """Where `allow-unset` says so, and only there."""
    declaration = repository / "connectors" / "dcsync.yaml"
    secret = "signature_secret: '${env:DT_SIGNATURE_SECRET}'"
    text = declaration.read_text("utf-8").replace("{url:", f"{{{secret}, url:")
    declaration.write_text(text, "utf-8")

    assert action("plan").returncode == 1
    assert action("plan", DCSYNC_ALLOW_UNSET="true").returncode == 0
