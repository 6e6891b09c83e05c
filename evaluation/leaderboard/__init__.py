"""The leaderboard: a pure function of the per-image rows; the same rows in any order give the same bytes."""
