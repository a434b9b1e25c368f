"""What each command was asked for: one frozen class a command, put together from what they share.

`dcsync.arguments` makes them; whatever runs takes them, and knows nothing of a command line. Fields
bear the names of the parser's arguments.
"""

from __future__ import annotations

from dcsync.options.of_events import (
    BackfillOptions,
    DoctorOptions,
    StatusOptions,
    VerifyOptions,
    WatchOptions,
)
from dcsync.options.of_files import (
    CompletionOptions,
    FmtOptions,
    ImportOptions,
    InitOptions,
    ProjectsOptions,
    SchemaOptions,
    ValidateOptions,
)
from dcsync.options.of_plans import (
    ApplyOptions,
    DestroyOptions,
    DriftOptions,
    PlanOptions,
    ReportOptions,
    ShowOptions,
    SyncOptions,
)
from dcsync.options.of_servers import (
    EmulatorOptions,
    ReceiveOptions,
)
from dcsync.options.shared import (
    Allowances,
    Cloud,
    DeliveryOptions,
    Execution,
    Options,
    Output,
    Rollout,
    Selection,
    Wishes,
)

__all__ = [
    "Allowances",
    "ApplyOptions",
    "BackfillOptions",
    "Cloud",
    "CompletionOptions",
    "DeliveryOptions",
    "DestroyOptions",
    "DoctorOptions",
    "DriftOptions",
    "EmulatorOptions",
    "Execution",
    "FmtOptions",
    "ImportOptions",
    "InitOptions",
    "Options",
    "Output",
    "PlanOptions",
    "ProjectsOptions",
    "ReceiveOptions",
    "ReportOptions",
    "Rollout",
    "SchemaOptions",
    "Selection",
    "ShowOptions",
    "StatusOptions",
    "SyncOptions",
    "ValidateOptions",
    "VerifyOptions",
    "WatchOptions",
    "Wishes",
]
