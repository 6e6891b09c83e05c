"""Judgements to files: in goes a board, out come CSV rows, Markdown and the verdict."""
