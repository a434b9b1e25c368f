"""Walking a folder: other repositories in it, what Git ignores, and files outside of Git."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dcsync import declare
from dcsync.declare.git import objects as git
from dcsync.declare.git import process as git_process
from dcsync.errors import DeclarationError

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="there is no git")
OSLO = "c9n2k4v0t7s1r3m5b6d8"
TEXT = (
    f"dcsync: 1\nproject: {OSLO}\npolicy: {{prune: none}}\n"
    "connectors: {a: {config: {url: 'https://a.example.com'}}}\n"
)


def run_git(*arguments: str, folder: str = ".") -> None:
    identity = ["-c", "user.name=dcsync", "-c", "user.email=dcsync@example.com"]
    words = [*identity, "-c", "protocol.file.allow=always", *arguments]
    subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one declaration, the current folder."""
    root = tmp_path / "root"
    root.mkdir()
    monkeypatch.chdir(root)
    run_git("init", "--quiet")
    Path("dcsync.yaml").write_text(TEXT)
    run_git("add", "--all")
    run_git("commit", "--quiet", "--message", "one")
    return root


def files(*paths: str) -> list[str]:
    """The declaring files of a load, which fails where one connector is declared twice."""
    found = declare.load([Path(each) for each in paths or (".",)], environ={})
    return sorted(name for project in found.projects for name in project.files)


def left_out(path: str) -> list[str]:
    found = declare.load([Path(path)], environ={})
    problems = declare.find_omitted_files([Path(path)], found, environ={})
    return [each.position.file for each in problems if each.position]


def a_worktree() -> None:
    run_git("worktree", "add", "--quiet", "--detach", "trees/other")


def a_clone() -> None:
    run_git("clone", "--quiet", ".", "deep/below/clone")


def a_bare_clone() -> None:
    """With a declaration inside, where nobody puts one but somebody who wants it read."""
    run_git("clone", "--quiet", "--bare", ".", "mirror")
    Path("mirror/dcsync.yaml").write_text(TEXT)


def a_submodule() -> None:
    run_git("submodule", "--quiet", "add", "./", "vendor/module")


def a_repository_without_commits() -> None:
    run_git("init", "--quiet", "empty")
    Path("empty/dcsync.yaml").write_text(TEXT)


@pytest.mark.parametrize(
    "nest", [a_worktree, a_clone, a_bare_clone, a_submodule, a_repository_without_commits]
)
def test_another_repository_is_left_out(nest: object) -> None:
    """It declares the same connectors again, of another revision or for somebody else."""
    assert callable(nest)
    nest()

    assert files() == ["dcsync.yaml"]
    assert left_out(".") == []
    assert left_out("dcsync.yaml") == []


def test_another_repository_is_read_where_it_is_named() -> None:
    """Its folder and its files: who names them means them."""
    a_worktree()

    assert files("trees/other") == ["trees/other/dcsync.yaml"]
    assert files("trees/other/dcsync.yaml") == ["trees/other/dcsync.yaml"]
    with pytest.raises(DeclarationError, match="declared twice"):
        files(".", "trees/other")


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("build/", "build/dcsync.yaml"),
        ("*.local.yaml", "my.local.yaml"),
        ("/deep/**/x.yml", "deep/er/x.yml"),
        ("*.yaml\n!/dcsync.yaml", "copy.yaml"),
        ("gr*", "größe/d.yaml"),
        ("odd*", "odd \n:(top)name/d.yaml"),
    ],
)
def test_what_git_ignores_is_left_out(pattern: str, name: str) -> None:
    """By whatever rule; a file that is named is read all the same, and so is a folder."""
    Path(".gitignore").write_text(f"{pattern}\n")
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(TEXT)

    assert files() == ["dcsync.yaml"]
    assert left_out("dcsync.yaml") == []
    assert files(name) == [name]


def test_a_folder_that_git_ignores_is_read_where_it_is_named() -> None:
    """Who renders declarations into an ignored folder names it."""
    Path(".gitignore").write_text("build/\n")
    Path("build/deep").mkdir(parents=True)
    Path("build/deep/d.yaml").write_text(TEXT)

    assert files("build") == ["build/deep/d.yaml"]
    assert files("build/deep") == ["build/deep/d.yaml"]


