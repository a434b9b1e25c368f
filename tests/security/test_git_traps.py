"""A repository that names commands: none of them runs, whatever dcsync asks Git.

Each trap is first shown to work: plain Git, in the same folder, runs it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dcsync import declare, emulator
from dcsync.declare.git import process as git_process
from dcsync.errors import RevisionError
from tests.cli.conftest import PROJECT, Run, command_line

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="there is no git")
DECLARED = f"dcsync: 1\nproject: {PROJECT}\npolicy: {{prune: none}}\nconnectors: {{}}\n"
COMMANDS = {
    "base": ("plan", "-f", "connectors", "--base", "HEAD~1"),
    "changed": ("plan", "-f", "connectors", "--changed-since", "HEAD~1"),
    "both": ("plan", "--base", "HEAD~1", "--changed-since", "HEAD~1"),
    "import": ("import", "-p", PROJECT, "--out", "new", "--secrets-file", "connectors/s.env"),
    "init": ("init", "connectors/fresh", "--project", PROJECT, "--ci", "github"),
    "completion": ("completion", "bash", "--", "dcsync", "plan", "--base", ""),
    "validate": ("validate", "-f", "connectors"),
}


def git(*words: str, cwd: Path, check: bool = True) -> str:
    """Runs plain Git, with every word that a repository has for it."""
    identity = {
        f"GIT_{who}_{what}": "dcsync@example.com"
        for who in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    }
    done = subprocess.run(
        ["git", *words],
        cwd=cwd,
        env={**os.environ, **identity},
        capture_output=True,
        text=True,
        timeout=30,
        check=check,
    )
    return done.stdout.strip()


def commit(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    git("add", "--all", cwd=root)
    git("commit", "-q", "-m", "change", cwd=root)


class Trap:
    """A repository in `root`, and a program that leaves a marker when somebody runs it.

    `committed` is a work tree of two commits, of which each trap has a copy of its own.
    """

    def __init__(self, folder: Path, committed: Path) -> None:
        self.root = folder / "work"
        self.marker = folder / "marker"
        self.program = folder / "trap"
        self.program.write_text(f"#!/bin/sh\nenv > '{self.marker}'\nexit 1\n", "utf-8")
        self.program.chmod(0o755)
        shutil.copytree(committed, self.root)

    def commit(self, name: str, text: str) -> None:
        commit(self.root, name, text)

    def configure(self, *pairs: str, cwd: Path | None = None) -> None:
        for each in pairs:
            git("config", *each.split("=", 1), cwd=cwd or self.root)

    @property
    def has_sprung(self) -> bool:
        return self.marker.exists()

    def spring(self, *words: str, cwd: Path | None = None) -> None:
        """Shows that plain Git runs it, and takes the marker away again."""
        git(*words, cwd=cwd or self.root, check=False)
        assert self.has_sprung, "the trap does not work"
        self.marker.unlink()


def touch(trap: Trap) -> None:
    """Makes Git look at the content of the declaration again."""
    path = trap.root / "connectors" / "dcsync.yaml"
    path.write_text(path.read_text("utf-8") + "# edited\n", "utf-8")


def bare_look_alike(trap: Trap) -> None:
    """A committed folder that Git takes for a bare repository, with a monitor of its own."""
    folder = trap.root / "connectors"
    for name in ("objects", "refs"):
        (folder / name).mkdir()
        (folder / name / ".keep").touch()
    (folder / "HEAD").write_text("ref: refs/heads/main\n")
    words = f"bare = false\n\tworktree = {folder}\n\tfsmonitor = {trap.program}"
    (folder / "config").write_text(f"[core]\n\trepositoryformatversion = 0\n\t{words}\n")
    trap.spring("status", cwd=folder)


def fsmonitor(trap: Trap) -> None:
    trap.configure(f"core.fsmonitor={trap.program}", "core.untrackedCache=true")
    trap.spring("status")


def included(trap: Trap) -> None:
    """The same, in a file that the configuration includes."""
    (trap.root / "more").write_text(f"[core]\n\tfsmonitor = {trap.program}\n")
    trap.configure("include.path=../more")
    trap.spring("status")


def hooks(trap: Trap) -> None:
    hooks = trap.root / ".git" / "hooks"
    for name in ("post-index-change", "reference-transaction", "pre-auto-gc", "post-checkout"):
        shutil.copy(trap.program, hooks / name)
    touch(trap)
    trap.spring("add", "--all")


def hooks_path(trap: Trap) -> None:
    (trap.root / "hooks").mkdir()
    shutil.copy(trap.program, trap.root / "hooks" / "post-index-change")
    trap.configure("core.hooksPath=hooks")
    touch(trap)
    trap.spring("add", "--all")


def clean_filter(trap: Trap) -> None:
    trap.commit(".gitattributes", "* filter=evil diff=evil\n")
    trap.configure(f"filter.evil.clean={trap.program}", f"filter.evil.smudge={trap.program}")
    touch(trap)
    trap.spring("diff", "--name-only", "HEAD")


def process_filter(trap: Trap) -> None:
    trap.commit(".gitattributes", "* filter=evil\n")
    trap.configure(f"filter.evil.process={trap.program}")
    touch(trap)
    trap.spring("diff", "--name-only", "HEAD")


def text_conversion(trap: Trap) -> None:
    trap.commit(".gitattributes", "* diff=evil\n")
    trap.configure(f"diff.evil.textconv={trap.program}", f"diff.evil.command={trap.program}")
    touch(trap)
    trap.spring("diff", "HEAD")


def external_diff(trap: Trap) -> None:
    trap.configure(f"diff.external={trap.program}")
    touch(trap)
    trap.spring("diff", "HEAD")


def submodule(trap: Trap) -> None:
    """Git starts itself inside of a submodule, where no option of ours would reach it."""
    inner = trap.root / "inner"
    inner.mkdir()
    git("init", "-q", cwd=inner)
    git("commit", "-q", "--allow-empty", "-m", "inner", cwd=inner)
    trap.commit(".gitmodules", '[submodule "inner"]\n\tpath = inner\n\turl = ./inner\n')
    trap.configure(f"core.fsmonitor={trap.program}", cwd=inner)
    trap.spring("diff", "--name-only", "HEAD~1")


def partial_clone(trap: Trap) -> None:
    """Objects that are not here are fetched when they are read, by a command of the remote's."""
    trap.configure(
        "core.repositoryFormatVersion=1",
        "extensions.partialClone=origin",
        "remote.origin.promisor=true",
        "remote.origin.url=ssh://git@example.com/iot.git",
        f"core.sshCommand={trap.program}",
    )
    lost = git("rev-parse", "HEAD~1:connectors/dcsync.yaml", cwd=trap.root)
    (trap.root / ".git" / "objects" / lost[:2] / lost[2:]).unlink()
    trap.spring("cat-file", "blob", lost)


