"""The page Gallery: families of explanation that are no maps, each with one example that is always there."""
