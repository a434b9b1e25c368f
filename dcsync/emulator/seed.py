"""The initial world of a cloud: a seed file, or the small default of `dcsync emulator`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dcsync.emulator.cloud import Cloud
from dcsync.emulator.wire import Json, Refused
from dcsync.regular_files import read_whole


def _project(
    project_id: str,
    display_name: str,
    *devices: tuple[str, str, str],
    connectors: Sequence[Json] = (),
) -> Json:
    """A project with devices of (type, name, room); their ids are always the same."""
    return {
        "id": project_id,
        "display_name": display_name,
        "devices": [
            {"id": f"{project_id[:17]}{n:03}", "type": kind, "labels": {"name": name, "room": room}}
            for n, (kind, name, room) in enumerate(devices, 1)
        ],
        "connectors": list(connectors),
    }


def _ingest(connector_id: str) -> Json:
    """A connector created by hand, to be imported."""
    config = {"url": "https://ingest.example.com/dt", "signatureSecret": "a-signature-secret"}
    return {
        "id": connector_id,
        "displayName": "Ingest",
        "type": "HTTP_PUSH",
        "httpConfig": config,
    }


DEFAULT: Json = {
    "organization": {"id": "bv4p8ng7ubc4hs2knlkg", "display_name": "Emulated organization"},
    "projects": [
        {"id": "bv4p8ng7ubc4hs2knlk0", "display_name": "Inventory", "inventory": True},
        _project(
            "c0md3pm0p7bet3vico8g",
            "Head office",
            ("temperature", "Server room", "99"),
            ("co2", "Meeting room air", "12"),
            ("deskOccupancy", "Desk 7", "12"),
            ("motion", "Hallway", "1"),
            ("touch", "Service button", "1"),
            ("ccon", "Cloud Connector", "99"),
        ),
        _project(
            "c14u9p094l47cdv1o3pg",
            "Store Bergen",
            ("temperature", "Fridge 1", "store"),
            ("temperature", "Freezer", "store"),
            ("proximity", "Back door", "store"),
            ("waterDetector", "Below the sink", "kitchen"),
            connectors=[_ingest("c5h2rq8fa8nc73b5k0g0")],
        ),
        _project(
            "c16pegipidie7lltrefg",
            "Store Oslo",
            ("temperature", "Fridge 1", "store"),
            ("humidity", "Fruit shelf", "store"),
            ("contact", "Front door", "entrance"),
            ("proximityCounter", "Entrance counter", "entrance"),
            connectors=[_ingest("c5h2rq8fa8nc73b5k0gg")],
        ),
        _project(
            "c18q2m0o7rjc73f1v2kg",
            "Cloud lab",
            ("temperature", "Bench", "lab"),
            ("touchCounter", "Feedback button", "lab"),
            ("humidity", "Climate chamber", "lab"),
        ),
    ],
}


MAX_BYTES = 10_000_000
"""No seed is larger."""


def load(path: Path) -> Json:
    """A seed from a YAML file; ValueError says what is wrong with it."""
    import yaml

    try:
        seed = yaml.safe_load(read_whole(path, MAX_BYTES))
    except yaml.YAMLError as error:
        raise ValueError(f"{path}{_flaw(error)}") from None
    except OSError as error:
        raise ValueError(f"{path}: cannot be read: {error.strerror}") from None
    if not isinstance(seed, dict):
        raise ValueError(f"{path}: a seed is a mapping")  # noqa: TRY004 - one kind of problem
    return seed


def _flaw(error: Any) -> str:
    """The place and the reason of a YAMLError, in one line."""
    mark = getattr(error, "problem_mark", None)
    place = f":{mark.line + 1}:{mark.column + 1}" if mark else ""
    return f"{place}: not YAML: {getattr(error, 'problem', None) or error.reason}"


def fill(world: Cloud, seed: Path | Json) -> None:
    """Fill an empty world from a seed or the file of one; ValueError names what is invalid."""
    if not isinstance(seed, Path):
        sow(world, seed)
        return
    content = load(seed)
    try:
        sow(world, content)
    except ValueError as error:
        raise ValueError(f"{seed}: {error}") from None


def sow(world: Cloud, seed: Json) -> None:
    """Fill an empty world; ValueError names the invalid part of the seed."""
    _check_keys(seed, "seed", {"organization", "projects", "service_accounts"})
    organization = seed.get("organization") or {}
    _check_keys(organization, "organization", {"id", "display_name"})
    world.add_organization(
        organization.get("display_name", "Emulated organization"), organization.get("id")
    )
    for index, project in enumerate(seed.get("projects") or ()):
        _sow_project(world, project, f"projects[{index}]")
    accounts = seed.get("service_accounts") or ()
    if accounts:
        world.store.accounts.drop("")
    for index, account in enumerate(accounts):
        known = {"key_id", "secret", "email", "role", "projects", "basic_auth"}
        _check_keys(account, f"service_accounts[{index}]", known)
        world.add_service_account(**{**account, "projects": tuple(account.get("projects") or ())})


def _sow_project(world: Cloud, project: Any, place: str) -> None:
    known = {"id", "display_name", "inventory", "labels", "location", "devices", "connectors"}
    _check_keys(project, place, known)
    project_id = world.add_project(
        project.get("display_name", ""),
        project.get("id"),
        inventory=project.get("inventory", False),
        labels=project.get("labels"),
        location=project.get("location"),
    )
    for index, device in enumerate(project.get("devices") or ()):
        _check_keys(device, f"{place}.devices[{index}]", {"id", "type", "labels", "product_number"})
        world.add_device(
            project_id,
            device.get("type", ""),
            device.get("labels"),
            device.get("id"),
            product_number=device.get("product_number", ""),
        )
    for index, connector in enumerate(project.get("connectors") or ()):
        _check_mapping(connector, f"{place}.connectors[{index}]")
        resource = dict(connector)
        try:
            world.add_connector(project_id, resource, resource.pop("id", None))
        except Refused as refused:
            raise ValueError(f"{place}.connectors[{index}]: {refused.message}") from None


def _check_mapping(value: Any, place: str) -> None:
    if not isinstance(value, dict):
        raise ValueError(f"{place}: must be a mapping")  # noqa: TRY004 - one kind of problem


def _check_keys(value: Any, place: str, known: set[str]) -> None:
    _check_mapping(value, place)
    unknown = sorted(set(value) - known)
    if unknown:
        names = ", ".join(sorted(known))
        raise ValueError(f"{place}: unknown key {unknown[0]}; known keys are {names}")
