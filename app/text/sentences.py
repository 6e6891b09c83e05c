"""Every sentence of the page Text that depends on numbers. Pure functions."""

from ui.words import number, percent

from openbox.text import TEXT_EXPLAINERS, TokenExplanation

GLOSSARY = {
    "W x of a word": "what the word adds to the score, by the affine function that the network is around "
    "this title: the sum over the features of its embedding.",
    "bias": "what the affine function says without any word; with all words it adds up to the score.",
    "against unknown": "the same, measured from the unknown word instead of from nothing.",
    "unknown word": "a word that was not in the training titles twice; all of them are read alike.",
    "region": "all titles of as many words for which the network is the same affine function.",
    "receipt": "what a method claims, and the numbers by which it can be checked.",
}


def verdict(predicted: str, label: str | None) -> str:
    """Whether the prediction is right, where that is known."""
    if label is None:
        return "Its class is not known: it was typed."
    return f"Its class is “{label}”: right." if label == predicted else f"Its class is “{label}”: wrong."


def changed(before: str, after: str, shares: tuple[float, float], gates: tuple[int, int]) -> str:
    """What dropping words did to the prediction and to the gates."""
    agree, total = gates
    moved = f"from {percent(shares[0])} to {percent(shares[1])}"
    said = (
        f"“{before}” goes {moved}." if before == after else f"Now it is “{after}”; “{before}” goes {moved}."
    )
    if agree == total:
        return f"{said} The title is still in the same region: all {total} gates agree, and W is the same."
    return f"{said} {agree} of {total} gates agree, so it is another region, and another W."


def receipt(found: TokenExplanation) -> dict[str, str]:
    """A row of the table of receipts."""
    numbers = {name: float(value) for name, value in found.receipt.numbers.items()}
    claim = "makes no such claim" if found.receipt.claim == "none" else found.receipt.claim
    parts = ", ".join(f"{name} {number(value)}" for name, value in numbers.items())
    return {
        "method": TEXT_EXPLAINERS[found.method].title,
        "claim": claim,
        "numbers": parts or "none",
        "error": "none stated"
        if found.error is None
        else f"{found.error:.1e}".replace("-", "\N{MINUS SIGN}"),
        "passes": f"{found.model_calls:g}",
        "time": f"{1000 * found.seconds:.0f} ms",
    }
