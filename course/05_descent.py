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
# # Training, three times over
#
# Somebody brings a thermometer home from a country whose units nobody knows. It says 35.7 when your own says 0.5 °C, it
# says 81.9 when yours says 28, and so on, eleven times. Find the rule that turns its numbers into yours.
#
# You will solve this problem three times: with a gradient from paper and NumPy, with autograd, and with
# `torch.optim`. The three must give *the same numbers*, up to rounding. Where they don't, somebody has made a
# mistake, and in this lab several people have. Then you will see how a loop without any mistake can still fail, and
# how to foresee it from the inputs alone, before the first step.
#
# **When you are done, you can**
#
# - derive the gradient of a squared error, and train with it;
# - write a training loop with autograd, and the same one with any optimiser of `torch.optim`;
# - put a penalty on the parameters that should feel it, and on no others;
# - compute the largest stable learning rate and the condition number from the data, and cure a bad one by scaling;
# - say what momentum and Adam do about a narrow valley, and which optimiser to try first.
#
# **Time:** about 85 minutes. **Points:** 23.
# **You need:** partial derivatives, the chain rule, what a leaf is, and what `backward()` puts into `.grad`.
#
# **How to work.** Where it says *predict*, commit yourself: write the letter of your guess into the cell below, and run
# it before the next one. A wrong guess that you notice teaches more than a right answer that you read; nothing of it is
# graded. Where it says *exercise*, replace the placeholder and run the check below it as often as you like. Hints are
# folded; each gives away more than the one before.

# %% [markdown]
# ## 0 · Tools and data

# %% nbgrader={"grade_id": "imports", "locked": true}
import warnings
from collections.abc import Callable

import matplotlib.pyplot as plt
import numpy as np
import torch

from gradlab import figures
from gradlab.check import training as check
from gradlab.notebook.predictions import Predictions

predictions = Predictions("05_descent")

# %% nbgrader={"grade_id": "readings", "locked": true}
celsius = np.array([0.5, 14.0, 15.0, 28.0, 11.0, 8.0, 3.0, -4.0, 6.0, 13.0, 21.0])
unknown = np.array([35.7, 55.9, 58.2, 81.9, 56.3, 48.9, 33.9, 21.8, 48.4, 60.4, 68.4])

# %% [markdown]
# ## 1 · One weight
#
# Before eleven readings, one: $x = 1$ should give $y = 2$. The model is $w x$, the loss is the squared error
# $L(w) = (w x - y)^2$, and its derivative is short enough to do in the head: outer times inner, $2\,(w x - y) \cdot x$.
#
# **Predict.** We begin at $w = 1$ with learning rate 0.01. The first loss is 1. What is it after one step, and after a
# hundred: about 0.9, about 0.5, about 0.02, or zero?

# %%
# Prediction 1. The loss after about a hundred steps … a: 0.5 · b: 0.02 · c: 0
guess_1 = ""

# %% tags=["autograder:skip"]
w, rate = 1.0, 0.01
for step in range(92):
    residual = w * 1 - 2
    if step in (0, 1) or step % 10 == 1:
        print(f"after {step:>2} steps: loss {residual**2:.4f}")
    w = w - rate * 2 * residual * 1

predictions.tell(1, guess_1)

# %% [markdown]
# <details><summary>What it means</summary>
#
# One step turns the residual $r = w x - y$ into $r - \eta \cdot 2 r x \cdot x = (1 - 2\eta x^2)\, r$: it is
# multiplied by 0.98, *always by the same number*. So the loss is multiplied by $0.98^2 = 0.9604$ in each step, and
# comes close to zero without getting there.
# </details>
#
# Now one example with five weights: $x = (1, 4, -3, 5, 4)$ should give 10. The loss is $(10 - w \cdot x)^2$ and the
# same calculation gives the factor $1 - 2\eta\,\|x\|^2$.
#
# **Predict.** Again $\eta = 0.01$. Does the residual shrink in one step? Does it keep its sign?

# %%
# Prediction 2. In one step, the residual …
# a: grows · b: shrinks, and keeps its sign · c: shrinks, and changes its sign
guess_2 = ""

# %% tags=["autograder:skip"]
x = np.array([1.0, 4.0, -3.0, 5.0, 4.0])
weights = np.random.default_rng(5).uniform(size=5)
before = 10 - weights @ x
weights = weights - 0.01 * -2 * before * x
after = 10 - weights @ x
print(f"residual before: {before:.4f}, after: {after:.4f}")
print(f"residual multiplied by {after / before:.4f}")
print(f"error multiplied by {after**2 / before**2:.4f}")
predictions.tell(2, guess_2)

# %% [markdown]
# <details><summary>What it means</summary>
#
# $\|x\|^2 = 67$, so the factor is $1 - 1.34 = -0.34$: the step goes too far and lands on the other side, though
# nearer. The *inputs* decide how long a step is. With inputs twice as large the factor would be $-4.36$, and with the
# same rate the error would grow in every step. Keep this in mind: section 6 is about it.
# </details>

# %% [markdown]
# ## 2 · A line, by hand
#
# The thermometer needs a line: reading $x_i$ becomes $w x_i + b$. The two parameters are stored in one array
# $\theta = (w, b)$, and the loss is the **mean squared error**
#
# $$L(\theta) = \frac1n \sum_{i=1}^n r_i^2, \qquad r_i = w x_i + b - y_i .$$

# %% [markdown]
# ### Exercise 1 · The gradient on paper
#
# *Needs paper and pencil, about 8 minutes, 3 points*
#
# Differentiate $L$ with respect to $w$ and with respect to $b$, then write `line_gradient` in NumPy, without autograd.
#
# **Before you write it:** one of the two components is a plain mean of the residuals, up to a constant. Which?
#
# <details><summary>Hint 1: where to begin</summary>
#
# Differentiate *one* term of the sum, $r_i^2$. Outer derivative, then inner: how does $r_i$ change when $w$ changes a
# little? And when $b$ does?
# </details>
# <details><summary>Hint 2: from one term to all</summary>
#
# A mean of terms has the mean of their derivatives. Work with whole arrays: the residuals are one array of shape
# `(n,)`.
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# Compute `residual = w * x + b - y`. For each component, multiply `2 * residual` by the inner derivative and take the
# mean over the data, *once*. Put the two numbers together with `np.array([..., ...])`, first that of w.
# </details>


