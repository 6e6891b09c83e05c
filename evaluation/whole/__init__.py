"""Studies of a network as a whole: parts, made once, each a file of facts, of which tables are made."""
