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
# # Slopes without formulas
#
# You write a program that computes a number. PyTorch records each operation. Then it can tell you how that number
# would change if you changed any of the inputs a little. It has no formula for your function, and it tries no small
# changes: it goes through the recorded operations backwards and applies the chain rule. This is *automatic
# differentiation*. PyTorch's part for it is called *autograd*.
#
# In this lab you use it, and you find where it is wrong. You will see which tensors it follows, how it can lose a
# part of a computation without a message, and how to measure a slope yourself, so that you can check both your paper
# and PyTorch.
#
# **When you are done, you can**
#
# - compute derivatives of functions of one, two and many variables, with `backward()` and with `torch.autograd.grad`;
# - tell which tensors have `requires_grad=True`, which of them are leaves, and which get a `.grad`;
# - find the places where a computation leaves the graph that autograd has recorded;
# - measure a derivative by differences, and say which step is best, and why not a smaller one;
# - check a derivative that somebody claims to be right, and find the places where autograd itself is wrong;
# - say which graph is recorded where a program has an `if` or a loop.
#
# **Time:** about 85 minutes. **Points:** 30.
# **You need:** the derivative of a function of one variable, the chain rule, and Python functions.
#
# **How to work.** Where it says *predict*, commit yourself: write the letter of your guess into the cell below, and run
# it before the next one. A wrong guess that you notice teaches more than a right answer that you read; nothing of it is
# graded. Where it says *exercise*, replace the placeholder and run the check below it as often as you like. Hints are
# folded; each gives away more than the one before.

# %% [markdown]
# ## 0 · Tools

# %% nbgrader={"grade_id": "imports", "locked": true}
import math
import warnings
from collections.abc import Callable

import numpy as np
import torch

from gradlab import figures, graph
from gradlab.check import autograd as check
from gradlab.notebook.predictions import Predictions

predictions = Predictions("01_autograd")

# %% [markdown]
# ## 1 · One slope
#
# Take a polynomial whose derivative you can find in your head,
#
# $$y = 5x^3 - x^2 + 2x - 100, \qquad \text{at } x = 10 .$$
#
# `requires_grad=True` asks autograd to record every operation in which the tensor takes part. (In short, we call such
# a tensor *watched*.) The record is the **computational graph**. A watched tensor that you make yourself is a
# **leaf** of this graph. It has an attribute `.grad`, to which the backward pass adds its slope.
#
# **Predict:** the derivative at $x = 10$, on paper. And what does `x.grad` hold *before* anybody has asked for a
# slope?

# %% tags=["autograder:skip"]
x = torch.tensor(10.0, requires_grad=True)
y = 5 * x**3 - x**2 + 2 * x - 100  # forward: compute and record the graph
print("y                ", y.item())
print("before backward: ", x.grad)

y.backward()  # backward: go through the graph from its end
print("after backward:  ", x.grad.item())

# %% [markdown]
# <details><summary>What it means</summary>
#
# At first `x.grad` is not zero, it is None. `y.backward()` goes from `y` back to `x` and stores the value of
# $15x^2 - 2x + 2$ at $x = 10$ there. Nobody wrote that formula into the program.
# </details>
#
# ### Predict · Once more, please
#
# We compute `y` again from the same `x` and go backward again. The slope at 10 is still what it was. What does
# `x.grad` hold now?

# %%
# Prediction 1. x.grad after the second pass … a: 1482 · b: 2964 · c: 0
guess_1 = ""

# %% tags=["autograder:skip"]
y = 5 * x**3 - x**2 + 2 * x - 100
y.backward()
print("after a second backward:", x.grad.item())

x.grad = None  # empty it
y = 5 * x**3 - x**2 + 2 * x - 100
y.backward()
print("after x.grad = None:    ", x.grad.item())
predictions.tell(1, guess_1)

# %% [markdown]
# <details><summary>What it means</summary>
#
# `backward()` **adds** to `.grad`. The number 2964 is not a slope, it is the sum of two: 1482 + 1482. So think of
# `.grad` as a **bucket**: each backward pass puts something in, and none empties it. Lab 03 is about this. For today:
# if you use `.grad` twice, empty it in between.
# </details>
#
# ### The computational graph
#
# Each result knows the operation that made it: its `grad_fn`. Here is another polynomial,
# $y = 2x^4 + x^3 + 3x^2 + 5x + 1$ at $x = 2$, and the three ways to ask for its slope. (Each of them computes `y`
# again: a backward pass can be made once through one graph.)

# %% tags=["autograder:skip"]
x = torch.tensor(2.0, requires_grad=True)


def quartic(x: torch.Tensor) -> torch.Tensor:
    return 2 * x**4 + x**3 + 3 * x**2 + 5 * x + 1


y = quartic(x)
print("y =", y.item(), "made by", type(y.grad_fn).__name__)
print("x itself was made by", x.grad_fn)

y.backward()
print("y.backward()               dy/dx =", x.grad.item())

x.grad = None
torch.autograd.backward(quartic(x))
print("torch.autograd.backward(y) dy/dx =", x.grad.item())

x.grad = None
(dydx,) = torch.autograd.grad(quartic(x), x)
print("torch.autograd.grad(y, x)  dy/dx =", dydx.item(), "  x.grad:", x.grad)

# %% [markdown]
# The last operation was "+ 1", so the `grad_fn` of `y` is that of an addition. `x` is a leaf: it was not computed,
# and has no `grad_fn`.
#
# `y.backward()` is short for `torch.autograd.backward(y)`. `torch.autograd.grad` is different: you name the tensor,
# it *returns* the slope, and it changes no `.grad`. It returns a tuple, even for one input, hence the comma in
# `(dydx,) = …`.

# %% [markdown]
# ### Exercise 1 · The slope machine
#
# *Easy, about 5 minutes, 2 points*
#
# Write `slope`: it gets any function of one variable and a place, and gives back the derivative there, as a plain
# number. The place is an ordinary Python number. People will call it with `0.3`, and with `10`.
#
# <details><summary>Hint 1: where to begin</summary>
#
# Autograd records operations on tensors, not on Python numbers. What is the difference between `torch.tensor(10)` and
# `torch.tensor(10.0)`?
# </details>
# <details><summary>Hint 2: three steps</summary>
#
# Make a leaf from the place, compute f of it, go backward. Then read the `.grad` of the tensor that *you* made.
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# `float(x)` turns a whole number into one that can change by a little. `requires_grad=True` belongs into the call that
# makes the tensor, and `.item()` turns a tensor with one number into a plain one.
# </details>


