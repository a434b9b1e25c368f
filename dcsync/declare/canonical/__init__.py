"""The canonical format of declarations, as `fmt` and `import` write it."""
