"""What a result looks like: in go numbers and units, out come colours and short tables."""
