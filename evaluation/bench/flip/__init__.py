"""Benchmark ``flip``: pixel flipping by this library and by Quantus, against bare forward passes."""
