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
    AllowanceOptions,
    CloudOptions,
    DeliveryOptions,
    EventFilterOptions,
    ExecutionOptions,
    Options,
    OutputOptions,
    RolloutOptions,
    SelectionOptions,
)

__all__ = [
    "AllowanceOptions",
    "ApplyOptions",
    "BackfillOptions",
    "CloudOptions",
    "CompletionOptions",
    "DeliveryOptions",
    "DestroyOptions",
    "DoctorOptions",
    "DriftOptions",
    "EmulatorOptions",
    "EventFilterOptions",
    "ExecutionOptions",
    "FmtOptions",
    "ImportOptions",
    "InitOptions",
    "Options",
    "OutputOptions",
    "PlanOptions",
    "ProjectsOptions",
    "ReceiveOptions",
    "ReportOptions",
    "RolloutOptions",
    "SchemaOptions",
    "SelectionOptions",
    "ShowOptions",
    "StatusOptions",
    "SyncOptions",
    "ValidateOptions",
    "VerifyOptions",
    "WatchOptions",
]
