"""What is to be done: in goes a study file, out come the study and its shards."""
