"""A data set: in go inputs, out comes who shares a region with whom, gate layer by gate layer."""
