"""The fields of a dataclass, and its `__init__`, which is compiled once that pays."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import partial
from typing import Any

MISSING: Any = object()
"""Stands for a default that there is not."""

MANY = 20
"""Instances. To compile an `__init__` takes as long as to fill so many without."""


class DataclassField:
    """What is known of a field, by the names that the original has for it."""

    name: str
    type: Any
    kw_only: bool

    def __init__(
        self,
        *,
        default: Any = MISSING,
        default_factory: Any = MISSING,
        init: bool = True,
        repr: bool = True,
        hash: bool | None = None,
        compare: bool = True,
    ) -> None:
        self.default, self.default_factory = default, default_factory
        self.init, self.repr, self.hash, self.compare = init, repr, hash, compare

    @property
    def is_required(self) -> bool:
        """Whether there is neither a default nor a factory of one."""
        return self.default is self.default_factory is MISSING

    @property
    def is_positional(self) -> bool:
        """Whether it may be given without its name."""
        return self.init and not self.kw_only

    def initial(self) -> Any:
        """What it holds if nothing is given."""
        return self.default if self.default_factory is MISSING else self.default_factory()


class Initializer:
    """Stands for the `__init__` of a class until it has many instances, or somebody looks at it."""

    def __init__(self, *, is_frozen: bool) -> None:
        self._is_frozen = is_frozen
        self._instances = 0

    def __set_name__(self, kind: Any, name: str) -> None:
        self._kind = kind

    def __get__(self, instance: object, owner: type) -> Any:
        self._instances += 1
        if instance is not None and self._instances < MANY:
            return partial(self._fill, instance)
        init = self._compiled()
        self._kind.__init__ = init  # from now on it is as if written by hand
        return init.__get__(instance, owner)

    def _fill(self, instance: Any, /, *values: Any, **named: Any) -> None:
        """Set every field. What a compiled one would not take is left to that to refuse."""
        kind: Any = self._kind
        put = object.__setattr__ if self._is_frozen else setattr
        positional = (each.name for each in kind.__own_fields__ if each.is_positional)
        given = dict(zip(positional, values, strict=False)) | named
        is_wrong = len(given) < len(values) + len(named)
        for each in kind.__own_fields__:
            value = given.pop(each.name, MISSING) if each.init else MISSING
            value = each.initial() if value is MISSING else value
            if value is not MISSING:
                put(instance, each.name, value)
            is_wrong |= value is MISSING and each.init
        if given or is_wrong:
            self._compiled()(instance, *values, **named)
        if hasattr(kind, "__post_init__"):
            instance.__post_init__()

    def _compiled(self) -> Any:
        return _compiled(self._kind, is_frozen=self._is_frozen)


def _compiled(kind: Any, *, is_frozen: bool) -> Any:
    own: tuple[DataclassField, ...] = kind.__own_fields__
    known: dict[str, Any] = {"_UNSET": _UNSET}
    for each in own:
        if is_frozen:  # nobody else can write to its slots
            known[f"_set_{each.name}"] = getattr(kind, each.name).__set__
        if each.default is not MISSING:
            known[f"_default_{each.name}"] = each.default
        if each.default_factory is not MISSING:
            known[f"_make_{each.name}"] = each.default_factory
    lines = [f"def __init__({', '.join(_parameters(own))}):", "  pass"]
    for name, value in _values(own):
        lines.append(f"  _set_{name}(self, {value})" if is_frozen else f"  self.{name} = {value}")
    lines += ["  self.__post_init__()"] if hasattr(kind, "__post_init__") else []
    within = "\n".join(f"  {line}" for line in lines)
    made: dict[str, Any] = {}
    source = f"def make({', '.join(known)}):\n{within}\n  return __init__"
    exec(source, vars(sys.modules[kind.__module__]), made)  # noqa: S102 - as the original does
    init = made["make"](**known)
    init.__qualname__ = f"{kind.__qualname__}.__init__"
    init.__annotations__ = {each.name: each.type for each in own if each.init} | {"return": None}
    return init


def _parameters(own: tuple[DataclassField, ...]) -> Iterator[str]:
    taken = [each for each in own if each.init]
    yield "self"
    yield from (_parameter(each) for each in taken if not each.kw_only)
    if any(each.kw_only for each in taken):
        yield "*"
    yield from (_parameter(each) for each in taken if each.kw_only)


def _parameter(field: DataclassField) -> str:
    if field.default is not MISSING:
        return f"{field.name}=_default_{field.name}"
    has_factory = field.default_factory is not MISSING
    return f"{field.name}=_UNSET" if has_factory else field.name


def _values(own: tuple[DataclassField, ...]) -> Iterator[tuple[str, str]]:
    """The name of each field that gets a value, and the expression for that."""
    for each in own:
        name, value = each.name, each.name
        if each.default_factory is not MISSING:
            given = f"{name} if {name} is not _UNSET else " if each.init else ""
            value = f"{given}_make_{name}()"
        elif not each.init:
            value = f"_default_{name}"
        if each.init or value != f"_default_{name}" or each.default is not MISSING:
            yield name, value


class _Factory:
    """Stands for an argument that was not given, in signatures too."""

    def __repr__(self) -> str:
        return "<factory>"


_UNSET = _Factory()
