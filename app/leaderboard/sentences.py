"""Every sentence of the Leaderboard page that depends on numbers. Pure functions."""

from collections.abc import Mapping, Sequence

from ui.words import DASH, number

from evaluation.schema import Condition, CurvePoint, LeaderboardRow, MetricRow
from leaderboard import records
from leaderboard.records import ImageValue
from leaderboard.results import Draw, StudyRow, command, score

FAMILIES = {"exact": "exact pieces", "rival": "published", "baseline": "baseline", "": "not known here"}
NAMES = {"morf": "MoRF, most relevant first", "lerf": "LeRF, least relevant first"}
MEANINGS = {  # where the summary of the study's metrics.csv is not enough for a newcomer
    "flip": "Pixels are altered in the order of the map, most relevant first (MoRF) or least relevant first "
    "(LeRF), and the network's answer is read off; *abpc* is the area between the two curves.",
    "shift": "The picture is moved by a few pixels, explained again, and the map moved back: is it the same? "
    "The picture itself would win this alone: never read it without *flip*.",
}
HELP = (
    "The line is the 95 % bootstrap interval of the mean over images. Methods of one tie group are not told "
    "apart from its first by a paired Wilcoxon test after Holm's correction (5 %); *p vs best* is that test "
    "against rank 1, *first* how often a method has the best mean when the images are drawn again."
)


def name(key: str) -> str:
    """A condition for people."""
    return NAMES.get(key, key)


def answer(condition: Condition) -> str:
    """What the curves of a cell show."""
    return condition.score_space or "share still classified as before"


def value(x: float | None) -> str:
    """A number with three decimals, or a dash."""
    return DASH if x is None else number(x)


def interval(entry: LeaderboardRow) -> str:
    """The 95 % interval of a row."""
    if entry.ci_low is None or entry.ci_high is None:
        return DASH
    return f"{number(entry.ci_low)} to {number(entry.ci_high)}"


def whole(x: float | None) -> str:
    """A count, or a dash."""
    return DASH if x is None else f"{x:.0f}"


def table(standings: Sequence[LeaderboardRow]) -> list[dict[str, object]]:
    """The rows of the table in the order given; numbers stay numbers, so that a column can be sorted."""
    return [
        {
            "Rank": entry.rank,
            "Method": records.title(entry.method),
            "Family": FAMILIES[records.role(entry.method)],
            "Value": entry.value,
            "95 % interval": interval(entry),
            "Group": entry.tie_group,
            "p vs best": entry.p_vs_best,
            "First": None if entry.first_share is None else 100 * entry.first_share,
            "ok / failed / flat": " / ".join(map(whole, (entry.n_ok, entry.n_failed, entry.n_degenerate))),
            "s / image": entry.seconds_per_image,
            "Calls": entry.model_calls_per_image,
            "Peak MB": entry.peak_memory_mb,
        }
        for entry in standings
    ]


def heading(condition: Condition, metrics: Mapping[str, MetricRow]) -> str:
    """What is measured, in one line."""
    metric = metrics.get(condition.metric)
    title = metric.title if metric else ""
    parts = [
        f"{condition.metric} {DASH} {title}" if title else condition.metric,
        name(condition.order),
        f"fill {condition.fill}" if condition.fill else "",
        f"on the {condition.score_space}" if condition.score_space else "",
        metric.unit if metric else "",
    ]
    return ", ".join(part for part in parts if part)


def reading(condition: Condition, metrics: Mapping[str, MetricRow], higher: bool | None) -> str:
    """What the score asks, which way is better, and how to read the chart and the table."""
    metric = metrics.get(condition.metric)
    asks = MEANINGS.get(score(condition.metric)) or (f"{metric.summary.capitalize()}." if metric else "")
    return f"{asks} **{direction(higher)}** {HELP}".lstrip()


def direction(higher: bool | None) -> str:
    """Which way is better, as the ranks say."""
    if higher is None:
        return "The ranks name no better direction."
    return "Higher is better." if higher else "Lower is better."


def missing_baselines(standings: Sequence[LeaderboardRow]) -> str:
    """Which baseline a reader should miss; "" if all are there."""
    here = {entry.method for entry in standings}
    absent = [records.title(name) for name in records.BASELINES if name not in here]
    return (
        f"This study has no {' and no '.join(absent)} baseline: read its ranks with care." if absent else ""
    )


