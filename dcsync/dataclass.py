"""The standard library's `dataclass`, for classes with slots, in a quarter of the time.

The original writes and compiles up to six methods for each class: two fifths of what a small plan
took. Here all classes share five methods, and `__init__` is compiled when it is first looked at.
What else dataclasses do (fields, replace, asdict, match) is done by the original. There is no
InitVar, and what inherits from such a class is decorated with this, too.
"""

from __future__ import annotations

import dataclasses
import operator
import sys
from collections.abc import Callable, Iterator
from functools import cache
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass  # mypy knows what that makes
else:

    def dataclass(*, slots, frozen=False, order=False, repr=True, kw_only=False):
        """As dataclasses.dataclass."""
        methods = {"__eq__": _is_equal, "__hash__": None}
        methods |= {"__repr__": _text} if repr else {}
        methods |= _FROZEN if frozen else {}
        methods |= _ORDERED if order else {}

        def made(kind):
            kind.__doc__ = kind.__doc__ or kind.__name__  # else its signature is worked out for it
            kind = dataclasses.dataclass(
                init=False, repr=False, eq=False, slots=slots, kw_only=kw_only
            )(kind)
            _check(kind, frozen=frozen)
            own = _own_names(kind)
            for name, method in {"__init__": _Init(kind), **methods}.items():
                if name not in own:
                    setattr(kind, name, method)
            return kind

        return made


def _own_names(kind: type) -> set[str]:
    """What the class defines itself. Where it has an `__eq__`, Python adds a `__hash__` of None."""
    names = set(vars(kind))
    is_implied = "__eq__" in names and kind.__hash__ is None
    return names - {"__hash__"} if is_implied else names


def _check(kind: Any, *, frozen: bool) -> None:
    """TypeError for what the original refuses when it makes the methods that are made here."""
    bases = [each for each in kind.__mro__[1:] if "__dataclass_fields__" in vars(each)]
    if any((each.__setattr__ is _refuse_to_set) != frozen for each in bases):
        raise TypeError(f"{kind.__name__} and what it inherits from: frozen or not, but not both")
    has_default = False
    for each in dataclasses.fields(kind):
        if not each.init or each.kw_only:
            continue
        if has_default and _is_required(each):
            raise TypeError(
                f"{kind.__name__}: non-default argument {each.name!r} follows a default"
            )
        has_default = not _is_required(each)


def _is_required(field: dataclasses.Field[Any]) -> bool:
    return field.default is field.default_factory is dataclasses.MISSING


class _Init:
    """Stands for the `__init__` of a class until somebody looks at it."""

    def __init__(self, kind: type) -> None:
        self._kind = kind

    def __get__(self, instance: object, owner: type) -> Any:
        init = _init_of(self._kind)
        self._kind.__init__ = init  # type: ignore[misc]  # from now on it is as if written by hand
        return init.__get__(instance, owner)


def _init_of(kind: Any) -> Any:
    fields = dataclasses.fields(kind)
    known: dict[str, Any] = {"_UNSET": _UNSET}
    is_frozen = kind.__setattr__ is _refuse_to_set
    for each in fields:
        if is_frozen:  # nobody else can write to its slots
            known[f"_set_{each.name}"] = getattr(kind, each.name).__set__
        known[f"_default_{each.name}"] = each.default
        known[f"_make_{each.name}"] = each.default_factory
    lines = [f"def __init__({', '.join(_parameters(fields))}):", "  pass"]
    for name, value in _values(fields):
        lines.append(f"  _set_{name}(self, {value})" if is_frozen else f"  self.{name} = {value}")
    lines += ["  self.__post_init__()"] if hasattr(kind, "__post_init__") else []
    within = "\n".join(f"  {line}" for line in lines)
    made: dict[str, Any] = {}
    source = f"def make({', '.join(known)}):\n{within}\n  return __init__"
    exec(source, vars(sys.modules[kind.__module__]), made)  # noqa: S102 - as the original does
    init = made["make"](**known)
    init.__qualname__ = f"{kind.__qualname__}.__init__"
    init.__annotations__ = {each.name: each.type for each in fields if each.init} | {"return": None}
    return init


def _parameters(fields: tuple[dataclasses.Field[Any], ...]) -> Iterator[str]:
    taken = [each for each in fields if each.init]
    yield "self"
    yield from (_parameter(each) for each in taken if not each.kw_only)
    if any(each.kw_only for each in taken):
        yield "*"
    yield from (_parameter(each) for each in taken if each.kw_only)


def _parameter(field: dataclasses.Field[Any]) -> str:
    if field.default is not dataclasses.MISSING:
        return f"{field.name}=_default_{field.name}"
    has_factory = field.default_factory is not dataclasses.MISSING
    return f"{field.name}=_UNSET" if has_factory else field.name


def _values(fields: tuple[dataclasses.Field[Any], ...]) -> Iterator[tuple[str, str]]:
    """The name of each field that gets a value, and the expression for that."""
    for each in fields:
        name, value = each.name, each.name
        if each.default_factory is not dataclasses.MISSING:
            given = f"{name} if {name} is not _UNSET else " if each.init else ""
            value = f"{given}_make_{name}()"
        elif not each.init:
            value = f"_default_{name}"
        if each.init or value != f"_default_{name}" or each.default is not dataclasses.MISSING:
            yield name, value


class _Factory:
    """Stands for an argument that was not given, in signatures too."""

    def __repr__(self) -> str:
        return "<factory>"


_UNSET = _Factory()


@cache
def _key_of(kind: Any) -> Callable[[Any], Any]:
    """What instances are compared by."""
    return _getter([each.name for each in dataclasses.fields(kind) if each.compare])


@cache
def _hash_key_of(kind: Any) -> Callable[[Any], Any]:
    """What they are hashed by: the same, unless a field says otherwise."""
    fields = dataclasses.fields(kind)
    return _getter(
        [each.name for each in fields if (each.compare if each.hash is None else each.hash)]
    )


def _getter(names: list[str]) -> Callable[[Any], Any]:
    return operator.attrgetter(*names if len(names) > 1 else 2 * names) if names else lambda _: ()


def _is_equal(self: Any, other: Any) -> Any:
    if other.__class__ is not self.__class__:
        return NotImplemented
    key = _key_of(self.__class__)
    return key(self) == key(other)


def _hash(self: Any) -> int:
    return hash(_hash_key_of(self.__class__)(self))


@recursive_repr()
def _text(self: Any) -> str:
    shown = [each.name for each in dataclasses.fields(self) if each.repr]
    values = ", ".join(f"{name}={getattr(self, name)!r}" for name in shown)
    return f"{self.__class__.__qualname__}({values})"


def _refuse_to_set(_self: object, name: str, _value: object) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(_self: object, name: str) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: Any) -> list[Any]:
    return [getattr(self, each.name) for each in dataclasses.fields(self)]


def _restore(self: Any, state: list[Any]) -> None:
    for each, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, each.name, value)


def _ordering(is_so: Callable[[Any, Any], bool]) -> Callable[[Any, Any], Any]:
    def compare(self: Any, other: Any) -> Any:
        if other.__class__ is not self.__class__:
            return NotImplemented
        key = _key_of(self.__class__)
        return is_so(key(self), key(other))

    return compare


_FROZEN = {
    "__hash__": _hash,
    "__setattr__": _refuse_to_set,
    "__delattr__": _refuse_to_delete,
    "__getstate__": _state,
    "__setstate__": _restore,
}
_ORDERED = {
    f"__{each.__name__}__": _ordering(each)
    for each in (operator.lt, operator.le, operator.gt, operator.ge)
}
