"""Which files a run reads, and which ones it must not leave out."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from dcsync import declare
from dcsync.declare.files import finding as files
from dcsync.errors import DcsyncError, DeclarationError
from dcsync.model import Declarations

OSLO, BERGEN = "c9n2k4v0t7s1r3m5b6d8", "c9n2k4v0t7s1r3m5b6dg"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    return tmp_path


def declaration(project: str, connector: str = "", *, policy: bool = True) -> str:
    body = f"  {connector}: {{config: {{url: https://a.example.com}}}}\n" if connector else "  {}\n"
    lines = "policy: {prune: none}\n" if policy else ""
    return f"dcsync: 1\nproject: {project}\n{lines}connectors:\n{body}"


def write(path: str, text: str) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text, "utf-8")


def load(*paths: str, environ: Mapping[str, str] | None = None) -> Declarations:
    return declare.load([Path(path) for path in paths], environ=environ or {})


def places(declarations: Declarations) -> list[str]:
    return [each.position.file for project in declarations.projects for each in project.connectors]


def problem(*paths: str) -> str:
    with pytest.raises(DeclarationError) as caught:
        load(*paths)
    return str(caught.value)


def test_a_folder_is_walked_in_the_order_of_names() -> None:
    """Folders are searched for .yaml and .yml, hidden folders and other files left out."""
    write("b.yml", declaration(OSLO, "one"))
    write("a/z.yaml", declaration(OSLO, "two", policy=False))
    write("a/b/c.yaml", declaration(OSLO, "three", policy=False))
    write("a/.cache/d.yaml", declaration(OSLO, "four", policy=False))
    write("a/e.yaml.bak", declaration(OSLO, "five", policy=False))

    assert places(load(".")) == ["b.yml", "a/z.yaml", "a/b/c.yaml"]


def test_paths_are_told_as_they_were_typed(folder: Path) -> None:
    """A place names the file as the user did: relative or absolute."""
    write("a/b.yaml", declaration(OSLO, "one"))

    assert places(load("a")) == ["a/b.yaml"]
    assert places(load(str(folder / "a"))) == [str(folder / "a" / "b.yaml")]


def test_a_file_that_is_named_twice_is_read_once() -> None:
    """`-f . -f a.yaml`, or a link beside its file, declares nothing twice."""
    write("a.yaml", declaration(OSLO, "one"))
    Path("link.yaml").symlink_to("a.yaml")

    assert places(load(".", "a.yaml", "./a.yaml")) == ["a.yaml"]


def test_a_hidden_folder_that_is_named_is_read() -> None:
    """Hidden folders are only left out while walking."""
    write(".dt/a.yaml", declaration(OSLO, "one"))

    assert places(load(".dt")) == [".dt/a.yaml"]


def test_a_link_to_a_folder_is_only_followed_where_it_is_named() -> None:
    """Walking follows no links to folders, which could lead anywhere or in circles."""
    write("real/a.yaml", declaration(OSLO, "one"))
    write("walked/b.yaml", declaration(BERGEN, "two"))
    Path("walked/link").symlink_to("../real")
    Path("walked/circle").symlink_to("..")

    assert places(load("walked")) == ["walked/b.yaml"]
    assert places(load("walked/link")) == ["walked/link/a.yaml"]


def test_a_path_that_is_not_there_is_an_error() -> None:
    """A mistyped -f never means "nothing is declared"."""
    assert problem("nowhere") == "error: nowhere: no such file or folder"


def test_a_folder_without_a_declaration_is_an_error() -> None:
    """Each -f must match a declaration, not only one of them."""
    write("a/a.yaml", declaration(OSLO, "one"))
    write("b/other.yaml", "services: {}\n")
    Path("c").mkdir()

    told = problem("a", "b", "c")
    assert [f"no declaration in the folder {each}: a declaration is" in told for each in "abc"] == [
        False,
        True,
        True,
    ]
    assert told.count("a .yaml or .yml file that begins with 'dcsync: 1'") == 2


def test_a_folder_that_cannot_be_read_is_an_error() -> None:
    """What cannot be looked into may hold declarations: its connectors must not seem deleted."""
    write("a/a.yaml", declaration(OSLO, "one"))
    write("a/b/c.yaml", declaration(OSLO, "two", policy=False))
    if os.geteuid() == 0:
        pytest.skip("root reads everything")
    Path("a/b").chmod(0)
    try:
        assert "cannot read the folder a/b" in problem("a")
    finally:
        Path("a/b").chmod(0o700)


def test_a_huge_file_is_refused() -> None:
    """More than ten million bytes are no declaration, and are not even parsed."""
    write("a.yaml", "dcsync: 1\n" + "#" * files.MAX_BYTES)

    assert (
        problem("a.yaml")
        == "a.yaml:1:1: error: larger than 10,000,000 bytes: split it into several files"
    )


@pytest.mark.slow
def test_a_huge_file_of_another_kind_is_passed_over() -> None:
    """A big YAML file that is no declaration is nobody's business here."""
    write("a.yaml", declaration(OSLO, "one"))
    write("b.yaml", "# dcsync\nopenapi: 3\n" + "#" * files.MAX_BYTES)

    assert places(load(".")) == ["a.yaml"]


