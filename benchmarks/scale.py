"""How large a run is: the sizes of issue and README, or tiny ones that only show that it works."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """Sizes and repetitions. Each figure is the best of its rounds."""

    starts: int = 25
    rounds: int = 3
    connectors: int = 10_000
    sizes: tuple[int, ...] = (100, 1_000, 10_000, 50_000)
    projects: int = 1_000
    created_projects: int = 100
    listed_projects: int = 100
    limited_projects: int = 300
    limited_creates: int = 30
    growing_projects: tuple[int, int] = (800, 3_200)
    sharded_projects: int = 10_000
    shards: int = 20
    latency_s: float = 0.05
    events: int = 100_000
    events_per_second: int = 1_000
    timed_events: int = 5_000
    forwarded_events: tuple[int, int] = (500, 5_000)
    forwarded_most: int = 100_000
    backfilled_devices: tuple[int, int] = (80, 400)
    delivered_events: tuple[int, int] = (500, 5_000)
    memory_sizes: tuple[int, int, int, int] = (100, 1_000, 10_000, 50_000)
    memory_events: tuple[int, int] = (10_000, 1_000_000)
    watched_projects: int = 200
    watched_rate: int = 20
    watched_events: tuple[int, int] = (20_000, 200_000)
    idle_s: tuple[float, float] = (5, 25)


FULL = Scale()
QUICK = Scale(
    starts=1,
    rounds=1,
    connectors=40,
    sizes=(10, 20),
    projects=3,
    created_projects=2,
    listed_projects=2,
    limited_projects=3,
    limited_creates=2,
    growing_projects=(2, 4),
    sharded_projects=4,
    shards=2,
    latency_s=0.001,
    events=200,
    events_per_second=1_000,
    timed_events=20,
    forwarded_events=(10, 20),
    forwarded_most=30,
    backfilled_devices=(1, 2),
    delivered_events=(10, 20),
    memory_sizes=(10, 20, 30, 40),
    memory_events=(10, 100),
    watched_projects=3,
    watched_rate=100,
    watched_events=(10, 20),
    idle_s=(0.5, 1),
)
