"""The client library: what `import dcsync as dt` offers (docs/library.md).

The official SDK's resources under the same names, and an explicit `Client`. Only `configuration`,
`settings` and `auth` use the module attributes of `dcsync` and the environment.
"""
