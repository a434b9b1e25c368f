"""HTTP as the API, endpoints and webhooks need it; nothing here knows the API's resources."""