def conditions(standings: Sequence[LeaderboardRow], seeds: Sequence[str], study: str) -> str:
    """On what, where, with which code and when the numbers were measured, and what makes them."""

    def every(field: str) -> str:
        return ", ".join(records.options(standings, field)) or DASH

    first = standings[0]
    images = max((entry.n_images or 0 for entry in standings), default=0)
    accuracy = "" if first.test_accuracy is None else f" · test accuracy {first.test_accuracy:.2%}"
    commits = dict.fromkeys(sha[:10] for sha in records.options(standings, "git_sha"))
    return (
        f"{images:,.0f} test images · model seed{'s' * (len(seeds) > 1)} {', '.join(seeds)}{accuracy} · "
        f"explainer seed {every('explainer_seed')} · target {every('target')} · {every('device')} · "
        f"{every('dtype')} · torch {every('torch')} · commit {', '.join(commits) or DASH} · "
        f"{max(entry.timestamp for entry in standings)[:10]}  \nMade by {command(study)}"
    )


def chart(standings: Sequence[LeaderboardRow], metrics: Mapping[str, MetricRow]) -> str:
    """The chart of intervals as a sentence, for those who cannot see it."""
    parts = [
        f"{records.title(entry.method)} {value(entry.value)} "
        f"({interval(entry)}, group {whole(entry.tie_group)})"
        for entry in standings
    ]
    return f"{heading(standings[0].condition, metrics)}, best first: {'; '.join(parts)}."


def recomputed(rows: Sequence[StudyRow], draw: Draw, unit: str) -> str:
    """What is measured and what is computed again, now and here."""
    seeds = sorted({row.model_seed for row in rows})
    explainers = sorted({row.explainer_seed for row in rows})
    text = "The values are those of the study; the maps are computed again on this computer, "
    if len(seeds) > 1:
        text = (
            f"The values are means over model seeds {', '.join(map(str, seeds))}; the maps are computed "
            f"again on this computer for model seed {seeds[0]}, "
        )
    origin = "as its run.json says" if draw.source else "as usual: the study's run.json is not there"
    return (
        f"{text}with the study's settings, explainer seed {explainers[0]} and its {draw.references} "
        f"reference images (seed {draw.seed}, {origin}). Red supports, blue opposes; purple has no sign. "
        f"Each map has its own scale; unit: {unit}."
    )


def card(entry: ImageValue, classes: tuple[str, ...], predicted: int) -> str:
    """Under a picture: its label and what the network says, and where the study saw another class."""
    says = f"labelled “{classes[entry.label]}”, network: “{classes[predicted]}”"
    says += "" if predicted == entry.label else " (wrong)"
    if entry.target != predicted:
        says += f"; explained: “{classes[entry.target]}”"
    return says + ("; flat map, so its order is by chance" if entry.degenerate else "")


def picks_table(chosen: Sequence[tuple[str, ImageValue]]) -> list[dict[str, str]]:
    """The chosen images without pictures."""
    return [
        {
            "which": role,
            "test image": str(entry.image),
            "value": value(entry.value),
            "label": str(entry.label),
            "explained class": str(entry.target),
            "note": "flat map" if entry.degenerate else "",
        }
        for role, entry in chosen
    ]


def failures_table(failed: Sequence[ImageValue]) -> list[dict[str, str]]:
    """The images that failed, with what was raised."""
    return [
        {"test image": str(entry.image), "label": str(entry.label), "error": entry.error} for entry in failed
    ]


def curves(points: Sequence[CurvePoint], methods: Sequence[str], metric: str) -> str:
    """Where each curve starts and ends, for those who cannot see the chart."""
    parts = []
    for method in methods:
        own = sorted((p for p in points if p.method == method), key=lambda p: p.x)
        if own:
            middle = own[len(own) // 2]
            parts.append(
                f"{records.title(method)} from {value(own[0].value)} over {value(middle.value)} "
                f"at {middle.x:.0%} to {value(own[-1].value)}"
            )
    return f"Mean curves of {metric}: {'; '.join(parts)}."
