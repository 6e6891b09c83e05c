"""Detection: are attacked images told from clean ones by their path, and by what else costs one pass?"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import Tensor

import openbox
from openbox.cnn_inte.hidden import activations, last_hidden

from ..whole.facts import Fact
from ..whole.images import logits, pixels
from .attacks import attack
from .patterns import hamming_features
from .subject import DecoupledSubject, path_vectors

TABLE, ATTACKED = "detection", "attacks"
ATTACKED_METRICS = ("images", "fooled", "mean L2")
Features = NDArray[np.floating]


def detection(subject: DecoupledSubject, name: str, epsilon: float, seed: int) -> list[Fact]:
    """AUC of attack ``name``, if bounded by ``epsilon``, on images that the network gets right and it fools.

    Half of the images train a detector, clean and attacked, the other half test it. The detectors see the
    path, the logits, the last activations, or how far the decisions of all gates are from those of training
    images of the predicted class (Hamming distance: OpenBox's patterns); a last one sees all pixels.
    """
    x, labels = pixels(subject.test), subject.test.labels
    right = logits(subject.network, x).argmax(1) == labels
    x, labels = x[right], labels[right]
    changed, success = attack(name, subject.network, x, labels, epsilon, seed)
    clean, changed = x[success], changed[success]
    far = float((changed - clean).flatten(1).norm(dim=1).mean()) if len(clean) else None
    numbers = (float(len(x)), float(success.double().mean()), far)
    facts = subject.row(ATTACKED, name, ATTACKED_METRICS, numbers)
    if len(clean) < 20:
        note = f"{len(clean)} images were fooled, too few to train a detector"
        return [*facts, Fact(subject.name, subject.setting, TABLE, "path, forest", name, None, note)]
    network = subject.network
    net, last = openbox.capture(network, clean[:1]), last_hidden(network)
    patterns = hamming_features(net, network, pixels(subject.train))
    sees: dict[str, Callable[[Tensor], Tensor]] = {
        "path": lambda some: path_vectors(network, some).double(),
        "logits": lambda some: logits(network, some),
        "last activations": lambda some: activations(network, last, some),
        "gate patterns": patterns,
        "pixels": lambda some: some.flatten(1),
    }
    for item, look in sees.items():
        both = [look(some).double().numpy() for some in (clean, changed)]
        for kind, value in aucs(both[0], both[1], seed).items():
            facts += subject.row(TABLE, f"{item}, {kind}", [name], [value])
    return facts


def aucs(clean: Features, changed: Features, seed: int) -> dict[str, float]:
    """By classifier; an image and its attacked version are on the same side of the split."""
    order = np.random.default_rng(seed).permutation(len(clean))
    learn, test = order[: len(order) // 2], order[len(order) // 2 :]
    found = {}
    for kind, model in {
        "forest": RandomForestClassifier(200, random_state=seed),
        "logistic regression": make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000)),
    }.items():
        model.fit(np.concatenate((clean[learn], changed[learn])), np.repeat((0, 1), len(learn)))
        scores = model.predict_proba(np.concatenate((clean[test], changed[test])))[:, 1]
        found[kind] = float(roc_auc_score(np.repeat((0, 1), len(test)), scores))
    return found
