"""Other people's methods, through their own packages: in goes an image, out come a map and its receipt."""
