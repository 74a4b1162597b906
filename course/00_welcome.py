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
# # Welcome
#
# This course is about one idea: a computer can find the slope of almost every function that it can compute. It needs
# no formula for the slope, and one pass finds the slopes for a billion variables. Nearly all neural networks are
# trained with it. You will use it, look inside it, and build it. (*Almost* every function: lab 01 shows where it
# fails.)
#
# Today you only arrive: you see that everything works, how a lab is made, how it answers when you are wrong, and
# a first slope.
#
# **When you are done, you can**
#
# - run a lab, and say on which device it computes;
# - tell *predict* from *exercise*, use the hints, and read what a check says;
# - let PyTorch compute a derivative;
# - hand a lab in.
#
# **Time:** about 15 minutes. **Points:** 2.
# **You need:** the derivative of $x^2$, and how to write a function in Python.
#
# **How to work.** Go from top to bottom and run each cell with *Shift + Enter*. Where it says *predict*, write your
# guess down before you run the cell. Where it says *exercise*, replace the placeholder and run the check below it as
# often as you like. Do not be afraid of errors: you can change a cell and run it again at any time.

# %% [markdown]
# ## 0 · Does everything work?

# %% nbgrader={"grade_id": "imports", "locked": true}
import platform
import shutil

import torch
from IPython.display import display

import gradlab
from gradlab import figures
from gradlab.check import welcome as check

# %% [markdown]
# If the cell above ran without an error, everything is installed. (An error that says `ModuleNotFoundError` names the
# package that is missing. Ask for help if you can't install it.)
#
# A lab runs on a graphics card (GPU) if there is one, or else on the processor (CPU). No lab *needs* a GPU. Which of the two
# is used is called the **device**.

# %% tags=["autograder:skip", "nbval-ignore-output"]
device = gradlab.device()
print("Python ", platform.python_version())
print("torch  ", torch.__version__)
print("device ", device)
if torch.cuda.is_available():
    print("GPU    ", torch.cuda.get_device_name())

# %% [markdown]
# ## 1 · How a lab works
#
# Most cells are there to be run, changed and run again. Some ask you to guess first. Here is one.
#
# ### Predict · A tenth, three times
#
# **Predict:** what does Python print for `0.1 + 0.1 + 0.1 == 0.3`?

# %% tags=["autograder:skip"]
print(0.1 + 0.1 + 0.1 == 0.3)
print(f"{0.1 + 0.1 + 0.1:.20f}")

# %% [markdown]
# <details><summary>What it means (click to unfold)</summary>
#
# Python stores such a number with about 16 digits, in the binary system, and 0.1 is not exactly among the numbers
# that can be stored. So neither this course nor its checks compare such results with `==`: nearly equal counts as
# equal. Your answer may be computed in another way than ours.
# </details>
#
# Were you wrong? Good. You will remember it longer than somebody who was not asked.
#
# Some cells are exercises. Each has a difficulty, minutes and points, a *stub* that you complete, three folded hints, and a
# check below it.

# %% [markdown]
# ### Exercise 1 · Twice
#
# *As easy as it looks, about 2 minutes, 1 point*
#
# Write `double`. Replace the placeholder by one line, run the cell, then run the check below it. (Do run the check *before* you
# write anything, too: what does it say?)
#
# <details><summary>Hint 1: where to begin</summary>
#
# The first hint says where to look. Here: the placeholder is the line that raises an error. Everything above it stays.
# </details>
# <details><summary>Hint 2: the way</summary>
#
# The second one says how it could go. Here: compute the number, and hand it over with `return`. A `print` would only
# show it.
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# The third one gives nearly everything away, and costs no points. Here: in Python, multiplication is written with `*`.
# </details>


# %% nbgrader={"grade_id": "double", "solution": true}
def double(x: float) -> float:
    """Double a number.

    Args:
        x: any number.

    Returns:
        Twice x.
    """
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION


# %% nbgrader={"grade_id": "double-test", "grade": true, "points": 1}
# The check tells you what it saw. Run it as often as you like.
check.doubled(double)
### BEGIN HIDDEN TESTS
for number in (-7, 0.25, 1000.5):
    assert abs(float(double(number)) - 2 * number) < 1e-3, "Some numbers are not doubled."
