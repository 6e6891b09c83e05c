"""``TitleSubject``: one trained network that reads titles, with the test titles it is asked about."""

from functools import cached_property

from torch import Tensor

from openbox.text.explain import explain_words
from openbox.text.open_reader import OpenReader, by_length
from openbox.zoo.data import Titles
from openbox.zoo.readers import AdditiveReader, SwitchedReader
from openbox.zoo.title_reader import TitleReader

from ..study import Sampling

SEED = 0
TitleWords = tuple[str, ...]


class TitleSubject:
    """What is dear is made once. ``model`` is in eval mode.

    ``regions``: whether its inputs lie in regions. An input-switched affine network has none: it is not
    piecewise linear in its input, but says exactly what each word adds.
    """

    def __init__(self, model: TitleReader, titles: Titles, sampling: Sampling) -> None:
        self.model, self.titles, self.sampling = model, titles, sampling
        self.reader = OpenReader(model)
        self.words = [tuple(text.split()) for text in titles.texts]
        self.regions = not isinstance(model, SwitchedReader)

    def by_class(self, titles: list[TitleWords]) -> list[Tensor]:
        """What each word adds to each logit, exactly: (T, K) float64 for each title."""
        if not isinstance(self.model, AdditiveReader):
            found = explain_words("openbox", self.reader, titles, None, SEED)
            return [one.by_class.T.double() for one in found if one.by_class is not None]
        model, added = self.model.double(), dict[int, Tensor]()
        for numbers in by_length(titles):
            x = self.reader.embed([titles[number] for number in numbers])
            added |= dict(zip(numbers, model.contributions(x), strict=True))
        self.model.float()
        return [added[number] for number in range(len(titles))]

    def embedded(self, numbers: list[int]) -> Tensor:
        """Titles of one length (N, T, E), in float64."""
        return self.reader.embed([self.words[number] for number in numbers]).double()

    @cached_property
    def decided(self) -> Tensor:
        """The predicted class of the first ``maps`` titles."""
        return self.reader.logits(self.words[: self.sampling.maps]).argmax(1)

    @cached_property
    def maps(self) -> list[Tensor]:
        """What each of their words adds to the decision: to its logit, less the mean of the others."""
        exact = self.by_class(self.words[: self.sampling.maps])
        return [decision(one, int(k)) for one, k in zip(exact, self.decided, strict=True)]


def decision(by_class: Tensor, target: int) -> Tensor:
    """(T,) of contributions (T, K): those to ``target``, less the mean of those to the other classes."""
    own = by_class[:, target]
    return own - (by_class.sum(1) - own) / (by_class.shape[1] - 1)
