"""Benchmark ``geometry``: exits, norms, slices, segments and counterfactuals, each against its rival."""
