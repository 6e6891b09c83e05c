"""Mistakes in the scores, in the fills and in the order in which features go."""

from mutation.mutant import Mutant, Near

FLIP = "tests/evaluation/scores/test_flip.py"
HACKING = Near("tests/evaluation/scores/test_hacking_score.py")
INFIDELITY = Near("tests/evaluation/scores/test_infidelity_score.py")
FILLS = Near("tests/evaluation/scores/test_fills.py")
SHIFT = Near("tests/evaluation/scores/test_shift.py")

SCORES = (
    Mutant(
        "MoRF and LeRF are swapped", "score", "evaluation/scores/flip.py",
        "if direction == MORF else order.reversed", "if direction == LERF else order.reversed",
        (Near(FLIP, "linear"),),
    ),
    Mutant(
        "one pixel too many is filled", "score", "evaluation/scores/flip.py",
        "gone = ranks[:, None, None] < counts", "gone = ranks[:, None, None] <= counts",
        (Near(FLIP, "linear"),),
    ),
    Mutant(
        "the area over the curve is measured from its end", "score", "evaluation/scores/flip.py",
        "(morf[:, :1] - morf).mean(1)", "(morf - morf[:, -1:]).mean(1)", (Near(FLIP, "plain_loops"),),
    ),
    Mutant(
        "removals are rounded down", "score", "evaluation/scores/flip.py",
        "* features + steps) // (2 * steps)", "* features) // (2 * steps)", (Near(FLIP, "removals"),),
    ),
    Mutant(
        "the logit without the mean of all", "score", "evaluation/scores/parts/spaces.py",
        "_of(logits, target) - logits.mean(-1)", "_of(logits, target)", (Near(FLIP, "linear"),),
    ),
    Mutant(
        "ties are drawn by the place in the batch", "tie", "evaluation/scores/parts/order.py",
        "for g in generators(seeds)]", "for g in generators(tuple(range(len(seeds))))]",
        (Near(FLIP, "constant_map"),),
    ),
    Mutant(
        "the first of equals is no tie", "tie", "evaluation/scores/parts/order.py",
        "(pad(equal, (1, 0)) | pad(equal, (0, 1)))", "pad(equal, (1, 0))", (Near(FLIP, "ties"),),
    ),
    Mutant(
        "the least relevant features go first", "score", "evaluation/scores/parts/order.py",
        "sort(dim=1, descending=True,", "sort(dim=1, descending=False,", (Near(FLIP, "linear"),),
    ),
    Mutant(
        "no relevance turns a pixel black", "score", "evaluation/scores/hacking.py",
        "extreme = (relevance <= 0)", "extreme = (relevance < 0)", (HACKING,),
    ),
    Mutant(
        "pixels are hacked by signed relevance", "score", "evaluation/scores/hacking.py",
        "ranks = rank(relevance.abs(), 1, seeds)", "ranks = rank(relevance, 1, seeds)", (HACKING,),
    ),
    Mutant(
        "squares may be empty", "score", "evaluation/scores/infidelity.py",
        "side = 1 + (drawn", "side = (drawn", (INFIDELITY,),
    ),
    Mutant(
        "a slope is multiplied with the square", "score", "evaluation/scores/infidelity.py",
        "return removed if self.slope else square,", "return square if self.slope else removed,",
        (INFIDELITY,),
    ),
    Mutant(
        "insertion begins with the least relevant", "score", "evaluation/scores/insertion.py",
        "blurred(case.x), order.ranks, case.x", "blurred(case.x), order.reversed, case.x",
        (Near("tests/evaluation/scores/test_insertion.py"),),
    ),
    Mutant(
        "an image is shaken upwards only", "score", "evaluation/scores/max_sensitivity.py",
        "(2 * drawn - 1) * settings.radius", "drawn * settings.radius",
        (Near("tests/evaluation/scores/test_max_sensitivity_score.py"),),
    ),
    Mutant(
        "an image is its own neighbour", "score", "evaluation/scores/neighbours.py",
        "distance[own, place[own]] = torch.inf", "distance[own, place[own]] += 0",
        (Near("tests/evaluation/scores/test_neighbours_score.py"),),
    ),
    Mutant(
        "the lowest layers are randomised first", "score", "evaluation/scores/randomisation.py",
        "randomised(case.model, names[:count], settings.seed)",
        "randomised(case.model, names[-count:], settings.seed)",
        (Near("tests/evaluation/scores/test_randomisation_score.py"),),
    ),
    Mutant(
        "images are shifted the other way", "score", "evaluation/scores/shift.py",
        "rows = (rows - down)", "rows = (rows + down)", (SHIFT,),
    ),
    Mutant(
        "changed predictions count as well", "score", "evaluation/scores/shift.py",
        "torch.where(kept, torch.stack(values), torch.nan)", "torch.stack(values)", (SHIFT,),
    ),
    Mutant(
        "ties for the last place count whole", "score", "evaluation/scores/parts/agreement.py",
        "level.double() * left / level.sum(1, keepdim=True)", "level.double()", (SHIFT,),
    ),
    Mutant(
        "the Gini index of a flat map is not 0", "score", "evaluation/scores/sparsity.py",
        "+ 0.5) / d", "+ 1) / d", (Near("tests/evaluation/scores/test_sparsity_score.py"),),
    ),
    Mutant(
        "gaps of both signs cancel", "score", "evaluation/scores/exactness.py",
        "(surrogate(z) - score(z)).abs().double()", "(surrogate(z) - score(z)).double()",
        (Near("tests/evaluation/scores/test_exactness_score.py"),),
    ),
    Mutant(
        "noise hangs on the order of ties", "fill", "evaluation/fills.py",
        "tuple(seed ^ _NOISE for seed in seeds)", "tuple(seed for seed in seeds)", (FILLS,),
    ),
    Mutant(
        "a blur of a quarter of the side", "fill", "evaluation/fills.py",
        "BLUR = 8 ", "BLUR = 4 ", (FILLS,),
    ),
)  # fmt: skip
