"""PyTorch: custom autograd functions with gradcheck, a layer class with buffers, hooks, initialisation, a fitted model, state dicts."""

# %% lesson
import copy
import math
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, Dataset, TensorDataset, random_split

torch.manual_seed(0)
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")

# %% answer relu
class MyReLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.clamp(min=0)

    @staticmethod
    def backward(ctx, grad_output):
        x, = ctx.saved_tensors
        return grad_output * (x > 0)

# %% wrong
class MyReLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.clamp(min=0)

    @staticmethod
    def backward(ctx, grad_output):
        return grad_output

# %% subtle
class MyReLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.max(x, torch.zeros_like(x))

    @staticmethod
    def backward(ctx, grad_output):
        x, = ctx.saved_tensors
        return grad_output * x

# %% other
class MyReLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.mask = x > 0
        return torch.where(ctx.mask, x, 0.0)

    @staticmethod
    def backward(ctx, grad_output):
        g = grad_output.clone()
        g[~ctx.mask] = 0
        return g

# %% test relu 3
x = torch.tensor([-2.0, -0.5, 0.5, 3.0], dtype=torch.float64, requires_grad=True)
y = MyReLU.apply(x)
assert torch.equal(y, F.relu(x))
y.sum().backward()
assert x.grad.tolist() == [0, 0, 1, 1]
assert torch.autograd.gradcheck(MyReLU.apply, (x.detach().requires_grad_(),), eps=1e-6, atol=1e-4)
assert issubclass(MyReLU, torch.autograd.Function)

# %% answer norm
class RunningNorm(nn.Module):
    """Normalises each feature; keeps running statistics in buffers."""
    def __init__(self, features, momentum=0.1, eps=1e-5):
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(features))
        self.beta = nn.Parameter(torch.zeros(features))
        self.register_buffer("mean", torch.zeros(features))
        self.register_buffer("var", torch.ones(features))
        self.momentum, self.eps = momentum, eps

    def forward(self, x):
        if self.training:
            mean, var = x.mean(0), x.var(0, unbiased=False)
            with torch.no_grad():
                self.mean.lerp_(mean, self.momentum)
                self.var.lerp_(x.var(0), self.momentum)
        else:
            mean, var = self.mean, self.var
        return self.gamma * (x - mean) / torch.sqrt(var + self.eps) + self.beta

# %% wrong
class RunningNorm(nn.Module):
    def __init__(self, features):
        super().__init__()

    def forward(self, x):
        return x

# %% subtle
class RunningNorm(nn.Module):
    def __init__(self, features, momentum=0.1, eps=1e-5):
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(features))
        self.beta = nn.Parameter(torch.zeros(features))
        self.mean = torch.zeros(features)
        self.var = torch.ones(features)
        self.momentum, self.eps = momentum, eps

    def forward(self, x):
        mean, var = x.mean(0), x.var(0, unbiased=False)
        self.mean = 0.9 * self.mean + 0.1 * mean.detach()
        self.var = 0.9 * self.var + 0.1 * var.detach()
        return self.gamma * (x - mean) / (var + self.eps).sqrt() + self.beta

# %% other
class RunningNorm(nn.Module):
    def __init__(self, features, momentum=0.1, eps=1e-5):
        super().__init__()
        inner = nn.BatchNorm1d(features, momentum=momentum, eps=eps)
        self.gamma, self.beta = inner.weight, inner.bias
        self.register_buffer("mean", inner.running_mean)
        self.register_buffer("var", inner.running_var)
        self.momentum, self.eps = momentum, eps

    def forward(self, x):
        return F.batch_norm(x, self.mean, self.var, self.gamma, self.beta, self.training, self.momentum, self.eps)

# %% test norm 4
mine, theirs = RunningNorm(3), nn.BatchNorm1d(3)
data = torch.randn(16, 3) * 4 + 2
for _ in range(5):
    a, b = mine(data), theirs(data)
    assert torch.allclose(a, b, atol=1e-5)
mine.eval(); theirs.eval()
assert torch.allclose(mine(data), theirs(data), atol=1e-4), "running statistics in evaluation"
assert set(dict(mine.named_parameters())) == {"gamma", "beta"}
assert set(dict(mine.named_buffers())) == {"mean", "var"}
assert torch.allclose(mine.mean, theirs.running_mean, atol=1e-5)

# %% answer net
class Net(nn.Module):
    def __init__(self, inputs, hidden, outputs):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(inputs, hidden), nn.Linear(hidden, outputs)])
        self.norm = RunningNorm(hidden)

    def forward(self, x):
        h = self.norm(self.layers[0](x))
        return self.layers[1](MyReLU.apply(h))

def init_weights(module):
    """Xavier for weights, zeros for biases."""
    if isinstance(module, nn.Linear):
        nn.init.xavier_uniform_(module.weight)
        nn.init.zeros_(module.bias)

net = Net(4, 8, 3)
net.apply(init_weights)

# %% wrong
class Net(nn.Module):
    def __init__(self, inputs, hidden, outputs):
        super().__init__()
        self.layers = [nn.Linear(inputs, outputs)]
    def forward(self, x):
        return self.layers[0](x)
def init_weights(module):
    pass
net = Net(4, 8, 3)

# %% subtle
class Net(nn.Module):
    def __init__(self, inputs, hidden, outputs):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(inputs, hidden), nn.Linear(hidden, outputs)])
    def forward(self, x):
        for layer in self.layers:
            x = torch.relu(layer(x))
        return x
def init_weights(module):
    if type(module) is nn.Linear:
        nn.init.xavier_uniform_(module.weight)
net = Net(4, 8, 3)
net.apply(init_weights)

