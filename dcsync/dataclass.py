"""The standard library's `dataclass`, for classes with slots, in a tenth of the time.

The original imports `inspect` and `ast`, and writes and compiles up to six methods for each class:
a tenth of what a small plan took. Here all classes share five methods, and `__init__` is compiled
when it is first looked at. Whoever asks the original about a class (its asdict, is_dataclass) finds
what that would have made. There is no InitVar, and what inherits from such a class is decorated
with this, too.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any, ClassVar, get_origin

from dcsync.initializer import MISSING, DataclassField, Initializer

if TYPE_CHECKING:  # mypy knows what these make
    from dataclasses import asdict as asdict
    from dataclasses import dataclass as dataclass
    from dataclasses import field as field
    from dataclasses import fields as fields
    from dataclasses import replace as replace
else:

    def dataclass(*, slots, frozen=False, order=False, repr=True, kw_only=False):
        """As dataclasses.dataclass."""
        if not slots:
            raise TypeError("this makes classes with slots only")
        methods = {"__eq__": _is_equal, "__hash__": None, "__replace__": replace}
        methods |= {"__repr__": _text} if repr else {}
        methods |= _FROZEN if frozen else {}
        methods |= _ORDERED if order else {}

        def made(kind):
            declared = {each.name: each for each in _declared(kind, kw_only=kw_only)}
            own = (*(_inherited(kind) | declared).values(),)
            _check(kind, own, frozen=frozen)
            found = _own_content(kind, declared)
            shared = methods | _of_its_own(kind, declared, own, frozen=frozen)
            made = type(kind)(kind.__name__, kind.__bases__, shared | found)
            made.__qualname__ = kind.__qualname__
            return made

        return made

    def field(**settings):
        """As dataclasses.field."""
        return DataclassField(**settings)

    def fields(kind):
        """As dataclasses.fields, of a class or an instance."""
        return kind.__own_fields__

    def asdict(instance):
        """As dataclasses.asdict, but what is in no container is not copied."""
        return {each.name: _plain(getattr(instance, each.name)) for each in fields(instance)}

    def replace(instance, /, **changes):
        """As dataclasses.replace."""
        taken = [each.name for each in fields(instance) if each.init]
        return type(instance)(**{name: getattr(instance, name) for name in taken} | changes)


def _plain(value: Any) -> Any:
    if hasattr(type(value), "__own_fields__"):
        return asdict(value)
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    return type(value)(map(_plain, value)) if isinstance(value, list | tuple) else value


def _declared(kind: type, *, kw_only: bool) -> Iterator[DataclassField]:
    """The fields that the class declares itself."""
    for name, annotation in kind.__annotations__.items():
        if _is_of_class(annotation):
            continue
        found = vars(kind).get(name, MISSING)
        each = found if isinstance(found, DataclassField) else DataclassField(default=found)
        if each.default.__class__.__hash__ is None:
            raise ValueError(f"{kind.__name__}: mutable default of {name!r}: use default_factory")
        each.name, each.type, each.kw_only = name, annotation, kw_only
        yield each


def _is_of_class(annotation: Any) -> bool:
    if isinstance(annotation, str):
        return annotation.startswith("ClassVar")
    return get_origin(annotation) is ClassVar


def _inherited(kind: type) -> dict[str, DataclassField]:
    bases = [vars(each).get("__own_fields__", ()) for each in reversed(kind.__mro__[1:])]
    return {each.name: each for own in bases for each in own}


def _own_content(kind: Any, declared: Mapping[str, DataclassField]) -> dict[str, Any]:
    """What the class defines itself. Where it has an `__eq__`, Python adds a `__hash__` of None."""
    left_out = {*declared, "__dict__", "__weakref__"}
    if "__eq__" in vars(kind) and kind.__hash__ is None:
        left_out.add("__hash__")
    return {name: value for name, value in vars(kind).items() if name not in left_out}


def _of_its_own(
    kind: type,
    declared: Mapping[str, DataclassField],
    own: tuple[DataclassField, ...],
    *,
    frozen: bool,
) -> dict[str, Any]:
    """The attributes that no two classes share."""
    slots = {name for each in kind.__mro__[1:] for name in vars(each).get("__slots__", ())}
    return {
        "__slots__": tuple(name for name in declared if name not in slots),
        "__own_fields__": own,
        "__match_args__": tuple(each.name for each in own if each.is_positional),
        "__init__": Initializer(is_frozen=frozen),
        "__dataclass_fields__": _Original(),
        "__dataclass_params__": _Original(),
    }


class _Original:
    """Stands for what the original would have put in a class until somebody looks at it."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, instance: object, owner: Any) -> Any:
        import dataclasses

        described = [(each.name, each.type, _original(each)) for each in owner.__own_fields__]
        made = dataclasses.make_dataclass(
            owner.__name__, described, init=False, repr=False, eq=False
        )
        found = getattr(made, self._name)
        setattr(owner, self._name, found)
        return found


def _original(each: Any) -> Any:
    from dataclasses import field as original_field

    names = ("default", "default_factory", "init", "repr", "hash", "compare", "kw_only")
    settings = {name: getattr(each, name) for name in names}
    return original_field(
        **{name: value for name, value in settings.items() if value is not MISSING}
    )


def _check(kind: Any, own: tuple[DataclassField, ...], *, frozen: bool) -> None:
    """TypeError for what the original refuses when it makes the methods that are made here."""
    bases = [each for each in kind.__mro__[1:] if "__own_fields__" in vars(each)]
    if any((each.__setattr__ is _refuse_to_set) != frozen for each in bases):
        raise TypeError(f"{kind.__name__} and what it inherits from: frozen or not, but not both")
    has_default = False
    for each in own:
        if each.is_positional:
            if has_default and each.is_required:
                raise TypeError(
                    f"{kind.__name__}: non-default argument {each.name!r} follows a default"
                )
            has_default = not each.is_required


@cache
def _key_of(kind: Any) -> Callable[[Any], Any]:
    """What instances are compared by."""
    return _getter([each.name for each in kind.__own_fields__ if each.compare])


@cache
def _hash_key_of(kind: Any) -> Callable[[Any], Any]:
    """What they are hashed by: the same, unless a field says otherwise."""
    hashed = [
        each.name
        for each in kind.__own_fields__
        if (each.compare if each.hash is None else each.hash)
    ]
    return _getter(hashed)


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
    shown = [each.name for each in self.__own_fields__ if each.repr]
    values = ", ".join(f"{name}={getattr(self, name)!r}" for name in shown)
    return f"{self.__class__.__qualname__}({values})"


def _refuse_to_set(_self: object, name: str, _value: object) -> None:
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(_self: object, name: str) -> None:
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: Any) -> list[Any]:
    return [getattr(self, each.name) for each in self.__own_fields__]


def _restore(self: Any, state: list[Any]) -> None:
    for each, value in zip(self.__own_fields__, state, strict=True):
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
