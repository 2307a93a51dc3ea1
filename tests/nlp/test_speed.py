"""The speed figures are measured by the program itself; here it is held that they measure the real thing."""

from collections.abc import Callable

import pytest
import torch

from nlp.benchmarks import gpu, speed
from nlp.model.runtime import Predictor
from nlp.parser import Parser


@pytest.mark.model
def test_pace_and_memory_are_of_the_shipped_model(monkeypatch: pytest.MonkeyPatch) -> None:
    def idle() -> Callable[[str], Callable[[], object]]:
        return lambda text: lambda: sum(range(1000))

    monkeypatch.setattr(speed, "bare_encoder", idle)
    monkeypatch.setattr(speed, "SENTENCES", speed.SENTENCES[:4])
    found = speed.pace(Parser(Predictor()), rounds=2)
    assert 0 < found.p50 <= found.p95
    assert found.batch_per_second > 100
    assert 100 < speed.parsing_memory() < 350


@pytest.mark.model
def test_the_bare_encoder_is_the_published_one_in_torch() -> None:
    hidden = speed.bare_encoder()("swap 1 eth for usdc")()
    assert isinstance(hidden, torch.Tensor)
    assert hidden.shape[2] == 384


@pytest.mark.model
def test_the_gpu_path_runs_on_the_cpu_where_there_is_no_gpu() -> None:
    assert gpu.sentences_per_second("cpu", batch=6, rounds=1) > 0