def partial_clone_by_helper(trap: Trap) -> None:
    """The same, by a remote helper that the configuration allows."""
    partial_clone(trap)
    lost = git("rev-parse", "HEAD~1:connectors/dcsync.yaml", cwd=trap.root)
    trap.configure(f"remote.origin.url=ext::{trap.program}", "protocol.ext.allow=always")
    trap.spring("cat-file", "blob", lost)


def alias(trap: Trap) -> None:
    names = ("ls-trees", "rev-parsed")
    trap.configure(*(f"alias.{each}=!{trap.program}" for each in names))
    trap.spring("ls-trees")


def signature(trap: Trap) -> None:
    trap.configure("log.showSignature=true", f"gpg.program={trap.program}")
    signed = "tree {}\nauthor a <a@example.com> 0 +0000\ncommitter a <a@example.com> 0 +0000\n"
    signed += "gpgsig -----BEGIN PGP SIGNATURE-----\n \n -----END PGP SIGNATURE-----\n\nm\n"
    tree = git("rev-parse", "HEAD^{tree}", cwd=trap.root)
    path = trap.root.parent / "commit"
    path.write_text(signed.format(tree), "utf-8")
    made = git("hash-object", "-t", "commit", "-w", str(path), cwd=trap.root)
    git("update-ref", "refs/heads/signed", made, cwd=trap.root)
    trap.spring("log", "signed")


def other_worktree(trap: Trap) -> None:
    """A linked worktree has a configuration of its own."""
    trap.configure("extensions.worktreeConfig=true")
    git("worktree", "add", "-q", "../linked", cwd=trap.root)
    trap.root = trap.root.parent / "linked"
    git("config", "--worktree", "core.fsmonitor", str(trap.program), cwd=trap.root)
    trap.spring("status")


