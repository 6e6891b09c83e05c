"""Products of matrices, one of which is constant."""

from typing import Any

import numpy as np

from reference.arithmetic import add
from reference.dense import Dense, array, handles


@handles("linear")
def linear(x: Dense, weight: Any, bias: Any = None) -> Dense:
    result = x.new(np.einsum("oi,...id->...od", array(weight), x.maps))
    return result if bias is None else add(result, bias)


@handles("mm", "bmm", "mv", "matmul", "__matmul__")
def matmul(a: Any, b: Any) -> Dense:
    if isinstance(a, Dense):
        matrix = array(b)
        if matrix.ndim == 1:
            return a.new(np.einsum("...id,i->...d", a.maps, matrix))
        return a.new(np.einsum("...rid,...io->...rod", a.maps, matrix))
    return b.new(np.einsum("...ri,...iod->...rod", array(a), b.maps))


@handles("__rmatmul__")
def rmatmul(b: Any, a: Any) -> Dense:
    return matmul(a, b)


@handles("addmm", "baddbmm", "addmv")
def addmm(summand: Any, a: Any, b: Any, *, beta: float = 1, alpha: float = 1) -> Dense:
    product = matmul(a, b)
    scaled = product.new(beta * product.lift(summand).maps)
    return add(scaled, product, alpha=alpha)


@handles("einsum")
def einsum(equation: str, *operands: Any) -> Dense:
    terms, result = equation.replace(" ", "").split("->")
    like = next(operand for operand in operands if isinstance(operand, Dense))
    subscripts = [term + "Z" * isinstance(operand, Dense)
                  for term, operand in zip(terms.split(","), operands, strict=True)]  # fmt: skip
    arrays = [operand.maps if isinstance(operand, Dense) else array(operand) for operand in operands]
    return like.new(np.einsum(f"{','.join(subscripts)}->{result}Z", *arrays))
