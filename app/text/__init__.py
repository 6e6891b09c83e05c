"""What the page Text is made of: readers and titles, choices, rows of words, sentences."""
