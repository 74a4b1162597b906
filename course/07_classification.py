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
# # Which of three?
#
# A network that tells cats from dogs has to answer with a word, and a gradient needs numbers that can change a
# little. "It is a dog" can't change a little. This lab joins the two: scores become probabilities, probabilities
# become a loss, and the gradient of this loss is the simplest formula of the course.
#
# Then you train on real data: 150 flowers that a botanist measured in the 1930s. At the end you meet a question that
# no straight line can answer, and see how a second layer answers it.
#
# **When you are done, you can**
#
# - say why a step function can't be trained and a sigmoid can, and why it is hard to train many sigmoids in a row;
# - write softmax and cross-entropy so that they stay finite for logits of 1000;
# - derive the gradient of the cross-entropy on paper and check it;
# - train a classifier, with a loop by hand and with `torch.optim`, on whichever device there is;
# - recognise the mistakes that make a classifier learn badly without an error.
#
# **Time:** about 90 minutes. **Points:** 22.
# **You need:** the chain rule, gradient descent (lab 05), and what a leaf is.
#
# **How to work.** Where it says *predict*, commit yourself: write the letter of your guess into the cell below, and run
# it before the next one. A wrong guess that you notice teaches more than a right answer that you read; nothing of it is
# graded. Where it says *exercise*, replace the placeholder and run the check below it as often as you like. Hints are
# folded; each gives away more than the one before.

# %% [markdown]
# ## 0 · Tools, device, flowers

# %% nbgrader={"grade_id": "imports", "locked": true}
import math
from collections.abc import Callable

import torch
from sklearn.datasets import load_iris

import gradlab
from gradlab import figures
from gradlab.check import classification as check
from gradlab.notebook.predictions import Predictions

predictions = Predictions("07_classification")

# %% tags=["autograder:skip", "nbval-ignore-output"]
device = gradlab.device()
print("device", device)

# %% [markdown]
# The flowers are irises of three species, fifty of each, published by the statistician R. A. Fisher in 1936. They
# come with the library scikit-learn, so nothing is downloaded. Of the four measurements we take two, the length and
# the width of a petal, because two can be drawn.
#
# Fifty flowers are kept apart for an **exam**: nothing that the training uses may come from them. That holds for the
# scale, too. Both measurements are **standardised**, with the mean and the standard deviation of the hundred
# *training* flowers, so that these have mean 0 and standard deviation 1. Lab 05 says why one scales: for a squared
# error on these flowers, the condition number falls from about 630 to about 51. It does not fall to 1, since length
# and width go together: their correlation is 0.96, and standardising does not change it.

# %% tags=["autograder:skip"]
iris = load_iris()
names = [str(name) for name in iris.target_names]
petals = torch.tensor(iris.data[:, 2:], dtype=torch.float32, device=device)  # (150, 2), length and width in cm
labels = torch.tensor(iris.target, device=device)  # (150,), each 0, 1 or 2

torch.manual_seed(5)
order = torch.randperm(len(petals)).to(device)
train, test = order[:100], order[100:]  # 50 flowers are kept for the exam
x = (petals - petals[train].mean(dim=0)) / petals[train].std(dim=0)  # the scale is that of the training flowers

print("species", names)
for number in (0, 50, 100):
    length, width = petals[number].tolist()
    print(f"flower {number:>3}: petal {length:.1f} cm × {width:.1f} cm, label {labels[number].item()}")

# %% [markdown]
# ## 1 · A step can't learn
#
# The first artificial neuron (1943) fired or did not fire: its **activation**, the function that turns the sum of its
# inputs into its output, was the **Heaviside** step,
#
# $$H(z) = \begin{cases} 0 & z < 0 \\ 1 & z > 0. \end{cases}$$
#
# ### Predict · What does a step say to a gradient?
#
# What is the derivative of $H$ at −2, at −0.1, at 0.1? And what would gradient descent do with it?

# %%
# Prediction 1. The derivative of the step at 0.1 … a: 1 · b: infinite · c: 0
guess_1 = ""

# %% tags=["autograder:skip"]
z = torch.tensor([-2.0, -0.1, 0.1, 3.0], requires_grad=True)
step = (z > 0).float()
print("Heaviside", step.tolist(), "requires_grad:", step.requires_grad)

smooth = torch.sigmoid(z)
smooth.sum().backward()
print("sigmoid  ", [round(value, 4) for value in smooth.tolist()], "requires_grad:", smooth.requires_grad)
print("its slope", [round(value, 4) for value in z.grad.tolist()])
predictions.tell(1, guess_1)

# %% [markdown]
# <details><summary>What it means</summary>
#
# The step is flat wherever it has a derivative. A small change of $z$ changes nothing, so there is no direction in
# which to improve, and PyTorch does not even record a comparison. At 0, where the step jumps, there is no derivative
# at all. The sigmoid is a smooth step: it goes from 0 to 1 as well, and has a positive slope everywhere.
# </details>
#
# The **sigmoid** (or logistic function) is
#
# $$\sigma(x) = \frac{1}{1 + e^{-x}}.$$

# %% [markdown]
# ### Exercise 1 · The sigmoid and its slope
#
# *Easy, needs paper, about 7 minutes, 2 points*
#
# Differentiate $\sigma$ on paper. Then write `sigmoid_and_slope`, which returns $\sigma(x)$ and $\sigma'(x)$ for
# every entry of a tensor, **without autograd**, from your own formula. Both must stay ordinary numbers even at $x =
# \pm 1000$, where $e^{1000}$ does not fit into a floating-point number.
#
# <details><summary>Hint 1: where to begin</summary>
#
# Write $\sigma = u^{-1}$ with $u = 1 + e^{-x}$. There are three functions inside one another, so the chain rule has
# three factors.
# </details>
# <details><summary>Hint 2: one formula inside the other</summary>
#
# What is $1 - \sigma(x)$ as a fraction? Your derivative is a product of two things that you have computed already.
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# Compute the value `s` first; the slope needs `s` only, and no further exponential, so that nothing can overflow.
# What is $\sigma'(0)$? It must be one quarter.
# </details>


