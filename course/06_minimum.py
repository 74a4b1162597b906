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
# # Walking downhill
#
# A hiker stands on a hilly landscape in thick fog. She cannot see the valley, but she feels under her boots which way
# the ground falls. So she takes a step that way, feels again, and steps again. That is gradient descent. Almost every
# neural network is trained with it, or with a relative of it.
#
# In this lab the landscape has two coordinates instead of a billion. So you can *see* what is going on: where the
# walk ends, when it fails, and that the start decides in which valley it ends.
#
# **When you are done, you can**
#
# - say what a forward pass, a backward pass and an optimisation step are, and write all three;
# - predict which tensors have `requires_grad=True`, and what `.grad` holds after one, two, three backward passes;
# - compare learning rates fairly, and compute the largest one that is still stable;
# - move ten thousand points downhill at once, without a loop over them;
# - check autograd against a gradient of your own.
#
# **Time:** about 90 minutes. **Points:** 23.
# **You need:** partial derivatives, the chain rule, Python functions, and that a tensor is an array that PyTorch can
# compute with.
#
# **How to work.** Where it says *predict*, commit yourself: write the letter of your guess into the cell below, and run
# it before the next one. A wrong guess that you notice teaches more than a right answer that you read; nothing of it is
# graded. Where it says *exercise*, replace the placeholder and run the check below it as often as you like. Hints are
# folded; each gives away more than the one before.

# %% [markdown]
# ## 0 · Tools and device

# %% nbgrader={"grade_id": "imports", "locked": true}
import math
import shutil
import time
import warnings
from collections.abc import Callable

import numpy as np
import torch
from IPython.display import display

import gradlab
from gradlab import check, figures, graph
from gradlab.notebook.predictions import Predictions

predictions = Predictions("06_minimum")

# %% [markdown]
# The same code runs on a graphics card (GPU) or on the processor (CPU). Which of the two a tensor lives on is called its
# *device*, and tensors that meet in one operation must live on the same one.

# %% tags=["autograder:skip", "nbval-ignore-output"]
device = gradlab.device()
print("torch ", torch.__version__)
print("device", device)
if device.type == "cuda":
    print("GPU   ", torch.cuda.get_device_name(device))

# %% [markdown]
# ## 1 · The landscape
#
# Everything here happens on one surface,
#
# $$f(x_1, x_2) = \sin x_1 \cdot \cos x_2 + \sin\frac{x_1}{2} \cdot \cos\frac{x_2}{2},
# \qquad (x_1, x_2) \in [0, 10]^2 .$$
#
# It has hills, several valleys of different depth, and saddles between them, which makes it a good small model of
# the *loss* of a neural network. There, $x$ would be all the weights $w$ of the network, and $f$ would be the loss $L$
# that says how badly the network does.

# %% [markdown]
# ### Exercise 1 · The surface
#
# *Easy, about 5 minutes, 2 points*
#
# Write `f`. The two coordinates of a point stand in the **last** axis of `x`. All axes before it count points, and there
# may be none, one or several of them: one point of shape `(2,)` gives one number, a thousand points of shape
# `(1000, 2)` give a thousand numbers. No loop is needed.
#
# <details><summary>Hint 1: where to begin</summary>
#
# Take the coordinates apart first. How do you index the last axis if you do not know how many come before it?
# </details>
# <details><summary>Hint 2: the index</summary>
#
# An ellipsis `...` in an index stands for "all the axes that I did not name".
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# `x[..., 0]` is the first coordinate of every point. PyTorch's own `torch.sin` and `torch.cos` take whole tensors;
# the functions in `math` take one plain number and would cut the point off from autograd.
# </details>


# %% nbgrader={"grade_id": "surface", "solution": true}
def f(x: torch.Tensor) -> torch.Tensor:
    """Compute the height of the surface.

    Args:
        x: points, shape (..., 2).

    Returns:
        Their heights, shape (...).
    """
    ### BEGIN SOLUTION
    x1, x2 = x[..., 0], x[..., 1]
    return torch.sin(x1) * torch.cos(x2) + torch.sin(x1 / 2) * torch.cos(x2 / 2)
    ### END SOLUTION


# %% nbgrader={"grade_id": "surface-test", "grade": true, "points": 2}
# The check tells you what it saw. Run it as often as you like.
check.surface(f)
### BEGIN HIDDEN TESTS
heights = f(40 * torch.rand(3, 5, 2, dtype=torch.float64) - 20)
assert tuple(heights.shape) == (3, 5), "A tensor of shape (3, 5, 2) holds 15 points and must give 15 heights."
assert tuple(f(torch.rand(2, dtype=torch.float64)).shape) == (), "One point of shape (2,) must give a single height."
### END HIDDEN TESTS

# %% [markdown]
# Here it is, from above and from the side, on a grid of 100 × 100 points. Where is the deepest valley? And where would a
# hiker have to begin to walk right past it?

# %% tags=["autograder:skip", "nbval-ignore-output"]
figures.contour(f, title="f from above")

# %% tags=["autograder:skip", "nbval-ignore-output"]
figures.surface(f, title="f from the side")

# %% [markdown]
# ## 2 · Which way is down?
#
# The **gradient** collects the partial derivatives:
#
# $$\nabla f(x) = \left(\frac{\partial f}{\partial x_1},\; \frac{\partial f}{\partial x_2}\right).$$
#
# It points where $f$ grows fastest, at right angles to the contour line through $x$. Its length says how steep it is
# there. So downhill is $-\nabla f(x)$.
#
# PyTorch computes it in two passes.
#
# - **Forward pass:** it evaluates $f$ and records every operation in the computational graph.
# - **Backward pass:** it goes through this graph from the result to the inputs, multiplies by the derivative of each
#   step, and adds where paths meet: the chain rule.

# %% tags=["autograder:skip"]
x = torch.tensor([1.0, 2.0], requires_grad=True)  # record what is computed from this tensor
y = f(x)  # forward pass
print(f"f(1, 2) = {y.item():.4f}, requires_grad: {y.requires_grad}")

y.backward()  # backward pass
print(f"gradient: ({x.grad[0]:.4f}, {x.grad[1]:.4f})")

# %% [markdown]
# The picture below replays both passes for this point. Values (above a node) go forward; gradients (∂, below a node)
# come back. The number on an edge, after ×, is the derivative of that step. Move the slider, or press play. Two
# things to look for:
#
# - At a product, each factor receives *the other factor* times what came from the right.
# - Each coordinate is used twice. What comes back along the two paths is **added**.

# %% tags=["autograder:skip", "nbval-ignore-output"]
graph.draw(f, x=torch.tensor([1.0, 2.0]), title="f at (1, 2), forward and backward")

# %% [markdown]
# The package torchviz draws the graph that PyTorch itself has recorded. `AddBackward0` is the operation that carries
# a gradient back through a sum; `AccumulateGrad` is the place where it is put into `x.grad`.

