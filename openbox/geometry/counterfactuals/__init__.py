"""The nearest input that is decided otherwise: in goes an input, out comes another, checked on the module."""
