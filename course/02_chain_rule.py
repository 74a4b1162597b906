# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # The chain rule, and an engine of your own
#
# A recipe has steps: the flour goes into the dough, the dough into the oven, the bread onto the table. If you take
# one gram more flour, how much more bread is there? You do not find the answer in one step. You ask each step how
# strongly it passes a change on, and you multiply these numbers. That is the chain rule. Autograd needs nothing else
# but the derivative of each single step.
#
# In this lab you do by hand what PyTorch does, with numbers at every step. Then you build it yourself: an autograd
# engine of about fifty lines, which can train a small neural network. (Lab 08 does the same for tensors.)
#
# **When you are done, you can**
#
# - differentiate a computation of several steps, factor by factor, and check it against autograd;
# - say what the mean does to a gradient, for any number of values;
# - do a backward pass on paper: the gradient of each user times the local slope, added up over all users;
# - say why it goes backwards and in order: a graph with 60 edges can have a billion paths;
# - explain `grad_fn`, leaves, and what happens to the gradient of a value that is used twice;
# - write an autograd engine, and explain each line of it.
#
# **Time:** about 90 minutes. **Points:** 25.
# **You need:** derivatives of one variable, the chain rule, Python classes (`__init__` and methods), and what `backward()`
# and `.grad` are.
#
# **How to work.** Where it says *predict*, write your guess down before you run the cell. Where it says *exercise*,
# replace the placeholder and run the check below it as often as you like. Hints are folded; each gives away more than
# the one before.

# %% [markdown]
# ## 0 · Tools

# %% nbgrader={"grade_id": "imports", "locked": true}
import math
import shutil
import time
from collections.abc import Callable

import torch
from IPython.display import display

from gradlab import figures, graph
from gradlab.check import chain_rule as check

# %% [markdown]
# ## 1 · Several steps
#
# A computation of three steps. It starts with a table of six numbers and ends with a single one:
#
# $$x = \begin{pmatrix}1&2&3\\3&2&1\end{pmatrix}, \qquad y = 3x + 2, \qquad z = 2y^2, \qquad m = \text{mean}(z).$$
#
# **Predict:** what is $y$, what is $z$, what is $m$? They are small numbers: do it in your head. Then the question of
# this lab: if the entry $x_{11} = 1$ grows by a tiny $\varepsilon$, by how much does $m$ grow?


# %% tags=["autograder:skip"]
def table(values: torch.Tensor) -> list[list[float]]:
    """A small tensor as rounded numbers."""
    return [[round(number, 4) for number in row] for row in values.tolist()]


x = torch.tensor([[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]], requires_grad=True)
y = 3 * x + 2
z = 2 * y**2
m = z.mean()
print("y =", table(y))
print("z =", table(z))
print("m =", round(m.item(), 4))

m.backward()
print("x.grad =", table(x.grad))

# %% [markdown]
# So $m$ grows by $10\,\varepsilon$. Where does the ten come from? Each step passes a change on with a factor of its
# own, its **local slope**, and the factors multiply:
#
# $$\frac{\partial m}{\partial x_{ij}}
# = \underbrace{\frac{\partial m}{\partial z_{ij}}}_{1/6} \cdot
# \underbrace{\frac{\partial z_{ij}}{\partial y_{ij}}}_{4\,y_{ij}} \cdot
# \underbrace{\frac{\partial y_{ij}}{\partial x_{ij}}}_{3}$$
#
# For $x_{11}$, where $y_{11} = 5$, that is $\frac16 \cdot 20 \cdot 3 = 10$. Each slope is taken *at the value that the
# forward pass computed there*: it is $4y$ with $y = 5$, not with $x = 1$.

# %% tags=["autograder:skip"]
by_hand = (1 / 6) * (4 * y) * 3
print("by hand  ", table(by_hand))
print("the same as autograd:", torch.allclose(by_hand, x.grad))

# %% [markdown]
# How does PyTorch know the steps? It recorded them while it computed, in the **computational graph**. Each result has
# a `grad_fn`, the operation that carries a gradient back through its step, and `next_functions` leads on to the steps
# before. Nobody declared this graph: it was built while Python ran your lines, and it would be another one if an `if`
# had gone the other way. That is why it is called a **dynamic** graph.
#
# **Predict:** the cell walks from $m$ back to $x$. In which order will it meet the operations mean, power, product,
# sum?

# %% tags=["autograder:skip"]
step = m.grad_fn
while step is not None:
    print(step.name().rpartition("::")[2])
    step = step.next_functions[0][0] if step.next_functions else None

# %% [markdown]
# <details><summary>What it means</summary>
#
# Backwards, of course: the last step comes first. `AccumulateGrad` at the end is the leaf $x$: the place where what has
# arrived is added to `x.grad`. And each name is that of a *local* rule. `PowBackward0` knows how to differentiate a
# power and nothing about means, about 3, or about what you are going to do with the result.
# </details>
#
# ### Predict · Who has a `.grad`?
#
# After the backward pass above, which of $x$, $y$, $z$, $m$ hold a gradient in `.grad`? The backward pass went
# through all of them.

# %% tags=["autograder:skip"]
kept = torch.ones(3, requires_grad=True)
middle = 2 * kept
last = (middle**2).sum()
middle.retain_grad()  # keep the gradient of this one, too
last.backward()
print("x is a leaf:", x.is_leaf, "  y is a leaf:", y.is_leaf, "  z is a leaf:", z.is_leaf)
print("x keeps its gradient:", x.grad is not None)
print("y keeps its gradient:", y.retains_grad)
print("an intermediate value that was asked to keep it:", middle.grad.tolist())
try:
    m.backward()
except RuntimeError as error:
    print("once more:", str(error).partition(" (")[0])

