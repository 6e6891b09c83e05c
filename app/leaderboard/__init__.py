"""The page Leaderboard: a study's files as records, charts, pictures and sentences; nothing else uses it."""
