"""The emulated cloud as a function from request to response, without sockets."""

from __future__ import annotations

import random
from typing import Any

from dcsync.emulator import identity, streams
from dcsync.emulator.accounts import ServiceAccount
from dcsync.emulator.api import routes
from dcsync.emulator.api.call import Call
from dcsync.emulator.api.data_connectors import store_new
from dcsync.emulator.calls import ApiCall, Calls
from dcsync.emulator.clock import CloudClock, http_date
from dcsync.emulator.faults import Fault, Faults
from dcsync.emulator.rate import RateLimit
from dcsync.emulator.store import Store
from dcsync.emulator.switches import Switches
from dcsync.emulator.wire import HttpRequest, HttpResponse, Json, Refused, error_body, json_response
from dcsync.emulator.world import World

STATUSES = ("ACTIVE", "USER_DISABLED", "SYSTEM_DISABLED")
_ANY_PROJECT = "-"
_WITH_ACCOUNT = ("/v2/", "/emulator/v2/")


class Cloud(World):
    """A world with an API, faults on demand and a log of the calls."""

    def __init__(
        self,
        switches: Switches,
        clock: CloudClock | None = None,
        store: Store | None = None,
        seed: int | None = None,
    ) -> None:
        super().__init__(switches, clock or CloudClock(), store or Store(), seed)
        self.calls = Calls()
        self._faults = Faults(random.Random(seed))  # noqa: S311 - which calls fail
        self._rate = RateLimit()

    def fail(self, path: str = "*", **rule: Any) -> int:
        """Make calls fail; the rule's id.

        `path` is a glob over the whole path (`*/dataconnectors`); `method`, `count` (default 1,
        None: always), `after`, `probability` choose calls; `status` (with `body`, `headers`),
        `drop`, `acts`, `delay_s`, `truncate_at`, `cut_stream_after` say what happens to them.
        """
        return self._faults.add(path=path, **rule)

    def heal(self, fault_id: int | None = None) -> None:
        """Remove one rule, or all."""
        self._faults.remove(fault_id)

    def faults(self) -> list[Fault]:
        """The active rules."""
        return self._faults.rules()

    def add_connector(
        self,
        project_id: str,
        resource: Json,
        connector_id: str | None = None,
        *,
        as_is: bool = False,
    ) -> str:
        """Create a connector without an API call; returns its id. Refused as by the API.

        `as_is` skips all checks: for SYSTEM_DISABLED, or a type that clients do not know yet.
        """
        with self.lock:
            self.project(project_id)
            made = store_new(self, project_id, resource, connector_id or "", as_is=as_is)
            self.store.commit()
            return str(made["name"]).rpartition("/")[2]

    def set_status(self, connector_id: str, status: str) -> None:
        """Set a connector's status without an API call, also to SYSTEM_DISABLED.

        Its queue and its failure record are dropped, as after an API call.
        """
        if status not in STATUSES:
            raise ValueError(f"status={status!r}: must be one of {', '.join(STATUSES)}")
        with self.lock:
            project_id = self.store.connectors.parent_of(connector_id)
            resource = project_id and self.store.connectors.get(connector_id, project_id)
            if not project_id or not resource:
                raise Refused(404, "no such connector")
            self.store.connectors.put(connector_id, {**resource, "status": status}, project_id)
            self.deliveries.forget(connector_id)
            self.store.commit()

    def handle(self, request: HttpRequest) -> HttpResponse:
        """Respond to a request; never raises. A call is logged before its response is sent."""
        fault = self._faults.hit(request)
        key_id, response = "", HttpResponse()
        if fault is None or fault.carries_out:
            key_id, response = self._act(request)
        if fault is not None:
            refused = Refused(fault.status or 500, "made to fail", fault.headers)
            response = fault.spoil(response, self._refusal(request, refused))
        status = 0 if response.dropped else response.status
        self.calls.append(ApiCall(request.method, request.path, status, self.clock.now(), key_id))
        return response.dated(self._date()).late_by(self.switches.latency_s)

    def _date(self) -> str:
        return http_date(self.clock.now() + self.switches.clock_skew_s)

    def _act(self, request: HttpRequest) -> tuple[str, HttpResponse]:
        """The key id that was used, and the response."""
        key_id = ""
        try:
            with self.lock:
                if not request.path.startswith(_WITH_ACCOUNT):
                    return "", identity.handle(self, request)
                account = self._caller(request)
                key_id = account.key_id
                result = self._route(request, account)
                self.store.commit()
            return key_id, result if isinstance(result, HttpResponse) else json_response(result)
        except Refused as refused:
            return key_id, self._refusal(request, refused)
        except Exception as error:  # noqa: BLE001 - a bug here must not hang the caller
            _log_bug(request, error)
            message = f"the emulator failed: {type(error).__name__}"
            return key_id, json_response(error_body(500, message), 500)

    def _caller(self, request: HttpRequest) -> ServiceAccount:
        header = request.headers.get("authorization", "")
        return self.accounts.authenticate(header, self.switches.basic_disabled_status)

    def _route(self, request: HttpRequest, account: ServiceAccount) -> Json | HttpResponse:
        """Check route, rate limit, project and role, in this order, then call the handler."""
        found = routes.find(request)
        if found is None:
            raise Refused(404, "no such path")
        route, names = found
        project_id = names.get("project")
        if self._is_limited(request):
            self._rate.spend(account.key_id, project_id or "", self.clock.now(), self.switches)
        if project_id == _ANY_PROJECT and route.takes_any_project(self.switches):
            return route.handler(Call(self, request, account, names))
        if project_id is not None:
            self.project(project_id)
        permission = route.permission_in(self.switches)
        if permission and not account.may(permission, project_id):
            raise Refused(403, f"the role {account.role} lacks {permission}")
        return route.handler(Call(self, request, account, names))

    def _is_limited(self, request: HttpRequest) -> bool:
        if routes.is_stream(request):
            return self.switches.rate_limit_streams
        return request.path.startswith("/v2/") or self.switches.rate_limit_emulator_api

    def _refusal(self, request: HttpRequest, refused: Refused) -> HttpResponse:
        if routes.is_stream(request):
            return streams.refusal(request, refused, self.switches)
        return json_response(
            error_body(refused.status, refused.message), refused.status, refused.headers
        )


def _log_bug(request: HttpRequest, error: Exception) -> None:
    import logging

    logger = logging.getLogger(__name__)
    logger.error("%s %s", request.method, request.path, exc_info=error)
