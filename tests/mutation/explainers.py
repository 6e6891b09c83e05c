"""Mistakes in the explainers and in their receipts."""

from mutation.mutant import Mutant, Near

RECEIPTS = "tests/explainers/test_explainer_receipts.py"
TARGETS = "tests/explainers/test_explainer_targets.py"
AVERAGES = "tests/explainers/exact/test_averages.py"
INTEGRATED = "tests/explainers/exact/test_integrated_gradients.py"
GRADCAM = "tests/explainers/class_maps/test_gradcam.py"

EXPLAINERS = (
    Mutant(
        "integrated gradients times the image, not the way", "explainer",
        "openbox/explainers/exact/integrated_gradients.py",
        "slope * (segment.b - segment.a)[0]", "slope * segment.b[0]", (Near(INTEGRATED),),
    ),
    Mutant(
        "pieces of the integral are opened at their ends", "explainer",
        "openbox/explainers/exact/integrated_gradients.py",
        "middles, widths = segment.t[1:] / 2 + segment.t[:-1] / 2,", "middles, widths = segment.t[1:],",
        (Near(INTEGRATED),),
    ),
    Mutant(
        "the gap of the integral forgets the baseline", "receipt",
        "openbox/explainers/exact/integrated_gradients.py",
        '"gap": score - total - base,', '"gap": score - total,', (Near(INTEGRATED),),
    ),
    Mutant(
        "decision features are not rescaled", "explainer", "openbox/explainers/exact/pieces.py",
        "others * (outputs / max(1, outputs - 1))", "others", (Near(TARGETS, "decision_features"),),
    ),
    Mutant(
        "a contrast is taken for a class", "explainer", "openbox/explainers/exact/pieces.py",
        "keepdim=True) == 0", "keepdim=True) != 0", (Near(TARGETS, "decision_features"),),
    ),
    Mutant(
        "a receipt sums the weights", "receipt", "openbox/explainers/exact/pieces.py",
        "(piece.weight[:, 0] * x).flatten(1)", "piece.weight[:, 0].flatten(1)",
        (Near(RECEIPTS, "openbox_sums"),),
    ),
    Mutant(
        "a receipt's score is the piece's own", "receipt", "openbox/explainers/exact/pieces.py",
        '"score": piece.logits[:, 0],', '"score": piece(x)[:, 0],', (Near(RECEIPTS, "left_its_capture"),),
    ),
    Mutant(
        "a receipt of SHAP sums what is positive", "receipt", "openbox/explainers/additive.py",
        "total = values.flatten(1).sum(1)", "total = values.clamp(min=0).flatten(1).sum(1)",
        (Near(RECEIPTS, "shap"),),
    ),
    Mutant(
        "the gap of SHAP has the other sign", "receipt", "openbox/explainers/additive.py",
        '"gap": score - total - base', '"gap": total + base - score', (Near(RECEIPTS, "shap"),),
    ),
    Mutant(
        "SHAP's base is the first reference", "receipt", "openbox/explainers/paths/gradient_shap.py",
        "self.model(self.reference).mean(0)", "self.model(self.reference)[0]", (Near(RECEIPTS, "shap"),),
    ),
    Mutant(
        "contributions against black instead of the mean", "explainer",
        "openbox/explainers/exact/reference.py",
        "piece.weight[:, 0] * (x - self.baseline)", "piece.weight[:, 0] * x", (Near(RECEIPTS, "reference"),),
    ),
    Mutant(
        "an average is compared with itself", "receipt", "openbox/explainers/exact/average.py",
        "score += float(piece.logits.sum())", "score += float(piece(some.at).sum())",
        (Near(RECEIPTS, "left_its_capture"),),
    ),
    Mutant(
        "an average tells the error of its last pieces", "receipt", "openbox/explainers/exact/average.py",
        "error = max(error, float(piece.error.max()))", "error = float(piece.error.max())",
        (Near(AVERAGES, "largest_error"),),
    ),
    Mutant(
        "what was found in a moved image is moved once more", "explainer",
        "openbox/explainers/exact/points.py",
        "source, target = _overlap(values, offset)", "target, source = _overlap(values, offset)",
        (Near(AVERAGES),),
    ),
    Mutant(
        "shares of the way start at its beginning", "explainer", "openbox/explainers/exact/points.py",
        "(torch.randperm(samples, generator=generator) + 0.5) / samples",
        "torch.randperm(samples, generator=generator) / samples", (Near(AVERAGES),),
    ),
    Mutant(
        "a spread map loses its sum", "explainer", "openbox/explainers/exact/spread.py",
        "return weights / weights.sum(0)", "return weights / weights.sum(1, keepdim=True)", (Near(AVERAGES),),
    ),
    Mutant(
        "Grad-CAM reads the first layer", "explainer", "openbox/explainers/layered/spatial.py",
        "return found[-1]", "return found[0]", (Near(GRADCAM),),
    ),
    Mutant(
        "Grad-CAM keeps what is negative", "explainer", "openbox/explainers/class_maps/gradcam.py",
        "native.clamp(min=0)", "native", (Near(GRADCAM),),
    ),
    Mutant(
        "LIME's patches that are black anyway count as absent", "explainer",
        "openbox/explainers/surrogate.py",
        "present = self._marked(points) | ~self._marked(self.images)", "present = self._marked(points)",
        (Near("tests/evaluation/scores/test_exactness_score.py", "lime"),),
    ),
    Mutant(
        "random numbers do not know the image", "explainer", "openbox/explainers/method.py",
        "    digest.update(image.detach().cpu().contiguous().numpy().tobytes())\n", "",
        (Near("tests/explainers/test_explainer_known_answers.py", "random"),),
    ),
    Mutant(
        "backward passes are not counted", "receipt", "openbox/explainers/method.py",
        "self.passes += len(gradient)", "self.passes += 0 * len(gradient)", (Near(RECEIPTS, "passes"),),
    ),
)  # fmt: skip
