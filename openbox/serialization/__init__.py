"""Captures as files of JSON and tensors, without pickles: from one argument up to a whole capture."""
