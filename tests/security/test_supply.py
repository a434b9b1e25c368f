"""What is installed, and who gets which account: examples, pages, the action, `init`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from dcsync.render import starter

ROOT = Path(__file__).parents[2]
INSTALLERS = (
    "pip|pip3|pipx|uv|uvx|poetry|pdm|rye|pixi|conda|mamba|micromamba|pipenv|easy_install|hatch|nix"
)
COMMAND = re.compile(rf"(?<![\w./-])(?:{INSTALLERS})\s(?P<words>[^|;&#`]*)")
REQUIREMENT = r"dcsync(?:-connectors)?(?:\[[^\]]*\])?"
WORD = re.compile(rf"(?<![\w./@:-]){REQUIREMENT}(?=[\"'\s,\]=<>~!]|$)", re.IGNORECASE)
VERSIONED = re.compile(
    rf"(?<![\w./@:-]){REQUIREMENT}\s*(?:[=~!<>]=|===|<\s*\d|>\s*\d)", re.IGNORECASE
)
PINNED = re.compile(rf"{REQUIREMENT}\s*@\s*git\+https://\S+@[0-9a-f]{{40}}\b")
LISTED = re.compile(
    rf"(?:additional_dependencies|dependencies|requires)\s*[:=]\s*\[.*{WORD.pattern}"
)
BARE_LINE = re.compile(rf"^\s*(?:-\s*)?[\"']?{REQUIREMENT}[\"']?,?\s*$", re.IGNORECASE)
COMMIT = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}  # \S.*")
ACCOUNT = re.compile(r"secrets\.DT_(PLAN|APPLY)_")


def written() -> Iterator[tuple[str, str]]:
    """Every text that people copy from: pages, examples, the action, what `init` writes."""
    names = ["*.md", "Dockerfile", "Makefile", "action.yml", ".pre-commit-hooks.yaml"]
    names += ["docs/**/*.md", "examples/**/*", "examples/**/.*", "action/*"]
    for path in sorted({path for name in names for path in ROOT.glob(name) if path.is_file()}):
        yield path.relative_to(ROOT).as_posix(), path.read_text("utf-8")
    for ci in starter.WORKFLOWS:
        for name, text in starter.starter_files("", ci, "{}").items():
            yield f"init --ci {ci}: {name}", text


TEXTS = dict(written())
WORKFLOWS = {
    path.name: yaml.safe_load(path.read_text("utf-8"))
    for path in sorted((ROOT / "examples" / "github").glob("*.yml"))
}
GITLAB = yaml.safe_load((ROOT / "examples" / "gitlab" / ".gitlab-ci.yml").read_text("utf-8"))


def strangers(text: str) -> list[str]:
    """The lines that would install a package of this name from an index."""
    joined = re.sub(r"\\\n\s*", " ", text)
    return [line for line in map(_without_pins, joined.splitlines()) if _installs(line)]


def _without_pins(line: str) -> str:
    return PINNED.sub("", line)


def _installs(line: str) -> bool:
    commands = (each["words"] for each in COMMAND.finditer(line))
    found = any(WORD.search(words) for words in commands) or VERSIONED.search(line)
    return bool(found or LISTED.search(line) or BARE_LINE.match(line))


@pytest.mark.parametrize(
    "line",
    [
        "pip install dcsync",
        "  - pip install --quiet dcsync",
        "python -I -m pip install -U 'dcsync'",
        'pip install "dcsync==0.1.0"',
        "pip install dcsync[dev]",
        "pip install \\\n  dcsync",
        "pip3 install requests dcsync && dcsync plan",
        "pipx install dcsync",
        "pipx run dcsync plan",
        "uvx dcsync plan",
        "uvx --from dcsync dcsync",
        "uv tool install dcsync",
        "uv pip install dcsync",
        "uv add dcsync",
        "poetry add dcsync",
        "conda install -c conda-forge dcsync",
        "RUN pip install DCSync",
        "dcsync==0.1.0",
        "dcsync >= 0.1",
        "dcsync~=0.1",
        "  - dcsync",
        'dependencies = ["dcsync"]',
        "additional_dependencies: [dcsync]",
        "pip install dcsync-connectors",
        "dcsync-connectors>=0.1",
        "pip install dcsync @ git+https://git.example.com/dcsync@main",
    ],
)
def test_a_strangers_package_is_recognized(line: str) -> None:
    """Whatever installs it, and however its name is written."""
    assert strangers(line)


@pytest.mark.parametrize(
    "line",
    [
        "pip install .",
        "pip install . && dcsync plan",
        "pip install --require-hashes -r action/requirements.lock",
        f"pip install 'dcsync-connectors @ git+https://git.example.com/dcsync@{'0a' * 20}'",
        "docker build -t dcsync . && docker run --rm dcsync plan",
        "dcsync plan",
        "import dcsync as dt",
        "/opt/dcsync/action/install.sh /opt/dcsync-environment",
    ],
)
def test_what_is_ours_is_not_taken_for_it(line: str) -> None:
    """A folder, a commit id, a lock file; and the command itself."""
    assert not strangers(line)


@pytest.mark.parametrize("name", TEXTS)
def test_no_strangers_package_is_installed(name: str) -> None:
    """The name on the index is somebody else's: nothing tells anyone to install it from there."""
    assert strangers(TEXTS[name]) == []


