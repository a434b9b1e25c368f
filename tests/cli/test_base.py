"""`--base REV`: Git is the state. Real repositories, real commits."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from dcsync import emulator
from tests.cli.conftest import PROJECT, Run

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="there is no git")
OTHER = "c14u9p094l47cdv1o3pg"
A = "\n  a: {config: {url: https://a.example.com}}"
B = "\n  b: {config: {url: https://b.example.com}}"
STRAY = {
    "displayName": "stray",
    "type": "HTTP_PUSH",
    "httpConfig": {"url": "https://x.example.com"},
}


@dataclass(frozen=True, slots=True)
class Repository:
    """A Git repository in the test's folder."""

    folder: Path

    def git(self, *arguments: str) -> str:
        identity = {
            f"GIT_{who}_{what}": value
            for who in ("AUTHOR", "COMMITTER")
            for what, value in (("NAME", "dcsync"), ("EMAIL", "dcsync@example.com"))
        }
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.folder,
            env={**os.environ, **identity, "GIT_CONFIG_NOSYSTEM": "1"},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def commit(self, **files: str | None) -> str:
        """Write files (None removes one) and commit them; the commit's id."""
        for name, text in files.items():
            path = self.folder / f"{name}.yaml"
            if text is None:
                path.unlink()
            else:
                path.write_text(text, "utf-8")
        self.git("add", "--all")
        self.git("commit", "--allow-empty", "--quiet", "--message", "change")
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    found = Repository(tmp_path)
    found.git("init", "--quiet")
    return found


def declaration(connectors: str, project: str = PROJECT, policy: str = "{prune: previous}") -> str:
    return f"dcsync: 1\nproject: {project}\npolicy: {policy}\nconnectors:{connectors}\n"


def names(cloud: emulator.Emulator, project: str = PROJECT) -> list[str]:
    return sorted(each["displayName"] for each in cloud.connectors(project))


@pytest.mark.usefixtures("project")
def test_what_the_base_declared_and_head_does_not_is_deleted(
    run: Run, repository: Repository, cloud: emulator.Emulator
) -> None:
    """Only that: what nobody ever declared stays."""
    base = repository.commit(dcsync=declaration(A + B))
    run("apply", "--auto-approve")
    cloud.add_connector(PROJECT, STRAY)
    repository.commit(dcsync=declaration(A))

    without = run("plan")
    ended = run("apply", "--auto-approve", "--base", base)

    assert '? "b"' in without.out
    assert "--base" in without.out
    assert ended.code == 0
    assert f"- {PROJECT}/b" in ended.out
    assert names(cloud) == ["a", "stray"]


@pytest.mark.usefixtures("project")
def test_a_display_name_that_changed_is_a_rename(
    run: Run, repository: Repository, cloud: emulator.Emulator
) -> None:
    """While the address stays, the former name counts as renamed_from: an update, no twin."""
    base = repository.commit(dcsync=declaration(A))
    run("apply", "--auto-approve")
    renamed = "\n  a: {display_name: Ingest, config: {url: https://a.example.com}}"
    repository.commit(dcsync=declaration(renamed))

    ended = run("apply", "--auto-approve", "--base", base)

    assert ended.code == 0
    assert 'display_name: "a" -> "Ingest"' in ended.out
    assert names(cloud) == ["Ingest"]


@pytest.mark.usefixtures("project")
def test_a_declaration_that_moved_to_another_file_is_the_same(
    run: Run, repository: Repository, cloud: emulator.Emulator
) -> None:
    """Declarations are followed by address, not by file."""
    base = repository.commit(one=declaration(A + B))
    run("apply", "--auto-approve")
    moved = f"dcsync: 1\nproject: {PROJECT}\nconnectors:{B}\n"
    repository.commit(one=declaration(A), two=moved)

    ended = run("plan", "--detailed-exitcode", "--base", base)

    assert ended.code == 0
    assert names(cloud) == ["a", "b"]


@pytest.mark.usefixtures("project")
def test_a_removed_project_is_emptied_of_what_was_declared(
    run: Run, repository: Repository, cloud: emulator.Emulator
) -> None:
    """A project that only the base declares is planned with the base's policy, and guarded."""
    cloud.add_project(display_name="Store Bergen", project_id=OTHER)
    base = repository.commit(one=declaration(A), two=declaration(A + B, OTHER, "{prune: all}"))
    run("apply", "--auto-approve")
    repository.commit(two=None)

    guarded = run("plan", "--base", base)
    cloud.add_connector(OTHER, STRAY)
    ended = run("apply", "--auto-approve", "--base", base)

    assert guarded.code == 3
    assert "every live connector" in guarded.out
    assert ended.code == 0
    assert names(cloud, OTHER) == ["stray"]
    assert names(cloud) == ["a"]


