"""`dt.authentication`: the classes of what `dt.Auth` makes."""

from dcsync.library.auth import Auth, BasicAuth, ServiceAccountAuth, Unauthenticated

__all__ = ["Auth", "BasicAuth", "ServiceAccountAuth", "Unauthenticated"]
