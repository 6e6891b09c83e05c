"""The page Models: networks of a study by accuracy and by how easy they are to read, maps side by side."""
