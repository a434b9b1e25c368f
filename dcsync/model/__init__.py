"""The data model: connectors, their configs, secrets, positions in files.

Values only: no I/O, no clock, no environment. All other packages use these types.
"""

from dcsync.masked import HIDDEN, masked_url
from dcsync.model.configs import (
    CONFIG_CLASSES,
    AwsSqsConfig,
    AzureAuthentication,
    AzureEventHubConfig,
    AzureServiceBusConfig,
    BrokerProperties,
    Config,
    GoogleCloudPubsubConfig,
    HttpPushConfig,
    comparable,
    connector_type,
    field_path,
)
from dcsync.model.connector import Connector, ConnectorPatch, Declared, WatchFilter, endpoint_of
from dcsync.model.diagnostic import Diagnostic, Position, Severity
from dcsync.model.field import (
    ConfigField,
    Form,
    Group,
    Kind,
    Leaf,
    Spec,
    StringMap,
    camel,
    config_leaves,
    fields_of,
    leaves_with,
    paths_of,
    paths_with,
    revealed,
)
from dcsync.model.freeze import DAYS, WEEK, FreezeWindow, frozen_until
from dcsync.model.known_types import DEVICE_TYPES, EVENT_TYPES
from dcsync.model.path import FieldPath
from dcsync.model.project import Allowances, Declarations, DeclaredProject, Policy, Prune
from dcsync.model.secret import SENSITIVE, Secret, SecretOrStr, is_known, reveal

__all__ = [
    "CONFIG_CLASSES",
    "DAYS",
    "DEVICE_TYPES",
    "EVENT_TYPES",
    "HIDDEN",
    "SENSITIVE",
    "WEEK",
    "Allowances",
    "AwsSqsConfig",
    "AzureAuthentication",
    "AzureEventHubConfig",
    "AzureServiceBusConfig",
    "BrokerProperties",
    "Config",
    "ConfigField",
    "Connector",
    "ConnectorPatch",
    "Declarations",
    "Declared",
    "DeclaredProject",
    "Diagnostic",
    "FieldPath",
    "Form",
    "FreezeWindow",
    "GoogleCloudPubsubConfig",
    "Group",
    "HttpPushConfig",
    "Kind",
    "Leaf",
    "Policy",
    "Position",
    "Prune",
    "Secret",
    "SecretOrStr",
    "Severity",
    "Spec",
    "StringMap",
    "WatchFilter",
    "camel",
    "comparable",
    "config_leaves",
    "connector_type",
    "endpoint_of",
    "field_path",
    "fields_of",
    "frozen_until",
    "is_known",
    "leaves_with",
    "masked_url",
    "paths_of",
    "paths_with",
    "reveal",
    "revealed",
]
