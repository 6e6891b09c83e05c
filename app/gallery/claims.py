"""What each family of the gallery is, can claim, and cannot. No Streamlit."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Claim:
    """``question``: what is asked; ``can`` and ``cannot``: one sentence each."""

    title: str
    question: str
    can: str
    cannot: str


CLAIMS: dict[str, Claim] = {
    "maximisation": Claim(
        "Maximisation",
        "Which image would the network call a class most of all?",
        "The point inside the region is the exact maximum there, by a linear programme, and the network "
        "says so itself.",
        "The image found by ascent is one of many, shaped by its prior as much as by the network, and "
        "explains no decision on a real picture.",
    ),
    "data": Claim(
        "Training data",
        "Which training images pulled the decision, and which pushed?",
        "It names the training images whose gradient at the last layer points with, or against, that of this "
        "decision.",
        "It is the effect of one small step at the trained weights: not what training again without the "
        "image would give.",
    ),
    "change": Claim(
        "From change",
        "What would have to change for another decision?",
        "Both points really change the decision of their model, and the forest's is the cheapest of all its "
        "candidate paths.",
        "Neither says that the change can be made in the world, and the forest's may not be the nearest "
        "there is.",
    ),
    "constraint": Claim(
        "Constrained models",
        "What if the model may only rise with a feature?",
        "With the constraint no prediction ever falls when the feature rises and all else stays, for any "
        "patient.",
        "It says nothing of features that move together, and nothing of cause.",
    ),
    "attention": Claim(
        "Attention",
        "Which words does the network look at?",
        "The weights are what the network itself mixes the words by: they add up to 1.",
        "A weight is no contribution: the words' values pass through other layers, and the gradient often "
        "ranks them otherwise.",
    ),
}
