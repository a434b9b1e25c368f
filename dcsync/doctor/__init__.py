"""The checks of `dcsync doctor`: facts are gathered first, then each check judges them.

`rows` is the table of checks. `api`, `endpoints` and `probing` only gather facts, each in bounded
time; nothing here prints, reads the environment or changes anything.
"""

from dcsync.doctor.findings import Finding, FindingSeverity, worst_first
from dcsync.doctor.rows import examine

__all__ = ["Finding", "FindingSeverity", "examine", "worst_first"]
