"""The geometry of a piecewise-linear network: its regions, and what they look like from inside."""
