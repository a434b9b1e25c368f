"""JSON Schemas: their text, and what a document does against one, in words."""
