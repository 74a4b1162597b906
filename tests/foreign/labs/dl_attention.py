"""PyTorch functions and layers: attention, convolution, embeddings, batch norm with buffers, a custom autograd function."""

# %% lesson
import math
import torch
from torch import nn
import torch.nn.functional as F
torch.manual_seed(0)

# %% answer attention
def attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    weights = scores.softmax(dim=-1)
    return weights @ v, weights

# %% wrong
def attention(q, k, v, mask=None):
    return v, torch.ones(v.shape[0])

# %% subtle
def attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1)
    if mask is not None:
        scores = scores.masked_fill(mask, float("-inf"))
    weights = scores.softmax(dim=-1)
    return weights @ v, weights

# %% test attention 3
q, k, v = torch.randn(2, 4, 8), torch.randn(2, 5, 8), torch.randn(2, 5, 3)
out, weights = attention(q, k, v)
assert out.shape == (2, 4, 3) and weights.shape == (2, 4, 5)
torch.testing.assert_close(weights.sum(-1), torch.ones(2, 4))
torch.testing.assert_close(out, F.scaled_dot_product_attention(q, k, v))
causal = torch.tril(torch.ones(4, 4, dtype=torch.bool))
_, weights = attention(q, q, q, causal)
assert (weights[:, 0, 1:] == 0).all()

# %% answer conv
def conv2d(image, kernel):
    h, w = kernel.shape
    H, W = image.shape
    out = torch.zeros(H - h + 1, W - w + 1)
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = (image[i:i + h, j:j + w] * kernel).sum()
    return out

# %% wrong
def conv2d(image, kernel):
    return image

# %% subtle
def conv2d(image, kernel):
    return F.conv2d(image[None, None], kernel.flip(0, 1)[None, None])[0, 0]

# %% other
def conv2d(image, kernel):
    return F.conv2d(image.unsqueeze(0).unsqueeze(0), kernel.unsqueeze(0).unsqueeze(0)).squeeze()

# %% test conv 2
image, kernel = torch.rand(6, 7), torch.rand(3, 2)
torch.testing.assert_close(conv2d(image, kernel), F.conv2d(image[None, None], kernel[None, None])[0, 0])

# %% answer norm
class BatchNorm(nn.Module):
    def __init__(self, n, momentum=0.1):
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(n))
        self.beta = nn.Parameter(torch.zeros(n))
        self.register_buffer("running_mean", torch.zeros(n))
        self.momentum = momentum

    def forward(self, x):
        if self.training:
            mean, var = x.mean(0), x.var(0, unbiased=False)
            self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * mean.detach()
        else:
            mean, var = self.running_mean, torch.ones_like(self.running_mean)
        return self.gamma * (x - mean) / torch.sqrt(var + 1e-5) + self.beta

# %% wrong
class BatchNorm(nn.Module):
    def __init__(self, n, momentum=0.1):
        super().__init__()

    def forward(self, x):
        return x

# %% subtle
class BatchNorm(nn.Module):
    def __init__(self, n, momentum=0.1):
        super().__init__()
        self.gamma = torch.ones(n)
        self.beta = torch.zeros(n)
        self.running_mean = torch.zeros(n)
        self.momentum = momentum

    def forward(self, x):
        mean, var = x.mean(0), x.var(0)
        return self.gamma * (x - mean) / torch.sqrt(var + 1e-5) + self.beta

# %% test norm 3
bn = BatchNorm(3)
x = torch.randn(50, 3) * 4 + 2
torch.testing.assert_close(bn(x), nn.BatchNorm1d(3)(x))
assert torch.allclose(bn.running_mean, 0.1 * x.mean(0))
assert "running_mean" in dict(bn.named_buffers())
bn.eval()
torch.testing.assert_close(bn(torch.zeros(1, 3)), (-bn.running_mean / math.sqrt(1 + 1e-5))[None])
assert len(list(bn.parameters())) == 2

# %% answer embedding
class Bigram(nn.Module):
    def __init__(self, vocabulary):
        super().__init__()
        self.table = nn.Embedding(vocabulary, vocabulary)

    def forward(self, tokens, targets=None):
        logits = self.table(tokens)
        if targets is None:
            return logits, None
        return logits, F.cross_entropy(logits.flatten(0, 1), targets.flatten())

# %% wrong
class Bigram(nn.Module):
    def __init__(self, vocabulary):
        super().__init__()

    def forward(self, tokens, targets=None):
        return tokens, None

# %% subtle
class Bigram(nn.Module):
    def __init__(self, vocabulary):
        super().__init__()
        self.table = nn.Embedding(vocabulary, vocabulary)

    def forward(self, tokens, targets=None):
        logits = self.table(tokens)
        if targets is None:
            return logits, None
        return logits, F.cross_entropy(logits.softmax(-1).flatten(0, 1), targets.flatten())

# %% test embedding 3
model = Bigram(7)
tokens = torch.randint(0, 7, (2, 5))
logits, loss = model(tokens)
assert logits.shape == (2, 5, 7) and loss is None
logits, loss = model(tokens, tokens)
expected = -torch.log_softmax(logits, -1).gather(-1, tokens[..., None]).mean()
torch.testing.assert_close(loss, expected)
loss.backward()
assert model.table.weight.grad.shape == (7, 7)

# %% answer straight
class Sign(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.sign()

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * (x.abs() <= 1)

# %% wrong
class Sign(torch.autograd.Function):
    pass

# %% subtle
class Sign(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.sign()

    @staticmethod
    def backward(ctx, g):
        return g

# %% test straight 2
x = torch.tensor([-2.0, -0.5, 0.5, 3.0], requires_grad=True)
y = Sign.apply(x)
assert y.tolist() == [-1, -1, 1, 1]
y.sum().backward()
assert x.grad.tolist() == [0, 1, 1, 0]
