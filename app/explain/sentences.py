"""The sentences of the Explain page. Pure functions."""

from language.catalogue import count, say
from language.mark import mark
from ui import words
from ui.charts import ClassAnswer
from ui.prices import Price
from ui.regions import Square
from ui.words import DASH, SIGMA, place, signed

from openbox.explainers.create import Score
from openbox.explainers.explanation import Contrast

REFUSED = mark(
    "This network cannot be opened exactly, so no method that opens it has a map here; the others only ask "
    "it, and their maps are below. Why:"
)
NOT_OPENED = mark(
    "This method opens the network, and this one cannot be opened; the reason stands above the maps."
)


def question(target: Contrast | int, classes: tuple[str, ...]) -> str:
    """What is asked, as a heading."""
    if isinstance(target, Contrast):
        return say("Why “{name}” rather than “{other}”?").format(
            name=classes[target.preferred], other=classes[target.other]
        )
    return say("Why “{name}”?").format(name=classes[target])


STRANGE = 0.98  # share of known pictures that are nearer to their neighbour; beyond it, a word is said


def answer(best: ClassAnswer, label: str | None) -> str:
    """What the network says, and whether that is wrong."""
    said = (
        say("The network says “{answer}” ({share})")
        if label is None or label == best.name
        else say("The network says “{answer}” ({share}). Wrong: it is labelled “{label}”")
    )
    return said.format(answer=best.name, share=words.percent(best.probability), label=label)


def strange(share: float) -> str:
    """Of a picture that is far from all known ones."""
    return say(
        "This picture is unlike those the network knows: {share} of them are nearer to their nearest "
        "neighbour. It answers all the same, and the maps explain that answer."
    ).format(share=words.percent(share))


def one_score(head: str, score: Score) -> str:
    """What all maps explain, of a network that ends in a head."""
    if score == "output":
        return say(
            "All maps explain what comes after the network's final {head}; exact ones the slope of that at "
            "this picture, times their own."
        ).format(head=head)
    return say("This network ends in {head}: all maps explain the logits before it.").format(head=head)


COMPARES = {  # what a method compares the picture with; {references} are the reference images
    "openbox_reference": mark("OpenBox against the mean compares with the mean of {references}."),
    "integrated_gradients": mark("Integrated gradients compare with a black picture."),
    "openbox_expected": mark("OpenBox, expected compares with {references}."),
    "openbox_neighbourhood": mark("OpenBox neighbourhood compares with {references}, moved over each other."),
    "lime": mark("LIME switches patches to black."),
    "shap": mark("SHAP (gradient) compares with {references}."),
    "expected_gradients": mark("Expected gradients compare with {references}."),
    "deeplift": mark("DeepLIFT compares with a black picture."),
    "shap_partition": mark("SHAP (partition) compares with the blurred picture."),
    "kernel_shap": mark("SHAP (kernel) switches patches to black."),
    "occlusion": mark("Occlusion hides windows by black."),
    "rise": mark("RISE fades cells to black."),
    "meaningful_perturbation": mark("Meaningful perturbation blurs."),
    "pattern_net": mark("PatternNet learns its patterns from {references}."),
    "pattern_attribution": mark("PatternAttribution learns its patterns from {references}."),
}
GLOSSARY = {
    mark("logit"): mark("the network's score of a class before it is turned into a probability."),
    f"{SIGMA} w·x + b": mark(
        "around this picture the network is exactly this sum: each pixel x times its weight w, and a "
        "constant b that belongs to no pixel."
    ),
    mark("error"): mark(
        "how far that sum is from the network's own answer, as a share of its largest logit; what is left is "
        "rounding."
    ),
    "R²": mark("how well LIME's own simple model fits the network around the picture: 1 is perfect."),
    mark("additivity gap"): mark("what is missing when SHAP's values are added up."),
    mark("model calls"): mark("how often the network was run, forwards or backwards, to make one map."),
}


def reading_help(shape: tuple[int, int, int], shared: bool, references: str, methods: list[str]) -> str:
    """How to read the maps below, in a few short sentences."""
    said = [say("Red supports, blue opposes, white is zero; purple has no sign. Pixels are in [0, 1].")]
    if shape[0] == 3:
        said.append(say("The three colour channels of a pixel are added up."))
    said.append(
        say("Maps of one unit share a scale, cut at the 99.9th percentile of |a|.")
        if shared
        else say("Each map has its own scale, cut at the 99.9th percentile of |a|.")
    )
    said += [say(COMPARES[name]).format(references=references) for name in methods if name in COMPARES]
    return " ".join(said)


def priced(price: Price) -> str:
    """What a map would cost, where it does not begin by itself: it is dear, or was cancelled."""
    if not price.dear:
        return say("Cancelled.")
    calls = (
        count("{number} exact piece", "{number} exact pieces", price.calls)
        if price.pieces
        else count("{number} call of the network", "{number} calls of the network", price.calls)
    )
    time = words.seconds(price.seconds)
    return say("{calls}, about {time} on this computer.").format(calls=calls, time=time)


def strength(region: Square | None) -> str:
    """One cell of the table of regions."""
    return f"{place(region)}: {signed(region.value, 2)}" if region else DASH
