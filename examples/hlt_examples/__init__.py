"""One of everything that can be added to hlt-tui, a file each; ``--plugin hlt_examples`` adds all, installed or not."""

from hlt_examples import check, dataset, featurizer, initialisation, loss, model, optimizer

__all__ = ["check", "dataset", "featurizer", "initialisation", "loss", "model", "optimizer"]
