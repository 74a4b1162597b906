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
# # An engine for tensors
#
# The engine of lab 02 computes with single numbers. It is right, and it is slow: one layer of a small network takes a
# million products, and each of them would be an object of its own. PyTorch's engine has one node for a whole
# matrix. This lab builds such an engine. It needs five rules, and one idea that lab 02 did not need: what a gradient
# does when **broadcasting** has copied a number.
#
# At the end your engine trains a network that separates two half-moons, and you watch the boundary bend. Every line
# that computes a gradient there is yours.
#
# **When you are done, you can**
#
# - say why a node stores a function, the **pull-back**, and no matrix of slopes;
# - take a gradient back to the shape that a tensor had before broadcasting;
# - derive the pull-backs of a sum, a matrix product and ReLU, with the shapes as a guide;
# - write a backward pass over tensors that never changes a gradient which others hold;
# - train a network with an engine in which nothing is hidden.
#
# **Time:** about 85 minutes. **Points:** 25.
# **You need:** the scalar engine of lab 02, what a vector–Jacobian product is (lab 04), broadcasting, matrix products.
#
# **How to work.** Where it says *predict*, write your guess down before you run the cell. Where it says *exercise*,
# replace the placeholder and run the check below it as often as you like. Hints are folded; each gives away more than
# the one before. In all exercises PyTorch's tensors do the arithmetic, and its autograd stays off: the checks switch it
# off.

# %% [markdown]
# ## 0 · Tools

# %% nbgrader={"grade_id": "imports", "locked": true}
import math
from collections.abc import Callable

import torch

from gradlab import figures
from gradlab.check import tensor_engine as check

torch.set_num_threads(1)  # for matrices as small as these, a second thread costs more than it brings

# %% [markdown]
# ## 1 · A node for a whole matrix
#
# A layer multiplies 200 examples of 64 numbers by a matrix of 64 × 64 weights. **Predict:** how many products and sums
# of single numbers is that? And how many numbers has the Jacobian of this one operation: the derivative of each number
# of the result with respect to each number of the examples?

# %% tags=["autograder:skip"]
rows, inputs, outputs = 200, 64, 64
print(f"nodes of an engine for numbers: {2 * rows * inputs * outputs:,}")
print("nodes of an engine for tensors: 1")
entries = (rows * outputs) * (rows * inputs)
print(f"entries of the Jacobian:        {entries:,} ({8 * entries / 2**30:.1f} GiB)")

# %% [markdown]
# The scalar engine stored the local slopes on the edges. For tensors these would be Jacobians, mostly filled with
# zeros, and lab 04 has shown the way around them. Backward needs just one product, $J^\top g$, where $g$ is the
# gradient of the result, and it can be computed without $J$. So a node stores for its parents a *function*, the
# **pull-back**:
#
# | lab 02 | this lab |
# |---|---|
# | `data`: a number | `data`: a tensor |
# | `slopes`: a number for each parent | `pull`: a function, from the gradient of the result to that of each parent |
# | `grad`: a number | `grad`: a tensor, **of the same shape as `data`** |
#
# The words in bold will guide you through the whole lab. The loss $L$ is one number, and $g$ holds $\partial L /
# \partial y_i$ for each entry $y_i$ of a tensor $y$. So each entry has one gradient, and the shapes agree, always. Where
# only one product of two matrices has the right shape, it is usually the right one.

# %% [markdown]
# ## 2 · Broadcasting, backwards
#
# `table + row` adds one row to each row of a table. Nothing is said about it in the code: PyTorch aligns the shapes on
# the right, and **stretches** an axis of length 1, or adds an axis that is missing on the left. It is as if the row were
# copied.
#
# **Predict:** the loss is the sum of everything in `table + row`, with a table of 4 rows. What is the gradient of the
# table, and what is that of the row? Which shapes do they have?

# %% tags=["autograder:skip"]
table = torch.zeros(4, 3, requires_grad=True)
row = torch.zeros(3, requires_grad=True)
column = torch.zeros(4, 1, requires_grad=True)
(table + row + column).sum().backward()
print("table ", table.grad.tolist())
print("row   ", row.grad.tolist())
print("column", column.grad.tolist())

