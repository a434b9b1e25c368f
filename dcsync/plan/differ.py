"""What differs between a declared connector and a live one, field by field. Pure.

What others own is copied from the live side first, so the comparison has no special cases.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from dcsync.model import SENSITIVE, Connector, Declared, Secret, Text, config_leaves, is_known
from dcsync.plan.normalise import Field, Fields, comparable, normalise
from dcsync.plan.operations import Change, Shown

SECRET_FIELD = "config.signature_secret"  # noqa: S105 - the path of a field, not a secret
SYSTEM_DISABLED = "SYSTEM_DISABLED"


def compare(declared: Declared, live: Connector) -> tuple[Change, ...]:
    """The changes that bring `live` in step with `declared`, in the order of the fields."""
    now = normalise(live)
    wanted = adopt(declared, now)
    return tuple(_changes(now, wanted))


def as_created(connector: Connector) -> Connector:
    """The declared connector as it is created: ACTIVE where its status is left out."""
    return replace(connector, status=connector.status or "ACTIVE")


def as_replacement(connector: Connector, live: Connector) -> Connector:
    """The declared connector as it takes the place of `live`: what is off stays off."""
    if not connector.status and live.status == "USER_DISABLED":
        return replace(connector, status="USER_DISABLED")
    return as_created(connector)


def describe(connector: Connector) -> tuple[Change, ...]:
    """Every field of a connector that appears."""
    return tuple(_changes({}, _with_type(connector)))


def describe_gone(live: Connector, was: Declared | None) -> tuple[Change, ...]:
    """Every field of a connector that goes; what its former declaration kept secret stays so."""
    secret = {path for path, field in _fields_of(was).items() if isinstance(field.value, Secret)}
    return tuple(
        replace(change, before=SENSITIVE, sensitive=True)
        if comparable(change.path) in secret
        else change
        for change in _changes(_with_type(live), {})
    )


def _fields_of(declared: Declared | None) -> Fields:
    return normalise(declared.connector) if declared else {}


def describe_replacement(declared: Declared, live: Connector) -> tuple[Change, ...]:
    """What differs between the connector that goes and the one that takes its place."""
    wanted = as_replacement(declared.connector, live)
    return tuple(_changes(_with_type(live), _with_type(wanted)))


def _with_type(connector: Connector) -> Fields:
    return {"type": Field("type", connector.type), **normalise(connector)}


def unknown_fields(declared: Declared) -> tuple[tuple[str, Text], ...]:
    """Path and text of each field that cannot be compared, as its reference was not resolved."""
    leaves = config_leaves(declared.connector.config, "config.")
    return tuple((path, text) for path, text in leaves if not is_known(text))


def adopt(declared: Declared, now: Fields) -> Fields:
    """The declared fields, with everything that others own taken from the live side."""
    wanted = normalise(declared.connector)
    for path in wanted.keys() | now.keys():
        if is_left_to_others(path, declared) or _is_unknown(wanted.get(path)):
            wanted.pop(path, None)
            if path in now:
                wanted[path] = now[path]
    if _is_in_step(wanted, now):
        wanted["status"] = now["status"]
    return wanted


def is_left_to_others(path: str, declared: Declared) -> bool:
    """Whether `path` is in ignore_changes, or is one of the two fields left as they are."""
    connector = declared.connector
    if path == "status" and not connector.status:
        return True
    if path == SECRET_FIELD and getattr(connector.config, "signature_secret", "") is None:
        return True
    return any(_covers(comparable(owned), path) for owned in declared.ignore_changes)


def _covers(owned: str, path: str) -> bool:
    return path == owned or path.startswith(f"{owned}.")


def _is_unknown(field: Field | None) -> bool:
    return field is not None and isinstance(field.value, Secret) and not field.value.known


def _is_in_step(wanted: Fields, now: Fields) -> bool:
    """A connector that the service disabled is in step with a declared USER_DISABLED."""
    return (
        "status" in now
        and now["status"].value == SYSTEM_DISABLED
        and "status" in wanted
        and wanted["status"].value == "USER_DISABLED"
    )


def _changes(now: Fields, wanted: Fields) -> Iterator[Change]:
    differing = (path for path in now.keys() | wanted.keys() if _differs(path, now, wanted))
    for path in sorted(differing, key=_reading_order):
        yield _change(now.get(path), wanted.get(path))


def _differs(path: str, now: Fields, wanted: Fields) -> bool:
    before, after = now.get(path), wanted.get(path)
    return before is None or after is None or before.value != after.value


def _reading_order(path: str) -> tuple[int, str]:
    """The order of a declaration: the name first, the config last."""
    head = path.partition(".")[0]
    return ("display_name", "type", "status", "event_types", "labels", "config").index(head), path


def _change(before: Field | None, after: Field | None) -> Change:
    field = after or before
    assert field is not None  # noqa: S101 - one side has the field, else nothing differs
    sensitive = any(isinstance(side.value, Secret) for side in (before, after) if side)
    return Change(
        field.path,
        _shown(before, hide=after is not None and isinstance(after.value, Secret)),
        _shown(after),
        sensitive,
    )


def _shown(field: Field | None, *, hide: bool = False) -> Shown:
    """The value as it may be shown: a secret by what stands for it, a set in order.

    `hide` where the other side says that the field is secret: an old value is as secret as a new.
    """
    if field is None:
        return None
    match field.value:
        case str() if hide:
            return SENSITIVE
        case Secret() as secret:
            return secret.shown if secret.known else f"{secret.shown} (unknown)"
        case str() as text:
            return text
        case names:
            return tuple(sorted(names))
