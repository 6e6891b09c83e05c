"""The ReLU recurrence, layer by layer and step by step."""

from typing import Any

from reference.dense import Dense, handles
from reference.gates import relu
from reference.products import linear
from reference.selections import cat, select, stack


@handles("rnn_relu")
def rnn_relu(x: Dense, hidden: Any, weights: Any, has_biases: bool, layers: int, dropout: float,
             training: bool, bidirectional: bool, batch_first: bool) -> tuple[Dense, Dense]:  # fmt: skip
    time, directions, final = int(batch_first), 1 + bidirectional, []
    each = 4 if has_biases else 2
    for layer in range(layers):
        outputs = []
        for direction in range(directions):
            number = layer * directions + direction
            mine = weights[number * each : (number + 1) * each]
            state, steps = x.lift(hidden[number]), []
            order = range(x.shape[time])
            for t in reversed(order) if direction else order:
                fed = linear(select(x, time, t), mine[0], mine[2] if has_biases else None)
                state = relu(fed + linear(state, mine[1], mine[3] if has_biases else None))
                steps.append(state)
            final.append(state)
            outputs.append(stack(steps[::-1] if direction else steps, time))
        x = cat(outputs, -1)
    return x, stack(final, 0)


@handles("rnn_relu_cell")
def rnn_relu_cell(x: Dense, hidden: Any, w_ih: Any, w_hh: Any, b_ih: Any = None, b_hh: Any = None) -> Dense:
    return relu(linear(x, w_ih, b_ih) + linear(x.lift(hidden), w_hh, b_hh))
