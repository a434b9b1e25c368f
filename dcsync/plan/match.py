"""Which live connector each declaration means. Pure.

Identity has three steps, each only where the one before found none: the pinned id; the display
name (of several, the one of the declared type); a former display name. What is not certain is
an error that names the ids, never a guess: a guess would delete or double somebody's connector.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dcsync.model import Connector, Declared, Diagnostic, Severity


@dataclass(frozen=True, slots=True)
class Matches:
    """A project's declarations, each with its live connector or None; the rest of the live ones."""

    pairs: tuple[tuple[Declared, Connector | None], ...]
    undeclared: tuple[Connector, ...]
    problems: tuple[Diagnostic, ...]


def match(declared: Sequence[Declared], live: Sequence[Connector]) -> Matches:
    """Match one project's declarations with its live connectors."""
    finder = _Finder(live)
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
    undeclared = tuple(each for each in live if each.data_connector_id not in claimed)
    return Matches(tuple(pairs), undeclared, tuple(problems))


def former_matches(former: Sequence[Declared], live: Sequence[Connector]) -> dict[str, Declared]:
    """Which former declaration a live connector comes from, by id.

    What is not certain is left out: two that fit, another type, one that two claim.
    """
    finder = _Finder(live)
    found: dict[str, list[Declared]] = defaultdict(list)
    for each in former:
        connector = finder.find(each)
        if isinstance(connector, Connector) and connector.type == each.connector.type:
            found[connector.data_connector_id].append(each)
    return {key: declared[0] for key, declared in found.items() if len(declared) == 1}


class _Finder:
    """Live connectors by id and by name; those of an unknown type have no name here."""

    def __init__(self, live: Iterable[Connector]) -> None:
        self._by_id = {each.data_connector_id: each for each in live}
        self._by_name: dict[str, list[Connector]] = defaultdict(list)
        for each in self._by_id.values():
            if each.config is not None:
                self._by_name[each.display_name].append(each)

    def find(self, declared: Declared) -> Connector | str | None:
        """The live connector, None where there is none, or what is wrong."""
        wanted = declared.connector
        if wanted.data_connector_id:
            return self._pinned(wanted)
        named = self._by_name.get(wanted.display_name, [])
        if named:
            typed = [each for each in named if each.type == wanted.type]
            return _the_one(typed if len(typed) == 1 else named)
        renamed = [each for name in declared.renamed_from for each in self._by_name.get(name, ())]
        return _the_one(renamed) if renamed else None

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
