"""The work on one shard: in go images, a network and a method, out come maps and rows in files."""
