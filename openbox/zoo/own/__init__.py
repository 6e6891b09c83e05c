"""The user's own model and inputs: in go names and files, out come modules, tensors and what was opened."""
