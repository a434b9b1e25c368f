"""Generates the `config` part of the declaration schema from the connector types.

Pure. `make generated` writes the whole schema to schemas/declaration.schema.json, for editors.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from graphlib import TopologicalSorter
from itertools import pairwise
from typing import Any

from dcsync.model import (
    Config,
    ConfigField,
    Group,
    HttpPushConfig,
    Kind,
    Spec,
    fields_of,
)

SchemaObject = dict[str, Any]

_JSON_TYPES: Mapping[Kind, str] = {
    Kind.STRING: "string",
    Kind.NUMBER: "number",
    Kind.BOOLEAN: "boolean",
    Kind.MAP: "object",
    Kind.GROUP: "object",
}


HIDDEN = {"doNotSuggest": True}
"""For keys that are suggested already: without it editors offer them twice."""


_KNOWN = {"properties": {"type": {"$ref": "#/$defs/type"}}}
"""A known type; with an unknown one, the config may be of any type."""
_ANY_TYPE = {"properties": {"config": {"allOf": [{"$ref": "#/$defs/anyConfig"}], **HIDDEN}}}


def with_configs(base: SchemaObject, types: tuple[type[Config], ...]) -> SchemaObject:
    """The declaration schema: the base, extended by the connector types."""
    definitions = {
        **base["$defs"],
        **{definition_of(config): _config(config) for config in types},
        **{_complete(config): _complete_config(config) for config in types},
        "anyConfig": _any_config(types),
        "completeConnector": _connector(base, types, HttpPushConfig, complete=True),
        **{_of_default(config): _connector(base, types, config) for config in types},
    }
    definitions["type"] = {
        **definitions["type"],
        "enum": [*(config.type for config in types), None],
    }
    definitions["defaults"] = _defaults(base, types)
    definitions["connector"] = _in_order(base["$defs"]["connector"])
    return {**base, "$defs": definitions, "allOf": [*base["allOf"], _connectors(types)]}


def definition_of(config: type[Config]) -> str:
    """The name of a type's definition: `httpPush`."""
    first, *others = config.type.lower().split("_")
    return first + "".join(map(str.capitalize, others))


def _complete(config: type[Config]) -> str:
    return f"{definition_of(config)}Complete"


def _of_default(config: type[Config]) -> str:
    return f"{definition_of(config)}ByDefault"


def _reference(definition: str) -> SchemaObject:
    return {"$ref": f"#/$defs/{definition}"}


def _connectors(types: Iterable[type[Config]]) -> SchemaObject:
    """Without `defaults` a connector must be complete, else of the type they set."""

    def each(definition: str) -> SchemaObject:
        connectors = {"additionalProperties": _reference(definition), **HIDDEN}
        return {"properties": {"connectors": connectors}}

    by_type = [
        {"if": {"properties": {"defaults": _is_type(config)}}, "then": each(_of_default(config))}
        for config in types
    ]
    by_type.append({"if": {"not": {"properties": {"defaults": _KNOWN}}}, "then": each("connector")})
    return {
        "if": {"required": ["defaults"]},
        "then": {"allOf": by_type},
        "else": each("completeConnector"),
    }


def _connector(
    base: SchemaObject,
    types: Iterable[type[Config]],
    default: type[Config],
    *,
    complete: bool = False,
) -> SchemaObject:
    """A connector with the `config` of its type, or of `default` if it has no type."""
    return {
        **base["$defs"]["connector"],
        **({"required": ["config"]} if complete else {}),
        "allOf": _by_type(types, default, complete=complete),
    }


def _by_type(
    types: Iterable[type[Config]], default: type[Config] | None, *, complete: bool = False
) -> list[SchemaObject]:
    def of(config: type[Config]) -> SchemaObject:
        definition = _complete(config) if complete else definition_of(config)
        return {"properties": {"config": {"allOf": [_reference(definition)], **HIDDEN}}}

    return [
        *(
            {"if": _is_type(config, may_be_absent=config is default), "then": of(config)}
            for config in types
        ),
        {"if": {"not": _KNOWN}, "then": _ANY_TYPE},
    ]


