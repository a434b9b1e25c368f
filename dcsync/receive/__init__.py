"""A local endpoint that accepts pushes and checks both signature schemes."""
