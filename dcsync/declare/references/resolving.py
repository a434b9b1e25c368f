"""Resolves references: environment variables, variables of the file, files, the project.

Reads small files; the environment is an argument. No message or exception contains a value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum, auto
from pathlib import Path
from typing import NamedTuple

from dcsync.dataclass import dataclass, field
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
from dcsync.declare.references.permitted import forbidden_anywhere, forbidden_where_shown
from dcsync.declare.strict_yaml.blocks import Block, Mark
from dcsync.declare.suggestions import did_you_mean
from dcsync.model import Position, Secret, SecretOrStr

_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")

MAX_NESTED = 20
"""Maximum nesting of variables that refer to each other."""

MAX_LENGTH = 100_000
"""Maximum length of a resolved string; no field of the API takes as much."""


class Use(Enum):
    """What a string is used for, which decides the references it may contain."""

    FIELD = auto()
    """A field of `config`: all references; environment variables and files make it secret."""
    SHOWN = auto()
    """Any other field, which is printed: no `file`, and only environment variables that may be
    shown, in every mode."""


class _Value(NamedTuple):
    """The result of resolving a string; `text` is None if it is unknown."""

    text: str | None
    secret: bool = False


@dataclass(frozen=True, slots=True)
class ReferenceScope:
    """Where a string is used: its declaration, and the project it is resolved for."""

    declaration: Declaration
    variables: tuple[Block, ...] = ()
    """The project's own first, then the file's."""
    project_id: str | None = None
    project_key: str | None = None
    resolved: dict[tuple[str, Use], _Value] = field(default_factory=dict, repr=False, compare=False)
    """A cache, because variables may refer to each other many times."""

    def at(self, mark: Mark) -> Position:
        return self.declaration.at(mark)


class _Context(NamedTuple):
    """The string being resolved: its position, its use, and the variables it is nested in."""

    scope: ReferenceScope
    mark: Mark
    use: Use
    variables: tuple[str, ...] = ()


_UNKNOWN = _Value(None)


class Resolver:
    """Resolves the strings of one run and reports what cannot be resolved."""

    def __init__(
        self, environ: Mapping[str, str], references: References, problems: Problems
    ) -> None:
        self.environ = environ
        self.references = references
        self.problems = problems
        self.variables: set[str] = set()
        """Environment variables that fields of `config` refer to."""
        self._parsed: dict[str, Parts] = {}
        self._shown: dict[str, str] = {}
        self._files: dict[tuple[str, str], secret_files.Content] = {}
        credentials = environ.get("DT_CREDENTIALS_FILE")
        self._credentials = Path(credentials) if credentials else None

    def field(self, text: str, scope: ReferenceScope, mark: Mark) -> SecretOrStr:
        """A field of `config`: a Secret if a reference makes it secret."""
        if "${" not in text:
            return text
        value = self._resolve(text, _Context(scope, mark, Use.FIELD))
        if value.text is not None and not value.secret:
            return value.text
        return Secret(value.text, shown_text(self._parsed.get(text, ())))

    def secret(self, text: str, scope: ReferenceScope, mark: Mark) -> tuple[Secret, bool]:
        """A field that is always secret, and whether the file holds it in plain text."""
        if "${" not in text:
            return Secret(text), bool(text)
        value = self._resolve(text, _Context(scope, mark, Use.FIELD))
        is_plain_text = bool(value.text) and not value.secret
        return Secret(value.text, self._shown_secret(text)), is_plain_text

    def name(self, text: str, scope: ReferenceScope, mark: Mark) -> str | None:
        """A string that is shown: an id, a name, a label; None if it cannot be resolved."""
        return (
            text if "${" not in text else self._resolve(text, _Context(scope, mark, Use.SHOWN)).text
        )

    def identifier(self, text: str, scope: ReferenceScope, mark: Mark) -> str | None:
        """A name that is a valid id of the API, or an unresolved reference to one."""
        name = self.name(text, scope, mark)
        if name is None or _IDENTIFIER.fullmatch(name) or self.is_unresolved(name):
            return name
        message = "the id must be as the API returns it: letters and digits, no path"
        self.problems.error(message, scope.at(mark))
        return None

    def is_unresolved(self, name: str) -> bool:
        """Whether a reference is left in the string because this run does not resolve it."""
        return "${" in name and (self.references is References.WARN or self.references.is_earlier)

    def _shown_secret(self, text: str) -> str:
        if text not in self._shown:
            self._shown[text] = shown_secret(self._parsed.get(text, ()))
        return self._shown[text]

    def _resolve(self, text: str, context: _Context) -> _Value:
        parts = self._parts(text, context)
        if parts is None:
            return _UNKNOWN
        resolved: list[str] = []
        secret = False
        for part in parts:
            if isinstance(part, str):
                resolved.append(part)
                continue
            value = self._look_up(part, context)
            secret = secret or value.secret
            if value.text is not None:
                resolved.append(value.text)
        if len(resolved) < len(parts):
            return _Value(None, secret)
        if sum(map(len, resolved)) > MAX_LENGTH:
            self._error(
                f"longer than {MAX_LENGTH:,} characters with its references resolved", context
            )
            return _Value(None, secret)
        return _Value("".join(resolved), secret)

    def _parts(self, text: str, context: _Context) -> Parts | None:
        if text not in self._parsed:
            try:
                self._parsed[text] = parse(text)
            except MalformedReference as error:
                self._error(str(error), context)
                return None
        return self._parsed[text]

    def _look_up(self, reference: Reference, context: _Context) -> _Value:
        is_field = context.use is Use.FIELD
        if is_field and reference.kind == "env" and not forbidden_anywhere(reference):
            self.variables.add(reference.name)
        match reference.kind:
            case "var":
                return self._variable(reference.name, context)
            case "project":
                return self._project(reference, context)
            case _ if self.references.is_earlier:
                return self._earlier(reference, context)
            case _ if problem := _problem_with(reference, context.use):
                self._error(problem, context)
                return _Value(None, secret=is_field)
            case "env":
                return self._environment(reference, context)
            case _:
                return self._file(reference, context)

    def _variable(self, name: str, context: _Context) -> _Value:
        block = next((each for each in context.scope.variables if name in each), None)
        if block is None:
            known = [key for each in context.scope.variables for key in each]
            message = f"no variable '{name}' under 'vars'{_of_project(context.scope)}"
            self._error(message + did_you_mean(name, known), context)
            return _UNKNOWN
        resolved = context.scope.resolved
        if (name, context.use) not in resolved:
            resolved[name, context.use] = self._resolve_variable(name, block, context)
        return resolved[name, context.use]

    def _resolve_variable(self, name: str, block: Block, context: _Context) -> _Value:
        if name in context.variables:
            chain = " → ".join((*context.variables[context.variables.index(name) :], name))
            self._error(f"variables refer to each other in a cycle: {chain}", context)
            return _UNKNOWN
        if len(context.variables) >= MAX_NESTED:
            self._error(f"variables are nested more than {MAX_NESTED} levels deep", context)
            return _UNKNOWN
        if block[name] is BROKEN:
            return _UNKNOWN
        inner = context._replace(mark=block.value_mark(name), variables=(*context.variables, name))
        return self._resolve(block[name], inner)

    def _project(self, reference: Reference, context: _Context) -> _Value:
        scope = context.scope
        value = scope.project_id if reference.name == "id" else scope.project_key
        if value is None:
            self._error(f"{reference} is not allowed here: the project is not known yet", context)
        return _Value(value)

    def _earlier(self, reference: Reference, context: _Context) -> _Value:
        """A reference of an earlier revision, whose target may no longer exist."""
        is_field = context.use is Use.FIELD
        if self.references is References.VARIABLES and reference.kind == "env":
            value = self.environ.get(reference.name) or reference.default
            if value is not None and not _problem_with(reference, context.use):
                return _Value(value, secret=is_field)
        return _Value(None if is_field else str(reference), secret=is_field)

    def _environment(self, reference: Reference, context: _Context) -> _Value:
        is_field = context.use is Use.FIELD
        if is_field and self.references is References.SKIP:
            return _Value(None, secret=True)
        value = self.environ.get(reference.name) or reference.default
        if value is None:
            state = "empty" if reference.name in self.environ else "not set"
            advice = f"set it, or give a default as in ${{env:{reference.name}:-value}}"
            self._unset(f"variable {reference.name} is {state}: {advice}", context)
            stand_in = str(reference) if self.references is References.WARN else None
            return _Value(None, secret=True) if is_field else _Value(stand_in)
        return _Value(value, secret=is_field)

    def _file(self, reference: Reference, context: _Context) -> _Value:
        if self.references is References.SKIP:
            return _Value(None, secret=True)
        declaration = context.scope.declaration
        key = (str(declaration.folder), reference.name)
        if key not in self._files:
            self._files[key] = secret_files.read(
                reference.name, declaration.folder, declaration.root, self._credentials
            )
        content = self._files[key]
        if content.problem:
            report = self._unset if content.missing else self._error
            report(f"{reference}: {content.problem}", context)
        return _Value(content.text, secret=True)

    def _unset(self, message: str, context: _Context) -> None:
        match self.references:
            case References.WARN:
                self.problems.warn(message, context.scope.at(context.mark))
            case References.ALLOW_UNSET if context.use is Use.FIELD:
                pass
            case _:
                self._error(message, context)

    def _error(self, message: str, context: _Context) -> None:
        self.problems.error(message, context.scope.at(context.mark))


def _problem_with(reference: Reference, use: Use) -> str:
    problem = forbidden_anywhere(reference)
    return problem or (forbidden_where_shown(reference) if use is Use.SHOWN else "")


def _of_project(scope: ReferenceScope) -> str:
    """Names the project, if it is in a fleet: each project has its own variables."""
    if scope.project_key is None or scope.project_key == scope.project_id:
        return ""
    return f" for project '{scope.project_key}'"
