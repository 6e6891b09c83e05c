"""Scores of explanations of titles: in goes a ``TitleCase``, out come measurements; ``SCORES`` lists them."""
