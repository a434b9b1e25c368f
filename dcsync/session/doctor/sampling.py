"""Posts a sample event to the endpoint of each HTTP_PUSH connector: `doctor --probe`."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from functools import partial

from dcsync.deliver import Target
from dcsync.doctor import probing
from dcsync.doctor.facts import Sample
from dcsync.doctor.places import places_of
from dcsync.errors import ConfigurationError
from dcsync.model import Declared, DeclaredProject, HttpPushConfig
from dcsync.session.background import Background
from dcsync.session.events.endpoints import poster_of, targets_of


def post_samples(projects: Sequence[DeclaredProject], side_by_side: int) -> tuple[Sample, ...]:
    """What each endpoint responds; connectors that are declared USER_DISABLED are left out."""
    targets: dict[str, Target] = {}
    skipped, deliveries = [], []
    hidden = _hidden(projects)
    for project, declared in _pushing(projects):
        try:
            targets |= targets_of({declared.address: declared}, "", allow_http=False)
        except ConfigurationError as error:
            skipped.append(Sample(declared.address, skipped=f"no sample is posted: {error}"))
        else:
            deliveries.append(probing.sample_for(project, declared, time.time()))
    poster = poster_of(targets, 1)
    try:
        posts = {
            each.address: partial(probing.post, each, poster, is_hidden=each.address in hidden)
            for each in deliveries
        }
        found = Background(posts, side_by_side).results()
    finally:
        poster.close()
    return (*skipped, *found.values())


def _hidden(projects: Sequence[DeclaredProject]) -> set[str]:
    """The addresses of the connectors whose host is a secret."""
    places = places_of(projects).items()
    return {address for place, addresses in places if place.hidden for address in addresses}


def _pushing(
    projects: Iterable[DeclaredProject],
) -> Iterable[tuple[DeclaredProject, Declared]]:
    for project in projects:
        for each in project.connectors:
            is_off = each.connector.status == "USER_DISABLED"
            if isinstance(each.connector.config, HttpPushConfig) and not is_off:
                yield project, each
