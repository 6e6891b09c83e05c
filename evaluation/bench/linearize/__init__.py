"""Benchmark ``linearize``: all weights of a batch, by this library and by its rivals, against the floor."""
