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
# # Many outputs
#
# `backward()` wants one number. Called on four numbers, it raises an error. Called on four numbers with a vector `v`,
# it computes something. Many people write `backward(torch.ones_like(y))` without knowing what they have asked for.
#
# In this lab you find out. A function with several outputs has a whole *table* of slopes, the **Jacobian**. You will
# write it by hand, compute a single row of it, compute all of it in three ways, and multiply by it from both sides
# without building it. One of these two products, the vector–Jacobian product, is what makes it possible to train
# networks with a billion weights.
#
# **When you are done, you can**
#
# - say which slope stands in which row and column of a Jacobian;
# - explain what `backward(v)` computes, and choose the `v` that you need;
# - compute a Jacobian–vector product (push a direction forward) and a vector–Jacobian product (pull weights back),
#   each in one pass;
# - get all rows at once, for many points, without a loop;
# - say how many passes a whole Jacobian costs, and why training never pays that;
# - differentiate twice, and find the largest stable learning rate of a loss without its Hessian;
# - write a rule for an operation of your own, and check it.
#
# **Time:** about 90 minutes. **Points:** 31.
# **You need:** `backward()`, leaves and `.grad` as in lab 01, the chain rule, the product of a matrix and a vector.
#
# **How to work.** Where it says *predict*, commit yourself: write the letter of your guess into the cell below, and run
# it before the next one. A wrong guess that you notice teaches more than a right answer that you read; nothing of it is
# graded. Where it says *exercise*, replace the placeholder and run the check below it as often as you like. Hints are
# folded; each gives away more than the one before.

# %% [markdown]
# ## 0 · Tools

# %% nbgrader={"grade_id": "imports", "locked": true}
from collections.abc import Callable

import torch

from gradlab import figures
from gradlab.check import jacobians as check
from gradlab.notebook.predictions import Predictions

predictions = Predictions("04_jacobians")

Function = Callable[[torch.Tensor], torch.Tensor]


# %% nbgrader={"grade_id": "shown", "locked": true}
def shown(tensor: torch.Tensor) -> str:
    """Write the numbers of a tensor with at most four digits after the point, a row in brackets of its own."""
    tensor = torch.as_tensor(tensor).detach()
    if tensor.ndim == 0:
        return f"{round(tensor.item(), 4):g}"
    return "[" + ", ".join(shown(part) for part in tensor) + "]"


# %% [markdown]
# ## 1 · A table of slopes
#
# A recipe has two inputs, flour $x_1$ and sugar $x_2$, and three outputs: cakes, sweetness, weight. Turn one input a
# little, and all three outputs move. So there are $3 \cdot 2$ slopes. They are collected in a table,
#
# $$J = \begin{pmatrix} \partial y_1/\partial x_1 & \partial y_1/\partial x_2 \\
# \partial y_2/\partial x_1 & \partial y_2/\partial x_2 \\
# \partial y_3/\partial x_1 & \partial y_3/\partial x_2 \end{pmatrix},
# \qquad J_{ij} = \frac{\partial y_i}{\partial x_j} .$$
#
# **Each output has a row. Each input has a column.** A function $\mathbb R^n \to \mathbb R^m$ has a Jacobian of $m$
# rows and $n$ columns, and row $i$ is the gradient of output $i$.
#
# **Predict:** below, each input is moved by 0.001 while the other stays, and the change of all outputs is divided by
# 0.001. For $y = (x_1 + x_2,\; 5 x_1,\; x_2^2)$ at $(1, 3)$: what are the two columns?


# %% tags=["autograder:skip"]
def recipe(x: torch.Tensor) -> torch.Tensor:
    return torch.stack([x[0] + x[1], 5 * x[0], x[1] ** 2])


x = torch.tensor([1.0, 3.0], dtype=torch.float64)
for j in range(2):
    moved = x.clone()
    moved[j] += 0.001
    print(f"column {j}:", [round(slope, 2) for slope in ((recipe(moved) - recipe(x)) / 0.001).tolist()])

# %% [markdown]
# Moving an *input* gives a column. A backward pass, as you will see, gives a row.

# %% [markdown]
# ### Exercise 1 · By hand
#
# *Easy, about 5 minutes, 2 points*
#
# Write `entries`, the Jacobian of
#
# $$f(x_1, x_2) = \left(x_1^2\, x_2,\;\; \sin 3 x_2,\;\; x_1 + x_2\right)$$
#
# at the point `x`. Derive it on paper. Before you start: which shape will it have, and which entry is 0 everywhere?
#
# <details><summary>Hint 1: where to begin</summary>
#
# Draw an empty table. Write the three outputs beside its rows and the two inputs above its columns.
# </details>
# <details><summary>Hint 2: the table in torch</summary>
#
# `torch.tensor([[…, …], […, …], […, …]])` makes a table of three rows from plain numbers; nobody needs to differentiate
# it again.
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# Treat the other input as a constant. The second output does not contain $x_1$. Its slope along $x_2$ has two factors,
# an outer and an inner one.
# </details>


# %% nbgrader={"grade_id": "entries", "solution": true}
def entries(x: torch.Tensor) -> torch.Tensor:
    """Compute the Jacobian of (x₁² x₂, sin 3x₂, x₁ + x₂) without autograd.

    Args:
        x: the point, shape (2,).

    Returns:
        The Jacobian, shape (3, 2).
    """
    ### BEGIN SOLUTION
    a, b = x.tolist()
    return torch.tensor([[2 * a * b, a**2], [0, 3 * torch.cos(3 * x[1]).item()], [1, 1]], dtype=x.dtype)
    ### END SOLUTION