# %% [markdown]
# <details><summary>What it means</summary>
#
# Only the leaf, $x$. The gradients with respect to $y$ and $z$ were computed, used for the next factor, and thrown
# away, to save memory. Call `retain_grad()` *before* the backward pass, or ask `torch.autograd.grad(m, y)`, if you
# want one of them. The numbers that the graph had kept for its slopes are thrown away as well, so that a second
# `backward()` on the same graph is refused: compute $m$ anew.
# </details>

# %% [markdown]
# ### Exercise 1 · Three functions inside each other
#
# *Easy, about 5 minutes, 2 points*
#
# Differentiate by hand, without autograd:
#
# $$f(x) = e^{\sin 3x}$$
#
# Write `slope`, which computes $f'(x)$ for every entry of a tensor.
#
# <details><summary>Hint 1: where to begin</summary>
#
# Name the steps: $u = 3x$, then $v = \sin u$, then $f = e^v$. Each has a local slope. How many factors will there be?
# </details>
# <details><summary>Hint 2: the places</summary>
#
# Each local slope is taken at the value that flows *into* its step. Which value flows into the exponential: $x$, $u$ or
# $v$?
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# The exponential is its own derivative, the sine's is the cosine, and the innermost step multiplies by a constant.
# Compute `u` and `v` first, then multiply the three slopes.
# </details>


# %% nbgrader={"grade_id": "slope", "solution": true}
def slope(x: torch.Tensor) -> torch.Tensor:
    """Compute the derivative of exp(sin(3x)).

    Args:
        x: where, any shape.

    Returns:
        The derivative at each entry, the shape of x.
    """
    ### BEGIN SOLUTION
    u = 3 * x
    v = torch.sin(u)
    return torch.exp(v) * torch.cos(u) * 3
    ### END SOLUTION


# %% nbgrader={"grade_id": "slope-test", "grade": true, "points": 2}
# The check tells you what it saw. Run it as often as you like.
check.chain_slope(slope)
### BEGIN HIDDEN TESTS
where = torch.rand(2, 3, dtype=torch.float64) * 4 - 2
assert tuple(slope(where).shape) == (2, 3), "A tensor of shape (2, 3) must give a tensor of that shape."
### END HIDDEN TESTS

# %% [markdown]
# ## 2 · The mean
#
# Most losses are means, over pictures, words, or measurements. The local slope of a mean is simple, and it is often
# forgotten. First an example with three equal numbers:
#
# $$x = (1, 1, 1), \qquad u = \text{mean}\!\left(3\,(x + 2)^2\right).$$
#
# **Predict:** $u = 27$. What is `x.grad`? And what would it be if there were 300 ones in place of three?

# %% tags=["autograder:skip"]
x = torch.ones(3, requires_grad=True)
u = (3 * (x + 2) ** 2).mean()
u.backward()
print("u =", u.item())
print("x.grad =", x.grad.tolist())

many = torch.ones(300, requires_grad=True)
(3 * (many + 2) ** 2).mean().backward()
print("with 300 ones:", round(many.grad[0].item(), 4), "each, and together", round(many.grad.sum().item(), 4))

# %% [markdown]
# <details><summary>What it means</summary>
#
# One number among 300 moves the mean a hundred times less than one among three. *All of them together* move it
# equally in both cases: raise every $x_i$ by $\varepsilon$, and $u$ grows by $18\,\varepsilon$. So with a mean, the
# gradient of a *weight*, which every example uses, has about the same size for a hundred examples and for a thousand.
# With a sum, ten times as much data would make the steps about ten times as long.
# </details>

# %% [markdown]
# ### Exercise 2 · The gradient of a mean
#
# *Straightforward, about 6 minutes, 2 points*
#
# A model has a single weight $a$ and $n$ inputs $x_1, \dots, x_n$, and should hit the targets $t_1, \dots, t_n$. Its
# loss is
#
# $$L = \frac1n \sum_{i=1}^n \left(a\,x_i - t_i\right)^2 .$$
#
# Write `mean_gradient`: the gradient of $L$ with respect to the **inputs**, $\partial L/\partial x_i$ for each $i$, by
# hand and without autograd, for any $n$.
#
# <details><summary>Hint 1: where to begin</summary>
#
# On which terms of the sum does $x_1$ have an influence? Write down the steps for that one term: inner function,
# square, mean.
# </details>
# <details><summary>Hint 2: the factors</summary>
#
# Three local slopes: that of the mean, that of the square, that of the bracket with respect to $x_i$. The last one is
# not 1.
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# Compute `error = a * x - t` first. The number of inputs is `len(x)` or `x.numel()`. No loop and no sum is needed: each
# entry has a gradient of its own.
# </details>


