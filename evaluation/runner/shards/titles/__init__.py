"""Shards of titles: in goes a shard of a study, out come the values of words and the rows of each score."""