# %% nbgrader={"grade_id": "entries-test", "grade": true, "points": 2}
# The check tells you what it saw. Run it as often as you like.
check.entries(entries)
### BEGIN HIDDEN TESTS
far = torch.as_tensor(entries(torch.tensor([-4.0, 0.0], dtype=torch.float64))).double()
assert tuple(far.shape) == (3, 2), "There are three outputs and two inputs."
flat = [0, 16, 0, 3, 1, 1]
assert torch.allclose(far.flatten(), torch.tensor(flat, dtype=torch.float64)), "An entry is wrong at a negative x₁."
### END HIDDEN TESTS

# %% [markdown]
# ## 2 · What does `v` do?
#
# Here is a case that is hard to understand at first. Three numbers, all 1.1, are doubled eleven times.
#
# **Predict:** will `backward()` work?

# %%
# Prediction 1. y.backward() … a: works · b: raises an error · c: gives zeros
guess_1 = ""

# %% tags=["autograder:skip"]
x = torch.tensor([1.1, 1.1, 1.1], requires_grad=True)
y = x
for _ in range(11):
    y = 2 * y
print("y:", shown(y))

try:
    y.backward()
except RuntimeError as error:
    print("RuntimeError:", error)

predictions.tell(1, guess_1)

# %% [markdown]
# The way out that tutorials show is to hand over some `v` with as many numbers as `y` has. **Predict:** what will
# `x.grad` hold for this one?

# %%
# Prediction 2. x.grad … a: v · b: 1.1 times v · c: 2048 times v
guess_2 = ""

# %% tags=["autograder:skip"]
v = torch.tensor([0.1, 1.0, 1e-4])
y.backward(v)
print("x.grad =", shown(x.grad))
predictions.tell(2, guess_2)

# %% [markdown]
# These are $2^{11} = 2048$ times $0.1$, $1$ and $0.0001$. So is `v` a scale, a learning rate, a step? None of these. In
# a backward pass, the number that goes into the last node says *how much the final result changes if this value
# changes*. With a single result that number is 1, and nobody has to mention it. With several, `v` says it:
#
# > **`y.backward(v)` computes the gradient of the single number $v \cdot y = v_1 y_1 + v_2 y_2 + \dots$**
#
# By how much does $v \cdot y$ change with $x_j$? By $\sum_i v_i\, \partial y_i / \partial x_j$, which is
# $\sum_i v_i J_{ij}$: the **vector–Jacobian product** $J^\top v$. The outputs get *weights*, and the rows of $J$ are
# added up with these weights. `v` belongs to the outputs. (Some web pages call `v` a direction in which one walks.
# That would be a change of the *inputs*, and another product; you meet it in section 4.)

# %% tags=["autograder:skip"]
x = torch.tensor([1.1, 1.1, 1.1], requires_grad=True)
(v @ (2048 * x)).backward()
print("gradient of v·y:", shown(x.grad))

# %% [markdown]
# ### Predict · All ones
#
# A tensor of ones as `v` gives the gradient of the sum of the outputs. When is that useful? Take four independent
# points $t$ and the height $f = t^2 \sin t$ at each. What is in row 2, column 0 of *its* Jacobian? And so, what does
# the sum of its rows hold?

# %%
# Prediction 3. Row 2, column 0 of the Jacobian … a: 0 · b: 1 · c: a number that depends on t
guess_3 = ""

# %% tags=["autograder:skip"]
t = torch.tensor([0.5, 1.0, 2.0, 3.0], requires_grad=True)
heights = t**2 * torch.sin(t)
heights.backward(torch.ones_like(heights))
print("all at once:", shown(t.grad))

alone = []
for number in t.tolist():
    one = torch.tensor(number, requires_grad=True)
    (one**2 * torch.sin(one)).backward()
    alone.append(one.grad)
print("one by one: ", shown(torch.stack(alone)))
predictions.tell(3, guess_3)

# %% [markdown]
# <details><summary>What it means</summary>
#
# The height at one point does not depend on the other points. This Jacobian is zero off the diagonal, each column has
# one entry, and adding up the rows mixes nothing. For a function that mixes its inputs, the same ones would add up
# slopes of different outputs, and nobody could take them apart again.
# </details>

# %% [markdown]
# ### Exercise 2 · One row
#
# *Easy, about 5 minutes, 2 points*
#
# Write `row`: row `i` of the Jacobian of `f` at `x`, by one backward pass. Which `v` gives output `i` alone?
#
# <details><summary>Hint 1: where to begin</summary>
#
# Row i is the gradient of output i. Which weights turn $v \cdot y$ into that one output?
# </details>
# <details><summary>Hint 2: the tools</summary>
#
# `x` is not watched, and you must not change it: make a leaf of your own from it. `torch.zeros_like(y)` has the shape
# that `v` needs.
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# `x = x.detach().clone().requires_grad_()`, then `y = f(x)`. Take a `v` of zeros and write a 1 at place `i`. After
# `y.backward(v)`, the row is in the `.grad` of the leaf.
# </details>


# %% nbgrader={"grade_id": "row", "solution": true}
def row(f: Function, x: torch.Tensor, i: int) -> torch.Tensor:
    """Compute one row of a Jacobian by a backward pass.

    Args:
        f: maps shape (d,) to shape (m,).
        x: the point, shape (d,), with requires_grad=False. It is left as it was.
        i: which output, from 0 to m − 1.

    Returns:
        The slopes of output i, shape (d,).
    """
    ### BEGIN SOLUTION
    x = x.detach().clone().requires_grad_()
    y = f(x)
    v = torch.zeros_like(y)
    v[i] = 1
    y.backward(v)
    return x.grad
    ### END SOLUTION


# %% nbgrader={"grade_id": "row-test", "grade": true, "points": 2}
check.row(row)
### BEGIN HIDDEN TESTS
place = torch.rand(4, dtype=torch.float64) + 0.5
check.row(row, on=lambda x: torch.stack([x.prod(), torch.sin(x[0] * x[3]), (x**2).sum()]), at=place)
### END HIDDEN TESTS

