"""The page Whole network: a tree for a hidden layer, paths of filters, on digits that are always there."""
