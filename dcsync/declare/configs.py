"""A connector's `config` by its type: references resolved, left-out fields given their default."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields as fields_of

from dcsync.declare.blocks import Block
from dcsync.declare.declaration import BROKEN
from dcsync.declare.fields import Fields
from dcsync.declare.plain_secrets import header_looks_secret, url_looks_secret
from dcsync.declare.urls import AZURE, WEB, problem_with, problem_with_start
from dcsync.declare.violations import unknown_key
from dcsync.model import (
    CONFIG_CLASSES,
    AwsSqsConfig,
    AzureAuthentication,
    AzureEventHubConfig,
    AzureServiceBusConfig,
    BrokerProperties,
    Config,
    GoogleCloudPubsubConfig,
    HttpPushConfig,
    Secret,
    Text,
    is_known,
    masked_url,
    reveal,
)

_IN_CLEAR = "a secret in plain text: put it into the environment and write ${env:NAME} here"


def build(kind: str, config: Fields, own: Block | None) -> Config:
    """The config of type `kind`; `own` is the connector's part of it, without its defaults.

    What `defaults` lays under a connector of another type is left out.
    """
    known = [each.name for each in fields_of(CONFIG_CLASSES[kind])]
    for key in own or ():
        if key not in known and own and own[key] is not BROKEN and own[key] is not None:
            config.problems.error(unknown_key(key, known, kind), config.scope.at(own.key_mark(key)))
    return _BUILDERS[kind](config)


def _http_push(config: Fields) -> HttpPushConfig:
    return HttpPushConfig(
        url=_url(config, "url", WEB),
        signature_secret=_signature_secret(config),
        headers=_headers(config.below("headers")),
    )


def _google_cloud_pubsub(config: Fields) -> GoogleCloudPubsubConfig:
    return GoogleCloudPubsubConfig(
        topic=_required(config, "topic"), audience=_required(config, "audience")
    )


def _aws_sqs(config: Fields) -> AwsSqsConfig:
    return AwsSqsConfig(
        queue_url=_url(config, "queue_url", WEB),
        aws_role_arn=_required(config, "aws_role_arn"),
        audience=_required(config, "audience"),
    )


def _azure_service_bus(config: Fields) -> AzureServiceBusConfig:
    broker = config.below("broker_properties")
    correlation_id = broker.text("correlation_id") if broker else None
    return AzureServiceBusConfig(
        url=_url(config, "url", AZURE),
        authentication_config=_azure_authentication(config),
        broker_properties=BrokerProperties(correlation_id or ""),
    )


def _azure_event_hub(config: Fields) -> AzureEventHubConfig:
    return AzureEventHubConfig(
        url=_url(config, "url", AZURE), authentication_config=_azure_authentication(config)
    )


_BUILDERS: Mapping[str, Callable[[Fields], Config]] = {
    HttpPushConfig.type: _http_push,
    GoogleCloudPubsubConfig.type: _google_cloud_pubsub,
    AwsSqsConfig.type: _aws_sqs,
    AzureServiceBusConfig.type: _azure_service_bus,
    AzureEventHubConfig.type: _azure_event_hub,
}


def _azure_authentication(config: Fields) -> AzureAuthentication:
    authentication = config.below("authentication_config")
    if authentication is None:
        if not config.is_broken("authentication_config"):
            _missing(config, "authentication_config")
        return AzureAuthentication("", "")
    return AzureAuthentication(
        tenant_id=_required(authentication, "tenant_id"),
        client_id=_required(authentication, "client_id"),
    )


def _required(config: Fields, key: str) -> Text:
    text = config.text(key)
    if (text is None and not config.is_broken(key)) or text == "":
        _missing(config, key)
    return "" if text is None else text


def _missing(config: Fields, key: str) -> None:
    given = key in config.block and config.block[key] is not None
    fault = "must not be empty" if given else "is missing: this type needs it"
    config.problems.error(f"'{key}' {fault}", config.at(key))


def _url(config: Fields, key: str, scheme: str) -> Text:
    """The URL, a Secret as well where its user part or its query values must not be shown."""
    url = _required(config, key)
    if url == "":
        return url
    if is_known(url):
        problem = problem_with(reveal(url), scheme)
    else:
        problem = problem_with_start(config.value(key).partition("${")[0], scheme)
    if problem:
        config.problems.error(f"'{key}' {problem}", config.at(key))
    if isinstance(url, Secret):
        return url
    if url_looks_secret(url):
        config.problems.warn(_IN_CLEAR, config.at(key))
    masked = masked_url(url)
    return url if masked == url else Secret(url, masked)


def _signature_secret(config: Fields) -> Secret | None:
    secret, in_clear = config.secret("signature_secret")
    if in_clear:
        config.problems.warn(_IN_CLEAR, config.at("signature_secret"))
    return secret


def _headers(headers: Fields | None) -> Mapping[str, Text]:
    values: dict[str, Text] = {}
    if headers is None:
        return values
    first: dict[str, str] = {}
    for name in headers.block:
        value, in_clear = headers.secret(name)
        if value is None:
            continue
        values[name] = value
        other = first.setdefault(name.lower(), name)
        if other != name:
            headers.problems.error(
                f"header '{name}' is given twice: also at {headers.key_at(other)}; "
                "letter case does not tell headers apart",
                headers.key_at(name),
            )
        if value.known:
            _check_header(headers, name, value.reveal(), in_clear=in_clear)
    return values


def _check_header(headers: Fields, name: str, text: str, *, in_clear: bool) -> None:
    if any(character in text for character in "\r\n\0"):
        headers.problems.error(
            f"header '{name}' holds a line break: the value must be one line", headers.at(name)
        )
    if in_clear and header_looks_secret(name, text):
        headers.problems.warn(_IN_CLEAR, headers.at(name))
