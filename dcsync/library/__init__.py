"""The client library: what `import dcsync as dt` offers (docs/library.md).

The resources of the official SDK's pages under their names, beside an explicit `Client`. Knows
the module attributes of `dcsync` and the environment only in `configuration` and `auth`.
"""