REPOSITORIES: list[Callable[[Trap], None]] = [
    bare_look_alike,
    fsmonitor,
    included,
    hooks,
    hooks_path,
    clean_filter,
    process_filter,
    text_conversion,
    external_diff,
    submodule,
    partial_clone,
    partial_clone_by_helper,
    alias,
    signature,
    other_worktree,
]
VARIABLES: dict[str, tuple[str, ...]] = {
    "GIT_EXTERNAL_DIFF": ("diff", "HEAD"),
    "GIT_CONFIG_GLOBAL": ("status",),
    "GIT_CONFIG_SYSTEM": ("status",),
    "GIT_CONFIG_COUNT": ("status",),
    "GIT_CONFIG_PARAMETERS": ("status",),
    "GIT_DIR": ("status",),
    "GIT_EXEC_PATH": ("shell",),
    "PATH": ("status",),
}


@pytest.fixture(scope="module")
def committed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made by Git once: that takes longer than what is tried in it."""
    root = tmp_path_factory.mktemp("committed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(root))  # without the settings of whoever runs the tests
        git("init", "-q", cwd=root)
        commit(root, "connectors/dcsync.yaml", DECLARED)
        commit(root, "connectors/dcsync.yaml", f"# changed\n{DECLARED}")
    return root


@pytest.fixture
def trap(tmp_path: Path, committed: Path) -> Trap:
    return Trap(tmp_path, committed)


@pytest.fixture
def run(
    trap: Trap,
    cloud: emulator.Emulator,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Run]:
    """The command line in the repository, with an account that may be stolen."""
    cloud.add_project("Oslo", project_id=PROJECT)
    for name, value in cloud.environ.items():
        monkeypatch.setenv(name, value)
    command = command_line(capsys)

    def in_repository(*arguments: str) -> object:
        monkeypatch.chdir(trap.root)
        return command(*arguments)

    yield in_repository  # type: ignore[misc]
    assert not trap.has_sprung


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("plant", REPOSITORIES, ids=lambda each: each.__name__)
def test_a_command_that_the_repository_names_never_runs(
    plant: Callable[[Trap], None], command: str, run: Run, trap: Trap
) -> None:
    """Wherever it stands: configuration, attributes, hooks, submodules, look-alikes, remotes."""
    plant(trap)
    ended = run(*COMMANDS[command])

    expected = {0, 3} if command == "import" else {0}
    if plant in (partial_clone, partial_clone_by_helper) and command in ("base", "changed", "both"):
        assert "this clone is partial" in ended.err
        expected = {1}
    if plant is bare_look_alike and command == "both":  # the one that walks to it
        assert "no declaration in the folder" in ended.err
        expected = {1}
    assert ended.code in expected, ended.err


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("name", VARIABLES)
def test_a_command_that_a_variable_names_never_runs(
    name: str, command: str, run: Run, trap: Trap, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was set for another Git, a hook's for one, does not reach the Git that dcsync starts."""
    folder = trap.root.parent / "elsewhere"
    git("init", "-q", str(folder), cwd=trap.root)
    git("config", "core.fsmonitor", str(trap.program), cwd=folder)
    touch(trap)
    (trap.root / "git").write_text(trap.program.read_text("utf-8"), "utf-8")
    (trap.root / "git").chmod(0o755)
    shutil.copy(trap.program, folder / "git-shell")
    value = {
        "GIT_EXTERNAL_DIFF": str(trap.program),
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_PARAMETERS": f"'core.fsmonitor={trap.program}'",
        "GIT_DIR": str(folder / ".git"),
        "GIT_EXEC_PATH": str(folder),
        "PATH": os.pathsep.join([".", os.environ["PATH"]]),
    }.get(name, str(folder / ".git" / "config"))
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "core.fsmonitor")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", str(trap.program))
    monkeypatch.setenv(name, value)
    trap.spring(*VARIABLES[name])

    assert run(*COMMANDS[command]).code in ({0, 3} if command == "import" else {0})