@pytest.mark.usefixtures("project")
def test_a_removed_project_that_is_gone_needs_nothing(run: Run, repository: Repository) -> None:
    """A project that was deleted in the cloud, too, is a warning and no failure."""
    base = repository.commit(one=declaration(A), two=declaration(B, OTHER))
    run("apply", "--auto-approve", "-p", PROJECT)
    repository.commit(two=None)

    ended = run("plan", "--detailed-exitcode", "--base", base)

    assert ended.code == 0
    assert "no longer exists" in ended.out


@pytest.mark.usefixtures("project")
def test_protection_outlives_the_declaration(
    run: Run, repository: Repository, cloud: emulator.Emulator
) -> None:
    """With --base the protect lists of both revisions hold."""
    base = repository.commit(dcsync=declaration(A + B, policy="{prune: all, protect: [b]}"))
    run("apply", "--auto-approve")
    repository.commit(dcsync=declaration(A, policy="{prune: all}"))

    ended = run("plan", "--base", base)

    assert '? "b"' in ended.out
    assert "protected" in ended.out
    assert names(cloud) == ["a", "b"]


@pytest.mark.usefixtures("project")
def test_a_first_push_has_no_base(
    run: Run, repository: Repository, cloud: emulator.Emulator
) -> None:
    """The all-zero id that CI names before a first push means that nothing was declared."""
    repository.commit(dcsync=declaration(A))
    cloud.add_connector(PROJECT, STRAY)

    ended = run("apply", "--auto-approve", "--base", "0" * 40)

    assert ended.code == 0
    assert names(cloud) == ["a", "stray"]


@pytest.mark.usefixtures("project")
def test_a_base_that_is_no_ancestor(run: Run, repository: Repository) -> None:
    """A revision beside HEAD's history is refused with a way on."""
    first = repository.commit(dcsync=declaration(A))
    side = repository.commit(dcsync=declaration(A + B))
    repository.git("reset", "--quiet", "--hard", first)

    ended = run("plan", "--base", side)

    assert ended.code == 1
    assert "not an ancestor" in ended.err
    assert "rebase" in ended.err