# %% [markdown]
# ## 3 · Row by row
#
# For a linear model, $J$ is easy to see. The table $X$ has four examples of two features, the weights are
# $w = (1, 1)$, and the predictions are $y = Xw$. **Predict** the Jacobian of the predictions with respect to the
# *weights*.

# %% tags=["autograder:skip"]
X = torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0]])
w = torch.tensor([1.0, 1.0], requires_grad=True)
y = X @ w
print("y =", shown(y))
try:
    y.backward()
except RuntimeError as error:
    print("RuntimeError:", error)

for i in range(4):
    (slopes,) = torch.autograd.grad(X[i] @ w, w)
    print(f"row {i}: {shown(slopes)}")

# %% [markdown]
# It is $X$ itself: if weight $j$ grows by a little, prediction $i$ grows by $X_{ij}$ times as much.

# %% [markdown]
# ### Exercise 3 · All rows
#
# *Straightforward, about 8 minutes, 3 points*
#
# Write `jacobian`: all rows, one after the other. `f` may have any number of outputs.
#
# <details><summary>Hint 1: where to begin</summary>
#
# `torch.autograd.grad(result, leaf)` returns the slopes of one number and changes no `.grad`. It gives a tuple with
# one entry.
# </details>
# <details><summary>Hint 2: going back more than once</summary>
#
# A backward pass frees what the graph has saved, unless it is told to keep it: `retain_graph=True`.
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# Collect `torch.autograd.grad(output, x, retain_graph=True)[0]` for each `output` in `y`, and stack the list. In which
# direction does `torch.stack` put its parts, and where do rows belong?
# </details>


# %% nbgrader={"grade_id": "rows", "solution": true}
def jacobian(f: Function, x: torch.Tensor) -> torch.Tensor:
    """Compute a Jacobian row by row.

    Args:
        f: maps shape (d,) to shape (m,).
        x: the point, shape (d,), with requires_grad=False. It is left as it was.

    Returns:
        The Jacobian, shape (m, d).
    """
    ### BEGIN SOLUTION
    x = x.detach().clone().requires_grad_()
    y = f(x)
    return torch.stack([torch.autograd.grad(output, x, retain_graph=True)[0] for output in y])
    ### END SOLUTION


# %% nbgrader={"grade_id": "rows-test", "grade": true, "points": 3}
check.jacobian_rows(jacobian)
### BEGIN HIDDEN TESTS
place = torch.rand(4, dtype=torch.float64) + 0.5
check.jacobian_rows(jacobian, on=lambda x: torch.stack([x.prod(), torch.sin(x[0] * x[3]), (x**2).sum()]), at=place)
check.jacobian_rows(jacobian, on=lambda x: torch.exp(x[:1] * x[1:]), at=place)
### END HIDDEN TESTS

# %% tags=["autograder:skip"]
print("the predictions of w:", shown(jacobian(lambda w: X @ w, torch.tensor([1.0, 1.0]))))

# %% [markdown]
# ## 4 · Push and pull
#
# A matrix can be multiplied from two sides, and the two products answer two questions.
#
# - **Jacobian–vector product** (JVP), $J d$: the inputs move with velocity $d$ (a number for each *input*). How fast
#   does each output move? It is also called the directional derivative. We say that $d$ is *pushed forward*.
# - **Vector–Jacobian product** (VJP), $J^\top v$: the outputs get weights $v$ (a number for each *output*). How much
#   does their weighted sum change with each input? This is what a backward pass computes. We say that $v$ is *pulled
#   back*.
#
# The picture shows both for $f(x) = (x_1 + x_1 x_2,\; x_2^2 / 2)$ at $(0.5, 1)$. On the left are the inputs, on the
# right are the outputs. $d$ and $v$ turn in opposite directions, at different speeds. **Predict:** when the solid arrow
# on the left goes around the circle, which curve does its image on the right follow? Are the two ellipses equal? And
# how do the two numbers above them differ?

# %% tags=["autograder:skip", "nbval-ignore-output"]
figures.push_and_pull([[2.0, 0.5], [0.0, 1.0]], title="J pushes to the right, and its transpose pulls to the left")

# %% [markdown]
# Both products turn a circle into an ellipse. The two ellipses have the same half-axes, but in other directions. That
# is why it is so hard to notice that one has computed the wrong product, if there are as many inputs as outputs: the
# numbers look right, and so does their shape. Now watch the two numbers above while $d$ and $v$ turn apart. They go up and
# down together: $\langle v, J d\rangle = \langle J^\top v, d\rangle$ at every position. That is what the transpose
# is: it moves J from one side of the product to the other.

# %% [markdown]
# ### Exercise 4 · Pull back
#
# *Easy, about 4 minutes, 2 points*
#
# Write `vjp`, the vector–Jacobian product $J^\top v$, in one backward pass and without building $J$.
#
# <details><summary>Hint 1: where to begin</summary>
#
# You have written it once already, with a very special v.
# </details>
# <details><summary>Hint 2: two ways</summary>
#
# Either multiply the outputs by their weights yourself and add them up, or let `backward` do it.
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# After making a leaf: `torch.autograd.grad(f(x), x, …)` takes the weights as `grad_outputs`, and returns a tuple.
# </details>