# %% tags=["autograder:skip", "nbval-ignore-output"]
if shutil.which("dot"):
    from torchviz import make_dot

    display(make_dot(f(x), params={"x": x}))
else:
    print("Graphviz (the program `dot`) is not installed here. The graph above shows the same.")

# %% [markdown]
# ### Three minutes of recall
#
# You have met all of this in labs 01 and 03. Say it aloud before you run the cell: which of the three tensors has
# `requires_grad=True`, and which is a leaf? What does the second number of `x.grad` look like after three backward
# passes, if its slope is −0.9669? And may one call `backward()` on three heights?

# %% tags=["autograder:skip"]
watched = torch.tensor([1.0, 2.0], requires_grad=True)
tensors = {
    "watched * 10": watched * 10,
    "watched.detach()": watched.detach(),
    "(rand(2) * 10).requires_grad_()": (torch.rand(2) * 10).requires_grad_(),
}
for name, tensor in tensors.items():
    print(f"{name:34}requires_grad: {tensor.requires_grad!s:7}is_leaf: {tensor.is_leaf}")

x = torch.tensor([1.0, 2.0], requires_grad=True)
for round_number in (1, 2, 3):
    f(x).backward()
    print(f"after round {round_number}: {x.grad[1]:.4f}")

points = torch.tensor([[1.0, 2.0], [5.0, 6.0], [8.0, 3.0]], requires_grad=True)
values = f(points)
try:
    values.backward()
except RuntimeError as error:
    print("RuntimeError:", error)

# %% [markdown]
# Scale first, then set `requires_grad`; `backward()` *adds*; a vector needs a sum, or a `v`.
#
# A vector of heights has no single gradient. Its derivative is a matrix, the **Jacobian** $J$ with one row for each height
# and one column for each coordinate. `backward(v)` asks for one number of our choice instead: it computes the
# *vector–Jacobian product* $J^\top v$, which is the gradient of $v_1 f_1 + v_2 f_2 + \dots$
#
# Choose $v = (1, 1, \dots, 1)$ and you get the gradient of the **sum** of the heights. And since the height of a point
# depends on no other point, the sum keeps the points apart: row $i$ of the result is just the gradient at point $i$.

# %% tags=["autograder:skip"]
values.backward(torch.ones_like(values))
together = points.grad.clone()
one_by_one = torch.stack([torch.autograd.grad(f(point), point)[0] for point in points])
print("all at once equals one by one:", torch.allclose(together, one_by_one))

points.grad = None
f(points).sum().backward()
print("and equals the gradient of the sum:", torch.allclose(together, points.grad))

# %% [markdown]
# Remember this trick: it will move ten thousand points with one backward pass in section 5.
#
# ### Aside · From a landscape to a classifier
#
# What would $f$ be for a network that tells cats from dogs from birds? The network gives three plain numbers, one for each
# class, the **logits** $z$. **Softmax** turns them into probabilities,
#
# $$p_k = \frac{e^{z_k}}{\sum_j e^{z_j}},$$
#
# and the loss is $L = -\log p_{\text{true class}}$. Its gradient with respect to the logits has a simple form: *what
# the network believes, minus what is true*.

# %% tags=["autograder:skip"]
logits = torch.tensor([2.0, 1.0, 0.0], requires_grad=True)
probabilities = torch.softmax(logits, dim=0)
loss = -torch.log(probabilities[0])  # the picture shows class 0
loss.backward()
print("probabilities", [round(p, 3) for p in probabilities.tolist()])
print("their sum    ", round(probabilities.sum().item(), 3))
print("gradient     ", [round(g, 3) for g in logits.grad.tolist()])

# %% [markdown]
# The first number of the gradient is negative: a step *against* it raises the logit of the true class. From here on,
# all is the same for a network and for our hiker.
#
# ## 3 · Walk
#
# One **optimisation step** moves the weights a little way against the gradient of the loss:
#
# $$w_{t+1} = w_t - \eta\,\nabla L(w_t).$$
#
# The number $\eta$ is the **learning rate**. For us, $w$ is the point $x$ and $L$ is the surface $f$.

# %% [markdown]
# ### Exercise 2 · Walk downhill
#
# *Straightforward, about 10 minutes, 3 points*
#
# $$x_{t+1} = x_t - \eta\,\nabla f(x_t)$$
#
# Write `descend`. It starts at `start`, makes `steps` steps of learning rate `lr`, and returns every point that it has
# stood on, the start included: `steps + 1` rows. It must work for *any* scalar function of a point, not only for ours.
#
# **Before you write it:** if you never empty `.grad`, will the path be shorter, longer, or the same? Write down a guess.
# You will meet it again right after the check.
#
# <details><summary>Hint 1: where to begin</summary>
#
# You need a tensor that autograd watches. Is `start` one? What happens to `start` itself if you step in place?
# </details>
# <details><summary>Hint 2: the loop</summary>
#
# Four things happen in each round: remember the point, compute f, go backward, move. Autograd must not record the
# move.
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# `x = start.detach().clone().requires_grad_()` makes a fresh leaf. Inside `with torch.no_grad():` step in place with
# `-=`, then empty `.grad`: `x.grad.zero_()`.
# </details>


# %% nbgrader={"grade_id": "descend", "solution": true}
def descend(
    f: Callable[[torch.Tensor], torch.Tensor],
    start: torch.Tensor,
    lr: float,
    steps: int,
) -> torch.Tensor:
    """Follow the negative gradient of a scalar function.

    Args:
        f: maps a point of shape (d,) to a scalar tensor.
        start: where to begin, shape (d,). It is left as it was.
        lr: learning rate η.
        steps: how many steps to make.

    Returns:
        The path, shape (steps + 1, d); its first row is ``start``.
    """
    ### BEGIN SOLUTION
    x = start.detach().clone().requires_grad_()
    path = [x.detach().clone()]
    for _ in range(steps):
        f(x).backward()
        with torch.no_grad():
            x -= lr * x.grad
            x.grad.zero_()
        path.append(x.detach().clone())
    return torch.stack(path)
    ### END SOLUTION


# %% nbgrader={"grade_id": "descend-test", "grade": true, "points": 3}
# The check tells you what it saw. Run it as often as you like.
check.descent(descend, on=f)
### BEGIN HIDDEN TESTS
start = torch.rand(2, dtype=torch.float64) * 10
check.descent(descend, on=lambda x: (x[0] - 1) ** 2 + 10 * (x[1] + 2) ** 2, start=start, lr=0.03, steps=9)
check.descent(descend, on=lambda x: torch.sin(x).sum() * torch.exp(-(x**2).sum() / 50), start=start, lr=0.2, steps=5)
check.unchanged(start, after=lambda: descend(f, start, 0.1, 3))
### END HIDDEN TESTS

# %% [markdown]
# Now a walk from a random start, with $\eta = 0.1$ and 100 steps. The seed makes "random" the same for everybody.

