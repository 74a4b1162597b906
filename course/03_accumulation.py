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
# # The bucket: gradients add up
#
# Every watched leaf (a leaf with `requires_grad=True`) has an attribute `.grad`. Each backward pass **adds** its
# gradient to it, and no pass empties it. Picture `.grad` as a bucket under the tensor. This decision of PyTorch is
# behind one of the best known bugs in deep learning: it raises no error, and only makes the training strange. It is
# also behind a useful trick: training with batches that are too large for the memory.
#
# In this lab you see the bucket fill, you empty it, you forget to empty it, and you switch the recording off in three
# ways. At the end you find out what a loop computes that never empties `.grad`: not nonsense, but a well-known method
# that nobody asked for.
#
# **When you are done, you can**
#
# - predict what `.grad` holds after any sequence of backward passes, and keep gradients apart;
# - write a training loop that empties `.grad`, and repair one that does not;
# - go backward twice where two results share one graph, and say when that is allowed;
# - choose between `no_grad()`, `detach()` and `requires_grad_(False)`, and let a gradient flow through one factor only;
# - accumulate on purpose, so that small batches give the gradient of a large one.
#
# **Time:** about 85 minutes. **Points:** 24.
# **You need:** `backward()`, leaves and `.grad` as in lab 01, the chain rule, and a gradient step $w - \eta\,\nabla L$.
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

from gradlab import figures
from gradlab.check import accumulation as check
from gradlab.notebook.predictions import Predictions

predictions = Predictions("03_accumulation")


# %% nbgrader={"grade_id": "shown", "locked": true}
def shown(tensor: torch.Tensor) -> str:
    """Write the numbers of a tensor with at most four digits after the point."""
    numbers = torch.as_tensor(tensor).detach().flatten().tolist()
    return "[" + ", ".join(f"{round(number, 4):g}" for number in numbers) + "]"


# %% [markdown]
# ## 1 · Filling
#
# The smallest example: $L = x_1^2 + x_2^2$ at $x = (1, 1)$. Its gradient is $2x = (2, 2)$.
#
# **Predict** three things. What does `x.grad` hold *before* the first backward pass? What after it? And what happens
# if we go backward through the same `loss` once more?

# %%
# Prediction 1. x.grad before the first pass … a: 0 · b: None · c: an error
guess_1 = ""

# %% tags=["autograder:skip"]
x = torch.tensor([1.0, 1.0], requires_grad=True)
print("before backward:", x.grad)

loss = (x**2).sum()
loss.backward()
print(f"loss {loss.item():.0f}, gradient {shown(x.grad)}")

try:
    loss.backward()
except RuntimeError as error:
    print("RuntimeError:", str(error).split(" (")[0])

predictions.tell(1, guess_1)

# %% [markdown]
# <details><summary>What it means</summary>
#
# At first `.grad` is None, not zero. The first pass creates it. A second pass through the *same* graph fails: to save
# memory, the first one has freed what the graph had saved for the derivatives, here the value of $x$. Compute the
# loss again, and there is a new graph to go back through.
# </details>
#
# ### Predict · Three rounds
#
# So we compute the function again in every round. Here is the hilly surface
# $f(x) = \sin x_1 \cos x_2 + \sin\frac{x_1}{2} \cos\frac{x_2}{2}$ at $(1, 2)$, where its gradient is
# $(0.0122, -0.9669)$. The point does not move. What does `x.grad` hold after rounds one, two and three?


# %% nbgrader={"grade_id": "surface", "locked": true}
def f(x: torch.Tensor) -> torch.Tensor:
    """The height of the hilly surface: points (..., 2) → heights (...)."""
    x1, x2 = x[..., 0], x[..., 1]
    return torch.sin(x1) * torch.cos(x2) + torch.sin(x1 / 2) * torch.cos(x2 / 2)


# %%
# Prediction 2. The second number after round 3 … a: 0 · b: −0.9669 · c: −2.9007
guess_2 = ""

# %% tags=["autograder:skip"]
x = torch.tensor([1.0, 2.0], requires_grad=True)
for round_number in (1, 2, 3):
    f(x).backward()
    print(f"after round {round_number}: {shown(x.grad)}")

predictions.tell(2, guess_2)

# %% [markdown]
# <details><summary>What it means</summary>
#
# Nothing about the surface has changed, and yet the numbers grow: `backward()` *adds*. Why would anybody build it
# like that? Because within one backward pass it must be so: where a tensor is used in two places, its derivative is
# the sum over both paths (lab 02). PyTorch treats two passes like two paths.
# </details>
#
# ### Predict · A copy, or a second name?
#
# Somebody keeps the first gradient under a name of its own, to compare it with the second. The function is
# $y = 5x^3 - x^2 + 2x - 100$ at $x = 10$, with slope 1482. What does `dydx` say at the end?

# %%
# Prediction 3. dydx at the end … a: 2964 · b: 1482 · c: None
guess_3 = ""

# %% tags=["autograder:skip"]
x = torch.tensor(10.0, requires_grad=True)
y = 5 * x**3 - x**2 + 2 * x - 100
y.backward()
dydx = x.grad
print("dydx, just noted:         ", dydx.item())

y = 5 * x**3 - x**2 + 2 * x - 100
y.backward()
print("dydx, which nobody touched:", dydx.item())
print("is it x.grad itself?      ", dydx is x.grad)
predictions.tell(3, guess_3)

# %% [markdown]
# <details><summary>What it means</summary>
#
# `dydx = x.grad` copies nothing. It is a second name for the same tensor, an **alias**, and shows what that tensor
# holds *now*. The next pass adds to this tensor, and 1482 becomes 2964.
# </details>
#
# There are two ways to empty `.grad`, and for an alias they differ. `x.grad.zero_()` writes zeros into the tensor.
# `x.grad = None` lets go of the tensor, and the next pass makes a new one. **Predict** what each of the two does to a
# gradient that was noted.

