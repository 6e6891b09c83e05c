"""Training: in go a recipe and a data set, out come weights, epoch by epoch, and a state to go on from."""