# %% tags=["autograder:skip"]
torch.manual_seed(14)
start = 10 * torch.rand(2, dtype=torch.float64)
path = torch.as_tensor(descend(f, start, lr=0.1, steps=100))
end = path[-1]
print(f"start f({start[0]:.4f}, {start[1]:.4f}) = {f(start):.4f}")
print(f"end   f({end[0]:.4f}, {end[1]:.4f}) = {f(end):.4f}")

# %% tags=["autograder:skip", "nbval-ignore-output"]
figures.trajectories(f, path, title="One walk: 100 steps with η = 0.1")

# %% [markdown]
# The steps get shorter by themselves as the ground gets flatter: their length is $\eta\,\|\nabla f\|$. And each step
# leaves at right angles to the contour line.
#
# **Your guess about `.grad`.** The cell below is that mistake, written out: `bucket` is what `.grad` would hold.

# %% tags=["autograder:skip", "nbval-ignore-output"]
point, bucket, forgetful = start.clone(), torch.zeros(2, dtype=torch.float64), [start]
for _ in range(100):
    point.requires_grad_()
    (slope,) = torch.autograd.grad(f(point), point)
    bucket = bucket + slope  # never emptied
    point = (point - 0.1 * bucket).detach()
    forgetful.append(point)
figures.trajectories(f, torch.stack(forgetful), title="`.grad` is never emptied")

# %% [markdown]
# It is longer: the hiker moves like a ball without friction. Each step is the sum of all slopes so far, so it goes
# too far and up the other side of the valley. There is no error and no warning, only a strange picture.

# %% [markdown]
# ## 4 · How long a step?
#
# Which learning rate is best: 0.01, 0.1 or 0.5? Let us ask three hikers, each with a rate of their own, each dropped at a
# random place, and compare how deep they get in 100 steps.

# %% tags=["autograder:skip"]
torch.manual_seed(17)
for rate in (0.01, 0.1, 0.5):
    somewhere = 10 * torch.rand(2, dtype=torch.float64)
    print(f"η = {rate:<4}  reaches f = {f(torch.as_tensor(descend(f, somewhere, rate, 100))[-1]):.3f}")

# %% [markdown]
# So the smallest rate wins, and by far? **Stop here for a minute.** What is wrong with this experiment?
#
# <details><summary>What is wrong</summary>
#
# Two things changed at once: the rate *and* the start. The first hiker happened to be dropped above a deeper valley
# than the others. With other seeds, another rate "wins". An experiment that compares rates must give every rate **the
# same starts**, several of them, and must measure something that a rate can be held responsible for: not how deep the
# valley is, but whether the walk has arrived, $\|\nabla f\| \approx 0$.
# </details>

# %% [markdown]
# ### Exercise 3 · A fair comparison
#
# *Straightforward, about 8 minutes, 2 points*
#
# Write `sweep`. For each rate it makes `steps` steps from each of the starts, **the same starts for every rate**, and
# measures how steep it still is at the end: $\|\nabla f(x_{\text{end}})\|$, the Euclidean length of the gradient. One row for
# each rate, one column for each start. Work in float64, which all the starts are given in.
#
# <details><summary>Hint 1: where to begin</summary>
#
# You have a function that walks from one start with one rate. How many walks are there in all? Only the last point of each
# counts.
# </details>
# <details><summary>Hint 2: the gradient at the end</summary>
#
# The gradient at the last point is not known yet: the last one that the walk computed belongs to the point before. Compute
# it anew, at a fresh leaf.
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# Collect the ends in a tensor of shape `(len(rates), n, 2)`. `torch.autograd.grad(f(ends).sum(), ends)` returns a tuple
# with the gradients of all of them, and `.norm(dim=-1)` measures each.
# </details>


# %% nbgrader={"grade_id": "sweep", "solution": true}
def sweep(
    f: Callable[[torch.Tensor], torch.Tensor], starts: torch.Tensor, rates: list[float], steps: int
) -> torch.Tensor:
    """Measure how steep it still is after a descent, for several learning rates and the same starts.

    Args:
        f: maps points of shape (..., 2) to heights of shape (...).
        starts: where to begin, shape (n, 2), float64. They are left as they were.
        rates: the learning rates.
        steps: how many steps to make with each.

    Returns:
        Gradient norms at the last points, shape (len(rates), n), float64.
    """
    ### BEGIN SOLUTION
    last_points = [[descend(f, start, rate, steps)[-1] for start in starts] for rate in rates]
    ends = torch.stack([torch.stack(row) for row in last_points]).requires_grad_()
    (slopes,) = torch.autograd.grad(f(ends).sum(), ends)
    return slopes.norm(dim=-1)
    ### END SOLUTION


# %% nbgrader={"grade_id": "sweep-test", "grade": true, "points": 2}
check.sweep(sweep, on=f)
### BEGIN HIDDEN TESTS
check.sweep(sweep, on=lambda x: torch.exp(-((x - 4) ** 2).sum(dim=-1) / 30) * torch.cos(x[..., 0]))
starts = torch.rand(2, 2, dtype=torch.float64) * 10
check.unchanged(starts, after=lambda: sweep(f, starts, [0.1, 0.3], 2))
### END HIDDEN TESTS

# %% [markdown]
# The three rates again, 100 steps each, and now from the same four starts. How steep is it where each walk ends, and what
# share of the walks has arrived, $\|\nabla f\| < 0.001$?

# %% tags=["autograder:skip"]
rates = [0.01, 0.1, 0.5]
torch.manual_seed(6)
four_starts = 10 * torch.rand(4, 2, dtype=torch.float64)
norms = torch.as_tensor(sweep(f, four_starts, rates, 100))
arrived = (norms < 1e-3).double().mean(dim=1)
print("steepness after 100 steps from the same four starts\n")
print("rate    " + "".join(f"{f'start {number}':>9}" for number in range(4)) + "   arrived")
for row, rate in enumerate(rates):
    shown = "".join(f"{norms[row, number]:>9.4f}" for number in range(4))
    print(f"η = {rate:<4}{shown}{arrived[row]:>10.0%}")

# %% [markdown]
# Now the smallest rate loses: its walks have hardly begun. Four starts and one number of steps are few, though. Once
# you can move ten thousand starts at once you will make this table for 50, 100 and 200 steps.
#
# Here are six rates from one and the same start. Choose a rate with the lower slider, then play or drag the upper
# one. What happens with $\eta = 1$? And with 1.7 and 1.8, still from the same start, in the same valley? (*all* shows
# them together.)

# %% tags=["autograder:skip", "nbval-ignore-output"]
from_here = torch.tensor([6.6, 5.2], dtype=torch.float64)
paths = {rate: descend(f, from_here, rate, 20) for rate in (0.01, 0.1, 0.5, 1.0, 1.7, 1.8)}
figures.descent_animation(f, paths, extent=((3, 8), (3.5, 8.5)), title="One start, six learning rates")

