"""The one door through which this library reaches torch: what imports ``torch.…`` imports this first.

Torch warns on import when NumPy is missing. Nothing here hands tensors to NumPy, so requiring it would cost every
user some 60 MB and a slower start for nothing; the warning is kept from the user's terminal instead.
"""

from __future__ import annotations

import warnings

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", message="Failed to initialize NumPy")
    import torch

__all__ = ["torch"]
