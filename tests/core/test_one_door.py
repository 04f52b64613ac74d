"""Whatever imports torch first, the user's terminal stays quiet."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    "code",
    [
        "from hltcore import losses; losses.registry.get('mse').factory('real')",
        "from hltcore import models; models.registry.get('two-layer').factory(2, hidden=2)",
        "from hltcore import optimizers; optimizers.registry.get('adagrad').factory(None, 0.1, weight_decay=0.0)",
    ],
)
def test_no_warning(code: str) -> None:
    code = f"try:\n    {code}\nexcept TypeError:\n    pass\nimport sys; assert 'torch' in sys.modules"
    result = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")
