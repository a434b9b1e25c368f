"""action/requirements.lock: what the action installs is what pyproject.toml allows, by hash."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]


def locked() -> dict[str, tuple[Requirement, list[str]]]:
    """The lock file: each package by name, with its hashes."""
    text = (ROOT / "action" / "requirements.lock").read_text("utf-8")
    found: dict[str, tuple[Requirement, list[str]]] = {}
    for entry in re.split(r"\n(?=\w)", re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE)):
        head, *options = entry.replace("\\\n", "\n").strip().split("\n")
        requirement = Requirement(head)
        found[canonicalize_name(requirement.name)] = (requirement, [o.strip() for o in options])
    return found


def platforms() -> Iterator[dict[str, str]]:
    """Where dcsync runs: each Python that it supports, on each system."""
    for version in ("3.11", "3.12", "3.13", "3.14"):
        for system, platform in (("Linux", "linux"), ("Darwin", "darwin")):
            yield {
                "python_version": version,
                "python_full_version": f"{version}.0",
                "sys_platform": platform,
                "platform_system": system,
                "platform_python_implementation": "CPython",
                "implementation_name": "cpython",
                "os_name": "posix",
                "extra": "",
            }


def name_of(environment: dict[str, str]) -> str:
    return f"{environment['platform_system']} {environment['python_version']}"


def needed(requirement: Requirement, environment: dict[str, str]) -> Iterator[Requirement]:
    """The requirement and what it requires in turn, as the installed packages declare it."""
    yield requirement
    for extra in ("", *requirement.extras):
        for line in metadata.requires(requirement.name) or ():
            inner = Requirement(line)
            if inner.marker is None and extra:
                continue
            if inner.marker is None or inner.marker.evaluate({**environment, "extra": extra}):
                yield from needed(inner, environment)


@pytest.mark.parametrize("environment", list(platforms()), ids=name_of)
def test_the_lock_file_is_whole(environment: dict[str, str]) -> None:
    """Each dependency, and each of theirs: one version that fits, and hashes of its files."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    direct = [Requirement(each) for each in project["dependencies"]]
    pins = locked()

    for each in (found for one in direct for found in needed(one, environment)):
        pinned, hashes = pins[canonicalize_name(each.name)]
        (pin,) = pinned.specifier
        assert pin.operator == "=="
        assert each.specifier.contains(pin.version), f"{each} is pinned to {pin.version}: make lock"
        assert pinned.marker is None or pinned.marker.evaluate(environment)
        assert hashes
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", one) for one in hashes)


@pytest.mark.slow
def test_the_lock_file_holds_nothing_else() -> None:
    """No package that nothing needs, no index, no address, no option but hashes."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    direct = [Requirement(each) for each in project["dependencies"]]
    everywhere = [each for where in platforms() for one in direct for each in needed(one, where)]
    text = (ROOT / "action" / "requirements.lock").read_text("utf-8")

    assert set(locked()) == {canonicalize_name(each.name) for each in everywhere}
    assert "://" not in text
    assert set(re.findall(r"--[\w-]+", text)) == {"--hash"}
