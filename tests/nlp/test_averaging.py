"""The mean of the parameters, smoothed labels, and two encoders at once: what the benchmarks of intents alone are trained and measured with."""

import numpy as np
import pytest
import torch
from torch import nn

from nlp.benchmarks.datasets import Dataset, Labelled
from nlp.benchmarks.recipes import STEPS, recipe_for
from nlp.benchmarks.together import together_figures
from nlp.model.trainer import WARM_STEPS, Mean


def test_the_mean_stands_in_the_network_only_meanwhile() -> None:
    parameter = nn.Parameter(torch.tensor([0.0]))
    mean = Mean([parameter], 0.5)
    with torch.no_grad():
        parameter.fill_(4.0)
    mean.take(1)
    share = 1 - 1 / (1 + WARM_STEPS)
    with mean.in_place():
        assert float(parameter.detach()) == pytest.approx(4.0 * share)
    assert float(parameter.detach()) == 4.0


def test_late_steps_count_by_the_decay_and_no_decay_makes_no_mean() -> None:
    parameter = nn.Parameter(torch.tensor([8.0]))
    mean, none = Mean([parameter], 0.75), Mean([parameter], 0.0)
    with torch.no_grad():
        parameter.fill_(0.0)
    mean.take(10_000)
    assert float(mean.held[0]) == 6.0
    with none.in_place():
        assert float(parameter.detach()) == 0.0


def lines(*intents: str) -> tuple[Labelled, ...]:
    return tuple(Labelled(("x",), ("O",), intent) for intent in intents)


def test_two_encoders_at_once_add_their_log_probabilities_and_energies() -> None:
    dataset = Dataset(
        lines("a", "b"),
        lines("a", "b"),
        lines("a", "b"),
        has_slots=False,
        outside=lines("oos"),
        outside_dev=lines("oos"),
    )
    sure, torn = np.array([[9.0, 0.0], [0.0, 3.0]], np.float32), np.array([[0.0, 1.0], [1.0, 0.0]], np.float32)
    low = np.array([[-9.0, -9.0]], np.float32)
    trained = {"test": sure, "dev": sure, "outside": low, "outside_dev": low}
    frozen = {"test": torn, "dev": torn + np.array([[0.0], [1.0]], np.float32), "outside": low, "outside_dev": low}
    figures = together_figures(dataset, trained, frozen)
    assert (figures["intent"], figures["auroc"]) == (100.0, 1.0)
    assert together_figures(dataset, {**trained, "test": sure[::-1]}, frozen)["intent"] == 0.0


def test_a_set_of_intents_alone_takes_as_many_steps_whatever_its_size() -> None:
    small, large = (Dataset(lines(*"ab") * n, (), lines("a"), has_slots=False) for n in (5_000, 10_000))
    steps = [recipe_for(own, 1).epochs * len(own.train) / recipe_for(own, 1).batch for own in (small, large)]
    assert steps == pytest.approx([STEPS, STEPS], rel=0.1)
