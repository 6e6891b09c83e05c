"""The runner: a study is cut into shards, and each shard becomes files that are never made twice."""
