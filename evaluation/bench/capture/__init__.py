"""Benchmark ``capture``: what it takes to open a network for the first time."""
