"""Mutation tests: plausible mistakes are made one by one in a copy of the tree, and the suite must see each.

PYTHONPATH=tests python -m mutation --table mutation.csv
"""