# %% [markdown]
# ### Exercise 4 · Find the bugs
#
# *Tricky, about 8 minutes, 2 points*
#
# A colleague has written a shorter `descend` that returns only the last point. "It works for one step," he says, "so there
# must be something wrong with PyTorch." There is nothing wrong with PyTorch, but more than one thing with his code, and when
# the first bug is mended, the next one is silent.


# %% nbgrader={"grade_id": "buggy", "locked": true}
def descend_buggy(f, start, lr, steps):
    x = start.requires_grad_()
    for _ in range(steps):
        loss = f(x)
        loss.backward()
        x = x - lr * x.grad
    return x


# %% tags=["autograder:skip"]
with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # PyTorch gives a long warning first
    try:
        print(descend_buggy(f, torch.tensor([5.0, 5.0]), 0.1, 10))
    except TypeError as error:
        print("TypeError:", error)

# %% [markdown]
# Repair it in `descend_repaired`. It must give the right end point for any number of steps, leave `start` exactly as it was
# (its values *and* its `requires_grad`), and return a tensor that autograd does not watch.
#
# <details><summary>Hint 1: where to begin</summary>
#
# Why does `x.grad` hold nothing in the second round? Print `x.is_leaf` at the start of each round.
# </details>
# <details><summary>Hint 2: what comes next</summary>
#
# Once `x` stays the same tensor, run two steps and compare with `descend`. What does `x.grad` hold in the second
# round? And does your step change the memory of `start`?
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# There are four things to mend: the leaf must be a copy of the start, the update must be in place and under
# `no_grad()`, `.grad` must be emptied in each round, and what is returned must be detached.
# </details>


# %% nbgrader={"grade_id": "find-bug", "solution": true}
def descend_repaired(
    f: Callable[[torch.Tensor], torch.Tensor], start: torch.Tensor, lr: float, steps: int
) -> torch.Tensor:
    """Follow the negative gradient of a scalar function and return the last point only.

    Args:
        f: maps a point of shape (d,) to a scalar tensor.
        start: where to begin, shape (d,). It is left as it was.
        lr: learning rate η.
        steps: how many steps to make.

    Returns:
        The last point, shape (d,), with requires_grad=False.
    """
    ### BEGIN SOLUTION
    x = start.detach().clone().requires_grad_()
    for _ in range(steps):
        loss = f(x)
        loss.backward()
        with torch.no_grad():
            x -= lr * x.grad
        x.grad = None
    return x.detach()
    ### END SOLUTION


# %% nbgrader={"grade_id": "find-bug-test", "grade": true, "points": 2}
check.end_point(descend_repaired, on=f)
### BEGIN HIDDEN TESTS
check.end_point(descend_repaired, on=lambda x: (x[0] - 3) ** 2 + 2 * (x[1] + 1) ** 2 + x[0] * x[1])
check.end_point(descend_repaired, on=lambda x: torch.cos(x).sum() + (x**2).sum() / 20)
start = torch.rand(2, dtype=torch.float64) * 10
check.unchanged(start, after=lambda: descend_repaired(f, start, 0.1, 3))
### END HIDDEN TESTS

# %% [markdown]
# ## 5 · Does everybody end in the same valley?
#
# Ten hikers, ten random starts, and for all of them $\eta = 0.25$ and 40 steps, which lead as far as 100 steps with 0.1.
# **Predict:** do they all meet? If not, does each of them at least find the valley that is *nearest*?

# %%
# Prediction 1. The ten hikers end in …
# a: one valley · b: more than one, not always the nearest · c: the nearest valley, each
guess_1 = ""

# %% tags=["autograder:skip"]
torch.manual_seed(15)
ten_starts = 10 * torch.rand(10, 2, dtype=torch.float64)
ten_paths = torch.stack([torch.as_tensor(descend(f, start, lr=0.25, steps=40)).detach() for start in ten_starts])
for number, (start, end) in enumerate(zip(ten_starts, ten_paths[:, -1])):
    there = f"({end[0]:.2f}, {end[1]:.2f})   f = {f(end):.2f}"
    print(f"{number}: ({start[0]:.2f}, {start[1]:.2f}) → {there}")

predictions.tell(1, guess_1)

# %% tags=["autograder:skip", "nbval-ignore-output"]
figures.trajectories(f, ten_paths, title="Ten starts, 40 steps with η = 0.25")

# %% [markdown]
# No. They end in five different places, and only some of them in the deepest valley. Descent finds *a* minimum, and the
# start decides which. Here are the five minima inside the square. (By symmetry there are more outside, and one on the border
# at $(5.15, 0)$.)

# %% nbgrader={"grade_id": "minima", "locked": true}
minima = torch.tensor(
    [
        [4.411326, 2 * math.pi],
        [7.9210, 2.7735],
        [1.6378, 3.5097],
        [7.9210, 9.7929],
        [1.6378, 9.0567],
    ],
    dtype=torch.float64,
)

# %% [markdown]
# And the nearest? Look at hiker 0.

# %% tags=["autograder:skip"]
start, end = ten_starts[0], ten_paths[0, -1]
print("hiker 0 starts at distance")
for number, minimum in enumerate(minima):
    arrived = "   ← ends here" if (end - minimum).norm() < 0.05 else ""
    print(f"  {(start - minimum).norm():.2f} from minimum {number}, f = {f(minimum):.2f}{arrived}")

# %% [markdown]
# Hiker 0 did not go to the nearest minimum. A walk follows the slope, and the slope does not depend on distances: the
# nearest minimum lies on the other side of a ridge.
#
# To see how often this happens we need many starts. A Python loop over ten thousand of them would take minutes.

# %% [markdown]
# ### Exercise 5 · Everybody at once
#
# *Straightforward, about 8 minutes, 3 points*
#
# Write `descend_all`. All the points move together, as one tensor of shape `(n, 2)`: **no loop over the starts**, only one
# over the steps. It must work on whatever device `starts` lives on.
#
# <details><summary>Hint 1: where to begin</summary>
#
# Your `descend` moves one point. Which of its lines fail now that `x` has two axes?
# </details>
# <details><summary>Hint 2: the one line</summary>
#
# `f(x)` is now a vector of n heights, and `backward()` wants to know what to do with a vector. Section 2 has the trick.
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# Go backward from the *sum* of the heights (or pass `torch.ones_like(...)`). The mean would not do: it makes every
# gradient n times too small. A copy made with `clone()` stays on its device.
# </details>


# %% nbgrader={"grade_id": "descend-all", "solution": true}
def descend_all(
    f: Callable[[torch.Tensor], torch.Tensor],
    starts: torch.Tensor,
    lr: float,
    steps: int,
) -> torch.Tensor:
    """Follow the negative gradient from many starts at once.

    Args:
        f: maps points of shape (n, 2) to heights of shape (n,).
        starts: where to begin, shape (n, 2), on any device. They are left as they were.
        lr: learning rate η.
        steps: how many steps to make.

    Returns:
        The last points, shape (n, 2), on the device of ``starts``, with requires_grad=False.
    """
    ### BEGIN SOLUTION
    x = starts.detach().clone().requires_grad_()
    for _ in range(steps):
        (slopes,) = torch.autograd.grad(f(x).sum(), x)
        with torch.no_grad():
            x -= lr * slopes
    return x.detach()
    ### END SOLUTION