### END HIDDEN TESTS

# %% [markdown]
# A line with ✓ means that the check is satisfied. When you hand in, your function is tried once more, on other
# numbers than those you saw. A function that is right for every number passes that, too.
#
# ## 2 · How a check answers
#
# When a check is not satisfied, it does not say "wrong". It says **what it saw**, the **likely cause**, and what to **look at
# next**. It never gives the answer. Many mistakes have a name, which stands in parentheses at the end; the table at the end
# of each lab lists them.

# %% [markdown]
# ### Exercise 2 · Be wrong on purpose
#
# *Easy, about 3 minutes, 1 point*
#
# How steep is the parabola $x^2$ at the place $x$? You know the formula. **First, write a wrong one:** let `slope` return
# `x`, run the check, and read its answer from top to bottom. **Predict:** what will it say that it saw? Try another mistake
# that a friend could make. Then write the right one.
#
# <details><summary>Hint 1: where to begin</summary>
#
# The slope is the derivative. Which rule is there for powers of x?
# </details>
# <details><summary>Hint 2: the power rule</summary>
#
# The derivative of $x^n$ is $n\,x^{n-1}$. What is n here?
# </details>
# <details><summary>Hint 3: almost the answer</summary>
#
# With n = 2, the exponent becomes 1, and a factor appears in front. At $x = 3$ the slope is 6.
# </details>


# %% nbgrader={"grade_id": "slope", "solution": true}
def slope(x: float) -> float:
    """Compute the derivative of x² at one place.

    Args:
        x: the place.

    Returns:
        How steep the parabola is there.
    """
    ### BEGIN SOLUTION
    return x + x
    ### END SOLUTION


# %% nbgrader={"grade_id": "slope-test", "grade": true, "points": 1}
check.square_slope(slope)
### BEGIN HIDDEN TESTS
for place in (-7, 0.25, 1000.5):
    assert abs(float(slope(place)) - 2 * place) < 1e-3, "Some slopes of the parabola are wrong."
### END HIDDEN TESTS

# %% [markdown]
# ## 3 · A first slope
#
# You have just used a rule that you learned at school. PyTorch has another way. We tell it to record what is computed
# from a number, compute, and ask for the slope afterwards. You will find no rule for $x^2$ in the program below.
#
# **Predict** what is printed, with your own formula.

# %% tags=["autograder:skip"]
x = torch.tensor(1.5, requires_grad=True)  # record what is computed from this number
y = x**2
y.backward()  # how does y change if x does? The answer goes into x.grad
print("PyTorch says", x.grad.item())

# %% tags=["autograder:skip"]
print("you say     ", float(slope(1.5)))

# %% [markdown]
# PyTorch has a rule for every single operation: for a power, a sine, a product. So you may put in any function that
# is built from them. The picture shows $f(x) = x\,\sin x$ with its tangent, whose slope PyTorch computed at each
# place. **Predict:** where is the slope zero? Move the slider, or press play.


# %% tags=["autograder:skip", "nbval-ignore-output"]
def f(x: torch.Tensor) -> torch.Tensor:
    return x * torch.sin(x)


figures.tangent(f, extent=(0, 8), title="f(x) = x sin x and its tangent")

# %% [markdown]
# How does it do that? While it computes, it records every operation in a **computational graph**. The package
# torchviz draws this graph, from the top to the bottom: the blue box is our `x`, each grey box is one step of the way
# back from the result to `x`, and the green box is the result. Lab 01 is about this graph.

# %% tags=["autograder:skip", "nbval-ignore-output"]
if shutil.which("dot"):
    from torchviz import make_dot

    display(make_dot(f(x), params={"x": x}))
else:
    print("Graphviz (the program `dot`) is not installed here. You miss a small drawing and nothing else.")

