"""Laws that every explainer of the table keeps, on every case: values, seeds, batches."""

import pytest
import torch
from explainer_cases import BLIND, CASES, DRAWS, NAMES, explained, explainer_of, images_of, make, model_of
from torch.testing import assert_close

from openbox.explainers import EXPLAINERS

pytestmark = [
    pytest.mark.parametrize("name", NAMES),
    pytest.mark.parametrize("case", CASES),
]


def test_an_explanation_is_a_finite_float32_map_of_the_input_s_shape(name: str, case: str) -> None:
    x = images_of(case, name)
    found = explained(name, case)
    assert found.values.shape == x.shape
    assert found.values.dtype == torch.float32
    assert bool(found.values.isfinite().all())
    assert not found.values.requires_grad
    assert bool((found.values != 0).any()), "an empty map"


def test_the_table_s_facts_arrive_with_the_map(name: str, case: str) -> None:
    x = images_of(case, name)
    found = explained(name, case)
    assert found.signed == EXPLAINERS[name].signed
    assert found.unit == EXPLAINERS[name].unit
    assert found.receipt.claim
    assert all(numbers.shape == (len(x),) for numbers in found.receipt.numbers.values())
    assert (found.model_calls > 0) == (name not in BLIND)
    assert found.seconds >= 0


def test_only_a_signed_map_has_negative_values(name: str, case: str) -> None:
    values = explained(name, case).values
    assert bool((values < 0).any()) == EXPLAINERS[name].signed


def test_the_same_seed_gives_the_same_bits(name: str, case: str) -> None:
    x = images_of(case, name)
    first = explained(name, case, 1).values
    assert torch.equal(explainer_of(name, case).explain(x, 1).values, first), "called twice"
    again = make(name, model_of(case), CASES[case].example())
    assert torch.equal(again.explain(x, 1).values, first), "created twice"


def test_another_seed_changes_exactly_the_methods_that_draw(name: str, case: str) -> None:
    x = images_of(case, name)
    same = torch.equal(explained(name, case, 1).values, explainer_of(name, case, seed=1).explain(x, 1).values)
    assert same == (name not in DRAWS)


def test_an_image_alone_gets_the_map_it_gets_in_a_batch(name: str, case: str) -> None:
    x = images_of(case, name)
    explainer = explainer_of(name, case)
    together = explained(name, case, 3)
    calls = []
    for i in range(len(x)):
        alone = explainer.explain(x[i : i + 1], 3)
        if name in DRAWS | BLIND | {"shap_partition"}:  # these work image by image
            assert torch.equal(alone.values[0], together.values[i])
        assert_close(alone.values[0], together.values[i], rtol=1e-4, atol=1e-5)
        calls.append(alone.model_calls)
        for key, numbers in together.receipt.numbers.items():
            assert_close(alone.receipt.numbers[key][0], numbers[i], rtol=1e-4, atol=1e-4)
    assert sum(calls) / len(x) == pytest.approx(together.model_calls)
    if name != "integrated_gradients":  # each image has as many pieces as lie on its way
        assert calls == pytest.approx([together.model_calls] * len(x))


def test_the_order_of_a_batch_does_not_matter(name: str, case: str) -> None:
    x = images_of(case, name)
    order = torch.tensor([2, 0, 1])
    turned = explainer_of(name, case).explain(x[order], 3).values
    assert_close(turned, explained(name, case, 3).values[order], rtol=1e-4, atol=1e-5)


def test_the_images_are_not_written_to(name: str, case: str) -> None:
    x = images_of(case, name).clone().requires_grad_()
    before = x.detach().clone()
    values = explainer_of(name, case).explain(x).values
    values.mul_(0)
    assert torch.equal(x, before)
    assert x.grad is None


def test_no_gradient_mode_of_the_caller_changes_the_map(name: str, case: str) -> None:
    x = images_of(case, name)
    assert torch.is_grad_enabled()
    plain = explained(name, case).values
    for mode in (torch.no_grad, torch.inference_mode):
        with mode():
            assert torch.equal(explainer_of(name, case).explain(x).values, plain)
            inside = make(name, model_of(case), CASES[case].example())
            assert torch.equal(inside.explain(x.clone()).values, plain)
