"""Delivers again from the event history what connectors lost. Prints nothing.

`windows` and `ledger` are the memory of it: which part of the history comes next, and what was
delivered. `past` reads one device forwards, `survey` says beforehand how much there is, `running`
carries it out.
"""

from dcsync.backfill.ledger import Ledger, Span
from dcsync.backfill.past import RETENTION_S
from dcsync.backfill.running import Counting, Job, Outcome, Runner
from dcsync.backfill.survey import Estimate, estimate

__all__ = [
    "RETENTION_S",
    "Counting",
    "Estimate",
    "Job",
    "Ledger",
    "Outcome",
    "Runner",
    "Span",
    "estimate",
]
