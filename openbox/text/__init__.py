"""Titles, word by word: in go a reader of titles and titles of any lengths, out a number for each word."""

from openbox.text.explain import explain_titles as explain_titles
from openbox.text.explanation import TokenExplanation as TokenExplanation
from openbox.text.table import TEXT_EXPLAINERS as TEXT_EXPLAINERS
