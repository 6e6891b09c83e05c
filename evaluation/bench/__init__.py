"""Benchmarks: ``python -m evaluation bench NAME`` times, prints a table and writes a CSV."""