# %% nbgrader={"grade_id": "slope", "solution": true}
def slope(f: Callable[[torch.Tensor], torch.Tensor], x: float) -> float:
    """Compute the derivative of f at one place, by autograd.

    Args:
        f: maps a tensor with one number to a tensor with one number.
        x: the place, a float or an int.

    Returns:
        f′(x), a plain number.
    """
    ### BEGIN SOLUTION
    place = torch.tensor(float(x), dtype=torch.float64, requires_grad=True)
    f(place).backward()
    return place.grad.item()
    ### END SOLUTION


# %% nbgrader={"grade_id": "slope-test", "grade": true, "points": 2}
# The check tells you what it saw. Run it as often as you like.
check.slope_at(slope)
### BEGIN HIDDEN TESTS
check.slope_at(slope, of=lambda x: torch.exp(-x / 3) * torch.cos(2 * x))
check.slope_at(slope, of=lambda x: torch.log(1 + x**2) / (2 + torch.sin(x)))
### END HIDDEN TESTS

# %% [markdown]
# Now you can ask for the slope of things that no table of derivatives lists. This one is a *program*, with a loop in it:


# %% tags=["autograder:skip"]
def square_root(x: torch.Tensor) -> torch.Tensor:
    """Heron's method: guess, then replace the guess by the average of itself and x / guess."""
    guess = torch.ones_like(x)
    for _ in range(8):
        guess = (guess + x / guess) / 2
    return guess


print(f"slope of the program at 2: {float(slope(square_root, 2)):.6f}")
print(f"slope of the root at 2:    {1 / (2 * math.sqrt(2)):.6f}")

# %% [markdown]
# Autograd did not know that this loop computes a square root. It has seen 24 small operations and applied the chain rule to
# each.
#
# ## 2 · Two slopes
#
# With two variables there are two slopes: how does $z$ change if only $x$ moves, and if only $y$ moves? These are the
# **partial derivatives**, and one backward pass finds both. Take
#
# $$z = x^2 + y^5 - x^2 y, \qquad \text{at } (x, y) = (3, 4) .$$
#
# **Predict**, on paper, with the other variable held fixed: $\partial z/\partial x$ and $\partial z/\partial y$.

# %%
# Prediction 2. ∂z/∂x at (3, 4) … a: 6 · b: 30 · c: −18
guess_2 = ""


