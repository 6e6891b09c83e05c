"""Mistakes in the statistics of the leaderboard, and in the keys by which stored results are found."""

from mutation.mutant import Mutant, Near

STATISTICS = "tests/evaluation/leaderboard/test_leaderboard_statistics.py"
TABLES = "tests/evaluation/leaderboard/test_leaderboard_tables.py"
SHARDS = Near("tests/evaluation/runner/test_run_shards.py")

LEADERBOARD = (
    Mutant(
        "Holm's factors are one too small", "statistic", "evaluation/leaderboard/statistics/holm.py",
        "np.arange(len(p), 0, -1)", "np.arange(len(p) - 1, -1, -1)", (Near(STATISTICS, "holm"),),
    ),
    Mutant(
        "Holm's p values may fall again", "statistic", "evaluation/leaderboard/statistics/holm.py",
        "np.maximum.accumulate(np.minimum(1.0, factors * p[order]))", "np.minimum(1.0, factors * p[order])",
        (Near(STATISTICS, "holm"),),
    ),
    Mutant(
        "zeros are dropped before they are ranked", "statistic",
        "evaluation/leaderboard/statistics/signed_rank.py",
        'zero_method="pratt"', 'zero_method="wilcox"', (Near(STATISTICS, "any_number or handful"),),
    ),
    Mutant(
        "the signed-rank test has one side", "statistic", "evaluation/leaderboard/statistics/signed_rank.py",
        "float(2 * tail / ways.sum())", "float(tail / ways.sum())", (Near(STATISTICS, "signs"),),
    ),
    Mutant(
        "an interval cuts off twice as much below", "statistic",
        "evaluation/leaderboard/statistics/bootstrap.py",
        "ends = [(1 - COVERAGE) / 2,", "ends = [(1 - COVERAGE),", (Near(STATISTICS, "interval"),),
    ),
    Mutant(
        "a shared first place counts whole", "statistic", "evaluation/leaderboard/statistics/bootstrap.py",
        "(first / first.sum(1, keepdims=True)).mean(0)", "first.mean(0)", (Near(STATISTICS, "first_places"),),
    ),
    Mutant(
        "better on the same images is called worse", "statistic", "evaluation/leaderboard/statistics/ties.py",
        "worse = (p <= ALPHA) & (direction > 0)", "worse = p <= ALPHA", (Near(STATISTICS, "called_worse"),),
    ),
    Mutant(
        "equal means share the worse rank", "statistic", "evaluation/leaderboard/statistics/ties.py",
        "return 1 + (means[None, :] > means[:, None]).sum(1)",
        "return (means[None, :] >= means[:, None]).sum(1)",
        (Near(STATISTICS), Near(TABLES, "first_alone")),
    ),
    Mutant(
        "lower is ranked as higher", "statistic", "evaluation/leaderboard/statistics/standing.py",
        'sign = 1.0 if better == "higher" else -1.0', "sign = 1.0", (Near(TABLES, "lower_is_better"),),
    ),
    Mutant(
        "a model seed without a value is left out", "statistic", "evaluation/leaderboard/grouping/groups.py",
        "means = (sums / counts).reshape(self.shape).mean(0)",
        "means = np.nanmean((sums / counts).reshape(self.shape), 0)", (Near(TABLES, "one_unit"),),
    ),
    Mutant(
        "first without a better mean", "statistic", "evaluation/leaderboard/tables/verdict.py",
        "~(told_apart & (means[0] > means[1:]))", "~told_apart",
        (Near(TABLES, "verdict or goal or worse_mean"),),
    ),
    Mutant(
        "the goal is reached by ties in flipping", "statistic", "evaluation/leaderboard/tables/verdict.py",
        "flips = [cell.answer is Answer.FIRST for", "flips = [cell.answer is not Answer.BEHIND for",
        (Near(TABLES, "verdict or goal or worse_mean"),),
    ),
    Mutant(
        "stored maps are found by any settings", "key", "evaluation/runner/plan/shard.py",
        "[shard.method.name, plain(shard.method.settings), shard.explainer_seed]",
        "[shard.method.name, shard.explainer_seed]", (SHARDS,),
    ),
    Mutant(
        "stored rows outlive a revision of their score", "key", "evaluation/runner/plan/shard.py",
        "plain(measure.settings), SCORES[measure.name].revision]", "plain(measure.settings)]", (SHARDS,),
    ),
    Mutant(
        "all images of a study share a seed", "key", "evaluation/runner/plan/shard.py",
        'f"{study.seed}/{dataset}/{place}"', 'f"{study.seed}/{dataset}"', (SHARDS,),
    ),
)  # fmt: skip