# %% nbgrader={"grade_id": "descend-all-test", "grade": true, "points": 3}
check.descent_all(descend_all, on=f)
### BEGIN HIDDEN TESTS
check.descent_all(descend_all, on=lambda x: (x[..., 0] - 1) ** 2 + 3 * torch.sin(x[..., 1] / 3))
starts = torch.rand(6, 2, dtype=torch.float64) * 10
check.unchanged(starts, after=lambda: descend_all(f, starts, 0.1, 3))
### END HIDDEN TESTS

# %% [markdown]
# How much faster is it? A thousand starts with ten steps each, one by one and together:

# %% tags=["autograder:skip", "nbval-ignore-output"]
thousand_starts = 10 * torch.rand(1000, 2, dtype=torch.float64)

begin = time.perf_counter()
for start in thousand_starts[:10]:
    descend(f, start, 0.1, 10)
one_by_one = 100 * (time.perf_counter() - begin)

thousand_starts = thousand_starts.to(device)
descend_all(f, thousand_starts, 0.1, 1)  # on a GPU, the first call also loads what it needs
begin = time.perf_counter()
torch.as_tensor(descend_all(f, thousand_starts, 0.1, 10)).cpu()
together = time.perf_counter() - begin
print(f"one by one {one_by_one:.2f} s (measured with 10 of them)")
print(f"together   {together:.4f} s on {device}")

# %% [markdown]
# Now the fair comparison again, with the same 100 × 100 starts for every rate, in the middles of the cells of a grid
# over the square. Six decimals are enough for a count, so these starts are in float32, which is faster, above all on
# a GPU. And each step depends on the point alone: the points after 100 steps are those after 50 steps, moved by 50
# more.
#
# **Predict:** which share of the starts has arrived after 50, 100 and 200 steps, for each of the three rates?

# %%
# Prediction 2. With η = 0.01, after 200 steps … a: all have arrived · b: half of them have · c: none has
guess_2 = ""

# %% tags=["autograder:skip"]
middles = (torch.arange(100) + 0.5) / 10
grid = torch.cartesian_prod(middles, middles).to(device)  # (10000, 2)


def steepness(points: torch.Tensor) -> torch.Tensor:
    """The length of the gradient of f at each point."""
    points = points.detach().requires_grad_()
    return torch.autograd.grad(f(points).sum(), points)[0].norm(dim=-1)


print("share of 10,000 starts that have arrived\n")
print("steps" + "".join(f"{f'η = {rate}':>11}" for rate in rates))
hikers, shares = dict.fromkeys(rates, grid), dict.fromkeys(rates, 0.0)
for steps, more in ((50, 50), (100, 50), (200, 100)):
    for rate in rates:
        if shares[rate] < 1:  # where all have arrived, nobody needs to walk on
            hikers[rate] = torch.as_tensor(descend_all(f, hikers[rate], rate, more), device=grid.device)
            shares[rate] = (steepness(hikers[rate]) < 1e-3).double().mean().item()
    print(f"{steps:>5}" + "".join(f"{100 * share:>9.1f} %" for share in shares.values()))

predictions.tell(2, guess_2)

# %% [markdown]
# Read the columns: with $\eta = 0.01$ nobody has arrived, with $\eta = 0.1$ it takes between 100 and 200 steps until
# all have, and with $\eta = 0.5$ at most 50. (With 300 × 300 starts, the middle column is 0.9, 84.6 and 100 %.)
#
# ## 6 · The same by hand
#
# You can check autograd. Here is the surface once more, in NumPy, which knows nothing of gradients.


# %% nbgrader={"grade_id": "numpy-surface", "locked": true}
def surface(x: np.ndarray) -> np.ndarray:
    """The height of the surface in NumPy: points of shape (..., 2) to heights of shape (...)."""
    first, second = np.moveaxis(x, -1, 0)
    return np.sin(first) * np.cos(second) + np.sin(0.5 * first) * np.cos(0.5 * second)


# %% [markdown]
# ### Exercise 6 · The gradient by hand
#
# *Needs paper and pencil, about 10 minutes, 3 points*
#
# Differentiate $f$ with respect to $x_1$ and with respect to $x_2$ on paper. Then write `gradient` in NumPy, without
# autograd.
#
# <details><summary>Hint 1: where to begin</summary>
#
# For $\partial f / \partial x_1$ treat $x_2$ as a constant: then $\cos x_2$ and $\cos\frac{x_2}{2}$ are just numbers.
# </details>
# <details><summary>Hint 2: the inner derivative</summary>
#
# $\sin\frac{x_1}{2}$ is a function of a function: outer derivative at the inside, *times the inner derivative*. Which sign
# does the derivative of a cosine have?
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# Each partial derivative is a sum of two products. In each, one factor of $f$ is differentiated and the other one stays.
# Put the two together with `np.stack([..., ...], axis=-1)`.
# </details>


# %% nbgrader={"grade_id": "gradient-by-hand", "solution": true}
def gradient(x: np.ndarray) -> np.ndarray:
    """Compute the gradient of the surface from its formula.

    Args:
        x: points, shape (..., 2), float64.

    Returns:
        The gradients, shape (..., 2), float64.
    """
    ### BEGIN SOLUTION
    x1, x2 = x[..., 0], x[..., 1]
    along_x1 = np.cos(x1) * np.cos(x2) + 0.5 * np.cos(x1 / 2) * np.cos(x2 / 2)
    along_x2 = -np.sin(x1) * np.sin(x2) - 0.5 * np.sin(x1 / 2) * np.sin(x2 / 2)
    return np.stack([along_x1, along_x2], axis=-1)
    ### END SOLUTION


# %% nbgrader={"grade_id": "gradient-by-hand-test", "grade": true, "points": 3}
check.gradient(gradient, of=surface)
### BEGIN HIDDEN TESTS
points = 40 * np.random.rand(3, 7, 2) - 20
check.unchanged(points, after=lambda: gradient(points))
by_hand = np.asarray(gradient(points))
assert by_hand.shape == points.shape, "There must be one gradient for each point, in an array of the same shape."
# The imaginary part after an imaginary step is the derivative, right up to rounding (Squire and Trapp, 1998).
for axis in range(2):
    shifted = points.astype(complex)
    shifted[..., axis] += 1e-30j
    assert np.allclose(by_hand[..., axis], surface(shifted).imag / 1e-30, atol=1e-5), (
        "The gradient is wrong far outside."
    )
### END HIDDEN TESTS

# %% [markdown]
# With this gradient the whole descent fits in two lines of NumPy. There is no graph, no leaf and no `.grad`. Does it
# follow the path that autograd found?

# %% tags=["autograder:skip"]
by_hand = [ten_starts[0].numpy()]
for _ in range(40):
    by_hand.append(by_hand[-1] - 0.25 * gradient(by_hand[-1]))

