"""Every sentence that depends on numbers: receipts, legends, alternative texts. Pure functions."""

import math
import re

from language.catalogue import count, figure, say
from language.mark import mark

from openbox.explainers.entry import Entry
from openbox.explainers.explanation import Contrast, Explanation
from ui.regions import Square

MINUS, DASH, SIGMA = "\N{MINUS SIGN}", "\N{EN DASH}", "Σ"
NO_CLAIM = mark("makes no such claim")


def plain(text: str) -> str:
    """Text of a program as Markdown that shows it as it is, line by line."""
    return re.sub(r"([\\`*_{}\[\]<>()#$~|:!+-])", r"\\\1", text).replace("\n", "  \n")


def number(value: float, digits: int = 3) -> str:
    """A number with a real minus sign; small ones keep their digits."""
    tiny = value != 0 and abs(value) < 10.0**-digits
    return figure((f"{value:.1e}" if tiny else f"{value:.{digits}f}").replace("-", MINUS))


def signed(value: float, digits: int = 3) -> str:
    """A number that always shows its sign."""
    return ("+" if value >= 0 else "") + number(value, digits)


def seconds(value: float) -> str:
    """A long time, about: "40 s", "12 minutes", "2.5 hours"."""
    if value < 100:
        return f"{value:.0f} s"
    minutes = value / 60
    if minutes < 100:
        return count("{number} minute", "{number} minutes", round(minutes))
    return say("{number} hours").format(number=figure(f"{minutes / 60:.1f}"))


def percent(share: float) -> str:
    """A probability that never claims to be 0 or 1."""
    if share > 0.999:
        return figure("> 99.9 %")
    return figure("< 0.1 %" if share < 0.001 else f"{share:.1%}".replace("%", " %"))


def score(target: Contrast | int, classes: tuple[str, ...]) -> str:
    """What is explained, as a noun: ``logit of “7”``, or the difference of two logits."""
    if isinstance(target, Contrast):
        text = say("logit of “{preferred}” \N{MINUS SIGN} logit of “{other}”")
        return text.format(preferred=classes[target.preferred], other=classes[target.other])
    return say("logit of “{name}”").format(name=classes[target])


def own_network(factory: str, weights: str | None) -> str:
    """What is known of the user's own model."""
    if weights:
        text = say("{factory}, weights from {weights}. Its test accuracy is not known.")
        return text.format(factory=factory, weights=weights)
    return say(
        "{factory}, no weight file: the weights are the factory's. Its test accuracy is not known."
    ).format(factory=factory)