# %% tags=["autograder:skip"]
for way in ("zero_()", "None"):
    x = torch.tensor(10.0, requires_grad=True)
    (x**2).backward()
    noted = x.grad
    if way == "None":
        x.grad = None
    else:
        x.grad.zero_()
    print(f"emptied by {way:8} noted: {noted.item():4.0f}", end="   ")
    (3 * x).backward()
    print(f"after the next backward, noted: {noted.item():4.0f}, .grad: {x.grad.item():.0f}")

# %% [markdown]
# After `zero_()` the alias shows 0, and then the next gradient. After `None` the alias still has the old tensor, with
# the old gradient. (An optimiser's `zero_grad()` does the second, unless you ask for the first.) To be safe in both
# cases, keep a copy of the *values*, with `clone()`.

# %% [markdown]
# ### Exercise 1 · Each gradient by itself
#
# *Straightforward, about 8 minutes, 3 points*
#
# A loss is given for *one* example: `loss(w, row)` is a scalar. Write `gradients_apart`. For each row of `data` it
# computes the gradient of that row's loss with respect to `w`, and returns all of them, one below the other, each as
# if it had been computed alone.
#
# <details><summary>Hint 1: where to begin</summary>
#
# `w` is given unwatched. You need one leaf, and one forward and one backward pass for each row.
# </details>
# <details><summary>Hint 2: keeping apart</summary>
#
# What does `.grad` hold when the second row begins? And what does your list hold: different tensors, or the same
# tensor several times?
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# Make a leaf with `w.detach().clone().requires_grad_()`. For each row: set `.grad` to None, go backward, append a
# `clone()` of `.grad`. `torch.stack` puts the list together.
# </details>


# %% nbgrader={"grade_id": "apart", "solution": true}
def gradients_apart(
    loss: Callable[[torch.Tensor, torch.Tensor], torch.Tensor], w: torch.Tensor, data: torch.Tensor
) -> torch.Tensor:
    """Compute the gradient of the loss of each example, each by itself.

    Args:
        loss: maps w (d,) and one example (m,) to a scalar tensor.
        w: where, shape (d,), with requires_grad=False. It is left as it was.
        data: the examples, shape (n, m).

    Returns:
        The gradients with respect to w, shape (n, d).
    """
    ### BEGIN SOLUTION
    leaf = w.detach().clone().requires_grad_()
    kept = []
    for row in data:
        leaf.grad = None
        loss(leaf, row).backward()
        kept.append(leaf.grad.clone())
    return torch.stack(kept)
    ### END SOLUTION


# %% nbgrader={"grade_id": "apart-test", "grade": true, "points": 3}
# The check tells you what it saw. Run it as often as you like.
check.apart(gradients_apart)
### BEGIN HIDDEN TESTS
check.apart(gradients_apart, on=lambda w, row: torch.exp(-((w - row[:3]) ** 2).sum()) + w[0] * row[3], d=3, m=4)
check.apart(gradients_apart, on=lambda w, row: (w * row).sum() ** 3, d=2, m=2, count=1)
### END HIDDEN TESTS

# %% tags=["autograder:skip"]
examples = torch.tensor([[1.0, 0.0], [0.0, 2.0], [3.0, 3.0]])
squared = lambda w, row: ((w * row).sum() - 1) ** 2
each = torch.as_tensor(gradients_apart(squared, torch.tensor([1.0, 1.0]), examples))
for row, gradient in zip(examples, each):
    print(f"example {shown(row):8} gradient {shown(gradient)}")
print("their sum        ", shown(each.sum(dim=0)))

# %% [markdown]
# The first example is fitted already, so its gradient is zero. One number per example and weight: a table like this
# shows *which* example moves the weights where. Their sum is what `.grad` would have held if nobody had emptied it.

# %% [markdown]
# ## 2 · A loop that empties, and one that forgets
#
# Now the weights move. The loss could hardly be simpler: $L(w) = 3w_1 + 3w_2 + 3w_3 + 3w_4$, a slope of 3 along every
# axis, everywhere. We start at $w = (1, 1, 1, 1)$ and make three steps with $\eta = 0.1$.
#
# **Predict** the gradient in each epoch and the weights at the end, once with and once without emptying `.grad`. (An
# *epoch* is one pass through all the data. Here the data are the same in each step, so each step is an epoch.)

# %% tags=["autograder:skip"]
for empties in (True, False):
    weights = torch.ones(4, requires_grad=True)
    print("with zeroing" if empties else "without zeroing")
    for epoch in range(3):
        (3 * weights).sum().backward()
        with torch.no_grad():
            weights -= 0.1 * weights.grad
        print(f"  epoch {epoch + 1}: grad {shown(weights.grad)}")
        if empties:
            weights.grad.zero_()
    print(f"  weights at the end: {shown(weights)}")

# %% [markdown]
# <details><summary>What it means</summary>
#
# With zeroing, each step is $0.1 \cdot 3$ long and $w$ ends at $1 - 0.9 = 0.1$. Without, the steps are $0.3$, $0.6$ and
# $0.9$ long, and $w$ ends at $-0.8$: twice as far. The slope was 3 all the time. No error, no warning.
# </details>
#
# The two loops side by side, one weight of each. Each `backward()` adds 3, `step` reads the level, and only the left
# loop empties the bucket. Play it, then drag the slider: what is the level that each *step* sees?

