"""What is run: steps, rules, gates, the interpreter; in goes an input, out come outputs and decisions."""
