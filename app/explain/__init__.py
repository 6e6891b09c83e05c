"""The page Explain: its choices and sentences; nothing else uses it."""
