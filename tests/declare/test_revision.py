"""What a Git revision declared, and what differs from it. Real repositories, real commits."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dcsync import declare
from dcsync.declare.git.objects import Commit
from dcsync.errors import RevisionError
from dcsync.model import Declarations, Severity

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="there is no git")
URL = "https://a.example.com"


def run_git(*arguments: str, folder: str | Path = ".") -> str:
    identity = ["-c", "user.name=dcsync", "-c", "user.email=dcsync@example.com"]
    words = ["git", *identity, "-c", "protocol.file.allow=always", *arguments]
    done = subprocess.run(words, cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty repository, the current folder."""
    folder = tmp_path / "root"
    folder.mkdir()
    monkeypatch.chdir(folder)
    run_git("init", "--quiet")
    return folder


def project(name: str) -> str:
    """A project's id for each name."""
    return name.ljust(20, "0")


def write(path: str, *, url: str = URL, project_id: str = "") -> None:
    """A declaration of one connector, called after its file."""
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    name = file.name.strip(".").partition(".")[0]
    file.write_text(
        f"dcsync: 1\nproject: {project_id or project(name)}\npolicy: {{prune: none}}\n"
        f"connectors:\n  {name}: {{config: {{url: '{url}'}}}}\n"
    )


def commit() -> Commit:
    """What is in the folder, as a commit."""
    run_git("add", "--all")
    run_git("commit", "--quiet", "--allow-empty", "--message", "change")
    found = declare.find_commit("HEAD", Path())
    assert found is not None
    return found


def then(found: Commit, *paths: str | Path) -> Declarations:
    return declare.load_revision([Path(each) for each in paths], found)


def names(declarations: Declarations) -> list[str]:
    """The connectors that are declared, in order."""
    return [
        each.address.partition("/")[2]
        for project in declarations.projects
        for each in project.connectors
    ]


def test_only_what_the_paths_lead_to_was_declared() -> None:
    """A folder and what is below it, or one file; not a neighbour that begins with its name."""
    for path in ("team/one.yaml", "team/deep/two.yml", "team-b/three.yaml", "four.yaml", "x.txt"):
        write(path)
    found = commit()

    assert names(then(found, ".")) == ["four", "three", "two", "one"]
    assert names(then(found, "team")) == ["two", "one"]
    assert names(then(found, "team/deep", "four.yaml")) == ["four", "two"]
    assert names(then(found, "team/deep/two.yml")) == ["two"]


def test_a_path_that_the_commit_does_not_have_declares_nothing() -> None:
    """It came later; the other paths had what they had."""
    write("one.yaml")
    found = commit()
    write("later/two.yaml")

    assert names(then(found, "later")) == []
    assert names(then(found, "later", "one.yaml")) == ["one"]


def test_hidden_folders_of_a_revision_are_read_where_they_are_named() -> None:
    """As in the work tree: hidden files count, hidden folders are left out of others."""
    for path in (".dt/one.yaml", ".dt/.old/two.yaml", "team/.old/three.yaml", "team/.four.yaml"):
        write(path)
    found = commit()

    assert names(then(found, ".")) == ["four"]
    assert names(then(found, ".dt")) == ["one"]
    assert names(then(found, "team/.old")) == ["three"]
    assert names(then(found, "team/.old/three.yaml")) == ["three"]


