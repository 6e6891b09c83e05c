"""Rows to groups: in go the shards' tables, out come the methods that are compared, image by image."""