def test_what_is_no_file_is_passed_over() -> None:
    """A named pipe in a folder is not waited for; a link to nowhere is missed."""
    write("a.yaml", declaration(OSLO, "one"))
    os.mkfifo("b.yaml")

    assert places(load(".")) == ["a.yaml"]

    Path("c.yaml").symlink_to("nowhere")
    assert problem(".") == "error: c.yaml: no such file or folder"


def left_out(*paths: str, environ: Mapping[str, str] | None = None) -> list[str]:
    given = [Path(path) for path in paths]
    declarations = load(*paths, environ=environ)
    return [
        str(each).partition(" error")[0]
        for each in declare.find_omitted_files(given, declarations, environ=environ or {})
    ]


def test_a_left_out_file_of_a_project_of_the_run_is_found() -> None:
    """Its connectors would look as if nobody declared them."""
    write("a/a.yaml", declaration(OSLO, "one"))
    write("a/b.yaml", declaration(OSLO, "two", policy=False))
    write("other.yaml", declaration(OSLO, "three", policy=False))
    write(
        "fleet.yaml", f"dcsync: 1\nprojects:\n  oslo: {{id: {OSLO}}}\n  bergen: {{id: {BERGEN}}}\n"
    )

    assert left_out("a/a.yaml") == ["fleet.yaml:3:3:", "other.yaml:2:10:", "a/b.yaml:2:10:"]
    assert left_out("a") == ["fleet.yaml:3:3:", "other.yaml:2:10:"]


def test_nothing_is_left_out_of_a_whole_repository() -> None:
    """With the root itself there is nothing that could be left out."""
    write("a/a.yaml", declaration(OSLO, "one"))
    write("b.yaml", declaration(OSLO, "two", policy=False))

    assert left_out(".") == []


def test_other_projects_may_be_left_out() -> None:
    """A run over some projects is free to leave the files of others alone."""
    write("oslo.yaml", declaration(OSLO, "one"))
    write("bergen.yaml", declaration(BERGEN, "one"))
    write("broken.yaml", "dcsync: 1\nproject: {\n")

    assert left_out("oslo.yaml") == []


def test_a_left_out_file_is_found_from_below_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole Git repository counts, wherever the command is started."""
    write("a/a.yaml", declaration(OSLO, "one"))
    write("b.yaml", declaration(OSLO, "two", policy=False))
    root = Path.cwd()
    monkeypatch.chdir("a")

    assert left_out(".") == [f"{root}/b.yaml:2:10:"]


def test_without_a_repository_the_working_folder_counts(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Outside of Git it is what lies below the working folder, or beside a file from elsewhere."""
    (folder / ".git").rmdir()
    write("a/a.yaml", declaration(OSLO, "one"))
    write("b/b.yaml", declaration(OSLO, "two", policy=False))
    write("c/c.yaml", declaration(OSLO, "three", policy=False))

    assert left_out("a") == ["b/b.yaml:2:10:", "c/c.yaml:2:10:"]
    monkeypatch.chdir("c")
    assert left_out("../a") == []


def test_a_left_out_file_may_take_its_project_from_the_environment() -> None:
    """References in ids are resolved; a file whose id is not known is passed over."""
    write("a.yaml", declaration(OSLO, "one"))
    write("b.yaml", declaration("${env:DCSYNC_VAR_PROJECT}", "two", policy=False))

    assert left_out("a.yaml", environ={"DCSYNC_VAR_PROJECT": OSLO}) == ["b.yaml:2:10:"]
    assert left_out("a.yaml") == []


def test_a_left_out_file_that_cannot_be_read_counts_for_what_it_mentions() -> None:
    """A broken file that names the project is found: what it declares is not known."""
    write("a.yaml", declaration(OSLO, "one"))
    write("b.yaml", declaration(OSLO, "two", policy=False) + "  {\n")

    assert left_out("a.yaml") == ["b.yaml:1:1:"]


def test_what_is_named_and_no_file_is_an_error() -> None:
    """A pipe is not waited for; what is wrong is told at its place."""
    os.mkfifo("pipe.yaml")

    assert problem("pipe.yaml") == "pipe.yaml:1:1: error: cannot be read: not a regular file"


def test_a_folder_called_like_a_file_is_a_folder() -> None:
    """What is in it is read."""
    write("a.yaml/b.yaml", declaration(OSLO, "one"))

    assert places(load(".")) == ["a.yaml/b.yaml"]


