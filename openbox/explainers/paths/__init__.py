"""Gradients on the way from reference images to the image: in goes an image, out comes a map."""