# %% nbgrader={"grade_id": "mean-gradient", "solution": true}
def mean_gradient(a: float, x: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
    """Compute the gradient of mean((a·x − t)²) with respect to x.

    Args:
        a: the weight.
        x: inputs, shape (n,).
        t: targets, shape (n,).

    Returns:
        One derivative for each input, shape (n,).
    """
    ### BEGIN SOLUTION
    error = a * x - t
    return 2 / len(x) * error * a
    ### END SOLUTION


# %% nbgrader={"grade_id": "mean-gradient-test", "grade": true, "points": 2}
check.mean_of_squares(mean_gradient)
### BEGIN HIDDEN TESTS
check.mean_of_squares(mean_gradient, counts=(11, 2))
### END HIDDEN TESTS

# %% [markdown]
# ## 3 · Forward and backward, with numbers
#
# Chains are the easy case. In a real computation a value is used in *several* places. Here, $p$ is, and $x$ is:
#
# $$p = x \cdot y, \qquad q = p + x, \qquad L = p \cdot q .$$
#
# Below are both passes, for $x = 2$, $y = 3$. Values (above a node) go forward; gradients (∂, below a node) come
# back. The picture opens with everything filled in. Pull the slider to its left end, then go on step by step, and
# before each backward step **predict** the number that comes next. The number on an edge, after ×, is its local
# slope. You need two rules only:
#
# - **Along an edge, multiply:** what comes from the right times the local slope. At a product, the slope for one
#   factor is *the other factor*. At a sum it is 1.
# - **Where paths meet, add:** a value that is used twice gets a contribution from each of its users, and its gradient
#   is their sum.


# %% tags=["autograder:skip", "nbval-ignore-output"]
def used_twice(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    p = x * y
    q = p + x
    return p * q


graph.draw(used_twice, "p", "q", "L", x=torch.tensor(2.0), y=torch.tensor(3.0), title="p = x·y, q = p + x, L = p·q")

# %% [markdown]
# The backward pass as a table, from the right:
#
# | value | contribution from | local slope | contribution | gradient |
# |---|---|---|---|---|
# | $L$ | itself | | | 1 |
# | $q$ | $L$ | $p = 6$ | 6 | 6 |
# | $p$ | $L$ | $q = 8$ | 8 | |
# | | $q$ | 1 | 6 | 14 |
# | $x$ | $q$ | 1 | 6 | |
# | | $p$ | $y = 3$ | 42 | 48 |
# | $y$ | $p$ | $x = 2$ | 28 | 28 |
#
# Note the order: $p$ sends its gradient on to $x$ and $y$ when *all* of it has arrived, from $L$ and from $q$. If it
# sent the 8 on at once, and nothing afterwards, the 6 would be lost. It could also send the 8 first and the 6 later.
# The sums would be right, but $x$ and $y$ would be visited twice, and so would be everything before them. Section 5
# shows where that leads. With the right order, each edge is used exactly once.

# %% tags=["autograder:skip"]
x, y = torch.tensor(2.0, requires_grad=True), torch.tensor(3.0, requires_grad=True)
used_twice(x, y).backward()
print("autograd: ∂L/∂x =", x.grad.item(), "  ∂L/∂y =", y.grad.item())

step = 1e-3
measured = (used_twice(x + step, y) - used_twice(x - step, y)) / (2 * step)
print("measured by moving x a little:", round(measured.item(), 1))

# %% [markdown]
# The package torchviz draws the graph that PyTorch itself has recorded. Two arrows lead out of the upper
# `MulBackward0`: that is $p$, used twice.

# %% tags=["autograder:skip", "nbval-ignore-output"]
if shutil.which("dot"):
    from torchviz import make_dot

    display(make_dot(used_twice(x, y), params={"x": x, "y": y}))
else:
    print("Graphviz (the program `dot`) is not installed here. The graph above shows the same.")

# %% [markdown]
# ### Exercise 3 · A backward pass on paper
#
# *Straightforward if you draw it, about 9 minutes, 3 points*
#
# Another graph, with a tanh in it:
#
# $$p = x \cdot y, \qquad q = p + x, \qquad r = \tanh q, \qquad L = r \cdot p .$$
#
# Write `backward_by_hand`. Forward pass first, then the backward pass, node by node, from $L$ to the inputs. No
# autograd: just numbers and the rules above. Return the derivative of $L$ with respect to **every** value: `"x"`,
# `"y"`, `"p"`, `"q"`, `"r"`.
#
# You need one slope from the table of derivatives: $\tanh' q = 1 - \tanh^2 q$.
#
# <details><summary>Hint 1: where to begin</summary>
#
# Draw the graph: five circles and $L$. How many arrows leave each circle? That is how many contributions its gradient
# has.
# </details>
# <details><summary>Hint 2: the order</summary>
#
# $L$ is 1. Then $r$. Then $q$, which has one user. Then $p$, which has two: $L$ itself and $q$. Last $x$ and $y$.
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# Name the gradients `dr`, `dq`, `dp`, `dx`, `dy`. Each is a sum of products "gradient of the user times slope": `dq` is
# a single product of `dr` with the slope of tanh, `dp` has two terms, `dx` has two terms.
# </details>


# %% nbgrader={"grade_id": "backward-by-hand", "solution": true}
def backward_by_hand(x: float, y: float) -> dict[str, float]:
    """Compute all gradients of L = tanh(x·y + x) · (x·y).

    Args:
        x: the first input.
        y: the second input.

    Returns:
        The derivative of L with respect to each of x, y, p, q and r, under these names.
    """
    ### BEGIN SOLUTION
    p = x * y
    q = p + x
    r = math.tanh(q)
    dr = p
    dq = dr * (1 - r**2)
    dp = r + dq
    dx = dq + dp * y
    dy = dp * x
    return {"x": dx, "y": dy, "p": dp, "q": dq, "r": dr}
    ### END SOLUTION


# %% nbgrader={"grade_id": "backward-by-hand-test", "grade": true, "points": 3}
check.node_gradients(backward_by_hand)
### BEGIN HIDDEN TESTS
check.node_gradients(backward_by_hand, at=(-0.75, 1.5))
### END HIDDEN TESTS

# %% [markdown]
# ## 4 · When the graph is not the one that you mean
#
# Autograd differentiates the graph that it has recorded. That may be another graph than you believe. **Predict:**
# which of these four gives the right gradient of $\tanh^2 w$ at $w = 0.5$, which is 0.7269?

# %% tags=["autograder:skip"]
ways = {
    "torch.tanh(w) ** 2": lambda w: torch.tanh(w) ** 2,
    "torch.tanh(w) * torch.tanh(w)": lambda w: torch.tanh(w) * torch.tanh(w),
    "torch.tanh(w) * torch.tanh(w).item()": lambda w: torch.tanh(w) * torch.tanh(w).item(),
    "w * math.tanh(w.item()) ** 2 / w.item()": lambda w: w * math.tanh(w.item()) ** 2 / w.item(),
}
for name, way in ways.items():
    w = torch.tensor(0.5, requires_grad=True)
    value = way(w)
    value.backward()
    print(f"{name:42} value {value.item():.4f}  gradient {w.grad.item():.4f}")

# %% [markdown]
# <details><summary>What it means</summary>
#
# All four values agree, and two of the gradients are wrong, silently. `.item()` gives a plain number: to autograd it
# is a constant, and the paths through it are missing from the sum. In the third line one of two equal contributions
# is lost, so that half of the gradient is left.
# </details>

# %% [markdown]
# ### Exercise 4 · Find the bugs
#
# *Tricky, about 8 minutes, 2 points*
#
# A colleague wants to look into a layer. For inputs $x$ (n rows), weights $w$ and targets $t$ she needs two gradients
# of the mean squared error
#
# $$h = \tanh(x\,w), \qquad L = \frac1n\sum_{i=1}^n (h_i - t_i)^2,$$
#
# with respect to the weights $w$ *and* with respect to the hidden values $h$. Her function raises an error. When that
# one is mended, there is another error, and then a mistake without an error.


# %% nbgrader={"grade_id": "buggy", "locked": true}
def gradients_buggy(x, w, t):
    w = w.detach().clone().requires_grad_()
    h = torch.tensor([math.tanh(s) for s in (x @ w).tolist()], requires_grad=True)
    error = (h - t) ** 2
    error.backward()
    return w.grad, h.grad


# %% tags=["autograder:skip"]
try:
    gradients_buggy(torch.ones(3, 2), torch.tensor([0.5, -1.0]), torch.zeros(3))
except RuntimeError as error:
    print("RuntimeError:", error)

# %% [markdown]
# Repair it in `gradients_repaired`. It returns $\partial L/\partial w$ and $\partial L/\partial h$, in this order, and
# leaves what it was given as it was.
#
# <details><summary>Hint 1: where to begin</summary>
#
# On which single number should `backward()` be called? And then print what comes back: which of the two is None?
# </details>
# <details><summary>Hint 2: what comes next</summary>
#
# Follow the path from $w$ to $h$: does it stay in torch all along? Once it does, $h$ is no leaf any more. What
# becomes of the gradient of such a value?
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# There are three things to mend: $h$ must come from torch's own tanh of the product, the loss must be the mean, and $h$
# must be told to keep its gradient *before* the backward pass (or ask `torch.autograd.grad` for both gradients at
# once).
# </details>


# %% nbgrader={"grade_id": "find-bug", "solution": true}
def gradients_repaired(x: torch.Tensor, w: torch.Tensor, t: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Compute the gradients of mean((tanh(x w) − t)²) with respect to the weights and to the hidden values.

    Args:
        x: inputs, shape (n, d).
        w: weights, shape (d,). They are left as they were.
        t: targets, shape (n,).

    Returns:
        The gradient with respect to w, shape (d,), and the one with respect to h = tanh(x w), shape (n,).
    """
    ### BEGIN SOLUTION
    w = w.detach().clone().requires_grad_()
    h = torch.tanh(x @ w)
    h.retain_grad()
    loss = ((h - t) ** 2).mean()
    loss.backward()
    return w.grad, h.grad
    ### END SOLUTION


# %% nbgrader={"grade_id": "find-bug-test", "grade": true, "points": 2}
check.both_gradients(gradients_repaired)
### BEGIN HIDDEN TESTS
check.both_gradients(gradients_repaired, count=7, width=4)
### END HIDDEN TESTS

# %% [markdown]
# ## 5 · Build your own
#
# Now the engine. What must be stored with a number, so that a backward pass can go through it? Look at section 3
# again: at each node you needed its **value**, the nodes that it was **computed from**, and the **local slope**
# towards each of them. No more than that:
#
# | attribute | is | for $p = x\cdot y$ with $x = 2$, $y = 3$ |
# |---|---|---|
# | `data` | the value | 6.0 |
# | `parents` | the values that it was computed from | `(x, y)` |
# | `slopes` | how strongly it reacts to each of them | `(3.0, 2.0)` |
# | `grad` | the derivative of the result with respect to it | 0.0, until the backward pass |
#
# The forward pass writes the first three. A leaf, such as $x$ itself, has no parents and no slopes.
#
# **Predict:** what are `parents` and `slopes` of `s = x + y`? And of `x * x`?

# %% [markdown]
# ### Exercise 5 · A number that remembers
#
# *Straightforward, about 10 minutes, 3 points*
#
# Complete `Value` so that `a + b` and `a * b` give a new `Value` that remembers its parents and its slopes. Python
# calls `a.__add__(b)` for `a + b`, and `b.__radd__(a)` if `a` is a plain number. So `a + 2`, `2 + a`, `a * 2` and
# `2 * a` must work as well. Leave `__init__` as it is: everything that follows builds on it.
#
# <details><summary>Hint 1: where to begin</summary>
#
# Write `__add__` for two `Value`s first: which number is the new `data`, which two objects are its `parents`, and how
# much does a sum grow if one of its terms grows by a little?
# </details>
# <details><summary>Hint 2: plain numbers</summary>
#
# A plain number can be turned into a leaf: `Value(2)`. When does `other` need it? `isinstance(other, Value)` tells. A
# sum and a product don't care about the order, so the methods for numbers on the left can use those for the right.
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# `return Value(…, (self, other), (…, …))`. The parents are the objects themselves, no copies and no numbers. For a
# product, the slope towards `self` is the data of the *other*.
# </details>


# %% nbgrader={"grade_id": "value", "solution": true}
class Value:
    """A number that remembers how it was computed.

    Args:
        data: the number.
        parents: the values that it was computed from.
        slopes: its derivative with respect to each parent.
    """

    def __init__(self, data: float, parents: tuple["Value", ...] = (), slopes: tuple[float, ...] = ()) -> None:
        self.data = float(data)
        self.parents = tuple(parents)
        self.slopes = tuple(slopes)
        self.grad = 0.0

    def __repr__(self) -> str:
        return f"Value({self.data:.4g}, grad={self.grad:.4g})"

    def __add__(self, other: "Value | float") -> "Value":
        """Compute self + other; both are remembered as parents."""
        ### BEGIN SOLUTION
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, (self, other), (1.0, 1.0))
        ### END SOLUTION

    def __mul__(self, other: "Value | float") -> "Value":
        """Compute self · other; both are remembered as parents."""
        ### BEGIN SOLUTION
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, (self, other), (other.data, self.data))
        ### END SOLUTION

    def __radd__(self, other: float) -> "Value":
        """Compute other + self, for a plain number on the left."""
        ### BEGIN SOLUTION
        return self + other
        ### END SOLUTION

    def __rmul__(self, other: float) -> "Value":
        """Compute other · self, for a plain number on the left."""
        ### BEGIN SOLUTION
        return self * other
        ### END SOLUTION


# %% nbgrader={"grade_id": "value-test", "grade": true, "points": 3}
check.value_class(Value)
### BEGIN HIDDEN TESTS
check.value_class(Value, between=(-3, -1))
### END HIDDEN TESTS

# %% tags=["autograder:skip"]
x, y = Value(2), Value(3)
p = x * y
print("p          ", p)
print("its parents", p.parents)
print("its slopes ", p.slopes)
print("x * x has the slopes", (x * x).slopes, "towards one and the same parent:", (x * x).parents[0] is x)

# %% [markdown]
# ### Exercise 6 · More rules
#
# *Straightforward, about 9 minutes, 3 points*
#
# An engine can do as many things as it has rules for. Four more, each a function of `Value`s that returns a new
# `Value`:
#
# $$\text{power}(a, n) = a^n, \qquad \text{exp}(a) = e^a, \qquad \tanh(a), \qquad \text{divide}(a, b) = \frac ab .$$
#
# The exponent $n$ is a plain number, of any sign, whole or not. `math.exp` and `math.tanh` compute plain numbers. You
# need the constructor of `Value` alone: this works even if your product doesn't yet.
#
# <details><summary>Hint 1: where to begin</summary>
#
# All four have the same form: compute a number, write down the parents, write down one slope for each parent. Only the
# slopes need thought.
# </details>
# <details><summary>Hint 2: reuse the result</summary>
#
# Two of the slopes are easiest to write with the *result*: the exponential's, and that of tanh (section 3).
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# A quotient has two parents. Towards the numerator the slope is one over the denominator. For the other one, hold $a$
# still and differentiate $a \cdot b^{-1}$ with the rule for powers. Mind the sign.
# </details>


# %% nbgrader={"grade_id": "rules", "solution": true}
def power(a: Value, n: float) -> Value:
    """Compute a to the power of a plain number n."""
    ### BEGIN SOLUTION
    return Value(a.data**n, (a,), (n * a.data ** (n - 1),))
    ### END SOLUTION


def exp(a: Value) -> Value:
    """Compute e to the power of a."""
    ### BEGIN SOLUTION
    result = math.exp(a.data)
    return Value(result, (a,), (result,))
    ### END SOLUTION


def tanh(a: Value) -> Value:
    """Compute the hyperbolic tangent of a."""
    ### BEGIN SOLUTION
    result = math.tanh(a.data)
    return Value(result, (a,), (1 - result**2,))
    ### END SOLUTION


def divide(a: Value, b: Value) -> Value:
    """Compute a over b."""
    ### BEGIN SOLUTION
    return Value(a.data / b.data, (a, b), (1 / b.data, -a.data / b.data**2))
    ### END SOLUTION


# %% nbgrader={"grade_id": "rules-test", "grade": true, "points": 3}
check.local_rules(Value, power, exp, tanh, divide)
### BEGIN HIDDEN TESTS
check.local_rules(Value, power, exp, tanh, divide, exponents=(4, -1.5, 0.5))
### END HIDDEN TESTS

# %% [markdown]
# Minus needs no rule of its own: $-a$ is $(-1)\cdot a$, and $a - b$ is $a + (-b)$. With this, `Value` can do what a
# plain number can do.


# %%
def as_value(number: Value | float) -> Value:
    """A plain number as a leaf; a Value as it is."""
    return number if isinstance(number, Value) else Value(number)


Value.__pow__ = power
Value.exp = exp
Value.tanh = tanh
Value.__neg__ = lambda a: -1 * a
Value.__sub__ = lambda a, b: a + -as_value(b)
Value.__rsub__ = lambda b, a: as_value(a) + -b
Value.__truediv__ = lambda a, b: divide(a, as_value(b))
Value.__rtruediv__ = lambda b, a: divide(as_value(a), b)

x = Value(0.5)
print("(1 - x) / x ** 2 =", ((1 - x) / x**2).data)

# %% [markdown]
# ### A billion paths
#
# In one sentence, section 3 says: a gradient is a **sum over all paths** from the result back to the value, and each
# path contributes the product of its slopes. The shortest backward pass does just that, path by path. Here it is; it
# counts its visits. A value is doubled again and again: `x = x + x`.
#
# **Predict:** 10 doublings give 10 sums and 20 edges. How many paths lead from the result back to $x$? And how long
# would it take to follow those of 30 doublings: seconds, minutes, a day?


# %% tags=["autograder:skip"]
def follow_every_path(value: Value, product: float = 1.0) -> int:
    """Add each path's product of slopes to the gradients along it; return how many values were visited."""
    value.grad += product
    visits = 1
    for parent, slope_towards in zip(value.parents, value.slopes):
        visits += follow_every_path(parent, product * slope_towards)
    return visits


def doubled(times: int) -> tuple[Value, Value]:
    """A leaf, and what `x = x + x` makes of it after so many times."""
    x = leaf = Value(1)
    for _ in range(times):
        x = x + x
    return leaf, x


print("doublings  edges   paths  visits  gradient")
for times in (1, 2, 3, 10, 14):
    leaf, result = doubled(times)
    visits = follow_every_path(result)
    print(f"{times:>9}{2 * times:>7}{2**times:>8}{visits:>8}{leaf.grad:>10g}")

# %% tags=["autograder:skip", "nbval-ignore-output"]
seconds = {}
for times in (10, 12, 14, 16):
    _, result = doubled(times)
    begin = time.perf_counter()
    follow_every_path(result)
    seconds[times] = time.perf_counter() - begin
    print(f"{times} doublings, path by path: {seconds[times]:.4f} s")
minutes, years = seconds[16] * 2**14 / 60, seconds[16] * 2**44 / 3.2e7
print(f"30 doublings would take about {minutes:.0f} minutes, and 60 of them {years:,.0f} years")

# %% tags=["autograder:skip", "nbval-ignore-output"]
figures.paths_and_edges(30, title="Thirty times x = x + x: count the paths, and the edges")

# %% [markdown]
# <details><summary>What it means</summary>
#
# Each doubling offers two edges, so there are $2 \cdot 2 \cdots 2 = 2^n$ paths. The gradients are right,
# and the time doubles with every sum. Networks are like this: every neuron of a layer uses every neuron of the layer
# before, and 10 layers of 100 neurons have $100^{10}$ paths.
#
# The way out is the distributive law, $ac + ad + bc + bd = (a + b)(c + d)$: four paths, and a single product, if one
# adds *before* one multiplies. A value that waits until everything has arrived sends **one** number along each of its
# edges, for all the paths behind it. Next: the order in which they wait.
# </details>

# %% [markdown]
# ### Exercise 7 · Who comes before whom?
#
# *Tricky, about 10 minutes, 3 points*
#
# The backward pass visits each value once. So it must not come to a value before all its users have sent their
# contributions, and it needs an order: a list in which **each value stands after all those that it is computed
# from**, each of them once. This is a *topological order*; the backward pass reads it from the end.
#
# **Predict:** for `p = x * y`, `q = p + x`, `L = p * q`, which of these are topological orders: `x y p q L`,
# `y x p q L`, `x p y q L`, `x y q p L`?
#
# Write `topological_order(root)`: a list of `root` and all the values that it depends on. It ends with `root`. Go by
# `parents` alone.
#
# <details><summary>Hint 1: where to begin</summary>
#
# "Put all my parents into the list, then myself." If every value does that, the order is right. What keeps a value with
# two users from getting in twice?
# </details>
# <details><summary>Hint 2: long chains</summary>
#
# A loop that adds up 5000 terms gives a graph 5000 levels deep, and a function that calls itself once for each level
# stops with a `RecursionError` at about 1000 (3000 in some notebooks). The hidden tests try a long chain. Keep a list
# of your own, a *stack*, of what is still to be done.
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# Put pairs `(value, ready)` on the stack. Take one off. If it is ready, append the value to the order. If not, and if
# it has not been seen: note it in a set, put it back as ready, then put its parents on top as not ready.
# </details>


# %% nbgrader={"grade_id": "order", "solution": true}
def topological_order(root: Value) -> list[Value]:
    """List a value and all those that it depends on, each after all those that it is computed from, each once."""
    ### BEGIN SOLUTION
    order, seen, stack = [], set(), [(root, False)]
    while stack:
        value, ready = stack.pop()
        if ready:
            order.append(value)
        elif value not in seen:
            seen.add(value)
            stack.append((value, True))
            stack += [(parent, False) for parent in value.parents]
    return order
    ### END SOLUTION


# %% nbgrader={"grade_id": "order-test", "grade": true, "points": 3}
check.topological_order(topological_order, Value)
### BEGIN HIDDEN TESTS
check.topological_order(topological_order, Value, deep=1000)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Your prediction</summary>
#
# The first two are topological orders: it does not matter whether $x$ or $y$ comes first. In the third, $p$ stands
# before its parent $y$; in the fourth, $q$ before its parent $p$.
# </details>

# %% [markdown]
# And a long chain, as in a loop of 5000 rounds. A function that calls itself for each level stops here with an error.

# %% tags=["autograder:skip"]
link = Value(0)
for _ in range(5000):
    link = Value(0, (link,), (1.0,))
print("values in the order:", len(topological_order(link)))

# %% [markdown]
# ### Exercise 8 · The backward pass
#
# *A few lines and each of them matters, about 8 minutes, 3 points*
#
# Write `backward(order)`. It is given a topological order and fills `grad` of every value in it with the derivative of
# the **last** one. When it is called, all `grad` are 0.0. The parents of a value stand in the list before it.
#
# Only numbers and the two rules of section 3 remain: along an edge, multiply; where paths meet, add.
#
# <details><summary>Hint 1: where to begin</summary>
#
# Which gradient do you know without any computation? Which value is next, and to whom does it send something?
# </details>
# <details><summary>Hint 2: the loop</summary>
#
# Go through the list from its end. Each value sends to each of its parents its own gradient times the slope towards
# that parent: `zip(value.parents, value.slopes)`.
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# A parent may have got something from another user before. What must happen to it when the next contribution comes?
# Think of $x \cdot x$: the same parent twice.
# </details>


# %% nbgrader={"grade_id": "backward", "solution": true}
def backward(order: list[Value]) -> None:
    """Fill `grad` of all values with the derivative of the last one with respect to them.

    Args:
        order: values, each after all those that it is computed from.
    """
    ### BEGIN SOLUTION
    order[-1].grad = 1.0
    for value in reversed(order):
        for parent, slope_towards in zip(value.parents, value.slopes, strict=True):
            parent.grad += slope_towards * value.grad
    ### END SOLUTION


# %% nbgrader={"grade_id": "backward-test", "grade": true, "points": 3}
check.backward_pass(backward, Value)
### BEGIN HIDDEN TESTS
check.backward_pass(backward, Value, count=24)
### END HIDDEN TESTS

# %% [markdown]
# ## 6 · It runs
#
# Put together:


# %% tags=["autograder:skip"]
def gradients(f: Callable[..., Value], *numbers: float) -> list[float]:
    """The derivative of f with respect to each of its arguments, by your own engine."""
    inputs = [Value(number) for number in numbers]
    backward(topological_order(f(*inputs)))
    return [value.grad for value in inputs]


print("L = p·q from section 3:", gradients(lambda x, y: (x * y) * (x * y + x), 2, 3))
print("x·x at 5:              ", gradients(lambda x: x * x, 5))

# %% [markdown]
# And the doublings, now in your order. Each edge is used once. **Predict:** how long do 30 doublings take? And 1000, with
# $2^{1000}$ paths, a number of 302 digits?

# %% tags=["autograder:skip"]
for times in (16, 30, 1000):
    leaf, result = doubled(times)
    order = topological_order(result)
    backward(order)
    edges = sum(len(value.parents) for value in order)
    print(f"{times:>4} doublings: {edges:>4} edges, gradient {leaf.grad:.6g}, right: {leaf.grad == 2.0**times}")

# %% tags=["autograder:skip", "nbval-ignore-output"]
for times in (16, 30, 1000):
    _, result = doubled(times)
    begin = time.perf_counter()
    backward(topological_order(result))
    print(f"{times:>4} doublings, in order: {time.perf_counter() - begin:.4f} s")
print(f"(path by path, 16 doublings took {seconds[16]:.4f} s)")

# %% [markdown]
# That is the reason for the order, and for **reverse mode**, the name of this way to differentiate. The graph has
# exponentially many paths, and a pass in order sums over all of them in a time that grows with the number of *edges*.
# A pass from the inputs forward could share in the same way, but it would give the derivative with respect to *one*
# input. A loss is one number and has millions of inputs. So one begins at its end.

# %% [markdown]
# Now the real test: random expressions with sums, products, quotients, powers, exp and tanh, in which values are used
# several times, differentiated by your engine and by PyTorch.

# %% tags=["autograder:skip"]
print("x/(x+1) at 1:", gradients(lambda x: x / (x + 1), 1))
torch.manual_seed(2)
check.engine(gradients)

# %% [markdown]
# And here is the graph of Exercise 3, drawn from your own objects. The number on an edge is the local slope that your
# forward pass wrote down. Step back from the right and check a few: *multiply along an edge, add where paths meet*.
# Do the engine and your paper agree?

# %% tags=["autograder:skip"]
x, y = Value(0.5), Value(1)
p = x * y
q = p + x
r = tanh(q)
L = r * p
order = topological_order(L)
backward(order)
named = {"x": x, "y": y, "p": p, "q": q, "r": r}
print("paper ", {name: round(float(number), 4) for name, number in backward_by_hand(0.5, 1.0).items()})
print("engine", {name: round(value.grad, 4) for name, value in named.items()})

# %% tags=["autograder:skip", "nbval-ignore-output"]
figures.slope_graph(order, names=named | {"L": L}, title="p = x·y, q = p + x, r = tanh q, L = r·p, by your engine")

# %% [markdown]
# ### Predict · Backward twice, by your engine
#
# PyTorch adds a second gradient to the first one in `.grad`. What does yours do for $x \cdot x$ at $x = 5$?

# %% tags=["autograder:skip"]
x = Value(5)
order = topological_order(x * x)
for turn in ("once", "twice"):
    backward(order)
    print(f"{turn:6}{x.grad:g}")

# %% [markdown]
# <details><summary>What it means</summary>
#
# With the `+=` that the sum over several paths needs, it adds as well, and for the same reason: a backward pass can't
# know whether what it finds in `grad` came over another path in *this* pass or from an earlier pass. PyTorch leaves
# the emptying to you. (If your `backward` empties all `grad` first, you see 10 twice. That is right, too, as long as
# nobody wants to add up several passes.)
# </details>

# %% [markdown]
# ## Optional · A network, trained by your engine
#
# *About 6 minutes more.* Four points, and the answer is "exactly one of the two is positive". No straight line separates the two classes, so
# one neuron can't do it: it takes a hidden layer. Three hidden neurons, $\tanh(w_1 x_1 + w_2 x_2 + b)$ each, and one
# output neuron that combines them: 13 weights, trained by gradient descent on the mean squared error. *The same
# functions* run on `Value`s and on tensors, since both have `+`, `-`, `*`, `/` and `tanh`.
#
# **Predict:** will the loss of your engine and that of PyTorch agree roughly, to some digits, or to nearly all
# digits?


# %% tags=["autograder:skip"]
POINTS = [(-1.0, -1.0), (-1.0, 1.0), (1.0, -1.0), (1.0, 1.0)]
TARGETS = [-1.0, 1.0, 1.0, -1.0]


def network(w, x1, x2):
    """Three hidden neurons and an output neuron; works for anything that has +, * and tanh."""
    hidden = [(w[k] * x1 + w[k + 1] * x2 + w[k + 2]).tanh() for k in (0, 3, 6)]
    return (w[9] * hidden[0] + w[10] * hidden[1] + w[11] * hidden[2] + w[12]).tanh()


def loss_of(w):
    """The mean squared error over the four points."""
    errors = [network(w, x1, x2) - target for (x1, x2), target in zip(POINTS, TARGETS, strict=True)]
    return sum(error * error for error in errors) / len(errors)


torch.manual_seed(5)
first_weights = torch.randn(13, dtype=torch.float64).tolist()

mine, weights = [], list(first_weights)
for _ in range(120):
    w = [Value(number) for number in weights]
    loss = loss_of(w)
    backward(topological_order(loss))
    mine.append(loss.data)
    weights = [value.data - 0.5 * value.grad for value in w]

theirs, weights_in_torch = [], torch.tensor(first_weights, dtype=torch.float64, requires_grad=True)
for _ in range(120):
    loss = loss_of(weights_in_torch)
    (slopes,) = torch.autograd.grad(loss, weights_in_torch)
    theirs.append(loss.item())
    with torch.no_grad():
        weights_in_torch -= 0.5 * slopes

print("step   your engine   PyTorch")
for number in (0, 10, 30, 60, 119):
    print(f"{number:>4}{mine[number]:>14.6f}{theirs[number]:>10.6f}")
largest = max(abs(a - b) for a, b in zip(mine, theirs, strict=True))
print("they differ by less than 1e-9:", largest < 1e-9)
trained = [Value(number) for number in weights]
answers = [network(trained, *point).data for point in POINTS]
print("answers", [round(answer, 2) for answer in answers], "wanted", TARGETS)

# %% tags=["autograder:skip", "nbval-ignore-output"]
figures.progress(
    {"your engine": mine, "PyTorch": theirs}, quantity="loss", title="The same network, two engines, one curve"
)

# %% [markdown]
# To nearly all digits: the two engines apply the same rules, and only round in another order. So there is no secret
# in autograd: it is what you have just written, for tensors instead of numbers, with some hundred rules instead of
# six, and in C++. *Your* engine has about fifty lines:
#
# - `Value`: a number, its parents, its slopes (the **dynamic graph**, recorded while Python runs);
# - one rule for each operation (PyTorch's `MulBackward0`, `TanhBackward0`, …);
# - a topological order, read backwards;
# - one line that multiplies and adds.

# %% [markdown]
# ## 7 · What to take along
#
# The last column is the name under which a check reports the mistake.
#
# | You write | and get | because | name |
# |---|---|---|---|
# | $\cos 2x$ for the slope of $\sin 2x$ | half of it | each step has a slope, the innermost too | missing-inner-derivative |
# | $v\,e^{v-1}$ for the slope of $e^v$ | nonsense | the rule for powers is not for exponentials | exp-derivative |
# | a square's slope without the 2 | half of it | read the rule again, sign by sign | wrong-coefficient |
# | the gradient of a sum where a mean was asked | n times too much | the mean's local slope is 1/n | sum-for-mean |
# | `parent.grad = …` in a backward pass | right, until a value is used twice | contributions must be added | overwrites-accumulation |
# | `.item()`, `math.tanh`, `torch.tensor(t.tolist())`, a result without parents | a gradient that lacks a part, or all | the graph ends where you leave it | graph-cut |
# | `backward()` on a vector of errors | "only for scalar outputs" | a gradient belongs to one number | backward-on-vector |
# | `h.grad` of a computed `h` | None | only leaves keep theirs, unless `retain_grad()` asks | grad-of-intermediate |
# | two backward passes on one graph | "a second time" | the first one has used the graph up | backward-twice |
#
# - **Chain rule:** the gradient of the user times the local slope, each slope at its forward value.
# - **Several paths:** add. That is why `.grad` accumulates.
# - **Topological order, read backwards:** a value sends its gradient on once, when all of it has arrived. So the work
#   grows with the edges, not with the paths.
#
# **Three links**
#
# - [micrograd](https://github.com/karpathy/micrograd), by Andrej Karpathy: an engine like yours, in about a hundred
#   lines.
# - [Calculus on computational graphs](https://colah.github.io/posts/2015-08-Backprop/), by Christopher Olah: forward
#   and reverse mode, with pictures.
# - [Learning representations by back-propagating errors](https://doi.org/10.1038/323533a0), by Rumelhart, Hinton and
#   Williams (1986): the four pages that made the method known.

# %% [markdown]
# ### Open question · Why backwards?
#
# *About 8 minutes, 4 points, read by a person*
#
# A friend builds an engine, too, but hers goes *forward*: for one weight $w_k$ she starts with the slope 1 and carries
# along $\partial v / \partial w_k$ for each value $v$ of the computation, until she reaches the loss. It gives the
# right number. For the next weight she starts again.
#
# Explain in 6 to 12 sentences, with what you saw in this lab, (a) how the work of the two engines compares for a
# network with a million weights and one loss, and why; (b) for what kind of function hers would be the better one;
# (c) why the backward engine needs an order, and what exactly is lost at a value that is used twice if it sends its
# gradient on once and too early; (d) why `+=` and not `=`, and what that has to do with a habit of PyTorch's `.grad`
# that surprises every beginner.

# %% [markdown] nbgrader={"grade_id": "explain", "grade": true, "solution": true, "points": 4}
# Her engine needs one pass through the whole computation for each weight, a million passes for a million weights. The
# backward engine starts at the loss and carries along the derivative of that one number with respect to each value;
# when it arrives at the weights, it has the derivatives for all of them, after a single pass that costs about as much
# as the forward pass. This works since what a value receives, the slope times what came from above, is shared by
# everything before it. If there were one input and a million outputs, hers would be the better one: one forward pass
# gives the derivatives of all outputs, and the backward engine would need one pass for each output. The backward
# engine needs the topological order so that each value can send its gradient on once, when it has all of it. In
# section 3, p was used by q and by L. Had it sent on only the 8 from L, before the 6 from q came, x would have got 30
# in place of 48; and sending twice would double the work at every such value. And the contributions of all users are
# added since a small change of p changes L in both ways at once; `=` would keep the last one only. PyTorch adds into
# `.grad` for the same reason, and since it can't know whether another backward pass belongs to the same sum, it never
# empties it: that is for the training loop to do.
#
# **Mark scheme**
#
# One point for each of these, half a point where it is named without a reason:
#
# 1. One backward pass for all weights against one forward pass for each weight, with the reason: the derivative of one
#    loss with respect to each value is computed once and shared.
# 2. Forward is better where there are few inputs and many outputs.
# 3. The order: a value that sends on once must have received from all its users before; says what is lost otherwise
#    (evidence: the table of section 3 or Exercise 7).
# 4. The sum over all paths is the chain rule for a value used twice; `.grad` accumulates for this reason, and so it
#    must be emptied between steps.
