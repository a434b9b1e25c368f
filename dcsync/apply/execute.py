"""Executes one operation and checks that the cloud accepted it."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from typing import assert_never

from dcsync.apply.creation import Creator
from dcsync.apply.outcome import PartialFailure
from dcsync.apply.sync import wants_sync
from dcsync.apply.unmanaged_fields import merge_unmanaged_fields, others_own
from dcsync.apply.updating import Updater
from dcsync.cloud import Reader, Writer
from dcsync.dataclass import dataclass, field, replace
from dcsync.errors import (
    CloudError,
    InvalidResponse,
    NotFound,
    RefusedError,
    ResponseLost,
    ServerError,
)
from dcsync.model import Config, Connector, ConnectorPatch, Declared
from dcsync.plan import (
    Blocked,
    Create,
    Delete,
    Operation,
    Replace,
    Update,
    as_created,
    as_replacement,
    compare,
    retired,
)


@dataclass(frozen=True, slots=True)
class Executed:
    """An executed operation; `sync_error` says why its :sync failed."""

    data_connector_id: str
    sync_error: str = ""


@dataclass(frozen=True, slots=True)
class Executor:
    """Executes one project's operations; `live` is what the plan was made from, by id.

    `created` collects new connectors by id: whether this run certainly created them.
    """

    reader: Reader
    writer: Writer
    creator: Creator
    updater: Updater
    declared: Mapping[str, Declared]
    live: Mapping[str, Connector]
    created: dict[str, bool] = field(default_factory=dict)

    def execute(self, operation: Operation) -> Executed:
        """Execute it. Raises CloudError, or RefusedError for a blocked operation."""
        match operation:
            case Create():
                declared = self.declared[operation.address]
                data_connector_id = self._create(declared, as_created(declared.connector))
            case Update():
                data_connector_id = self._update(operation)
            case Replace():
                data_connector_id = self._replace(operation)
            case Delete():
                self.delete(operation.project_id, operation.data_connector_id)
                data_connector_id = operation.data_connector_id
            case Blocked():
                raise RefusedError(operation.reason)
            case _:
                assert_never(operation)
        return Executed(data_connector_id, self._sync(operation, data_connector_id))

    def _create(self, declared: Declared, wanted: Connector) -> str:
        made = self.creator.create(wanted, self.live.keys())
        new = made.connector
        self.created[new.data_connector_id] = made.own
        _check(replace(declared, connector=wanted, ignore_changes=()), new)
        return new.data_connector_id

    def _update(self, operation: Update) -> str:
        declared = self.declared[operation.address]
        response = self.updater.update(
            self.live[operation.data_connector_id],
            lambda: self._patch(operation, declared),
            lambda found: not _differing(declared, found),
        )
        _check(declared, response)
        return operation.data_connector_id

    def _replace(self, operation: Replace) -> str:
        """Wherever this is interrupted, the old connector's name says what is left to do."""
        declared = self.declared[operation.address]
        old_id = operation.data_connector_id
        wanted = as_replacement(declared.connector, self.live[old_id])
        if operation.delete_first:
            return self._replace_in_place(operation, declared, wanted)
        self._retire(operation)
        try:
            new_id = self._create(declared, wanted)
        except CloudError as error:
            raise PartialFailure(
                f"{error}; the old {old_id} is still there, as {retired(wanted.display_name)!r}, "
                "and delivers as before; apply again to continue",
                error.data_connector_id if isinstance(error, PartialFailure) else old_id,
            ) from error
        try:
            self.delete(operation.project_id, old_id)
        except CloudError as error:
            raise PartialFailure(
                f"{new_id} was created and the old {old_id} could not be deleted, so events may "
                f"arrive twice until it is: {error}",
                new_id,
            ) from error
        return new_id

    def _retire(self, operation: Replace) -> None:
        """Rename the old connector, so that any later run knows that it is being replaced."""
        old = self.live[operation.data_connector_id]
        name = retired(operation.display_name)
        if old.display_name == name:
            return
        try:
            response = self.updater.update(
                old,
                lambda: ConnectorPatch(display_name=name),
                lambda found: found.display_name == name,
            )
        except PartialFailure:
            raise
        except NotFound as error:
            raise CloudError(
                f"the old connector is gone, perhaps another run replaces it: {error}; plan again"
            ) from error
        except CloudError as error:
            raise CloudError(
                f"the old connector could not be renamed {name!r}, so nothing was done: {error}"
            ) from error
        if response.display_name != name:
            raise PartialFailure(
                f"the API reported success but did not accept the name {name!r} of the old "
                f"{old.data_connector_id}, so it was not replaced; check it in the console",
                old.data_connector_id,
            )

    def _replace_in_place(self, operation: Replace, declared: Declared, wanted: Connector) -> str:
        self.delete(operation.project_id, operation.data_connector_id)
        try:
            return self._create(declared, wanted)
        except PartialFailure:
            raise
        except CloudError as error:
            raise PartialFailure(
                f"the old {operation.data_connector_id} was deleted and the new connector could "
                f"not be created, so no events are delivered until you apply again: {error}"
            ) from error

    def _sync(self, operation: Operation, data_connector_id: str) -> str:
        """Call :sync if `sync_after` requires it; returns what went wrong, or ""."""
        declared = self.declared.get(operation.address)
        if declared is None or not wants_sync(operation, declared):
            return ""
        is_new = data_connector_id != operation.data_connector_id
        try:
            self._call_sync(operation.project_id, data_connector_id, is_new=is_new)
        except CloudError as error:
            return str(error)
        return ""

    def _call_sync(self, project_id: str, data_connector_id: str, *, is_new: bool) -> None:
        """A new connector may take a moment to be found (docs/api.md section 3.2)."""
        for times in count(1):
            try:
                self.writer.sync_data_connector(project_id, data_connector_id)
            except NotFound as error:
                if not is_new:
                    raise
                self.updater.back_off(times, error)
            else:
                return

    def delete(self, project_id: str, data_connector_id: str) -> None:
        """Delete a connector; if it is already gone, that is fine. Raises CloudError."""
        try:
            self.writer.delete_data_connector(project_id, data_connector_id)
        except (NotFound, InvalidResponse, ResponseLost, ServerError) as error:
            if not self._is_gone(project_id, data_connector_id, error):
                raise

    def _is_gone(self, project_id: str, data_connector_id: str, lost: CloudError) -> bool:
        """Whether a delete that failed has worked nevertheless, or somebody else's has."""
        try:
            self.reader.get_data_connector(project_id, data_connector_id)
        except NotFound:
            return True
        except CloudError as error:
            raise PartialFailure(
                f"{lost}; it is unknown whether it was deleted anyway: {error}; plan again",
                data_connector_id,
            ) from error
        return False

    def _patch(self, operation: Update, declared: Declared) -> ConnectorPatch:
        """Only what differs; the whole config, because it may be replaced as a whole."""
        changed = {change.path[0] for change in operation.changes}
        wanted = declared.connector
        return ConnectorPatch(
            display_name=wanted.display_name if "display_name" in changed else None,
            status=wanted.status if "status" in changed else None,
            event_types=wanted.event_types if "event_types" in changed else None,
            labels=wanted.labels if "labels" in changed else None,
            config=self._config(operation, declared) if "config" in changed else None,
        )

    def _config(self, operation: Update, declared: Declared) -> Config | None:
        live = self.live[operation.data_connector_id]
        if others_own(declared, live.config):
            live = self.reader.get_data_connector(live.project_id, live.data_connector_id)
        return merge_unmanaged_fields(declared, live.config)


def _differing(declared: Declared, response: Connector) -> list[str]:
    """The paths of the fields that the cloud did not accept."""
    differing = [str(change.path) for change in compare(declared, response)]
    return ["type", *differing] if response.type != declared.connector.type else differing


def _check(declared: Declared, response: Connector) -> None:
    """Raise if the cloud's response is not what was declared."""
    if differing := _differing(declared, response):
        raise PartialFailure(
            f"the API reported success but did not accept {', '.join(differing)} of "
            f"connector {response.data_connector_id}; check it in the console, then plan again",
            response.data_connector_id,
        )
