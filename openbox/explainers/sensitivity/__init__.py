"""Gradients of the score: in goes an image, out comes how the score changes with each of its pixels."""
