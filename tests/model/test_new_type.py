"""A connector type is declared once: a sixth one, with a field of each kind, just works."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import pytest

from dcsync import declare, model
from dcsync.adopt.entry import Entry
from dcsync.adopt.variables import Variables
from dcsync.apply.creation import _fits
from dcsync.apply.sync import wants_sync
from dcsync.apply.unmanaged_fields import merge_unmanaged_fields
from dcsync.cloud import wire
from dcsync.dataclass import dataclass, replace
from dcsync.errors import DeclarationError, InvalidResponse
from dcsync.model import Connector, Declared, DeclaredProject, Form, SecretOrStr, Spec, StringMap
from dcsync.model.configs import CONFIG_CLASSES, Config, connector_type
from dcsync.plan import Update, compare
from dcsync.plan.reconcile import reconcile
from dcsync.render.plans.plan_lines import render_value
from tests.docs.reference import fields_page

PROJECT = "c0md3pm0p7bet3vico8g"


@dataclass(slots=True, repr=False)
class Login(model.Group):
    """Who logs in."""

    user: Annotated[SecretOrStr | None, Spec("User", "The broker's user.", required=True)] = None
    password: Annotated[SecretOrStr | None, Spec("Password", "Of the user.", secret=True)] = None
    claims: Annotated[StringMap | None, Spec("Claims", "Sent along.", case_insensitive=True)] = None


@dataclass(slots=True, repr=False)
class MqttConfig(Config):
    """Publishes to an MQTT broker."""

    broker: Annotated[
        SecretOrStr | None,
        Spec(
            "Broker",
            "Where it listens.",
            required=True,
            endpoint=True,
            form=Form(r"^(tls://|[\s\S]*\$\{)", "must be a tls:// URL"),
        ),
    ] = None
    topic: Annotated[SecretOrStr | None, Spec("Topic", "What to publish to.", endpoint=True)] = None
    properties: Annotated[StringMap | None, Spec("Properties", "Sent along.")] = None
    login: Annotated[Login | None, Spec("Login", "Who logs in.")] = None
    keep_alive: Annotated[float | None, Spec("Keep alive", "In seconds.", key="keepAliveS")] = None
    retain: Annotated[bool | None, Spec("Retain", "Whether the broker keeps events.")] = None


YAML = """\
dcsync: 1
project: c0md3pm0p7bet3vico8g
policy: {prune: none}
connectors:
  bus:
    type: MQTT
    sync_after: [endpoint]
    config:
      broker: tls://broker.example.com
      topic: events
      properties: {Site: oslo}
      login: {user: dt, password: "${env:MQTT_PASSWORD}"}
      keep_alive: 60
      retain: true
