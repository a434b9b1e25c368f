"""What a run is limited to: patterns and names, few or thousands."""

from __future__ import annotations

from fnmatch import fnmatchcase

from hypothesis import given
from hypothesis import strategies as st

from dcsync.model import DeclaredProject, Policy, Position, Prune
from dcsync.plan import Narrowing

WORDS = st.text(alphabet="ab/*?[]!", min_size=1, max_size=4)
PATTERNS = st.lists(WORDS, max_size=4).map(tuple)


def project(key: str, project_id: str) -> DeclaredProject:
    place = Position("dcsync.yaml", 2, 10)
    return DeclaredProject(project_id, key, Policy(Prune.NONE), (), place)


@given(WORDS, PATTERNS, PATTERNS)
def test_an_address_is_taken_by_any_pattern_and_by_no_exception(
    address: str, patterns: tuple[str, ...], excepted: tuple[str, ...]
) -> None:
    """As fnmatch says of each pattern by itself; without patterns all are taken."""
    wanted = not patterns or any(fnmatchcase(address, each) for each in patterns)
    unwanted = any(fnmatchcase(address, each) for each in excepted)

    assert Narrowing(patterns, excepted).takes(address) is (wanted and not unwanted)


@given(WORDS, WORDS, PATTERNS, PATTERNS)
def test_a_project_is_taken_by_its_key_or_its_id_if_it_changed(
    key: str, project_id: str, patterns: tuple[str, ...], changed: tuple[str, ...]
) -> None:
    """Changed projects are ids, not patterns."""
    wanted = not patterns or any(fnmatchcase(n, p) for n in (key, project_id) for p in patterns)
    found = project(key, project_id)

    assert Narrowing(projects=patterns).takes_project(found) is wanted
    narrowed = Narrowing(projects=patterns, changed=changed)
    assert narrowed.takes_project(found) is (wanted and project_id in changed)


@given(st.lists(WORDS, max_size=3), PATTERNS)
def test_a_pattern_that_matches_nothing_is_known(
    names: list[str], patterns: tuple[str, ...]
) -> None:
    """In the order of the command line."""
    projects = [project(each, each) for each in names]
    missing = tuple(p for p in patterns if not any(fnmatchcase(name, p) for name in names))

    assert Narrowing(projects=patterns).unknown(projects) == missing
