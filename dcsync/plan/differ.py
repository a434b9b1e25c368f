"""Compares a declared connector with a live one, field by field. Pure.

What others own is copied from the live side first, so that the comparison has no special cases.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dcsync.dataclass import replace
from dcsync.model import (
    SENSITIVE,
    Config,
    Connector,
    Declared,
    FieldPath,
    Secret,
    SecretOrStr,
    comparable,
    config_leaves,
    is_known,
    paths_with,
)
from dcsync.model.path import CONFIG, DISPLAY_NAME, EVENT_TYPES, LABELS, STATUS, TYPE
from dcsync.plan.normalise import Field, FieldsByPath, is_same, normalise
from dcsync.plan.operations import Change, Shown

_END = re.compile("[?#;]")
SYSTEM_DISABLED = "SYSTEM_DISABLED"
_READING_ORDER = {
    path[0]: place
    for place, path in enumerate((DISPLAY_NAME, TYPE, STATUS, EVENT_TYPES, LABELS, CONFIG))
}
"""That of a declaration: the name first, the config last."""


def compare(declared: Declared, live: Connector) -> tuple[Change, ...]:
    """The changes that bring `live` in sync with `declared`, in field order."""
    now = normalise(live)
    wanted = adopt(declared, now)
    return tuple(_changes(now, wanted))


def as_created(connector: Connector) -> Connector:
    """The declared connector as it is created: ACTIVE if its status is omitted."""
    return replace(connector, status=connector.status or "ACTIVE")


def as_replacement(connector: Connector, live: Connector) -> Connector:
    """The declared connector as it replaces `live`: a disabled one stays disabled."""
    if not connector.status and live.status == "USER_DISABLED":
        return replace(connector, status="USER_DISABLED")
    return as_created(connector)


def describe(connector: Connector) -> tuple[Change, ...]:
    """Every field of a connector to be created."""
    return tuple(_changes({}, _with_type(connector)))


def describe_gone(live: Connector, was: Declared | None) -> tuple[Change, ...]:
    """Every field of a connector to be deleted; what its earlier declaration kept secret stays
    secret."""
    secret = {path for path, field in _fields_of(was).items() if isinstance(field.value, Secret)}
    return tuple(
        replace(change, before=SENSITIVE, sensitive=True)
        if comparable(change.path) in secret
        else change
        for change in _changes(_with_type(live), {})
    )


def _fields_of(declared: Declared | None) -> FieldsByPath:
    return normalise(declared.connector) if declared else {}


def describe_replacement(declared: Declared, live: Connector) -> tuple[Change, ...]:
    """The differences between a connector and its replacement."""
    wanted = as_replacement(declared.connector, live)
    return tuple(_changes(_with_type(live), _with_type(wanted)))


def _with_type(connector: Connector) -> FieldsByPath:
    return {TYPE: Field(TYPE, connector.type), **normalise(connector)}


def unknown_fields(declared: Declared) -> tuple[tuple[FieldPath, SecretOrStr], ...]:
    """Path and string of each field that cannot be compared because its reference was not
    resolved."""
    leaves = config_leaves(declared.connector.config)
    return tuple(
        (path, text) for path, text in leaves if isinstance(text, Secret) and not is_known(text)
    )


def adopt(declared: Declared, now: FieldsByPath) -> FieldsByPath:
    """The declared fields, with everything that others own taken from the live side."""
    wanted = normalise(declared.connector)
    for path in wanted.keys() | now.keys():
        if is_left_to_others(path, declared) or _is_unknown(wanted.get(path)):
            wanted.pop(path, None)
            if path in now:
                wanted[path] = now[path]
    if _is_in_sync(wanted, now):
        wanted[STATUS] = now[STATUS]
    return wanted


def is_left_to_others(path: FieldPath, declared: Declared) -> bool:
    """Whether `path` is in ignore_changes, or is omitted where that keeps the live value."""
    if path == STATUS and not declared.connector.status:
        return True
    if _is_left_alone(path, declared.connector.config):
        return True
    return any(comparable(owned).covers(path) for owned in declared.ignore_changes)


def _is_left_alone(path: FieldPath, config: Config | None) -> bool:
    return (
        config is not None
        and path in paths_with(type(config), "kept_when_omitted")
        and path not in dict(config_leaves(config))
    )


def _is_unknown(field: Field | None) -> bool:
    return field is not None and isinstance(field.value, Secret) and not field.value.known


def _is_in_sync(wanted: FieldsByPath, now: FieldsByPath) -> bool:
    """A connector that the service disabled is in sync with a declared USER_DISABLED."""
    return (
        STATUS in now
        and now[STATUS].value == SYSTEM_DISABLED
        and STATUS in wanted
        and wanted[STATUS].value == "USER_DISABLED"
    )


def _changes(now: FieldsByPath, wanted: FieldsByPath) -> Iterator[Change]:
    paths = now.keys() | wanted.keys()
    differing = (path for path in paths if not is_same(now.get(path), wanted.get(path)))
    for path in sorted(differing, key=_reading_order):
        yield _change(now.get(path), wanted.get(path))


def _reading_order(path: FieldPath) -> tuple[int, FieldPath]:
    return _READING_ORDER[path[0]], path


def _change(before: Field | None, after: Field | None) -> Change:
    field = after or before
    assert field is not None  # noqa: S101 - one side has the field, else nothing differs
    sensitive = any(isinstance(side.value, Secret) for side in (before, after) if side)
    return Change(
        field.path,
        _shown(before, hide=after is not None and _hides_path(after.value)),
        _shown(after),
        sensitive,
    )


def _hides_path(value: object) -> bool:
    """Whether more is secret than what follows a URL's path, which is never shown."""
    return isinstance(value, Secret) and (
        "${" in _END.split(value.shown)[0] or "://" not in value.shown
    )


def _shown(field: Field | None, *, hide: bool = False) -> Shown:
    """The value as it may be shown: a secret by its reference, a set in order.

    `hide` if the other side keeps secret what this one would show: an old value is as secret as a
    new one.
    """
    if field is None:
        return None
    match field.value:
        case str() | int() | float() | Secret() if hide:
            return SENSITIVE
        case Secret() as secret:
            return secret.shown if secret.known else f"{secret.shown} (unknown)"
        case str() | int() | float() as value:
            return value
        case names:
            return tuple(sorted(names))
