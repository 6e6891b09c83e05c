"""Scores: one file each, pure functions of tensors; ``table.SCORES`` lists them."""