difference = np.abs(np.stack(by_hand) - ten_paths[0].numpy()).max()
print(f"end by hand  ({by_hand[-1][0]:.6f}, {by_hand[-1][1]:.6f})")
print(f"end autograd ({ten_paths[0, -1, 0]:.6f}, {ten_paths[0, -1, 1]:.6f})")
print("the paths differ by less than 1e-12:", bool(difference < 1e-12))

# %% [markdown]
# Autograd does not approximate the derivative. It applies the rules that you applied on paper, and the two paths
# differ by rounding only. What you did for two variables it does for a billion, and it never forgets an inner
# derivative.

# %% [markdown]
# ## 7 · How long a step at most?
#
# Close to a minimum $x^*$ the surface is nearly a parabola,
#
# $$f(x) \approx f(x^*) + \tfrac12 (x - x^*)^\top H\, (x - x^*),$$
#
# where the **Hessian** $H$ is the matrix of second derivatives, $H_{ij} = \partial^2 f / \partial x_i \partial x_j$. Its
# eigenvalues $\lambda$ say how strongly the valley is curved, each along a direction of its own. The gradient is
# $H (x - x^*)$, so that one step turns the error $e_t = x_t - x^*$ into
#
# $$e_{t+1} = (I - \eta H)\, e_t .$$
#
# Along the direction that belongs to $\lambda$ the error is multiplied by $1 - \eta\lambda$ in each step. It shrinks only
# if $|1 - \eta\lambda| < 1$, that is, if $\eta < 2/\lambda$. The most curved direction is the strictest:
#
# $$\eta_{\max} = \frac{2}{\lambda_{\max}} .$$

# %% [markdown]
# ### Exercise 7 · The largest learning rate
#
# *Straightforward once you know where to look, about 8 minutes, 2 points*
#
# Write `largest_learning_rate`. It must hold for any smooth function of a point, in any number of variables.
#
# <details><summary>Hint 1: where to begin</summary>
#
# PyTorch can differentiate twice. Look for "hessian" in `torch.autograd.functional` or in `torch.func`.
# </details>
# <details><summary>Hint 2: the eigenvalues</summary>
#
# A Hessian is symmetric. `torch.linalg.eigvalsh` is made for symmetric matrices and returns real eigenvalues in ascending
# order.
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# `torch.autograd.functional.hessian(f, minimum)` gives a matrix of shape (d, d). Two divided by its *largest* eigenvalue,
# as a plain number: `float(...)`.
# </details>


# %% nbgrader={"grade_id": "largest-rate", "solution": true}
def largest_learning_rate(f: Callable[[torch.Tensor], torch.Tensor], minimum: torch.Tensor) -> float:
    """Compute the learning rate at which descent stops being stable.

    Args:
        f: a smooth function that maps a point of shape (d,) to a scalar tensor.
        minimum: a minimum of f, shape (d,).

    Returns:
        2 / λ, where λ is the largest eigenvalue of the Hessian of f at the minimum.
    """
    ### BEGIN SOLUTION
    curvature = torch.autograd.functional.hessian(f, minimum)
    return float(2 / torch.linalg.eigvalsh(curvature)[-1])
    ### END SOLUTION


# %% nbgrader={"grade_id": "largest-rate-test", "grade": true, "points": 2}
check.largest_rate(largest_learning_rate, on=f)
### BEGIN HIDDEN TESTS
check.largest_rate(largest_learning_rate, on=lambda x: (x[0] - 1) ** 2 + 10 * (x[1] + 2) ** 2 + 3 * x[0] * x[1])
origin = torch.zeros(2, dtype=torch.float64)
steep = lambda x: torch.cosh(x[0] - x[1]) + 2 * torch.cosh(x[0] + 3 * x[1])
check.largest_rate(largest_learning_rate, on=steep, at=origin)
### END HIDDEN TESTS

# %% tags=["autograder:skip"]
deepest = minima[0]
print(f"largest stable learning rate in the deepest valley: {float(largest_learning_rate(f, deepest)):.4f}")

# %% [markdown]
# **Predict:** what happens just below it, at 1.7, and just above it, at 1.8? Will the numbers grow until they are NaN ("not
# a number")?

# %%
# Prediction 3. At 1.8, just above 2/λmax, the walk …
# a: goes to infinity · b: jumps to and fro for ever · c: comes to rest
guess_3 = ""

# %% tags=["autograder:skip"]
bottom = torch.as_tensor(descend(f, deepest, 1.0, 10))[-1]  # more exact than the six decimals above
close_by = bottom + torch.tensor([0.05, 0.02], dtype=torch.float64)
moments = [0, 10, 30, 45, 60]
distances = {}
print("distance to the minimum\n")
print("step     " + "".join(f"{moment:>9}" for moment in moments))
for rate in (1.5, 1.7, 1.8):
    distances[rate] = (torch.as_tensor(descend(f, close_by, rate, 60)) - bottom).norm(dim=-1)
    print(f"η = {rate}  " + "".join(f"{distance:>9.4f}" for distance in distances[rate][moments]))

predictions.tell(3, guess_3)

# %% tags=["autograder:skip", "nbval-ignore-output"]
shown = {f"η = {rate}": distance for rate, distance in distances.items()}
figures.progress(shown, quantity="distance to the minimum", title="Below and above 2 / λmax")

# %% [markdown]
# <details><summary>What it means</summary>
#
# At 1.5 the error shrinks quickly. At 1.7 each step leads to the other side of the valley and almost as far from the
# minimum: the factor is $1 - 1.7 \cdot 1.156 = -0.97$. She arrives, but slowly. At 1.8 the factor is $-1.08$. The
# error grows, and yet nothing becomes NaN: away from the minimum the valley is less curved than at its bottom. So the
# steps stop growing, and she ends up jumping between two points for ever. "The loss is a finite number" does not mean
# "the training works".
# </details>

# %% [markdown]
# **Try it.** Which rate arrives in the fewest steps? Change the two numbers. What does the check say at 1.8, and at 0.01?

# %% tags=["autograder:skip"]
my_rate, my_steps = 1.0, 20
check.settled(descend(f, close_by, my_rate, my_steps)[-1], on=f, lr=my_rate)

# %% [markdown]
# ## 8 · The map of all starts
#
# Last, the question of section 5 in full: which start ends where, and how often is it not the nearest minimum?

# %% [markdown]
# ### Exercise 8 · The nearest minimum
#
# *Easy if you think in shapes, about 5 minutes, 2 points*
#
# Write `nearest`: for each of n points the number (the row in `minima`) of the minimum that is closest to it. No loop.
#
# <details><summary>Hint 1: where to begin</summary>
#
# You need all distances between n points and k minima: a table of shape `(n, k)`.
# </details>
# <details><summary>Hint 2: broadcasting</summary>
#
# An axis of length 1 stretches. Shapes `(n, 1, 2)` and `(1, k, 2)` subtract to `(n, k, 2)`.
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# `points[:, None, :]` inserts an axis. Take the norm over the last axis, and `argmin` over the axis of the minima.
# </details>


