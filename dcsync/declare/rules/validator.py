"""jsonschema's validator with a step limit and with patterns in linear time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from dcsync.declare.rules.budget import StepBudget
from dcsync.declare.rules.matching import Matcher

KEYWORD = 20
"""The cost of a keyword; a state of a pattern on a character costs half a step."""
Keyword = Callable[[Any, Any, Any, Any], Iterator[Any]]


def validator_of(schema: Any, matchers: Mapping[str, Matcher], budget: StepBudget) -> Any:
    """A validator of JSON Schema 2020-12 that fetches nothing and stops at the budget."""
    from jsonschema import Draft202012Validator, validators

    patterns = _Patterns(matchers, budget)
    own: dict[str, Keyword] = {
        "pattern": patterns.pattern,
        "patternProperties": patterns.properties,
        "additionalProperties": patterns.additional,
    }
    known: Mapping[str, Any] = Draft202012Validator.VALIDATORS
    checks = {name: _counted(own.get(name, each), budget) for name, each in known.items()}
    extend: Any = validators.extend
    return extend(Draft202012Validator, checks)(schema)


def unknown_keys(
    instance: Mapping[str, Any], schema: Mapping[str, Any], matchers: Mapping[str, Matcher]
) -> list[str]:
    """The keys in neither `properties` nor `patternProperties`."""
    return _Patterns(matchers, StepBudget()).unknown(instance, schema)


def _counted(check: Any, budget: StepBudget) -> Keyword:
    def counted(validator: Any, limit: Any, instance: Any, schema: Any) -> Iterator[Any]:
        budget.spend(KEYWORD + (len(limit) if isinstance(limit, list | dict) else 0))
        yield from check(validator, limit, instance, schema) or ()

    return counted


class _Patterns:
    """The keywords with patterns."""

    def __init__(self, matchers: Mapping[str, Matcher], budget: StepBudget) -> None:
        self._matchers = matchers
        self._budget = budget

    def pattern(self, validator: Any, limit: str, instance: Any, schema: Any) -> Iterator[Any]:  # noqa: ARG002 - as every check
        if isinstance(instance, str) and not self._matches(limit, instance):
            yield _error("pattern")

    def properties(self, validator: Any, limit: Any, instance: Any, schema: Any) -> Iterator[Any]:  # noqa: ARG002 - as every check
        for pattern, below in limit.items() if isinstance(instance, dict) else ():
            for key, value in instance.items():
                if self._matches(pattern, key):
                    yield from validator.descend(value, below, path=key, schema_path=pattern)

    def additional(self, validator: Any, limit: Any, instance: Any, schema: Any) -> Iterator[Any]:
        unknown = self.unknown(instance, schema) if isinstance(instance, dict) else []
        if isinstance(limit, dict):
            for key in unknown:
                yield from validator.descend(instance[key], limit, path=key)
        elif limit is False and unknown:
            yield _error("additionalProperties")

    def unknown(self, instance: Mapping[str, Any], schema: Mapping[str, Any]) -> list[str]:
        patterns = schema.get("patternProperties", {})
        return [
            key
            for key in instance
            if key not in schema.get("properties", {})
            and not any(self._matches(each, key) for each in patterns)
        ]

    def _matches(self, pattern: str, text: str) -> bool:
        return self._matchers[pattern].search(text, self._budget.spend)


def _error(message: str) -> Any:
    from jsonschema import ValidationError

    return ValidationError(message)
