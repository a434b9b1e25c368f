"""What declarations mean: projects, policies and connectors, each field with its value."""