# %% [markdown]
# ## 4 · How to hand in
#
# 1. **Restart the kernel and run all cells** (menu *Kernel*, in Colab *Runtime*). It shows whether your notebook also
#    works for somebody who begins at the top. A cell that only runs because of something that you have deleted since
#    is a common reason for lost points.
# 2. **Validate:** every check that you want points for shows its ✓. (If your JupyterLab has a *Validate* button, it does
#    these two steps for you.)
# 3. **Save**, and hand in the `.ipynb` file in the way that your instructor told you. Its name does not matter.
#
# An exercise that you leave open costs its own points and no others. You may add cells wherever you like. If you delete or
# change a check by accident, it is restored before grading.
#
# **When you are stuck**
#
# - Read the check's answer again, the line "Look next" above all, and do what it says.
# - Unfold one hint. Work for five minutes. Unfold the next one.
# - Print things: the value, its `type`, for tensors their `shape` and `dtype`.
# - Strange errors about names that do not exist, or exist twice? Restart the kernel and run all cells above.
# - Ask somebody, and show the check's answer. Its name in parentheses is made for that.
#
# ## 5 · What to take along
#
# | You see | it means |
# |---|---|
# | *Predict* | guess first, in writing, then run |
# | *Exercise* | replace the placeholder, then run the check |
# | ✓ | the check is satisfied |
# | ▲ *Not yet* | what it saw, the likely cause, where to look: read all three |
# | a name in parentheses | the mistake is a common one; find it in the table at the lab's end |
# | *hidden tests* | the same question with other numbers, when you have handed in |
#
# - One call of `backward()` gives the derivative of what you have computed.
# - The device is the CPU or a GPU. Every lab runs on both.
#
# ## 6 · Words that you will meet
#
# Come back to this table when a word is not clear. You need none of them today.
#
# | word | meaning |
# |---|---|
# | tensor | an array of numbers that PyTorch computes with; it may have no axis (one number), one, two or more |
# | slope, derivative | how fast a result changes when an input changes a little |
# | gradient | the slopes of one result with respect to all inputs, collected in a vector |
# | autograd, automatic differentiation | the part of PyTorch that computes slopes; the method that it uses |
# | `requires_grad` | an attribute of a tensor. If it is True, autograd records the operations on the tensor; in short: the tensor is *watched* |
# | computational graph | what autograd has recorded: the operations, and which result went into which operation |
# | forward pass, backward pass | computing the result and recording the graph; going back through the graph with the chain rule |
# | leaf | a tensor that was not computed from watched tensors: there the backward pass ends |
# | `.grad` | an attribute of a leaf. The backward pass *adds* the gradient to it, like water to a bucket |
# | parameter, weight, bias | a number that training may change; a bias is a weight that is added |
# | loss | the number that training makes small: it says how wrong a model is |
# | gradient descent | many steps against the gradient; the factor in front of the gradient is the learning rate $\eta$ |
# | stochastic gradient descent (SGD) | the same with the gradient of a small *random* part of the data in each step; stochastic means random |
# | optimiser | an object of `torch.optim` that makes the steps |
# | Jacobian $J$ | the table of all slopes of a function with several outputs: a row for each output, a column for each input |
# | vector–Jacobian product (VJP) | $J^\top v$: the slopes of the outputs, added up with the weights $v$. This is what a backward pass computes |
# | Jacobian–vector product (JVP) | $J d$: how fast the outputs change when the inputs move in the direction $d$ |
# | Hessian $H$ | the table of the second derivatives of one result |
# | condition number $\kappa$ | the largest eigenvalue of $H$ at a minimum, divided by the smallest: large means a narrow valley |
# | logits, softmax | the plain numbers that a classifier gives, one for each class; the function that makes probabilities of them |
# | device | where a tensor is stored: CPU or GPU |
#
# ## 7 · Three links
#
# - [Automatic differentiation with `torch.autograd`](https://docs.pytorch.org/tutorials/beginner/basics/autogradqs_tutorial.html):
#   PyTorch's own short introduction.
# - [Dive into Deep Learning, section 2.5](https://d2l.ai/chapter_preliminaries/autograd.html): the same idea in a
#   free textbook.
# - [Essence of calculus](https://www.3blue1brown.com/topics/calculus): films by 3Blue1Brown about slopes and the
#   chain rule.
#
# That was the welcome. Lab 01 begins with slopes.
