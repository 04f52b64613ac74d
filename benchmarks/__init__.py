"""Speed, memory and reliability, each figure beside a floor: ``make bench``, or ``python -m benchmarks --quick``."""
