"""Weighted activations of a late layer: in goes an image, out comes a coarse map, spread over its pixels."""
