"""What references stand for: variables of the environment and of the file, files, the project.

Reads small files; the environment is an argument. No message and no exception holds a value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path
from typing import NamedTuple

from dcsync.declare.declaration import BROKEN, Declaration
from dcsync.declare.problems import Problems
from dcsync.declare.references import secret_files
from dcsync.declare.references.masking import shown_secret, shown_text
from dcsync.declare.references.notation import (
    MalformedReference,
    Parts,
    Reference,
    References,
    parse,
)
from dcsync.declare.references.permitted import problem_anywhere, problem_where_shown
from dcsync.declare.strict_yaml.blocks import Block, Mark
from dcsync.declare.words import did_you_mean
from dcsync.model import Position, Secret, SecretOrStr

_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")

MAX_NESTED = 20
"""Variables inside of variables."""

MAX_LENGTH = 100_000
"""Characters of a text with its references resolved; no field of the API takes as many."""


class Use(Enum):
    """What a text is for, and so which references may stand in it."""

    FIELD = auto()
    """A field of `config`: every reference, and the environment's and files' make it secret."""
    SHOWN = auto()
    """Anything else, as it is printed: no `file`, and of the environment only what may be shown,
    in every mode."""


class _Value(NamedTuple):
    """What a text resolved to: None where it is not known, said or not."""

    text: str | None
    secret: bool = False


@dataclass(frozen=True, slots=True)
class ReferenceScope:
    """Where a text stands: its declaration, and the project it is resolved for."""

    declaration: Declaration
    variables: tuple[Block, ...] = ()
    """The project's own first, then the file's."""
    project_id: str | None = None
    project_key: str | None = None
    resolved: dict[tuple[str, Use], _Value] = field(default_factory=dict, repr=False, compare=False)
    """Variables, each resolved once: they may refer to each other many times."""

    def at(self, mark: Mark) -> Position:
        return self.declaration.at(mark)


class _Open(NamedTuple):
    """The text being resolved: where it stands, what for, inside which variables."""

    scope: ReferenceScope
    mark: Mark
    use: Use
    variables: tuple[str, ...] = ()


_UNKNOWN = _Value(None)


class Resolver:
    """Resolves one run's texts and reports what cannot be."""

    def __init__(
        self, environ: Mapping[str, str], references: References, problems: Problems
    ) -> None:
        self.environ = environ
        self.references = references
        self.problems = problems
        self._parsed: dict[str, Parts] = {}
        self._shown: dict[str, str] = {}
        self._files: dict[tuple[str, str], secret_files.Content] = {}
        credentials = environ.get("DT_CREDENTIALS_FILE")
        self._credentials = Path(credentials) if credentials else None

    def field(self, text: str, scope: ReferenceScope, mark: Mark) -> SecretOrStr:
        """A field of `config`: a Secret if it holds a reference that makes it one."""
        if "${" not in text:
            return text
        value = self._resolve(text, _Open(scope, mark, Use.FIELD))
        if value.text is not None and not value.secret:
            return value.text
        return Secret(value.text, shown_text(self._parsed.get(text, ())))

    def secret(self, text: str, scope: ReferenceScope, mark: Mark) -> tuple[Secret, bool]:
        """A field that is secret whatever it holds, and whether the file holds it in clear."""
        if "${" not in text:
            return Secret(text), bool(text)
        value = self._resolve(text, _Open(scope, mark, Use.FIELD))
        in_clear = bool(value.text) and not value.secret
        return Secret(value.text, self._shown_secret(text)), in_clear

    def name(self, text: str, scope: ReferenceScope, mark: Mark) -> str | None:
        """A text that is shown: an id, a name, a label; None where it cannot be resolved."""
        return text if "${" not in text else self._resolve(text, _Open(scope, mark, Use.SHOWN)).text

    def identifier(self, text: str, scope: ReferenceScope, mark: Mark) -> str | None:
        """A name that can be an id of the API, or the reference that stands for it."""
        name = self.name(text, scope, mark)
        if name is None or _IDENTIFIER.fullmatch(name) or self.stands_for_itself(name):
            return name
        message = "the id must be one as the API gives it: letters and digits, no path"
        self.problems.error(message, scope.at(mark))
        return None

    def stands_for_itself(self, name: str) -> bool:
        """Whether the text still holds a reference, as nothing has to be set for this run."""
        return "${" in name and (self.references is References.WARN or self.references.is_former)

    def _shown_secret(self, text: str) -> str:
        if text not in self._shown:
            self._shown[text] = shown_secret(self._parsed.get(text, ()))
        return self._shown[text]

    def _resolve(self, text: str, place: _Open) -> _Value:
        parts = self._parts(text, place)
        if parts is None:
            return _UNKNOWN
        texts: list[str] = []
        secret = False
        for part in parts:
            if isinstance(part, str):
                texts.append(part)
                continue
            value = self._look_up(part, place)
            secret = secret or value.secret
            if value.text is not None:
                texts.append(value.text)
        if len(texts) < len(parts):
            return _Value(None, secret)
        if sum(map(len, texts)) > MAX_LENGTH:
            self._error(f"with its references longer than {MAX_LENGTH:,} characters", place)
            return _Value(None, secret)
        return _Value("".join(texts), secret)

    def _parts(self, text: str, place: _Open) -> Parts | None:
        if text not in self._parsed:
            try:
                self._parsed[text] = parse(text)
            except MalformedReference as error:
                self._error(str(error), place)
                return None
        return self._parsed[text]

    def _look_up(self, reference: Reference, place: _Open) -> _Value:
        is_field = place.use is Use.FIELD
        match reference.kind:
            case "var":
                return self._variable(reference.name, place)
            case "project":
                return self._project(reference, place)
            case _ if self.references.is_former:
                return self._former(reference, place)
            case _ if problem := _problem_with(reference, place.use):
                self._error(problem, place)
                return _Value(None, secret=is_field)
            case "env":
                return self._environment(reference, place)
            case _:
                return self._file(reference, place)

    def _variable(self, name: str, place: _Open) -> _Value:
        block = next((each for each in place.scope.variables if name in each), None)
        if block is None:
            words = [key for each in place.scope.variables for key in each]
            message = f"no variable '{name}' under 'vars'{_of_project(place.scope)}"
            self._error(message + did_you_mean(name, words), place)
            return _UNKNOWN
        known = place.scope.resolved
        if (name, place.use) not in known:
            known[name, place.use] = self._resolve_variable(name, block, place)
        return known[name, place.use]

    def _resolve_variable(self, name: str, block: Block, place: _Open) -> _Value:
        if name in place.variables:
            chain = " → ".join((*place.variables[place.variables.index(name) :], name))
            self._error(f"variables that refer to each other in a circle: {chain}", place)
            return _UNKNOWN
        if len(place.variables) >= MAX_NESTED:
            self._error(f"variables that refer to each other more than {MAX_NESTED} deep", place)
            return _UNKNOWN
        if block[name] is BROKEN:
            return _UNKNOWN
        inner = place._replace(mark=block.value_mark(name), variables=(*place.variables, name))
        return self._resolve(block[name], inner)

    def _project(self, reference: Reference, place: _Open) -> _Value:
        scope = place.scope
        value = scope.project_id if reference.name == "id" else scope.project_key
        if value is None:
            self._error(f"{reference} cannot stand here: the project is not known yet", place)
        return _Value(value)

    def _former(self, reference: Reference, place: _Open) -> _Value:
        """Of a former revision; what it referred to may be gone, and is no problem."""
        is_field = place.use is Use.FIELD
        if self.references is References.VARIABLES and reference.kind == "env":
            value = self.environ.get(reference.name) or reference.default
            if value is not None and not _problem_with(reference, place.use):
                return _Value(value, secret=is_field)
        return _Value(None if is_field else str(reference), secret=is_field)

    def _environment(self, reference: Reference, place: _Open) -> _Value:
        is_field = place.use is Use.FIELD
        if is_field and self.references is References.SKIP:
            return _Value(None, secret=True)
        value = self.environ.get(reference.name) or reference.default
        if value is None:
            state = "empty" if reference.name in self.environ else "not set"
            way = f"set it, or give a default as in ${{env:{reference.name}:-value}}"
            self._unset(f"variable {reference.name} is {state}: {way}", place)
            stand_in = str(reference) if self.references is References.WARN else None
            return _Value(None, secret=True) if is_field else _Value(stand_in)
        return _Value(value, secret=is_field)

    def _file(self, reference: Reference, place: _Open) -> _Value:
        if self.references is References.SKIP:
            return _Value(None, secret=True)
        declaration = place.scope.declaration
        key = (str(declaration.folder), reference.name)
        if key not in self._files:
            self._files[key] = secret_files.read(
                reference.name, declaration.folder, declaration.root, self._credentials
            )
        content = self._files[key]
        if content.problem:
            report = self._unset if content.missing else self._error
            report(f"{reference}: {content.problem}", place)
        return _Value(content.text, secret=True)

    def _unset(self, message: str, place: _Open) -> None:
        match self.references:
            case References.WARN:
                self.problems.warn(message, place.scope.at(place.mark))
            case References.ALLOW_UNSET if place.use is Use.FIELD:
                pass
            case _:
                self._error(message, place)

    def _error(self, message: str, place: _Open) -> None:
        self.problems.error(message, place.scope.at(place.mark))


def _problem_with(reference: Reference, use: Use) -> str:
    problem = problem_anywhere(reference)
    return problem or (problem_where_shown(reference) if use is Use.SHOWN else "")


def _of_project(scope: ReferenceScope) -> str:
    """The project of a fleet, as each has variables of its own."""
    if scope.project_key is None or scope.project_key == scope.project_id:
        return ""
    return f" for project '{scope.project_key}'"
