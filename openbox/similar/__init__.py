"""Similar inputs, one linear classifier: exact pieces go in, few that say nearly the same come out."""
