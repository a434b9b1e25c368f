"""For any declarations and any live state, what a plan promises holds in a model of the cloud."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import blake2b, sha256, sha512
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcsync.apply.unmanaged_fields import merge_unmanaged_fields
from dcsync.model import (
    Connector,
    Declarations,
    Declared,
    DeclaredProject,
    GoogleCloudPubsubConfig,
    HttpPushConfig,
    Policy,
    Position,
    Prune,
    Secret,
    field_path,
)
from dcsync.plan import (
    Blocked,
    Create,
    Delete,
    Narrowing,
    Operation,
    Plan,
    Replace,
    Update,
    as_created,
    as_replacement,
    make,
    planned_projects,
    retired,
)
from dcsync.plan.narrowing import WHOLE
from dcsync.plan.retirement import name_before
from dcsync.render.plans import plan_file, plan_json, plan_markdown, plan_text

PROJECT = "c0md3pm0p7bet3vico8g"
NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
HERE = Position("declared.yaml", 1, 1)
SECRET = "a-secret-value-"

header_names = st.sampled_from(["X-Env", "x-env", "X-Key"])
names = st.sampled_from(["Ingest", "Archive", "Billing", "Étage 2"])
live_names = names | names.map(retired)
sets = st.lists(st.sampled_from(["touch", "temperature", "co2"]), max_size=3).map(tuple)
texts = st.sampled_from(["", "one", "two"])
secrets = texts.map(lambda text: Secret(f"{SECRET}{text}" if text else ""))
http_configs = st.builds(
    HttpPushConfig,
    url=st.sampled_from(["https://a.example.com", "https://b.example.com"]),
    signature_secret=st.none() | secrets,
    headers=st.lists(
        st.tuples(header_names, secrets), max_size=2, unique_by=lambda pair: pair[0].lower()
    ).map(dict),
)
pubsub_configs = st.builds(GoogleCloudPubsubConfig, topic=texts, audience=texts)


@st.composite
def connectors(
    draw: st.DrawFn, *, statuses: Sequence[str], called: st.SearchStrategy[str] = names
) -> Connector:
    config = draw(http_configs | pubsub_configs)
    return Connector(
        PROJECT,
        "",
        draw(called),
        config.type,
        draw(st.sampled_from(statuses)),
        draw(sets),
        draw(sets),
        config,
    )


@st.composite
def live_listings(draw: st.DrawFn) -> list[Connector]:
    live = connectors(statuses=["ACTIVE", "USER_DISABLED", "SYSTEM_DISABLED"], called=live_names)
    return [
        replace(each, data_connector_id=f"id{number}")
        for number, each in enumerate(draw(st.lists(live, max_size=6)))
    ]


ignored = st.sampled_from(
    ["event_types", "labels", "config", "config.headers.X-Env", "config.url"]
).map(field_path)


@st.composite
def declarations(draw: st.DrawFn) -> Declarations:
    wanted = connectors(statuses=["", "ACTIVE", "USER_DISABLED"])
    unique = st.lists(wanted, max_size=4, unique_by=lambda each: each.display_name)
    declared = tuple(
        Declared(
            f"{PROJECT}/{number}",
            each,
            HERE,
            renamed_from=tuple(draw(st.lists(names, max_size=1))),
            ignore_changes=tuple(draw(st.lists(ignored, max_size=2))),
        )
        for number, each in enumerate(draw(unique))
    )
    policy = Policy(
        prune=draw(st.sampled_from(Prune)),
        protect=tuple(draw(st.lists(names, max_size=1))),
        max_deletes=draw(st.integers(0, 4)),
        quota=draw(st.integers(4, 7)),
    )
    return Declarations((DeclaredProject(PROJECT, PROJECT, policy, declared, HERE),))


def plan_of(
    declared: Declarations,
    live: Iterable[Connector],
    *,
    narrowing: Narrowing = WHOLE,
    previous: Declarations | None = None,
) -> Plan:
    projects = planned_projects(declared, previous, narrowing)
    return make(projects, [(PROJECT, tuple(live))], now=NOW, narrowing=narrowing)


class ModelCloud:
    """A project of a cloud that does what it is told and refuses to pass its quota."""

    def __init__(self, declared: Declarations, live: Iterable[Connector]) -> None:
        project = declared.projects[0]
        self.declared = {each.address: each for each in project.connectors}
        self.connectors = {each.data_connector_id: each for each in live}
        self.quota = max(project.policy.quota, len(self.connectors))

    def carry_out(self, operation: Operation) -> None:
        match operation:
            case Create():
                self._add(as_created(self.declared[operation.address].connector))
            case Update():
                self._update(operation)
            case Replace():
                self._replace(operation)
            case Delete():
                del self.connectors[operation.data_connector_id]
            case Blocked():
                pass

    def _add(self, connector: Connector) -> None:
        data_connector_id = f"new{len(self.connectors)}{connector.display_name}"
        self.connectors[data_connector_id] = replace(connector, data_connector_id=data_connector_id)
        assert len(self.connectors) <= self.quota

    def _replace(self, operation: Replace) -> None:
        old = self.connectors[operation.data_connector_id]
        new = as_replacement(self.declared[operation.address].connector, old)
        if operation.delete_first:
            del self.connectors[operation.data_connector_id]
            self._add(new)
        else:
            self._add(new)
            del self.connectors[operation.data_connector_id]

    def _update(self, operation: Update) -> None:
        """Set the changed fields, the config as a whole, as apply sends it."""
        declared = self.declared[operation.address]
        live = self.connectors[operation.data_connector_id]
        for name in {change.path[0] for change in operation.changes}:
            sent: Any = (
                merge_unmanaged_fields(declared, live.config)
                if name == "config"
                else getattr(declared.connector, name)
            )
            live = replace(live, **{name: sent})
        self.connectors[operation.data_connector_id] = live


def traces_of(secret: str) -> list[str]:
    """The secret, and what would give it away to somebody who guesses."""
    data = secret.encode()
    hashes = (sha256(data), sha512(data), blake2b(data))
    return [secret, b64encode(data).decode(), *(each.hexdigest()[:8] for each in hashes)]


def ends_a_replace(operation: Operation) -> bool:
    """Whether it deletes what a stopped replace of a declared connector left behind."""
    return isinstance(operation, Delete) and name_before(operation.display_name) is not None


def plan_for(declared: Declarations, cloud: ModelCloud) -> Plan:
    return plan_of(declared, list(cloud.connectors.values()))


@pytest.mark.slow
@given(declarations(), live_listings())
def test_applying_a_plan_leaves_nothing_to_do(
    declared: Declarations, live: list[Connector]
) -> None:
    """The plan after the plan has no changes, and the quota is never passed on the way."""
    cloud = ModelCloud(declared, live)
    plan = plan_for(declared, cloud)

    for operation in plan.operations:
        cloud.carry_out(operation)

    again = plan_for(declared, cloud)
    if not plan.problems and not plan.count("blocked"):
        assert [each for each in again.operations if not isinstance(each, Blocked)] == []
        assert again.problems == ()


@pytest.mark.slow
@given(declarations(), live_listings())
def test_unmanaged_connectors_stay_as_they_are(
    declared: Declarations, live: list[Connector]
) -> None:
    """What a plan lists as unmanaged is the same after it is carried out."""
    cloud = ModelCloud(declared, live)
    before = dict(cloud.connectors)
    plan = plan_for(declared, cloud)

    for operation in plan.operations:
        cloud.carry_out(operation)

    for entry in plan.unmanaged:
        kept = cloud.connectors[entry.data_connector_id]
        assert kept == before[entry.data_connector_id]


@pytest.mark.slow
@given(declarations(), live_listings())
def test_guards_hold_whatever_is_declared(declared: Declarations, live: list[Connector]) -> None:
    """More losses than max_deletes always trip a guard; a protected connector is never lost."""
    policy = declared.projects[0].policy
    plan = plan_of(declared, live)
    lost = [each for each in plan.operations if isinstance(each, Delete | Replace)]
    names_by_id = {each.data_connector_id: each.display_name for each in live}

    assert bool(plan.guards) >= (len(lost) > policy.max_deletes)
    for each in lost:
        name = names_by_id[each.data_connector_id]
        assert name not in policy.protect
        assert not ends_a_replace(each) or each.display_name not in map(retired, policy.protect)
    pruned = [each for each in lost if isinstance(each, Delete) and not ends_a_replace(each)]
    assert policy.prune is Prune.ALL or not pruned


@given(declarations(), live_listings())
def test_every_live_connector_is_accounted_for(
    declared: Declarations, live: list[Connector]
) -> None:
    """Each live connector is changed, unchanged or unmanaged: none is forgotten or met twice."""
    plan = plan_of(declared, live)
    touched = [each.data_connector_id for each in plan.operations if each.data_connector_id]
    left = [each.data_connector_id for each in plan.unmanaged]

    if not plan.problems:
        assert len(set(touched + left)) == len(touched + left) == len(live) - plan.unchanged


@pytest.mark.slow
@given(declarations(), st.data())
def test_the_order_of_the_listing_makes_no_difference(
    declared: Declarations, data: st.DataObject
) -> None:
    """A shuffled listing gives the same plan."""
    live = data.draw(live_listings())
    shuffled = data.draw(st.permutations(live))

    assert plan_of(declared, live) == plan_of(declared, shuffled)


@pytest.mark.slow
@given(declarations(), live_listings(), st.lists(names, max_size=2))
def test_a_narrowed_run_deletes_nothing_undeclared(
    declared: Declarations, live: list[Connector], excepted: list[str]
) -> None:
    """With addresses, the operations are among those of the whole run, and none is a prune."""
    narrowing = Narrowing(addresses=(f"{PROJECT}/0", f"{PROJECT}/2"), excepted=tuple(excepted))
    whole = plan_of(declared, live)
    narrowed = plan_of(declared, live, narrowing=narrowing)
    addresses = {each.address for each in narrowed.operations}

    assert addresses <= {f"{PROJECT}/0", f"{PROJECT}/2"}
    assert addresses <= {each.address for each in whole.operations}
    deletes = [each for each in narrowed.operations if isinstance(each, Delete)]
    assert all(ends_a_replace(each) for each in deletes)


@pytest.mark.slow
@given(declarations(), declarations(), live_listings())
def test_previous_deletes_only_what_the_base_declared(
    declared: Declarations, base: Declarations, live: list[Connector]
) -> None:
    """Every delete is of a name and a type that the base declared, and applying it settles."""
    project = declared.projects[0]
    policy = replace(project.policy, prune=Prune.PREVIOUS)
    declared = Declarations((replace(project, policy=policy),))
    cloud = ModelCloud(declared, live)
    former = {
        (name, each.connector.type)
        for each in base.projects[0].connectors
        for name in (each.connector.display_name, *each.renamed_from)
    }

    plan = plan_of(declared, live, previous=base)

    deleted = [each.data_connector_id for each in plan.operations if isinstance(each, Delete)]
    gone = [cloud.connectors[each] for each in deleted]
    assert {
        (each.display_name, each.type) for each in gone if name_before(each.display_name) is None
    } <= former


@pytest.mark.slow
@given(declarations(), live_listings())
def test_no_secret_and_no_hash_of_one_is_in_any_rendering(
    declared: Declarations, live: list[Connector]
) -> None:
    """Neither as it is, nor encoded, nor hashed, in any format, saved plans included."""
    plan = plan_of(declared, live)
    renderings: list[str] = [
        plan_text.render_plan(plan),
        *plan_json.render_plan(plan),
        plan_markdown.render_plan(plan),
    ]
    if plan.is_whole:  # part of a plan is not saved
        renderings.append(plan_file.write_plan(plan, plan_file.SavedSelection()))
    traces = [trace for secret in ("one", "two") for trace in traces_of(f"{SECRET}{secret}")]

    for rendering in renderings:
        assert not any(trace in rendering for trace in traces)
