"""Where commands print: streams, widths, progress, diagnostics, GitHub Actions."""