# %% nbgrader={"grade_id": "sigmoid", "solution": true}
def sigmoid_and_slope(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Compute the sigmoid and its derivative, entry by entry.

    Args:
        x: any shape, any device.

    Returns:
        The values σ(x) and the slopes σ′(x), both of the shape of ``x``. Finite for every finite x.
    """
    ### BEGIN SOLUTION
    s = 1 / (1 + torch.exp(-x))
    return s, s * (1 - s)
    ### END SOLUTION


# %% nbgrader={"grade_id": "sigmoid-test", "grade": true, "points": 2}
# The check tells you what it saw. Run it as often as you like.
check.sigmoid_and_slope(sigmoid_and_slope)
### BEGIN HIDDEN TESTS
check.sigmoid_and_slope(sigmoid_and_slope, at=6 * torch.randn(2, 3, 4, dtype=torch.float64))
check.sigmoid_and_slope(sigmoid_and_slope, at=torch.tensor([-900.0, -90.0, 90.0, 900.0]))
### END HIDDEN TESTS

# %% [markdown]
# ### Predict · Many sigmoids in a row
#
# In a deep network the output of one layer is the input of the next. The chain rule multiplies the slopes. No slope
# of a sigmoid is larger than $\frac14$, so how large can the slope be after $n$ of them? Guess for $n = 2$, $5$,
# $10$ and $20$, then let autograd measure it.

# %%
# Prediction 2. The slope after 20 sigmoids is below … a: 0.01 · b: a millionth of a millionth · c: a quarter
guess_2 = ""

# %% tags=["autograder:skip"]
slopes = {"sigmoid": [], "tanh": [], "ReLU": []}
functions = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "ReLU": torch.relu}
for name, activation in functions.items():
    for count in range(21):
        start = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
        value = start
        for _ in range(count):
            value = activation(value)
        value.backward()
        slopes[name].append(start.grad.item())

print("  n    bound 0.25ⁿ      sigmoid         tanh    ReLU")
for count in (1, 2, 5, 10, 20):
    row = [slopes[name][count] for name in functions]
    print(f"{count:>3}{0.25**count:>15.3e}{row[0]:>13.3e}{row[1]:>13.3e}{row[2]:>8.1f}")

predictions.tell(2, guess_2)

# %% tags=["autograder:skip", "nbval-ignore-output"]
figures.progress(
    slopes, quantity="slope of all together", over="number of activations", title="What is left of a change?"
)

# %% [markdown]
# <details><summary>What it means</summary>
#
# After twenty sigmoids a change at the input is worth less than a millionth of a millionth at the output: the
# **vanishing gradient**. The first layers of such a network learn almost nothing. (Between the layers of a network
# stand weights, which are factors of the chain rule too. They would all have to be about 4 to make up for it, and
# large weights drive a sigmoid to where it is flat.) That is why hidden layers have mostly used
# $\text{ReLU}(z) = \max(0, z)$ since about 2010: its slope is 1 for every positive $z$, and any power of 1 is 1. (For
# a negative $z$ it is 0, but of the many neurons in a layer, some have a positive $z$.)
# </details>
#
# ### Predict · The value is right, so the gradient is?
#
# At $x = -100$, $e^{-x}$ is too large for float32 and becomes infinite. $1/(1 + \infty) = 0$ is the right value.
# What does autograd make of it?

# %%
# Prediction 3. Autograd's slope at −100 is … a: NaN · b: 0 · c: infinite
guess_3 = ""

# %% tags=["autograder:skip"]
cold = torch.tensor(-100.0, requires_grad=True)
written_out = 1 / (1 + torch.exp(-cold))
written_out.backward()
print(f"value {written_out.item():.1f}, gradient {cold.grad.item()}")

cold.grad = None
torch.sigmoid(cold).backward()
print(f"torch.sigmoid: gradient {cold.grad.item():.1f}")
predictions.tell(3, guess_3)

# %% [markdown]
# <details><summary>What it means</summary>
#
# The chain rule multiplies $1/\infty^2 = 0$ by $\infty$, and that is NaN, "not a number". One NaN in a gradient makes
# its weight NaN in the next step, then the loss, and then all the other weights. A formula that is right on paper is
# not always right in a computer; the functions of PyTorch are written so that values *and* gradients stay finite. You
# will do the same for softmax.
# </details>

# %% [markdown]
# ## 2 · Names are not numbers
#
# The labels 0, 1, 2 are names, not sizes: species 2 is not twice species 1.
#
# ### Predict · A number for a name
#
# Somebody trains a model to give the label itself, one number, with the squared error as its loss. For a flower that
# is either a setosa (0) or a virginica (2), one as likely as the other, which number makes the loss smallest on
# average? And which species does that number name?
#
# <details><summary>What it means</summary>
#
# The number 1, their mean: a versicolor, the one species that it surely is not. Between 0 and 2 there is nothing
# that means "one of the two". A code for names must not say that one class lies *between* two others.
# </details>
#
# So we give each class an axis of its own. Class $k$ of $K$ becomes a vector with a one in place $k$ and zeros
# elsewhere, its **one-hot** code:
#
# $$0 \to (1, 0, 0), \qquad 1 \to (0, 1, 0), \qquad 2 \to (0, 0, 1).$$
#
# It is a probability distribution, too: that of somebody who is completely sure. The way back is **argmax**, the
# place of the largest entry.

# %% [markdown]
# ### Exercise 2 · One-hot
#
# *Easy, about 4 minutes, 2 points*
#
# Write `one_hot`. The code of each label lies along a **new last axis**, and its entries are floating-point numbers,
# since they will be multiplied and subtracted. No loop over the labels is needed.
#
# <details><summary>Hint 1: where to begin</summary>
#
# `torch.arange(classes)` is the list of all the classes. Which comparison is true in exactly one place?
# </details>
# <details><summary>Hint 2: shapes</summary>
#
# Labels of shape `(n,)` and classes of shape `(classes,)` can't be compared each with each as they are: give the
# labels a new last axis of length 1.
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# `labels[..., None] == torch.arange(...)` is a table of True and False, if both are on the same device. `.float()`
# turns it into ones and zeros. (`torch.nn.functional.one_hot` exists too; what type does it give?)
# </details>


# %% nbgrader={"grade_id": "one-hot", "solution": true}
def one_hot(labels: torch.Tensor, classes: int) -> torch.Tensor:
    """Give each class an axis of its own.

    Args:
        labels: integers from 0 to classes − 1, shape (...), any device.
        classes: how many classes there are.

    Returns:
        Ones and zeros, shape (..., classes), floating point, on the device of ``labels``.
    """
    ### BEGIN SOLUTION
    return (labels.unsqueeze(-1) == torch.arange(classes, device=labels.device)).float()
    ### END SOLUTION


# %% nbgrader={"grade_id": "one-hot-test", "grade": true, "points": 2}
check.one_hot(one_hot)
### BEGIN HIDDEN TESTS
check.one_hot(one_hot, labels=torch.randint(4, (3, 2)), classes=4)
check.one_hot(one_hot, labels=torch.randint(5, (5,)), classes=5)
### END HIDDEN TESTS

# %% tags=["autograder:skip"]
species = torch.tensor([2, 0, 1, 1])
codes = torch.as_tensor(one_hot(species, 3))
for number, code in zip(species.tolist(), codes.tolist()):
    print(f"one-hot code of {number}:", code)
print("back again with argmax:", codes.argmax(dim=-1).tolist())

# %% [markdown]
# ## 3 · From scores to probabilities
#
# A classifier computes one plain number for each class, the **logits** $z_1, \dots, z_K$. They may be negative and
# need not sum to anything. **Softmax** turns them into probabilities,
#
# $$p_k = \frac{e^{z_k}}{\sum_j e^{z_j}}.$$
#
# ### Predict · What does not change softmax
#
# Add 5 to every logit. What happens to the probabilities? And if you multiply every logit by 10?

# %%
# Prediction 4. Adding 5 to every logit …
# a: makes all probabilities larger · b: makes the largest one larger · c: changes nothing
guess_4 = ""

# %% tags=["autograder:skip"]
scores = torch.tensor([2.0, 1.0, 0.0])
for what, changed in (("as they are", scores), ("plus 5", scores + 5), ("times 10", scores * 10)):
    told = [round(p, 4) for p in torch.softmax(changed, dim=0).tolist()]
    print(f"softmax, {what}:", told, " argmax:", changed.argmax().item())

predictions.tell(4, guess_4)

# %% [markdown]
# <details><summary>What it means</summary>
#
# A constant that is added to all the logits cancels: only *differences* of logits matter. You will need this in the
# exercise. If they are multiplied by a large number, softmax comes near to the one-hot code of the argmax: softmax is
# a smooth *arg*max, as the sigmoid is a smooth step.
# </details>

# %% [markdown]
# ### Exercise 3 · A softmax for large logits
#
# *Straightforward, about 7 minutes, 3 points*
#
# Write `softmax` over the **last** axis, for any number of axes before it, from exponentials: not with PyTorch's, nor
# with its logarithm, `log_softmax`.
# Logits of 1000 or −1000 must not give NaN, each row by itself. Autograd must be able to follow.
#
# <details><summary>Hint 1: where to begin</summary>
#
# The only danger is the exponential of something large. You may add the same number to all logits of a row. Which
# number makes sure that nothing large is left?
# </details>
# <details><summary>Hint 2: each row its own</summary>
#
# A number that is right for one row may be wrong for another: all of its exponentials may become 0, and 0/0 is NaN.
# And the sum keeps its axis with `keepdim=True`, so that shapes `(n, K)` and `(n, 1)` meet.
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# Subtract `z.max(dim=-1, keepdim=True).values`. The largest exponential is then $e^0 = 1$, so that the sum is never
# zero. Divide by that sum, over the same axis.
# </details>


# %% nbgrader={"grade_id": "softmax", "solution": true}
def softmax(z: torch.Tensor) -> torch.Tensor:
    """Turn logits into probabilities.

    Args:
        z: logits, shape (..., K).

    Returns:
        Probabilities, shape (..., K): each row along the last axis sums to 1. Finite for all finite logits.
    """
    ### BEGIN SOLUTION
    exponentials = torch.exp(z - z.max(dim=-1, keepdim=True).values)
    return exponentials / exponentials.sum(dim=-1, keepdim=True)
    ### END SOLUTION


# %% nbgrader={"grade_id": "softmax-test", "grade": true, "points": 3}
check.softmax(softmax)
### BEGIN HIDDEN TESTS
check.softmax(softmax, at=3 * torch.randn(2, 4, 5, dtype=torch.float64))
check.softmax(softmax, at=torch.tensor([[1000.0, 1001.0, 999.0], [-1000.0, -1000.0, -1002.0]]))
### END HIDDEN TESTS

# %% [markdown]
# ## 4 · How wrong is a probability?
#
# First with two classes. One logit $z$ is enough: $p = \sigma(z)$ is the probability of class 1, and $1 - p$ that of
# class 0. The **binary cross-entropy** says how surprising the truth $y \in \{0, 1\}$ is for the classifier,
#
# $$L = -y \log p - (1 - y) \log (1 - p).$$
#
# ### Predict · Surprised?
#
# The classifier says $z = 2$, hence $p = 0.88$. Which loss does it get if the truth is 1, and which if it is 0? Which
# sign does the gradient have in each case?

# %%
# Prediction 5. If the truth is 0, the gradient is … a: negative · b: positive · c: 0
guess_5 = ""

# %% tags=["autograder:skip"]
for truth in (1.0, 0.0):
    z = torch.tensor(2.0, requires_grad=True)
    loss = torch.nn.functional.binary_cross_entropy_with_logits(z, torch.tensor(truth))
    loss.backward()
    print(f"truth {truth:.0f}: binary cross-entropy {loss.item():.4f}, gradient {z.grad.item():.4f}")

two_logits = torch.tensor([2.0, 0.0])
print(f"sigmoid(2) {torch.sigmoid(two_logits[0]).item():.4f}")
print("softmax of (2, 0)", [round(p, 4) for p in torch.softmax(two_logits, dim=0).tolist()])
predictions.tell(5, guess_5)

# %% [markdown]
# <details><summary>What it means</summary>
#
# If the classifier is 88 % sure and right, the loss is small; if it is as sure and wrong, the loss is about seventeen
# times as large. A negative gradient means that a larger $z$ lowers the loss: descent raises $z$ where the truth is 1
# and lowers it where it is
# 0. And a sigmoid of $z$ is a softmax over the two logits $z$ and 0: two classes are no special case.
# </details>
#
# With $K$ classes the **categorical cross-entropy** of one example with the true class $t$ is
#
# $$L = -\log p_t = -z_t + \log \sum_j e^{z_j}, \qquad\text{or}\qquad L = -\sum_k y_k \log p_k$$
#
# with the one-hot code $y$ of $t$. For a batch of $n$ examples it is the **mean** of their losses. The first form
# shows why a loss function should be given logits and not probabilities: "log of a sum of exponentials" can be
# computed safely even where a probability is too small to be told from 0, whose logarithm is $-\infty$.

# %% [markdown]
# ### Exercise 4 · Cross-entropy from logits
#
# *Straightforward, some care with shapes, about 9 minutes, 3 points*
#
# Write `cross_entropy` for a batch, from logits, without PyTorch's own losses. It must be finite for logits of ±1000,
# and autograd must be able to follow.
#
# <details><summary>Hint 1: where to begin</summary>
#
# Take the formula with $z_t$. There are two parts: a number for each row that needs all its logits, and one logit of
# each row.
# </details>
# <details><summary>Hint 2: one logit of each row</summary>
#
# `logits[:, labels]` is a table of n × n. You want row 0 with label 0, row 1 with label 1, and so on: index *both*
# axes, or multiply by the one-hot codes and sum over the classes.
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# `torch.logsumexp(logits, dim=-1)` does the safe part for all rows, and
# `logits[torch.arange(len(labels), device=...), labels]` picks. Subtract, and take the mean over the examples.
# </details>


# %% nbgrader={"grade_id": "cross-entropy", "solution": true}
def cross_entropy(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Compute the mean categorical cross-entropy of a batch.

    Args:
        logits: shape (n, K).
        labels: the true classes, integers from 0 to K − 1, shape (n,).

    Returns:
        The mean over the batch of −log p_true, a scalar tensor. Finite for all finite logits.
    """
    ### BEGIN SOLUTION
    of_the_truth = logits.gather(1, labels.unsqueeze(1)).squeeze(1)
    return (torch.logsumexp(logits, dim=1) - of_the_truth).mean()
    ### END SOLUTION


# %% nbgrader={"grade_id": "cross-entropy-test", "grade": true, "points": 3}
check.cross_entropy(cross_entropy)
### BEGIN HIDDEN TESTS
check.cross_entropy(cross_entropy, logits=2 * torch.randn(9, 4, dtype=torch.float64), labels=torch.randint(4, (9,)))
check.cross_entropy(cross_entropy, logits=torch.tensor([[1000.0, -1000.0, 0.0]]), labels=torch.tensor([1]))
### END HIDDEN TESTS

# %% [markdown]
# A classifier that knows nothing gives every class the same logit. What is its loss with three classes, and with a
# thousand?

# %% tags=["autograder:skip"]
for classes in (3, 1000):
    nothing = cross_entropy(torch.zeros(4, classes), torch.tensor([0, 1, 2, 0]))
    print(f"{classes:>4} classes, all logits equal: cross-entropy {nothing.item():.4f}, log K {math.log(classes):.4f}")

# %% [markdown]
# Remember that number. If the first loss of a classifier with $K$ classes is far above $\log K$, its first weights
# are bad.
#
# ### Predict · The gradient of the loss
#
# Logits $(2, 1, 0)$, the true class is class 0. The probabilities are those of section 3: 0.67, 0.24 and 0.09. Before
# you run the cell: which entries of the gradient with respect to the logits are negative? Do they sum to something
# special?

# %%
# Prediction 6. The gradient's entries sum to … a: 1 · b: the loss · c: 0
guess_6 = ""

# %% tags=["autograder:skip"]
logits = torch.tensor([2.0, 1.0, 0.0], requires_grad=True)
probabilities = torch.softmax(logits, dim=0)
loss = -torch.log(probabilities[0])
loss.backward()
print("probabilities", [round(p, 3) for p in probabilities.tolist()])
print("gradient     ", [round(g, 3) for g in logits.grad.tolist()])
predictions.tell(6, guess_6)

# %% [markdown]
# Compare the two rows, entry by entry. There is a pattern. Does it hold for other logits and another true class? Can
# it be an accident? Prove it:

# %% [markdown]
# ### Exercise 5 · The gradient by hand
#
# *Needs paper and pencil, about 10 minutes, 3 points*
#
# Differentiate $L = -z_t + \log \sum_j e^{z_j}$ with respect to $z_k$, once for $k = t$ and once for $k \ne t$.
# Write both cases in one formula. Then write `cross_entropy_gradient`: the gradient of the **mean** over a batch
# with respect to all the logits, without autograd. The check compares it with finite differences.
#
# <details><summary>Hint 1: where to begin</summary>
#
# $\frac{d}{dz_k} \log u = \frac{1}{u} \cdot \frac{\partial u}{\partial z_k}$ with $u = \sum_j e^{z_j}$. Only one
# term of that sum depends on $z_k$. Which fraction comes out?
# </details>
# <details><summary>Hint 2: both cases at once</summary>
#
# $-z_t$ has the derivative $-1$ with respect to $z_t$ and 0 with respect to the others. You have written a function
# that makes a row of one 1 and zeros.
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# What the model believes, minus what is true: two tables of shape `(n, K)`, both of which your functions from
# exercises 2 and 3 make. The mean over the batch adds one more factor.
# </details>


# %% nbgrader={"grade_id": "by-hand", "solution": true}
def cross_entropy_gradient(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Compute the gradient of the mean cross-entropy with respect to the logits, from its formula.

    Args:
        logits: shape (n, K).
        labels: the true classes, shape (n,).

    Returns:
        The gradient, shape (n, K).
    """
    ### BEGIN SOLUTION
    return (softmax(logits) - one_hot(labels, logits.shape[1])) / len(labels)
    ### END SOLUTION


# %% nbgrader={"grade_id": "by-hand-test", "grade": true, "points": 3}
check.logits_gradient(cross_entropy_gradient)
### BEGIN HIDDEN TESTS
scores = torch.randn(7, 5, dtype=torch.float64)
check.logits_gradient(cross_entropy_gradient, logits=scores, labels=torch.randint(5, (7,)))
check.logits_gradient(cross_entropy_gradient, logits=4 * torch.randn(1, 3), labels=torch.randint(3, (1,)))
### END HIDDEN TESTS

# %% [markdown]
# Exponentials, a sum, a division, a logarithm, and the gradient is a simple difference. It says what a step of
# training does: each example moves the logit of its true class up, and each other logit down, in proportion to the
# probability that the model gave to that class. If the true class has a probability near 1, the example moves almost
# nothing.
#
# **Backpropagation**, the backward pass through a network, carries this difference on. For logits $z = xW + b$ the
# chain rule gives $\frac{\partial L}{\partial W} = x^\top \frac{\partial L}{\partial z}$, and
# $\frac{\partial L}{\partial b}$ is the sum of its rows. Autograd must agree:

# %% tags=["autograder:skip"]
torch.manual_seed(2)
few, their_labels = torch.randn(4, 2), torch.tensor([0, 2, 1, 2])
table = torch.randn(2, 3, requires_grad=True)
offset = torch.zeros(3, requires_grad=True)
cross_entropy(few @ table + offset, their_labels).backward()
belief_minus_truth = torch.as_tensor(cross_entropy_gradient((few @ table + offset).detach(), their_labels))
print("weights agree:", torch.allclose(table.grad, few.T @ belief_minus_truth, atol=1e-6))
print("biases agree: ", torch.allclose(offset.grad, belief_minus_truth.sum(dim=0), atol=1e-6))

# %% [markdown]
# ## 5 · Training
#
# The simplest classifier is **linear**: each class has a weight for each measurement and a bias, $z = xW + b$. With
# $W$ of shape (2, 3) and $b$ of shape (3,), all hundred training flowers are classified in one product.
#
# ### Predict · Made where?
#
# Parameters must be leaves, and must live where the data live. Four ways to make them; which of them are leaves? On
# the CPU `.to("cpu")` does nothing, so that a mistake with the device shows only on a computer with a GPU. A change
# of type shows it everywhere.

# %% tags=["autograder:skip"]
ways = {
    "zeros(2, requires_grad=True).to(float64)": torch.zeros(2, requires_grad=True).to(torch.float64),
    "randn(2, requires_grad=True) * 0.1": torch.randn(2, requires_grad=True) * 0.1,
    "zeros(2, dtype=float64, requires_grad=True)": torch.zeros(2, dtype=torch.float64, requires_grad=True),
    "(randn(2) * 0.1).requires_grad_()": (torch.randn(2) * 0.1).requires_grad_(),
}
for way, tensor in ways.items():
    print(f"{way:46}leaf: {tensor.is_leaf}")

# %% [markdown]
# <details><summary>What it means</summary>
#
# A change of type or of device and a scaling are operations: what you hold afterwards is their *result*. The leaf is
# another tensor, which has no name. First make the tensor with the right type on the right device, then set
# `requires_grad`.
# </details>

# %% [markdown]
# The loop is that of lab 05, with two leaves instead of one. **Read** it: where do the type and the device of the
# weights come from, and which line empties which `.grad`?


# %% nbgrader={"grade_id": "train-linear", "locked": true}
def train_linear(
    loss: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    x: torch.Tensor,
    labels: torch.Tensor,
    classes: int,
    lr: float,
    steps: int,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Train a linear classifier by gradient descent on all the examples at once.

    Args:
        loss: maps logits of shape (n, K) and labels of shape (n,) to a scalar tensor, as ``cross_entropy`` does.
        x: the examples, shape (n, d), any device.
        labels: their true classes, shape (n,), on the same device.
        classes: how many classes there are, K.
        lr: learning rate η.
        steps: how many steps to make.

    Returns:
        Weights of shape (d, K) and bias of shape (K,), on the device and with the type of ``x``.
    """
    weights = x.new_zeros(x.shape[1], classes).requires_grad_()
    bias = x.new_zeros(classes).requires_grad_()
    for _ in range(steps):
        loss(x @ weights + bias, labels).backward()
        with torch.no_grad():
            for parameter in (weights, bias):
                parameter -= lr * parameter.grad
                parameter.grad = None
    return weights.detach(), bias.detach()


# %% [markdown]
# Now the flowers. The loss begins at $\log 3 = 1.0986$, as it must. **Predict:** how many of the fifty flowers that
# it has never seen will it name rightly?


# %% nbgrader={"grade_id": "accuracy", "locked": true}
def accuracy(logits: torch.Tensor, labels: torch.Tensor) -> float:
    """The share of the examples whose largest logit is that of the true class."""
    return (logits.argmax(dim=-1) == labels).float().mean().item()


# %% tags=["autograder:skip"]
for steps in (0, 10, 100, 300):
    weights, bias = map(torch.as_tensor, train_linear(cross_entropy, x[train], labels[train], 3, 0.5, steps))
    z_train, z_test = x[train] @ weights + bias, x[test] @ weights + bias
    paid = cross_entropy(z_train, labels[train]).item()
    right = [100 * accuracy(z_train, labels[train]), 100 * accuracy(z_test, labels[test])]
    print(f"{steps:>3} steps: loss {paid:.3f}, right: {right[0]:.0f} % in training, {right[1]:.0f} % in the exam")

# %% [markdown]
# Accuracy changes in jumps: it is made of argmax, and its derivative is zero wherever it has one. The loss changes
# smoothly, and that is why we train on the loss and only *report* the accuracy.
#
# **Try it.** Change the two numbers. When is the training far from its end? (The check measures how steep the loss
# still is.)

# %% tags=["autograder:skip"]
my_rate, my_steps = 1.0, 400
my_weights, my_bias = train_linear(cross_entropy, x[train], labels[train], 3, my_rate, my_steps)
check.settled_classifier(my_weights, my_bias, on=(x[train], labels[train]), lr=my_rate)

# %% [markdown]
# ## 6 · Let torch make the step
#
# The step is the same in every loop, so `torch.optim` has it ready, with momentum and adaptive rates if you like. You
# hand it the leaves once; afterwards `zero_grad()` empties the `.grad` of all leaves and `step()` moves them. Its
# simplest optimiser is called `SGD`, for *stochastic* gradient descent: "stochastic" since one often gives it the
# gradient of a few examples drawn at random. Here we use all examples in each step, so nothing is random. First with
# one number, which moves from 5 towards the minimum of $(w - 3)^2$. **Predict:** where does it stand after one step
# with $\eta = 0.1$?

# %% tags=["autograder:skip"]
place = torch.tensor(5.0, requires_grad=True)
walker = torch.optim.SGD([place], lr=0.1)
for turn in range(3):
    walker.zero_grad()
    ((place - 3) ** 2).backward()
    walker.step()
    print(f"after step {turn + 1}: {place.item():.3f}")

# %% [markdown]
# ### Exercise 6 · Find the bugs
#
# *Tricky, about 9 minutes, 2 points*
#
# A colleague wants few mistakes, "so I minimise the share of mistakes, what else?" Her classifier has weights and no
# bias. It does not run, and when the errors are gone it still learns badly: the last two of her bugs raise no error.


# %% nbgrader={"grade_id": "buggy", "locked": true}
def train_buggy(x, labels, classes, lr, steps):
    weights = torch.zeros(x.shape[1], classes, requires_grad=True).to(x.dtype).to(x.device)
    optimizer = torch.optim.SGD([weights], lr=lr)
    for _ in range(steps):
        probabilities = torch.softmax(x @ weights, dim=1)
        mistakes = (probabilities.argmax(dim=1) != labels).float().mean()
        mistakes.backward()
        optimizer.step()
    return weights


# %% tags=["autograder:skip"]
for kind in (torch.float64, torch.float32):
    try:
        train_buggy(x[train].cpu().to(kind), labels[train].cpu(), 3, 0.5, 10)
    except (ValueError, RuntimeError) as error:
        print(f"{kind}: {type(error).__name__}: {str(error).splitlines()[0]}")

# %% [markdown]
# Repair it in `train_repaired`, with `torch.optim.SGD`. It minimises what *can* be minimised in place of the share
# of mistakes: the mean cross-entropy of the logits `x @ weights`, with PyTorch's
# `torch.nn.functional.cross_entropy`, which takes **logits**.
#
# <details><summary>Hint 1: where to begin</summary>
#
# Two errors, two causes. With float64 the optimiser complains about the weights; with float32 `backward()` finds
# nothing to go back through. Which lines of hers make these?
# </details>
# <details><summary>Hint 2: what raises no error</summary>
#
# Once the loss is a cross-entropy, how often is softmax applied? And what does `weights.grad` hold in the second step?
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# There are four things to mend: the leaf is made with the right type on the right device, the loss is smooth, softmax
# is removed from the loop, and `optimizer.zero_grad()` comes before each backward pass.
# </details>


# %% nbgrader={"grade_id": "find-bug", "solution": true}
def train_repaired(x: torch.Tensor, labels: torch.Tensor, classes: int, lr: float, steps: int) -> torch.Tensor:
    """Train a linear classifier without bias, from zero weights, with torch.optim.SGD.

    Args:
        x: the examples, shape (n, d), any floating-point type, any device.
        labels: their true classes, shape (n,), on the same device.
        classes: how many classes there are, K.
        lr: learning rate η.
        steps: how many steps to make.

    Returns:
        The weights, shape (d, K), on the device and with the type of ``x``.
    """
    ### BEGIN SOLUTION
    weights = torch.zeros(x.shape[1], classes, dtype=x.dtype, device=x.device, requires_grad=True)
    optimizer = torch.optim.SGD([weights], lr)
    for _ in range(steps):
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(x @ weights, labels)
        loss.backward()
        optimizer.step()
    return weights.detach()
    ### END SOLUTION


# %% nbgrader={"grade_id": "find-bug-test", "grade": true, "points": 2}
check.repaired_classifier(train_repaired)
### BEGIN HIDDEN TESTS
check.repaired_classifier(train_repaired, classes=4, features=3, steps=4)
check.repaired_classifier(train_repaired, classes=2, features=2, steps=5)
### END HIDDEN TESTS

# %% [markdown]
# How bad is a second softmax? Here are two trainings on the same flowers, with weights and bias. They differ in the
# second softmax alone. Neither raises an error, and both losses fall.


# %% tags=["autograder:skip"]
def losses_of(twice: bool) -> tuple[list[float], float]:
    """Train for 400 steps; return the loss before each and after the last, and the percentage right in the exam."""
    weights = torch.zeros(2, 3, device=device, requires_grad=True)
    bias = torch.zeros(3, device=device, requires_grad=True)
    losses = []
    for _ in range(401):
        scores = x[train] @ weights + bias
        paid = cross_entropy(torch.softmax(scores, dim=1) if twice else scores, labels[train])
        losses.append(paid.item())
        of_weights, of_bias = torch.autograd.grad(paid, (weights, bias))
        with torch.no_grad():
            weights -= 2 * of_weights
            bias -= 2 * of_bias
    return losses, 100 * accuracy(x[test] @ weights + bias, labels[test])


outcomes = {"softmax once": losses_of(twice=False), "softmax twice": losses_of(twice=True)}
curves = {name: losses for name, (losses, _) in outcomes.items()}
print("loss after     0    20   100   400 steps   right in the exam")
for name, (losses, right) in outcomes.items():
    shown = "".join(f"{losses[step]:6.2f}" for step in (0, 20, 100, 400))
    print(f"{name:13}{shown}{right:>20.0f} %")

# %% tags=["autograder:skip", "nbval-ignore-output"]
figures.progress(curves, quantity="loss", logarithmic=False, title="One softmax too many")

# %% [markdown]
# **Explain:** the lower curve goes on falling, the upper one stays above about 0.6, although its classifier is just
# as good in the exam. Which bound keeps it up there? You will need the answer in the open question.

# %% [markdown]
# ## 7 · What no straight line can do
#
# Where two logits of a linear classifier are equal, there is a straight line. For "which of three?" that was good
# enough. Now ask something that sounds simpler: **is it a versicolor, yes or no?** Versicolor has petals of medium
# size. The *no* lies on both sides of it.
#
# A second layer solves this. The first one, $h = \text{ReLU}(x W_1 + b_1)$, draws several lines at once, one for each
# of its hidden neurons, and the second one, $z = h W_2 + b_2$, combines what lies on which side.

# %% [markdown]
# ### Exercise 7 · Two layers and an optimiser
#
# *A small program, about 12 minutes, 4 points*
#
# Write two functions.
#
# - `two_layers` computes the logits from the four parameters.
# - `fit` trains **any** model with `torch.optim.SGD` and the mean cross-entropy. `start` holds plain tensors, as
#   many as the model needs; they stay as they are, and the trained parameters are new tensors.
#
# <details><summary>Hint 1: where to begin</summary>
#
# `parameters` is a list, so `w1, b1, w2, b2 = parameters` gives its parts names. The activation belongs between the
# layers, and nowhere else.
# </details>
# <details><summary>Hint 2: leaves for the optimiser</summary>
#
# The optimiser wants leaves that require a gradient. What is given must not change, so each needs a copy of its own,
# before the optimiser is made.
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# `[p.detach().clone().requires_grad_() for p in start]` makes the leaves. In each step: `zero_grad()`, compute the
# loss of `model(x, leaves)`, go backward, step. Return them detached.
# </details>


# %% nbgrader={"grade_id": "two-layers", "solution": true}
def two_layers(x: torch.Tensor, parameters: list[torch.Tensor]) -> torch.Tensor:
    """Compute the logits of a network with one hidden layer and ReLU.

    Args:
        x: the examples, shape (n, d).
        parameters: W₁ (d, h), b₁ (h,), W₂ (h, K), b₂ (K,).

    Returns:
        Logits, shape (n, K).
    """
    ### BEGIN SOLUTION
    w1, b1, w2, b2 = parameters
    return torch.relu(x @ w1 + b1) @ w2 + b2
    ### END SOLUTION


def fit(
    model: Callable[[torch.Tensor, list[torch.Tensor]], torch.Tensor],
    start: list[torch.Tensor],
    x: torch.Tensor,
    labels: torch.Tensor,
    lr: float,
    steps: int,
) -> list[torch.Tensor]:
    """Train a model with torch.optim.SGD on all the examples at once.

    Args:
        model: maps examples (n, d) and a list of parameters to logits (n, K).
        start: the parameters to begin with. They are left as they were.
        x: the examples, shape (n, d).
        labels: their true classes, shape (n,).
        lr: learning rate η.
        steps: how many steps to make.

    Returns:
        The trained parameters, with the shapes of ``start``.
    """
    ### BEGIN SOLUTION
    leaves = [p.detach().clone().requires_grad_() for p in start]
    optimizer = torch.optim.SGD(leaves, lr=lr)
    for _ in range(steps):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(x, leaves), labels).backward()
        optimizer.step()
    return [leaf.detach() for leaf in leaves]
    ### END SOLUTION


# %% nbgrader={"grade_id": "two-layers-test", "grade": true, "points": 4}
check.two_layers(two_layers)
check.fitted(fit)
### BEGIN HIDDEN TESTS
check.two_layers(two_layers, features=3, hidden=5, classes=4)
check.fitted(fit, features=3, classes=3, steps=5)
### END HIDDEN TESTS

# %% [markdown]
# **Predict:** one flower in three is a versicolor. How often is somebody right who always answers *no*? Will the
# linear model be better than that? And the one with eight hidden neurons? Both are trained on the hundred training
# flowers, and the table shows how many of the fifty exam flowers they get right.

# %%
# Prediction 7. In the exam, the linear model is …
# a: better than always saying no · b: no better than that · c: perfect
guess_7 = ""


# %% tags=["autograder:skip"]
def linear(x: torch.Tensor, parameters: list[torch.Tensor]) -> torch.Tensor:
    """The logits of a linear classifier."""
    weights, bias = parameters
    return x @ weights + bias


versicolor = (labels == 1).long()
moments = [0, 5, 10, 20, 40, 80, 160, 320]
across, up = torch.linspace(-1.8, 2.0, 32), torch.linspace(-1.7, 2.0, 32)
grid = torch.cartesian_prod(across, up).to(device)


def watch(model: Callable, start: list[torch.Tensor]) -> tuple[list[torch.Tensor], list[float]]:
    """Train; keep for each moment the logits on the grid, and which share of the exam is right, in percent."""
    parameters = [p.to(device) for p in start]
    pictures, shares = [], []
    for before, now in zip([0, *moments], moments):
        parameters = fit(model, parameters, x[train], versicolor[train], 0.5, now - before)
        pictures.append(model(grid, parameters).reshape(32, 32, 2).cpu())
        shares.append(100 * accuracy(model(x[test], parameters), versicolor[test]))
    return pictures, shares


torch.manual_seed(4)
watched = {
    "linear": watch(linear, [torch.zeros(2, 2), torch.zeros(2)]),
    "two layers": watch(two_layers, [torch.randn(2, 8), torch.zeros(8), 0.5 * torch.randn(8, 2), torch.zeros(2)]),
}
maps = {name: pictures for name, (pictures, _) in watched.items()}
shares = {name: right for name, (_, right) in watched.items()}

print("right in the exam\nepochs     " + "".join(f"{moment:>6}" for moment in moments))
for name, values in shares.items():
    print(f"{name:11}" + "".join(f"{value:>5.0f}%" for value in values))

predictions.tell(7, guess_7)

# %% tags=["autograder:skip", "nbval-ignore-output"]
figures.decision_regions(
    maps,
    x[test].cpu(),
    versicolor[test].cpu(),
    names=["no", "versicolor"],
    moments=moments,
    right=shares,
    extent=((-1.8, 2.0), (-1.7, 2.0)),
    axes=("petal length (standardised)", "petal width (standardised)"),
    title="Is it a versicolor?",
)

# %% [markdown]
# Move the slider. The line of the linear model turns and shifts, and does not get better: it ends below the 66 % of
# always answering *no*. More epochs do not help: its loss is convex, and the training is near its minimum. The
# boundary of the two-layer model has bends and encloses the flowers in the middle. The two flowers that it gets wrong
# lie among flowers of the other kind, and no simple boundary has them right.
#
# In which frame does the second model have a region that no straight line could bound?

# %% tags=["autograder:skip"]
predictions.total()

# %% [markdown]
# ## 8 · What to take along
#
# The last column is the name under which a check reports the mistake.
#
# | You write | and get | because | name |
# |---|---|---|---|
# | softmax, then a cross-entropy that takes logits | a loss that stays above 0.55 (three classes) | softmax is applied twice | logits-twice |
# | a loss made of argmax or accuracy | "does not require grad" | argmax is piecewise constant | argmax-gradient |
# | `zeros(…, requires_grad=True).to(…)`, `* 0.1` | an empty `.grad`, "non-leaf" | you hold the result, not the leaf | not-a-leaf |
# | a loop that never empties `.grad` | steps that grow | `.grad` holds the sum so far | missing-zero-grad |
# | `w = w - lr * w.grad` | an error in the second step | the new `w` is a result | rebinding-leaf |
# | the same inside `no_grad()` | "does not require grad" | the new `w` is not watched | rebinding-in-no-grad |
# | `w -= lr * w.grad` outside `no_grad()` | "a leaf … in-place operation" | autograd must not record the update | inplace-on-leaf |
# | the sum of the losses | steps n times too long | the scale of the loss scales the step | sum-for-mean |
# | `logits[:, labels]`, or a sum without `keepdim` | an n × n table, no error | axes are paired in another way than you mean | broadcast-residual |
# | $-1/p_t$ for the gradient | a gradient in one place only | the chain goes on through softmax | missing-inner-derivative |
# | $-x e^{-x-1}$ for the derivative of $e^{-x}$ | a wrong slope | the variable stands in the exponent | exp-derivative |
# | `+ lr * grad` | a loss that grows | the gradient points up | ascent-sign |
# | the forward pass under `no_grad()` | nothing to go back through | nothing was recorded | forward-untracked |
# | `.item()`, `math.log`, `torch.tensor(p)` | a gradient that is missing | the graph ends where you leave torch | graph-cut |
# | a small rate and few steps | a training that has hardly begun | the loss is still steep | lr-too-low |
#
# - Softmax is a smooth argmax, the sigmoid a smooth step. A smooth function has a gradient that says where to go.
# - Subtract the largest logit; compute the logarithm of a sum of exponentials in one piece.
# - The gradient of the loss with respect to the logits is what the model believes minus what is true.
# - A linear classifier draws straight lines. A second layer, with an activation in between, bends them.
# - What the exam tests must not be used in training: not for the weights, and not for the scale of the inputs.
#
# **Three links**
#
# - [`torch.nn.CrossEntropyLoss`](https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html): its
#   formula, and that it takes logits.
# - [Understanding the difficulty of training deep feedforward neural networks](https://proceedings.mlr.press/v9/glorot10a.html),
#   by Glorot and Bengio (2010): why sigmoids in a row learn slowly.
# - [The use of multiple measurements in taxonomic problems](https://doi.org/10.1111/j.1469-1809.1936.tb02137.x), by
#   Fisher (1936): the flowers.

# %% [markdown]
# ### Open question · A loss that stays at 0.56
#
# *About 8 minutes, 3 points, read by a person*
#
# A friend trains a network with $K = 3$ classes. Its last layer is a softmax, and its loss is
# `torch.nn.functional.cross_entropy`. "The loss is stuck at 0.56," he says, "although 96 % of the examples are
# right. I will minimise the mistakes themselves instead, and put ten sigmoid layers in front, since deeper is
# better."
#
# Answer him in 6 to 12 sentences: (a) What is the smallest value that his loss can take at all, and why? (b) What
# happens if he minimises the share of mistakes? (c) What will the ten sigmoid layers do to the first of them? Refer
# to what you saw in this lab.

# %% [markdown] nbgrader={"grade_id": "explain", "grade": true, "solution": true, "points": 3}
# (a) `cross_entropy` takes logits and applies softmax itself, so his probabilities are taken for logits, and softmax
# is applied twice. Probabilities lie between 0 and 1; the best that he can hand over is 1 for the true class and 0
# for the two others. A softmax of (1, 0, 0) gives the true class $e / (e + 2) = 0.576$, and $-\log 0.576 = 0.551$.
# The upper curve of the lab cannot fall below it: 0.56 is nearly perfect *for his loss*, and he should hand over the
# logits. (b) The share of mistakes is made of argmax. It does not change when the weights change a little, so its
# derivative is zero wherever it has one, and PyTorch records nothing: in the exercise `backward()` said that there is
# nothing to go back through. Accuracy is for reporting, the cross-entropy for training. (c) The chain rule multiplies
# the slopes of the layers, and none of a sigmoid's is above 1/4. Unless large weights make up for it, ten of them
# leave at most $0.25^{10}$, about a millionth, so that the first layer gets practically no gradient and does not
# learn. ReLU in between, with slope 1 for positive inputs, does not have that problem.
#
# **Mark scheme**
#
# One point for each of these, half a point where it is named without a reason:
#
# 1. Softmax twice; the best input (1, 0, 0) gives $-\log(e/(e+2)) \approx 0.55$, so 0.56 is almost the smallest value
#    (a value near 0.55 with the right idea is enough); the cure is to pass logits.
# 2. The share of mistakes is piecewise constant: gradient zero or none, as argmax is not recorded; it can be
#    reported, not trained on.
# 3. Vanishing gradient: a product of slopes of at most 1/4 each, about $10^{-6}$ after ten; the first layers hardly
#    learn; ReLU (or fewer layers) avoids it.
