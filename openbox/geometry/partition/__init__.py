"""A window of one or two dimensions: in go its corners, out come all regions that meet it, exactly."""
