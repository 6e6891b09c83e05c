"""In goes a network and one of its layers; out comes a small tree that answers as the network does.

X. Liu, X. Wang, S. Matwin, *Interpretable Deep Convolutional Neural Networks via Meta-learning*, 2018
(arXiv 1802.00560). Only the abstract was at hand. From it: a hidden layer, a clustering in two levels that
makes the meta-level training data, random forests as base learners that make the meta-level test data, and
diagrams of how a test instance is classified. Ours is what it leaves open, and each file says so.
"""