@pytest.mark.usefixtures("project")
def test_a_base_that_a_shallow_clone_lacks(
    run: Run, repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hint is to fetch the history."""
    base = repository.commit(dcsync=declaration(A))
    repository.commit(dcsync=declaration(A + B))
    repository.git("clone", "--quiet", "--depth", "1", f"file://{tmp_path}", "clone")
    monkeypatch.chdir(tmp_path / "clone")

    ended = run("plan", "--base", base)

    assert ended.code == 1
    assert "fetch-depth: 0" in ended.err


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("revision", ["nosuch", "--output=/tmp/x", "HEAD:dcsync.yaml"])
def test_a_base_that_is_no_commit(run: Run, repository: Repository, revision: str) -> None:
    """What names no commit is an error, and never an option to git."""
    repository.commit(dcsync=declaration(A))

    ended = run("plan", f"--base={revision}")

    assert ended.code == 1
    assert "there is no commit" in ended.err


@pytest.mark.usefixtures("project")
def test_a_base_outside_of_git(run: Run, tmp_path: Path) -> None:
    """Without a repository there is no revision."""
    (tmp_path / "dcsync.yaml").write_text(declaration(A), "utf-8")

    ended = run("plan", "--base", "HEAD")

    assert ended.code == 1
    assert "not in a Git repository" in ended.err


@pytest.mark.usefixtures("project")
def test_the_base_is_read_without_resolving_anything(
    run: Run, repository: Repository, cloud: emulator.Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Variables and files that only the base needed may be gone, and its secrets stay hidden."""
    secret = (
        "\n  b: {config: {url: 'https://b.example.com/${env:ONLY_THEN}', "
        "signature_secret: '${file:only-then}'}}"
    )
    (repository.folder / "only-then").write_text("a-signature-secret", "utf-8")
    base = repository.commit(dcsync=declaration(A + secret))
    monkeypatch.setenv("ONLY_THEN", "a-path-secret")
    run("apply", "--auto-approve")
    monkeypatch.delenv("ONLY_THEN")
    (repository.folder / "only-then").unlink()
    repository.commit(dcsync=declaration(A))

    ended = run("apply", "--auto-approve", "--base", base)

    assert ended.code == 0
    assert names(cloud) == ["a"]
    assert "secret" not in ended.out.replace("signature_secret", "")


@pytest.mark.usefixtures("project")
def test_a_project_that_moved_out_of_the_run_is_not_taken_for_removed(
    run: Run, repository: Repository, cloud: emulator.Emulator
) -> None:
    """A file that -f leaves out declares it now: refused, nothing is deleted."""
    (repository.folder / "team").mkdir()
    cloud.add_project(display_name="Store Bergen", project_id=OTHER)
    base = repository.commit(**{"team/one": declaration(A), "team/two": declaration(B, OTHER)})
    run("apply", "--auto-approve")
    repository.commit(**{"team/two": None, "elsewhere": declaration(B, OTHER)})

    ended = run("apply", "--auto-approve", "-f", "team", "--base", base)

    assert ended.code == 3
    assert "elsewhere.yaml" in ended.err
    assert names(cloud, OTHER) == ["b"]


@pytest.mark.usefixtures("project")
def test_changed_since_narrows_to_the_projects_that_changed(
    run: Run, repository: Repository, cloud: emulator.Emulator
) -> None:
    """Only those are listed, planned and pruned; the others are not even looked at."""
    cloud.add_project(display_name="Store Bergen", project_id=OTHER)
    all_ = "{prune: all}"
    since = repository.commit(one=declaration(A, policy=all_), two=declaration(B, OTHER, all_))
    for project in (PROJECT, OTHER):
        cloud.add_connector(project, STRAY)
    repository.commit(one=declaration(A + B, policy=all_))
    cloud.calls.clear()

    ended = run("apply", "--auto-approve", "--allow-deletes", "1", "--changed-since", since)

    assert ended.code == 0
    assert names(cloud) == ["a", "b"]
    assert names(cloud, OTHER) == ["stray"]
    assert cloud.calls.count("GET", OTHER) == 0


@pytest.mark.usefixtures("project")
def test_changed_since_follows_references_to_files(run: Run, repository: Repository) -> None:
    """A project is changed, too, when a file that it refers to is."""
    key = "\n  a: {config: {url: https://a.example.com, headers: {X-Key: '${file:key.txt}'}}}"
    (repository.folder / "key.txt").write_text("one")
    since = repository.commit(dcsync=declaration(key))
    unchanged = run("plan", "--detailed-exitcode", "--changed-since", since)
    (repository.folder / "key.txt").write_text("two")

    changed = run("plan", "--detailed-exitcode", "--changed-since", since)

    assert (unchanged.code, changed.code) == (0, 2)
    assert unchanged.out == "No changes. 0 connectors match.\n"


@pytest.mark.usefixtures("project")
def test_changed_since_sees_what_is_not_committed(run: Run, repository: Repository) -> None:
    """Edits and new files count before they are committed."""
    since = repository.commit(dcsync=declaration(A))
    more = f"dcsync: 1\nproject: {PROJECT}\nconnectors:{B}\n"
    (repository.folder / "more.yaml").write_text(more, "utf-8")

    assert run("plan", "--detailed-exitcode", "--changed-since", since).code == 2


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("link", ["d/dcsync.yaml", "d"])
def test_changed_since_sees_a_link_that_leads_elsewhere(
    run: Run, repository: Repository, link: str
) -> None:
    """What it leads to is as it was; that it leads there is the change."""
    folder = repository.folder
    for name, connectors in (("old", A), ("new", B)):
        (folder / ".kept" / name).mkdir(parents=True)
        (folder / ".kept" / name / "dcsync.yaml").write_text(declaration(connectors), "utf-8")
    path, name = folder / link, "dcsync.yaml" if link.endswith("yaml") else ""
    path.parent.mkdir(exist_ok=True)
    path.symlink_to(folder / ".kept" / "old" / name)
    since = repository.commit()
    unchanged = run("plan", "-f", link, "--detailed-exitcode", "--changed-since", since)
    path.unlink()
    path.symlink_to(folder / ".kept" / "new" / name)

    changed = run("plan", "-f", link, "--detailed-exitcode", "--changed-since", since)

    assert (unchanged.code, changed.code) == (0, 2), changed.err