# %% nbgrader={"grade_id": "basins", "solution": true}
def nearest(points: torch.Tensor, minima: torch.Tensor) -> torch.Tensor:
    """Find the nearest minimum for each point.

    Args:
        points: shape (n, 2).
        minima: shape (k, 2).

    Returns:
        The index of the nearest minimum for each point, shape (n,), dtype torch.long.
    """
    ### BEGIN SOLUTION
    distances = (points[:, None, :] - minima[None, :, :]).norm(dim=-1)
    return distances.argmin(dim=1)
    ### END SOLUTION


# %% nbgrader={"grade_id": "basins-test", "grade": true, "points": 2}
check.nearest(nearest)
### BEGIN HIDDEN TESTS
numbers = nearest(torch.tensor([[0.0, 0.0], [9.0, 9.0], [1.0, 0.0]]), torch.tensor([[10.0, 10.0], [1.0, 1.0]]))
assert [int(number) for number in numbers] == [1, 0, 1], "One of three points was not given its nearest minimum."
### END HIDDEN TESTS

# %% [markdown]
# After 200 steps with $\eta = 0.1$ everybody had arrived (section 5), and `hikers[0.1]` still holds where. So we only have to
# ask which minimum each of them stands on; −1 means none of the five.

# %% tags=["autograder:skip"]
starts, ends = grid.double().cpu(), hikers[0.1].double().cpu()
number = torch.as_tensor(nearest(ends, minima))
on_it = (ends - minima[number]).norm(dim=-1) < 0.05
labels = torch.where(on_it, number, -1)

print("end point               f    share of starts")
outside = torch.ones(len(ends), dtype=torch.bool)
for place in [*minima, torch.tensor([5.1475, 0.0], dtype=torch.float64)]:  # the last one is on the border
    there = (ends - place).norm(dim=-1) < 0.05
    outside &= ~there
    share = 100 * there.double().mean()
    print(f"({place[0]:.4f}, {place[1]:.4f}) {f(place):.6f} {share:>10.1f} %")
print(f"outside the square         {100 * outside.double().mean():>10.1f} %")

# %% [markdown]
# With 300 × 300 starts the shares are 24.7, 18.6, 16.8, 12.0, 10.4, 7.7 and 9.8 %: our coarser grid is within half a
# percent. So only one start in four finds the deepest valley in the square. (Outside it, the ends are copies of the same
# valleys: sine and cosine repeat themselves.)

# %% tags=["autograder:skip"]
crossed = on_it & (labels != torch.as_tensor(nearest(starts, minima)))
print(f"Of those that end in one of the five, {100 * crossed.sum() / on_it.sum():.1f} % end in one")
print("that was not the nearest to their start.")

# %% tags=["autograder:skip", "nbval-ignore-output"]
figures.basin_map(
    labels.reshape(100, 100),
    minima,
    marked=crossed.reshape(100, 100),
    marked_means="another minimum was nearer",
    title="Which start ends in which minimum?",
)

# %% [markdown]
# (5.9 % with 300 × 300 starts.) The dotted starts lie along the inside of the border of the deepest valley: from
# there one walks to it, although a shallower valley is nearer. The borders are ridges.
#
# Why are they so straight? Because $\sin a \cos b = \tfrac12 \left(\sin(a + b) + \sin(a - b)\right)$. With the rotated
# coordinates $u = x_1 + x_2$ and $v = x_1 - x_2$ our surface falls apart into two equal functions of *one* variable,
#
# $$f = \tfrac12\, g(u) + \tfrac12\, g(v), \qquad g(t) = \sin t + \sin\tfrac{t}{2},$$
#
# and so does each step: every hiker makes two walks on the graph of $g$, and neither depends on the other. Its
# valleys and ridges alternate, so every basin is a rectangle in $u$ and $v$, standing on a corner in our map.

# %% [markdown]
# ## Optional · Every point of the plane
#
# *About 15 minutes, not graded: you may go on with section 9*
#
# Ten thousand starts made a coarse map. Here are 65,536 of them, and on a GPU 16.8 million. Each walks with $\eta = 0.1$
# until it has arrived, $\|\nabla f\| < 0.001$, and gets the colour of its minimum, **the darker the longer it took**.

# %% tags=["autograder:skip", "nbval-ignore-output"]
from gradlab import basins, ladder

side = 4096 if device.type == "cuda" else 256
calm = basins.settle(side, 0.1, device=device)
basins.picture(calm, pixels=256 if side == 256 else 700)

# %% [markdown]
# The basins look like pillows, and the seams between them are ridges. A walk that begins close to one takes long to leave
# it, since the ground is nearly flat there. The brightest starts of a basin are those that are soon at the bottom.
#
# **Predict:** what does the map look like for a rate that is far too large, $\eta = 3.5$, twice the
# $2/\lambda_{\max}$ of section 7? In the deepest valley no walk can come to rest. Will it stay in the valley, as it
# did at 1.8? (The colour of a start now tells in which valley the walk is after eight steps, the darker the later it
# crossed its last ridge. Without a GPU the map is coarse, and its finest stripes are blurred.)

# %% tags=["autograder:skip", "nbval-ignore-output"]
wild = basins.settle(side, 3.5, steps=8, device=device)
basins.picture(wild, pixels=128 if side == 256 else 700)

# %% tags=["autograder:skip"]
after = [(steps, basins.settle(128, 3.5, steps, device=device)) for steps in (0, 8, 160)]
print("η = 3.5: share of the starts in the valley of each minimum\n")
print("steps" + "".join(f"{name:>9}" for name in (*range(5), "border", "others")))
for steps, found in after:
    inside = [share.share for share in basins.shares(found)[:6]]
    print(f"{steps:>5}" + "".join(f"{share:>9.0%}" for share in (*inside, 1 - sum(inside))))

# %% [markdown]
# <details><summary>What it means</summary>
#
# The steps are now so long that some of them lead over a ridge. A walk jumps about in its valley without any visible
# pattern, until it happens to land on one of the stretches from which the next step leaves the valley. The starts
# that leave in the first step form a band, those that land in this band with one step form thinner bands, and so on
# without end: that makes the pattern of crossing stripes. Two starts that are as close as you like may end in
# different valleys.
#
# After 160 steps nobody is in any of the five valleys: all are in the *shallowest* ones, like that on the border with
# $f = -0.369$. They are so wide and so little curved that even with this rate nobody gets out of them. A learning
# rate that is too large does not only miss a minimum: it leads to the flat valleys. (People who train networks have
# seen the same, and some of them want it.)
# </details>

