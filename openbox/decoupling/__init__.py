"""In goes a trained network; out comes the same with a controller at each convolution: a path for each input.

Y. Li, R. Ji, S. Lin, B. Zhang, C. Yan, Y. Wu, F. Huang, L. Shao, *Interpretable Neural Network Decoupling*,
ECCV 2020. Its text was not at hand: what is done here follows its abstract and the settings of the authors'
anonymous code (February 2020); where that code does not do what it says, each file says what is done instead.
"""
