"""Networks by their settings: an architecture spelled as a word goes in, a fresh module comes out."""
