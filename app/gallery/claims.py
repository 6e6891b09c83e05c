"""What each family of the gallery is, can claim, and cannot. No Streamlit."""

from dataclasses import dataclass

from language.mark import mark


@dataclass(frozen=True)
class Claim:
    """``question``: what is asked; ``can`` and ``cannot``: one sentence each."""

    title: str
    question: str
    can: str
    cannot: str


CLAIMS: dict[str, Claim] = {
    "maximisation": Claim(
        mark("Maximisation"),
        mark("Which image would the network call a class most of all?"),
        mark(
            "The point inside the region is the exact maximum there, by a linear programme, and the network "
            "says so itself."
        ),
        mark(
            "The image found by ascent is one of many, shaped by its prior as much as by the network, and "
            "explains no decision on a real picture."
        ),
    ),
    "data": Claim(
        mark("Training data"),
        mark("Which training images pulled the decision, and which pushed?"),
        mark(
            "It names the training images whose gradient at the last layer points with, or against, that of "
            "this decision."
        ),
        mark(
            "It is the effect of one small step at the trained weights: not what training again without the "
            "image would give."
        ),
    ),
    "change": Claim(
        mark("From change"),
        mark("What would have to change for another decision?"),
        mark(
            "Both points really change the decision of their model, and the forest's is the cheapest of all "
            "its candidate paths."
        ),
        mark(
            "Neither says that the change can be made in the world, and the forest's may not be the nearest "
            "there is."
        ),
    ),
    "constraint": Claim(
        mark("Constrained models"),
        mark("What if the model may only rise with a feature?"),
        mark(
            "With the constraint no prediction ever falls when the feature rises and all else stays, for any "
            "patient."
        ),
        mark("It says nothing of features that move together, and nothing of cause."),
    ),
    "attention": Claim(
        mark("Attention"),
        mark("Which words does the network look at?"),
        mark("The weights are what the network itself mixes the words by: they add up to 1."),
        mark(
            "A weight is no contribution: the words' values pass through other layers, and the gradient "
            "often ranks them otherwise."
        ),
    ),
}
