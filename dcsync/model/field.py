"""Describes the fields of connector configs, each declared once beside the field itself.

Wire format, schema, loader, comparison, masking, import and documentation read these descriptions;
none of them knows a field by its name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum, auto
from functools import cache
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

from dcsync.dataclass import dataclass, fields
from dcsync.masked import masked_field
from dcsync.model.path import CONFIG, FieldPath
from dcsync.model.secret import Secret, SecretOrStr, reveal

Leaf = SecretOrStr | int | float | bool
"""A single value in a config."""


class Kind(Enum):
    """The kind of a field, derived from its annotation."""

    STRING = auto()
    NUMBER = auto()
    BOOLEAN = auto()
    MAP = auto()
    """Strings by names that the user chooses."""
    GROUP = auto()
    """An object with fields of its own."""


@dataclass(frozen=True, slots=True)
class Form:
    """The format of a string: a pattern, which editors use too, and the message if it does not
    match."""

    pattern: str
    message: str
    scheme: str = ""
    """For URLs: the scheme that `urls` checks in detail, `https` or `sb`."""


@dataclass(frozen=True, slots=True)
class Spec:
    """What the annotation and the name of a field do not say."""

    title: str
    description: str
    key: str = ""
    """The key in the API; by default the name in camelCase."""
    required: bool = False
    """A declaration must set it, and not to an empty value."""
    secret: bool = False
    """Never shown; for a map, all its values."""
    endpoint: bool = False
    """Part of where events are sent: identifies a connector, and triggers `sync_after:
    [endpoint]`."""
    kept_when_omitted: bool = False
    """A declaration that omits it keeps the live value instead of setting the default."""
    case_insensitive: bool = False
    """For a map: its names are compared without case."""
    form: Form | None = None
    """The format of the value."""
    names: Form | None = None
    """The format of a map's names."""
    examples: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class ConfigField:
    """A field of a config class."""

    name: str
    kind: Kind
    spec: Spec
    group: type[Group] | None = None
    """The class, if `kind` is GROUP."""

    @property
    def key(self) -> str:
        """The key in the API."""
        return self.spec.key or camel(self.name)


class Group:
    """Base of classes with such fields; a field that is None is left out of requests.

    Not frozen: users of the library change configs and send them. The tool never does.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        """Without secret fields, and with the others masked."""
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
    """The fields of a config class, in order of declaration."""
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
    types = {first, *others}
    if types == {str, Secret}:
        return ConfigField(name, Kind.STRING, spec)
    return ConfigField(name, Kind.BOOLEAN if types == {bool} else Kind.NUMBER, spec)


def config_leaves(
    config: Group | None, above: FieldPath = CONFIG
) -> Iterator[tuple[FieldPath, Leaf]]:
    """All values of a config that are not None, by their path; names in maps as written."""
    for path, field in () if config is None else _paths_below(config.__class__, above):
        value = getattr(config, field.name)
        if value is None:
            continue
        if field.kind is Kind.MAP:
            for name, entry in value.items():
                yield path.below(name), entry
        elif field.kind is Kind.GROUP:
            yield from config_leaves(value, path)
        else:
            yield path, value


_BELOW: dict[tuple[type[Group], FieldPath], tuple[tuple[FieldPath, ConfigField], ...]] = {}


def _paths_below(kind: type[Group], above: FieldPath) -> tuple[tuple[FieldPath, ConfigField], ...]:
    known = _BELOW.get((kind, above))
    if known is None:
        found = ((above.below(each.name), each) for each in fields_of(kind))
        known = _BELOW[kind, above] = tuple(found)
    return known


def revealed(leaf: Leaf) -> str | int | float | bool:
    """The value itself, to be sent only."""
    return reveal(leaf) if isinstance(leaf, Secret) else leaf


def leaves_with(config: Group | None, trait: str) -> Iterator[tuple[FieldPath, Leaf]]:
    """The values of the fields whose spec has `trait` set, such as `secret` or `endpoint`."""
    paths = () if config is None else tuple(paths_with(type(config), trait))
    for path, value in config_leaves(config):
        if any(each.covers(path) for each in paths):
            yield path, value


_PATHS: dict[tuple[type[Group], str], tuple[FieldPath, ...]] = {}


def paths_with(kind: type[Group], trait: str) -> tuple[FieldPath, ...]:
    """The paths of the fields of a config whose spec has `trait` set."""
    known = _PATHS.get((kind, trait))
    if known is None:
        known = _PATHS[kind, trait] = tuple(_paths_with(kind, trait, CONFIG))
    return known


def _paths_with(kind: type[Group], trait: str, above: FieldPath) -> Iterator[FieldPath]:
    for path, field in paths_of(kind, above):
        if field.group is None and getattr(field.spec, trait):
            yield path


def paths_of(
    kind: type[Group], above: FieldPath = CONFIG
) -> Iterator[tuple[FieldPath, ConfigField]]:
    """Each field of a config, and of the groups in it, by its path."""
    for field in fields_of(kind):
        path = above.below(field.name)
        yield path, field
        if field.group is not None:
            yield from paths_of(field.group, path)


@cache
def camel(name: str) -> str:
    """Convert `signature_secret` to `signatureSecret`."""
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


StringMap = Mapping[str, SecretOrStr]
