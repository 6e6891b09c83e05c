"""Groups to judgements: in go values by image, out come intervals, tests and tie groups."""
