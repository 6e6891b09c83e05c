"""The choice of an interpretable model: a study goes in; networks, facts and a choice come out."""
