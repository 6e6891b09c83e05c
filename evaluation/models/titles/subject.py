"""``TitleSubject``: one trained network that reads titles, with the test titles it is asked about."""

from functools import cached_property

from torch import Tensor

from openbox.text.added import added_by_words, to_decision
from openbox.text.open_reader import OpenReader
from openbox.zoo.data import Titles
from openbox.zoo.readers import SwitchedReader
from openbox.zoo.title_reader import TitleReader

from ..study import Sampling

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
        exact = added_by_words(self.reader, self.words[: self.sampling.maps])
        return [to_decision(one, int(k)) for one, k in zip(exact, self.decided, strict=True)]
