"""The canonical form of a declaration, as `fmt` and `import` write it."""