# %% tags=["autograder:skip", "nbval-ignore-output"]
figures.buckets(lambda w: 3.0, weight=1.0, rate=0.1, rounds=4, title="Two loops, two buckets")

# %% [markdown]
# Why is the update inside `no_grad()`, and why must it be `-=`? The leaf has to stay *the same tensor*, since the
# `.grad` belongs to it, and autograd must not record the update. **Predict** for each of these four updates whether a
# second round works.


# %% tags=["autograder:skip"]
def two_rounds(update: str) -> str:
    w = torch.ones(2, requires_grad=True)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # PyTorch gives a long warning first
            for _ in range(2):
                (w**2).sum().backward()
                if update == "w = w - 0.1 * w.grad":
                    w = w - 0.1 * w.grad
                elif update == "w -= 0.1 * w.grad":
                    w -= 0.1 * w.grad
                elif update == "w = … inside no_grad()":
                    with torch.no_grad():
                        w = w - 0.1 * w.grad
                else:
                    with torch.no_grad():
                        w -= 0.1 * w.grad
    except (RuntimeError, TypeError) as error:
        return f"{type(error).__name__}: {str(error)[:58]}"
    return "works"


updates = ["w = w - 0.1 * w.grad", "w -= 0.1 * w.grad", "w = … inside no_grad()", "w -= … inside no_grad()"]
for update in updates:
    print(f"{update:25}{two_rounds(update)}")

# %% [markdown]
# <details><summary>What it means</summary>
#
# `w = w - …` computes a new tensor and gives it the old name. It is a result and no leaf, and `backward()` fills no
# `.grad` of it. Inside `no_grad()` the new tensor is not even watched. `w -= …` moves the leaf itself, which autograd
# forbids while it is recording. Only the last one moves the leaf while nothing is recorded. (It "works", and still
# has one of the mistakes of this lab. Which?)
# </details>

# %% [markdown]
# ### Exercise 2 · Find the bugs
#
# *Tricky, about 10 minutes, 3 points*
#
# This loop should return the trained weights and the gradient of every epoch. It stops with an error. When that is
# mended, it stops with the next one, and when that is mended too, it runs, and one of the two results is wrong
# without an error.


# %% nbgrader={"grade_id": "buggy", "locked": true}
def train_buggy(loss, weights, lr, epochs):
    w = weights.clone().requires_grad_()
    history = []
    for _ in range(epochs):
        w.grad.zero_()
        loss(w).backward()
        history.append(w.grad)
        with torch.no_grad():
            w = w - lr * w.grad
    return w, torch.stack(history)


# %% tags=["autograder:skip"]
try:
    train_buggy(lambda w: (w**2).sum(), torch.ones(2), 0.1, 3)
except AttributeError as error:
    print("AttributeError:", error)

# %% [markdown]
# Repair it in `train`. The gradient of an epoch is the one at the weights with which that epoch begins. `weights`
# must be left as it was (its values *and* its `requires_grad`), and what comes back must not be watched.
#
# <details><summary>Hint 1: where to begin</summary>
#
# Which of the lines in the loop can't work in the very first round, and where could it stand instead?
# </details>
# <details><summary>Hint 2: what comes next</summary>
#
# Does `w` still stand for the same tensor in the second round? Once that is so, try a loss whose gradient changes,
# and print `history` after each epoch.
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# There are four things to mend: `.grad` is emptied after it was used, `history` gets copies, the update is done with
# `-=`, and the weights are detached when they are returned.
# </details>


