"""Every sentence of the page Text that depends on numbers. Pure functions."""

from collections.abc import Iterable

from language.catalogue import figure, say
from language.mark import mark
from ui.words import number, percent

from openbox.text import TEXT_EXPLAINERS, TokenExplanation

GLOSSARY = {
    mark("W x of a word"): mark(
        "what the word adds to the score, by the affine function that the network is around "
        "this title: the sum over the features of its embedding."
    ),
    mark("bias"): mark(
        "what the affine function says without any word; with all words it adds up to the score."
    ),
    mark("against unknown"): mark("the same, measured from the unknown word instead of from nothing."),
    mark("unknown word"): mark(
        "a word that was not in the training titles twice; all of them are read alike."
    ),
    mark("region"): mark("all titles of as many words for which the network is the same affine function."),
    mark("receipt"): mark("what a method claims, and the numbers by which it can be checked."),
}


def verdict(predicted: str, label: str | None) -> str:
    """Whether the prediction is right, where that is known."""
    if label is None:
        return say("Its class is not known: it was typed.")
    right = label == predicted
    said = say("Its class is “{label}”: right.") if right else say("Its class is “{label}”: wrong.")
    return said.format(label=label)


def listed(dropped: Iterable[str]) -> str:
    """Words that were dropped, one after the other."""
    return say(" and ").join(say("“{name}”").format(name=word) for word in dropped)


def changed(before: str, after: str, shares: tuple[float, float], gates: tuple[int, int]) -> str:
    """What dropping words did to the prediction and to the gates."""
    agree, total = gates
    if before == after:
        said = say("“{name}” goes from {old} to {new}.")
    else:
        said = say("Now it is “{now}”; “{name}” goes from {old} to {new}.")
    said = said.format(now=after, name=before, old=percent(shares[0]), new=percent(shares[1]))
    if agree == total:
        stays = say("The title is still in the same region: all {total} gates agree, and W is the same.")
    else:
        stays = say("{agree} of {total} gates agree, so it is another region, and another W.")
    return f"{said} {stays.format(agree=agree, total=total)}"


def receipt(found: TokenExplanation) -> dict[str, str]:
    """A row of the table of receipts."""
    numbers = {name: float(value) for name, value in found.receipt.numbers.items()}
    claim = say("makes no such claim") if found.receipt.claim == "none" else found.receipt.claim
    parts = ", ".join(f"{name} {number(value)}" for name, value in numbers.items())
    return {
        say("method"): TEXT_EXPLAINERS[found.method].title,
        say("claim"): claim,
        say("numbers"): parts or say("none"),
        say("error"): say("none stated")
        if found.error is None
        else figure(f"{found.error:.1e}".replace("-", "\N{MINUS SIGN}")),
        say("passes"): figure(f"{found.model_calls:g}"),
        say("time"): f"{1000 * found.seconds:.0f} ms",
    }
