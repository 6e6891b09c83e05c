"""``Bound``: a method bound to a network, created and warmed up when it is first asked."""

from contextlib import suppress
from functools import cached_property

from torch import Tensor, nn

from openbox.explainers.create import Explainer, create
from openbox.explainers.explanation import Explanation

from ..plan.study import MethodConfig


class Bound:
    """Creating may fail, and then every call fails the same way; it is never the whole run that fails."""

    def __init__(self, method: MethodConfig, model: nn.Module, references: Tensor, seed: int) -> None:
        self._method = method
        self._model = model
        self._references = references
        self._seed = seed

    def __call__(self, x: Tensor, target: Tensor) -> Explanation:
        return self._explainer.explain(x, target)

    def warm_up(self, x: Tensor, target: Tensor) -> None:
        """Explain one image, so that tracing and compiling are not timed; a failure will show again."""
        if "_explainer" not in vars(self):
            with suppress(Exception):
                self(x[:1], target[:1])

    @cached_property
    def _explainer(self) -> Explainer:
        method = self._method
        return create(method.name, self._model, self._references, self._seed, method.settings)
