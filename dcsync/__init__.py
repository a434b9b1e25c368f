"""Infrastructure as code for Disruptive Technologies Data Connectors."""

__version__ = "0.1.0"
