"""The DT REST API: the only importer of requests."""
