"""`dt.outputs`: the base of everything that the library returns."""

from dcsync.library.output import Output as OutputBase

__all__ = ["OutputBase"]
