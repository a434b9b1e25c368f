"""The endpoint of a declared connector's deliveries, with its headers and secret."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from dcsync import __version__
from dcsync.dataclass import dataclass, field
from dcsync.declare.meaning.urls import WEB, url_problem
from dcsync.deliver.signature import sign
from dcsync.errors import ConfigurationError
from dcsync.masked import masked_url
from dcsync.model import Connector, HttpPushConfig, Secret, SecretOrStr, is_known, reveal

SIGNATURE = "X-Dt-Signature"
_USUAL = {"Content-Type": "application/json", "User-Agent": f"dcsync/{__version__}"}


@dataclass(frozen=True, slots=True)
class Target:
    """An endpoint with the headers and the signature secret of a connector."""

    url: SecretOrStr = field(repr=False)
    headers: Mapping[str, SecretOrStr] = field(default_factory=dict, repr=False)
    secret: SecretOrStr = field(default="", repr=False)

    @property
    def revealed_url(self) -> str:
        """The URL, to be sent only."""
        return reveal(self.url)

    @property
    def shown(self) -> str:
        """The URL as it may be printed."""
        return self.url.shown if isinstance(self.url, Secret) else masked_url(self.url)

    @property
    def fixed_headers(self) -> dict[str, str]:
        """Headers that are the same each time: configured ones override the defaults."""
        own = {name: reveal(value) for name, value in self.headers.items()}
        taken = {name.lower() for name in own}
        usual = {name: value for name, value in _USUAL.items() if name.lower() not in taken}
        signed = SIGNATURE.lower() if reveal(self.secret) else ""
        return usual | {name: value for name, value in own.items() if name.lower() != signed}

    def signature_of(self, body: bytes, now_s: float) -> dict[str, str]:
        """The header that signs this body at `now_s`; none without a secret."""
        secret = reveal(self.secret)
        return {SIGNATURE: sign(body, secret, now_s)} if secret else {}


def target_of(connector: Connector, to: str = "", *, allow_http: bool = False) -> Target:
    """The connector's own endpoint, or `to` instead, with its headers and its secret.

    ConfigurationError for a type other than HTTP_PUSH without `to`, for a URL that must not be
    used, and for an unknown secret.
    """
    config = connector.config
    if not isinstance(config, HttpPushConfig):
        if not to:
            raise ConfigurationError(
                f"{connector.display_name}: {connector.type} has no HTTP endpoint; name one with "
                "--to URL, or use 'dcsync watch --since TIME --format json'"
            )
        return Target(_checked(to, allow_http=allow_http))
    known = {"the URL": to or config.url or "", "the signature secret": config.signature_secret}
    known |= {f"header {name}": value for name, value in (config.headers or {}).items()}
    for what, text in known.items():
        if text is not None and not is_known(text):
            raise ConfigurationError(f"{connector.display_name}: {what} is not known: {text}")
    return Target(
        _checked(to or config.url or "", allow_http=allow_http),
        config.headers or {},
        config.signature_secret or "",
    )


def _checked(url: SecretOrStr, *, allow_http: bool) -> SecretOrStr:
    """ConfigurationError if events and secrets must not be sent there."""
    plain = reveal(url)
    web = f"https{plain[4:]}" if allow_http and plain.lower().startswith("http:") else plain
    problem = url_problem(web, WEB)
    if problem is None and "@" in urlsplit(plain).netloc:
        problem = "must not have a user part: use a header"
    if problem:
        raise ConfigurationError(f"{masked_url(plain)} {problem}")
    return url
