"""A Data Connector made, changed through its own config, listed and deleted."""

import os

import dcsync as dt

PROJECT_ID = os.environ["PROJECT_ID"]

made = dt.DataConnector.create_data_connector(
    project_id=PROJECT_ID,
    config=dt.DataConnector.HttpPushConfig(
        url="https://ingest.example.com/dt",
        signature_secret="a-good-secret",
        headers={"X-Env": "prod"},
    ),
    display_name="ingest",
    event_types=[dt.events.TOUCH],
    labels=["name"],
)
try:
    dt.DataConnector.get_data_connector("c16pegipidie7lltrefg", PROJECT_ID)
except dt.errors.NotFound as error:
    print(error.args[0]["code"])

config = made.config
assert isinstance(config, dt.DataConnector.HttpPushConfig)
config.url = "https://ingest.example.com/new"
dt.DataConnector.update_data_connector(made.data_connector_id, PROJECT_ID, config=config)

for each in dt.DataConnector.list_data_connectors(PROJECT_ID):
    print(each.display_name, each.status, each.data_connector_type, each.config.url)  # type: ignore[union-attr]
    print(dt.DataConnector.get_metrics(each.data_connector_id, PROJECT_ID).success_count)
    dt.DataConnector.delete_data_connector(each.data_connector_id, PROJECT_ID)
print(len(dt.DataConnector.list_data_connectors(PROJECT_ID)))
