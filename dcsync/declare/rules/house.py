"""The rules of a run: those given by options, and those named in declarations."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from dcsync.declare.declaration import Declaration
from dcsync.declare.meaning.connectors import WrittenConnector
from dcsync.declare.problems import Problems
from dcsync.declare.rules.budget import StepBudget, TooMuchWork
from dcsync.declare.rules.checking import Broken, Checker
from dcsync.declare.rules.documents import document_of
from dcsync.declare.rules.rulebook import Rulebook, load
from dcsync.declare.strict_yaml.blocks import Items, mark_of
from dcsync.model import Position

Written = Sequence[tuple[Declaration, Sequence[WrittenConnector]]]
"""The declarations of one project, each with its connectors."""


class HouseRules:
    """Checks every connector of every project; a violation is an error at its position."""

    def __init__(self, paths: Sequence[Path], problems: Problems) -> None:
        self._problems = problems
        self._budget = StepBudget()
        self._checkers: dict[Path, Checker | None] = {}
        self._given = [each for path in paths if (each := self._checker(path))]

    @property
    def names(self) -> tuple[str, ...]:
        """The rulebooks that were read so far."""
        return tuple(map(str, self._checkers))

    def check(self, project: str, written: Written) -> None:
        """Check a project; the rules that one declaration names apply to all its connectors.

        `project` is "" where the cloud would have to be asked: rules about it say nothing then.
        """
        named = [each for declaration, _ in written for each in self._named_by(declaration)]
        checkers = dict.fromkeys([*self._given, *named])
        for declaration, entries in written if checkers else ():
            for entry in entries:
                self._check(entry, declaration, project, checkers)

    def _check(
        self,
        entry: WrittenConnector,
        declaration: Declaration,
        project: str,
        checkers: Iterable[Checker],
    ) -> None:
        document = document_of(entry, project)
        for checker in checkers if document else ():
            for broken in self._broken_rules(checker, document, entry, declaration):
                if project or broken.path[:1] != ("project",):
                    mark = mark_of(entry.whole, broken.path, entry.mark, of_key=broken.of_key)
                    position = declaration.at(mark)
                    message = f"house rule: {broken.message}"
                    self._problems.error(message, position, rule=broken.rule)

    def _broken_rules(
        self,
        checker: Checker,
        document: object,
        entry: WrittenConnector,
        declaration: Declaration,
    ) -> Iterator[Broken]:
        try:
            yield from checker.broken_rules(document)
        except RecursionError:
            problem = "the rules are circular: a '$ref' refers to itself"
            self._problems.error(problem, declaration.at(entry.mark))
        except TooMuchWork:
            problem = "the rules take too many steps, and are not checked any further"
            self._problems.error(problem, declaration.at(entry.mark))

    def _named_by(self, declaration: Declaration) -> Iterator[Checker]:
        value = declaration.block.get("rules")
        for index, name in enumerate(value if isinstance(value, Items) else [value]):
            if isinstance(name, str):
                below: list[str | int] = [index] if isinstance(value, Items) else []
                position = declaration.position(["rules", *below])
                checker = self._inside(name, declaration, position)
                yield from [checker] if checker else []

    def _inside(self, name: str, declaration: Declaration, position: Position) -> Checker | None:
        """A file in the repository: a pull request must not read other files."""
        path = Path(os.path.normpath(declaration.folder / name))
        real, root = os.path.realpath(path), os.path.realpath(declaration.root)
        if not Path(real).is_relative_to(root):
            self._problems.error("the rules are outside of the repository: use --rules", position)
            return None
        if not path.is_file():
            self._problems.error(f"no rules at {path}", position)
            return None
        return self._checker(path)

    def _checker(self, path: Path) -> Checker | None:
        if path not in self._checkers:
            rulebook: Rulebook | None = load(path, self._problems)
            self._checkers[path] = Checker(rulebook, self._budget) if rulebook else None
        return self._checkers[path]