"""
WIRE = {
    "broker": "tls://broker.example.com",
    "topic": "events",
    "properties": {"Site": "oslo"},
    "login": {"user": "dt", "password": "hush", "claims": {}},
    "keepAliveS": 60,
    "retain": True,
}


@pytest.fixture(autouse=True)
def _sixth_type() -> Iterator[None]:
    connector_type("MQTT", key="mqttConfig")(MqttConfig)
    yield
    del CONFIG_CLASSES["MQTT"]


def load(tmp_path: Path, text: str = YAML) -> Declared:
    (tmp_path / "a.yaml").write_text(text, "utf-8")
    environ = {"MQTT_PASSWORD": "hush"}
    [project] = declare.load([tmp_path], environ=environ, root=tmp_path).projects
    [declared] = project.connectors
    return declared


def live(**changed: Any) -> Connector:
    resource = {
        "name": f"projects/{PROJECT}/dataconnectors/c16pegipidie7lltrefg",
        "displayName": "bus",
        "type": "MQTT",
        "status": "ACTIVE",
        "mqttConfig": {**WIRE, **changed},
    }
    return wire.connector_of(resource)


def test_from_yaml_to_the_wire_and_back(tmp_path: Path) -> None:
    """Every kind of field reaches the API under its key, and what comes back is in sync."""
    declared = load(tmp_path)

    assert wire.body_of(declared.connector)["mqttConfig"] == WIRE
    assert compare(declared, live()) == ()


@pytest.mark.parametrize(
    ("key", "value", "path"),
    [
        ("topic", "other", "config.topic"),
        ("properties", {"site": "oslo"}, "config.properties.Site"),
        ("login", {"user": "else", "password": "hush"}, "config.login.user"),
        ("login", {"user": "dt", "password": "other"}, "config.login.password"),
        ("keepAliveS", 61, "config.keep_alive"),
        ("keepAliveS", None, "config.keep_alive"),
        ("retain", False, "config.retain"),
    ],
)
def test_each_kind_is_compared(key: str, value: Any, path: str, tmp_path: Path) -> None:
    """A difference in any field is a change with its path."""
    changes = compare(load(tmp_path), live(**{key: value}))

    assert path in [str(each.path) for each in changes]


def test_what_is_left_out_is_like_zero_and_false(tmp_path: Path) -> None:
    """The API may leave out 0 and false: then plans still settle."""
    text = YAML.replace("keep_alive: 60", "keep_alive: 0").replace("retain: true", "retain: false")

    assert compare(load(tmp_path, text), live(keepAliveS=None, retain=None)) == ()
    [retain] = compare(load(tmp_path, text), live(keepAliveS=0))
    assert (retain.before, retain.after) == (True, False)
    assert render_value(retain, retain.after) == "false"


def test_secrets_are_masked(tmp_path: Path) -> None:
    """A secret field is shown as its reference, in a group too; its removal has a price."""
    declared = load(tmp_path)
    [change] = compare(declared, live(login={"user": "dt", "password": "old"}))
    assert (change.before, change.after) == ("(sensitive)", "${env:MQTT_PASSWORD}")
    assert "hush" not in repr(declared)
    assert "hush" in wire.secrets_of(declared.connector.config)

    without = load(tmp_path, YAML.replace(', password: "${env:MQTT_PASSWORD}"', ""))
    [operation] = reconcile([(without, live())], project_of(without))
    assert operation.warnings == (
        "without the password, receivers that check it refuse every event",
    )


def project_of(declared: Declared) -> DeclaredProject:
    policy = model.Policy(model.Prune.NONE)
    return DeclaredProject(PROJECT, PROJECT, policy, (declared,), declared.position)


def test_the_endpoint_tells_connectors_apart(tmp_path: Path) -> None:
    """One that points elsewhere is not adopted after a lost answer, and is synced afterwards."""
    declared = load(tmp_path)
    elsewhere = live(topic="elsewhere")

    assert _fits(live(keepAliveS=1), declared.connector)
    assert not _fits(elsewhere, declared.connector)
    [operation] = reconcile([(declared, elsewhere)], project_of(declared))
    assert isinstance(operation, Update)
    assert wants_sync(operation, declared)


def test_what_others_own_is_kept(tmp_path: Path) -> None:
    """ignore_changes reaches each kind, an entry of a map and a field of a group included."""
    ignored = ("config.keep_alive", "config.properties.Site", "config.login.password")
    text = YAML.replace(
        "    sync_after", f"    ignore_changes: [{', '.join(ignored)}]\n    sync_after"
    )
    declared = load(tmp_path, text)
    theirs = live(
        keepAliveS=5, properties={"Site": "bergen"}, login={"user": "dt", "password": "theirs"}
    )

    assert compare(declared, theirs) == ()
    merged = merge_unmanaged_fields(declared, theirs.config)
    assert wire.config_body(merged)["mqttConfig"] == {
        **WIRE,
        "keepAliveS": 5,
        "properties": {"Site": "bergen"},
        "login": {"user": "dt", "password": "theirs", "claims": {}},
    }


def test_a_map_in_a_group_has_names_of_its_own(tmp_path: Path) -> None:
    """Their case does not matter where the field says so, and a dot in one means nothing."""
    claims = "user: dt, claims: {A: mine, A.B: mine, a.b.c: mine}"
    text = YAML.replace("user: dt", claims).replace(
        "    sync_after", "    ignore_changes: [config.login.claims.a.b]\n    sync_after"
    )
    declared = load(tmp_path, text)
    login = {"user": "dt", "password": "hush"}
    theirs = live(login={**login, "claims": {"a": "mine", "A.b": "theirs", "A.B.C": "mine"}})
    others = live(login={**login, "claims": {"A": "other", "A.b": "theirs", "A.B.C": "mine"}})

    assert compare(declared, theirs) == ()
    [change] = compare(declared, others)
    assert change.path == ("config", "login", "claims", "A")
    merged = merge_unmanaged_fields(declared, others.config)
    assert wire.config_body(merged)["mqttConfig"]["login"]["claims"] == {
        "A": "mine",
        "A.b": "theirs",
        "a.b.c": "mine",
    }


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("retain: true", "retain: 1", "'retain' must be true or false"),
        ("keep_alive: 60", "keep_alive: soon", "'keep_alive' must be a number"),
        ("keep_alive: 60", "keep_alive: .inf", "'keep_alive' must be a finite number"),
        ("broker: tls://broker.example.com", "topik: x", "unknown key 'topik'"),
        ("tls://", "mqtt://", "'broker' must be a tls:// URL"),
        ("user: dt, ", "", "'user' is missing"),
        (
            "sync_after: [endpoint]",
            "ignore_changes: [config.nope]",
            "names what MQTT does not have",
        ),
    ],
)
def test_mistakes_are_found(before: str, after: str, fault: str, tmp_path: Path) -> None:
    """The schema and the loader know the new fields."""
    with pytest.raises(DeclarationError, match=fault):
        load(tmp_path, YAML.replace(before, after))


def test_a_wrong_answer_is_refused() -> None:
    """A number that is a string would be taken for a difference."""
    with pytest.raises(InvalidResponse, match="keepAliveS"):
        live(keepAliveS="60")


def test_it_is_imported_and_documented() -> None:
    """`import` writes it with its secrets as references; the page of fields has a table for it."""
    variables = Variables()
    entry = Entry("bus", ("OSLO", "BUS"), variables).of(live(), pinned=False)

    assert entry["config"] == {
        **{key: value for key, value in WIRE.items() if key != "keepAliveS"},
        "broker": entry["config"]["broker"],  # of a scheme that may hide anything: a reference
        "login": {"user": "dt", "password": entry["config"]["login"]["password"]},
        "keep_alive": 60,
    }
    assert entry["config"]["login"]["password"].startswith("${env:")
    page = fields_page()
    assert "## `config` of MQTT" in page
    assert "| `login.password` | Of the user. |" in page
    assert "MQTT" in json.loads(declare.schema_text("declaration"))["$defs"]["type"]["enum"]


def test_a_field_that_is_left_out_is_left_out(tmp_path: Path) -> None:
    """What a config does not set is in no request: others keep it."""
    config = load(tmp_path).connector.config
    assert isinstance(config, MqttConfig)
    config = replace(config, retain=None, login=None)

    assert wire.config_body(config)["mqttConfig"].keys() == WIRE.keys() - {"retain", "login"}