# %% [markdown]
# ## Optional · How fast can this go?
#
# *About 10 minutes to read; the measurement takes about a minute*
#
# The same descents can be computed in six ways, each a rung of a ladder:
#
# | rung | what it saves |
# |---|---|
# | a loop over the starts | nothing: Python handles each step of each start |
# | one tensor, autograd | Python handles a step of all starts at once: your `descend_all` |
# | the gradient's formula | no graph, and no results kept for a backward pass |
# | torch.compile | one kernel for a step: each point is read and written once, not once for every sine and product |
# | CUDA graph | Python starts no kernels any more: a recorded sequence of them is replayed |
# | one fused kernel | a point stays in a register for *all* its steps: memory is touched twice in the whole descent |
#
# How good is good enough? A device can copy only so many bytes in a second, and compute only so many sines. `climb`
# measures both limits first and then says which share of them each rung reaches. So a rung tells you what to do next:
# if it moves too many bytes, fuse its operations; if it computes too many sines, use algebra. The last rung does so:
# from the sine and the cosine of $x/2$ follow those of $x$, $\sin x = 2 \sin\frac x2 \cos\frac x2$ and
# $\cos x = 1 - 2 \sin^2\frac x2$, so that it needs four functions for a step and not eight.
#
# **Try it:** switch the measurement on. On a CPU the last two rungs are left out, and torch.compile needs a C++
# compiler. The loop would take too long: its time is measured for four of the starts, and multiplied by the number of
# all. (A further idea: section 8 says that $f$ is a sum of two functions of one variable. How many sines would be
# enough?)

# %% tags=["autograder:skip", "nbval-ignore-output"]
climb_it = False  # change this to True
if climb_it:
    print(ladder.tell(ladder.climb(2**24 if device.type == "cuda" else 2**16, steps=100, device=device)))
else:
    print("Not measured: set climb_it to True, and run this cell again.")

# %% [markdown]
# All rungs compute the same: on starts that are not next to a ridge they agree with float64 to within 0.0001. (Next
# to one, the last digit decides on which side a walk goes down.)

# %% tags=["autograder:skip"]
predictions.total()

# %% [markdown]
# ## 9 · What to take along
#
# The last column is the name under which a check reports the mistake.
#
# | You write | and get | because | name |
# |---|---|---|---|
# | a loop that never empties `.grad` | steps that grow, no error | `.grad` holds the *sum* of all gradients so far | missing-zero-grad |
# | `x = x - lr * x.grad` | an error in the second step | the new `x` is a result, not a leaf | rebinding-leaf |
# | the same inside `no_grad()` | "does not require grad" | the new `x` is not watched at all | rebinding-in-no-grad |
# | `x -= lr * x.grad` outside `no_grad()` | "a leaf … in-place operation" | autograd must not record the update | inplace-on-leaf |
# | `x.grad.zero_()` as the first line of the loop | "NoneType has no attribute" | `.grad` is None before the first backward pass | zero-before-first |
# | `rand(2, requires_grad=True) * 10` | an empty `.grad` | the leaf is the tensor *before* it was scaled | not-a-leaf |
# | `math.sin(x)`, `.item()`, `torch.tensor(t)` | a gradient that is missing | the graph ends where you leave torch | graph-cut |
# | `f(points).backward()` | "only for scalar outputs" | a vector needs a sum, or a `v` | backward-on-vector |
# | `.mean()` where each point wants its own gradient | steps that are n times too short | the scale of the loss scales the step | sum-for-mean |
# | `+ lr * grad` | a walk uphill | the gradient points up | ascent-sign |
# | $\cos\frac{x_1}{2}$ without the $\frac12$ | a gradient that is nearly right | the chain rule needs the inner derivative | missing-inner-derivative |
# | a rate above $2/\lambda_{\max}$ | jumping from side to side, often without NaN | the curvature limits the step | lr-too-high |
# | a rate of 0.01 and 200 steps | a walk that has hardly begun | the steps are short where the rate is small | lr-too-low |
#
# And one that no check can see: comparing rates from *different* starts. Two things changed at once.
#
# - **Forward pass:** compute, and record the graph. **Backward pass:** the chain rule from the result to the leaves.
#   **Optimisation step:** $w - \eta\,\nabla L$ under `no_grad()`, then empty `.grad`.
# - Descent finds *a* minimum, neither the deepest nor always the nearest. The start decides.
# - Ten thousand descents are one tensor: the gradient of a sum keeps independent points apart.
#
# **Three links**
#
# - [Dive into Deep Learning, section 12.3](https://d2l.ai/chapter_optimization/gd.html): gradient descent, with
#   learning rates that are too small and too large.
# - [Visualizing the loss landscape of neural nets](https://arxiv.org/abs/1712.09913), by Li and others: what such
#   surfaces look like for real networks.
# - [Gradient descent on neural networks typically occurs at the edge of stability](https://arxiv.org/abs/2103.00065),
#   by Cohen and others: where $2/\eta$ meets $\lambda_{\max}$ in training.

# %% [markdown]
# ### Open question · What would you tell them?
#
# *About 8 minutes, 4 points, read by a person*
#
# A friend trains a network twice, with $\eta = 0.01$ and with $\eta = 0.1$, each time from new random weights. The first
# run ends with loss 0.31, the second with 0.47. She concludes: "0.01 is the better learning rate, and 0.31 is the best this
# network can do."
#
# Explain in 6 to 12 sentences, with what you saw in this lab, (a) why neither conclusion follows, (b) which experiment would
# be fair and what you would measure, and (c) how she could notice that a learning rate is too large although no loss ever
# becomes NaN.

# %% [markdown] nbgrader={"grade_id": "explain", "grade": true, "solution": true, "points": 4}
# Two things changed between the runs, the rate and the random weights, so that the difference may be due to either. On our
# surface one and the same rate ended at −1.76 or at −1.06, depending on the start alone. Nor does 0.31 say anything about the
# best possible loss: descent ends in a minimum near its way, not in the deepest; only about a quarter of our starts reached
# the deepest one. A fair experiment draws several starts once and gives exactly these to every rate, with the same number of
# steps. I would report, for each rate, the share of runs that have arrived (a small norm of the gradient) and the spread of
# the losses, not a single number. A rate that is too large shows in a loss that stops falling and jumps up and down
# while the gradient does not get small, as at 1.8 in the deepest valley. There the steps crossed the valley for ever and
# nothing became NaN, since the limit 2/λmax comes from the curvature and not from an overflow. Halving the rate makes the
# oscillation vanish, which is a quick test.
#
# **Mark scheme**
#
# One point for each of these, half a point where it is named without a reason or an observation from the lab:
#
# 1. The comparison is confounded: the start changed with the rate, so that nothing can be concluded about the rate.
# 2. The loss of one run says nothing about the best one: several minima, the start decides which (evidence: ten starts, the
#    table of shares or the basin map).
# 3. A fair experiment: the same several starts and the same number of steps for all rates; measures arrival (gradient norm)
#    or a distribution over starts, not one loss.
# 4. Too large a rate without NaN: loss or distance oscillates instead of falling; the limit is 2/λmax (evidence: 1.7
#    against 1.8). A test such as a smaller rate or a look at the gradient norm is enough.
