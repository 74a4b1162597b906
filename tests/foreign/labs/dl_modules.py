"""PyTorch: modules that students write, modules and losses that tests hand over, seeds, parameters, a state dict."""

# %% lesson
import torch
import torch.nn as nn
import torch.nn.functional as F

# %% answer mlp
class MLP(nn.Module):
    def __init__(self, n_in, n_hidden, n_out):
        super().__init__()
        self.hidden = nn.Linear(n_in, n_hidden)
        self.out = nn.Linear(n_hidden, n_out)

    def forward(self, x):
        return self.out(F.relu(self.hidden(x)))

# %% wrong
class MLP:
    def __init__(self, n_in, n_hidden, n_out):
        pass

# %% subtle
class MLP(nn.Module):
    def __init__(self, n_in, n_hidden, n_out):
        super().__init__()
        self.hidden = nn.Linear(n_in, n_hidden)
        self.out = nn.Linear(n_hidden, n_out)

    def forward(self, x):
        return self.out(self.hidden(x))

# %% other
class MLP(nn.Module):
    def __init__(self, n_in, n_hidden, n_out):
        super(MLP, self).__init__()
        self.hidden, self.relu, self.out = nn.Linear(n_in, n_hidden), nn.ReLU(), nn.Linear(n_hidden, n_out)

    def forward(self, x):
        h = self.relu(self.hidden(x))
        return self.out(h)

# %% test mlp 3
net = MLP(4, 8, 3)
assert isinstance(net, nn.Module)
assert sum(p.numel() for p in net.parameters()) == 4 * 8 + 8 + 8 * 3 + 3
x = torch.randn(5, 4)
y = net(x)
assert y.shape == (5, 3)
reference = F.linear(torch.relu(F.linear(x, net.hidden.weight, net.hidden.bias)), net.out.weight, net.out.bias)
torch.testing.assert_close(y, reference)
y.sum().backward()
assert net.hidden.weight.grad is not None

# %% answer count
def count_parameters(model):
    return sum(p.numel() for p in model.parameters() if p.requires_grad)

# %% wrong
def count_parameters(model):
    return 0

# %% subtle
def count_parameters(model):
    return sum(p.numel() for p in model.parameters())

# %% test count 2
assert count_parameters(nn.Linear(10, 5)) == 55
model = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
assert count_parameters(model) == 13
for p in model[0].parameters():
    p.requires_grad = False
assert count_parameters(model) == 4

# %% answer init
def init_weights(m):
    if isinstance(m, nn.Linear):
        nn.init.xavier_uniform_(m.weight)
        m.bias.data.fill_(0.01)

# %% wrong
def init_weights(m):
    pass

# %% subtle
def init_weights(m):
    nn.init.xavier_uniform_(m.weight)
    m.bias.data.fill_(0.1)

# %% test init 2
net = nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 2))
before = net[0].weight.clone()
net.apply(init_weights)
assert torch.allclose(net[0].bias, torch.full((4,), 0.01))
assert not torch.equal(net[0].weight, before)

# %% answer softmax
def softmax(x):
    e = torch.exp(x - x.max(dim=-1, keepdim=True).values)
    return e / e.sum(dim=-1, keepdim=True)

# %% wrong
def softmax(x):
    return x

# %% subtle
def softmax(x):
    e = torch.exp(x)
    return e / e.sum()

# %% other
def softmax(x):
    return F.softmax(x, dim=-1)

# %% test softmax 2
x = torch.randn(3, 5)
torch.testing.assert_close(softmax(x), torch.softmax(x, dim=1))
assert torch.isfinite(softmax(torch.tensor([1000.0, 0.0]))).all(), "avoid overflow"
v = torch.randn(4, dtype=torch.float64, requires_grad=True)
assert torch.autograd.gradcheck(softmax, v)

# %% answer residual
class Residual(nn.Module):
    def __init__(self, block):
        super().__init__()
        self.block = block

    def forward(self, x):
        return x + self.block(x)

# %% wrong
class Residual(nn.Module):
    def forward(self, x):
        return x

# %% subtle
class Residual(nn.Module):
    def __init__(self, block):
        super().__init__()
        self.block = [block]

    def forward(self, x):
        return x + self.block[0](x)

# %% test residual 2
block = nn.Linear(3, 3)
res = Residual(block)
x = torch.randn(2, 3)
torch.testing.assert_close(res(x), x + block(x))
assert len(list(res.parameters())) == 2, "the block must be registered"
assert res.block is block

# %% answer seeded
def make_noise(n, seed):
    torch.manual_seed(seed)
    return torch.randn(n)

# %% wrong
def make_noise(n, seed):
    return torch.zeros(n)

# %% subtle
def make_noise(n, seed):
    torch.manual_seed(seed)
    return torch.rand(n)

# %% test seeded 1
torch.manual_seed(3)
expected = torch.randn(4)
assert torch.equal(make_noise(4, 3), expected)

# %% test dropout 1
torch.manual_seed(0)
net = MLP(2, 4, 1)
twin = MLP(2, 4, 1)
twin.load_state_dict(net.state_dict())
x = torch.ones(1, 2)
assert torch.equal(net(x), twin(x))
net.eval()
assert not net.training
assert set(net.state_dict()) == {"hidden.weight", "hidden.bias", "out.weight", "out.bias"}