def _is_type(config: type[Config], *, may_be_absent: bool | None = None) -> SchemaObject:
    """Whether `type` is this type; null and, by default, a missing type are HTTP_PUSH."""
    is_http = config is HttpPushConfig
    names = [config.type, None] if is_http else [config.type]
    absent = is_http if may_be_absent is None else may_be_absent
    return {
        "properties": {"type": {"enum": names}},
        **({} if absent else {"type": "object", "required": ["type"]}),
    }


def _defaults(base: SchemaObject, types: Iterable[type[Config]]) -> SchemaObject:
    """What `defaults` may hold: the config of its type, or without one fields of any type."""
    without = {"if": {"not": {"required": ["type"]}}, "then": _ANY_TYPE}
    return {**base["$defs"]["defaults"], "allOf": [*_by_type(types, None), without]}


def _in_order(connector: SchemaObject) -> SchemaObject:
    """A connector with all its keys, in the order in which `fmt` writes them."""
    return {
        **connector,
        "properties": {**connector["properties"], "config": _reference("anyConfig")},
    }


def _config(config: type[Config]) -> SchemaObject:
    return {"title": config.type, **_object(_first_line(config), fields_of(config))}


def _first_line(group: type[Group]) -> str:
    return (group.__doc__ or "").partition("\n")[0]


def _object(description: str, fields: Iterable[ConfigField]) -> SchemaObject:
    return {
        "description": description,
        "type": ["object", "null"],
        "additionalProperties": False,
        "properties": {field.name: _field(field) for field in fields},
    }


def _field(field: ConfigField) -> SchemaObject:
    spec = field.spec
    if field.group is not None:
        return {"title": spec.title, **_object(spec.description, fields_of(field.group))}
    return {
        "title": spec.title,
        "description": spec.description,
        "type": [_JSON_TYPES[field.kind], "null"],
        **_form(spec),
        **(_entries(spec) if field.kind is Kind.MAP else {}),
        **({"examples": list(spec.examples)} if spec.examples else {}),
    }


def _form(spec: Spec) -> SchemaObject:
    form = spec.form
    return {"pattern": form.pattern, "patternErrorMessage": form.message} if form else {}


def _entries(spec: Spec) -> SchemaObject:
    names = spec.names
    form = {"pattern": names.pattern, "patternErrorMessage": names.message} if names else {}
    return {
        "default": {},
        "propertyNames": form,
        "additionalProperties": {"type": ["string", "null"]},
    }


def _any_config(types: Iterable[type[Config]]) -> SchemaObject:
    """All fields of all types, in an order that fits every type: `defaults` may set the type."""
    fields: dict[str, list[ConfigField]] = {}
    order: TopologicalSorter[str] = TopologicalSorter()
    for config in types:
        for field in fields_of(config):
            fields.setdefault(field.name, []).append(field)
            order.add(field.name)
        for before, after in pairwise(fields_of(config)):
            order.add(after.name, before.name)
    return {
        "title": "Config",
        "description": "Where events go and how, by `type`.",
        "type": ["object", "null"],
        "additionalProperties": False,
        "properties": {name: _shared(fields[name]) for name in order.static_order()},
    }


def _shared(fields: list[ConfigField]) -> SchemaObject:
    """A field that several types have: what they have in common."""
    schemas = [_field(each) for each in fields]
    if all(each == schemas[0] for each in schemas):
        return schemas[0]
    descriptions = dict.fromkeys(each["description"] for each in schemas)
    return {
        "title": schemas[0]["title"],
        "description": "By type: " + " Or: ".join(descriptions),
        "type": schemas[0]["type"],
    }


def _complete_config(config: type[Config]) -> SchemaObject:
    return {"title": config.type, "description": _first_line(config), **_whole(fields_of(config))}


def _whole(fields: Iterable[ConfigField]) -> SchemaObject:
    """An object with its required fields, none of them null."""
    given = list(fields)
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [each.name for each in given if each.spec.required],
        "properties": {
            each.name: _whole_field(each) if each.spec.required else _field(each) for each in given
        },
    }


def _whole_field(field: ConfigField) -> SchemaObject:
    if field.group is None:
        return {**_field(field), "type": _JSON_TYPES[field.kind]}
    titles = {"title": field.spec.title, "description": field.spec.description}
    return {**titles, **_whole(fields_of(field.group))}
