"""How the score changes when parts of the image are hidden: in goes an image, out comes a map."""