def test_git_learns_no_credentials(trap: Trap, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its environment is what it needs to be found and to speak English."""
    seen = trap.root.parent / "seen"
    program = trap.root.parent / "bin" / "git"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\nenv > '{seen}'\n", "utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", os.pathsep.join([str(program.parent), os.environ["PATH"]]))
    for name in ("DT_SERVICE_ACCOUNT_SECRET", "DCSYNC_VAR_SITE", "API_TOKEN", "GH_TOKEN"):
        monkeypatch.setenv(name, "swordfish")
    monkeypatch.setenv("GIT_SSH", "swordfish")

    git_process.run_git(trap.root, "rev-parse", "HEAD")

    names = {line.partition("=")[0] for line in seen.read_text("utf-8").splitlines()}
    allowed = {
        "HOME",
        "XDG_CONFIG_HOME",
        "SUDO_UID",
        "LC_ALL",
        "PATH",
        "PWD",
        "SHLVL",
        "_",
        "OLDPWD",
    }
    assert "swordfish" not in seen.read_text("utf-8")
    assert {each for each in names if not each.startswith("GIT_")} <= allowed


def test_a_replaced_object_is_read_as_it_was(trap: Trap) -> None:
    """`git replace` changes what others see of a commit, and not what dcsync reads of it."""
    first, second = (git("rev-parse", each, cwd=trap.root) for each in ("HEAD~1", "HEAD"))
    git("replace", second, first, cwd=trap.root)
    assert "changed" not in git("show", f"{second}:connectors/dcsync.yaml", cwd=trap.root)

    commit = declare.find_commit(second, trap.root)

    assert commit
    assert [data.startswith(b"# changed") for _, data in commit.files([".yaml"])] == [True]


def test_a_folder_that_only_looks_like_a_repository_is_none(tmp_path: Path) -> None:
    """Where no clone is around it, there is no revision to read."""
    git("init", "-q", "--bare", str(tmp_path / "bare"), cwd=tmp_path)

    with pytest.raises(RevisionError, match="not in a Git repository"):
        declare.find_commit("HEAD", tmp_path / "bare")


def linked_worktree(root: Path) -> Path:
    git("worktree", "add", "-q", "../linked", cwd=root)
    return root.parent / "linked"


def worktree_of_bare(root: Path) -> Path:
    git("clone", "-q", "--bare", str(root), "../bare.git", cwd=root)
    git("worktree", "add", "-q", "../linked", cwd=root.parent / "bare.git")
    return root.parent / "linked"


def as_submodule(root: Path) -> Path:
    outer = root.parent / "outer"
    git("init", "-q", str(outer), cwd=root)
    allow = ("-c", "protocol.file.allow=always")
    git(*allow, "submodule", "--quiet", "add", str(root), "inner", cwd=outer)
    return outer / "inner"


def through_link(root: Path) -> Path:
    (root.parent / "link").symlink_to(root)
    return root.parent / "link"


PLACES: dict[str, Callable[[Path], Path]] = {
    "clone": lambda root: root,
    "below": lambda root: root / "connectors",
    "worktree": linked_worktree,
    "worktree of a bare repository": worktree_of_bare,
    "submodule": as_submodule,
    "link": through_link,
}


@pytest.mark.parametrize("place", PLACES)
def test_revisions_are_read_from_wherever_one_works(place: str, trap: Trap) -> None:
    """The clone, a folder in it, a linked worktree, a submodule, a link to it."""
    folder = PLACES[place](trap.root)

    commit = declare.find_ancestor("HEAD~1", folder)

    assert commit
    assert [name for name, _ in commit.files([".yaml"])] == ["connectors/dcsync.yaml"]
    assert commit.changed_paths(["connectors/dcsync.yaml"]) == {"connectors/dcsync.yaml"}


@pytest.mark.parametrize("hash_name", ["sha1", "sha256"])
def test_what_changed_is_seen_without_git_diff(hash_name: str, tmp_path: Path) -> None:
    """Edited, new, deleted, retargeted; what is the same, ignored or outside is not named."""
    root = tmp_path / "work"
    git("init", "-q", f"--object-format={hash_name}", str(root), cwd=tmp_path)
    for name in ("same", "edited", "deleted"):
        (root / name).write_text(name)
    (root / ".gitignore").write_text("ignored\n:(odd*\n")
    (root / "link").symlink_to("same")
    (root / "kept").symlink_to("same")
    git("add", "--all", cwd=root)
    git("commit", "-q", "-m", "first", cwd=root)
    (root / "edited").write_text("anew")
    (root / "deleted").unlink()
    (root / "link").unlink()
    (root / "link").symlink_to("edited")
    for name in ("new", "ignored", ":(odd", ":(top)new", "ünï\nnew"):
        (root / name).write_text(name)
    commit = declare.find_commit("HEAD", root)

    assert commit
    named = [path.name for path in root.iterdir() if path.name != ".git"]
    found = commit.changed_paths([*named, "deleted", "never", "../trap"])
    assert found == {"edited", "deleted", "link", "new", ":(top)new", "ünï\nnew"}


def test_flags_of_the_index_hide_no_change(trap: Trap) -> None:
    """`assume-unchanged` tells Git not to look; dcsync looks."""
    git("update-index", "--assume-unchanged", "connectors/dcsync.yaml", cwd=trap.root)
    touch(trap)
    commit = declare.find_commit("HEAD", trap.root)

    assert commit
    assert commit.changed_paths(["connectors/dcsync.yaml"])
