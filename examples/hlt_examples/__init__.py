"""One of everything that can be added to hlt-tui, a file each: all are there once installed; ``--plugin`` adds one."""

from hlt_examples import check, dataset, featurizer, initialisation, loss, model, optimizer

__all__ = ["check", "dataset", "featurizer", "initialisation", "loss", "model", "optimizer"]
