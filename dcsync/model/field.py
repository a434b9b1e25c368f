"""What a field of a connector's config is: declared once, beside the field, for all who handle it.

The wire, the schema, the loader, comparison, masking, import and the documentation read it from
here; none of them knows a field by its name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from enum import Enum, auto
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

from dcsync.masked import masked_field
from dcsync.model.secret import Secret, SecretOrStr, reveal

Leaf = SecretOrStr | int | float | bool
"""What a config holds in the end: strings, numbers, true and false."""


class Kind(Enum):
    """What a field holds; found from its annotation."""

    STRING = auto()
    NUMBER = auto()
    BOOLEAN = auto()
    MAP = auto()
    """Strings by names that the user chooses."""
    GROUP = auto()
    """Fields of their own."""


@dataclass(frozen=True, slots=True)
class Form:
    """What a string must look like: a pattern that editors know too, and what it means."""

    pattern: str
    message: str
    scheme: str = ""
    """Of a form of URLs, the scheme that is looked at more closely: `https` or `sb`."""


@dataclass(frozen=True, slots=True)
class Spec:
    """Everything about a field that its annotation and its name do not say."""

    title: str
    description: str
    key: str = ""
    """The API's key; by default the name in camelCase."""
    required: bool = False
    """A declaration has to give it, and not an empty one."""
    secret: bool = False
    """Never shown; of a map, every value."""
    endpoint: bool = False
    """Part of where events go: tells connectors apart, and `sync_after: [endpoint]` is about it."""
    left_alone: bool = False
    """Left out of a declaration it stays as it is live, instead of having its default."""
    any_case: bool = False
    """Of a map: letter case does not tell its names apart."""
    form: Form | None = None
    """Of its value."""
    names: Form | None = None
    """Of a map's names."""
    examples: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class ConfigField:
    """One field of a config class."""

    name: str
    kind: Kind
    spec: Spec
    group: type[Group] | None = None
    """The class of a GROUP."""

    @property
    def key(self) -> str:
        """The API's key."""
        return self.spec.key or camel(self.name)


class Group:
    """Base of every class with such fields; None in one of them leaves it out of a request.

    Not frozen: scripts change the config of a connector and send it. The tool never does.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        """Without the fields that are secret, the others masked."""
        shown = (
            f"{each.name}={_repr_of(each.name, getattr(self, each.name))}"
            for each in fields_of(type(self))
            if not each.spec.secret
        )
        return f"{type(self).__name__}({', '.join(shown)})"


def _repr_of(name: str, value: object) -> str:
    return repr(masked_field(name, value) if isinstance(value, str) else value)


_FIELDS: dict[type[Group], tuple[ConfigField, ...]] = {}


def fields_of(kind: type[Group]) -> tuple[ConfigField, ...]:
    """The fields of a config class in the order in which they are declared."""
    known = _FIELDS.get(kind)
    if known is None:
        hints = get_type_hints(kind, include_extras=True)
        named = fields(kind)  # type: ignore[arg-type]  # every subclass is a dataclass
        known = _FIELDS[kind] = tuple(_field(each.name, hints[each.name]) for each in named)
    return known


def _field(name: str, hint: Any) -> ConfigField:
    annotated, spec = get_args(hint)
    [first, *others] = [each for each in get_args(annotated) if each is not NoneType]
    if isinstance(first, type) and issubclass(first, Group):
        return ConfigField(name, Kind.GROUP, spec, first)
    if get_origin(first) is not None:
        return ConfigField(name, Kind.MAP, spec)
    held = {first, *others}
    if held == {str, Secret}:
        return ConfigField(name, Kind.STRING, spec)
    return ConfigField(name, Kind.BOOLEAN if held == {bool} else Kind.NUMBER, spec)


def config_leaves(config: Group | None, prefix: str = "") -> Iterator[tuple[str, Leaf]]:
    """Every value of a config with its path below `config`: `url`, `headers.X-Env`; None left out.

    A map's name is kept as written, dots included: it is all that follows `headers.`.
    """
    for field in () if config is None else fields_of(config.__class__):
        value = getattr(config, field.name)
        if value is None:
            continue
        path = prefix + field.name
        if field.kind is Kind.MAP:
            for name, text in value.items():
                yield f"{path}.{name}", text
        elif field.kind is Kind.GROUP:
            yield from config_leaves(value, f"{path}.")
        else:
            yield path, value


def revealed(leaf: Leaf) -> str | int | float | bool:
    """The value itself, for the wire only."""
    return reveal(leaf) if isinstance(leaf, Secret) else leaf


def leaves_with(config: Group | None, trait: str) -> Iterator[tuple[str, Leaf]]:
    """The leaves of those fields whose spec has a trait: `secret`, `endpoint`."""
    paths = () if config is None else tuple(paths_with(type(config), trait))
    for path, value in config_leaves(config):
        if any(path == each or path.startswith(f"{each}.") for each in paths):
            yield path, value


_PATHS: dict[tuple[type[Group], str], tuple[str, ...]] = {}


def paths_with(kind: type[Group], trait: str) -> tuple[str, ...]:
    """The paths below `config` of those fields whose spec has a trait."""
    known = _PATHS.get((kind, trait))
    if known is None:
        known = _PATHS[kind, trait] = tuple(_paths_with(kind, trait, ""))
    return known


def _paths_with(kind: type[Group], trait: str, prefix: str) -> Iterator[str]:
    for field in fields_of(kind):
        if field.group is not None:
            yield from _paths_with(field.group, trait, f"{prefix}{field.name}.")
        elif getattr(field.spec, trait):
            yield prefix + field.name


def field_at(kind: type[Group], path: str) -> tuple[ConfigField, str] | None:
    """The field at a path below `config`, and what of the path names an entry of a map."""
    head, _, rest = path.partition(".")
    field = next((each for each in fields_of(kind) if each.name == head), None)
    if field is None or field.group is None:
        return (field, rest) if field else None
    return field_at(field.group, rest)


def camel(name: str) -> str:
    """`signature_secret` as `signatureSecret`."""
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


StringMap = Mapping[str, SecretOrStr]
