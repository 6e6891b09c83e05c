"""The lesson: seven steps for a class, each with a figure to touch and a question."""
