"""The page Geometry: what it computes, draws and says; nothing else uses it."""
