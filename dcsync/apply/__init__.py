"""Executes a Plan through the Writer and yields an Outcome for each operation.

Decides nothing: what to do is in the Plan, which values to send is in the declarations.
"""

from dcsync.apply.engine import Engine
from dcsync.apply.outcome import Outcome, Status

__all__ = ["Engine", "Outcome", "Status"]