def test_a_path_is_what_it_leads_to(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From below the root, absolute or through a link: the same files of the commit."""
    write("team/one.yaml")
    write("two.yaml")
    found = commit()
    (tmp_path / "link").symlink_to("root")

    assert names(then(found, root / "team")) == ["one"]
    assert names(then(found, tmp_path / "link" / "team")) == ["one"]
    assert names(then(Commit(tmp_path / "link", found.commit_id), "team")) == ["one"]
    monkeypatch.chdir("team")
    assert names(then(found, ".")) == ["one"]
    assert names(then(found, "..")) == ["one", "two"]


def test_a_place_in_a_revision_names_the_commit() -> None:
    """Eight digits of it, then the path from the root, wherever the run is."""
    write("team/one.yaml")
    found = commit()

    [declared] = then(found, "team").projects

    assert declared.files == (f"{found.commit_id[:8]}:team/one.yaml",)
    assert str(declared.position) == f"{found.commit_id[:8]}:team/one.yaml:2:10"


def test_a_project_of_a_revision_whose_id_is_a_reference_is_not_known() -> None:
    """The others are; what is not known is a warning with its place, and nothing is deleted."""
    write("one.yaml", project_id="${env:DCSYNC_VAR_PROJECT}")
    write("two.yaml", url=URL + "/${env:TOKEN}")
    found = commit()

    declarations = then(found, ".")

    assert names(declarations) == ["two"]
    [warning] = declarations.warnings
    assert warning.severity is Severity.WARNING
    assert str(warning) == (
        f"{found.commit_id[:8]}:one.yaml:2:10: warning: the project of this declaration is "
        "unknown, because variables are not resolved for an earlier revision: nothing is deleted "
        "for it"
    )


def test_a_fleet_of_a_revision_is_what_is_found_now() -> None:
    """The organization is asked for it, and each project found was declared."""
    Path("one.yaml").write_text(
        "dcsync: 1\nprojects: {discover: {organization: c0md3pm0p7bet3vico80}}\n"
        f"policy: {{prune: none}}\nconnectors: {{one: {{config: {{url: '{URL}'}}}}}}\n"
    )
    asked = []

    def discover(wanted: declare.Discovery) -> list[declare.FoundProject]:
        asked.append(wanted.organization)
        return [declare.FoundProject(project("oslo"), "Oslo")]

    found = declare.load_revision([Path()], commit(), discover)

    assert asked == ["c0md3pm0p7bet3vico80"]
    assert [each.project_id for each in found.projects] == [project("oslo")]


def test_a_link_of_a_revision_is_no_file() -> None:
    """What it leads to is read where it lies."""
    write("real/one.yaml")
    Path("link.yaml").symlink_to("real/one.yaml")
    found = commit()

    assert names(then(found, ".")) == ["one"]
    assert names(then(found, "link.yaml")) == ["one"]


def test_many_files_of_any_size_are_told_apart() -> None:
    """Empty ones, ones without a last line feed, and bytes that are no UTF-8."""
    Path("a.yaml").write_bytes(b"")
    Path("b.yaml").write_bytes(b"no line feed")
    Path("c.yaml").write_bytes(b"\xff\x00 blob 3\n\n" * 1000)
    Path("d.yml").write_bytes(b"\n")

    assert dict(commit().files((".yaml",))) == {
        name: Path(name).read_bytes() for name in ("a.yaml", "b.yaml", "c.yaml")
    }
    assert dict(commit().files((".nothing",))) == {}


def changed(since: Commit, *paths: str | Path) -> list[str]:
    """The projects of the work tree that differ from the commit, by their names."""
    now = declare.load([Path(each) for each in paths or (".",)], environ={})
    found = declare.changed_projects([now, then(since, *(paths or (".",)))], since)
    return [each.rstrip("0") for each in found]


def test_changed_projects_are_those_of_changed_files() -> None:
    """Edited, new and removed files, in the order of the ids; others are not named."""
    for name in ("zoo", "same", "gone"):
        write(f"{name}.yaml")
    since = commit()
    assert changed(since) == []

    write("zoo.yaml", url=URL + "/new")
    write("added.yaml")
    Path("gone.yaml").unlink()

    assert changed(since) == ["added", "gone", "zoo"]
    assert changed(since, "zoo.yaml") == ["zoo"]


def test_what_is_put_back_is_not_changed() -> None:
    """Bytes are compared, not times, and not whether Git has seen them."""
    write("one.yaml")
    since = commit()
    write("one.yaml", url=URL + "/new")
    commit()
    assert changed(since) == ["one"]

    write("one.yaml")

    assert changed(since) == []


def test_a_file_that_is_no_regular_file_any_more_is_changed() -> None:
    """A link in its place is another thing, though it leads to the same bytes."""
    write("one.yaml")
    since = commit()
    Path("one.yaml").rename("elsewhere")
    Path("one.yaml").symlink_to("elsewhere")

    assert since.changed_paths(["one.yaml"]) == {"one.yaml"}
    Path("one.yaml").unlink()
    Path("one.yaml").mkdir()
    assert since.changed_paths(["one.yaml"]) == {"one.yaml"}


def test_paths_outside_and_paths_that_are_nowhere_are_nobodys_change() -> None:
    """Only what is in the repository, then or now, can differ; what Git ignores is not in it."""
    write("one.yaml")
    Path(".gitignore").write_text("*.secret\n")
    since = commit()
    Path("a.secret").write_text("new")
    Path("b.txt").write_text("new")
    Path("../outside.yaml").write_text("new")
    Path("hollow").symlink_to("nowhere")

    asked = ["one.yaml", "a.secret", "b.txt", "../outside.yaml", "nowhere.yaml", "hollow"]
    assert since.changed_paths(asked) == {"b.txt", "hollow"}


def test_a_tracked_file_that_is_ignored_and_new_since_counts() -> None:
    """Ignored is what Git does not track."""
    since = commit()
    Path(".gitignore").write_text("*.txt\n")
    Path("key.txt").write_text("new")
    run_git("add", "--force", "key.txt")

    assert since.changed_paths(["key.txt"]) == {"key.txt"}


def test_a_file_that_a_declaration_refers_to_changes_its_project() -> None:
    """Each one, from the declaring file's folder; a file has no default, `:-` is of its name."""
    write("team/one.yaml", url=URL + "/${file:../keys/one}/${file:../keys/two:-old}")
    write("team/two.yaml")
    Path("keys").mkdir()
    for name in ("one", "two:-old", "three"):
        Path("keys", name).write_text("old")
    since = commit()

    Path("keys/three").write_text("new")
    assert changed(since) == []
    Path("keys/two:-old").write_text("new")
    assert changed(since) == ["one"]
    Path("keys/two:-old").write_text("old")
    Path("keys/one").write_text("new")
    assert changed(since) == ["one"]


@pytest.mark.parametrize("link", ["team/one.yaml", "team"])
def test_a_link_that_leads_elsewhere_is_a_change(
    link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it leads to is as it was, wherever the run is; that it leads there is the change."""
    write(".kept/old/one.yaml")
    write(".kept/new/one.yaml", url=URL + "/new")
    write("here/two.yaml")
    Path(link).parent.mkdir(exist_ok=True)
    target = Path.cwd() / ".kept" / "old" / ("one.yaml" if link.endswith("yaml") else "")
    Path(link).symlink_to(target)
    since = commit()
    monkeypatch.chdir("here")
    assert changed(since, f"../{link}") == []

    Path("..", link).unlink()
    Path("..", link).symlink_to(str(target).replace("old", "new"))

    assert changed(since, f"../{link}") == ["one"]


def test_changes_are_seen_from_below_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    """Paths are compared from the root, whatever folder the run is in."""
    write("team/one.yaml", url=URL + "/${file:keys/one}")
    write("team/two.yaml")
    Path("team/keys").mkdir()
    Path("team/keys/one").write_text("old")
    since = commit()
    monkeypatch.chdir("team")
    assert changed(since) == []

    Path("keys/one").write_text("new")
    assert changed(since) == ["one"]
    write("two.yaml", url=URL + "/new")
    assert changed(since) == ["one", "two"]


def test_repositories_of_sha256_are_read_and_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Git knows two kinds of ids."""
    (tmp_path / "longer").mkdir()
    monkeypatch.chdir(tmp_path / "longer")
    run_git("init", "--quiet", "--object-format=sha256")
    write("one.yaml")
    write("two.yaml")
    since = commit()
    write("two.yaml", url=URL + "/new")

    assert len(since.commit_id) == 64
    assert names(then(since, ".")) == ["one", "two"]
    assert changed(since) == ["two"]


@pytest.mark.parametrize("find", [declare.find_commit, declare.find_ancestor])
@pytest.mark.parametrize("digits", [40, 64])
def test_the_id_of_zeros_is_no_commit(find: object, digits: int) -> None:
    """CI systems name it before a first push."""
    assert callable(find)
    commit()

    assert find("0" * digits, Path()) is None


def test_a_revision_is_what_git_takes_for_one(root: Path) -> None:
    """A branch, a tag, a short id; the root is found from any folder below."""
    write("deep/one.yaml")
    found = commit()
    run_git("tag", "-a", "v1", "-m", "one")

    assert found == Commit(root, run_git("rev-parse", "HEAD"))
    for revision in ("v1", found.commit_id[:9], "HEAD"):
        assert declare.find_ancestor(revision, Path("deep")) == found


@pytest.mark.parametrize("revision", ["nowhere", "HEAD~1", "HEAD:one.yaml", "--all", "0" * 39])
def test_what_is_no_commit_is_refused(revision: str) -> None:
    """A branch that is not there, a file, an option."""
    write("one.yaml")
    commit()

    with pytest.raises(RevisionError) as caught:
        declare.find_commit(revision, Path())
    assert str(caught.value) == f"there is no commit {revision}"


def test_a_shallow_clone_says_how_to_fetch_more(tmp_path: Path) -> None:
    """The hint of a commit that is not there, and of one that is no ancestor."""
    write("one.yaml")
    first = commit()
    write("two.yaml")
    commit()
    clone = tmp_path / "clone"
    run_git("clone", "--quiet", "--depth=1", f"file://{Path.cwd()}", str(clone))
    remedy = "fetch the history (git fetch --unshallow; in GitHub's checkout: fetch-depth: 0)"
    hint = f"; this clone is shallow: {remedy}"

    with pytest.raises(RevisionError) as caught:
        declare.find_commit(first.commit_id, clone)
    assert str(caught.value) == f"there is no commit {first.commit_id}{hint}"
    run_git("fetch", "--quiet", "--depth=1", "origin", first.commit_id, folder=clone)
    with pytest.raises(RevisionError) as caught:
        declare.find_ancestor(first.commit_id, clone)
    assert str(caught.value).endswith(f"merge-base{hint}")


def test_a_commit_of_another_branch_is_no_ancestor() -> None:
    """The files would not be what became of it; the message says the way on."""
    commit()
    run_git("checkout", "--quiet", "-b", "side")
    write("one.yaml")
    side = commit()
    run_git("checkout", "--quiet", "-")

    assert declare.find_commit("side", Path()) == side
    with pytest.raises(RevisionError) as caught:
        declare.find_ancestor("side", Path())
    assert str(caught.value) == (
        "side is not an ancestor of HEAD, so it cannot be the base; "
        "rebase onto it, or add --base-from merge-base"
    )


def test_outside_of_git_there_is_no_revision(tmp_path: Path) -> None:
    """The folder is named; an empty folder called `.git` is no repository."""
    (tmp_path / "plain" / ".git").mkdir(parents=True)

    assert declare.find_root(tmp_path / "plain") is None
    with pytest.raises(RevisionError) as caught:
        declare.find_commit("HEAD", tmp_path / "plain")
    assert str(caught.value) == (
        f"{tmp_path / 'plain'} is not in a Git repository, so no revision can be read"
    )


def test_an_object_that_is_missing_is_an_error() -> None:
    """A partial clone does not have every file: it is told how to get them."""
    write("one.yaml")
    found = commit()
    blob = run_git("rev-parse", "HEAD:one.yaml")
    Path(".git/objects", blob[:2], blob[2:]).unlink()

    with pytest.raises(RevisionError) as caught:
        list(found.files((".yaml",)))
    assert str(caught.value) == (
        f"the object {blob[:8]} is not here; where this clone is partial, fetch what it left out "
        "(git fetch --refetch --no-filter)"
    )


@pytest.mark.skipif(sys.platform == "darwin", reason="names are UTF-8 there")
def test_paths_need_not_be_utf_8() -> None:
    """Git stores bytes; what is ignored and what changed is told by the same name."""
    names = [os.fsdecode(each) for each in (b"\xff.yaml", b"\xfe.secret", b"odd \n name.yaml")]
    Path(names[0]).write_text("old")
    Path(".gitignore").write_text("*.secret\n")
    since = commit()
    for name in names:
        Path(name).write_text("new")

    assert [name for name, _ in since.files((".yaml",))] == [names[0]]
    assert declare.find_ignored(names, Path.cwd()) == {names[1]}
    assert since.changed_paths(names) == {names[0], names[2]}
