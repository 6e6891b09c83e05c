"""A recurrent ReLU network as an explicit product of matrices: plain NumPy, one loop over time."""

import numpy as np
from numpy.typing import NDArray
from torch import nn

Array = NDArray[np.float64]


def states(rnn: nn.RNN, x: Array) -> tuple[Array, Array]:
    """For x (T, E) the states of the last layer (T, D H) as affine functions of x.

    Returns their matrices (T, D H, T, E) and constants (T, D H); gates that are exactly 0 are off.
    """
    weights = {name: value.detach().double().numpy() for name, value in rnn.named_parameters()}
    length, width = x.shape
    matrix = np.eye(length * width).reshape(length, width, length, width)
    constant = np.zeros((length, width))
    for layer in range(rnn.num_layers):
        ways = []
        for suffix in ("", "_reverse")[: 1 + rnn.bidirectional]:
            w_ih, w_hh = weights[f"weight_ih_l{layer}{suffix}"], weights[f"weight_hh_l{layer}{suffix}"]
            bias = sum(
                weights.get(f"bias_{part}_l{layer}{suffix}", np.zeros(len(w_hh))) for part in ("ih", "hh")
            )
            a, c = np.zeros((len(w_hh), *x.shape)), np.zeros(len(w_hh))
            found = {}
            for t in range(length)[:: -1 if suffix else 1]:
                a = np.einsum("ij,jte->ite", w_ih, matrix[t]) + np.einsum("ij,jte->ite", w_hh, a)
                c = w_ih @ constant[t] + w_hh @ c + bias
                on = (np.einsum("ite,te->i", a, x) + c > 0).astype(float)
                a, c = a * on[:, None, None], c * on
                found[t] = a, c
            ways.append([found[t] for t in range(length)])
        matrix = np.array([np.concatenate([way[t][0] for way in ways]) for t in range(length)])
        constant = np.array([np.concatenate([way[t][1] for way in ways]) for t in range(length)])
    return matrix, constant
