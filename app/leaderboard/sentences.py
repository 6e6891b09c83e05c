"""Every sentence of the Leaderboard page that depends on numbers. Pure functions."""

from collections.abc import Mapping, Sequence

from language.catalogue import count, figure, say
from language.mark import mark
from ui.words import DASH, number

from evaluation.schema import Condition, CurvePoint, LeaderboardRow, MetricRow
from leaderboard import records
from leaderboard.records import ImageValue
from leaderboard.results import Draw, StudyRow, command, score

FAMILIES = {
    "exact": mark("exact pieces"),
    "rival": mark("published"),
    "baseline": mark("baseline"),
    "": mark("not known here"),
}
NAMES = {
    "morf": mark("MoRF, most relevant first"),
    "lerf": mark("LeRF, least relevant first"),
    records.MEAN: mark("all"),
}
MEANINGS = {  # where the summary of the study's metrics.csv is not enough for a newcomer
    "flip": mark(
        "Pixels are altered in the order of the map, most relevant first (MoRF) or least relevant first "
        "(LeRF), and the network's answer is read off; *abpc* is the area between the two curves."
    ),
    "shift": mark(
        "The picture is moved by a few pixels, explained again, and the map moved back: is it the same? "
        "The picture itself would win this alone: never read it without *flip*."
    ),
}
HELP = mark(
    "The line is the 95 % bootstrap interval of the mean over images. Methods of one tie group are not told "
    "apart from its first by a paired Wilcoxon test after Holm's correction (5 %); *p vs best* is that test "
    "against rank 1, *first* how often a method has the best mean when the images are drawn again."
)


def name(key: str) -> str:
    """A condition for people."""
    return say(NAMES[key]) if key in NAMES else key


def answer(condition: Condition) -> str:
    """What the curves of a cell show."""
    return condition.score_space or say("share still classified as before")


def value(x: float | None) -> str:
    """A number with three decimals, or a dash."""
    return DASH if x is None else number(x)


def interval(entry: LeaderboardRow) -> str:
    """The 95 % interval of a row."""
    if entry.ci_low is None or entry.ci_high is None:
        return DASH
    return say("{low} to {high}").format(low=number(entry.ci_low), high=number(entry.ci_high))


def whole(x: float | None) -> str:
    """A count, or a dash."""
    return DASH if x is None else f"{x:.0f}"


def table(standings: Sequence[LeaderboardRow]) -> list[dict[str, object]]:
    """The rows of the table in the order given; numbers stay numbers, so that a column can be sorted."""
    return [
        {
            say("Rank"): entry.rank,
            say("Method"): records.title(entry.method),
            say("Family"): say(FAMILIES[records.role(entry.method)]),
            say("Value"): entry.value,
            say("95 % interval"): interval(entry),
            say("Group"): entry.tie_group,
            say("p vs best"): entry.p_vs_best,
            say("First"): None if entry.first_share is None else 100 * entry.first_share,
            say("ok / failed / flat"): " / ".join(
                map(whole, (entry.n_ok, entry.n_failed, entry.n_degenerate))
            ),
            say("s / image"): entry.seconds_per_image,
            say("Calls"): entry.model_calls_per_image,
            say("Peak MB"): entry.peak_memory_mb,
        }
        for entry in standings
    ]


def heading(condition: Condition, metrics: Mapping[str, MetricRow]) -> str:
    """What is measured, in one line."""
    metric = metrics.get(condition.metric)
    title = say(metric.title) if metric else ""
    parts = [
        f"{condition.metric} {DASH} {title}" if title else condition.metric,
        name(condition.order),
        say("fill {fill}").format(fill=condition.fill) if condition.fill else "",
        say("on the {space}").format(space=condition.score_space) if condition.score_space else "",
        say(metric.unit) if metric else "",
    ]
    return ", ".join(part for part in parts if part)


def reading(condition: Condition, metrics: Mapping[str, MetricRow], higher: bool | None) -> str:
    """What the score asks, which way is better, and how to read the chart and the table."""
    metric = metrics.get(condition.metric)
    meaning = MEANINGS.get(score(condition.metric))
    asks = say(meaning) if meaning else f"{say(metric.summary).capitalize()}." if metric else ""
    return f"{asks} **{direction(higher)}** {say(HELP)}".lstrip()


def direction(higher: bool | None) -> str:
    """Which way is better, as the ranks say."""
    if higher is None:
        return say("The ranks name no better direction.")
    return say("Higher is better.") if higher else say("Lower is better.")


def missing_baselines(standings: Sequence[LeaderboardRow]) -> str:
    """Which baseline a reader should miss; "" if all are there."""
    here = {entry.method for entry in standings}
    absent = [records.title(name) for name in records.BASELINES if name not in here]
    if not absent:
        return ""
    names = absent[0]
    for other in absent[1:]:
        names = say("{names} and no {other}").format(names=names, other=other)
    return say("This study has no {names} baseline: read its ranks with care.").format(names=names)


