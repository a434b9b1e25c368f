"""Which files, projects and connectors a run is about."""
