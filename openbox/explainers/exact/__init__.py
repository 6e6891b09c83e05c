"""The exact family: methods that read affine pieces; in goes an image, out come contributions."""
