"""Mistakes in the affine rules, in folding, tracing and running a program, and in the certificate."""

from mutation.mutant import Mutant, Near

LAWS = "tests/linearize/test_laws.py"
REFUSALS = Near("tests/tracing/test_capture.py", "affine_in_one_operand")
NORMS = Near(LAWS, "norm and (folding or certificate)")
PIECE = "openbox/linearize.py"
CERTIFICATE = Near(LAWS, "bias_is_not_computed or certificate_is_the_largest")

RULES = (
    Mutant(
        "a product of two values of x is affine", "rule", "openbox/program/rules.py",
        "aten.mul.Tensor: _PRODUCT,", "aten.mul.Tensor: _ANY,", (REFUSALS,),
    ),
    Mutant(
        "a division by x is affine", "rule", "openbox/program/rules.py",
        "aten.div.Tensor: Affine(constant=(1,)),", "aten.div.Tensor: _ANY,", (REFUSALS,),
    ),
    Mutant(
        "two factors may depend on x", "rule", "openbox/program/affine.py",
        "for position in self.product) > 1:", "for position in self.product) > 2:", (REFUSALS,),
    ),
    Mutant(
        "a weight of lerp may depend on x", "rule", "openbox/program/rules.py",
        "aten.lerp.Tensor: Affine(constant=(2,)),", "aten.lerp.Tensor: _ANY,", (REFUSALS,),
    ),
    Mutant(
        "instance norm by statistics of the input", "rule", "openbox/program/rules.py",
        "Affine(constant=(1, 2, 3, 4), off=(5,)),", "Affine(constant=(1, 2, 3, 4)),",
        (REFUSALS,),
    ),
    Mutant(
        "a grid of samples may depend on x", "rule", "openbox/program/rules.py",
        "aten.grid_sampler.default: Affine(constant=(1,)),", "aten.grid_sampler.default: _ANY,",
        (REFUSALS,),
    ),
    Mutant(
        "a change of dtype is affine", "rule", "openbox/tracing/translate.py",
        "if _is_tensor(node) and before and before != ", "if _is_tensor(node) and not before and before != ",
        (REFUSALS,),
    ),
    Mutant(
        "copy gives what was there before", "rule", "openbox/program/affine.py",
        "return source.expand_as(x)", "return x.expand_as(source)", (Near(LAWS, "oracles and written"),),
    ),
    Mutant(
        "the first writer of a place is lost", "rule", "openbox/program/affine.py",
        "torch.where(writer >= 0,", "torch.where(writer > 0,", (Near(LAWS, "oracles and written"),),
    ),
    Mutant(
        "index_put assigns where it must add", "rule", "openbox/program/affine.py",
        "index_put(x, indices, values, True)", "index_put(x, indices, values, False)",
        (Near(LAWS, "oracles and index"), Near("tests/tracing/test_found.py", "opened_exactly")),
    ),
    Mutant(
        "folding adds the mean", "fold", "openbox/tracing/fold.py",
        "else (bias - mean) * factor", "else (bias + mean) * factor", (NORMS,),
    ),
    Mutant(
        "folding without a bias adds the mean", "fold", "openbox/tracing/fold.py",
        "moved = -mean * factor", "moved = mean * factor", (NORMS,),
    ),
    Mutant(
        "folding forgets epsilon", "fold", "openbox/tracing/fold.py",
        "torch.rsqrt(variance + epsilon)", "torch.rsqrt(variance)", (NORMS,),
    ),
    Mutant(
        "a layer that others read is folded", "fold", "openbox/tracing/fold.py",
        "alone = len(layer.users) == 1", "alone = len(layer.users) >= 1", (NORMS,),
    ),
    Mutant(
        "a transposed kernel is folded", "fold", "openbox/tracing/fold.py",
        "return not layer.args[6]", "return len(layer.args) > 6", (NORMS,),
    ),
    Mutant(
        "rows of a batch that lies inside", "program", "openbox/program/layout.py",
        ".movedim(self.axis + 1, 0).reshape(count, -1)", ".movedim(self.axis, 0).reshape(count, -1)",
        (Near(LAWS, "batch_equals_single and time"),),
    ),
    Mutant(
        "two inputs to see where a batch lies", "program", "openbox/program/layout.py",
        "COUNT = 3 ", "COUNT = 2 ", (Near("tests/tracing/test_found.py", "touch"),),
    ),
    Mutant(
        "a written dtype is not followed", "program", "openbox/program/interpreter.py",
        '{**kwargs, "dtype": dtype} if step.follows_dtype else kwargs', "kwargs",
        (Near(LAWS, "certificate and recurrent"),),
    ),
    Mutant(
        "a switched mode goes unnoticed", "program", "openbox/module/fingerprint.py",
        "found += [_Same(module), module.training]", "found += [_Same(module)]",
        (Near("tests/module/test_state.py", "mode"),),
    ),
    Mutant(
        "a capture is found again for a changed module", "program", "openbox/tracing/cache.py",
        " and then == structure(model) else None", " else None", (Near("tests/tracing/test_cache.py"),),
    ),
    Mutant(
        "the bias is f(x) - W x", "certificate", PIECE,
        "                bias[some] = _combine(rows, outputs)\n"
        "                f = original(x[some]).reshape(len(rows), -1)\n",
        "                f = original(x[some]).reshape(len(rows), -1)\n"
        "                bias[some] = (_combine(rows, f) - sums).to(f.dtype)\n",
        (CERTIFICATE,),
    ),
    Mutant(
        "the certificate is always 0", "certificate", PIECE,
        "error[some] = _relative(gap, f, weight[some], bias[some], x[some])",
        "error[some] = 0 * _relative(gap, f, weight[some], bias[some], x[some])",
        (CERTIFICATE,),
    ),
    Mutant(
        "the certificate sees one side only", "certificate", PIECE,
        "- logits[some]).abs().amax(1)", "- logits[some]).amax(1)", (CERTIFICATE,),
    ),
    Mutant(
        "the certificate reads the first output only", "certificate", PIECE,
        "- logits[some]).abs().amax(1)", "- logits[some]).abs()[:, 0]", (CERTIFICATE,),
    ),
    Mutant(
        "the error is relative to the whole batch", "certificate", PIECE,
        "scale = f.abs().amax(1)", "scale = f.abs().amax().expand(len(f)).clone()", (CERTIFICATE,),
    ),
    Mutant(
        "the error is relative to W and x", "certificate", PIECE,
        "scale = f.abs().amax(1)", "scale = affine(weight.abs(), bias.abs(), x.abs()).amax(1)",
        (CERTIFICATE,),
    ),
    Mutant(
        "an exact zero has no certificate", "certificate", PIECE,
        "torch.where(gap == 0, gap, gap / scale)", "gap / scale",
        (Near(LAWS, "certificate and constant"), Near("tests/program/test_conventions.py", "kink")),
    ),
    Mutant(
        "nearly tied counts as tied", "certificate", PIECE,
        "(step.gate.margins(decision, *args) == 0)", "(step.gate.margins(decision, *args) <= 1e-12)",
        (Near("tests/program/test_conventions.py"),),
    ),
    Mutant(
        "a unit counts once for every rival it ties with", "certificate", PIECE,
        "(step.gate.margins(decision, *args) == 0).any(-1)",
        "(step.gate.margins(decision, *args) == 0).sum(-1)",
        (Near("tests/program/test_conventions.py"),),
    ),
    Mutant(
        "the last gate is no part of the region id", "region id", "openbox/program/patterns.py",
        "for rows in gates:", "for rows in gates[:-1]:", (Near(LAWS, "region_ids_are_equal"),),
    ),
    Mutant(
        "winners are no part of the region id", "region id", "openbox/program/patterns.py",
        "rows.astype(np.int32)", "rows.astype(np.bool_)", (Near(LAWS, "region_ids_are_equal"),),
    ),
)  # fmt: skip