def conditions(standings: Sequence[LeaderboardRow], seeds: Sequence[str], study: str) -> str:
    """On what, where, with which code and when the numbers were measured, and what makes them."""

    def every(field: str) -> str:
        return ", ".join(records.options(standings, field)) or DASH

    first = standings[0]
    images = max((entry.n_images or 0 for entry in standings), default=0)
    models = say("model seeds {seeds}") if len(seeds) > 1 else say("model seed {seeds}")
    commits = dict.fromkeys(sha[:10] for sha in records.options(standings, "git_sha"))
    parts = [
        count("{number} test image", "{number} test images", round(images)),
        models.format(seeds=", ".join(seeds)),
        say("explainer seed {seeds}").format(seeds=every("explainer_seed")),
        say("target {target}").format(target=every("target")),
        every("device"),
        every("dtype"),
        f"torch {every('torch')}",
        say("commit {commits}").format(commits=", ".join(commits) or DASH),
        max(entry.timestamp for entry in standings)[:10],
    ]
    if first.test_accuracy is not None:
        accuracy = figure(f"{first.test_accuracy:.2%}")
        parts.insert(2, say("test accuracy {accuracy}").format(accuracy=accuracy))
    return " · ".join(parts) + "  \n" + say("Made by {command}").format(command=command(study))


def chart(standings: Sequence[LeaderboardRow], metrics: Mapping[str, MetricRow]) -> str:
    """The chart of intervals as a sentence, for those who cannot see it."""
    part = say("{method} {value} ({interval}, group {group})")
    parts = [
        part.format(
            method=records.title(entry.method),
            value=value(entry.value),
            interval=interval(entry),
            group=whole(entry.tie_group),
        )
        for entry in standings
    ]
    said = say("{heading}, best first: {methods}.")
    return said.format(heading=heading(standings[0].condition, metrics), methods="; ".join(parts))


def recomputed(rows: Sequence[StudyRow], draw: Draw, unit: str) -> str:
    """What is measured and what is computed again, now and here."""
    seeds = sorted({row.model_seed for row in rows})
    explainers = sorted({row.explainer_seed for row in rows})
    setup = (
        say(
            "with the study's settings, explainer seed {explainer} and its {number} reference images "
            "(seed {seed}, as its run.json says)"
        )
        if draw.source
        else say(
            "with the study's settings, explainer seed {explainer} and its {number} reference images "
            "(seed {seed}, as usual: the study's run.json is not there)"
        )
    ).format(explainer=explainers[0], number=draw.references, seed=draw.seed)
    text = (
        say(
            "The values are means over model seeds {seeds}; the maps are computed again on this computer for "
            "model seed {first}, {setup}."
        ).format(seeds=", ".join(map(str, seeds)), first=seeds[0], setup=setup)
        if len(seeds) > 1
        else say(
            "The values are those of the study; the maps are computed again on this computer, {setup}."
        ).format(setup=setup)
    )
    legend = say(
        "Red supports, blue opposes; purple has no sign. Each map has its own scale; unit: {unit}."
    ).format(unit=unit)
    return f"{text} {legend}"


def card(entry: ImageValue, classes: tuple[str, ...], predicted: int) -> str:
    """Under a picture: its label and what the network says, and where the study saw another class."""
    right = predicted == entry.label
    says = (
        say("labelled “{label}”, network: “{answer}”")
        if right
        else say("labelled “{label}”, network: “{answer}” (wrong)")
    )
    parts = [says.format(label=classes[entry.label], answer=classes[predicted])]
    if entry.target != predicted:
        parts.append(say("explained: “{target}”").format(target=classes[entry.target]))
    if entry.degenerate:
        parts.append(say("flat map, so its order is by chance"))
    return "; ".join(parts)


def picks_table(chosen: Sequence[tuple[str, ImageValue]]) -> list[dict[str, str]]:
    """The chosen images without pictures."""
    return [
        {
            say("which"): say(role),
            say("test image"): str(entry.image),
            say("value"): value(entry.value),
            say("label"): str(entry.label),
            say("explained class"): str(entry.target),
            say("note"): say("flat map") if entry.degenerate else "",
        }
        for role, entry in chosen
    ]


def failures_table(failed: Sequence[ImageValue]) -> list[dict[str, str]]:
    """The images that failed, with what was raised."""
    return [
        {say("test image"): str(entry.image), say("label"): str(entry.label), say("error"): entry.error}
        for entry in failed
    ]


def curves(points: Sequence[CurvePoint], methods: Sequence[str], metric: str) -> str:
    """Where each curve starts and ends, for those who cannot see the chart."""
    parts = []
    for method in methods:
        own = sorted((p for p in points if p.method == method), key=lambda p: p.x)
        if own:
            middle = own[len(own) // 2]
            parts.append(
                say("{method} from {first} over {middle} at {share} to {last}").format(
                    method=records.title(method),
                    first=value(own[0].value),
                    middle=value(middle.value),
                    share=figure(f"{middle.x:.0%}"),
                    last=value(own[-1].value),
                )
            )
    return say("Mean curves of {metric}: {curves}.").format(metric=metric, curves="; ".join(parts))
