"""Networks, data, training and checkpoints: real parts to open."""
