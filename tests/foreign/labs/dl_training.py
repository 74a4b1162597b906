"""PyTorch: datasets and loaders, training loops with the test's model, loss and optimiser, an optimiser class, metrics."""

# %% lesson
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, TensorDataset

torch.manual_seed(0)
X = torch.randn(64, 3)
Y = X @ torch.tensor([[1.0], [-2.0], [0.5]]) + 0.3

# %% answer dataset
class PairDataset(Dataset):
    def __init__(self, xs, ys):
        self.xs, self.ys = xs, ys

    def __len__(self):
        return len(self.xs)

    def __getitem__(self, i):
        return self.xs[i], self.ys[i]

# %% wrong
class PairDataset:
    def __init__(self, xs, ys):
        pass

# %% subtle
class PairDataset(Dataset):
    def __init__(self, xs, ys):
        self.xs, self.ys = xs, ys

    def __len__(self):
        return len(self.xs) - 1

    def __getitem__(self, i):
        return self.ys[i], self.xs[i]

# %% test dataset 2
ds = PairDataset(X, Y)
assert len(ds) == 64
x, y = ds[3]
assert torch.equal(x, X[3]) and torch.equal(y, Y[3])
assert isinstance(ds, Dataset)
batches = list(DataLoader(ds, batch_size=20))
assert [len(b[0]) for b in batches] == [20, 20, 20, 4]

# %% answer epoch
def train_epoch(model, loader, loss_fn, optimizer):
    model.train()
    total = 0.0
    for x, y in loader:
        optimizer.zero_grad()
        loss = loss_fn(model(x), y)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(x)
    return total / len(loader.dataset)

# %% wrong
def train_epoch(model, loader, loss_fn, optimizer):
    return 0.0

# %% subtle
def train_epoch(model, loader, loss_fn, optimizer):
    model.train()
    total = 0.0
    for x, y in loader:
        loss = loss_fn(model(x), y)
        loss.backward()
        optimizer.step()
        total += loss.item()
    return total / len(loader)

# %% test epoch 3
torch.manual_seed(1)
model = nn.Linear(3, 1)
loader = DataLoader(TensorDataset(X, Y), batch_size=16)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
losses = [train_epoch(model, loader, nn.MSELoss(), optimizer) for _ in range(30)]
assert losses[-1] < 1e-3 < losses[0]
assert torch.allclose(model.weight, torch.tensor([[1.0, -2.0, 0.5]]), atol=0.05)
assert abs(model.bias.item() - 0.3) < 0.05

# %% answer evaluate
@torch.no_grad()
def accuracy(model, loader):
    model.eval()
    right = sum((model(x).argmax(dim=1) == y).sum().item() for x, y in loader)
    return right / len(loader.dataset)

# %% wrong
def accuracy(model, loader):
    return 1.0

# %% subtle
def accuracy(model, loader):
    model.eval()
    right = sum((model(x).argmax(dim=0) == y).sum().item() for x, y in loader)
    return right / len(loader.dataset)

# %% test evaluate 2
class Fixed(nn.Module):
    def forward(self, x):
        return torch.stack([x[:, 0], -x[:, 0]], dim=1)

points = torch.tensor([[1.0], [2.0], [-1.0], [-3.0], [0.5]])
labels = torch.tensor([0, 0, 1, 0, 1])
model = Fixed()
result = accuracy(model, DataLoader(TensorDataset(points, labels), batch_size=2))
assert result == 0.6
assert not model.training, "switch to evaluation"

# %% answer momentum
class Momentum(torch.optim.Optimizer):
    def __init__(self, params, lr=0.01, beta=0.9):
        super().__init__(params, {"lr": lr, "beta": beta})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                state = self.state[p]
                v = state.get("v", torch.zeros_like(p))
                state["v"] = group["beta"] * v + p.grad
                p -= group["lr"] * state["v"]

# %% wrong
class Momentum(torch.optim.Optimizer):
    def __init__(self, params, lr=0.01, beta=0.9):
        super().__init__(params, {"lr": lr})

    def step(self):
        pass

# %% subtle
class Momentum(torch.optim.Optimizer):
    def __init__(self, params, lr=0.01, beta=0.9):
        super().__init__(params, {"lr": lr, "beta": beta})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                p -= group["lr"] * p.grad

# %% test momentum 3
w = torch.tensor([5.0, -3.0], requires_grad=True)
v = torch.tensor([5.0, -3.0], requires_grad=True)
ours, reference = Momentum([w], lr=0.05), torch.optim.SGD([v], lr=0.05, momentum=0.9)
for _ in range(10):
    for parameter, optimizer in ((w, ours), (v, reference)):
        optimizer.zero_grad()
        (parameter ** 2).sum().backward()
        optimizer.step()
assert torch.allclose(w, v)

# %% answer clip
def clip_gradients(parameters, limit):
    parameters = list(parameters)
    norm = torch.sqrt(sum((p.grad ** 2).sum() for p in parameters))
    if norm > limit:
        for p in parameters:
            p.grad *= limit / norm
    return norm.item()

# %% wrong
def clip_gradients(parameters, limit):
    return 0.0

# %% subtle
def clip_gradients(parameters, limit):
    norm = 0.0
    for p in parameters:
        n = p.grad.norm()
        norm = max(norm, n.item())
        if n > limit:
            p.grad *= limit / n
    return norm

# %% other
def clip_gradients(parameters, limit):
    return nn.utils.clip_grad_norm_(parameters, limit).item()

# %% test clip 2
a, b = torch.zeros(2, requires_grad=True), torch.zeros(1, requires_grad=True)
a.grad, b.grad = torch.tensor([3.0, 0.0]), torch.tensor([4.0])
assert abs(clip_gradients([a, b], 1.0) - 5.0) < 1e-5
assert torch.allclose(a.grad, torch.tensor([0.6, 0.0]), atol=1e-4)
assert torch.allclose(b.grad, torch.tensor([0.8]), atol=1e-4)

# %% answer curve
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 1))
opt = torch.optim.Adam(net.parameters(), lr=0.02)
history = [train_epoch(net, DataLoader(TensorDataset(X, Y), batch_size=16), nn.MSELoss(), opt) for _ in range(60)]

# %% wrong
net, history = None, []

# %% subtle
net = nn.Sequential(nn.Linear(3, 8), nn.Linear(8, 1))
history = [1.0 / (k + 1) for k in range(60)]

# %% test curve 2
assert len(history) == 60 and history[-1] < history[0] / 10
assert any(isinstance(m, (nn.Tanh, nn.ReLU, nn.Sigmoid)) for m in net.modules())
with torch.no_grad():
    assert nn.functional.mse_loss(net(X), Y) < 0.1
