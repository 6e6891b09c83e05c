"""The sentences of the Explain page. Pure functions."""

from ui import words
from ui.charts import ClassAnswer
from ui.prices import Price
from ui.regions import Square
from ui.words import DASH, SIGMA, place, signed

from openbox.explainers.create import Score
from openbox.explainers.explanation import Contrast

REFUSED = (
    "This network cannot be opened exactly, so no method that opens it has a map here; the others only ask "
    "it, and their maps are below. Why:"
)
NOT_OPENED = "This method opens the network, and this one cannot be opened; the reason stands above the maps."


def question(target: Contrast | int, classes: tuple[str, ...]) -> str:
    """What is asked, as a heading."""
    if isinstance(target, Contrast):
        return f"Why “{classes[target.preferred]}” rather than “{classes[target.other]}”?"
    return f"Why “{classes[target]}”?"


STRANGE = 0.98  # share of known pictures that are nearer to their neighbour; beyond it, a word is said


def answer(best: ClassAnswer, label: str | None) -> str:
    """What the network says, and whether that is wrong."""
    said = f"The network says “{best.name}” ({words.percent(best.probability)})"
    return said if label is None or label == best.name else f"{said}. Wrong: it is labelled “{label}”"


def strange(share: float) -> str:
    """Of a picture that is far from all known ones."""
    return (
        f"This picture is unlike those the network knows: {words.percent(share)} of them are nearer to their "
        "nearest neighbour. It answers all the same, and the maps explain that answer."
    )


def one_score(head: str, score: Score) -> str:
    """What all maps explain, of a network that ends in a head."""
    if score == "output":
        return (
            f"All maps explain what comes after the network's final {head}; exact ones the slope of that at "
            "this picture, times their own."
        )
    return f"This network ends in {head}: all maps explain the logits before it."


COMPARES = {  # what a method compares the picture with; {} are the reference images
    "openbox_reference": "OpenBox against the mean compares with the mean of {}.",
    "integrated_gradients": "Integrated gradients compare with a black picture.",
    "openbox_expected": "OpenBox, expected compares with {}.",
    "openbox_neighbourhood": "OpenBox neighbourhood compares with {}, moved over each other.",
    "lime": "LIME switches patches to black.",
    "shap": "SHAP (gradient) compares with {}.",
    "expected_gradients": "Expected gradients compare with {}.",
    "deeplift": "DeepLIFT compares with a black picture.",
    "shap_partition": "SHAP (partition) compares with the blurred picture.",
    "kernel_shap": "SHAP (kernel) switches patches to black.",
    "occlusion": "Occlusion hides windows by black.",
    "rise": "RISE fades cells to black.",
    "meaningful_perturbation": "Meaningful perturbation blurs.",
    "pattern_net": "PatternNet learns its patterns from {}.",
    "pattern_attribution": "PatternAttribution learns its patterns from {}.",
}
GLOSSARY = {
    "logit": "the network's score of a class before it is turned into a probability.",
    f"{SIGMA} w·x + b": "around this picture the network is exactly this sum: each pixel x times its "
    "weight w, and a constant b that belongs to no pixel.",
    "error": "how far that sum is from the network's own answer, as a share of its largest logit; what "
    "is left is rounding.",
    "R²": "how well LIME's own simple model fits the network around the picture: 1 is perfect.",
    "additivity gap": "what is missing when SHAP's values are added up.",
    "model calls": "how often the network was run, forwards or backwards, to make one map.",
}


def reading_help(shape: tuple[int, int, int], shared: bool, references: str, methods: list[str]) -> str:
    """How to read the maps below, in a few short sentences."""
    channels = " The three colour channels of a pixel are added up." if shape[0] == 3 else ""
    scale = "Maps of one unit share a scale" if shared else "Each map has its own scale"
    compares = [COMPARES[name].format(references) for name in methods if name in COMPARES]
    return (
        f"Red supports, blue opposes, white is zero; purple has no sign. Pixels are in [0, 1].{channels} "
        f"{scale}, cut at the 99.9th percentile of |a|. {' '.join(compares)}"
    ).rstrip()


def priced(price: Price) -> str:
    """What a map would cost, where it does not begin by itself: it is dear, or was cancelled."""
    if not price.dear:
        return "Cancelled."
    unit = "exact pieces" if price.pieces else "calls of the network"
    return f"{price.calls:,} {unit}, about {words.seconds(price.seconds)} on this computer."


def strength(region: Square | None) -> str:
    """One cell of the table of regions."""
    return f"{place(region)}: {signed(region.value, 2)}" if region else DASH
