"""Which live connector each declaration means. Pure.

Identity has three steps, each only where the one before found none: the pinned id; the display
name (of several, the one of the declared type); a former display name. What is not certain is
an error that names the ids, never a guess: a guess would delete or double somebody's connector.

A connector whose name says that it is being replaced (`retirement`) stands in for the one of the
name before, as long as that is not live. Once it is, it is a leftover.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence

from dcsync.dataclass import dataclass
from dcsync.model import Connector, Declared, Diagnostic, Severity
from dcsync.plan.retirement import name_before


@dataclass(frozen=True, slots=True)
class Matches:
    """A project's declarations, each with its live connector or None; and the other live ones.

    `leftovers` are old connectors of interrupted replaces, with their successors.
    """

    pairs: tuple[tuple[Declared, Connector | None], ...]
    leftovers: tuple[tuple[Declared, Connector], ...]
    undeclared: tuple[Connector, ...]
    problems: tuple[Diagnostic, ...]


def match(declared: Sequence[Declared], live: Sequence[Connector]) -> Matches:
    """Match one project's declarations with its live connectors."""
    finder = _Finder(live, declared)
    pairs = []
    problems = []
    for each in declared:
        found = finder.find(each)
        if isinstance(found, str):
            problems.append(_error(each, found))
        else:
            pairs.append((each, found))
    problems.extend(_claimed_twice(pairs))
    claimed = {found.data_connector_id for _, found in pairs if found}
    leftovers = tuple(finder.leftovers(declared, claimed))
    claimed.update(each.data_connector_id for _, each in leftovers)
    undeclared = tuple(each for each in live if each.data_connector_id not in claimed)
    return Matches(tuple(pairs), leftovers, undeclared, tuple(problems))


def former_matches(former: Sequence[Declared], live: Sequence[Connector]) -> dict[str, Declared]:
    """The earlier declaration of each live connector, by id.

    Uncertain matches are omitted: two that match, another type, one claimed twice. The old
    connector of an interrupted replace has another type and matches nevertheless.
    """
    finder = _Finder(live, former)
    found: dict[str, list[Declared]] = defaultdict(list)
    for each in former:
        connector = finder.find(each)
        if isinstance(connector, Connector) and connector.type == each.connector.type:
            found[connector.data_connector_id].append(each)
    for each, connector in finder.leftovers(former, found.keys()):
        found[connector.data_connector_id].append(each)
    return {key: declared[0] for key, declared in found.items() if len(declared) == 1}


class _Finder:
    """Live connectors by id and by name; those of an unknown type are not found by name."""

    def __init__(self, live: Iterable[Connector], declared: Iterable[Declared]) -> None:
        self._by_id = {each.data_connector_id: each for each in live}
        self._by_name: dict[str, list[Connector]] = defaultdict(list)
        self._retired: dict[str, list[Connector]] = defaultdict(list)
        meant = {name for each in declared for name in _names_of(each.connector)}
        for each in self._by_id.values():
            if each.config is None:
                continue
            self._by_name[each.display_name].append(each)
            before = name_before(each.display_name)
            if before and meant.isdisjoint(_names_of(each)):
                self._retired[before].append(each)

    def find(self, declared: Declared) -> Connector | str | None:
        """The live connector, None if there is none, or what is wrong."""
        wanted = declared.connector
        if wanted.data_connector_id:
            return self._pinned(wanted)
        named = self._by_name.get(wanted.display_name, [])
        if named:
            typed = [each for each in named if each.type == wanted.type]
            return _the_one(typed if len(typed) == 1 else named)
        if retired := self._retired.get(wanted.display_name):
            return _to_continue_with(retired, wanted)
        renamed = [each for name in declared.renamed_from for each in self._by_name.get(name, ())]
        if renamed:
            return _the_one(renamed)
        retired = [each for name in declared.renamed_from for each in self._retired.get(name, ())]
        return _to_continue_with(retired, wanted) if retired else None

    def leftovers(
        self, declared: Sequence[Declared], claimed: Container[str]
    ) -> Iterator[tuple[Declared, Connector]]:
        """Each connector that is being replaced and was not matched, with its declaration."""
        by_name = {name: each for each in declared for name in each.renamed_from}
        by_name.update((each.connector.display_name, each) for each in declared)
        for before, retired in self._retired.items():
            for each in retired:
                if before in by_name and each.data_connector_id not in claimed:
                    yield by_name[before], each

    def _pinned(self, wanted: Connector) -> Connector | str:
        found = self._by_id.get(wanted.data_connector_id)
        if found is None:
            return (
                f"no live connector has the id {wanted.data_connector_id} in project "
                f"{wanted.project_id}; correct `id`, or remove it to create the connector"
            )
        if found.type != wanted.type:
            return (
                f"the pinned connector {found.data_connector_id} is of type {found.type}, and a "
                f"type cannot be changed; remove `id` to replace it by a {wanted.type}"
            )
        return found


def _the_one(found: Sequence[Connector]) -> Connector | str:
    if len(found) == 1:
        return found[0]
    ids = ", ".join(sorted(each.data_connector_id for each in found))
    return f"more than one live connector fits: {ids}; pin the one that is meant with `id`"


def _names_of(connector: Connector) -> set[str]:
    """The names by which a declaration matches, and by which a live connector is matched."""
    return {connector.display_name, connector.data_connector_id}


def _to_continue_with(retired: Sequence[Connector], wanted: Connector) -> Connector:
    """Of several that are being replaced the one of the declared type, else the youngest."""
    return max(retired, key=lambda each: (each.type == wanted.type, each.data_connector_id))


def _claimed_twice(pairs: Iterable[tuple[Declared, Connector | None]]) -> Iterable[Diagnostic]:
    claims: dict[str, list[Declared]] = defaultdict(list)
    for declared, found in pairs:
        if found:
            claims[found.data_connector_id].append(declared)
    for data_connector_id, claimants in claims.items():
        for each in claimants[1:]:
            yield _error(
                each,
                f"the live connector {data_connector_id} is claimed twice, here and by "
                f"{claimants[0].address} ({claimants[0].position}); pin each with `id`, or "
                "correct display_name and renamed_from",
            )


def _error(declared: Declared, message: str) -> Diagnostic:
    return Diagnostic(Severity.ERROR, f"{declared.address}: {message}", declared.position)
