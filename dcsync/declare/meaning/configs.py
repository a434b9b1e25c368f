"""Builds a connector's `config` by type: references resolved, omitted fields set to defaults.

The fields and how each is checked are declared in `dcsync.model.configs`.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any, TypeVar, assert_never

from dcsync.declare.declaration import BROKEN
from dcsync.declare.meaning.fields import Fields
from dcsync.declare.meaning.plain_secrets import header_looks_secret, url_looks_secret
from dcsync.declare.meaning.urls import url_prefix_problem, url_problem
from dcsync.declare.strict_yaml.blocks import Block
from dcsync.masked import masked_url
from dcsync.model import (
    CONFIG_CLASSES,
    Config,
    ConfigField,
    Group,
    Kind,
    Secret,
    SecretOrStr,
    fields_of,
    is_known,
    reveal,
)

_PLAIN_TEXT = "a secret in plain text: put it in the environment and write ${env:NAME} here"

Built = TypeVar("Built", bound=Group)


def build(kind: str, config: Fields, own: Block | None) -> Config:
    """The config of type `kind`; `own` is the connector's own part of it, without defaults.

    Fields that `defaults` gives for other types are ignored.
    """
    known = [each.name for each in fields_of(CONFIG_CLASSES[kind])]
    for key in own or ():
        if key not in known and own and own[key] is not BROKEN and own[key] is not None:
            from dcsync.declare.schema.violations import unknown_key  # only for mistakes

            config.problems.error(unknown_key(key, known, kind), config.scope.at(own.key_mark(key)))
    return _group(CONFIG_CLASSES[kind], config)


def _group(kind: type[Built], given: Fields) -> Built:
    return kind(**{each.name: _value(each, given) for each in fields_of(kind)})


def _value(field: ConfigField, given: Fields) -> Any:
    if field.spec.required and given.value(field.name) is None and not given.is_broken(field.name):
        _missing(given, field.name)
    match field.kind:
        case Kind.STRING:
            return _string(field, given)
        case Kind.MAP:
            return _map(field, given.below(field.name))
        case Kind.GROUP:
            assert field.group is not None  # noqa: S101 - what makes a field a GROUP
            below = given.below(field.name)
            return _group(field.group, below) if below else _left_out(field.group)
        case Kind.NUMBER | Kind.BOOLEAN:
            return _number(field, given)
        case _:
            assert_never(field.kind)


def _left_out(kind: type[Built]) -> Built:
    """An omitted group: all its strings are empty, and this is enforced."""
    return kind(**{each.name: "" for each in fields_of(kind) if each.kind is Kind.STRING})


def _missing(given: Fields, key: str) -> None:
    is_given = key in given.block and given.block[key] is not None
    problem = "must not be empty" if is_given else "is missing: this type requires it"
    given.problems.error(f"'{key}' {problem}", given.at(key))


def _number(field: ConfigField, given: Fields) -> float | bool | None:
    """A number or a boolean; YAML's infinite numbers cannot be written in JSON."""
    value: float | bool | None = given.value(field.name)
    if isinstance(value, float) and not isfinite(value):
        given.problems.error(f"'{field.name}' must be a finite number", given.at(field.name))
    return value


def _string(field: ConfigField, given: Fields) -> SecretOrStr | None:
    if field.spec.secret:
        return _secret(field, given)
    value = given.string(field.name)
    if field.spec.required and value == "":
        _missing(given, field.name)
    if not value:
        return ""
    return _url(field, given, value) if field.spec.form and field.spec.form.scheme else value


def _secret(field: ConfigField, given: Fields) -> Secret | None:
    secret, is_plain_text = given.secret(field.name)
    if is_plain_text:
        given.problems.warn(_PLAIN_TEXT, given.at(field.name))
    return Secret("") if secret is None and not field.spec.kept_when_omitted else secret


def _url(field: ConfigField, given: Fields, url: SecretOrStr) -> SecretOrStr:
    """The URL, as a Secret if part of it must not be shown."""
    key, scheme = field.name, field.spec.form.scheme if field.spec.form else ""
    if is_known(url):
        problem = url_problem(reveal(url), scheme)
    else:
        problem = url_prefix_problem(given.value(key).partition("${")[0], scheme)
    if problem:
        given.problems.error(f"'{key}' {problem}", given.at(key))
    if isinstance(url, Secret):
        return url
    if url_looks_secret(url):
        given.problems.warn(_PLAIN_TEXT, given.at(key))
    masked = masked_url(url)
    return url if masked == url else Secret(url, masked)


def _map(field: ConfigField, given: Fields | None) -> Mapping[str, SecretOrStr]:
    values: dict[str, SecretOrStr] = {}
    if given is None:
        return values
    first: dict[str, str] = {}
    for name in given.block:
        value, is_plain_text = _item(field, given, name)
        if value is None:
            continue
        values[name] = value
        other = first.setdefault(name.lower() if field.spec.case_insensitive else name, name)
        if other != name:
            given.problems.error(
                f"{_noun(field)} '{name}' is given twice: also at {given.key_at(other)}; "
                f"{field.name} are not case-sensitive",
                given.key_at(name),
            )
        if is_known(value):
            _check_item(field, given, name, reveal(value), is_plain_text=is_plain_text)
    return values


def _item(field: ConfigField, given: Fields, name: str) -> tuple[SecretOrStr | None, bool]:
    return given.secret(name) if field.spec.secret else (given.string(name), False)


def _check_item(
    field: ConfigField, given: Fields, name: str, text: str, *, is_plain_text: bool
) -> None:
    if any(character in text for character in "\r\n\0"):
        given.problems.error(
            f"{_noun(field)} '{name}' holds a line break: the value must be one line",
            given.at(name),
        )
    if is_plain_text and header_looks_secret(name, text):
        given.problems.warn(_PLAIN_TEXT, given.at(name))


def _noun(field: ConfigField) -> str:
    """What an entry of a map is called: `header`."""
    return field.name.removesuffix("s")
