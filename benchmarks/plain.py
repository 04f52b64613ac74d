"""What everything is measured against: the training loop and the modules as a lecture writes them, without prints."""

from __future__ import annotations

from hltcore import Dataset
from hltcore._torch import torch

__all__ = ["PLAIN", "PlainRun"]

Tensor = torch.Tensor


class LogisticRegression(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.W = torch.nn.Linear(2, 1)

    def forward(self, x: Tensor) -> Tensor:
        return torch.sigmoid(self.W(x))


class TwoLayerNet(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.linear1 = torch.nn.Linear(2, 2)
        self.linear2 = torch.nn.Linear(2, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.linear2(self.linear1(x).clamp(min=0))


class EightLayerNet(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.linear1 = torch.nn.Linear(2, 4)
        self.linear2 = torch.nn.Linear(4, 4)
        self.linear3 = torch.nn.Linear(4, 4)
        self.linear4 = torch.nn.Linear(4, 4)
        self.linear5 = torch.nn.Linear(4, 4)
        self.linear6 = torch.nn.Linear(4, 4)
        self.linear7 = torch.nn.Linear(4, 4)
        self.linear8 = torch.nn.Linear(4, 1)

    def forward(self, x: Tensor) -> Tensor:
        h = self.linear1(x).clamp(min=0)
        h = self.linear2(h)
        h = self.linear3(h)
        h = self.linear4(h)
        h = self.linear5(h)
        h = self.linear6(h)
        h = self.linear7(h)
        return self.linear8(h)


PLAIN = {"logistic-regression": LogisticRegression, "two-layer": TwoLayerNet, "eight-layer": EightLayerNet}


class PlainRun:
    """A run of the plain loop from the given parameters; what it is made of is there for loops that do more."""

    def __init__(self, model: str, dataset: Dataset, start: torch.nn.Module) -> None:
        self.model = PLAIN[model]()
        self.model.load_state_dict(start.state_dict())
        self.optimizer = torch.optim.SGD(list(self.model.parameters()), lr=0.1)
        self.criterion = torch.nn.MSELoss(reduction="sum")
        self.xs = torch.tensor(dataset.xs)
        self.ys = torch.tensor(dataset.targets).reshape(-1, 1)

    def run(self, epochs: int) -> None:
        model, criterion, optimizer = self.model, self.criterion, self.optimizer
        for _ in range(epochs):
            for x, y in zip(self.xs, self.ys):
                prediction = model(x)
                loss = criterion(prediction, y)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