# %% nbgrader={"grade_id": "line-gradient", "solution": true}
def line_gradient(theta: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Compute the gradient of the mean squared error of a line.

    Args:
        theta: the parameters (w, b), shape (2,).
        x: inputs, shape (n,).
        y: what the line should give for them, shape (n,).

    Returns:
        The derivatives with respect to w and to b, in this order, shape (2,).
    """
    ### BEGIN SOLUTION
    w, b = theta
    residual = w * x + b - y
    return np.array([np.mean(2 * residual * x), np.mean(2 * residual)])
    ### END SOLUTION


# %% nbgrader={"grade_id": "line-gradient-test", "grade": true, "points": 3}
# The check tells you what it saw. Run it as often as you like.
check.line_gradient(line_gradient)
### BEGIN HIDDEN TESTS
check.line_gradient(line_gradient, count=3)
check.line_gradient(line_gradient, count=40)
one = np.asarray(line_gradient(np.array([2.0, 0.5]), np.array([3.0]), np.array([6.5])))
assert np.allclose(one, 0), "Where the line goes through the only point, the gradient must be zero."
### END HIDDEN TESTS

# %% [markdown]
# The thermometer at $w = 1$, $b = 0$: the numbers are taken as they are. **Predict:** which of the two derivatives is
# larger, and by what factor, roughly? Look at the readings first.

# %% tags=["autograder:skip"]
slope = line_gradient(np.array([1.0, 0.0]), unknown, celsius)
print(f"derivative with respect to b, w: {slope[1]:.1f}, {slope[0]:.3f}")

# %% [markdown]
# <details><summary>What it means</summary>
#
# The derivative with respect to $w$ is the mean of $2 r_i x_i$, that with respect to $b$ the mean of $2 r_i$. The
# readings are around 50, and so is the ratio. One number, the learning rate, is used for both, and suits only one of
# them: see section 6.
# </details>

# %% [markdown]
# ### Exercise 2 · Find the bug: the loop that learns too fast
#
# *Tricky, about 7 minutes, 2 points*
#
# Four examples, $x = 1, 2, 3, 4$ and $y = 2x$, one weight, no bias. A friend trains it in NumPy, then the same with
# autograd, with the same start and the same rate, and says: "After three rounds my loop has $w = 1.872$. Autograd has
# 0.772. So NumPy learns faster."


# %% nbgrader={"grade_id": "buggy", "locked": true}
def train_buggy(x, y, w, lr, steps):
    losses = []
    for _ in range(steps):
        predicted = w * x
        losses.append(((predicted - y) ** 2).mean())
        slope = np.dot(2 * x, predicted - y).mean()
        w = w - lr * slope
    return w, losses


# %% tags=["autograder:skip"]
four, double = np.array([1.0, 2.0, 3.0, 4.0]), np.array([2.0, 4.0, 6.0, 8.0])
for steps in (1, 3, 5):
    w, losses = train_buggy(four, double, 0.0, 0.01, steps)
    print(f"by hand, round {steps}: w {w:.3f}, loss {losses[-1]:.8f}")

watched = torch.tensor(0.0, requires_grad=True)
((watched * torch.tensor(four) - torch.tensor(double)) ** 2).mean().backward()
first_move = train_buggy(four, double, 0.0, 0.01, 1)[0]
print(f"first slope by hand:     {-first_move / 0.01:.0f}")
print(f"first slope by autograd: {watched.grad:.0f}")

# %% [markdown]
# A wrong gradient does not make a better loop. Here it is four times too large, which has the effect of a larger
# learning rate, and this rate was small. With a rate of 0.1 the wrong loop diverges, and the right one works.
#
# Repair it in `train_repaired`: same arguments, same results, right gradient, for any number of examples.
#
# <details><summary>Hint 1: where to begin</summary>
#
# The two slopes differ by a factor. Which number in this problem is equal to that factor? Try five examples instead of
# four.
# </details>
# <details><summary>Hint 2: the line</summary>
#
# Print the shape of what `np.dot` returns here. What does `.mean()` of such a thing do?
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# A dot product multiplies entry by entry *and adds up*. Multiply only, with `*`, and let the mean do the rest. Or
# keep the dot product and divide by the number of examples.
# </details>


# %% nbgrader={"grade_id": "find-bug", "solution": true}
def train_repaired(x: np.ndarray, y: np.ndarray, w: float, lr: float, steps: int) -> tuple[float, list[float]]:
    """Fit y ≈ w·x by gradient descent on the mean squared error.

    Args:
        x: inputs, shape (n,).
        y: what the model should give for them, shape (n,).
        w: the weight to begin with.
        lr: learning rate.
        steps: how many steps to make.

    Returns:
        The weight after the last step, and the losses, one for each step: each is computed right before its step.
    """
    ### BEGIN SOLUTION
    losses = []
    for _ in range(steps):
        residual = w * x - y
        losses.append(float((residual**2).mean()))
        w = w - lr * (2 * x * residual).mean()
    return float(w), losses
    ### END SOLUTION


# %% nbgrader={"grade_id": "find-bug-test", "grade": true, "points": 2}
check.loop_in_numpy(train_repaired)
### BEGIN HIDDEN TESTS
check.loop_in_numpy(train_repaired, count=2)
check.loop_in_numpy(train_repaired, count=9)
### END HIDDEN TESTS

# %% [markdown]
# ## 3 · The same with autograd
#
# Autograd takes over one line, the gradient. The rest is left to you: which tensor has `requires_grad=True`, when
# `.grad` is emptied, and that the step itself is not recorded.
#
# **Predict.** A step in PyTorch, written just as in NumPy. What happens in the first round, what in the second?

# %%
# Prediction 3. The second round … a: makes a step · b: finds no gradient · c: makes a step that is too long
guess_3 = ""

# %% tags=["autograder:skip"]
inputs, targets = torch.tensor(four), torch.tensor(double)
w = torch.tensor(0.0, requires_grad=True)
with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # PyTorch warns at length before it fails
    try:
        for round_number in (1, 2):
            loss = ((w * inputs - targets) ** 2).mean()
            loss.backward()
            print(f"round {round_number}: leaf {w.is_leaf}, grad {w.grad}")
            w = w - 0.01 * w.grad
    except TypeError as error:
        print("TypeError:", error)

predictions.tell(3, guess_3)

# %% [markdown]
# <details><summary>What it means</summary>
#
# `w = w - …` doesn't move `w`. It computes a new tensor and gives it the old name. That one is a *result*, not a
# leaf, and the second `backward()` fills no `.grad` of it. In NumPy this was harmless, since NumPy has no leaves.
# </details>

# %% [markdown]
# You have written such a loop in lab 03. Here it is for *any* loss: a function that takes all parameters as one tensor
# and returns a scalar. What is new is the list of losses. **Read** it, and answer before you go on: for `steps = 3`,
# how many losses come back, and does the last one belong to the parameters that are returned?


# %% nbgrader={"grade_id": "train", "locked": true}
def train(
    loss: Callable[[torch.Tensor], torch.Tensor],
    start: torch.Tensor,
    lr: float,
    steps: int,
) -> tuple[torch.Tensor, list[float]]:
    """Minimise a loss by gradient descent.

    Args:
        loss: maps the parameters, shape (d,), to a scalar tensor.
        start: the parameters to begin with, shape (d,). They are left as they were.
        lr: learning rate.
        steps: how many steps to make.

    Returns:
        The parameters after the last step, shape (d,), with requires_grad=False, and the losses as plain numbers, one for
        each step: each is computed right before its step.
    """
    leaf = start.detach().clone().requires_grad_()
    losses = []
    for _ in range(steps):
        height = loss(leaf)
        losses.append(height.item())
        height.backward()
        with torch.no_grad():
            leaf -= lr * leaf.grad
        leaf.grad = None
    return leaf.detach(), losses


# %% [markdown]
# Three losses, and none for the end: each is noted before its step. The four examples again, with autograd. And next to it the repaired loop in NumPy: the same problem, so the same
# numbers.


# %% tags=["autograder:skip"]
def doubled(theta: torch.Tensor) -> torch.Tensor:
    """The mean squared error of one weight on the four examples."""
    return ((theta[0] * inputs - targets) ** 2).mean()


zero = torch.zeros(1, dtype=torch.float64)
_, losses = train(doubled, zero, 0.01, 50)
_, numpy_losses = train_repaired(four, double, 0.0, 0.01, 50)
print("step       w   loss, autograd    loss, NumPy")
for step in (1, 11, 21, 31, 41):
    weight = torch.as_tensor(train(doubled, zero, 0.01, step)[0]).item()
    print(f"{step:>4}   {weight:.3f}      {losses[step - 1]:.8f}   {numpy_losses[step - 1]:.8f}")

# %% [markdown]
# All printed digits are the same. Autograd doesn't approximate: it multiplies the derivatives that you multiplied on
# paper.

# %% [markdown]
# ## 4 · A penalty, and on whom
#
# One example, $x = 20$ should give 10, and a line $20 w + b$ with two parameters. Infinitely many pairs $(w, b)$ fit
# perfectly. A **penalty** in the loss chooses among them: it pulls the parameters in it towards zero,
#
# $$L(w, b) = (20\, w + b - 10)^2 + \lambda\, \|\dots\|^2 .$$
#
# What should stand in the place of the dots? The usual answer is: the weights, and not the bias. A bias only says how
# high the line lies, and there is no reason why that should be near zero. One published lab has `params[1:]` there,
# for parameters `[w, b]`, and $\lambda = 1$.
#
# **Predict.** Which parameter is penalised by `params[1:]`? Where is the minimum then, and what is the loss there?

# %%
# Prediction 4. `params[1:]` penalises … a: the bias · b: the weight · c: both
guess_4 = ""

# %% tags=["autograder:skip"]
params = torch.tensor([1.0, 0.0], requires_grad=True)
(params[1:] ** 2).sum().backward()
print("at (1, 0) `params[1:]` pulls with", [round(pull, 4) for pull in params.grad.tolist()])
params = torch.tensor([1.0, 3.0], requires_grad=True)
(params[1:] ** 2).sum().backward()
print("at (1, 3) `params[1:]` pulls with", [round(pull, 4) for pull in params.grad.tolist()])
predictions.tell(4, guess_4)

# %% [markdown]
# <details><summary>What it means</summary>
#
# Only the second number of the pull is ever different from zero: it is the *bias* that is penalised. Nothing pulls at
# $w$, so $w = 0.5$, $b = 0$ fits the example and costs nothing: the minimum is at $(0.5, 0)$ with loss 0. There is no
# error, no warning, and the loss falls. You find the mistake only if you ask which parameter is penalised.
# </details>

# %% [markdown]
# ### Exercise 3 · A penalty on the weights
#
# *Straightforward, about 7 minutes, 2 points*
#
# Write `penalised` for $d$ features. The parameters stand in one tensor, first the $d$ weights, then the bias:
# $\theta = (w_1, \dots, w_d, b)$. The loss is the mean squared error of $x w + b$, plus `strength` times the sum of the
# squares of the **weights**.
#
# <details><summary>Hint 1: where to begin</summary>
#
# Take the weights and the bias apart first. There are d weights, whatever d is: which slice leaves out the last entry?
# </details>
# <details><summary>Hint 2: shapes</summary>
#
# A table `(n, d)` times a vector `(d,)` gives `(n,)`, the same shape as `y`. With a column `(d, 1)` you would get
# `(n, 1)`, and that minus `(n,)` is a table of n times n differences, without any error.
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# `weights, bias = theta[:-1], theta[-1]`, then `x @ weights` plus the bias. Mean of the squared residuals, plus
# `strength` times a sum of squares. Everything stays a tensor.
# </details>


# %% nbgrader={"grade_id": "penalised", "solution": true}
def penalised(theta: torch.Tensor, x: torch.Tensor, y: torch.Tensor, strength: float) -> torch.Tensor:
    """Compute a mean squared error with a penalty on the weights.

    Args:
        theta: the parameters (w₁, …, w_d, b), shape (d + 1,).
        x: inputs, shape (n, d).
        y: what the model should give for them, shape (n,).
        strength: how much the penalty counts.

    Returns:
        The loss, a scalar tensor that autograd can follow back to theta.
    """
    ### BEGIN SOLUTION
    weights, bias = theta[:-1], theta[-1]
    residual = x @ weights + bias - y
    return (residual**2).mean() + strength * (weights**2).sum()
    ### END SOLUTION


# %% nbgrader={"grade_id": "penalised-test", "grade": true, "points": 2}
check.penalised_loss(penalised)
### BEGIN HIDDEN TESTS
check.penalised_loss(penalised, features=1)
check.penalised_loss(penalised, features=4)
perfect = penalised(torch.tensor([2.0, 1.0]), torch.tensor([[1.0], [3.0]]), torch.tensor([3.0, 7.0]), 0.0)
assert abs(float(perfect)) < 1e-6, "Without a penalty, a perfect fit must cost nothing."
### END HIDDEN TESTS

# %% [markdown]
# What does the right penalty do to that one example? The stronger it is, the smaller $w$ gets, and the more of the
# ten comes from the bias, which is not penalised.

# %% tags=["autograder:skip"]
twenty, ten = torch.tensor([[20.0]], dtype=torch.float64), torch.tensor([10.0], dtype=torch.float64)
for strength in (1.0, 100.0):
    value = lambda theta: penalised(theta, twenty, ten, strength)
    fitted, _ = train(value, torch.tensor([1.0, 0.0], dtype=torch.float64), 1e-3, 200)
    print(f"strength {strength:>5}: w {fitted[0]:.4f}, b {fitted[1]:.4f} after 200 steps")

# %% [markdown]
# Are these the minima? **Predict,** then think it through: with a free bias, $w = 0$ and $b = 10$ would fit perfectly
# and cost nothing, for any strength. Two hundred steps haven't got there. Something in this loss is slow; section 6
# explains it.
#
# ## 5 · The same with `torch.optim`
#
# Here is the loss with the wrong penalty. From here on it is our test problem.


# %% nbgrader={"grade_id": "narrow", "locked": true}
def narrow(theta: torch.Tensor) -> torch.Tensor:
    """One example, x = 20 should give 10, with a penalty on the bias: (…, 2) → (…)."""
    w, b = theta[..., 0], theta[..., 1]
    return (20 * w + b - 10) ** 2 + b**2


# %% [markdown]
# First your own loop, 100 steps with rate 0.0001.

# %% tags=["autograder:skip"]
begin = torch.tensor([1.0, 0.0], dtype=torch.float64)
end, by_hand = train(narrow, begin, 1e-4, 100)
print("step   loss")
for step in range(10, 101, 10):
    print(f"{step:>4}   {by_hand[step - 1]:.6g}")

# %% [markdown]
# An **optimiser** from `torch.optim` takes over two more lines: the step and the emptying. It is made once, with the
# leaves that it may move. Optimisers differ in their rule for the step; all are used in the same way. The simplest is
# `SGD`, *stochastic gradient descent*. Stochastic means "depending on chance": in large problems, the gradient in
# each step is that of a few examples drawn at random. `SGD` itself draws nothing. Here we give it the gradient of all
# the data, and then it is plain gradient descent.
#
# | line | what it does |
# |---|---|
# | `torch.optim.SGD([theta], lr=…)` | remembers which leaves it may move, and with which rate |
# | `optimiser.zero_grad()` | empties the `.grad` of each |
# | `optimiser.step()` | moves each by its rule, from what is in its `.grad`; the step is not recorded |

# %% [markdown]
# ### Exercise 4 · A loop for every optimiser
#
# *Straightforward, about 7 minutes, 3 points*
#
# Write `train_with`: like `train`, but the step is left to the optimiser of `torch.optim` that is called `name`, made
# with `options` such as `{"lr": 0.01, "momentum": 0.9}`.
#
# **Before you write it:** in which order do `zero_grad()`, `backward()` and `step()` come? Which of the six orders
# are wrong?
#
# <details><summary>Hint 1: where to begin</summary>
#
# `getattr(torch.optim, "SGD")` is `torch.optim.SGD`. And a dictionary is handed over as named arguments with two stars.
# </details>
# <details><summary>Hint 2: once or in each round</summary>
#
# Some optimisers remember earlier gradients. Which line must therefore stand before the loop?
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# `getattr(torch.optim, name)([theta], **options)` makes the optimiser, where theta is a fresh leaf. In each
# round: empty, compute and note the loss, backward, step.
# </details>


# %% nbgrader={"grade_id": "train-with", "solution": true}
def train_with(
    name: str,
    options: dict[str, float],
    loss: Callable[[torch.Tensor], torch.Tensor],
    start: torch.Tensor,
    steps: int,
) -> tuple[torch.Tensor, list[float]]:
    """Minimise a loss with an optimiser of torch.optim.

    Args:
        name: what the optimiser is called in torch.optim, such as "SGD" or "Adam".
        options: its named arguments, such as {"lr": 0.01}.
        loss: maps the parameters, shape (d,), to a scalar tensor.
        start: the parameters to begin with, shape (d,). They are left as they were.
        steps: how many steps to make.

    Returns:
        The parameters after the last step, shape (d,), with requires_grad=False, and the losses as plain numbers, one for
        each step: each is computed right before its step.
    """
    ### BEGIN SOLUTION
    theta = start.detach().clone().requires_grad_()
    optimiser = getattr(torch.optim, name)([theta], **options)
    losses = []
    for _ in range(steps):
        optimiser.zero_grad()
        value = loss(theta)
        losses.append(value.item())
        value.backward()
        optimiser.step()
    return theta.detach(), losses
    ### END SOLUTION


# %% nbgrader={"grade_id": "train-with-test", "grade": true, "points": 3}
check.loop_by_optimiser(train_with)
### BEGIN HIDDEN TESTS
bowl = lambda p: (p[0] - 1) ** 2 + 4 * (p[1] + 2) ** 2 + p[0] * p[1]
check.loop_by_optimiser(train_with, on=bowl, name="RMSprop", options={"lr": 0.05, "alpha": 0.8})
check.loop_by_optimiser(train_with, on=bowl, name="SGD", options={"lr": 0.03, "momentum": 0.8, "nesterov": True})
check.loop_by_optimiser(train_with, on=lambda p: torch.cosh(p).sum(), name="Adagrad", options={"lr": 0.3})
### END HIDDEN TESTS

# %% [markdown]
# The same loss, the same start, 100 steps of `torch.optim.SGD`. In the published lab, the two loops stand one after
# the other "with the same aim".

# %% tags=["autograder:skip"]
end, by_optimiser = train_with("SGD", {"lr": 1e-3}, narrow, begin, 100)
print("step   loss")
for step in (1, 2, 3, 4, 5, 6, 7, 8, 10, 50, 100):
    print(f"{step:>4}   {by_optimiser[step - 1]:.6g}")

# %% tags=["autograder:skip", "nbval-ignore-output"]
plt.figure(figsize=(6.4, 3.2), facecolor="0.92")
plt.semilogy(range(1, 101), by_hand, "-", label="loop by hand, rate 0.0001")
plt.semilogy(range(1, 101), by_optimiser, "--", label="torch.optim.SGD, rate 0.001")
plt.xlabel("epoch")
plt.ylabel("cost")
plt.title("Two loops with the same aim")
plt.legend()
plt.show()

# %% [markdown]
# (In words: both lines fall steeply and then turn into the same almost level line near 0.0006. The dashed one is
# there after 6 epochs, the solid one after about 90.)
#
# **Predict.** So is `torch.optim.SGD` ten times better than the loop by hand? And both end near 0.0006: is that the
# minimum?

# %% tags=["autograder:skip"]
_, same_rate = train_with("SGD", {"lr": 1e-4}, narrow, begin, 100)
largest = max(abs(one - other) for one, other in zip(by_hand, same_rate))
print("rate 0.0001 for both: largest difference below 1e-9:", largest < 1e-9)
print(f"where torch.optim.SGD stands: w {end[0]:.4f}, b {end[1]:.4f}, loss {narrow(torch.as_tensor(end)):.6f}")
print(f"where the minimum is:         w 0.5000, b 0.0000, loss {narrow(torch.tensor([0.5, 0.0])):.6f}")

# %% [markdown]
# <details><summary>What it means</summary>
#
# The two loops had different learning rates; with the same rate they are the same loop. And the level line is not the
# minimum, which has loss 0. The walk has reached the bottom of a *very* narrow valley in a few steps and
# now crawls along it. That is not convergence. It is called bad **conditioning**.
# </details>

# %% [markdown]
# ## 6 · How long a step, and why one scales the inputs
#
# The squared error of a linear model is a parabola along every line in the space of its parameters. Its Hessian $H$
# is the same everywhere, and a step multiplies the error along each eigenvector by $1 - \eta\lambda$, as it did in
# section 1 with one parameter. So the most curved direction limits the rate, and the least curved one needs the most
# steps:
#
# $$\eta_{\max} = \frac{2}{\lambda_{\max}}, \qquad \kappa = \frac{\lambda_{\max}}{\lambda_{\min}} .$$
#
# The **condition number** $\kappa$ compares the two curvatures: the valley is $\sqrt\kappa$ times as long as it is
# wide. Just below the limit, the error along the flattest direction shrinks by a factor of about $1 - 2/\kappa$ in
# each step, so that it takes $\kappa$ steps to make it some seven times smaller.
#
# **Predict.** For the test problem, $(20 w + b - 10)^2 + b^2$: is $\lambda_{\max}$ near 2, near 40 or near 800? And
# what do the rates 0.0024 and 0.0026 do?

# %%
# Prediction 5. λmax is near … a: 2 · b: 40 · c: 800
guess_5 = ""

# %% tags=["autograder:skip"]
hessian = torch.autograd.functional.hessian(narrow, begin)
flattest, steepest = torch.linalg.eigvalsh(hessian).tolist()
print(f"eigenvalues: {steepest:.1f} and {flattest:.3f}")
print(f"condition number: {steepest / flattest:.0f}")
print(f"largest stable rate: {2 / steepest:.5f}")
for rate in (0.0024, 0.0026):
    _, losses = train(narrow, begin, rate, 200)
    print(f"rate {rate}: loss {losses[0]:.4g} at step 1, {losses[-1]:.4g} at step 200")

predictions.tell(5, guess_5)

# %% [markdown]
# ### Exercise 5 · The limit, before the first step
#
# *Needs paper and pencil, about 8 minutes, 3 points*
#
# Write `limits` for the mean squared error of a line, $\theta = (w, b)$. Everything you need is the inputs $x$. The
# targets and the parameters don't matter. (Why not?)
#
# <details><summary>Hint 1: where to begin</summary>
#
# Differentiate the two components of the gradient from exercise 1 once more, each with respect to w and to b. Four
# numbers: the Hessian.
# </details>
# <details><summary>Hint 2: the table</summary>
#
# All four are means over the data, of something made of $x_i$ alone. One of them doesn't even depend on the data. Or
# build a table $A$ with the rows $(x_i, 1)$ and think about $A^\top A$.
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# With `table` of shape `(n, 2)`: the Hessian is `table.T @ table`, times two, divided by n. Its eigenvalues come in
# ascending order from `np.linalg.eigvalsh`.
# </details>


# %% nbgrader={"grade_id": "limits", "solution": true}
def limits(x: np.ndarray) -> tuple[float, float]:
    """Compute what the inputs say about training a line with the mean squared error.

    Args:
        x: inputs, shape (n,), not all equal.

    Returns:
        The learning rate at which gradient descent on (w, b) stops being stable, and the condition number of the Hessian.
    """
    ### BEGIN SOLUTION
    table = np.stack([x, np.ones_like(x)], axis=1)
    smallest, largest = np.linalg.eigvalsh(2 * table.T @ table / len(x))
    return float(2 / largest), float(largest / smallest)
    ### END SOLUTION


# %% nbgrader={"grade_id": "limits-test", "grade": true, "points": 3}
check.stable_rate(limits)
### BEGIN HIDDEN TESTS
check.stable_rate(limits, count=3)
check.stable_rate(limits, count=30)
### END HIDDEN TESTS

# %% [markdown]
# Now the thermometer, whose two limits $2/\lambda_{\max}$ your power iteration has found in lab 04.
# **Predict:** its readings are around 50. What if they were all divided by ten, which changes nothing about the problem?
# How does the largest stable rate change?

# %% tags=["autograder:skip"]
for label, readings in (("as they are", unknown), ("divided by ten", 0.1 * unknown)):
    largest_rate, condition = np.ravel(limits(readings))
    print(f"readings {label}: largest stable rate {largest_rate:.2g}, condition number {condition:.0f}")

# %% tags=["autograder:skip"]
raw, wanted = torch.tensor(unknown, dtype=torch.float32), torch.tensor(celsius, dtype=torch.float32)
unscaled = lambda theta: ((theta[0] * raw + theta[1] - wanted) ** 2).mean()
_, losses = train(unscaled, torch.tensor([1.0, 0.0]), 1e-2, 13)
print(f"readings as they are, rate 0.01: loss {losses[0]:.0f}, then {losses[1]:.2g}, then {losses[2]:.2g}")
print("the loss is infinite by step", next(step for step, loss in enumerate(losses, 1) if loss == float("inf")))

# %% [markdown]
# The same rate with the readings divided by ten, and 5000 epochs. (An *epoch* is one pass through all the data; here
# each step is one.)

# %% tags=["autograder:skip"]
tenth, degrees = torch.tensor(0.1 * unknown), torch.tensor(celsius)
scaled = lambda theta: ((theta[0] * tenth + theta[1] - degrees) ** 2).mean()
fitted, losses = train(scaled, begin, 1e-2, 5000)
print("epoch   loss")
for epoch in range(500, 5001, 500):
    print(f"{epoch:>5}   {losses[epoch - 1]:.5f}")
print(f"parameters b, w: {fitted[1]:.4f}, {fitted[0]:.4f}")

# %% [markdown]
# <details><summary>What it means</summary>
#
# The rule: Celsius = 0.537 · reading − 17.3. (It is close to 5/9 and −17.8. You may guess by now which country.)
# Dividing by ten made the limit about a hundred times as large and $\kappa$ about a hundred times smaller. But 357 is
# still large, and 5000 epochs are far too many for a line with two parameters. Why divide by ten? Is there a *best*
# way to scale?
# </details>

# %% [markdown]
# ### Exercise 6 · Scale, train, and give back
#
# *Demanding, about 10 minutes, 3 points*
#
# The best conditioned inputs have mean 0 and spread 1: $z_i = (x_i - m)/s$ with the mean $m$ and the standard
# deviation $s$ of the inputs. What is $\kappa$ then? (Try `limits` on it.) Write `fit`, which
#
# - standardises the inputs,
# - trains a line on them, in at most a few hundred steps, with a rate that you choose,
# - gives back $w$ and $b$ **for the original inputs**. Nobody who uses your line should need to know that you scaled.
#
# <details><summary>Hint 1: where to begin</summary>
#
# Three parts, one after the other. You have the tools for the middle one: `line_gradient` or `train`.
# </details>
# <details><summary>Hint 2: on the way back</summary>
#
# Your training finds $v$ and $c$ with $y \approx v z + c$. Put the definition of $z$ in there and sort: what stands in
# front of $x$, and what is left?
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# $v\,\frac{x - m}{s} + c = \frac{v}{s}\, x + \left(c - \dots\right)$. With standardised inputs the largest stable
# rate is 1; a rate of 0.3 and 100 steps are plenty.
# </details>


# %% nbgrader={"grade_id": "fit", "solution": true}
def fit(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Fit a line by gradient descent on standardised inputs.

    Args:
        x: inputs of any size, shape (n,), not all equal.
        y: what the line should give for them, shape (n,).

    Returns:
        w and b of the line w·x + b for the inputs as they were given, each right to five digits.
    """
    ### BEGIN SOLUTION
    mean, spread = x.mean(), x.std()
    z = (x - mean) / spread
    theta = np.zeros(2)
    for _ in range(100):
        theta = theta - 0.3 * line_gradient(theta, z, y)
    w = theta[0] / spread
    return float(w), float(theta[1] - w * mean)
    ### END SOLUTION


# %% nbgrader={"grade_id": "fit-test", "grade": true, "points": 3}
check.scaled_fit(fit)
### BEGIN HIDDEN TESTS
check.scaled_fit(fit, centre=-300.0, spread=40.0)
check.scaled_fit(fit, centre=2.0, spread=0.01)
### END HIDDEN TESTS

# %% tags=["autograder:skip"]
w, b = np.ravel(fit(unknown, celsius))
standardised = (unknown - unknown.mean()) / unknown.std()
largest_rate, condition = np.ravel(limits(standardised))
print(f"standardised: largest stable rate {largest_rate:.2g}, condition number {condition:.4f}")
print(f"Celsius = {w:.4f} · reading + ({b:.4f}), loss {((w * unknown + b - celsius) ** 2).mean():.5f}")

# %% [markdown]
# A hundred steps instead of five thousand, and nearer to the minimum. With mean 0, the slopes along $w$ and $b$ no
# longer depend on each other; with spread 1, the two curvatures are equal. The valley has become a round bowl, and
# the negative gradient points straight to its minimum.
#
# **Predict.** The promise from the beginning is still open: the thermometer by hand, with autograd and with
# `torch.optim`, from the same start with the same rate (readings divided by ten). After 300 steps, in which digit do
# the three losses differ?

# %% tags=["autograder:skip"]
theta, by_numpy = np.array([1.0, 0.0]), []
for _ in range(300):
    by_numpy.append(((theta[0] * 0.1 * unknown + theta[1] - celsius) ** 2).mean())
    theta = theta - 0.01 * np.asarray(line_gradient(theta, 0.1 * unknown, celsius))
_, by_autograd = train(scaled, begin, 0.01, 300)
_, by_optimiser = train_with("SGD", {"lr": 0.01}, scaled, begin, 300)
print("step        NumPy     autograd  torch.optim")
for step in (1, 2, 10, 100, 300):
    three = (losses[step - 1] for losses in (by_numpy, by_autograd, by_optimiser))
    print(f"{step:>4}" + "".join(f"{loss:>13.7f}" for loss in three))

# %% [markdown]
# In none that is printed. It is one algorithm, written in three ways.
#
# ## 7 · When the valley stays narrow
#
# A network has millions of parameters, and scaling its inputs does not make all its valleys round. So optimisers try
# to help during the descent. The oldest idea is **momentum**: the point moves like a heavy ball. A velocity $v$
# collects the gradients, and loses some speed in each step,
#
# $$v_{t+1} = \mu\, v_t + \nabla L(\theta_t), \qquad \theta_{t+1} = \theta_t - \eta\, v_{t+1}, \qquad v_0 = 0 .$$
#
# Across the valley the gradients change their sign all the time and cancel in $v$; along it they agree and add up.
#
# **Predict.** If the gradient is the same $g$ in every step and $\mu = 0.9$, how long does a step become in the end,
# compared with plain descent?

# %% tags=["autograder:skip"]
velocity = 0.0
for step in range(1, 61):
    velocity = 0.9 * velocity + 1
    if step in (1, 2, 3, 10, 20, 60):
        print(f"step {step:>2}: {velocity:.3f} times as long")

# %% [markdown]
# ### Exercise 7 · Momentum by hand
#
# *Straightforward, about 8 minutes, 3 points*
#
# Write `train_momentum`. It must agree with `torch.optim.SGD(…, momentum=…)` step by step, without using it.
#
# <details><summary>Hint 1: where to begin</summary>
#
# Begin with your `train`. Which one of its lines changes, and which tensor is new?
# </details>
# <details><summary>Hint 2: the velocity</summary>
#
# The velocity must survive from round to round, the gradient must not. Where does each of them begin?
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# `velocity = torch.zeros_like(theta)` before the loop, which gives an unwatched tensor. In each round, under
# `no_grad`, first the new velocity from the old one and the gradient, then the step with the new velocity.
# </details>


# %% nbgrader={"grade_id": "momentum", "solution": true}
def train_momentum(
    loss: Callable[[torch.Tensor], torch.Tensor],
    start: torch.Tensor,
    lr: float,
    momentum: float,
    steps: int,
) -> tuple[torch.Tensor, list[float]]:
    """Minimise a loss by gradient descent with momentum.

    Args:
        loss: maps the parameters, shape (d,), to a scalar tensor.
        start: the parameters to begin with, shape (d,). They are left as they were.
        lr: learning rate η.
        momentum: which share μ of the velocity is kept in each step.
        steps: how many steps to make.

    Returns:
        The parameters after the last step, shape (d,), with requires_grad=False, and the losses as plain numbers, one for
        each step: each is computed right before its step.
    """
    ### BEGIN SOLUTION
    theta = start.detach().clone().requires_grad_()
    velocity = torch.zeros_like(start)
    losses = []
    for _ in range(steps):
        value = loss(theta)
        losses.append(value.item())
        (slope,) = torch.autograd.grad(value, theta)
        with torch.no_grad():
            velocity = momentum * velocity + slope
            theta -= lr * velocity
    return theta.detach(), losses
    ### END SOLUTION


# %% nbgrader={"grade_id": "momentum-test", "grade": true, "points": 3}
check.loop_with_momentum(train_momentum)
### BEGIN HIDDEN TESTS
check.loop_with_momentum(train_momentum, on=lambda p: (p[0] - 1) ** 2 + 4 * (p[1] + 2) ** 2 + p[0] * p[1])
check.loop_with_momentum(train_momentum, on=lambda p: torch.log(torch.cosh(p)).sum(), steps=3)
### END HIDDEN TESTS

# %% [markdown]
# A loop that never empties `.grad` is momentum with $\mu = 1$: a ball that never loses any speed. That is why it
# overshoots. In the curve of the loss you recognise it as in lab 03: the loss falls fast at first, then swings up and
# down and does not settle.
#
# ### The race
#
# The thermometer once more, readings divided by ten, all from $w = 1$, $b = 0$: same loss, same start, 150 steps.
# Each gets a rate of its own that serves it well, found by trying 0.003, 0.01, 0.03 … 3. (Giving all the *same* rate
# would be fair only if a rate meant the same to each of them. To Adam, it is about the length of a step; to SGD, it
# is a factor on the gradient.) To see where an optimiser goes, we give it a loss that notes every point at which it
# is computed.


# %% tags=["autograder:skip"]
def misfit(theta: torch.Tensor) -> torch.Tensor:
    """The mean squared error on the thermometer, readings divided by ten: (…, 2) → (…)."""
    return ((theta[..., :1] * tenth + theta[..., 1:] - degrees) ** 2).mean(dim=-1)


def walk(name: str, options: dict[str, float], steps: int) -> torch.Tensor:
    """The start, and the point after each step of an optimiser."""
    visited = []

    def noted(theta: torch.Tensor) -> torch.Tensor:
        visited.append(theta.detach().clone())
        return misfit(theta)

    end, _ = train_with(name, options, noted, begin, steps)
    return torch.stack([*visited, torch.as_tensor(end, dtype=begin.dtype)])


racers = {
    "SGD": ("SGD", {"lr": 0.03}),
    "momentum": ("SGD", {"lr": 0.03, "momentum": 0.9}),
    "Nesterov": ("SGD", {"lr": 0.01, "momentum": 0.9, "nesterov": True}),
    "Adagrad": ("Adagrad", {"lr": 3.0}),
    "RMSprop": ("RMSprop", {"lr": 0.3}),
    "Adam": ("Adam", {"lr": 1.0}),
}
w, b = np.ravel(fit(0.1 * unknown, celsius))
lowest = torch.tensor([w, b], dtype=torch.float64)

# %% [markdown]
# **Predict.** Who is first, who is last? Who zigzags, who overshoots? Write down your ranking.

# %%
# Prediction 6. At step 150, the last of the six is … a: SGD or Adagrad · b: momentum · c: Adam
guess_6 = ""

# %% tags=["autograder:skip"]
walks = {name: walk(kind, options, 150) for name, (kind, options) in racers.items()}
print("excess loss    step 10    step 50   step 150")
for name, points in walks.items():
    excess = misfit(points) - misfit(lowest)
    print(f"{name:12}" + "".join(f"{max(excess[step].item(), 0):>11.2g}" for step in (10, 50, 150)))

predictions.tell(6, guess_6)

# %% tags=["autograder:skip", "nbval-ignore-output"]
figures.race(
    misfit,
    walks,
    extent=((-1, 9), (-26, 6)),
    names=("w", "b"),
    lowest=float(misfit(lowest)),
    title="Six optimisers in one narrow valley",
)

# %% [markdown]
# <details><summary>What you see</summary>
#
# SGD is in the valley at once, jumps from one side to the other and then hardly moves: the most curved direction
# limits its rate, and along the valley that rate is far too small. Momentum swings, cancels the swinging and runs
# down the valley. Nesterov looks ahead before it steps and swings less, but at a rate of 0.03 it diverges, so it has
# a third of that rate. Adagrad divides by the root of *all* squared gradients so far, so its steps get smaller and
# smaller. RMSprop divides by a fading average instead: its steps stay large, but then it does not settle completely
# either. Adam does both, a velocity and a division.
# </details>
#
# ### Which one, when?
#
# All that this PyTorch knows:

# %% tags=["autograder:skip"]
known = sorted(
    name
    for name, thing in vars(torch.optim).items()
    if isinstance(thing, type) and issubclass(thing, torch.optim.Optimizer) and thing is not torch.optim.Optimizer
)
usual = [name for name in known if name in ("SGD", "Adagrad", "Adadelta", "RMSprop", "Adam", "AdamW", "LBFGS", "Rprop")]
print("among them:", ", ".join(usual))

# %% tags=["autograder:skip", "nbval-ignore-output"]
print(f"all {len(known)}:", ", ".join(known))

# %% [markdown]
# | optimiser | what it does | when |
# |---|---|---|
# | SGD | the plain step | small, well scaled problems; to understand what happens |
# | SGD with momentum, Nesterov | a velocity | image networks, where there is time to tune the rate |
# | Adagrad | divides by the root of all squared gradients so far | rare features, such as words; it slows down for ever |
# | RMSprop, Adadelta | the same with a memory that fades | recurrent networks; where gradients change their size |
# | Adam, NAdam, Adamax, RAdam | velocity and fading division, with variants | the first try almost everywhere |
# | AdamW | Adam whose penalty is applied to the weights directly, not through the gradient | transformers; wherever you want a penalty with Adam |
# | Adafactor | Adam with less memory | very large models |
# | SparseAdam | Adam that only touches what has a gradient | large tables of embeddings |
# | Rprop | only the signs of the gradient | all the data in every step, never small batches |
# | ASGD | averages the points of the walk | noisy gradients near the end |
# | Muon (since torch 2.9) | momentum, made orthogonal | the weight matrices of large networks |
# | LBFGS | estimates the curvature, needs `step(closure)` | small and smooth problems, all the data at once |
#
# The option `weight_decay` of SGD and Adam adds the gradient of a penalty, for *every* parameter that you hand over,
# biases included. Section 4 shows how to find out what a penalty acts on.

# %% tags=["autograder:skip"]
predictions.total()

# %% [markdown]
# ## 8 · What to take along
#
# The last column is the name under which a check reports the mistake.
#
# | You write | and get | because | name |
# |---|---|---|---|
# | `np.dot(x, r).mean()` | a gradient n times too large, no error | the dot product has added up already | scalar-averaged |
# | a sum where the loss is a mean, or the reverse | a rate that does not suit | the scale of the loss scales the step | sum-for-mean |
# | `2 * r` for the slope along w | a gradient without the inputs | the inner derivative is missing | missing-inner-derivative |
# | `(n, 1)` minus `(n,)` | n·n residuals, no error | shapes are aligned from the right | broadcast-residual |
# | a loop that never empties `.grad` | momentum without friction | `.grad` is a sum | missing-zero-grad |
# | `w = w - lr * w.grad` | an error in the second step | the new `w` is a result, not a leaf | rebinding-leaf |
# | the same inside `no_grad()` | "does not require grad" | the new `w` is not watched | rebinding-in-no-grad |
# | `w -= lr * w.grad` outside `no_grad()` | "a leaf … in-place operation" | the step must not be recorded | inplace-on-leaf |
# | `w.grad.zero_()` as the first line | "NoneType has no attribute" | `.grad` is None at first | zero-before-first |
# | the loss computed once, before the loop | "backward through the graph a second time" | each step needs a new graph | backward-twice |
# | `torch.optim.SGD([w * 1.0])` | "can't optimize a non-leaf Tensor" | an optimiser moves leaves | not-a-leaf |
# | `theta.numpy()` in the loop | "Can't call numpy()" | NumPy records nothing | numpy-on-tracked |
# | `params[1:]` for `[w, b]` | a penalty on the bias, no error | the slice names another parameter | regularises-bias |
# | `+ lr * grad` | a loss that grows | the gradient points up | ascent-sign |
# | the loss after the step, for the one before | a list that is off by one | note, then step | stale-point |
# | only `w`, and not `b` | half a fit | the gradient has every component | one-variable-only |
# | a rate above $2/\lambda_{\max}$ | a loss that grows without bound | the most curved direction sets the limit | lr-too-high |
# | a level line taken for the minimum | half-trained parameters | the least curved direction needs more steps | lr-too-low |
#
# - NumPy by hand, autograd by hand, `torch.optim`: one algorithm, three ways to write it down. The numbers agree.
# - The inputs alone set the largest rate and the condition number. Standardise them, train, and give back the
#   original units.
# - If you compare two optimisers with one rate each, you compare two rates.
#
# **Three links**
#
# - [`torch.optim`](https://docs.pytorch.org/docs/stable/optim.html): all optimisers of PyTorch, each with its
#   formula.
# - [Adam: a method for stochastic optimization](https://arxiv.org/abs/1412.6980), by Kingma and Ba.
# - [Optimization methods for large-scale machine learning](https://arxiv.org/abs/1606.04838), by Bottou, Curtis and
#   Nocedal: why random gradients work, and how fast.

# %% [markdown]
# ### Open question · What would you tell them?
#
# *About 8 minutes, 4 points, read by a person*
#
# A colleague fits house prices with a linear model and two inputs: living space in square metres (40 to 300) and
# number of rooms (1 to 8). With SGD and a rate of 0.01 he gets NaN. With 0.00001 the loss falls quickly, and then
# forms a level line for ten thousand epochs. With Adam, at 0.01, it is still higher than that. He concludes: "The
# level line is the best a linear model can do, and SGD is better than Adam."
#
# Explain in 6 to 12 sentences, with what you saw in this lab, (a) why the first rate gives NaN, (b) why the level
# line need not be the minimum, and how he could find out, (c) what he should change first, and what he must do with
# the parameters afterwards, and (d) why his comparison with Adam proves nothing.

# %% [markdown] nbgrader={"grade_id": "explain", "grade": true, "solution": true, "points": 4}
# Descent on a squared error is stable only below 2/λmax, and λmax comes from the inputs: with living spaces around
# 150 it is near 2 · 150², so that the limit is about 0.00004. 0.01 is far above it, each step multiplies the error
# along the steepest direction by a large negative number, and after some steps the numbers overflow, as the raw
# thermometer did after a dozen. The level line only says that the error along the most curved direction is gone.
# Along the flat ones (the bias, the rooms) the error is multiplied by 1 − ηλmin, which is nearly 1 when the condition
# number is in the tens of thousands. In the lab such a line stood at 0.0006, with the minimum at 0. He could look at
# the norm of the gradient, compute the exact least squares solution, or the condition number of the inputs. First he
# should standardise both inputs: the same loop then needs some dozens of steps, at a rate near 0.1. The parameters he
# gets belong to the scaled inputs; to use them he must convert them back, each weight divided by the spread of its
# input, and the bias corrected with the means. Finally, one rate for each optimiser compares two rates: to Adam 0.01
# means steps of about 0.01, far too short for prices. Each would need its own rate out of several, the same start and
# the same number of steps.
#
# **Mark scheme**
#
# One point for each of these, half a point where it is named without a reason or an observation from the lab:
#
# 1. NaN: the rate is above 2/λmax, and large inputs make λmax large (evidence: raw thermometer, or the factor 1 −
#    2η‖x‖²).
# 2. The level line: the flat direction is slow, κ is large, so loss level ≠ minimum; a test such as the gradient
#    norm, the least squares solution or more steps at a better scale.
# 3. The cure: standardise (or scale) the inputs, and convert weights *and* bias back to the original units.
# 4. The comparison: each optimiser needs a rate of its own, the same start and steps; a rate means different things
#    to SGD and Adam.
