"""The part of the declaration schema that is about `config`, made from the connector types.

Pure. `make schemas` writes the whole schema to schemas/declaration.schema.json, for editors.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from graphlib import TopologicalSorter
from itertools import pairwise
from typing import Any

from dcsync.model import (
    CONFIG_CLASSES,
    Config,
    ConfigField,
    Group,
    HttpPushConfig,
    Kind,
    Spec,
    fields_of,
)

Schema = dict[str, Any]

_JSON_TYPES: Mapping[Kind, str] = {
    Kind.STRING: "string",
    Kind.NUMBER: "number",
    Kind.BOOLEAN: "boolean",
    Kind.MAP: "object",
    Kind.GROUP: "object",
}


def with_configs(base: Schema) -> Schema:
    """The declaration schema: the base, and what the connector types add to its definitions."""
    types = CONFIG_CLASSES.values()
    definitions = {
        **base["$defs"],
        **{definition_of(config): _config(config) for config in types},
        "anyConfig": _any_config(types),
        "configByType": {"allOf": [_by_type(config) for config in types]},
        "completeConnector": {
            "description": "A connector of a file without `defaults` has all that its type needs.",
            "allOf": [_complete(config) for config in types],
        },
    }
    definitions["type"] = {**definitions["type"], "enum": [*CONFIG_CLASSES, None]}
    return {**base, "$defs": definitions}


def definition_of(config: type[Config]) -> str:
    """The name of a type's definition: `httpPush`."""
    first, *others = config.type.lower().split("_")
    return first + "".join(map(str.capitalize, others))


def _config(config: type[Config]) -> Schema:
    return {"title": config.type, **_object(_first_line(config), fields_of(config))}


def _first_line(group: type[Group]) -> str:
    return (group.__doc__ or "").partition("\n")[0]


def _object(description: str, fields: Iterable[ConfigField]) -> Schema:
    return {
        "description": description,
        "type": ["object", "null"],
        "additionalProperties": False,
        "properties": {field.name: _field(field) for field in fields},
    }


def _field(field: ConfigField) -> Schema:
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


def _form(spec: Spec) -> Schema:
    form = spec.form
    return {"pattern": form.pattern, "patternErrorMessage": form.message} if form else {}


def _entries(spec: Spec) -> Schema:
    names = spec.names
    form = {"pattern": names.pattern, "patternErrorMessage": names.message} if names else {}
    return {
        "default": {},
        "propertyNames": form,
        "additionalProperties": {"type": ["string", "null"]},
    }


def _any_config(types: Iterable[type[Config]]) -> Schema:
    """Every field of every type, each type's in its order: a type may come from `defaults`."""
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


def _shared(fields: list[ConfigField]) -> Schema:
    """A field that several types have: what they agree on."""
    schemas = [_field(each) for each in fields]
    if all(each == schemas[0] for each in schemas):
        return schemas[0]
    descriptions = dict.fromkeys(each["description"] for each in schemas)
    return {
        "title": schemas[0]["title"],
        "description": "By type: " + " Or: ".join(descriptions),
        "type": schemas[0]["type"],
    }


def _by_type(config: type[Config]) -> Schema:
    reference = {"$ref": f"#/$defs/{definition_of(config)}"}
    return {"if": _is_type(config), "then": {"properties": {"config": reference}}}


def _is_type(config: type[Config]) -> Schema:
    return {"properties": {"type": {"const": config.type}}, "required": ["type"]}


def _complete(config: type[Config]) -> Schema:
    whole = _required(fields_of(config))
    if config is HttpPushConfig:  # the type where it is left out
        is_type = {"properties": {"type": {"enum": [config.type, None]}}}
        whole = {"allOf": [{"$ref": f"#/$defs/{definition_of(config)}"}, whole]}
    else:
        is_type = _is_type(config)
    return {"if": is_type, "then": {"required": ["config"], "properties": {"config": whole}}}


def _required(fields: Iterable[ConfigField]) -> Schema:
    """An object that has what is required, and null for none of it."""
    needed = [field for field in fields if field.spec.required]
    return {
        "type": "object",
        "required": [field.name for field in needed],
        "properties": {
            field.name: _required(fields_of(field.group))
            if field.group
            else {"type": _JSON_TYPES[field.kind]}
            for field in needed
        },
    }
