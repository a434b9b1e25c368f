"""Delivers events again that connectors missed, from the event history. Prints nothing.

`windows` and `ledger` keep track: which part of the history comes next, and what was delivered.
`past` reads one device forwards, `survey` estimates the amount, `running` delivers.
"""

from dcsync.backfill.ledger import Ledger, Span
from dcsync.backfill.past import RETENTION_S
from dcsync.backfill.running import BackfillOutcome, Counting, Job, Runner
from dcsync.backfill.survey import Estimate, estimate

__all__ = [
    "RETENTION_S",
    "BackfillOutcome",
    "Counting",
    "Estimate",
    "Job",
    "Ledger",
    "Runner",
    "Span",
    "estimate",
]
