"""A pass beside the run's own: the bits of autograd's, and nothing is changed."""

from __future__ import annotations

import pytest

from hltcore._torch import torch
from hltcore.engine import Engine
from hltcore.passes import packed
from hltcore.spec import RunSpec


@pytest.mark.parametrize("model", ["logistic-regression", "two-layer", "eight-layer"])
@pytest.mark.parametrize("batch", ["1", "all"])
def test_a_pass_beside_the_run_has_autograds_bits_and_leaves_the_gradients_as_they_are(model: str, batch: str) -> None:
    engine = Engine(RunSpec.parse(f"{model}/xor batch={batch}"))
    for examples in (engine.feed.rows[1], engine.feed.whole):
        assert engine.prepare(len(examples.batch.rows)) is not None
        for _ in range(2):  # the second pass finds what the first left
            saved = engine.save()
            derived = engine.derive(examples)
            assert engine.save() == saved
            watched, _, loss, slopes = engine.differentiate(examples)
            wanted = torch.cat([slope.reshape(-1) for slope in slopes.values()])
            assert (derived.forward, derived.loss) == (packed(watched), loss)
            assert torch.equal(derived.gradients.view(torch.int32), wanted.view(torch.int32))
            assert derived.layout.shapes == engine.buffer.layout.shapes
