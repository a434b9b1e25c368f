"""The calls of the API: who may make them, what they do, what they return."""
