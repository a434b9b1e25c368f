"""Gathers what `doctor` judges: side by side, each look in bounded time. Changes nothing."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Sequence
from functools import partial

from dcsync import cloud
from dcsync.cloud import Client, Reader
from dcsync.cloud.auth import ServiceAccountAuth
from dcsync.cloud.clock import Clock
from dcsync.cloud.connect import base_url_of, credentials, network_settings
from dcsync.cloud.http.adapter import trust
from dcsync.cloud.http.network import NetworkSettings
from dcsync.dataclass import dataclass, field, replace
from dcsync.doctor import endpoints
from dcsync.doctor.api import ask, knock, shown_proxy
from dcsync.doctor.facts import Api, Destination, Facts, ProjectFacts, Proxy, TokenFacts
from dcsync.doctor.of_cloud import has_api
from dcsync.doctor.places import Place, places_of
from dcsync.errors import CloudError, ConfigurationError, ConnectionFailed, CredentialsError
from dcsync.model import DeclaredProject
from dcsync.options.of_events import DoctorOptions
from dcsync.render.words import visible
from dcsync.session.background import Background
from dcsync.session.connection import call_reporter, connect
from dcsync.session.doctor.doctoring_files import SEARCHED, load_files, look_at_repository
from dcsync.session.doctor.sampling import post_samples
from dcsync.session.output.console import Console
from dcsync.session.selection.directory import Directory

GRACE_S = 0.5
"""For what has no limit of its own, the look-up of names, beyond `--timeout`."""
SIDE_BY_SIDE = 32


class HeldBack(CloudError):
    """A call that would have to wait for the rate limit, and is not worth it."""


@dataclass(slots=True)
class Patience:
    """How the client waits: as long as the rate limit asks, until this is over."""

    is_over: bool = False

    def sleep(self, seconds: float) -> None:
        """Wait, or raise HeldBack."""
        if self.is_over:
            raise HeldBack("not checked: the API's rate limit is reached; -p checks fewer projects")
        time.sleep(seconds)


def gather(options: DoctorOptions, console: Console) -> Facts:
    """Everything that the options ask for."""
    directory = Directory(lambda: Reader(connect(options.cloud, console)))
    files = load_files(options, None if options.offline else directory, searches=False)
    facts = Facts(files, look_at_repository(options), is_offline=options.offline)
    issuer = ""
    try:
        token_url = options.cloud.token_url or os.environ.get("DCSYNC_TOKEN_URL") or None
        auth = credentials(os.environ, token_url)
        issuer = auth.token_endpoint if isinstance(auth, ServiceAccountAuth) else ""
    except CredentialsError as error:
        facts = replace(facts, credentials=error)
    except ConfigurationError as error:
        return replace(facts, network=error)
    try:
        network = network_settings(os.environ)
        if network.ca_bundle:
            trust(network.ca_bundle)
        base_url = base_url_of(os.environ, options.cloud.api_url).rstrip("/")
        ways = [way for url in (base_url, issuer) for way in network.proxies_to(url).values()]
    except ConfigurationError as error:
        return replace(facts, network=error)
    facts = replace(facts, ca_bundle=network.ca_bundle)
    proxies = tuple(dict.fromkeys(ways))
    if options.offline:
        return replace(facts, proxies=tuple(Proxy(shown_proxy(each)) for each in proxies))
    return _NetworkSurvey(options, console, network, base_url, issuer).add_to(facts, proxies)


@dataclass(slots=True)
class _NetworkSurvey:
    """What needs the network, in two rounds: who is there, then what the account sees."""

    options: DoctorOptions
    console: Console
    network: NetworkSettings
    base_url: str
    issuer: str
    patience: Patience = field(default_factory=Patience)

    def add_to(self, facts: Facts, proxies: Sequence[str]) -> Facts:
        """The facts with all that was seen."""
        client = None if facts.credentials else self._client()
        places = self._look_at_places(facts.files.projects)
        facts = self._meet(facts, proxies, client)
        if client and has_api(facts) and facts.token and not facts.token.trouble:
            if SEARCHED in facts.files.left_out:
                directory = Directory(lambda: Reader(client))
                found = load_files(self.options, directory, searches=True)
                facts = replace(facts, files=found)
                places = self._look_at_places(facts.files.projects)
            facts = replace(facts, projects=self._projects(facts.files.projects, client))
        projects = facts.files.projects if self.options.probe else ()
        return replace(
            facts, endpoints=self._found(places), samples=post_samples(projects, SIDE_BY_SIDE)
        )

    def _meet(self, facts: Facts, proxies: Sequence[str], client: Client | None) -> Facts:
        """Proxies, API and token endpoint, side by side."""
        limit_s = self.options.cloud.timeout
        late = ConnectionFailed(f"no response in {2 * limit_s:g} s")
        knocks = Background({each: partial(knock, each, limit_s) for each in proxies})
        asked = Background({"": partial(ask, self.base_url, self.network, limit_s, Clock())})
        tokens = Background({"": partial(self._token, client)} if client else {})
        known = knocks.results(limit_s + GRACE_S)
        [api] = asked.results(2 * limit_s).values() or [Api(self.base_url, trouble=late)]
        tokens_found = tokens.results(2 * limit_s).values()
        [token] = tokens_found or [TokenFacts(self.issuer, trouble=late) if client else None]
        found = tuple(known.get(each) or Proxy(shown_proxy(each), "timed out") for each in proxies)
        return replace(facts, proxies=found, api=api, token=token)

    def _client(self) -> Client:
        return cloud.connect(
            os.environ,
            api_url=self.options.cloud.api_url,
            token_url=self.options.cloud.token_url,
            timeout_s=self.options.cloud.timeout,
            attempts=1,
            connections=self.options.cloud.parallelism,
            on_wait=self._report_wait,
            on_call=call_reporter(self.console),
            clock=Clock(sleep=self.patience.sleep),
        )

    def _report_wait(self, seconds: float, reason: str) -> None:
        if not self.patience.is_over:
            self.console.note(visible(f"{reason}, waiting {seconds:.0f} s"))

    def _token(self, client: Client) -> TokenFacts:
        began_s = time.monotonic()
        try:
            client.authorization()
        except CloudError as error:
            return TokenFacts(self.issuer, trouble=error)
        return TokenFacts(self.issuer, time.monotonic() - began_s)

    def _projects(
        self, declared: Sequence[DeclaredProject], client: Client
    ) -> tuple[ProjectFacts, ...]:
        """Permissions of all first; then how full each is, as far as the rate limit lets."""
        reader, at_once = Reader(client), self.options.cloud.parallelism
        ids = [each.project_id for each in declared]

        def names_of(project_id: str) -> tuple[str, ...]:
            return tuple(each.display_name for each in reader.list_data_connectors(project_id))

        def caught(ask: object, project_id: str) -> tuple[str, ...] | CloudError:
            try:
                return ask(project_id)  # type: ignore[operator,no-any-return] # one of the two
            except CloudError as error:
                return error

        held = Background({e: partial(caught, reader.list_permissions, e) for e in ids}, at_once)
        permissions = held.results()
        self.patience.is_over = True
        live = Background({e: partial(caught, names_of, e) for e in ids}, at_once).results()
        return tuple(
            ProjectFacts(each, permissions[each.project_id], live[each.project_id])
            for each in declared
        )

    def _look_at_places(
        self, projects: Iterable[DeclaredProject]
    ) -> tuple[Background[Place, Destination], dict[Place, tuple[str, ...]]]:
        limit_s = self.options.cloud.timeout
        places = places_of(projects)
        looks = {
            place: partial(endpoints.look, place, addresses, self.network, limit_s)
            for place, addresses in places.items()
        }
        return Background(looks, SIDE_BY_SIDE), places

    def _found(
        self, places: tuple[Background[Place, Destination], dict[Place, tuple[str, ...]]]
    ) -> tuple[Destination, ...]:
        looks, named = places
        rounds = 1 + len(named) // SIDE_BY_SIDE
        found = looks.results(rounds * self.options.cloud.timeout + GRACE_S)
        late = "its name could not be looked up in time"
        remedy = "see why this machine's name server is slow, or raise --timeout"
        return tuple(
            found.get(place) or Destination(place.shown, addresses, "dns", late, remedy)
            for place, addresses in named.items()
        )
