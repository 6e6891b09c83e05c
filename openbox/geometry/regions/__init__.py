"""One region from inside: in goes an input, out come its borders, distances, half-spaces and facets."""