# %% [markdown]
# <details><summary>What it means</summary>
#
# Each number of the row was used four times. A value that is used several times gets a contribution from each use, and
# the contributions **add** (lab 02). So the gradient of the row is the *sum* over the axis along which it was copied: 4,
# not 1. What is copied forward is summed backward.
# </details>
#
# | tensor | stretched to | its gradient is that of the result, |
# |---|---|---|
# | (4, 3) | (4, 3) | as it is |
# | (3,) | (4, 3) | summed over the axis of length 4, which was added |
# | (4, 1) | (4, 3) | summed over the axis of length 3, which was 1; the 1 stays |
# | () | (4, 3) | summed over both |

# %% [markdown]
# ### Exercise 1 · Back to the old shape
#
# *The heart of the lab, about 11 minutes, 3 points*
#
# Write `unbroadcast(gradient, shape)`. A tensor of shape `shape` was stretched to the shape of `gradient`. Take its
# gradient back to `shape`: sum over every axis that was added or stretched, and over no other.
#
# Use sums of your own: neither autograd nor `sum_to_size`, which is PyTorch's word for the same.
#
# <details><summary>Hint 1: where to begin</summary>
#
# Write (2, 4, 3) and below it (4, 1), aligned on the right. There are two kinds of axes to sum over: one that the lower
# shape does not have, and one where it has a 1 and the upper shape has not.
# </details>
# <details><summary>Hint 2: the two kinds</summary>
#
# The added axes are always the first ones, and they vanish: sum over axis 0 until the number of axes is right. Then the
# axes can be compared one by one. A stretched one must stay, with length 1.
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# `while gradient.dim() > len(shape):` takes care of the first kind. For the second, `for axis, size in
# enumerate(shape):`, compare `size` with `gradient.shape[axis]`, and sum with `keepdim=True`.
# </details>


# %% nbgrader={"grade_id": "unbroadcast", "solution": true}
def unbroadcast(gradient: torch.Tensor, shape: tuple[int, ...]) -> torch.Tensor:
    """Take a gradient back to the shape that a tensor had before broadcasting.

    Args:
        gradient: the gradient of the stretched tensor.
        shape: the shape before; broadcasting can stretch it to that of the gradient.

    Returns:
        The gradient of the tensor itself, of that shape.
    """
    ### BEGIN SOLUTION
    while gradient.dim() > len(shape):
        gradient = gradient.sum(0)
    for axis, size in enumerate(shape):
        if size != gradient.shape[axis]:
            gradient = gradient.sum(axis, keepdim=True)
    return gradient
    ### END SOLUTION


# %% nbgrader={"grade_id": "unbroadcast-test", "grade": true, "points": 3}
# The check tells you what it saw. Run it as often as you like.
check.unbroadcasting(unbroadcast)
### BEGIN HIDDEN TESTS
check.unbroadcasting(unbroadcast, least=4)
deep = torch.rand(2, 3, 2, 4, dtype=torch.float64)
assert torch.allclose(unbroadcast(deep, (3, 1, 1)), deep.sum((0, 2, 3)).reshape(3, 1, 1)), (
    "From (2, 3, 2, 4) to (3, 1, 1), the numbers or the shape differ."
)
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 2 · Plus and times
#
# *Straightforward with Exercise 1, about 7 minutes, 3 points*
#
# Write the pull-backs of $a + b$ and $a \cdot b$, entry by entry, for operands of any shapes that can be broadcast. Each
# is given $g$, the gradient of the *result*, and both operands, and returns two gradients: that of $a$, then that of
# $b$. It changes nothing that it is given.
#
# <details><summary>Hint 1: where to begin</summary>
#
# Forget the shapes first. Which local slopes has a sum, and which has a product? Lab 02 had both.
# </details>
# <details><summary>Hint 2: the shapes</summary>
#
# $g$ has the shape of the result. Multiply it by the slope, then take it back to the shape of the operand.
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# Both functions end with `return unbroadcast(…, a.shape), unbroadcast(…, b.shape)`. In a product, the slope for one
# operand is the *other* one. First multiply, then sum.
# </details>