# %% nbgrader={"grade_id": "pull", "solution": true}
def vjp(f: Function, x: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """Pull weights of the outputs back to the inputs.

    Args:
        f: maps shape (d,) to shape (m,).
        x: the point, shape (d,), with requires_grad=False. It is left as it was.
        v: a weight for each output, shape (m,).

    Returns:
        Jᵀ v, shape (d,).
    """
    ### BEGIN SOLUTION
    x = x.detach().clone().requires_grad_()
    return torch.autograd.grad(f(x), x, grad_outputs=v)[0]
    ### END SOLUTION


# %% nbgrader={"grade_id": "pull-test", "grade": true, "points": 2}
check.pulled_back(vjp)
### BEGIN HIDDEN TESTS
place = torch.rand(4, dtype=torch.float64) + 0.5
pulled = vjp(lambda x: x**3, place, torch.arange(1, 5, dtype=torch.float64))
wanted = 3 * place**2 * torch.arange(1, 5)
assert torch.allclose(torch.as_tensor(pulled).double(), wanted, rtol=1e-4), (
    "Cubes of four numbers are pulled back wrongly."
)
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 5 · Push forward
#
# *Straightforward once you know where to look, about 6 minutes, 2 points*
#
# One backward pass can't do it: it gives $J^\top v$. (Two can: $J^\top v$ is a linear function of $v$, and the
# backward pass through *that* function gives $J d$.) **Forward mode** needs only one pass. It evaluates $f$ and
# computes, next to each value, how fast that value moves; it records no graph. Write `jvp`, the Jacobian–vector
# product $J d$, without building $J$.
#
# <details><summary>Hint 1: where to begin</summary>
#
# Look into `torch.func`: it has a function of this name.
# </details>
# <details><summary>Hint 2: its arguments</summary>
#
# It wants the points as a tuple, one for each argument of f, and the velocities as a tuple, too.
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# `torch.func.jvp(f, (x,), (v,))` returns the value of f, and the product that you want.
# </details>


# %% nbgrader={"grade_id": "push", "solution": true}
def jvp(f: Function, x: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """Push a velocity of the inputs forward to the outputs.

    Args:
        f: maps shape (d,) to shape (m,).
        x: the point, shape (d,), with requires_grad=False. It is left as it was.
        v: a velocity for each input, shape (d,).

    Returns:
        J v, shape (m,).
    """
    ### BEGIN SOLUTION
    return torch.func.jvp(f, (x,), (v,))[1]
    ### END SOLUTION


# %% nbgrader={"grade_id": "push-test", "grade": true, "points": 2}
check.pushed_forward(jvp)
### BEGIN HIDDEN TESTS
place = torch.rand(4, dtype=torch.float64) + 0.5
pushed = jvp(lambda x: x**3, place, torch.arange(1, 5, dtype=torch.float64))
wanted = 3 * place**2 * torch.arange(1, 5)
assert torch.allclose(torch.as_tensor(pushed).double(), wanted, rtol=1e-4), "Cubes of four numbers are pushed wrongly."
### END HIDDEN TESTS

# %% [markdown]
# **Predict:** a unit vector pulled back gave a row. What does a unit vector pushed forward give?

# %%
# Prediction 4. A unit vector pushed forward is … a: a row · b: a column · c: the diagonal
guess_4 = ""

# %% tags=["autograder:skip"]
at = torch.tensor([1.0, 3.0])
print("pulled back (1, 0, 0):", shown(vjp(recipe, at, torch.tensor([1.0, 0.0, 0.0]))))
print("pushed forward (1, 0):", shown(jvp(recipe, at, torch.tensor([1.0, 0.0]))))

weights, velocity = torch.tensor([0.3, -1.0, 2.0]), torch.tensor([0.5, 4.0])
print("v · (J d) =", shown(weights @ torch.as_tensor(jvp(recipe, at, velocity), dtype=weights.dtype)))
print("(Jᵀ v) · d =", shown(torch.as_tensor(vjp(recipe, at, weights), dtype=velocity.dtype) @ velocity))
predictions.tell(4, guess_4)

# %% [markdown]
# ## 5 · All rows in one call
#
# Must a whole Jacobian take a loop? Not in Python. PyTorch can carry a whole *batch* of vectors `v` through one
# backward pass. Here are three ways to the Jacobian of $y = Xw$. The rows of the unit matrix `torch.eye(4)` are the
# four unit vectors. **Predict:** the weights have two numbers; which shape comes back when four vectors `v` go in at
# once?

# %%
# Prediction 5. The shape for four vectors v … a: (4, 2) · b: (2, 4) · c: (2,)
guess_5 = ""

# %% tags=["autograder:skip"]
w = torch.tensor([1.0, 1.0])
watched = w.clone().requires_grad_()
predicted, back = torch.func.vjp(lambda w: X @ w, w)
ways = {
    "is_grads_batched": torch.autograd.grad(X @ watched, watched, torch.eye(4), is_grads_batched=True)[0],
    "vjp and vmap": torch.func.vmap(back)(torch.eye(4))[0],
    "jacrev": torch.func.jacrev(lambda w: X @ w)(w),
}
for name, found in ways.items():
    print(f"{name:17} {shown(found)}")

predictions.tell(5, guess_5)

# %% [markdown]
# - `is_grads_batched=True` tells `autograd.grad` that the first axis of `v` counts vectors.
# - `torch.func.vmap(g)` turns a function of one thing into a function of a batch of things.
# - `torch.func.jacrev(f)` does both: the function that gives the Jacobian, in *reverse* mode. `jacfwd` does it in forward
#   mode, column by column.
#
# The loop has moved into the library, where all rows are computed by the same operations on larger tensors. It is
# still the arithmetic of four passes; only the overhead is saved.

# %% [markdown]
# ### Exercise 6 · Many points
#
# *A little tricky, about 7 minutes, 3 points*
#
# Write `jacobians`: the Jacobian at each of n points, with no loop in Python. Here `f` takes its inputs along the last
# axis, so that it works for one point and for many.
#
# **Before you write it:** what would `jacrev(f)(points)` give, and which shape would it have? Nearly all of it is zero.
# Which part is not?
#
# <details><summary>Hint 1: where to begin</summary>
#
# First find the function that gives the Jacobian at one point. Then make it work for a batch.
# </details>
# <details><summary>Hint 2: the batch</summary>
#
# The second bullet point above the exercise. It moves along the first axis unless it is told otherwise.
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# `jacrev(f)` is a function of one point. Wrap it, and call what you get with all the points.
# </details>


# %% nbgrader={"grade_id": "at-once", "solution": true}
def jacobians(f: Function, points: torch.Tensor) -> torch.Tensor:
    """Compute the Jacobians at many points without a loop.

    Args:
        f: maps shape (…, d) to shape (…, m).
        points: shape (n, d), with requires_grad=False. They are left as they were.

    Returns:
        A Jacobian for each point, shape (n, m, d).
    """
    ### BEGIN SOLUTION
    return torch.func.vmap(torch.func.jacrev(f))(points)
    ### END SOLUTION


# %% nbgrader={"grade_id": "at-once-test", "grade": true, "points": 3}
# The check counts the calls of f and the backward passes.
check.all_at_once(jacobians)
### BEGIN HIDDEN TESTS
places = torch.rand(6, 4, dtype=torch.float64) + 0.5
check.all_at_once(jacobians, on=lambda x: torch.stack([x.prod(-1), x[..., 0] * x[..., 3]], dim=-1), at=places)
### END HIDDEN TESTS

# %% [markdown]
# ## 6 · Why nobody builds it
#
# Now the loss. A model turns weights into predictions, $w \mapsto \hat y$, and the loss turns predictions into one
# number, $\hat y \mapsto L$. The chain rule for functions with many inputs and outputs is a product of Jacobians.
# Written for the gradient:
#
# $$\nabla_w L = J^\top\, \nabla_{\hat y} L, \qquad J = \frac{\partial \hat y}{\partial w} .$$
#
# In words: *the slope of the loss with respect to each prediction, pulled back to the weights.* So
# $\nabla_{\hat y} L$ **is** the `v`. For the mean squared error $L = \frac1n \sum_i (\hat y_i - y_i)^2$ it is
#
# $$\nabla_{\hat y} L = \frac2n\, (\hat y - y) .$$
#
# **Predict:** with $X$ and $w = (1, 1)$ from above and targets $y = (4, 7, 10, 13)$, the predictions are off by $-1$,
# $0$, $1$ and $2$. Should the weights grow or shrink? For a linear model $J$ is known, so that we can simply
# multiply.

# %% tags=["autograder:skip"]
y = torch.tensor([4.0, 7.0, 10.0, 13.0])
weights = torch.tensor([1.0, 1.0], requires_grad=True)
slope_by_prediction = 2 / len(y) * (X @ weights - y).detach()
print("slope by prediction:", shown(slope_by_prediction))
print("times X transposed: ", shown(X.T @ slope_by_prediction))

((X @ weights - y) ** 2).mean().backward()
print("autograd, from L:   ", shown(weights.grad))

# %% [markdown]
# ### Exercise 7 · From the loss to the weights
#
# *Straightforward, about 6 minutes, 3 points*
#
# Write `weight_gradient`, the gradient of the mean squared error, for any model: pull $\nabla_{\hat y} L$ back
# through it. You need neither the value of the loss nor a Jacobian.
#
# <details><summary>Hint 1: where to begin</summary>
#
# Which of your functions pulls something back? What are its f, its x and its v here?
# </details>
# <details><summary>Hint 2: the weights of the predictions</summary>
#
# The vector needs the predictions, as plain values. How many predictions are there? n is not the number of weights.
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# Make a leaf from `w`, compute the predictions once, and call `backward` on *them* with the vector in the formula
# above, detached.
# </details>


# %% nbgrader={"grade_id": "weight-gradient", "solution": true}
def weight_gradient(model: Function, w: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Compute the gradient of the mean squared error with respect to the weights.

    Args:
        model: maps weights of shape (k,) to predictions of shape (n,).
        w: the weights, shape (k,), with requires_grad=False. They are left as they were.
        y: the targets, shape (n,).

    Returns:
        The gradient, shape (k,).
    """
    ### BEGIN SOLUTION
    w = w.detach().clone().requires_grad_()
    predicted = model(w)
    predicted.backward(2 / len(y) * (predicted.detach() - y))
    return w.grad
    ### END SOLUTION


# %% nbgrader={"grade_id": "weight-gradient-test", "grade": true, "points": 3}
check.loss_gradient(weight_gradient)
### BEGIN HIDDEN TESTS
place = torch.rand(4, dtype=torch.float64) + 0.5
targets = torch.rand(4, dtype=torch.float64)
slope = torch.as_tensor(weight_gradient(lambda w: w**2, place, targets)).double()
assert torch.allclose(slope, (place**2 - targets) * place, rtol=1e-4), "For predictions w², the gradient is wrong."
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 8 · What a Jacobian costs
#
# *Easy, about 4 minutes, 2 points*
#
# How many passes does *all* of $J$ take, for a function of `inputs` numbers to `outputs` numbers? Write `passes`, which
# returns a pair: the number of backward passes in reverse mode, and the number of forward-mode passes. (The batched
# calls of section 5 count with all their vectors.)
#
# <details><summary>Hint 1: where to begin</summary>
#
# What does one pull back with a unit vector give, and what one push forward?
# </details>
# <details><summary>Hint 2: an example</summary>
#
# The recipe has 2 inputs and 3 outputs. Count the unit vectors on each side.
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# J has a row for each output and a column for each input. One mode goes by rows, the other by columns.
# </details>


# %% nbgrader={"grade_id": "passes", "solution": true}
def passes(inputs: int, outputs: int) -> tuple[int, int]:
    """Count the passes that a whole Jacobian takes.

    Args:
        inputs: how many inputs the function has.
        outputs: how many outputs it has.

    Returns:
        The number of passes in reverse mode, and in forward mode.
    """
    ### BEGIN SOLUTION
    return outputs, inputs
    ### END SOLUTION


# %% nbgrader={"grade_id": "passes-test", "grade": true, "points": 2}
check.cost(passes)
### BEGIN HIDDEN TESTS
assert [int(number) for number in passes(17, 4)] == [4, 17], "With 17 inputs and 4 outputs, a number is wrong."
### END HIDDEN TESTS

# %% tags=["autograder:skip"]
cases = {
    "a loss of a million weights": (1_000_000, 1),
    "a curve in space": (1, 3),
    "one layer, 1000 to 1000": (1000, 1000),
    "a million weights, 1000 predictions": (1_000_000, 1000),
}
print(f"{'':36} {'reverse':>9} {'forward':>9} {'entries of J':>14}")
for name, (inputs, outputs) in cases.items():
    reverse, forward = passes(inputs, outputs)
    print(f"{name:36} {reverse:>9} {forward:>9} {inputs * outputs:>14}")

# %% [markdown]
# The last row is a small network with a small batch. Its Jacobian has a billion entries, 4 GB in float32, and
# training needs it in every step, *multiplied by one vector*. The product takes one backward pass, and is as small as
# the weights: 4 MB. So autograd never makes this Jacobian. Each operation only has a rule for its own vector–Jacobian
# product, and a backward pass applies these rules one after the other.
#
# When does one need all of $J$? When each output matters by itself: for a robot (from the angles of the joints to the
# position of the hand), for error bars, or for Newton's method with a few unknowns.
#
# ## 7 · Differentiate twice
#
# How strongly does a loss curve? The second derivatives form the **Hessian** $H$, with
# $H_{ij} = \partial^2 f / \partial x_i\, \partial x_j$. It is the Jacobian of the gradient. For a network of a million
# weights it has $10^{12}$ entries. But again one rarely needs the table: a product $Hv$ says how the gradient changes
# if one moves with velocity $v$, and it costs about two backward passes.
#
# A gradient is computed by operations, too. So autograd can record *them*, if it is told to: `create_graph=True`.
# **Predict:** $f = x^3$ at $x = 2$. What are the first, the second and the third derivative? And what happens in the
# last line?

# %%
# Prediction 6. The third derivative of x³ at 2 … a: 0 · b: 12 · c: 6
guess_6 = ""

# %% tags=["autograder:skip"]
x = torch.tensor(2.0, requires_grad=True)
y = x**3
for order in (1, 2, 3):
    (y,) = torch.autograd.grad(y, x, create_graph=True)
    print(f"derivative {order}: {y.item():.0f}")

(slope,) = torch.autograd.grad(x**3, x)
print("without create_graph, requires_grad is", slope.requires_grad)
predictions.tell(6, guess_6)

# %% [markdown]
# ### Exercise 9 · Hessian times vector
#
# *A little tricky, about 6 minutes, 3 points*
#
# Write `hvp`, the product $Hv$, without the whole of $H$. Differentiate once; make *one number* of the gradient and
# $v$; differentiate that.
#
# <details><summary>Hint 1: where to begin</summary>
#
# The gradient of $g(x) \cdot v$, for a $v$ that does not change, is $Hv$. Why? Write down its component $i$.
# </details>
# <details><summary>Hint 2: the first pass</summary>
#
# The second pass goes back through the first. It can do so only if the first one was recorded.
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# `torch.autograd.grad` twice: of `f(x)` with `create_graph=True`, and of the dot product of its result with `v`.
# </details>


# %% nbgrader={"grade_id": "hvp", "solution": true}
def hvp(f: Function, x: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """Multiply the Hessian of f by a vector.

    Args:
        f: maps shape (d,) to a tensor with one number.
        x: the point, shape (d,), with requires_grad=False. It is left as it was.
        v: shape (d,).

    Returns:
        H v, shape (d,).
    """
    ### BEGIN SOLUTION
    x = x.detach().clone().requires_grad_()
    (slope,) = torch.autograd.grad(f(x), x, create_graph=True)
    return torch.autograd.grad(slope @ v, x)[0]
    ### END SOLUTION


# %% nbgrader={"grade_id": "hvp-test", "grade": true, "points": 3}
check.hessian_product(hvp)
### BEGIN HIDDEN TESTS
place = torch.rand(3, dtype=torch.float64) + 0.5
turned = torch.as_tensor(hvp(lambda x: x.prod(), place, torch.tensor([1.0, 0.0, 0.0], dtype=torch.float64))).double()
a, b, c = place
assert torch.allclose(turned, torch.stack([0 * a, c, b]), rtol=1e-4, atol=1e-6), "For x₁x₂x₃, a product is wrong."
### END HIDDEN TESTS

# %% [markdown]
# ### The number that limits the learning rate
#
# Gradient descent is stable near a minimum only up to the learning rate $2/\lambda_{\max}$, where $\lambda_{\max}$ is
# the largest eigenvalue of $H$: the curvature in the most curved direction. (Labs 05 and 06 show why.) To find it,
# nobody needs $H$. Multiply some vector by $H$ again and again. In each step its part along the most curved direction
# grows most, until nothing else is left. This is **power iteration**.

# %% [markdown]
# ### Exercise 10 · The largest curvature
#
# *Straightforward, about 8 minutes, 3 points*
#
# Write `largest_curvature`. Start with a random vector of length 1. In each step, multiply by $H$ and divide by the
# length. At the end, return $v \cdot Hv$. Use your `hvp`, and no eigenvalues of torch's.
#
# <details><summary>Hint 1: where to begin</summary>
#
# If $v$ has the length 1 and $Hv = \lambda v$, what is $v \cdot Hv$?
# </details>
# <details><summary>Hint 2: the start</summary>
#
# A start of ones, or along an axis, may have no part at all in the direction that you look for. A random one has.
# `torch.randn_like(x)` has the right shape and type.
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# In the loop: `w = hvp(f, x, v)`, then `v = w / w.norm()`. After the loop, one more product.
# </details>


# %% nbgrader={"grade_id": "power", "solution": true}
def largest_curvature(f: Function, x: torch.Tensor, steps: int) -> float:
    """Compute the largest eigenvalue of the Hessian by power iteration.

    Args:
        f: maps shape (d,) to a tensor with one number.
        x: a point where f curves upwards in every direction, shape (d,). It is left as it was.
        steps: how often to multiply by H.

    Returns:
        λmax, a plain number.
    """
    ### BEGIN SOLUTION
    v = torch.randn_like(x)
    for _ in range(steps):
        v = v / v.norm()
        v = hvp(f, x, v)
    v = v / v.norm()
    return float(v @ hvp(f, x, v))
    ### END SOLUTION


# %% nbgrader={"grade_id": "power-test", "grade": true, "points": 3}
check.power_iteration(largest_curvature)
### BEGIN HIDDEN TESTS
found = float(largest_curvature(lambda x: torch.cosh(3 * x).sum() + x[0] ** 2, torch.zeros(4, dtype=torch.float64), 99))
assert abs(found - 11) < 0.01, "For four catenaries, one of them with x² added, the largest curvature is wrong."
### END HIDDEN TESTS

# %% [markdown]
# Three losses that you will meet: the landscape of lab 06 in its deepest valley, and the thermometer of lab 05, raw and
# scaled. **Predict:** which of them allows the largest steps?

# %%
# Prediction 7. The largest steps are allowed for … a: lab 05, raw · b: lab 06 · c: lab 05, scaled
guess_7 = ""


# %% tags=["autograder:skip"]
def landscape(x: torch.Tensor) -> torch.Tensor:
    return torch.sin(x[0]) * torch.cos(x[1]) + torch.sin(x[0] / 2) * torch.cos(x[1] / 2)


t_c = torch.tensor([0.5, 14, 15, 28, 11, 8, 3, -4, 6, 13, 21], dtype=torch.float64)
t_u = torch.tensor([35.7, 55.9, 58.2, 81.9, 56.3, 48.9, 33.9, 21.8, 48.4, 60.4, 68.4], dtype=torch.float64)
cases = {
    "lab 06, the deepest valley": (landscape, [4.411326, 6.283185]),
    "lab 05, raw": (lambda p: ((p[0] + p[1] * t_u - t_c) ** 2).mean(), [0.0, 1.0]),
    "lab 05, scaled": (lambda p: ((p[0] + p[1] * t_u / 10 - t_c) ** 2).mean(), [0.0, 1.0]),
}
for name, (loss, place) in cases.items():
    curvature = float(largest_curvature(loss, torch.tensor(place, dtype=torch.float64), 60))
    print(f"{name:28} λmax = {curvature:10.4f}   largest learning rate 2/λmax = {2 / curvature:.5f}")

predictions.tell(7, guess_7)

# %% [markdown]
# ## 8 · A rule of one's own
#
# Each operation of PyTorch has a rule that pulls a gradient back through it. You can write such a rule yourself, as a
# class with two functions: `forward` computes the value and saves what the rule will need; `backward` gets the
# gradient that arrives from the right, one number for each output, and returns what goes on to the left: $J^\top v$.
#
# PyTorch believes your rule. But `torch.autograd.gradcheck` does what you did in lab 01: it compares the rule with
# measured slopes, for every output and every input.

# %% [markdown]
# ### Exercise 11 · Find the bugs
#
# *Tricky, about 7 minutes, 3 points*
#
# A colleague writes a rule for $\text{swish}(x) = x \cdot \sigma(x)$, where $\sigma$ is the sigmoid, with the slope
# $\sigma' = \sigma (1 - \sigma)$. Her network trains, but badly.


# %% nbgrader={"grade_id": "buggy", "locked": true}
class SwishBuggy(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        sigma = torch.sigmoid(x)
        ctx.save_for_backward(x, sigma)
        return x * sigma

    @staticmethod
    def backward(ctx, arriving):
        x, sigma = ctx.saved_tensors
        return sigma + x * sigma * (1 + sigma)


# %% tags=["autograder:skip"]
places = torch.tensor([-1.0, 0.0, 2.0], dtype=torch.float64, requires_grad=True)
try:
    torch.autograd.gradcheck(SwishBuggy.apply, places)
except RuntimeError as error:
    print(type(error).__name__ + ":", str(error).split(",")[0])

# %% [markdown]
# **Predict:** the Jacobian of three numbers that do not mix is diagonal. What does *her* rule return for $v = (1, 0, 0)$?
# Repair it, and let `swish` apply your rule. There are two mistakes.
#
# <details><summary>Hint 1: where to begin</summary>
#
# Print the whole message of `gradcheck`: it shows both tables. Which entries of hers should be 0?
# </details>
# <details><summary>Hint 2: what arrives</summary>
#
# `backward` must give $J^\top v$. Where is $v$ in her code?
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# Differentiate $x\,\sigma(x)$ with the product rule and compare the signs. Then multiply by what arrives.
# </details>


# %% nbgrader={"grade_id": "find-bug", "solution": true}
class Swish(torch.autograd.Function):
    """x · sigmoid(x), with its rule."""

    ### BEGIN SOLUTION
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * torch.sigmoid(x)

    @staticmethod
    def backward(ctx, arriving):
        (x,) = ctx.saved_tensors
        sigma = torch.sigmoid(x)
        return arriving * (sigma + x * sigma * (1 - sigma))

    ### END SOLUTION


def swish(x: torch.Tensor) -> torch.Tensor:
    """Compute x · sigmoid(x) for each number of x; the gradient comes from the rule of `Swish`."""
    return Swish.apply(x)


# %% nbgrader={"grade_id": "find-bug-test", "grade": true, "points": 3}
check.rule(swish)
### BEGIN HIDDEN TESTS
leaf = torch.randn(2, 3, dtype=torch.float64, requires_grad=True)
assert torch.autograd.gradcheck(swish, leaf, raise_exception=False), (
    "gradcheck refuses the rule for a table of numbers."
)
### END HIDDEN TESTS

# %% tags=["autograder:skip"]
once = torch.autograd.gradcheck(swish, places, raise_exception=False)
twice = torch.autograd.gradgradcheck(swish, places, raise_exception=False)
print("gradcheck, the rule:            ", "right" if once else "WRONG")
print("gradgradcheck, the rule's slope:", "right" if twice else "WRONG")

# %% [markdown]
# <details><summary>If the second line says WRONG</summary>
#
# You differentiate the rule itself when you differentiate twice, in `hvp` for example. If $\sigma$ was saved in
# `forward`, it is a plain number there: nothing is recorded in `forward`. Save `x`, and compute $\sigma$ in
# `backward`.
# </details>

# %% tags=["autograder:skip"]
predictions.total()

# %% [markdown]
# ## 9 · What to take along
#
# The last column is the name under which a check reports the mistake.
#
# | You write | and get | because | name |
# |---|---|---|---|
# | `y.backward()` on several numbers | "only for scalar outputs" | their weights are missing | backward-on-vector |
# | `torch.stack(rows, dim=1)` | a table with the wrong shape | outputs have rows, inputs have columns | transposed-jacobian |
# | $J v$ where $J^\top v$ is asked | the wrong shape, or wrong numbers | these are two products | jvp-for-vjp |
# | a second row from the same graph | "a second time" | the first pass has freed the graph | backward-twice |
# | rows from a `.grad` that is never emptied | rows that add up | `backward()` adds | missing-zero-grad |
# | `.mean()` where rows should add up | slopes that are m times too small | a mean divides the weights | sum-for-mean |
# | `f(x)` on a point that nobody watches | "does not require grad" | no graph was recorded | forward-untracked |
# | `.tolist()`, `.item()` on the way | slopes that are missing | the graph ends where you leave torch | graph-cut |
# | `for point in points` | the right numbers, slowly | one call can carry them all | loop-over-starts |
# | `grad` of a gradient, without `create_graph=True` | "does not require grad" | the first pass was not recorded | graph-not-created |
# | a rule without what arrives | right only for a sum | a rule gives $J^\top v$, not $J$ | rule-ignores-arriving |
# | `y.grad` | None | only leaves keep a gradient | grad-of-intermediate |
# | `x.requires_grad_() * 1` | an empty `.grad` | what you keep was computed | not-a-leaf |
#
# - $J$ has a row for each output and a column for each input. **`backward(v)` gives $J^\top v$, the gradient of $v \cdot y$.**
# - A unit vector pulled back is a row. A unit vector pushed forward is a column.
# - A gradient can be differentiated again. $Hv$ costs two passes, and power iteration makes $\lambda_{\max}$ of it.
# - Whoever writes a rule checks it with `gradcheck`.
# - A loss has one output, so that one backward pass gives the whole gradient. That is why networks are trained in
#   reverse mode.
#
# **Three links**
#
# - [Jacobians, Hessians, hvp, vhp, and more](https://docs.pytorch.org/tutorials/intermediate/jacobians_hessians.html):
#   PyTorch's tutorial on `torch.func`.
# - [The autodiff cookbook](https://docs.jax.dev/en/latest/notebooks/autodiff_cookbook.html) of JAX: JVPs and VJPs,
#   and what else can be made of them.
# - [Fast exact multiplication by the Hessian](https://doi.org/10.1162/neco.1994.6.1.147), by Pearlmutter (1994): the
#   same trick for second derivatives.

# %% [markdown]
# ### Open question · Somebody's loop
#
# *About 6 minutes, 3 points, read by a person*
#
# A friend trains a model of 50 000 weights on batches of 200 examples. To be on the safe side, she computes the
# Jacobian of the 200 predictions with `jacrev`, then its transpose times the slopes of the loss. Her training works,
# and is far too slow. "I could try `jacfwd` instead," she says, "or `backward(torch.ones_like(y))`, which is only one
# pass."
#
# Explain in 6 to 10 sentences, with what you saw in this lab, (a) what each of her two ideas would do, (b) what to do
# instead, and why it gives the same numbers, and (c) one task for which she would really need all of the Jacobian, and
# which mode she should choose for it.

# %% [markdown] nbgrader={"grade_id": "explain", "grade": true, "solution": true, "points": 3}
# Her Jacobian has a row for each of the 200 predictions and a column for each of the 50 000 weights, ten million
# entries. `jacrev` needs as much work as 200 backward passes for it. `jacfwd` goes by columns and would need 50 000
# passes, so it would be far slower. Going back with ones is a single pass, but it gives the gradient of the sum of the
# predictions: every row with the weight 1, whatever the targets are. Training with it would only push all predictions
# down. What she wants is Jᵀ times the slopes of the loss by each prediction, and that is exactly what one backward pass
# with these slopes as v computes, as in exercise 7; calling backward on the loss itself does it for her, since a loss
# is one number and v is 1. All of J is useful if she wants to know how each weight or input moves each output by
# itself, for example the six joints of a robot and the three coordinates of its hand. There are few outputs, so that
# reverse mode with 3 passes is cheaper than forward mode with 6.
#
# **Mark scheme**
#
# One point for each of these, half a point where it is named without a reason:
#
# 1. `jacfwd` takes a pass for each of the 50 000 weights instead of 200; ones give the gradient of the sum of the predictions
#    and forget the loss.
# 2. One backward pass with the slopes of the loss as v (or from the loss itself): it computes Jᵀv without J, the same numbers
#    by the chain rule.
# 3. A task that needs single entries, rows or columns of J, with the mode chosen by the smaller of the numbers of outputs
#    (reverse) and inputs (forward).