def test_the_distribution_has_a_name_of_its_own() -> None:
    """Import name, command and folder stay `dcsync`."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

    assert project["name"] == "dcsync-connectors"
    assert list(project["scripts"]) == ["dcsync"]


@pytest.mark.parametrize("name", TEXTS)
def test_actions_are_pinned_by_commit(name: str) -> None:
    """A full commit id, since a tag can be moved; what it is called is a comment."""
    used = re.findall(r"^\s*-?\s*uses: (.*)$", TEXTS[name], re.MULTILINE)

    assert [each for each in used if not COMMIT.fullmatch(each)] == []


def secrets_of(job: Any) -> set[str]:
    """Every secret that a job names."""
    return set(re.findall(r"secrets\.(\w+)", yaml.safe_dump(job)))


def test_only_applying_has_the_account_that_writes() -> None:
    """Jobs that plan name the other account, in an environment of their own."""
    places: dict[str, set[str]] = {}
    for workflow in WORKFLOWS.values():
        for name, job in workflow["jobs"].items():
            accounts = set(ACCOUNT.findall(yaml.safe_dump(job)))
            assert accounts <= ({"APPLY"} if name == "apply" else {"PLAN"})
            for each in accounts:
                places.setdefault(each, set()).add(job["environment"])
    scopes = {
        name: job["environment"]["name"]
        for name, job in GITLAB.items()
        if isinstance(job, dict) and "environment" in job
    }

    assert places["PLAN"].isdisjoint(places["APPLY"])
    assert places["APPLY"] == {"data-connectors-apply"}
    assert scopes == {
        "preview": "data-connectors-preview",
        "plan": "data-connectors-plan",
        "apply": "data-connectors-apply",
        "drift": "data-connectors-plan",
    }


def test_pull_requests_get_no_secret_of_a_declaration() -> None:
    """What nobody has read yet is planned with an account that reads, and with nothing else."""
    jobs = WORKFLOWS["dcsync.yml"]["jobs"]
    of_pull_requests = {
        name: job for name, job in jobs.items() if "== 'push'" not in job.get("if", "")
    }

    assert set(of_pull_requests) == {"validate", "preview"}
    assert secrets_of(jobs["validate"]) == set()
    assert secrets_of(jobs["preview"]) == {"DT_PLAN_KEY_ID", "DT_PLAN_SECRET", "DT_PLAN_EMAIL"}
    assert jobs["preview"]["steps"][1]["with"]["allow-unset"] == "true"
    assert "--allow-unset" in GITLAB["preview"]["script"][0]
    assert "environment" not in GITLAB["validate"]


@pytest.mark.parametrize("name", WORKFLOWS)
def test_secrets_are_a_steps_own(name: str) -> None:
    """No workflow and no job has them for all of its steps, and no step that installs has any."""
    workflow = WORKFLOWS[name]
    assert "secrets." not in yaml.safe_dump(workflow.get("env", {}))
    for job in workflow["jobs"].values():
        assert "secrets." not in yaml.safe_dump(job.get("env", {}))
        for step in job["steps"]:
            if step.get("with", {}).get("command", "install") == "install" and "uses" in step:
                assert secrets_of(step) == set()
