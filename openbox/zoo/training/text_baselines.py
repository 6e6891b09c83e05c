"""What counting words reaches on the same titles: the numbers that a card shows beside a network's."""

from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import Pipeline, make_pipeline

from openbox.zoo.data import Titles

_WORD = r"\S+"


def text_baselines(train: Titles, test: Titles) -> dict[str, float]:
    """Test accuracy of naive Bayes and of logistic regression, on words, and on words and pairs of them."""
    counts = CountVectorizer(token_pattern=_WORD)
    pairs = TfidfVectorizer(token_pattern=_WORD, ngram_range=(1, 2), min_df=2)
    models: dict[str, Pipeline] = {
        "multinomial naive Bayes, words": make_pipeline(counts, MultinomialNB()),
        "logistic regression, words": make_pipeline(TfidfVectorizer(token_pattern=_WORD), _regression()),
        "logistic regression, words and pairs": make_pipeline(pairs, _regression()),
    }
    found = {}
    for name, model in models.items():
        model.fit(train.texts, train.labels.numpy())
        found[name] = float(model.score(test.texts, test.labels.numpy()))
    return found


def _regression() -> LogisticRegression:
    return LogisticRegression(C=4, max_iter=1000)