def test_what_is_tracked_is_read_whatever_the_rules_say() -> None:
    """Git does not ignore what it tracks."""
    Path(".gitignore").write_text("*.yaml\n")

    assert files() == ["dcsync.yaml"]


def test_below_the_root_and_through_a_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rules of the root hold wherever the command is started and however the folder is named."""
    Path(".gitignore").write_text("*.local.yaml\n/sub/skipped.yaml\n")
    Path("sub").mkdir()
    for name in ("d", "d.local", "skipped"):
        Path(f"sub/{name}.yaml").write_text(TEXT.replace("a:", "b:", 1))
    (tmp_path / "link").symlink_to("root/sub")

    assert files(str(tmp_path / "link")) == [f"{tmp_path}/link/d.yaml"]
    monkeypatch.chdir("sub")
    assert files() == ["d.yaml"]
    assert files("../sub") == ["../sub/d.yaml"]


def test_git_is_asked_once_for_all_folders(monkeypatch: pytest.MonkeyPatch) -> None:
    """One call for a repository, however many files and folders there are."""
    calls = []

    def count(root: Path, *arguments: str, stdin: bytes = b"") -> bytes:
        calls.append(arguments[0])
        return git_process.run_git(root, *arguments, stdin=stdin)

    monkeypatch.setattr(git, "run_git", count)
    for number in range(8):
        Path(f"f{number}").mkdir()
        text = TEXT.replace("a:", f"c{number}:", 1)
        Path(f"f{number}/d.yaml").write_text(text.replace("policy: {prune: none}\n", ""))

    files("dcsync.yaml", *(f"f{number}" for number in range(8)))

    assert calls == ["check-ignore"]


def test_without_git_everything_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody can say then what is ignored."""
    Path(".gitignore").write_text("sub/\n")
    Path("sub").mkdir()
    Path("sub/d.yaml").write_text(
        TEXT.replace("a:", "b:", 1).replace("policy: {prune: none}\n", "")
    )
    monkeypatch.setenv("PATH", "/nowhere")

    assert files() == ["dcsync.yaml", "sub/d.yaml"]


def test_a_file_outside_of_git_is_compared_with_its_own_folder_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither what lies below, as below a home folder, nor the current folder."""
    monkeypatch.chdir(tmp_path)
    home = tmp_path / "home"
    (home / "deep").mkdir(parents=True)
    (home / "one.yaml").write_text(TEXT)
    (home / "deep" / "two.yaml").write_text(TEXT)

    assert left_out("home/one.yaml") == []
    (home / "three.yaml").write_text(TEXT)
    assert left_out("home/one.yaml") == ["home/three.yaml"]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "darwin", reason="names are UTF-8 there")
@pytest.mark.parametrize(
    "command",
    [
        ("validate",),
        ("validate", "--format", "json"),
        ("fmt", "--check"),
        ("fmt", "--diff"),
        ("plan", "--base", "HEAD"),
        ("plan", "-f", "dcsync.yaml"),
    ],
    ids=" ".join,
)
def test_odd_file_names_break_no_run(command: tuple[str, ...]) -> None:
    """Also of Git revisions, of what is left out and in annotations: shown escaped, on one line."""
    names = (b"\xff.yaml", b"a\nb.yaml", b"\xe2\x80\xae.yaml")
    text = TEXT.replace("policy: {prune: none}\n", "") + "\n\nlabels: [1]\n"
    for name in names:
        Path(os.fsdecode(name)).write_text(text)
    if "--base" in command:
        run_git("add", "--all")
        run_git("commit", "--quiet", "--message", "odd")

    ended = subprocess.run(
        [sys.executable, "-m", "dcsync", *command],
        env={**os.environ, "GITHUB_ACTIONS": "true", "DT_SERVICE_ACCOUNT_KEY_ID": "k"},
        capture_output=True,
        timeout=30,
        check=False,
    )

    shown = ended.stdout + ended.stderr
    assert ended.returncode in (0, 1, 3)
    assert b"Traceback" not in shown
    assert b"bug" not in shown
    assert b".yaml" in shown
    assert not [name for name in names if name in shown]
