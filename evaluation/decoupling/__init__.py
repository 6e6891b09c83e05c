"""What a decoupled network is good for: speed, paths by class, attacks told from images; and what it is."""