# %% nbgrader={"grade_id": "plus-and-times", "solution": true}
def pull_add(g: torch.Tensor, a: torch.Tensor, b: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Compute the gradients of a and of b from g, the gradient of a + b."""
    ### BEGIN SOLUTION
    return unbroadcast(g, a.shape), unbroadcast(g, b.shape)
    ### END SOLUTION


def pull_multiply(g: torch.Tensor, a: torch.Tensor, b: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Compute the gradients of a and of b from g, the gradient of a · b."""
    ### BEGIN SOLUTION
    return unbroadcast(g * b, a.shape), unbroadcast(g * a, b.shape)
    ### END SOLUTION


# %% nbgrader={"grade_id": "plus-and-times-test", "grade": true, "points": 3}
check.broadcast_rules(pull_add, pull_multiply)
### BEGIN HIDDEN TESTS
check.broadcast_rules(pull_add, pull_multiply, least=4)
### END HIDDEN TESTS

# %% [markdown]
# ## 3 · Sums, matrices, ReLU
#
# A sum is the opposite of a copy. What is summed forward is *copied* backward: each entry has the slope 1 on the sum
# that it went into. The sum along an axis removes that axis, so $g$ lacks it, and it must come back in **the same
# place**.
#
# **Predict:** `a` is a table of 2 × 2, and `s = a.sum(1)` sums each row. The gradient of `s` is (10, 20). What is that of
# `a`: rows (10, 10) and (20, 20), or rows (10, 20) and (10, 20)?

# %% tags=["autograder:skip"]
a = torch.zeros(2, 2, requires_grad=True)
a.sum(1).backward(torch.tensor([10.0, 20.0]))
print("gradient of a:        ", a.grad.tolist())
print("g, simply broadcast: ", torch.tensor([10.0, 20.0]).expand(2, 2).tolist())

# %% [markdown]
# ### Exercise 3 · A sum
#
# *Short, with a trap, about 5 minutes, 2 points*
#
# Write the pull-back of `a.sum(axis)`. With `axis=None` everything is summed, and $g$ is a single number.
#
# <details><summary>Hint 1: where to begin</summary>
#
# The result has the shape of `a`. With `axis=None`, all entries are equal to what?
# </details>
# <details><summary>Hint 2: the trap</summary>
#
# For `a` of shape (4, 3) and `axis=1`, $g$ has the shape (4,). It must be (4, 1) before it is stretched: a (4,) would be
# aligned on the right.
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# `g.unsqueeze(axis)` puts an axis of length 1 into its place, and `expand(a.shape)`, or a product with
# `torch.ones_like(a)`, stretches it.
# </details>


# %% nbgrader={"grade_id": "sum", "solution": true}
def pull_sum(g: torch.Tensor, a: torch.Tensor, axis: int | None) -> torch.Tensor:
    """Compute the gradient of a from g, the gradient of a.sum(axis), or of a.sum() if axis is None."""
    ### BEGIN SOLUTION
    if axis is not None:
        g = g.unsqueeze(axis)
    return g.expand(a.shape)
    ### END SOLUTION


# %% nbgrader={"grade_id": "sum-test", "grade": true, "points": 2}
check.pulled_sum(pull_sum)
### BEGIN HIDDEN TESTS
check.pulled_sum(pull_sum, least=4)
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 4 · The matrix product
#
# *One line each if you let the shapes decide, about 8 minutes, 3 points*
#
# For $C = A B$, where $A$ is of shape $(n, m)$ and $B$ of shape $(m, k)$:
#
# $$C_{ij} = \sum_l A_{il}\,B_{lj}, \qquad\text{so}\qquad
# \frac{\partial L}{\partial A_{il}} = \sum_j g_{ij}\,B_{lj}.$$
#
# The number $A_{il}$ is used in the whole row $i$ of $C$, each time with another factor, and the contributions of all
# its uses are added up. Find the same formula for $B_{lj}$, and write both as matrix products.
#
# <details><summary>Hint 1: where to begin</summary>
#
# Which shape has $g$? Which shape must the gradient of $A$ have? It is made of $g$ and $B$ alone.
# </details>
# <details><summary>Hint 2: the indices</summary>
#
# In $\sum_j g_{ij} B_{lj}$ the index that is summed is the *second* of both factors. In a matrix product it is the second
# of the left one and the first of the right one. What makes a first index out of a second one?
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# From (n, k) and (m, k) one gets (n, m) as `g @ b.T`. For the other gradient: (m, k) from (n, m) and (n, k). Try it with
# matrices that are not square; with square ones, wrong products raise no error.
# </details>


# %% nbgrader={"grade_id": "matmul", "solution": true}
def pull_matmul(g: torch.Tensor, a: torch.Tensor, b: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Compute the gradients of the matrices a and b from g, the gradient of a @ b."""
    ### BEGIN SOLUTION
    return g @ b.T, a.T @ g
    ### END SOLUTION


# %% nbgrader={"grade_id": "matmul-test", "grade": true, "points": 3}
check.pulled_matmul(pull_matmul)
### BEGIN HIDDEN TESTS
check.pulled_matmul(pull_matmul, least=4)
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 5 · ReLU
#
# *Easy, about 4 minutes, 2 points*
#
# $\text{ReLU}(a) = \max(a, 0)$, entry by entry: a positive number passes, a negative one becomes 0. Write its pull-back.
# At exactly 0 there is a kink; take the slope 0 there, as PyTorch does.
#
# <details><summary>Hint 1: where to begin</summary>
#
# Draw ReLU. Which slope has it on the left, and which on the right? Slope of *what*, at *which* value?
# </details>
# <details><summary>Hint 2: who decides</summary>
#
# Whether a gradient passes depends on the number that went in forward. The gradient itself may be positive or negative;
# nobody asks.
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# `a > 0` is a tensor of True and False. In a product they count as 1 and 0.
# </details>


# %% nbgrader={"grade_id": "relu", "solution": true}
def pull_relu(g: torch.Tensor, a: torch.Tensor) -> torch.Tensor:
    """Compute the gradient of a from g, the gradient of relu(a)."""
    ### BEGIN SOLUTION
    return g * (a > 0)
    ### END SOLUTION


# %% nbgrader={"grade_id": "relu-test", "grade": true, "points": 2}
check.pulled_relu(pull_relu)
### BEGIN HIDDEN TESTS
check.pulled_relu(pull_relu, least=4)
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 6 · Find the bugs
#
# *Tricky, about 7 minutes, 2 points*
#
# Many networks **centre** what flows through them: they subtract from each column of a table its mean, so that the
# column has the mean 0 (batch normalisation begins like this). For a table $a$ with $n$ rows:
#
# $$m_j = \frac1n \sum_i a_{ij}, \qquad y_{ij} = a_{ij} - m_j .$$
#
# A colleague has written the pull-back. She thought of both paths from $a$ to $y$: the direct one, and the one through
# $m$. It runs, and it is wrong.


# %% nbgrader={"grade_id": "buggy", "locked": true}
def pull_centre_buggy(g, a):
    of_mean = g.mean(0)  # y = a - m: each m is used in every row
    of_a = g  # the direct path
    of_a += of_mean / len(a)  # m = a.mean(0): each entry has the slope 1/n
    return of_a


# %% tags=["autograder:skip"]
g = torch.tensor([[1.0, 0.0], [0.0, 0.0], [0.0, 0.0]])
print("before", g.tolist())
print("result", [[round(number, 2) for number in row] for row in pull_centre_buggy(g, torch.zeros(3, 2)).tolist()])
print("after ", [[round(number, 2) for number in row] for row in g.tolist()])

# %% [markdown]
# Write `pull_centre` without her three mistakes.
#
# <details><summary>Hint 1: where to begin</summary>
#
# One of the mistakes is seen in the output: what does `print` show of `g` before and after the call? Which line does it?
# </details>
# <details><summary>Hint 2: the mean</summary>
#
# The mean is broadcast to all rows when it is subtracted. What does that do to its gradient? And with which sign does it
# enter?
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# The gradient of $m$ is minus the *sum* of $g$ over the rows. Divided by $n$ it goes to each row of $a$, where it is added
# to $g$, in a new tensor.
# </details>


# %% nbgrader={"grade_id": "find-bug", "solution": true}
def pull_centre(g: torch.Tensor, a: torch.Tensor) -> torch.Tensor:
    """Compute the gradient of a table a from g, the gradient of a - a.mean(0).

    Args:
        g: the gradient of the result, shape (n, d). It is left as it was.
        a: the table, shape (n, d).

    Returns:
        The gradient of a, shape (n, d).
    """
    ### BEGIN SOLUTION
    of_mean = -g.sum(0)
    return g + of_mean / len(a)
    ### END SOLUTION


# %% nbgrader={"grade_id": "find-bug-test", "grade": true, "points": 2}
check.pulled_centre(pull_centre)
### BEGIN HIDDEN TESTS
check.pulled_centre(pull_centre, least=4)
### END HIDDEN TESTS

# %% [markdown]
# ## 4 · The engine
#
# Now the class. An operation computes its result and stores the parents together with the pull-back, which remembers
# the operands. The order is that of lab 02, so it is given.


# %% nbgrader={"grade_id": "order", "locked": true}
def topological_order(root):
    """List a node and all those that it depends on, each after all those that it is computed from, each once."""
    order, seen, stack = [], set(), [(root, False)]
    while stack:
        node, ready = stack.pop()
        if ready:
            order.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            stack += [(parent, False) for parent in node.parents]
    return order


# %% [markdown]
# `grad` is None until something arrives, as in PyTorch. There is a trap in this. For $y = x + z$ your `pull_add` may hand
# on **one and the same tensor** $g$ to both parents, and this tensor is also `y.grad`. **Predict:** what does the cell
# print?

# %% tags=["autograder:skip"]
g = torch.tensor([1.0, 1.0])
of_x, of_z = g, g  # what a pull-back of x + z may return
of_x += torch.tensor([5.0, 5.0])  # a second contribution for x, added in place
print("gradient of x:", of_x.tolist())
print("gradient of z:", of_z.tolist())

# %% [markdown]
# <details><summary>What it means</summary>
#
# `of_x` and `of_z` are two names of one tensor, and `+=` changes a tensor in place. The gradient of $z$ has changed
# although nothing was sent to $z$. With numbers this can't happen: `+=` on a float makes a new one. `of_x = of_x + …`
# makes a new tensor, too.
# </details>

# %% [markdown]
# ### Exercise 7 · The backward pass
#
# *A few lines, and the trap above, about 9 minutes, 3 points*
#
# Everything in the class is given but `backward`. It is called on a tensor with a single number. It fills `grad` of this
# tensor and of all those that it depends on. When it is called, all `grad` are None. What `pull`
# gives may be shared with other tensors: do not change it in place.
#
# <details><summary>Hint 1: where to begin</summary>
#
# As in lab 02: which gradient do you know at once? Then go through the order from its end. A leaf has no parents, its
# `pull` is None, and there is nothing to send.
# </details>
# <details><summary>Hint 2: what is sent</summary>
#
# `node.pull(node.grad)` gives a tuple with one contribution for each parent, in the order of `node.parents`. The first
# contribution finds None; the next ones must be added.
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# `parent.grad = share if parent.grad is None else …`, with a sum that makes a **new** tensor.
# </details>


# %% nbgrader={"grade_id": "engine", "solution": true}
class Tensor:
    """A tensor that remembers how it was computed.

    Args:
        data: the numbers.
        parents: the tensors that it was computed from.
        pull: maps the gradient of this tensor to a tuple with one contribution for each parent; None for a leaf.
    """

    def __init__(
        self,
        data: torch.Tensor | float,
        parents: tuple["Tensor", ...] = (),
        pull: Callable[[torch.Tensor], tuple[torch.Tensor, ...]] | None = None,
    ) -> None:
        self.data = torch.as_tensor(data, dtype=torch.float64)
        self.parents = tuple(parents)
        self.pull = pull
        self.grad = None

    def __add__(self, other: "Tensor | float") -> "Tensor":
        b = other if isinstance(other, Tensor) else Tensor(other)
        return Tensor(self.data + b.data, (self, b), lambda g: pull_add(g, self.data, b.data))

    def __mul__(self, other: "Tensor | float") -> "Tensor":
        b = other if isinstance(other, Tensor) else Tensor(other)
        return Tensor(self.data * b.data, (self, b), lambda g: pull_multiply(g, self.data, b.data))

    def __matmul__(self, other: "Tensor") -> "Tensor":
        return Tensor(self.data @ other.data, (self, other), lambda g: pull_matmul(g, self.data, other.data))

    def sum(self, axis: int | None = None) -> "Tensor":
        total = self.data.sum() if axis is None else self.data.sum(axis)
        return Tensor(total, (self,), lambda g: (pull_sum(g, self.data, axis),))

    def relu(self) -> "Tensor":
        return Tensor(self.data.relu(), (self,), lambda g: (pull_relu(g, self.data),))

    def backward(self) -> None:
        """Fill `grad` of this tensor, and of all that it depends on, with the gradient of this one."""
        ### BEGIN SOLUTION
        order = topological_order(self)
        self.grad = torch.ones_like(self.data)
        for node in reversed(order):
            shares = node.pull(node.grad) if node.parents else ()
            for parent, share in zip(node.parents, shares, strict=True):
                parent.grad = share if parent.grad is None else parent.grad + share
        ### END SOLUTION


# %% nbgrader={"grade_id": "engine-test", "grade": true, "points": 3}
check.tensor_backward(Tensor)
### BEGIN HIDDEN TESTS
check.tensor_backward(Tensor, count=14)
### END HIDDEN TESTS

# %% [markdown]
# The test that counts: your engine beside PyTorch's, with random shapes, broadcasting, and tensors that are used twice.
# *The same function* runs on both, since both have `+`, `*`, `@`, `sum` and `relu`.


# %% tags=["autograder:skip"]
def computation(x, w, b, scale):
    """A layer whose result is used twice, then scaled by rows, and summed."""
    h = (x @ w + b).relu()
    return ((h * h + h) * scale).sum(1).sum()


torch.manual_seed(8)
for n, m, k in torch.randint(1, 6, (5, 3)).tolist():
    numbers = [torch.randn(shape, dtype=torch.float64) for shape in ((n, m), (m, k), (k,), (n, 1))]
    mine = [Tensor(each) for each in numbers]
    computation(*mine).backward()
    theirs = [each.clone().requires_grad_() for each in numbers]
    computation(*theirs).backward()
    shapes = [tuple(each.grad.shape) for each in mine]
    same = all(torch.allclose(a.grad, b.grad) for a, b in zip(mine, theirs))
    print(f"x, w, b, scale: {shapes!s:40} same gradients: {same}")

# %% [markdown]
# ## 5 · Two moons
#
# A hundred points on each of two half-moons that reach into one another. No straight line separates them.


# %% nbgrader={"grade_id": "moons", "locked": true}
def two_moons(count: int, noise: float) -> tuple[torch.Tensor, torch.Tensor]:
    """Points of two half-moons, shape (count, 2), and +1 for those of the upper one, −1 for the others, (count, 1)."""
    angle = torch.rand(count, dtype=torch.float64) * math.pi
    sign = torch.where(torch.arange(count) % 2 == 0, 1.0, -1.0).to(torch.float64)
    points = torch.stack([0.5 - 0.5 * sign + sign * angle.cos(), 0.25 - 0.25 * sign + sign * angle.sin()], dim=1)
    return points + noise * torch.randn(count, 2, dtype=torch.float64), sign.reshape(-1, 1)


# %% tags=["autograder:skip"]
torch.manual_seed(3)
points, sides = two_moons(200, 0.12)
print("points", tuple(points.shape), " sides", tuple(sides.shape), " upper moon:", int((sides > 0).sum()))

# %% [markdown]
# The network has a hidden layer of 16 neurons, and one **score** for each point; its sign is the answer. For the loss we
# take one that needs nothing but your rules, the **hinge loss**:
#
# $$L = \frac1n \sum_i \text{ReLU}(1 - t_i\, s_i), \qquad t_i = \pm 1 .$$
#
# A point with $t_i s_i \ge 1$ lies on its side, with a margin, and costs nothing. All others cost the more, the farther
# off they are. **Predict:** all scores are 0 at first. What is the loss?


# %% nbgrader={"grade_id": "network", "locked": true}
def score(x, parameters):
    """The network's score for each row of x, shape (n, 1)."""
    w1, b1, w2, b2 = parameters
    return (x @ w1 + b1).relu() @ w2 + b2


def hinge_loss(scores, sides):
    """The mean of ReLU(1 − t·s)."""
    return (scores * (sides * -1.0) + 1.0).relu().sum() * (1 / len(sides.data))


# %% tags=["autograder:skip"]
print("loss with scores of 0:", hinge_loss(Tensor(torch.zeros(200, 1)), Tensor(sides)).data.item())

# %% [markdown]
# ### Exercise 8 · Your loop, your engine
#
# *A small program, about 11 minutes, 3 points*
#
# Write `descend`, gradient descent with *your* engine, for any loss and any number of parameters. `start` is a list of
# plain PyTorch tensors, which stay as they are; so is the result. `loss_of` takes a list of your `Tensor`s.
#
# <details><summary>Hint 1: where to begin</summary>
#
# Four things happen in each round: make nodes of the parameters, compute the loss, go backward, step. What must become
# of the nodes of the round before?
# </details>
# <details><summary>Hint 2: the first lines</summary>
#
# `nodes = [Tensor(p) for p in parameters]` inside the loop: fresh leaves, with `grad` None. Nothing has to be emptied
# then.
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# After `loss_of(nodes).backward()`, the new list of parameters is made of `node.data - lr * node.grad`. It takes the
# place of the old list, and no tensor is changed in place.
# </details>


# %% nbgrader={"grade_id": "descend", "solution": true}
def descend(
    loss_of: Callable[[list[Tensor]], Tensor], start: list[torch.Tensor], lr: float, steps: int
) -> list[torch.Tensor]:
    """Minimise a loss by gradient descent with the engine of this lab.

    Args:
        loss_of: maps a list of `Tensor`s, one for each parameter, to a `Tensor` with a single number.
        start: the parameters to begin with. They are left as they were.
        lr: learning rate η.
        steps: how many steps to make.

    Returns:
        The parameters after the last step, plain tensors with the shapes of ``start``.
    """
    ### BEGIN SOLUTION
    parameters = list(start)
    for _ in range(steps):
        nodes = [Tensor(p) for p in parameters]
        loss_of(nodes).backward()
        parameters = [node.data - lr * node.grad for node in nodes]
    return parameters
    ### END SOLUTION


# %% nbgrader={"grade_id": "descend-test", "grade": true, "points": 3}
check.engine_descent(descend)
### BEGIN HIDDEN TESTS
check.engine_descent(descend, steps=7)
### END HIDDEN TESTS

# %% [markdown]
# And now all of it together. The grid of points for the picture goes through the same network. **Predict:** how many
# steps until 95 % of the points are on their side: 10, 100, 1000?


# %% tags=["autograder:skip"]
def loss_on_moons(parameters: list[Tensor]) -> Tensor:
    """The hinge loss on all points."""
    return hinge_loss(score(Tensor(points), parameters), Tensor(sides))


torch.manual_seed(4)
shapes_and_scales = (((2, 16), 1.0), ((16,), 0.5), ((16, 1), 0.3), ((1,), 0.0))
parameters = [scale * torch.randn(shape, dtype=torch.float64) for shape, scale in shapes_and_scales]
moments = [0, 5, 10, 20, 30, 40, 60, 80, 100, 130, 160, 200, 250, 300]
across, up = torch.linspace(-1.5, 2.5, 36), torch.linspace(-1.2, 1.7, 36)
grid = torch.cartesian_prod(across, up).to(torch.float64)

maps, right, losses = [], [], []
for before, now in zip([0, *moments], moments):
    parameters = descend(loss_on_moons, parameters, 0.5, now - before)
    nodes = [Tensor(p) for p in parameters]
    scores = score(Tensor(grid), nodes).data.reshape(36, 36)
    maps.append(torch.stack([torch.zeros_like(scores), scores], dim=-1))
    right.append(100 * (score(Tensor(points), nodes).data * sides > 0).double().mean().item())
    losses.append(loss_on_moons(nodes).data.item())

print("steps   loss   right")
for moment, paid, share in zip(moments, losses, right):
    if moment in (0, 10, 40, 100, 200, 300):
        print(f"{moment:>5}{paid:>7.3f}{share:>6.0f} %")

# %% tags=["autograder:skip", "nbval-ignore-output"]
figures.decision_regions(
    {"your engine": maps},
    points,
    (sides[:, 0] > 0).long(),
    names=["lower moon", "upper moon"],
    moments=moments,
    right={"your engine": right},
    extent=((-1.5, 2.5), (-1.2, 1.7)),
    title="Two moons, separated by your engine",
    milliseconds=400,
)

# %% [markdown]
# Press play. (Each step uses all points, so a step is an *epoch* here.) The boundary first turns to where most points are
# right, and then bends around the tips of the moons. Each hidden neuron has a line on whose other side it is silent, and
# between these lines the boundary is straight: a chain of pieces, no curve.
#
# Does PyTorch's engine find the same parameters? It runs the *same* two functions, `score` and `hinge_loss`.

# %% tags=["autograder:skip"]
torch.manual_seed(4)
theirs = [scale * torch.randn(shape, dtype=torch.float64) for shape, scale in shapes_and_scales]
theirs = [each.requires_grad_() for each in theirs]
for _ in range(300):
    slopes = torch.autograd.grad(hinge_loss(score(points, theirs), sides), theirs)
    with torch.no_grad():
        for each, slope in zip(theirs, slopes):
            each -= 0.5 * slope
largest = max((mine - each.detach()).abs().max().item() for mine, each in zip(parameters, theirs))
print("parameters differ by less than 1e-6:", largest < 1e-6)

# %% [markdown]
# So this is what is behind `loss.backward()`: a graph that is recorded while Python runs, a pull-back for each
# operation, an order, and a sum over all uses. PyTorch has hundreds of pull-backs more, in C++ and for the GPU.

# %% [markdown]
# ## 6 · What to take along
#
# The last column is the name under which a check reports the mistake; those without a name have a sentence.
#
# | You write | and get | because | name |
# |---|---|---|---|
# | `g` for the gradient of a row that was added to a table | the wrong shape | copies forward, sum backward | |
# | a mean over the copies | n times too little | every use adds its contribution | sum-for-mean |
# | `g.sum(1)` where the 1 must stay | another shape, or another axis | `keepdim=True` | |
# | `b.T @ g` for `g @ b.T` | an error, or with square matrices nothing | the shapes decide, unless they are all equal | |
# | `g * (g > 0)` behind a ReLU | all negative gradients lost | the input decides, not the gradient | |
# | `parent.grad = share` | right, until a tensor is used twice | contributions must be added | overwrites-accumulation |
# | `parent.grad += share` | right, until a gradient is shared | in-place changes reach all who hold the tensor | |
#
# - **Pull-back:** from the gradient of the result to that of each operand, $J^\top g$ without $J$ (vector–Jacobian
#   product).
# - **Shapes:** a gradient has the shape of its tensor.
# - **Broadcasting and sum** are each other's pull-back: copy forward, sum backward, and the reverse.
# - **Un-broadcasting:** the sum over the axes that were added or stretched.
# - **Hinge loss:** nothing to pay on the right side of the margin.
#
# **Three links**
#
# - [tinygrad](https://github.com/tinygrad/tinygrad): an engine for tensors that began as small as yours and now drives
#   GPUs.
# - [Autodidax: JAX core from scratch](https://docs.jax.dev/en/latest/autodidax.html): the same ideas in the order in which
#   JAX has them, with forward mode and vectorisation.
# - [PyTorch: `derivatives.yaml`](https://github.com/pytorch/pytorch/blob/main/tools/autograd/derivatives.yaml): the list
#   of all its rules. Look for `relu`, and for `mm`, the matrix product.

# %% [markdown]
# ### Open question · What is copied, what is summed
#
# *About 8 minutes, 4 points, read by a person*
#
# A friend adds a bias of shape (16,) to a table of shape (200, 16). Her engine raises no error, and her network learns,
# but its bias moves 200 times too slowly.
#
# Explain in 6 to 12 sentences, with what you saw in this lab, (a) what her pull-back does with the gradient of the bias,
# and what it should do, and why; (b) why the pull-back of a sum along an axis is a copy, and why one must know *which*
# axis it was; (c) why a node stores a function and not the Jacobian, with a number; (d) why `parent.grad += share` may
# change gradients of other tensors in your engine, although it is what everybody writes in the engine for numbers.

# %% [markdown] nbgrader={"grade_id": "explain", "grade": true, "solution": true, "points": 4}
# Her pull-back takes the mean over the 200 rows, which is 1/200 of the sum. The bias was copied to each of the 200 rows,
# so a small change of it changes the loss in 200 places at once, and the contributions of all uses of a value add up:
# the gradient is the sum over the axis that broadcasting had added. A sum is the opposite: each entry goes into one
# number of the result with the slope 1, so each gets the gradient of that number, and the gradient is copied along the
# axis that was summed. In Exercise 3 a gradient of shape (4,) could have been stretched along either axis of a square
# table. Only one of them is right, and the other raises no error. A Jacobian has an entry for each pair of an output and
# an input: for the layer with 200 rows and 64 columns these are 164 million numbers, mostly zeros, and the backward pass
# needs only its product with one vector. The pull-back computes this product with a matrix product that is about as
# expensive as the forward pass. In the engine for numbers, `+=` on a float makes a new number. On a tensor it changes the
# tensor in place, and the pull-back of a sum has handed the same tensor to both parents; it is even the gradient of the
# sum itself. So all of them change.
#
# **Mark scheme**
#
# One point for each of these, half a point where it is named without a reason:
#
# 1. A mean (or 1/200 of the sum) instead of the sum; the sum, since a value that is used in 200 rows gets a contribution
#    from each.
# 2. Each entry of a sum has the slope 1, so the gradient is copied; the axis must be known, since the result lacks it and
#    a wrong one may fit as well.
# 3. The Jacobian's size, with a number from section 1 or one of the same kind; backward needs its product with one vector
#    only.
# 4. `+=` on a tensor works in place; the pull-back of a sum hands the same tensor to several. A float can't be changed.