def receipt(explanation: Explanation, target: Contrast | int, classes: tuple[str, ...]) -> str:
    """What the map claims and by how much it fails, from the numbers of its first image."""
    noun = score(target, classes)
    numbers = {name: float(values[0]) for name, values in explanation.receipt.numbers.items()}
    claim = explanation.receipt.claim
    if {"sum", "bias", "score", "error"} <= numbers.keys():
        left, _, _ = claim.partition("+")
        left = left.strip().replace("sum(", "Σ ").replace(")", "").replace("*", "·")
        if "mean" in claim and not isinstance(target, Contrast):
            noun = _against_mean(classes[target])
        formula = (
            f"{left} + b = {number(numbers['sum'])} {_plus(numbers['bias'])} = {number(numbers['score'])}"
        )
        text = say("{formula} = {noun}, error {error}")
        return text.format(formula=formula, noun=noun, error=_error(numbers["error"]))
    if {"sum", "piece at z", "score", "error"} <= numbers.keys():
        total = f"{number(numbers['sum'])} {_plus(numbers['piece at z'])} = {number(numbers['score'])}"
        text = say("Σ w·(x \N{MINUS SIGN} z) + piece at z = {total} = {noun}, error {error}")
        return text.format(total=total, noun=noun, error=_error(numbers["error"]))
    if {"sum", "average", "score", "error", "points"} <= numbers.keys():
        if "mean of the others" in claim and not isinstance(target, Contrast):
            noun = _against_mean(classes[target])
        return say(
            "average of {points} exact pieces: at their points they answer {average} on average, the network "
            "{score} ({noun}), largest error {error}; Σ map = {sum}, not the score of this picture"
        ).format(
            points=f"{numbers['points']:.0f}", average=number(numbers["average"]),
            score=number(numbers["score"]), noun=noun, error=_error(numbers["error"]),
            sum=number(numbers["sum"]),
        )  # fmt: skip
    if {"sum", "base", "score", "gap", "intervals"} <= numbers.keys():
        return say(
            "Σ values + score of the baseline = {sum} = {score} = {noun}, over {pieces} exact pieces on the "
            "way, gap {gap}"
        ).format(
            sum=f"{number(numbers['sum'])} {_plus(numbers['base'])}", score=number(numbers["score"]),
            noun=noun, pieces=figure(f"{numbers['intervals']:,.0f}"), gap=_error(abs(numbers["gap"])),
        )  # fmt: skip
    if {"sum", "base", "score", "gap"} <= numbers.keys():
        return say("Σ values + base = {sum} = {total}; {noun} is {score}: additivity gap {gap}").format(
            sum=f"{number(numbers['sum'])} {_plus(numbers['base'])}",
            total=number(numbers["sum"] + numbers["base"]), noun=noun, score=number(numbers["score"]),
            gap=signed(numbers["gap"]),
        )  # fmt: skip
    if "R^2" in numbers:
        text = say("R² = {number} of its surrogate; says nothing of a sum")
        return text.format(number=number(numbers["R^2"], 2))
    if numbers.get("flat map"):
        return say("makes no such claim (the map is flat: nothing to see)")
    if "flat map" in numbers or "no claim" in claim:
        return say(NO_CLAIM)
    others = ", ".join(f"{name} {number(value)}" for name, value in numbers.items())
    claim = claim.replace("sum(", f"{SIGMA}(").replace(" * ", "·")
    return claim + (f" ({others})" if others else "")


def cost(explanation: Explanation) -> str:
    """Seconds and model calls, as measured when the map was computed."""
    calls = explanation.model_calls
    if calls == 0:
        asked = say("no model calls")
    else:
        asked = count("{number} model calls", "{number} model calls", round(calls))
    seconds = explanation.seconds
    taken = figure(f"{seconds:.2f}") + " s" if seconds >= 0.005 else f"{seconds * 1000:.0f} ms"
    return f"{taken} · {asked}"


def legend(entry: Entry, limit: float, native: bool = False) -> tuple[str, str, str]:
    """The words under the colour scale: left end, middle, right end."""
    if entry.signed:
        return f"{MINUS}{short(limit)}", say(entry.unit), f"+{short(limit)}"
    return "0", say("weighted activations") if native else say(entry.unit), short(limit)


def short(value: float) -> str:
    """Two significant digits, without an exponent where that reads well."""
    if value == 0:
        return "0"
    digits = max(0, 1 - math.floor(math.log10(abs(value))))
    return figure(f"{value:.{digits}f}" if digits <= 5 else f"{value:.1e}")


def alt_map(entry: Entry, score: str, supporting: list[Square], opposing: list[Square]) -> str:
    """A sentence for those who cannot see the map."""
    parts = [say("{title} map of the {score}.").format(title=entry.title, score=score)]
    if supporting:
        text = say("Strongest support: {place}.") if entry.signed else say("Strongest value: {place}.")
        parts.append(text.format(place=place(supporting[0])))
    if opposing:
        parts.append(say("Strongest opposition: {place}.").format(place=place(opposing[0])))
    if not supporting and not opposing:
        parts.append(say("The map is zero everywhere."))
    return " ".join(parts)


def place(region: Square) -> str:
    """Where a region lies, counted from 1 at the top left."""
    top, left, side = region.top + 1, region.left + 1, region.side
    if side == 1:
        return say("row {row}, column {column}").format(row=top, column=left)
    return say("rows {top}\N{EN DASH}{bottom}, columns {left}\N{EN DASH}{right}").format(
        top=top, bottom=top + side - 1, left=left, right=left + side - 1
    )


def _against_mean(name: str) -> str:
    return say("logit of “{name}” \N{MINUS SIGN} mean of the other logits").format(name=name)


def _plus(value: float) -> str:
    return f"{MINUS if value < 0 else '+'} {number(abs(value))}"


def _error(value: float) -> str:
    return f"{value:.0e}" if value else "0"
