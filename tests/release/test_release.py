"""What is released: alike to the byte wherever it is built, of one version, whole."""

from __future__ import annotations

import re
import tomllib
import zipfile
from pathlib import Path

import pytest

import dcsync
from tests.release import changes
from tests.release.building import ROOT, build, copy_of, unpacked

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


@pytest.mark.slow
@pytest.mark.timeout(300)  # three builds, beside whatever else the machine does
def test_two_builds_are_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the folder, the modes, the umask and the time zone; and from the sdist."""
    first = build(copy_of(tmp_path / "a"), tmp_path / "1", epoch=1_700_000_000)
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    other = copy_of(tmp_path / "elsewhere" / "b", mode=0o600)
    second = build(other, tmp_path / "2", epoch=1_700_000_000, umask=0o077)
    [sdist] = (tmp_path / "1").glob("*.tar.gz")
    third = build(unpacked(sdist, tmp_path / "c"), tmp_path / "3", epoch=1_700_000_000)

    stem = f"dcsync_connectors-{dcsync.__version__}"
    assert set(first) == {f"{stem}-py3-none-any.whl", f"{stem}.tar.gz"}
    assert first == second == third

    check_contents(next((tmp_path / "1").glob("*.whl")))


def check_contents(wheel: Path) -> None:
    """Schemas, the examples that `init` writes, the licence, the marker of types; and no tests."""
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    for name in ("schemas/declaration.schema.json", "examples/github/drift.yml", "py.typed"):
        assert f"dcsync/{name}" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert {name.partition("/")[0] for name in names} == {
        "dcsync",
        f"dcsync_connectors-{dcsync.__version__}.dist-info",
    }


def test_the_version_agrees_everywhere() -> None:
    """The code, the changelog, newest first, each version with its day."""
    versions = [each for each in changes.sections() if each != "Unreleased"]

    assert changes.disagreement() == ""
    assert versions[0] == dcsync.__version__
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d", changes.dates()[each]) for each in versions)
    assert versions == sorted(versions, key=lambda each: [*map(int, each.split("."))], reverse=True)
    assert next(iter(changes.sections())) == "Unreleased"


def test_another_tag_is_refused() -> None:
    """A release is of its own version, with nothing left under Unreleased."""
    assert "the tag is v9.9.9" in changes.disagreement("v9.9.9")
    assert changes.disagreement(dcsync.__version__)


def test_a_release_names_where_it_is_kept() -> None:
    """The repository's address is a stand-in until there is one, and no release has a stand-in."""
    urls = PROJECT["urls"]

    assert {"Homepage", "Source", "Documentation", "Changelog", "Issues"} <= set(urls)
    if any("example.com" in each for each in urls.values()):
        assert changes.disagreement(f"v{dcsync.__version__}")


def test_every_python_that_is_named_is_tested() -> None:
    """The classifiers, CI's matrix and `make matrix` agree."""
    listed = re.findall(r"Python :: (3\.\d+)", " ".join(PROJECT["classifiers"]))
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text("utf-8")
    [matrix] = re.findall(r"python: \[(.*)\]", workflow)
    script = (ROOT / "tests" / "matrix.py").read_text("utf-8")
    [tried] = re.findall(r"VERSIONS = \((.*)\)", script)

    assert re.findall(r"3\.\d+", matrix) == re.findall(r"3\.\d+", tried) == listed
    assert PROJECT["requires-python"] == f">={listed[0]}"