# %% tags=["autograder:skip"]
def landscape(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return x**2 + y**5 - x**2 * y


x = torch.tensor(3.0, requires_grad=True)
y = torch.tensor(4.0, requires_grad=True)
z = landscape(x, y)
z.backward()
print("z =", z.item())
print("∂z/∂x =", x.grad.item())
print("∂z/∂y =", y.grad.item())
predictions.tell(2, guess_2)

# %% [markdown]
# Here is the computational graph, forward and backward. Values (above a node) go forward; gradients (∂, below a node)
# come back. The picture opens empty: press play, or move the slider. The number on an edge, after ×, is the slope of that
# step. **Predict:** our program computes the 9 *twice*, once for each $x^2$. What reaches each of them from the right, and
# what do the two contributions do at $x$?

# %% tags=["autograder:skip", "nbval-ignore-output"]
graph.draw(landscape, x=torch.tensor(3.0), y=torch.tensor(4.0), title="z = x² + y⁵ − x²y at (3, 4)")

# %% [markdown]
# <details><summary>What it means</summary>
#
# Our program writes `x**2` in two places, so the picture has two nodes for it. At one of them the gradient is 1, at
# the other −4: the minus sign, times the other factor, $y = 4$. Each is multiplied by the local slope $2x = 6$ on the
# way to $x$, and there the two are **added**: $6 - 24 = -18$.
# </details>

# %% [markdown]
# ### Exercise 2 · Both at once
#
# *Easy, about 6 minutes, 3 points*
#
# Write `partials`. It gets a function of two variables and two watched leaves, and returns both partial derivatives,
# the one for `x` first. The two tensors belong to somebody else, and **their `.grad` may already hold something**:
# leave it as it is.
#
# <details><summary>Hint 1: where to begin</summary>
#
# Which of the three ways of section 1 changes no `.grad`?
# </details>
# <details><summary>Hint 2: two inputs</summary>
#
# Its second argument may be a tuple of tensors. How many slopes come back then, and in which order?
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# Call f once, keep the result, and give `torch.autograd.grad` the result and the pair of inputs. What it returns is what
# you need, all of it.
# </details>


# %% nbgrader={"grade_id": "partials", "solution": true}
def partials(
    f: Callable[[torch.Tensor, torch.Tensor], torch.Tensor], x: torch.Tensor, y: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Compute both partial derivatives of f at (x, y).

    Args:
        f: maps two tensors with one number each to a tensor with one number.
        x: a watched leaf; its .grad is left as it was.
        y: another one.

    Returns:
        ∂f/∂x and ∂f/∂y at (x, y).
    """
    ### BEGIN SOLUTION
    return torch.autograd.grad(f(x, y), (x, y))
    ### END SOLUTION


# %% nbgrader={"grade_id": "partials-test", "grade": true, "points": 3}
check.partial_derivatives(partials)
### BEGIN HIDDEN TESTS
check.partial_derivatives(partials, of=lambda x, y: torch.sin(x * y) + 3 * torch.exp(-x) * y)
check.partial_derivatives(partials, of=lambda x, y: torch.sqrt(1 + x**2 + 2 * y**2) / (1 + y**2))
### END HIDDEN TESTS

# %% [markdown]
# The same for our $z$. This time the `.grad` of `x` and of `y` still holds what `backward()` has put there.

# %% tags=["autograder:skip"]
across, along = partials(landscape, x, y)
print(f"partials: {float(across):.0f} and {float(along):.0f}")
print(f".grad:    {x.grad.item():.0f} and {y.grad.item():.0f}, as before")

# %% [markdown]
# ## 3 · Which tensors are watched?
#
# Two attributes decide what autograd does with a tensor.
#
# - **`requires_grad`: is it watched?** A result is watched as soon as *one* of its inputs is. `no_grad()` and
#   `detach()` stop that.
# - **`is_leaf`: is it a leaf?** A watched tensor is a leaf if it was not computed from watched ones. `backward()`
#   fills the `.grad` of watched leaves, and of no other tensor. A watched tensor that was computed is a *result*:
#   gradients pass through it, and are not kept. (PyTorch's `is_leaf` is True for every unwatched tensor as well.)
#
# **Predict** for each of the four rows: is `requires_grad` True? Is `is_leaf`?

# %%
# Prediction 3. torch.ones(2) + w has …
# a: requires_grad=True, and is no leaf · b: requires_grad=True, and is a leaf · c: requires_grad=False
guess_3 = ""

# %% tags=["autograder:skip"]
w = torch.tensor([2.0, 3.0], requires_grad=True)
rows = {
    "w": w,
    "w * 2": w * 2,
    "w.detach() * 2": w.detach() * 2,
    "torch.ones(2) + w": torch.ones(2) + w,
}
print(f"{'tensor':20}requires_grad  is_leaf")
for name, tensor in rows.items():
    print(f"{name:20}{tensor.requires_grad!s:15}{tensor.is_leaf}")

predictions.tell(3, guess_3)

# %% [markdown]
# ### Exercise 3 · Eight specimens
#
# *Easy to get wrong, about 4 minutes, 2 points*
#
# Here are eight tensors. You could ask PyTorch about each of them, and would learn little: decide by the two rules above.


# %% nbgrader={"grade_id": "specimens", "locked": true}
def specimens() -> dict[str, torch.Tensor]:
    """Eight tensors, each made in another way."""
    w = torch.tensor([2.0, 3.0], requires_grad=True)
    with torch.no_grad():
        quietly = w * 10
    return {
        "A": torch.tensor([2.0, 3.0]),
        "B": torch.ones(2, requires_grad=True) * 10,
        "C": (torch.ones(2) * 10).requires_grad_(),
        "D": quietly,
        "E": torch.exp(w.detach()) + w,
        "F": torch.ones(2, requires_grad=True).to(torch.float64),
        "G": torch.tensor([math.sin(number) for number in w.tolist()]),
        "H": w.detach().clone().requires_grad_(),
    }


# %% [markdown]
# Write `guesses`. For each letter, it says `"unwatched"` (`requires_grad` is False), `"leaf"` (watched, and
# `backward()` can fill its `.grad`) or `"result"` (watched, and computed from watched ones).
#
# <details><summary>Hint 1: where to begin</summary>
#
# Read each line from the inside out. Which tensor got `requires_grad=True`: the one that is kept, or one before it?
# </details>
# <details><summary>Hint 2: what counts as computing</summary>
#
# Everything that makes a new tensor from a watched one: a product, a sum, and a change of type too.
# `requires_grad_()` with its underscore computes nothing. It marks the tensor that is there.
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# Three of them are unwatched, two are leaves, three are results. "Scaled" and "converted" are computed; `math` and
# `tolist` give plain numbers, and these have no graph.
# </details>


# %% nbgrader={"grade_id": "guesses", "solution": true}
def guesses() -> dict[str, str]:
    """Say for each specimen whether it is "unwatched", a "leaf" or a "result".

    Returns:
        One of the three words for each letter from "A" to "H".
    """
    ### BEGIN SOLUTION
    unwatched = dict.fromkeys("ADG", "unwatched")
    leaves = dict.fromkeys("CH", "leaf")
    return unwatched | leaves | dict.fromkeys("BEF", "result")
    ### END SOLUTION


# %% nbgrader={"grade_id": "guesses-test", "grade": true, "points": 2}
check.specimen_guesses(guesses, specimens())
### BEGIN HIDDEN TESTS
assert set("ABCDEFGH") <= set(guesses()), "There are eight letters, from A to H."
### END HIDDEN TESTS

# %% [markdown]
# B and F are common mistakes. In both, the tensor that you keep is not the one that got `requires_grad=True`. First
# do what changes the tensor (scale, convert, move to a GPU), then set `requires_grad`.
#
# ## 4 · What can't have a slope
#
# **Predict:** which of these five lines stop with an error? Which compute something and say nothing?

# %%
# Prediction 4. Which line says nothing? … a: three numbers at once · b: into NumPy · c: a sine from math
guess_4 = ""

# %% tags=["autograder:skip"]
x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
used = (x**2).sum()
used.backward()
attempts = {
    "a whole number": lambda: torch.tensor(10, requires_grad=True),
    "three numbers at once": lambda: (x**2).backward(),
    "the same record again": lambda: used.backward(),
    "into NumPy": lambda: np.sin(x.numpy()),
    "a sine from math": lambda: torch.tensor(math.sin(x[0])) * 2,
}
with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the last line earns a warning that is easily overlooked
    for name, attempt in attempts.items():
        try:
            result = attempt()
            print(f"{name}: no error. requires_grad: {result.requires_grad}")
        except RuntimeError as error:
            print(f"{name}: {str(error).split('. ')[0]}")

predictions.tell(4, guess_4)

# %% [markdown]
# <details><summary>What it means</summary>
#
# - A slope says what happens if a number changes *a little*. Whole numbers can't, so only floating-point (and
#   complex) tensors can be watched.
# - One slope belongs to one result. For three results at once, `backward()` wants to know which mixture of them you mean. Their
#   sum is one number and would do.
# - A backward pass frees what the graph had saved. Compute again, then go backward again.
# - NumPy can't record operations, so torch refuses to give it a watched tensor. `x.detach()` is the same numbers,
#   unwatched.
# - The last one is the dangerous one. `math.sin` takes a plain number, gives a plain number, and the graph ends
#   there. The value is right. Its slope is lost, and there is no error.
# </details>

# %% [markdown]
# ### Exercise 4 · Find the bugs
#
# *Tricky, about 7 minutes, 3 points*
#
# How deep is the water at a place $(x_1, x_2)$? The bed of the sea has the height $f(x)$, some function of the place, and on
# top there are waves of height $\sin x_1$. So the depth is $d(x) = \sin x_1 - f(x)$. A colleague wants its gradient, for
# places like `[3, 4]` or `[0.5, -1.2]`. His function stops with an error. When you mend that, the next thing is wrong, and when
# nothing seems to be wrong any more, one of the two numbers still is.


# %% nbgrader={"grade_id": "buggy", "locked": true}
def depth_slopes_buggy(f, place):
    x = torch.tensor(place, requires_grad=True).to(torch.float64)
    depth = math.sin(x[0]) - f(x)
    depth.backward()
    return depth.grad


# %% tags=["autograder:skip"]
def bowl(x: torch.Tensor) -> torch.Tensor:
    return (x[0] - 1) ** 2 + x[1] ** 2 - 20


with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # PyTorch gives two warnings here, which are easily overlooked
    try:
        depth_slopes_buggy(bowl, [3, 4])
    except RuntimeError as error:
        print("[3, 4]      RuntimeError:", error)
    print("[0.5, -1.2] gives", depth_slopes_buggy(bowl, [0.5, -1.2]))

# %% [markdown]
# Repair it in `depth_slopes`. It works for whole numbers too, for any sea bed f, and returns the gradient
# $(\partial d/\partial x_1, \partial d/\partial x_2)$ as a tensor in float64.
#
# <details><summary>Hint 1: where to begin</summary>
#
# Mend one line, run, look at the next complaint. For `x`, print `dtype`, `requires_grad` and `is_leaf`. You have met that
# line among the specimens.
# </details>
# <details><summary>Hint 2: what comes next</summary>
#
# Into whose `.grad` does `backward()` write? And when you have two numbers, take a flat sea bed,
# `f = lambda x: 0 * x[1]`. Only the waves are left: what should the first number be, and what is it?
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# There are four things to mend: whole numbers, and the conversion that comes after `requires_grad=True` (one call of
# `torch.tensor` with a `dtype` mends both); the sine, which must be torch's; and the `.grad`, which must be that of
# the place.
# </details>


# %% nbgrader={"grade_id": "find-bug", "solution": true}
def depth_slopes(f: Callable[[torch.Tensor], torch.Tensor], place: list[float]) -> torch.Tensor:
    """Compute the gradient of d(x) = sin(x₁) − f(x) at one place.

    Args:
        f: the height of the sea bed; maps a tensor of shape (2,) to a tensor with one number.
        place: two numbers, whole or not.

    Returns:
        The gradient, shape (2,), float64.
    """
    ### BEGIN SOLUTION
    x = torch.tensor(place, dtype=torch.float64, requires_grad=True)
    depth = torch.sin(x[0]) - f(x)
    depth.backward()
    return x.grad
    ### END SOLUTION


# %% nbgrader={"grade_id": "find-bug-test", "grade": true, "points": 3}
check.sea_depth(depth_slopes)
### BEGIN HIDDEN TESTS
check.sea_depth(depth_slopes, bed=lambda x: torch.cos(x[0] * x[1]) + x[1] ** 3)
flat = torch.as_tensor(depth_slopes(lambda x: 0 * x[1], [0, 5]))
assert abs(float(flat[0]) - 1) < 1e-9, "Over a flat bed only the waves have a slope, and it is wrong at the origin."
### END HIDDEN TESTS

# %% [markdown]
# ## 5 · Measure it
#
# The last bug was silent. How would you notice such a thing? Do what a surveyor does: take two points on the graph and
# measure the slope of the line through them.
#
# - **Forward difference:** from $x$ to a point a width $h$ to the right, $\dfrac{f(x + h) - f(x)}{h}$.
# - **Central difference:** from a point $h$ to the *left* of $x$ to a point $h$ to the *right*.
#
# Neither needs autograd, or any idea of what happens inside f. Here are both for $f(x) = e^x$ at $x = 0$. **Predict:** when the
# points come closer, which of the two lines is first to be as steep as the tangent? Move the slider.

# %% tags=["autograder:skip", "nbval-ignore-output"]
figures.chords(
    torch.exp,
    at=0.0,
    widths=[1.5, 1.2, 1.0, 0.8, 0.6, 0.4, 0.3, 0.2, 0.1],
    title="A slope between two points",
)

# %% [markdown]
# The central one is nearly parallel to the tangent long before. The graph bends upwards from the tangent on the left and on
# the right. So both ends of the central line are too high by nearly the same, and its *slope* hardly notices.

# %% [markdown]
# ### Exercise 5 · The surveyor
#
# *Easy, about 4 minutes, 2 points*
#
# Write `central`, the central difference. `x` may hold one place or many, in float32 or float64. Compute with what you are
# given, and do not convert it.
#
# <details><summary>Hint 1: where to begin</summary>
#
# Slope is rise over run. How far apart are the two points?
# </details>
# <details><summary>Hint 2: the rise</summary>
#
# The place itself, $f(x)$, is not used at all.
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# The difference of the two heights, over the run. Put parentheses around the run, too: `a / 2 * h` divides by 2 and then
# *multiplies* by h.
# </details>


# %% nbgrader={"grade_id": "central", "solution": true}
def central(f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor, h: float) -> torch.Tensor:
    """Measure the slope of f by central differences.

    Args:
        f: works on each number of a tensor by itself.
        x: the places, any shape, float32 or float64.
        h: how far to go to each side.

    Returns:
        The measured slopes, shape and dtype of ``x``.
    """
    ### BEGIN SOLUTION
    rise = f(x + h) - f(x - h)
    return rise / (2 * h)
    ### END SOLUTION


# %% nbgrader={"grade_id": "central-test", "grade": true, "points": 2}
check.central_difference(central)
### BEGIN HIDDEN TESTS
check.central_difference(central, of=lambda x: torch.exp(x / 2) * torch.sin(x))
places = torch.rand(3, 2, dtype=torch.float64)
assert tuple(central(torch.cos, places, 0.1).shape) == (3, 2), "Six places must give six slopes, in the same shape."
### END HIDDEN TESTS

# %% [markdown]
# The slope is the limit for $h \to 0$. So a smaller $h$ is always better?
#
# **Predict:** we measure the slope of $\sin x$ at forty places, with $h = 0.1,\ 0.01,\ 0.001, \dots$ down to $10^{-15}$. Draw a
# sketch: the width $h$ to the right, the error upwards, both on logarithmic axes. Which $h$ is best in float64, which in
# float32? By how much does the central difference beat the forward one?

# %%
# Prediction 5. The best h for the central difference in float64 … a: the smallest · b: about 0.00001 · c: about 0.1
guess_5 = ""


# %% tags=["autograder:skip", "nbval-ignore-output"]
def forward(f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor, h: float) -> torch.Tensor:
    return (f(x + h) - f(x)) / h


widths = [10 ** (-power / 2) for power in range(1, 31)]
errors = {}
for dtype, digits in ((torch.float32, "float32"), (torch.float64, "float64")):
    places = torch.linspace(0.1, 1.4, 40, dtype=torch.float64).to(dtype)
    exact = torch.cos(places.double())
    for method, name in ((forward, "forward"), (central, "central")):
        measured = [torch.as_tensor(method(torch.sin, places, h)).double() for h in widths]
        errors[f"{name}, {digits}"] = [((m - exact) / exact).abs().mean().item() for m in measured]

for name, values in errors.items():
    best = min(range(len(values)), key=values.__getitem__)
    print(f"{name}: best near h = 10^{math.log10(widths[best]):.0f}, error about 10^{math.log10(values[best]):.0f}")

predictions.tell(5, guess_5)

# %% tags=["autograder:skip", "nbval-ignore-output"]
figures.accuracy(widths, errors, title="How wrong is a measured slope of sin x?")

# %% [markdown]
# <details><summary>What it means</summary>
#
# From right to left, every curve falls and then rises again, like a **V**. On its right arm, $h$ is too large: the
# graph bends between the two points. There the error of the forward difference is of order $h$: it falls by a factor
# of 10 when $h$ does. The error of the central difference is of order $h^2$ and falls by a factor of 100: at $x - h$
# and at $x + h$ the graph leaves its tangent by nearly the same, and in the difference this cancels.
#
# On the left arm, $h$ is too small: the two heights agree in almost all digits, and what is left of their difference
# is rounding noise, divided by a tiny number. The noise is of order $\varepsilon/h$, where $\varepsilon$ is the
# relative precision of the numbers, about $10^{-16}$ in float64 and $10^{-7}$ in float32. In float32, $x + h$ is
# *equal* to $x$ for the smallest $h$: the difference is 0, and the error is 100 %.
#
# The best $h$ lies where the arms meet: near $\sqrt{\varepsilon}$ for the forward and near $\sqrt[3]{\varepsilon}$
# for the central difference, if the function, its derivatives and $x$ are of the size of 1. With central differences
# in float64, $h = 10^{-5}$ is a good choice, and about eleven of sixteen digits are right.
# </details>
#
# And autograd? It has no $h$ at all.

# %% tags=["autograder:skip"]
for dtype in (torch.float32, torch.float64):
    places = torch.linspace(0.1, 1.4, 40, dtype=torch.float64).to(dtype).requires_grad_()
    (slopes,) = torch.autograd.grad(torch.sin(places).sum(), places)
    exact = torch.cos(places.detach().double())
    error = ((slopes.double() - exact) / exact).abs().max().item()
    print(f"autograd in {str(dtype)[6:]}: right up to rounding:", error < 2 * torch.finfo(dtype).eps)

# %% [markdown]
# Autograd does not approximate: it applies the rules of differentiation, and only rounding is left. Here all slopes
# are right to within a few units of the last digit. But this is not so for every program, and then only a measurement
# tells: it is coarse, but it looks at the function and not at the graph. So measure to *check*.

# %% [markdown]
# ### Exercise 6 · The inspector
#
# *Straightforward, about 6 minutes, 3 points*
#
# Somebody hands you a function `f` and claims that `df` is its derivative. Write `agrees`: it says whether that is so
# at **every** place in `x`, by comparing with measured slopes. Central differences with $h = 10^{-5}$ are fine. Call
# the claim wrong at a place if it is off by more than a millionth of the slope there (plus a millionth, for slopes
# near 0). Do not ask autograd, since the claim may come from it: only your own measurement counts.
#
# <details><summary>Hint 1: where to begin</summary>
#
# How far apart are the claim and the measurement, and is "far" the same for a slope of 0.001 and for one of 1000?
# </details>
# <details><summary>Hint 2: one verdict</summary>
#
# You get as many comparisons as places, and need one answer. A claim that is right at most places is wrong. And two
# errors with different signs must not cancel.
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# `torch.allclose` has a relative and an absolute tolerance, `rtol` and `atol`, and their defaults are not the ones you need.
# You can also write it out with `.abs()`, a comparison, and `.all()`.
# </details>


# %% nbgrader={"grade_id": "agrees", "solution": true}
def agrees(
    f: Callable[[torch.Tensor], torch.Tensor], df: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor
) -> bool:
    """Say whether df is the derivative of f at every place.

    Args:
        f: works on each number of a tensor by itself.
        df: what is claimed to be its derivative.
        x: the places, shape (n,), float64.

    Returns:
        Whether df(x) and the measured slopes agree everywhere to 1e-6 + 1e-6 · |slope|.
    """
    ### BEGIN SOLUTION
    measured = (f(x + 1e-5) - f(x - 1e-5)) / 2e-5
    return bool(((df(x) - measured).abs() <= 1e-6 + 1e-6 * measured.abs()).all())
    ### END SOLUTION


# %% nbgrader={"grade_id": "agrees-test", "grade": true, "points": 3}
check.inspection(agrees)
### BEGIN HIDDEN TESTS
places = 1 + torch.rand(9, dtype=torch.float64)
assert agrees(torch.exp, torch.exp, places), "A right derivative was refused."
assert not agrees(torch.exp, lambda x: x * torch.exp(x - 1), places), "A wrong derivative of exp was accepted."
assert not agrees(torch.sin, lambda x: -torch.cos(x), places), "A derivative with the wrong sign was accepted."
assert not agrees(torch.log, lambda x: 1 / x + 1e-4, places), "A derivative that is off by 0.0001 was accepted."
### END HIDDEN TESTS

# %% [markdown]
# **Predict:** which of these four claims will your inspector accept? The last two come from autograd itself. `with_data` takes
# a short cut through `x.data`, which some old tutorials recommend.


# %% nbgrader={"grade_id": "by-autograd", "locked": true}
def by_autograd(f: Callable[[torch.Tensor], torch.Tensor]) -> Callable[[torch.Tensor], torch.Tensor]:
    """What autograd says about the slope of f."""

    def derivative(x: torch.Tensor) -> torch.Tensor:
        with torch.enable_grad():  # an inspector may work under no_grad()
            x = x.detach().clone().requires_grad_()
            return torch.autograd.grad(f(x).sum(), x)[0]

    return derivative


# %%
# Prediction 6. Autograd for sin(x) · x.data … a: agrees · b: is wrong · c: raises an error
guess_6 = ""


# %% tags=["autograder:skip"]
def with_data(x: torch.Tensor) -> torch.Tensor:
    return torch.sin(x) * x.data


def without_data(x: torch.Tensor) -> torch.Tensor:
    return torch.sin(x) * x


places = torch.linspace(0.5, 3, 20, dtype=torch.float64)
claims = {
    "cos for sin": (torch.sin, torch.cos),
    "2 cos(x) for sin(2x)": (lambda x: torch.sin(2 * x), lambda x: 2 * torch.cos(x)),
    "autograd for sin(x) · x": (without_data, by_autograd(without_data)),
    "autograd for sin(x) · x.data": (with_data, by_autograd(with_data)),
}
for name, (function, claim) in claims.items():
    print(f"{name:30}{'agrees' if agrees(function, claim, places) else 'WRONG'}")

predictions.tell(6, guess_6)

# %% [markdown]
# <details><summary>What it means</summary>
#
# `sin(2x)` has 2x *inside*, and the derivative must have it inside too. And for the last function, autograd is wrong:
# `x.data` holds the same numbers, but operations on it are not recorded, so autograd takes it for a constant. The
# value is right, there is no error and no warning. Only the measurement shows it.
# </details>
#
# ## 6 · Where autograd lies
#
# The last slope was wrong because a factor was hidden from autograd. But autograd can also be wrong where everything
# has been recorded. Here are five programs that hide nothing.


# %% nbgrader={"grade_id": "programs", "locked": true}
def programs() -> dict[str, tuple[Callable[[torch.Tensor], torch.Tensor], float]]:
    """Five programs, each with a place."""
    return {
        "relu(x) − relu(−x)": (lambda x: torch.relu(x) - torch.relu(-x), 0.0),
        "√(x²)": (lambda x: torch.sqrt(x**2), 0.0),
        "sin(x)/x, and 1 at 0": (lambda x: torch.where(x == 0, 1.0, torch.sin(x) / x), 0.0),
        "(1 − cos x)/x²": (lambda x: (1 - torch.cos(x)) / x**2, 1e-8),
        "sin(x) · x": (lambda x: torch.sin(x) * x, 0.0),
    }


# %% [markdown]
# **Predict**, on paper: the first is $x$ in disguise, so what is its slope at 0? The third and the fourth are smooth
# and even: $f(-x) = f(x)$. What is their slope at 0, and so nearly at $10^{-8}$?

# %% [markdown]
# ### Exercise 7 · Autograd inspected
#
# *A little tricky, about 7 minutes, 3 points*
#
# Write `autograd_wrong`. For each place in `x` it says whether autograd's slope of `f` is wrong there: whether it
# differs from a measured slope by more than $0.001 \cdot (1 + |\text{measured slope}|)$, to either side, or **is no
# number at all** (NaN). Measure with central differences and $h = 10^{-3}$.
#
# <details><summary>Hint 1: where to begin</summary>
#
# You have both parts: `by_autograd(f)` is a function that gives autograd's slopes, and `central` measures.
# </details>
# <details><summary>Hint 2: NaN</summary>
#
# In Python, is NaN greater than 0.001? Is it smaller? Try `float("nan") > 0.001`, and the other comparison.
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# Ask whether a slope is *right*, with `<=`. For NaN the answer is False. Then turn the answers round: `~` in front of a
# tensor of truth values does it for all of them.
# </details>


# %% nbgrader={"grade_id": "lies", "solution": true}
def autograd_wrong(f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor) -> torch.Tensor:
    """Say at which places autograd's slope of f is wrong.

    Args:
        f: works on each number of a tensor by itself.
        x: the places, shape (n,), float64, with requires_grad=False. They are left as they were.

    Returns:
        A truth value for each place, shape (n,): whether autograd is wrong there.
    """
    ### BEGIN SOLUTION
    place = x.detach().clone().requires_grad_()
    claimed = torch.autograd.grad(f(place).sum(), place)[0]
    measured = (f(x + 1e-3) - f(x - 1e-3)) / 2e-3
    return ~((claimed - measured).abs() <= 1e-3 * (1 + measured.abs()))
    ### END SOLUTION


# %% nbgrader={"grade_id": "lies-test", "grade": true, "points": 3}
check.autograd_inspected(autograd_wrong)
### BEGIN HIDDEN TESTS
places = torch.tensor([-2.0, 0.0, 1.5], dtype=torch.float64)
folded = torch.as_tensor(autograd_wrong(lambda x: torch.sqrt(x**4), places))
assert folded.tolist() == [False, True, False], "For √(x⁴), only the slope at 0 is wrong."
softened = torch.as_tensor(autograd_wrong(lambda x: torch.sqrt(x**2 + 1), places))
assert softened.tolist() == [False, False, False], "For √(x² + 1), autograd is right everywhere."
### END HIDDEN TESTS

# %%
# Prediction 7. Autograd's slope of relu(x) − relu(−x) at 0 … a: 0 · b: 1/2 · c: 1
guess_7 = ""

# %% tags=["autograder:skip"]
print(f"{'program':22}{'x':>8}{'autograd':>14}{'measured':>10}   autograd is")
for name, (program, place) in programs().items():
    at = torch.tensor([place], dtype=torch.float64)
    said, found = (float(by_autograd(program)(at)), float(torch.as_tensor(central(program, at, 1e-3))))
    wrong = bool(torch.as_tensor(autograd_wrong(program, at)))
    print(f"{name:22}{place:8.0e}{said:14.0f}{round(found, 3) + 0:10.0f}   {'WRONG' if wrong else 'right'}")

predictions.tell(7, guess_7)

# %% [markdown]
# <details><summary>What it means</summary>
#
# - **At a kink** there are two slopes, and autograd uses some number between them. For `relu` at 0 it is 0, on both
#   sides of the minus sign: $0 + 0 = 0$, and the kinks that cancel in the values do not cancel in the slopes.
# - **The square root** of 0 is infinitely steep, and $x^2$ is flat there: $\infty \cdot 0$ is NaN. ($|x|$ has no
#   slope at 0. The measurement says 0, the mean of both sides.)
# - **`where` computes both branches**, also where their values are thrown away, and goes back through both. The
#   unused branch gets a gradient of 0, and $0 \cdot \infty$ is NaN again. Mend the *input*: divide by
#   `torch.where(x == 0, 1, x)`.
# - **Where a value loses its digits**, the slope loses more. At $10^{-8}$, $1 - \cos x$ is 0 in float64. Write
#   $2 \sin^2(x/2)$ instead: it is the same, and nothing cancels.
#
# One NaN in a gradient makes every weight NaN in the next step. These four are where to look first.
# </details>
#
# ## 7 · Which one ran?
#
# A program may decide while it runs: `if` and `while` ask for the *values* of tensors.


# %% nbgrader={"grade_id": "program", "locked": true}
def program(x: torch.Tensor) -> torch.Tensor:
    """For positive x: triple it until it is 10 or more, then do one of two things."""
    y = x
    while y < 10:
        y = 3 * y
    if y > 20:
        return 100 / y
    return y**2 / 10


# %% [markdown]
# **Predict:** which operations does autograd record for $x = 2$, and which for $x = 2.5$? Does the graph contain the
# comparison `y < 10`? Then draw both.

# %% tags=["autograder:skip", "nbval-ignore-output"]
graph.draw(program, x=torch.tensor(2.0), title="The program at x = 2")

# %% tags=["autograder:skip", "nbval-ignore-output"]
graph.draw(program, x=torch.tensor(2.5), title="The same program at x = 2.5")

# %% [markdown]
# The graph is not that of the program, it is that of **this run**. It holds the operations that ran, as often as they
# ran. Comparisons leave no trace, and neither does the branch that was not taken. So autograd gives the slope of the
# formula that happened to run: $(3 \cdot 3x)^2/10$ near 2, $100/(3 \cdot 3x)$ near 2.5. Between them, at
# $x = 20/9$, the value jumps from 40 to 5, and no slope says so.

# %% [markdown]
# ### Exercise 8 · The slope of a run
#
# *Straightforward, about 6 minutes, 3 points*
#
# Write `slope_of_run`: the slope of `program` at a positive `x`, without autograd. Let your function go the way that
# the program goes, for any number of rounds, and carry the slope along.
#
# <details><summary>Hint 1: where to begin</summary>
#
# Keep two numbers: y, and by how much y changes if x changes a little. What is the second one before the first round?
# </details>
# <details><summary>Hint 2: a round</summary>
#
# Each round triples y. What does it do to the slope of y?
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# At the end, multiply the slope of y by the derivative of the branch that ran: $-100/y^2$, or $y/5$. It is taken at
# the last y, and y also says which one ran.
# </details>


# %% nbgrader={"grade_id": "branches", "solution": true}
def slope_of_run(x: float) -> float:
    """Compute the slope of `program` at x, without autograd.

    Args:
        x: a positive number.

    Returns:
        The slope of what the program computes for this x, a plain number.
    """
    ### BEGIN SOLUTION
    y, slope_of_y = x, 1.0
    while y < 10.0:
        y, slope_of_y = 3 * y, 3 * slope_of_y
    return slope_of_y * (-100 / y**2 if y > 20 else y / 5)
    ### END SOLUTION


# %% nbgrader={"grade_id": "branches-test", "grade": true, "points": 3}
check.run_slope(slope_of_run)
### BEGIN HIDDEN TESTS
assert abs(float(slope_of_run(0.5)) - 27 * 13.5 / 5) < 1e-3, "At x = 0.5 the slope is wrong."
assert abs(float(slope_of_run(25)) + 100 / 625) < 1e-5, "At x = 25, where no round is needed, the slope is wrong."
### END HIDDEN TESTS

# %%
# Prediction 8. How often is y tripled for x = 2, and for x = 2.5? …
# a: once, and once · b: twice, and once · c: twice, and twice
guess_8 = ""

# %% tags=["autograder:skip"]
for place in (2.0, 2.5):
    print(f"x = {place}: your slope {float(slope_of_run(place)):.2f}, autograd's {float(slope(program, place)):.2f}")

predictions.tell(8, guess_8)

# %% [markdown]
# What you have written computes a slope *along with* the value, from the front to the back. Lab 04 calls this forward
# mode.
#
# ## 8 · By hand
#
# Now the other way round: you differentiate, and autograd inspects. Two small functions that you will meet again in every
# network: an exponential, and a squared error.

# %% [markdown]
# ### Exercise 9 · The pulse
#
# *Paper and pencil, about 4 minutes, 2 points*
#
# $$p(x) = x\, e^{-x/2}$$
#
# rises, reaches a peak and dies away. Differentiate it on paper, then write `pulse_slope`. Test it with your own inspector
# before you run the check.
#
# <details><summary>Hint 1: where to begin</summary>
#
# It is a product of two functions of x, so it needs the product rule. How many terms does that give?
# </details>
# <details><summary>Hint 2: the exponential</summary>
#
# $e^{u}$ is its own derivative *with respect to u*. What is u here, and what is its derivative?
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# Both terms have $e^{-x/2}$ as a factor, unchanged. One has the derivative of $x$ as the other factor, one has $x$ times
# the inner derivative. The slope must be zero at the peak, which is at $x = 2$.
# </details>


# %% nbgrader={"grade_id": "pulse", "solution": true}
def pulse_slope(x: torch.Tensor) -> torch.Tensor:
    """Compute the derivative of x · exp(−x/2) from its formula, without autograd.

    Args:
        x: the places, any shape.

    Returns:
        The slopes, shape of ``x``.
    """
    ### BEGIN SOLUTION
    return (1 - x / 2) * torch.exp(-x / 2)
    ### END SOLUTION


# %% nbgrader={"grade_id": "pulse-test", "grade": true, "points": 2}
check.pulse_slope(pulse_slope)
### BEGIN HIDDEN TESTS
assert abs(float(pulse_slope(torch.tensor(2.0, dtype=torch.float64)))) < 1e-12, "At its peak the pulse is not flat."
assert abs(float(pulse_slope(torch.tensor(0.0, dtype=torch.float64))) - 1) < 1e-12, "The slope at 0 is wrong."
### END HIDDEN TESTS

# %% tags=["autograder:skip"]
places = torch.linspace(0, 8, 33, dtype=torch.float64)
claim = lambda x: torch.as_tensor(pulse_slope(x))
print("your inspector says:", "agrees" if agrees(lambda x: x * torch.exp(-x / 2), claim, places) else "WRONG")

# %% [markdown]
# ### Five weights
#
# The smallest network of all: five inputs $x$, five weights $w$, and the prediction $w \cdot x = \sum_i w_i x_i$. It
# should be 10. How bad is it?
#
# $$E(w) = (10 - w \cdot x)^2$$
#
# The data are given; what we may change are the weights, so only they have `requires_grad=True`. **Predict:** what is
# `x.grad` afterwards?

# %% tags=["autograder:skip"]
torch.manual_seed(1)
x = torch.tensor([1.0, 4.0, -3.0, 5.0, 4.0])
w = torch.rand(5, requires_grad=True)
error = (10 - w @ x) ** 2
error.backward()
print("w       ", [round(number, 4) for number in w.tolist()])
print(f"w · x    {(w @ x).item():.4f}")
print(f"error    {error.item():.4f}")
print("w.grad  ", [round(number, 3) for number in w.grad.tolist()])
print("x.grad  ", x.grad)

# %% [markdown]
# ### Exercise 10 · The error's gradient
#
# *Paper and pencil, about 5 minutes, 3 points*
#
# Find $\partial E / \partial w_i$ on paper, for any target in place of 10. Then write `error_gradient` for all the weights
# together, without autograd.
#
# <details><summary>Hint 1: where to begin</summary>
#
# Outer function: a square. Inner function: target minus $w \cdot x$, one number. Differentiate that number with respect to
# one weight, say $w_3$, with the others held fixed.
# </details>
# <details><summary>Hint 2: look at the numbers above</summary>
#
# Divide `w.grad` by `x`, entry by entry. What do you notice? Which single number is it, and which sign has it?
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# The gradient points along `x`. Its length comes from the outer derivative, twice the inner number, and the minus sign comes
# from the inner one. `w @ x` is the dot product.
# </details>


# %% nbgrader={"grade_id": "error-gradient", "solution": true}
def error_gradient(w: torch.Tensor, x: torch.Tensor, target: float) -> torch.Tensor:
    """Compute the gradient of (target − w · x)² with respect to w, from its formula.

    Args:
        w: the weights, shape (n,).
        x: the inputs, shape (n,).
        target: what w · x should be.

    Returns:
        The gradient, shape (n,).
    """
    ### BEGIN SOLUTION
    missing = target - w @ x
    return -2 * missing * x
    ### END SOLUTION


# %% nbgrader={"grade_id": "error-gradient-test", "grade": true, "points": 3}
check.squared_error_gradient(error_gradient)
### BEGIN HIDDEN TESTS
w, x = torch.rand(7, dtype=torch.float64), torch.randn(7, dtype=torch.float64)
leaf = w.clone().requires_grad_()
((3.5 - leaf @ x) ** 2).backward()
assert torch.allclose(torch.as_tensor(error_gradient(w, x, 3.5)).double(), leaf.grad), "Seven weights go wrong."
### END HIDDEN TESTS

# %% tags=["autograder:skip"]
torch.manual_seed(1)
x = torch.tensor([1.0, 4.0, -3.0, 5.0, 4.0])
w = torch.rand(5, requires_grad=True)
((10 - w @ x) ** 2).backward()
same = torch.allclose(torch.as_tensor(error_gradient(w.detach(), x, 10), dtype=w.dtype), w.grad)
print("your formula and autograd agree:", same)

# %% [markdown]
# Five weights, one backward pass. To *measure* that gradient, you would have computed the error ten times, and for a
# network with a billion weights two billion times. Autograd needs about as long as a few forward passes, however many
# weights there are. That is why we train with autograd, and measure only to check.

# %% tags=["autograder:skip"]
predictions.total()

# %% [markdown]
# ## 9 · What to take along
#
# The last column is the name under which a check reports the mistake.
#
# | You write | and get | because | name |
# |---|---|---|---|
# | `torch.tensor(10, requires_grad=True)` | "only Tensors of floating point" | whole numbers can't change a little | integer-tensor |
# | f inside `no_grad()`, or on `x.detach()` | "does not require grad" | nothing was recorded | forward-untracked |
# | `y.grad` of a result | None and a warning | only leaves keep a gradient | grad-of-intermediate |
# | `tensor(…, requires_grad=True) * 10`, `.to(torch.float64)` | an empty `.grad` | what you keep was computed; the leaf is the one before | not-a-leaf |
# | `math.sin(x)`, `.item()`, `float(x)` on the way | a slope that is missing | the graph ends where you leave torch | graph-cut |
# | `np.sin(x)` of a watched x | "Can't call numpy()" | NumPy records nothing | numpy-on-tracked |
# | `backward()` on several numbers | "only for scalar outputs" | one slope belongs to one result | backward-on-vector |
# | `backward()` twice on one result | "a second time" | the first pass has freed the graph | backward-twice |
# | `backward()` again, `.grad` not emptied | the sum of two slopes | `backward()` adds | missing-zero-grad |
# | `x.grad.zero_()` before any backward | "NoneType has no attribute" | `.grad` is None at first | zero-before-first |
# | `x.data` in a formula | a wrong slope, silently | autograd takes it for a constant | data-attribute |
# | `difference > tolerance` for a slope that is NaN | "right" | no comparison with NaN is true | nan-passes |
# | a slope for a branch that did not run | a wrong slope | the graph is that of the run | other-branch |
# | $u\,e^{u-1}$ for the slope of $e^u$ | a wrong slope | that rule is for powers | exp-derivative |
# | $2\cos x$ for the slope of $\sin 2x$, or no inner factor at all | a wrong slope | outer′(inner) · inner′ | missing-inner-derivative |
#
# - **Forward:** compute, and record the graph. **Backward:** go through it from the end, with the chain rule at each
#   operation.
# - `backward()` adds to the `.grad` of leaves. `torch.autograd.grad` returns the slopes and changes no `.grad`.
# - A measured slope has a best width, and the smallest is not the best.
# - Autograd differentiates the graph of *this run*. At kinks, behind a `where`, where digits cancel, and where the
#   graph was left, its slope can be wrong or NaN.
#
# **Three links**
#
# - [Autograd mechanics](https://docs.pytorch.org/docs/stable/notes/autograd.html): PyTorch's own account of graphs,
#   leaves and of what it does at kinks.
# - [Automatic differentiation in machine learning: a survey](https://arxiv.org/abs/1502.05767), by Baydin and others:
#   the method, its history, and how it differs from differences and from formulas.
# - [Dive into Deep Learning, section 2.5](https://d2l.ai/chapter_preliminaries/autograd.html): another lesson on
#   autograd, with exercises.

# %% [markdown]
# ### Open question · Flat, says autograd
#
# *About 6 minutes, 4 points, read by a person*
#
# A friend trains a model and finds that for one of her parameters the gradient is 0, and for another one it is None. "So the
# loss doesn't depend on either of them," she says, "and PyTorch has proved it."
#
# Explain in 6 to 10 sentences, with what you saw in this lab, (a) how each of the two can come about although the loss does
# depend on the parameter, (b) how she can find out by a measurement, (c) which width she would choose for it, and why not a
# hundred million times smaller, and (d) why she should not use the measurement to train with.

# %% [markdown] nbgrader={"grade_id": "explain", "grade": true, "solution": true, "points": 4}
# None means that no backward pass has put anything into that tensor's `.grad`: perhaps it is no leaf, like B and F
# among the specimens, which were scaled or converted after `requires_grad` had been set, or it was never watched. A
# zero can be right, but it can also mean that a part of the computation left the graph, as with `math.sin(x[0])` in
# the colleague's function: the value was right, and the waves were missing in the slope. The short cut through
# `.data` gave a wrong slope without any warning. So a gradient only says what the recorded operations say. She can
# change the parameter by a small width in both directions, compute the loss twice, and divide the difference by the
# distance of the two. If that is clearly not zero, the loss depends on it. In float64 I would choose about 1e-5
# relative to the size of the parameter. With 1e-13 the two losses agree in almost all digits, and the difference is
# rounding noise divided by a tiny number: the left arm of the V. For training it is no use, since each parameter
# needs two evaluations of the loss, while one backward pass gives all the slopes at once, and without the error of a
# width.
#
# **Mark scheme**
#
# One point for each of these, half a point where it is named without a reason or an example from the lab:
#
# 1. None and 0 come from the graph: None from a tensor that is no leaf, unwatched or not reached; 0 (or a wrong
#    slope) from a part that left the graph (`math.sin`, `.item()`, `.data`, `detach`).
# 2. The measurement: change only that parameter, to both sides (or one), compare the losses, divide by the distance.
# 3. The width: near 1e-5 in float64 (or 1e-2 to 1e-3 in float32), since a much smaller one leaves only rounding noise.
# 4. Cost: two evaluations for each parameter, against one backward pass for all of them; or precision with that
#    reason.