# %% other
class Net(nn.Sequential):
    def __init__(self, inputs, hidden, outputs):
        super().__init__(nn.Linear(inputs, hidden), RunningNorm(hidden), nn.ReLU(), nn.Linear(hidden, outputs))
    @property
    def layers(self):
        return [m for m in self if isinstance(m, nn.Linear)]
@torch.no_grad()
def init_weights(module):
    if isinstance(module, nn.Linear):
        nn.init.xavier_uniform_(module.weight)
        module.bias.fill_(0)
net = Net(4, 8, 3).apply(init_weights)

# %% test net 3
assert net(torch.randn(5, 4)).shape == (5, 3)
assert sum(p.numel() for p in net.parameters() if p.requires_grad) == 4 * 8 + 8 + 16 + 8 * 3 + 3
assert all((layer.bias == 0).all() for layer in net.layers)
bound = math.sqrt(6 / 12)
assert net.layers[0].weight.abs().max() <= bound
seen = []
handle = net.layers[1].register_forward_hook(lambda module, args, out: seen.append(out.shape))
net(torch.randn(2, 4))
handle.remove()
net(torch.randn(2, 4))
assert seen == [torch.Size([2, 3])]

# %% answer dataset
class Blobs(Dataset):
    """Points around three centres."""
    def __init__(self, n, seed=0):
        g = torch.Generator().manual_seed(seed)
        self.y = torch.arange(n) % 3
        centres = torch.eye(4)[:3] * 3
        self.x = centres[self.y] + torch.randn(n, 4, generator=g)

    def __len__(self):
        return len(self.y)

    def __getitem__(self, i):
        return self.x[i], self.y[i]

# %% wrong
class Blobs(Dataset):
    def __init__(self, n, seed=0):
        self.n = n
    def __len__(self):
        return self.n

# %% subtle
class Blobs(Dataset):
    def __init__(self, n, seed=0):
        self.y = torch.randint(0, 3, (n,))
        self.x = torch.eye(4)[self.y] * 3 + torch.randn(n, 4)
    def __len__(self):
        return len(self.y)
    def __getitem__(self, i):
        return self.x[i], int(self.y[i])

# %% other
class Blobs(TensorDataset):
    def __init__(self, n, seed=0):
        rng = np.random.default_rng(seed)
        y = np.arange(n) % 3
        x = 3.0 * np.eye(3, 4)[y] + rng.normal(size=(n, 4))
        super().__init__(torch.from_numpy(x).float(), torch.from_numpy(y))

# %% test dataset 2
data = Blobs(90)
assert len(data) == 90 and isinstance(data, Dataset)
x0, y0 = data[4]
assert x0.shape == (4,) and int(y0) == 1
assert torch.equal(Blobs(10, seed=5)[3][0], Blobs(10, seed=5)[3][0])
assert not torch.equal(Blobs(10, seed=5)[3][0], Blobs(10, seed=6)[3][0])
loader = DataLoader(data, batch_size=32, shuffle=True)
xs, ys = next(iter(loader))
assert xs.shape == (32, 4) and ys.dtype == torch.int64
train, valid = random_split(data, [60, 30], generator=torch.Generator().manual_seed(1))
assert len(train) == 60 and len(valid) == 30

# %% answer train
def train_model(model, loader, epochs=10, lr=0.05):
    """Train; return the mean loss of each epoch."""
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    model.train()
    history = []
    for epoch in range(epochs):
        total, n = 0.0, 0
        for x, y in loader:
            optimizer.zero_grad()
            loss = criterion(model(x), y)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(y)
            n += len(y)
        history.append(total / n)
    return history

@torch.no_grad()
def accuracy(model, loader):
    model.eval()
    right = sum((model(x).argmax(1) == y).sum().item() for x, y in loader)
    return right / len(loader.dataset)

# %% wrong
def train_model(model, loader, epochs=10, lr=0.05):
    return [0.0] * epochs
def accuracy(model, loader):
    return 1.0

# %% subtle
def train_model(model, loader, epochs=10, lr=0.05):
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    history = []
    for epoch in range(epochs):
        for x, y in loader:
            loss = criterion(model(x), y)
            loss.backward()
            optimizer.step()
            history.append(loss)
    return history
def accuracy(model, loader):
    return sum((model(x).argmax(1) == y).sum() for x, y in loader) / len(loader)

# %% other
def train_model(model, loader, epochs=10, lr=0.05):
    opt = torch.optim.Adam(model.parameters(), lr=lr)
    history = []
    for _ in range(epochs):
        losses = []
        for batch in loader:
            loss = F.cross_entropy(model(batch[0]), batch[1])
            opt.zero_grad(set_to_none=True)
            loss.backward()
            opt.step()
            losses.append(float(loss.detach()))
        history += [np.mean(losses)]
    return history
def accuracy(model, loader):
    model.eval()
    hits = []
    with torch.inference_mode():
        for x, y in loader:
            hits.extend((model(x).max(dim=1).indices == y).tolist())
    return np.mean(hits)

# %% test train 4
torch.manual_seed(1)
data = Blobs(120)
loader = DataLoader(data, batch_size=20, shuffle=True)
model = Net(4, 16, 3)
start = copy.deepcopy(model.state_dict())
history = train_model(model, loader, epochs=6)
assert len(history) == 6 and isinstance(history[0], float)
assert history[-1] < history[0] / 2
assert any(not torch.equal(start[k], v) for k, v in model.state_dict().items())
assert 0.8 < accuracy(model, loader) <= 1
other = Net(4, 16, 3)
other.load_state_dict(model.state_dict())
assert accuracy(other, loader) == accuracy(model, loader)
assert not model.training
linear = nn.Linear(4, 3)
assert train_model(linear, loader, epochs=3)[-1] < 1
