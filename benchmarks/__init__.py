"""Speed and scale, as ratios inside one run: `make bench`. Nothing of dcsync imports this."""
