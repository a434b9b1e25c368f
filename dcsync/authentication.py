"""`dt.authentication`: the classes that `dt.Auth` creates."""

from dcsync.library.auth import Auth, BasicAuth, ServiceAccountAuth, Unauthenticated

__all__ = ["Auth", "BasicAuth", "ServiceAccountAuth", "Unauthenticated"]
