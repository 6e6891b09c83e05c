"""Explanations that are no maps: in goes a model, out comes an image, a change, a curve or a weight."""