# %% nbgrader={"grade_id": "repair", "solution": true}
def train(
    loss: Callable[[torch.Tensor], torch.Tensor], weights: torch.Tensor, lr: float, epochs: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """Make steps of gradient descent and note every gradient.

    Args:
        loss: maps weights (d,) to a scalar tensor.
        weights: where to begin, shape (d,). They are left as they were.
        lr: learning rate.
        epochs: how many steps to make, at least one.

    Returns:
        The weights after the last step, shape (d,), and the gradient of each epoch, shape (epochs, d).
    """
    ### BEGIN SOLUTION
    w = weights.detach().clone().requires_grad_()
    history = []
    for _ in range(epochs):
        loss(w).backward()
        history.append(w.grad.clone())
        with torch.no_grad():
            w -= lr * w.grad
            w.grad.zero_()
    return w.detach(), torch.stack(history)
    ### END SOLUTION


# %% nbgrader={"grade_id": "repair-test", "grade": true, "points": 3}
check.trained(train)
### BEGIN HIDDEN TESTS
check.trained(train, on=lambda w: (w[0] - 1) ** 2 + 4 * (w[1] + 2) ** 2 + torch.sin(w[2]), d=3, epochs=4)
check.trained(train, on=lambda w: torch.cosh(w).sum(), d=2, epochs=1)
### END HIDDEN TESTS

# %% tags=["autograder:skip"]
end, history = train(lambda w: (3 * w).sum(), torch.ones(4), 0.1, 3)
print("weights", shown(end))
for epoch, gradient in enumerate(history, start=1):
    print(f"epoch {epoch}: {shown(gradient)}")

# %% [markdown]
# ## 3 · One graph, two results
#
# A second pass through one graph failed in section 1. Was that a law? **Predict** for each of these whether a second
# `backward()` is allowed.

# %%
# Prediction 4. A second backward for x + 2 … a: raises an error · b: works · c: works, and adds nothing
guess_4 = ""

# %% tags=["autograder:skip"]
results = {
    "x ** 2": lambda x: x**2,
    "exp(x)": lambda x: torch.exp(x),
    "x + 2": lambda x: x + 2,
    "3 * x": lambda x: 3 * x,
    "x ** 2, retain_graph=True": lambda x: x**2,
}
for name, formula in results.items():
    x = torch.tensor(5.0, requires_grad=True)
    y = formula(x)
    y.backward(retain_graph="retain" in name)
    try:
        y.backward()
        print(f"{name:27}works, .grad = {x.grad.item():.0f}")
    except RuntimeError:
        print(f"{name:27}RuntimeError: the graph is used up")

predictions.tell(4, guess_4)

# %% [markdown]
# <details><summary>What it means</summary>
#
# What a pass frees are the *values that were saved for the derivatives*. The derivative of $x^2$ needs $x$, that of
# $e^x$ needs $e^x$, and even $3x$ has saved its factor 3. The derivative of $x + 2$ is 1, whatever $x$ is. Nothing
# was saved, so nothing is missing, and the second pass works **without an error** and adds to the same `.grad`. So do
# not rely on the error. `retain_graph=True` keeps the saved values for one more pass.
# </details>
#
# When does one need this? When two results share the first part of a computation, the *trunk*: one network that tells
# what an animal is *and* how old it is. The trunk is computed once, and each result has a gradient of its own. If
# only their sum is wanted, no second pass is needed:

# %% tags=["autograder:skip"]
x = torch.tensor([1.0, 2.0], requires_grad=True)
trunk = torch.exp(-x)
kind, age = (trunk**2).sum(), (3 * trunk).sum()

kind.backward(retain_graph=True)  # the second pass still needs the trunk
age.backward()
print("one after the other:", shown(x.grad))

x.grad = None
trunk = torch.exp(-x)
((trunk**2).sum() + (3 * trunk).sum()).backward()
print("their sum, at once: ", shown(x.grad))

# %% [markdown]
# ### Exercise 3 · One trunk, two heads
#
# *Straightforward, about 8 minutes, 3 points*
#
# Write `two_gradients`. It computes `trunk(x)` **once**, gives it to the two heads, and returns the gradient of each
# head's result with respect to `x`, kept apart. Once is not only cheaper: a trunk may contain chance (*dropout*
# switches off random neurons during training), and two evaluations would then belong to two different networks.
#
# <details><summary>Hint 1: where to begin</summary>
#
# Three forward steps: trunk, first head, second head. Then two passes that share a part of the graph. Which of the two
# may use it up?
# </details>
# <details><summary>Hint 2: two gradients, one .grad</summary>
#
# If you use `backward()`, the second gradient is added to the first. What must happen in between, and what must you
# have saved before? `torch.autograd.grad` does not use `.grad` at all.
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# `torch.autograd.grad(result, leaf, retain_graph=True)` returns a tuple with one gradient and keeps the graph. For
# the last result the option is not needed.
# </details>


# %% nbgrader={"grade_id": "heads", "solution": true}
def two_gradients(
    trunk: Callable[[torch.Tensor], torch.Tensor],
    first: Callable[[torch.Tensor], torch.Tensor],
    second: Callable[[torch.Tensor], torch.Tensor],
    x: torch.Tensor,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Compute the gradients of two results that share one trunk.

    Args:
        trunk: maps x (d,) to a tensor of any shape. It is called once.
        first: maps the trunk's result to a scalar tensor.
        second: does so too.
        x: where, shape (d,), with requires_grad=False. It is left as it was.

    Returns:
        The gradients of ``first(trunk(x))`` and of ``second(trunk(x))`` with respect to x, each of shape (d,).
    """
    ### BEGIN SOLUTION
    leaf = x.detach().clone().requires_grad_()
    shared = trunk(leaf)
    results = first(shared), second(shared)
    (one,) = torch.autograd.grad(results[0], leaf, retain_graph=True)
    (other,) = torch.autograd.grad(results[1], leaf)
    return one, other
    ### END SOLUTION


# %% nbgrader={"grade_id": "heads-test", "grade": true, "points": 3}
check.two_heads(two_gradients)
### BEGIN HIDDEN TESTS
check.two_heads(two_gradients, trunk=lambda x: torch.exp(-x), first=lambda h: (h**2).sum(), second=lambda h: h.prod())
check.two_heads(
    two_gradients,
    trunk=lambda x: torch.outer(x, torch.sin(x)),
    first=lambda h: torch.tanh(h).sum(),
    second=lambda h: h[0].sum(),
)
### END HIDDEN TESTS

# %% [markdown]
# ## 4 · Switching the recording off
#
# Every recorded operation costs memory, and sometimes you want a value and no graph: for a plot, for a test, or
# because a factor is to count as a constant. There are three ways.
#
# | way | what it acts on | how long |
# |---|---|---|
# | `x.requires_grad_(False)` | the **leaf** x, for everybody who uses it | until you switch it on again |
# | `with torch.no_grad():` | the **operations** in the block, whatever they work on | until the block ends |
# | `x.detach()` | the **new tensor** that it returns; x itself is still watched | for good |
#
# **Predict** the whole table: for $y = x^2$, does the result have `requires_grad=True` and a `grad_fn`, and is it a
# leaf? What is `x.requires_grad` afterwards?


# %% tags=["autograder:skip"]
def tried(way: str) -> tuple[torch.Tensor, torch.Tensor]:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    if way == "requires_grad_(False)":
        x.requires_grad_(False)
        return x, x**2
    if way == "no_grad()":
        with torch.no_grad():
            return x, x**2
    if way == "detach() before":
        return x, x.detach() ** 2
    if way == "detach() after":
        return x, (x**2).detach()
    return x, x**2


print(f"{'':24}requires_grad  grad_fn       is_leaf  x.requires_grad")
for way in ("watched", "requires_grad_(False)", "no_grad()", "detach() before", "detach() after"):
    x, y = tried(way)
    record = type(y.grad_fn).__name__ if y.grad_fn else "None"
    print(f"{way:24}{y.requires_grad!s:15}{record:14}{y.is_leaf!s:9}{x.requires_grad}")

# %% [markdown]
# <details><summary>What it means</summary>
#
# The *results* are all alike: they have no graph, and PyTorch calls such a tensor a leaf. The difference is what
# becomes of `x`. After `requires_grad_(False)` it is unwatched for everybody else too, and if you forget to switch it
# on again, the next training step fails or changes nothing. `no_grad()` switches itself on again. `detach()` touches
# neither `x` nor the other operations.
#
# `requires_grad_(False)` has its place: to *freeze* the weights of a finished network for good. And it works for
# leaves only; on a result it raises an error.
# </details>
#
# ### Predict · Same memory
#
# `detach()` makes a new tensor, but does it copy the numbers? We write into the detached tensor and look at the
# original.

# %% tags=["autograder:skip"]
x = torch.tensor([1.0, 2.0], requires_grad=True)
shared, copied = x.detach(), x.detach().clone()
shared[0] = 100.0
print("x          ", shown(x))
print("detach     ", shown(shared))
print("and a clone", shown(copied))

# %% [markdown]
# A detached tensor shares its memory with the original. Reading it is harmless. Writing is not: the graph may have
# saved the number that you overwrite. **Predict:** $y = e^x$ at $x = 1$ saves its own value $e$ for the derivative.
# We double `y` without telling autograd, once through `.data`, an older way to detach, and once through `detach()`.
# Which gradient comes out?

# %%
# Prediction 5. Through .data, the gradient is … a: an error · b: e, as it should be · c: 2e, without an error
guess_5 = ""

# %% tags=["autograder:skip"]
for way in ("data", "detach()"):
    x = torch.tensor(1.0, requires_grad=True)
    y = torch.exp(x)
    behind = y.data if way == "data" else y.detach()
    behind *= 2
    try:
        y.backward()
        print(f"through .{way:9} gradient {x.grad.item():.4f}, and e = {math.e:.4f}")
    except RuntimeError as error:
        print(f"through .{way:9} RuntimeError: {str(error)[:70]}…")

predictions.tell(5, guess_5)

# %% [markdown]
# <details><summary>What it means</summary>
#
# Through `.data` the saved value is changed and autograd does not notice: 5.4366 is a wrong gradient without a
# warning. Through `detach()` autograd finds in the backward pass that a saved value was overwritten, and raises an
# error. So: `detach()`, never `.data`.
# </details>

# %% [markdown]
# ### Exercise 4 · A quiet look
#
# *Easy, about 4 minutes, 2 points*
#
# Write `value_only`. It returns the values of `f(x)` without a graph, and `x`, which is watched, must still be
# watched afterwards. More than one way is right. Which would you choose if computing `f` took half of your memory?
#
# <details><summary>Hint 1: where to begin</summary>
#
# Read the last column of the table above.
# </details>
# <details><summary>Hint 2: two moments</summary>
#
# You can prevent the graph, or make it and let go of it. Both give the same values.
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# Call `f` inside a block that begins with `with torch.no_grad():`. Or detach `x` before, or the result after.
# </details>


# %% nbgrader={"grade_id": "quiet", "solution": true}
def value_only(f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor) -> torch.Tensor:
    """Compute f(x) without a graph.

    Args:
        f: maps a tensor to a tensor.
        x: a leaf of any shape with requires_grad=True, which it has afterwards too.

    Returns:
        The values of f(x), with requires_grad=False.
    """
    ### BEGIN SOLUTION
    with torch.no_grad():
        return f(x)
    ### END SOLUTION


# %% nbgrader={"grade_id": "quiet-test", "grade": true, "points": 2}
check.quiet(value_only)
### BEGIN HIDDEN TESTS
check.quiet(value_only, on=lambda x: torch.exp(x).sum())
check.quiet(value_only, on=lambda x: torch.outer(x, x) + 1)
### END HIDDEN TESTS

# %% [markdown]
# And the memory? Inside `no_grad()`, and with an `x` that is detached before, no graph is ever made. If you detach
# the *result*, the graph is made first, and needs the memory until it is let go.

# %% [markdown]
# ### Exercise 5 · A one-way street
#
# *Straightforward, about 7 minutes, 3 points*
#
# In many methods a factor counts as a constant although it is computed from the very same `x`: a weight or a target.
# Write `one_way`. Its *value* is $f(x) \cdot g(x)$, but its *gradient* flows through $f$ only: $g(x)$ is treated as a
# constant. In papers this is called *stop-gradient*, $f(x) \cdot \operatorname{stop}(g(x))$.
#
# **Predict:** $f(x) = x$ and $g(x) = x$. The value is $x^2$. Which slope will autograd find at $x = 3$?
#
# <details><summary>Hint 1: where to begin</summary>
#
# The result must be watched, and its graph must hold one of the two factors.
# </details>
# <details><summary>Hint 2: which switch</summary>
#
# Of the three ways, one concerns a single tensor and leaves everything else alone.
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# Compute both factors. Call `.detach()` on the one that is to be constant, then multiply.
# </details>


# %% nbgrader={"grade_id": "one-way", "solution": true}
def one_way(
    f: Callable[[torch.Tensor], torch.Tensor], g: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor
) -> torch.Tensor:
    """Compute f(x) · g(x), with a gradient that flows through f only.

    Args:
        f: works on each number of a tensor by itself.
        g: does so too.
        x: a tensor of any shape with requires_grad=True, which it has afterwards too.

    Returns:
        The products, in the shape of x. For autograd, g(x) is a constant in them.
    """
    ### BEGIN SOLUTION
    return f(x) * g(x).detach()
    ### END SOLUTION


# %% nbgrader={"grade_id": "one-way-test", "grade": true, "points": 3}
check.one_way(one_way)
### BEGIN HIDDEN TESTS
check.one_way(one_way, f=lambda x: x**3 + x, g=lambda x: torch.exp(-(x**2)))
check.one_way(one_way, f=lambda x: torch.sin(2 * x) + 2, g=lambda x: 1 / (1 + x**2), shape=(2, 3))
### END HIDDEN TESTS

# %% tags=["autograder:skip"]
x = torch.tensor(3.0, requires_grad=True)
y = one_way(lambda x: x, lambda x: x, x)
y.backward()
print(f"value {y.item():.0f}, slope {x.grad.item():.0f}")

# %% [markdown]
# The value is 9, and the slope is that of $3x$: autograd does not know that the 3 was an $x$ too. Two results with
# the same value can have different graphs, and then they have different gradients.

# %% [markdown]
# ## 5 · Accumulation as a tool
#
# A loss over a batch of $N$ examples is usually a mean, $L(w) = \frac1N \sum_{i=1}^{N} \ell_i(w)$. The larger the
# batch, the less its gradient depends on chance, and the more memory it takes: the graph of all $N$ examples at once.
# But the gradient of a sum is the sum of the gradients, and `backward()` *adds*. So we can go backward for one small
# batch after the other, each with a small graph that is freed at once, and make the step when `.grad` holds the sum.
# That is *gradient accumulation*, with *micro-batches*.
#
# **Predict:** six examples, once in one batch, once as two micro-batches of three. Each micro-batch adds the gradient
# of *its* mean. Is the sum in `.grad` the gradient of the large batch, or off by a factor?


# %% tags=["autograder:skip"]
def mean_squared(w: torch.Tensor, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return ((x @ w - y) ** 2).mean()


torch.manual_seed(3)
x, y = torch.rand(6, 2), torch.rand(6)
w = torch.ones(2, requires_grad=True)
mean_squared(w, x, y).backward()
print("six at once:    ", shown(w.grad))

w.grad = None
for part in (slice(0, 3), slice(3, 6)):
    mean_squared(w, x[part], y[part]).backward()
print("three and three:", shown(w.grad))

w.grad = None
for part in (slice(0, 5), slice(5, 6)):
    mean_squared(w, x[part], y[part]).backward()
print("five and one:   ", shown(w.grad))

# %% [markdown]
# Three and three give twice the gradient of the batch, which could be mended afterwards. Five and one give something
# that is not even parallel to it: the single example in the last micro-batch counts five times as much as each of the
# others. The last micro-batch of an epoch is often a smaller one, so this happens in practice.

# %% [markdown]
# ### Exercise 6 · Small batches, the large gradient
#
# *Tricky, about 10 minutes, 4 points*
#
# Write `accumulated`. From micro-batches of **different sizes** it computes the gradient that the mean loss over all
# the examples would have. Only one micro-batch at a time fits into memory, with its graph: the check's loss refuses
# more examples than the largest micro-batch holds, and it refuses the next micro-batch as long as the graph of the
# last one waits for its backward pass.
#
# <details><summary>Hint 1: where to begin</summary>
#
# Write $L$, the mean over all $N$ examples, in terms of the means $L_1, L_2, \dots$ over micro-batches of
# $n_1, n_2, \dots$ examples. Paper first.
# </details>
# <details><summary>Hint 2: the weights</summary>
#
# A mean times its number of examples is a sum. Sums may be added. What turns the sum of all into their mean?
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# Count all the examples first. Multiply each micro-batch's loss by its share of them, call `backward()` on the
# product, and do not empty `.grad` until the end.
# </details>


# %% nbgrader={"grade_id": "micro", "solution": true}
def accumulated(
    loss: Callable[[torch.Tensor, torch.Tensor, torch.Tensor], torch.Tensor],
    w: torch.Tensor,
    batches: list[tuple[torch.Tensor, torch.Tensor]],
) -> torch.Tensor:
    """Compute the gradient of a mean loss over all examples, one micro-batch at a time.

    Args:
        loss: maps w (d,), inputs (n, m) and targets (n,) to the mean loss of these n examples, a scalar tensor.
        w: where, shape (d,), with requires_grad=False. It is left as it was.
        batches: the micro-batches, each a pair of inputs (n, m) and targets (n,); n differs from one to the next.

    Returns:
        The gradient of the mean over all the examples, shape (d,).
    """
    ### BEGIN SOLUTION
    leaf = w.detach().clone().requires_grad_()
    total = sum(len(targets) for _, targets in batches)
    for inputs, targets in batches:
        share = len(targets) / total
        (share * loss(leaf, inputs, targets)).backward()
    return leaf.grad
    ### END SOLUTION


# %% nbgrader={"grade_id": "micro-test", "grade": true, "points": 4}
check.micro_batches(accumulated)
### BEGIN HIDDEN TESTS
check.micro_batches(accumulated, sizes=(1, 6))
check.micro_batches(accumulated, sizes=(3,))
check.micro_batches(accumulated, sizes=(5, 1, 2, 4), d=3)
### END HIDDEN TESTS

# %% tags=["autograder:skip"]
pieces = [(x[:5], y[:5]), (x[5:], y[5:])]
print("five and one, weighted:", shown(accumulated(mean_squared, torch.ones(2), pieces)))

# %% [markdown]
# Compare with "six at once" above: the same to the last digit that is shown. (Networks with *batch normalisation* are
# the exception: there each example's loss depends on the others in its batch.)

# %% [markdown]
# ## 6 · What the forgetful loop really is
#
# A loop that never empties `.grad` does not compute nonsense. It follows a rule. We look at it in a bowl,
# $L(w) = \tfrac13 w_1^2 + w_2^2$, from $(3, 2)$, with $\eta = 0.05$. **Predict:** which of the two gets down faster?
# And where does each end?

# %%
# Prediction 6. At first, the faster one is … a: the careful walk · b: the forgetful walk · c: neither
guess_6 = ""


# %% tags=["autograder:skip"]
def bowl(w: torch.Tensor) -> torch.Tensor:
    return w[..., 0] ** 2 / 3 + w[..., 1] ** 2


def walked(empties: bool, steps: int) -> torch.Tensor:
    w = torch.tensor([3.0, 2.0], dtype=torch.float64, requires_grad=True)
    path = [w.detach().clone()]
    for _ in range(steps):
        bowl(w).backward()
        with torch.no_grad():
            w -= 0.05 * w.grad
        if empties:
            w.grad = None
        path.append(w.detach().clone())
    return torch.stack(path)


careful, forgetful = walked(True, 90), walked(False, 90)
print("step   emptied: height   forgotten: height")
for step in (0, 5, 10, 20, 40, 90):
    print(f"{step:4}{bowl(careful[step]):>18.4f}{bowl(forgetful[step]):>20.4f}")

predictions.tell(6, guess_6)

# %% [markdown]
# The careful walk goes down and stays. The forgetful one is *faster* at first, overshoots, climbs up the other side,
# and comes back, again and again. Where have you seen something move like that?

# %% [markdown]
# ### Exercise 7 · The same path, on purpose
#
# *Tricky, about 8 minutes, 2 points*
#
# Write **one step** that leads along the forgetful path, without `.grad`. It is given a fresh gradient `g`, the
# gradient at the present point alone, and it may remember one tensor `v` from step to step, which is zero at first.
# It returns the new point and the new `v`. What must `v` remember?
#
# <details><summary>Hint 1: where to begin</summary>
#
# Write down the first three steps of the forgetful loop on paper, with gradients $g_0$, $g_1$, $g_2$. What does
# `.grad` hold when each step is made?
# </details>
# <details><summary>Hint 2: one tensor is enough</summary>
#
# You need not remember all gradients, only their sum so far. How does the `.grad` of this step follow from that of
# the step before?
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# Let `v` take the place of `.grad`: first add `g`, then step by the learning rate times the new `v`. Make new
# tensors, so that the arguments stay as they were.
# </details>


# %% nbgrader={"grade_id": "rolling", "solution": true}
def rolling_step(w: torch.Tensor, v: torch.Tensor, g: torch.Tensor, lr: float) -> tuple[torch.Tensor, torch.Tensor]:
    """Make one step along the path of a loop that never empties .grad.

    Args:
        w: the point, shape (d,).
        v: what was remembered, shape (d,); zeros before the first step.
        g: the gradient at w alone, shape (d,).
        lr: learning rate.

    Returns:
        The next point and what to remember, both of shape (d,). The arguments are left as they were.
    """
    ### BEGIN SOLUTION
    filled = v + g
    return w - lr * filled, filled
    ### END SOLUTION


# %% nbgrader={"grade_id": "rolling-test", "grade": true, "points": 2}
check.rolling(rolling_step)
### BEGIN HIDDEN TESTS
check.rolling(rolling_step, steps=1, d=4)
check.rolling(rolling_step, steps=8, d=3)
### END HIDDEN TESTS

# %% tags=["autograder:skip"]
point, memory, rolled = forgetful[0], torch.zeros(2, dtype=torch.float64), [forgetful[0]]
for _ in range(90):
    here = point.clone().requires_grad_()
    (fresh,) = torch.autograd.grad(bowl(here), here)
    point, memory = map(torch.as_tensor, rolling_step(point, memory, fresh, 0.05))
    rolled.append(point)
print("your steps follow the forgetful loop:", torch.allclose(torch.stack(rolled), forgetful))

# %% [markdown]
# Your `v` is a **velocity**: each gradient changes it a little, and nothing slows it down, as for a ball in a bowl
# without friction. People use this on purpose, with some friction: *gradient descent with momentum* multiplies the
# old velocity by a number $\mu$ below 1, often 0.9, before the new gradient is added.
#
# PyTorch's optimiser for it is called **SGD**, *stochastic gradient descent*. *Stochastic* means "depending on
# chance": in training, one mostly computes the gradient of a few examples that are drawn at random, and not of all.
# Nothing is random inside `SGD` itself. It makes its step with whatever gradient it finds in `.grad`, and here that
# is the full one.
#
# **Predict:** which $\mu$ gives exactly the loop of somebody who forgot a line? We ask `SGD`, with `.grad` emptied in
# each round.


# %% tags=["autograder:skip"]
def with_momentum(momentum: float, steps: int) -> torch.Tensor:
    w = torch.tensor([3.0, 2.0], dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.SGD([w], lr=0.05, momentum=momentum)
    path = [w.detach().clone()]
    for _ in range(steps):
        optimiser.zero_grad()
        bowl(w).backward()
        optimiser.step()
        path.append(w.detach().clone())
    return torch.stack(path)


for momentum in (0.0, 0.5, 0.9, 1.0):
    path = with_momentum(momentum, 90)
    apart = (path - forgetful).abs().max()
    print(f"momentum {momentum}: height at the end {bowl(path[-1]):7.4f}, farthest from the forgetful path {apart:.4f}")

# %% [markdown]
# Now lay one path over the other.

# %% tags=["autograder:skip", "nbval-ignore-output"]
figures.overlaid(
    bowl,
    {"never emptied": forgetful, "SGD, momentum = 1": with_momentum(1.0, 90), "emptied": careful},
    extent=((-3.4, 3.4), (-2.4, 2.4)),
    names=("w₁", "w₂"),
    title="A forgotten line is momentum 1",
)

# %% [markdown]
# They are one and the same. A missing `zero_grad()` does not make random errors: it is momentum without friction. So
# now you can *recognise* it: losses that fall fast at first, then swing up and down and do not settle.

# %% tags=["autograder:skip"]
predictions.total()

# %% [markdown]
# ## 7 · What to take along
#
# The last column is the name under which a check reports the mistake.
#
# | You write | and get | because | name |
# |---|---|---|---|
# | a loop that never empties `.grad` | growing steps, swinging, no error | `.grad` holds the *sum* of all gradients so far | missing-zero-grad |
# | `w.grad.zero_()` as the first line of the loop | "NoneType has no attribute" | `.grad` is None before the first pass | zero-before-first |
# | `noted = w.grad` | a note that changes later | it is the same tensor, not a copy | |
# | `w = w - lr * w.grad` | an error in the second round | the new `w` is a result, not a leaf | rebinding-leaf |
# | the same inside `no_grad()` | "does not require grad" | the new `w` is not watched at all | rebinding-in-no-grad |
# | `w -= lr * w.grad` outside `no_grad()` | "a leaf … in-place operation" | autograd must not record the update | inplace-on-leaf |
# | two passes through one graph | "a second time", or silence for $x + 2$ | saved values are thrown away | backward-twice |
# | `y.grad` for a result `y` | None | only leaves keep a gradient | grad-of-intermediate |
# | `rand(2, requires_grad=True) * 10` as weights | an empty `.grad` | the leaf is the tensor before it was scaled | not-a-leaf |
# | a forward pass in `no_grad()` | "does not require grad" | nothing was recorded | forward-untracked |
# | `.numpy()` on a watched tensor | RuntimeError | NumPy records nothing; detach first | numpy-on-tracked |
# | `y.data *= 2` | a wrong gradient, no error | a saved value was changed; `detach()` would have led to an error | data-attribute |
# | means of micro-batches, just added | too large a gradient | means must be weighted by their share | sum-for-mean |
#
# - `.grad` is like a bucket: `backward()` adds, and you empty it. `noted = x.grad` is a second name, `clone()` a
#   copy.
# - `no_grad()` is about operations, `detach()` about one tensor, `requires_grad_(False)` about a leaf, for everybody.
# - The gradient of a sum is the sum of the gradients: micro-batches, weighted by their shares, equal the full batch.
# - Never emptying is SGD with momentum 1.
#
# **Three links**
#
# - [Locally disabling gradient computation](https://docs.pytorch.org/docs/stable/notes/autograd.html#locally-disabling-gradient-computation):
#   what `no_grad()`, `requires_grad_(False)` and inference mode do, by PyTorch.
# - [Why momentum really works](https://distill.pub/2017/momentum/), by Gabriel Goh: pictures that you can move.
# - [A stochastic approximation method](https://doi.org/10.1214/aoms/1177729586), by Robbins and Monro (1951): the
#   paper with which stochastic gradient methods began.

# %% [markdown]
# ### Open question · Accumulation gone wrong
#
# *About 8 minutes, 4 points, read by a person*
#
# A friend has 1,000 examples and memory for 64, so she goes through them in micro-batches of 64; the last one has 40.
# After each `backward()` on a micro-batch's *mean* loss she appends `w.grad` to a list for a plot, and at the end of
# each epoch she makes one step. She never zeroes: "accumulation is the whole point." For the validation loss she
# calls `w.requires_grad_(False)` first.
#
# Explain in 6 to 12 sentences (a) what `.grad` holds when the *second* step is made, and which method she is really
# using; (b) how her gradient in the first epoch differs from that of the mean over all 1,000 examples, in two
# respects; (c) what her plot will show and why; (d) what goes wrong in the epoch after the validation, and what she
# should use instead.

# %% [markdown] nbgrader={"grade_id": "explain", "grade": true, "solution": true, "points": 4}
# (a) At the second step `.grad` holds the gradients of the first epoch *and* those of the second. Adding up within an
# epoch is wanted, adding up over two steps is not; stepping by the sum of all gradients so far is SGD with momentum
# 1, a ball without friction, which overshoots and swings. She must zero once after each step. (b) There are 15
# micro-batches of 64 and one of 40. Adding 16 means gives a gradient about 16 times too large, which acts like a
# learning rate 16 times larger. And each of the 40 examples in the last micro-batch counts 64/40 = 1.6 times as much
# as the others, so that even the direction is wrong. Weighting each loss by n/1000 mends both. (c) All points of the
# plot are the same number: the list holds the same tensor many times, an alias of `.grad`, and shows what it holds at
# the end. She should append a clone. (d) After `requires_grad_(False)` the weights are unwatched for the training
# too: the next loss has no grad_fn, and `backward()` raises "does not require grad". She should compute the
# validation loss under `no_grad()`, which ends with its block.
#
# **Mark scheme**
#
# One point for each of these, half a point where it is named without a reason:
#
# 1. `.grad` holds both epochs' gradients at the second step; this is momentum 1 (or "a velocity without friction"),
#    and zeroing belongs after each step, not after each micro-batch.
# 2. Too large by about the number of micro-batches (16), *and* the examples of the smaller one weigh too much (1.6
#    times); cured by weighting with n/N.
# 3. The list holds one tensor many times, an alias; all points of the plot are equal to the last state. A clone is
#    needed.
# 4. After `requires_grad_(False)` the weights stay unwatched and the next `backward()` fails; `no_grad()` (or
#    `detach()`) instead.
