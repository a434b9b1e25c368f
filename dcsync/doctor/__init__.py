"""What works and what does not: facts are gathered here, and judged row by row.

`rows` is the table of checks. Whatever looks (`api`, `endpoints`, `probing`) only gathers facts,
each in bounded time; nothing here prints, reads the environment or changes anything.
"""

from dcsync.doctor.findings import Finding, FindingSeverity, worst_first
from dcsync.doctor.rows import examine

__all__ = ["Finding", "FindingSeverity", "examine", "worst_first"]
