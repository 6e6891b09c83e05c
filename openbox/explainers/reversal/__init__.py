"""The way back through the layers by other rules than the derivative's: in goes an image, out comes a map."""