def test_of_links_to_one_file_the_first_by_name_is_read() -> None:
    """The paths' order comes before that of the names."""
    write("c.yaml", declaration(OSLO, "one"))
    Path("b.yaml").symlink_to("c.yaml")
    write("a/d.yaml", declaration(BERGEN, "two"))

    assert places(load(".")) == ["b.yaml", "a/d.yaml"]
    assert places(load("a", "c.yaml", "b.yaml")) == ["a/d.yaml", "c.yaml"]


@pytest.mark.parametrize(
    "start",
    [
        "dcsync: 1",
        "'dcsync' : '1'",
        '"dcsync":1',
        "{dcsync: 1, a: '",
        "{a: 1,dcsync: 1, b: '",
        "? dcsync: 1",
        "# a comment\n\ndcsync: 2",
        "a: 1\n---\n  dcsync: 1",
        "\ufeffdcsync: 1",
    ],
)
def test_a_huge_file_that_means_to_declare_is_refused(
    start: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However the marker is written: what it declares would look undeclared."""
    monkeypatch.setattr(files, "MAX_BYTES", 1000)
    encoding = "utf-16" if start == "dcsync: 1" else "utf-8"
    write("a.yaml", declaration(OSLO, "one"))
    Path("b.yaml").write_bytes(start.encode(encoding) + b"\n" + b"#" * files.MAX_BYTES)

    assert problem(".").startswith("b.yaml:1:1: error: larger than 1,000 bytes")


@pytest.mark.parametrize(
    "start", ["a: dcsync: 1", "dcsync: yes", "xdcsync: 1", "-dcsync: 1", "dcsync 1"]
)
def test_a_huge_file_that_only_mentions_dcsync_is_passed_over(
    start: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody splits a file that is none of ours."""
    monkeypatch.setattr(files, "MAX_BYTES", 1000)
    write("a.yaml", declaration(OSLO, "one"))
    Path("b.yaml").write_bytes(start.encode() + b"\n" + b"#" * files.MAX_BYTES)

    assert places(load(".")) == ["a.yaml"]


def test_the_largest_file_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many bytes as the limit, not one more."""
    monkeypatch.setattr(files, "MAX_BYTES", 1000)
    text = declaration(OSLO, "one")
    size = files.MAX_BYTES - len(text)
    write("a.yaml", f"{text}{'#' * (size - 1)}\n")

    assert Path("a.yaml").stat().st_size == files.MAX_BYTES
    assert places(load(".")) == ["a.yaml"]


@pytest.mark.parametrize(
    ("made", "is_another"),
    [
        (["HEAD", "objects/x", "refs/x"], True),
        ([".git/HEAD"], True),
        ([".git"], True),
        (["HEAD", "objects/x"], False),
        (["HEAD", "refs/x"], False),
        (["objects/x", "refs/x"], False),
        ([".git/x"], False),
        (["HEAD", "objects", "refs"], False),
    ],
)
def test_what_looks_like_a_repository_is_left_out(made: list[str], is_another: bool) -> None:
    """A checkout has `.git`, a bare one its three parts; anything less is a folder."""
    write("a.yaml", declaration(OSLO, "one"))
    write("b/c.yaml", declaration(BERGEN, "two"))
    write("b/deep/d.yaml", declaration(BERGEN, "three", policy=False))
    for name in made:
        write(f"b/{name}", "")

    read = places(load("."))

    assert read == (["a.yaml"] if is_another else ["a.yaml", "b/c.yaml", "b/deep/d.yaml"])


def test_a_file_is_replaced_as_it_is() -> None:
    """Its permissions and the link to it stay, and nothing is left beside it."""
    Path("real").mkdir()
    Path("real/a.yaml").write_text("old")
    Path("real/a.yaml").chmod(0o640)
    Path("a.yaml").symlink_to("real/a.yaml")

    declare.overwrite(Path("a.yaml"), b"new\r\n")

    assert Path("a.yaml").is_symlink()
    assert Path("real/a.yaml").read_bytes() == b"new\r\n"
    assert Path("real/a.yaml").stat().st_mode & 0o777 == 0o640
    assert list(Path("real").iterdir()) == [Path("real/a.yaml")]


def test_a_file_that_cannot_be_replaced_stays() -> None:
    """The path is told as it was given, with the system's words; nothing is left beside it."""
    Path("folder").mkdir()
    for path, words in (("no/a.yaml", "No such file or directory"), ("folder", "Is a directory")):
        with pytest.raises(DcsyncError) as caught:
            declare.overwrite(Path(path), b"new")
        assert str(caught.value) == f"{path}: cannot be written: {words}"
    assert sorted(each.name for each in Path().iterdir()) == [".git", "folder"]
