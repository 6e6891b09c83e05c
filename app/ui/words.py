"""Every sentence that depends on numbers: receipts, legends, alternative texts. Pure functions."""

import math
import re

from openbox.explainers.entry import Entry
from openbox.explainers.explanation import Contrast, Explanation
from ui.regions import Square

MINUS, DASH, SIGMA = "\N{MINUS SIGN}", "\N{EN DASH}", "Σ"
NO_CLAIM = "makes no such claim"


def plain(text: str) -> str:
    """Text of a program as Markdown that shows it as it is, line by line."""
    return re.sub(r"([\\`*_{}\[\]<>()#$~|:!+-])", r"\\\1", text).replace("\n", "  \n")


def number(value: float, digits: int = 3) -> str:
    """A number with a real minus sign; small ones keep their digits."""
    tiny = value != 0 and abs(value) < 10.0**-digits
    return (f"{value:.1e}" if tiny else f"{value:.{digits}f}").replace("-", MINUS)


def signed(value: float, digits: int = 3) -> str:
    """A number that always shows its sign."""
    return ("+" if value >= 0 else "") + number(value, digits)


def seconds(value: float) -> str:
    """A long time, about: "40 s", "12 minutes", "2.5 hours"."""
    if value < 100:
        return f"{value:.0f} s"
    minutes = value / 60
    return f"{minutes:.0f} minutes" if minutes < 100 else f"{minutes / 60:.1f} hours"


def percent(share: float) -> str:
    """A probability that never claims to be 0 or 1."""
    if share > 0.999:
        return "> 99.9 %"
    return "< 0.1 %" if share < 0.001 else f"{share:.1%}".replace("%", " %")


def score(target: Contrast | int, classes: tuple[str, ...]) -> str:
    """What is explained, as a noun: ``logit of “7”``, or the difference of two logits."""
    if isinstance(target, Contrast):
        return f"logit of “{classes[target.preferred]}” {MINUS} logit of “{classes[target.other]}”"
    return f"logit of “{classes[target]}”"


def own_network(factory: str, weights: str | None) -> str:
    """What is known of the user's own model."""
    source = f"weights from {weights}" if weights else "no weight file: the weights are the factory's"
    return f"{factory}, {source}. Its test accuracy is not known."


def receipt(explanation: Explanation, target: Contrast | int, classes: tuple[str, ...]) -> str:
    """What the map claims and by how much it fails, from the numbers of its first image."""
    noun = score(target, classes)
    numbers = {name: float(values[0]) for name, values in explanation.receipt.numbers.items()}
    claim = explanation.receipt.claim
    if {"sum", "bias", "score", "error"} <= numbers.keys():
        left, _, _ = claim.partition("+")
        left = left.strip().replace("sum(", "Σ ").replace(")", "").replace("*", "·")
        if "mean" in claim and not isinstance(target, Contrast):
            noun += f" {MINUS} mean of the other logits"
        return (
            f"{left} + b = {number(numbers['sum'])} {_plus(numbers['bias'])} = {number(numbers['score'])} "
            f"= {noun}, error {_error(numbers['error'])}"
        )
    if {"sum", "piece at z", "score", "error"} <= numbers.keys():
        total = f"{number(numbers['sum'])} {_plus(numbers['piece at z'])} = {number(numbers['score'])}"
        left = f"{SIGMA} w·(x {MINUS} z) + piece at z"
        return f"{left} = {total} = {noun}, error {_error(numbers['error'])}"
    if {"sum", "average", "score", "error", "points"} <= numbers.keys():
        if "mean of the others" in claim and not isinstance(target, Contrast):
            noun += f" {MINUS} mean of the other logits"
        return (
            f"average of {numbers['points']:.0f} exact pieces: at their points they answer "
            f"{number(numbers['average'])} on average, the network {number(numbers['score'])} ({noun}), "
            f"largest error {_error(numbers['error'])}; {SIGMA} map = {number(numbers['sum'])}, "
            "not the score of this picture"
        )
    if {"sum", "base", "score", "gap", "intervals"} <= numbers.keys():
        return (
            f"{SIGMA} values + score of the baseline = {number(numbers['sum'])} {_plus(numbers['base'])} = "
            f"{number(numbers['score'])} = {noun}, over {numbers['intervals']:,.0f} exact pieces on the way, "
            f"gap {_error(abs(numbers['gap']))}"
        )
    if {"sum", "base", "score", "gap"} <= numbers.keys():
        return (
            f"Σ values + base = {number(numbers['sum'])} {_plus(numbers['base'])} = "
            f"{number(numbers['sum'] + numbers['base'])}; {noun} is {number(numbers['score'])}: "
            f"additivity gap {signed(numbers['gap'])}"
        )
    if "R^2" in numbers:
        return f"R² = {number(numbers['R^2'], 2)} of its surrogate; says nothing of a sum"
    if "flat map" in numbers:
        return NO_CLAIM + (" (the map is flat: nothing to see)" if numbers["flat map"] else "")
    if "no claim" in claim:
        return NO_CLAIM
    others = ", ".join(f"{name} {number(value)}" for name, value in numbers.items())
    claim = claim.replace("sum(", f"{SIGMA}(").replace(" * ", "·")
    return claim + (f" ({others})" if others else "")


def cost(explanation: Explanation) -> str:
    """Seconds and model calls, as measured when the map was computed."""
    calls = explanation.model_calls
    count = "no model calls" if calls == 0 else f"{calls:,.0f} model calls"
    seconds = explanation.seconds
    return (f"{seconds:.2f} s" if seconds >= 0.005 else f"{seconds * 1000:.0f} ms") + f" · {count}"


def legend(entry: Entry, limit: float, native: bool = False) -> tuple[str, str, str]:
    """The words under the colour scale: left end, middle, right end."""
    if entry.signed:
        return f"{MINUS}{short(limit)}", entry.unit, f"+{short(limit)}"
    return "0", "weighted activations" if native else entry.unit, short(limit)


def short(value: float) -> str:
    """Two significant digits, without an exponent where that reads well."""
    if value == 0:
        return "0"
    digits = max(0, 1 - math.floor(math.log10(abs(value))))
    return f"{value:.{digits}f}" if digits <= 5 else f"{value:.1e}"


def alt_map(entry: Entry, score: str, supporting: list[Square], opposing: list[Square]) -> str:
    """A sentence for those who cannot see the map."""
    text = f"{entry.title} map of the {score}."
    if supporting:
        text += f" Strongest {'support' if entry.signed else 'value'}: {place(supporting[0])}."
    if opposing:
        text += f" Strongest opposition: {place(opposing[0])}."
    if not supporting and not opposing:
        text += " The map is zero everywhere."
    return text


def place(region: Square) -> str:
    """Where a region lies, counted from 1 at the top left."""
    top, left, side = region.top + 1, region.left + 1, region.side
    if side == 1:
        return f"row {top}, column {left}"
    return f"rows {top}{DASH}{top + side - 1}, columns {left}{DASH}{left + side - 1}"


def _plus(value: float) -> str:
    return f"{MINUS if value < 0 else '+'} {number(abs(value))}"


def _error(value: float) -> str:
    return f"{value:.0e}" if value else "0"
