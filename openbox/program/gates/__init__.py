"""Gates: the piecewise-linear operations. ``gate`` says what one is; each family has its file."""
