"""What the official SDK offers of the resources that dcsync has too, found by introspection.

Each finding is a name and what the two libraries have there; none is where they agree.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import disruptive
import disruptive.authentication
import disruptive.errors
import disruptive.events
import disruptive.logging
import disruptive.outputs
import disruptive.resources.data_connector
import disruptive.resources.device

import dcsync
from dcsync.library.data_connector import Metric
from dcsync.library.device import Reported

EMPTY = inspect.Parameter.empty
KINDS = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)
MODULES = ("authentication", "errors", "events", "logging", "outputs")
HIDDEN_CLASSES = {
    "Metric": (disruptive.resources.data_connector.Metric, Metric),
    "Reported": (disruptive.resources.device.Reported, Reported),
}
"""Classes of results that have no public name in either library."""

ACCOUNT = dcsync.Auth.service_account("key", "secret", "e@example.com")


def findings() -> Iterator[tuple[str, str]]:
    """Where the two differ: a name, and how."""
    yield from _module("", disruptive, dcsync)
    for name in MODULES:
        yield from _module(f"{name}.", getattr(disruptive, name), getattr(dcsync, name))
    for name, (theirs, ours) in HIDDEN_CLASSES.items():
        yield from _class(name, theirs, ours)


def _module(prefix: str, theirs: ModuleType, ours: Any) -> Iterator[tuple[str, str]]:
    for name in _offered(theirs):
        if prefix and getattr(disruptive, name, None) is getattr(theirs, name):
            continue  # compared once already
        if hasattr(ours, name):
            yield from _thing(f"{prefix}{name}", getattr(theirs, name), getattr(ours, name))
        else:
            yield f"{prefix}{name}", "missing"


def _offered(module: ModuleType) -> list[str]:
    """Public names but what a module only imports for itself."""
    return [
        name
        for name, value in sorted(vars(module).items())
        if not name.startswith("_") and _is_offered(module, value)
    ]


def _is_offered(module: ModuleType, value: Any) -> bool:
    if inspect.ismodule(value):
        return module is disruptive and value.__name__.startswith("disruptive.")
    if not inspect.isclass(value) and not inspect.isfunction(value):
        return type(value).__module__ not in {"__future__", "typing"}
    return str(value.__module__).startswith(module.__name__)


def _thing(name: str, theirs: Any, ours: Any) -> Iterator[tuple[str, str]]:
    if inspect.ismodule(theirs):
        return
    if inspect.isclass(theirs):
        yield from _class(name, theirs, ours)
    elif callable(theirs):
        yield from _signature(name, theirs, ours)
    elif isinstance(theirs, property):
        if isinstance(ours, property) and bool(theirs.fset) > bool(ours.fset):
            yield name, "cannot be assigned to"
    elif isinstance(theirs, str | int | list | None) and theirs != ours:
        yield name, f"{theirs!r} is {ours!r}"


def _class(name: str, theirs: type, ours: type) -> Iterator[tuple[str, str]]:
    for base in _public_bases(theirs):
        if base not in _public_names(ours):
            yield name, f"no {base}"
    yield from _signature(f"{name}()", theirs, ours)
    for key in dir(theirs):
        if key.startswith("_") or hasattr(list, key):
            continue
        value = inspect.getattr_static(theirs, key)
        if not hasattr(ours, key) and not _is_attribute(ours, key):
            yield f"{name}.{key}", "missing"
        elif isinstance(value, property):
            yield from _thing(f"{name}.{key}", value, inspect.getattr_static(ours, key, None))
        elif hasattr(ours, key):
            yield from _thing(f"{name}.{key}", getattr(theirs, key), getattr(ours, key))


def _is_attribute(kind: type, key: str) -> bool:
    """Whether instances have it, which their class does not show."""
    made = {Reported: Reported({}), type(ACCOUNT): ACCOUNT}.get(kind)
    return made is not None and key in dir(made)


def _public_bases(kind: type) -> set[str]:
    """The names of what a class of the SDK is, as far as they have one in public."""
    known = {**vars(disruptive.errors), **vars(disruptive.outputs), "list": list}
    return {base.__name__ for base in kind.__mro__[1:] if known.get(base.__name__) is base}


def _public_names(ours: type) -> set[str]:
    """The SDK's names of what a class of dcsync is."""
    named: dict[str, Any] = {"OutputBase": dcsync.outputs.OutputBase, "list": list}
    names = [name for name in vars(disruptive.errors) if hasattr(dcsync.errors, name)]
    named |= {name: getattr(dcsync.errors, name) for name in names}
    return {
        name
        for name, kind in named.items()
        if inspect.isclass(kind) and inspect.isclass(ours) and issubclass(ours, kind)
    }


def _signature(name: str, theirs: Any, ours: Any) -> Iterator[tuple[str, str]]:
    """Parameters must have the SDK's names, order and defaults; more may follow."""
    wanted, offered = _parameters(theirs), _parameters(ours)
    for each, own in zip(wanted, offered, strict=False):
        if each.name != own.name:
            yield f"{name} {each.name}", f"is called {own.name}"
        elif each.default not in (EMPTY, own.default):  # what is required may be left out here
            yield f"{name} {each.name}", f"default {each.default!r} is {own.default!r}"
    for each in wanted[len(offered) :]:
        yield f"{name} {each.name}", "missing"
    for own in offered[len(wanted) :]:
        if own.kind is not inspect.Parameter.KEYWORD_ONLY:
            yield f"{name} {own.name}", "more"


def _parameters(call: Any) -> list[inspect.Parameter]:
    try:
        signature = inspect.signature(call)
    except ValueError:  # of a built-in class
        return []
    return [each for each in signature.parameters.values() if each.kind not in KINDS]
