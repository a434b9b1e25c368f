"""Filters devices for listings and streams."""

from __future__ import annotations

from dcsync.dataclass import dataclass
from dcsync.emulator.wire import HttpRequest, Json


@dataclass(frozen=True, slots=True)
class DeviceFilter:
    """Parameters are combined with AND, values of one with OR, label filters by switch."""

    device_ids: frozenset[str]
    device_types: frozenset[str]
    product_numbers: frozenset[str]
    label_filters: tuple[tuple[str, str], ...]
    all_labels: bool
    query: str

    @classmethod
    def of(cls, request: HttpRequest, label_mode: str) -> DeviceFilter:
        def values(name: str) -> frozenset[str]:
            return frozenset(request.query.get(name, ()))

        filters = (text.partition("=") for text in request.query.get("label_filters", ()))
        return cls(
            values("device_ids"),
            values("device_types"),
            values("product_numbers"),
            tuple((key, value) for key, _, value in filters),
            label_mode == "and",
            request.first("query").lower(),
        )

    def accepts(self, device: Json) -> bool:
        return (
            _among(device["name"].rpartition("/")[2], self.device_ids)
            and _among(device["type"], self.device_types)
            and _among(device.get("productNumber", ""), self.product_numbers)
            and self._accepts_labels(device["labels"])
            and self._matches_query(device)
        )

    def _accepts_labels(self, labels: Json) -> bool:
        """`key=value`; `key` and `key=` mean any value."""
        if not self.label_filters:
            return True
        hits = (key in labels and value in {"", labels[key]} for key, value in self.label_filters)
        return all(hits) if self.all_labels else any(hits)

    def _matches_query(self, device: Json) -> bool:
        """Whether every word occurs in the type, the labels or the id."""
        labels = device["labels"]
        text = " ".join([device["name"], device["type"], *labels, *labels.values()]).lower()
        return all(word in text for word in self.query.split())


def _among(value: str, wanted: frozenset[str]) -> bool:
    return not wanted or value in wanted
