"""For all tests: one thread for PyTorch, in them and in the programs that they start.

Nets as small as these gain nothing from a second one, and where other tests run beside, each waits for the other.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = "1"
