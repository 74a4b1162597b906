"""What the checks of several labs say.

The mistakes here have no name of their own in the course; those that have are in `misconceptions`.
"""

from gradlab.words.explanations import Explanation

FINDINGS: dict[str, Explanation] = {
    "not-written": Explanation(
        "this one is still to be written",
        "The cell holds the stub that you were given, or a part of it.",
        "Read the task and its first hint, then replace the stub.",
    ),
    "left-to-autograd": Explanation(
        "the derivative is left to autograd",
        "The task asks for your own derivative, written as a formula. While the check runs, autograd is switched off.",
        "Differentiate on paper, one step at a time. Which line of your function is then no longer needed?",
    ),
    "left-to-torch": Explanation(
        "torch does here what you are to write",
        "The task asks for your own lines in place of a function of torch that does the same. While the check runs, "
        "that function stops with an error.",
        "Read in the task what is not to be used. From which smaller operations can it be built?",
    ),
    "not-a-function": Explanation(
        "there is no function here",
        "The check needs the function itself: its name without parentheses.",
        "What does the name stand for that you hand to the check? Was it given another value further up?",
    ),
    "method-not-called": Explanation(
        "a method is named and not called",
        "A method runs only if parentheses follow its name. `t.item` and `y.backward` are the methods themselves: the "
        "line is legal Python, and nothing is computed in it.",
        "Look at each method in your function. Which one has no parentheses behind it?",
    ),
    "function-not-called": Explanation(
        "a function is used in place of its value",
        "`f` is the function, `f(x)` is its value at x. Only the value can be computed with, and differentiated.",
        "Where in your lines does the name of a function stand without parentheses?",
    ),
    "parentheses-missing": Explanation(
        "`with` needs parentheses behind the name",
        "`torch.no_grad` is a class. `torch.no_grad()` makes what `with` needs.",
        "Compare your `with` line with one of the lesson, sign by sign.",
    ),
    "two-results": Explanation(
        "two results are taken for one",
        "Along an axis, `max`, `min`, `sort` and `median` of torch give a pair: the values, and the places where they "
        "stand.",
        "Print what that call gives. How do you take the values out of it?",
    ),
    "options-in-one": Explanation(
        "the options arrive in one piece",
        "A dictionary that is handed over as it is counts as one argument: the first that is free, here the learning "
        "rate. Two stars in front of it make named arguments of its entries.",
        "How would you write that call by hand, with a rate of 0.1 and a momentum of 0.9?",
    ),
    "number-not-tensor": Explanation(
        "a plain number can't be watched",
        "Only tensors know `requires_grad`. A Python number has no such attribute, and no `.grad`.",
        "Print `type(…)` of what you mark. Which call makes a tensor out of a number?",
    ),
    "capital-tensor": Explanation(
        "`torch.Tensor` is not `torch.tensor`",
        "`torch.Tensor`, with a capital T, is the class. Called with a whole number n, it makes n numbers that mean "
        "nothing; it takes neither a float nor `requires_grad`.",
        "Which function of the lesson makes a tensor that holds a given number?",
    ),
    "varying-factor": Explanation(
        "everything is off by a factor that is not always the same",
        "The numbers point the right way, and how long they are depends on the input: something that is computed from "
        "it, such as a norm, a sum or a root, is multiplied in or left out.",
        "Compute one number on paper for two different inputs, and divide yours by it. On what does the quotient "
        "depend?",
    ),
    "wrong-arguments": Explanation(
        "your function can't be called as the task says",
        "The number of its arguments differs from the stub's.",
        "Compare your `def` line with the stub's.",
    ),
    "returns-nothing": Explanation(
        "your function returns nothing",
        "A Python function that ends without `return` gives back None, and so do `backward()` and `print(…)`.",
        "Where does your function hand over its result? Is that line inside a branch or a loop?",
    ),
    "wrong-kind": Explanation(
        "the result is of another kind",
        "The docstring of the stub says what must come back.",
        "Print `type(…)` of what you return.",
    ),
    "wrong-shape": Explanation(
        "the result has another shape",
        "The numbers may be right, but they are not arranged as the docstring says.",
        "Print the shapes of what goes in and of what comes out. Which axis holds what?",
    ),
    "wrapped-number": Explanation(
        "the number is still wrapped in something",
        "One number should come back, so that it can be printed and computed with. `torch.autograd.grad` gives a tuple "
        "with one tensor for each tensor that you ask for, even if that is one.",
        "Print `type(…)` of what you return, and its shape if it is a tensor. How do you get at the number inside?",
    ),
    "not-finite": Explanation(
        "the result holds NaN or infinity",
        "A division by zero, a root or logarithm of a negative number, or steps that blow up.",
        "Print the intermediate values. In which line does the first one appear that is no ordinary number?",
    ),
    "wrong-device": Explanation(
        "the result is on another device",
        "A result should live where its input lives, whichever device that is.",
        "Print `.device` of what you were given and of what you make. Does any line name a device?",
    ),
    "wrong-precision": Explanation(
        "the result has lost half of its digits",
        "The task asks for float64, and the result is stored in a smaller type.",
        "Print `dtype` line by line. Where does it change?",
    ),
    "still-tracked": Explanation(
        "the result still hangs on autograd's graph",
        "A result that requires a gradient keeps the whole history of its computation alive.",
        "The caller only wants the values. What did the lesson do with values that it took out of a graph?",
    ),
    "changed-argument": Explanation(
        "your function changes what it was given",
        "A tensor or an array is handed over, not copied: whoever changes it in place changes it for the caller too.",
        "Print the argument before and after the call. Which line writes to it, perhaps under another name?",
    ),
    "stands-still": Explanation(
        "the point does not move",
        "Either no step is made, or the gradient is empty when the step is made. A method without parentheses, such as "
        "`optimiser.step`, does nothing.",
        "Print the gradient in the very line before the step. In which order do backward, step and emptying stand?",
    ),
    "stops-early": Explanation(
        "the loop stops before all steps are made",
        "Where it is flat, or nearly so, your loop ends. The task asks for a fixed number of steps, wherever they "
        "lead.",
        "Is there a `break`, a `return` or a condition inside your loop? What comes back if you start at a minimum?",
    ),
    "old-gradient": Explanation(
        "the gradient is never computed again",
        "All steps are alike: the gradient of the first point is used at every point.",
        "What changes from round to round? At which point is f evaluated in the second?",
    ),
    "too-many-steps": Explanation(
        "there is one step too many",
        "After the number of steps that was asked for, the point has moved once more.",
        "Count the steps of your loop for `steps = 1`.",
    ),
    "scaled-steps": Explanation(
        "the steps have the right direction and a wrong length",
        "The step is the learning rate times the gradient and nothing else. "
        "A rate written into the code, or a factor on f, does this.",
        "Is `lr` used in every step, and once? Is f used as it was given?",
    ),
    "wrong-step": Explanation(
        "a step goes astray",
        "Up to there the path is right, so the beginning of your loop is too. "
        "What is left over from one round to the next is worth a look.",
        "Compute that one step by hand, from the point where it begins, and compare.",
    ),
    "wrong-first-step": Explanation(
        "the first step goes astray",
        "A step is the learning rate times the gradient at the point where it begins, of the function that was given. "
        "One of these is another one, or something else is added.",
        "Print rate and gradient in the first round, compute that one step by hand, and compare.",
    ),
    "whole-path": Explanation(
        "that is the whole path",
        "Only the point where the descent ends is asked for.",
        "Compare what you return with what the docstring promises.",
    ),
    "swapped-components": Explanation(
        "the two components are exchanged",
        "Each component is right and stands in the other's place.",
        "Which derivative belongs into which column?",
    ),
    "other-curvature": Explanation(
        "another number is taken from the Hessian",
        "The direction in which the surface curves most sets the largest stable step.",
        "Print the Hessian and its eigenvalues at a simple bowl. Which of them enters the formula of the "
        "lesson, and how?",
    ),
    "changed-after-forward": Explanation(
        "a value was overwritten that backward still needed",
        "Between the forward and the backward pass a tensor was changed in place; the graph had kept it for the "
        "derivative.",
        "Which line between computing f and `backward()` writes into a tensor?",
    ),
    "no-gradient-there": Explanation(
        "`.grad` is still None",
        "It is filled by a backward pass through the tensor, and none has reached it when you read it. `y.backward` "
        "without parentheses is the name of the pass and makes none.",
        "Has `backward()` run by then, on a value that was computed from this very tensor?",
    ),
    "raised": Explanation(
        "your function stopped with an error",
        "Python or torch met something in your lines that it can't do.",
        "Read the last line of the error, then the line of yours that it names.",
    ),
    "function-raised": Explanation(
        "f itself stops with an error",
        "The check called f on its own, before your descent.",
        "Go back to the exercise in which f was written and run its check again.",
    ),
    "one-number-only": Explanation(
        "that function takes one number",
        "The functions of `math`, `float(…)` and `.item()` are for a single number. An array or a tensor holds many.",
        "Which of your lines needs one number? NumPy and torch have the functions of `math` under the same names, for "
        "all entries at once, and `.item()` may not be needed at all.",
    ),
    "tensor-only": Explanation(
        "that function takes a tensor",
        "The functions of torch take tensors. Plain numbers go to those of `math`, arrays to NumPy's.",
        "Print `type(…)` of what you hand over. Which of the three families does it belong to?",
    ),
    "unlike-numbers": Explanation(
        "the numbers are different",
        "None of the usual slips fits, so more than one part may differ.",
        "Take the smallest example that you can compute on paper, and compare it with yours line by line.",
    ),
    "constant-factor": Explanation(
        "everything is off by one factor",
        "Each number is right up to a factor that is the same for all: a constant was lost, or is counted twice.",
        "Which constants stand in the formula? Compute one number on paper and divide yours by it.",
    ),
    "opposite-sign": Explanation(
        "the sign is the wrong way round",
        "Each number has the right size and the opposite sign.",
        "Which of two things is subtracted from which? Try an example whose sign you know.",
    ),
    "own-factor": Explanation(
        "a product's slope is taken from the wrong factor",
        "If one factor grows by a little, the product grows by that little times what it is multiplied with.",
        "Take 3 · 5 and raise the 3 to 3.1. By how much does the product grow, and what has that to do with the 5?",
    ),
    "upstream-missing": Explanation(
        "what comes from above is missing",
        "A slope says how one step reacts. How the *result* reacts is the product over all steps behind it.",
        "What had arrived at the user of this value when it was its turn? Where does that number enter?",
    ),
    "every-path": Explanation(
        "every path through the graph is followed",
        "A value that is used twice is reached over two paths, and so is the value before it, each time. Each such "
        "level doubles the number of paths: after forty levels, a million times a million.",
        "How often does your function come to one and the same value? When may it go on from there, once and for all?",
    ),
    "no-seed": Explanation(
        "the backward pass begins with the wrong number",
        "The last value's derivative with respect to itself is the number from which all the others come.",
        "If the result grows by a little, by how much does the result grow?",
    ),
    "wrong-direction": Explanation(
        "the list is read from the wrong end",
        "A value can send something on only when it has received its own gradient, and that comes from its users.",
        "Which value of the list knows its gradient at the very beginning?",
    ),
}

OBSERVATIONS: dict[str, str] = {
    "error": "`{name}: {message}`.",
    "not-written": "Your function says that it isn't written yet.",
    "not-a-function": "The check was given {kind}, not a function.",
    "returns-nothing": "Your function came back with None.",
    "kind": "The check expected {expected} and was given {kind}.",
    "shape": "For an input of shape {given}, the check expected the shape {expected} and saw {shape}.",
    "one-number": "The check expected one number and saw the shape {shape}.",
    "wrapped-parts": "Both numbers are right, and each of them stands in a tuple or a list of its own.",
    "wrapped-kind": "The check expected one number and was given {kind} with one number in it.",
    "ragged": "The check was given a list whose entries have different shapes.",
    "not-finite": "{count} of {total} numbers are NaN or infinite.",
    "device": "The starts are on {expected}, the result is on {device}.",
    "precision": "The input is float64 and the result is {dtype}.",
    "still-tracked": "The result has `requires_grad=True`.",
    "changed-argument": "After the call, {name} has other values than before.",
    "changed-watching": "After the call, {name} has `requires_grad=True`.",
    "stands-still": "All {rows} rows are equal to `start`.",
    "stops-early": "Started at a minimum and asked for {steps} steps, your descent gave {rows} rows.",
    "stops-early-epochs": "Started at a minimum and asked for {steps} epochs, your loop gave another number of "
    "gradients.",
    "stops-early-losses": "Started at a minimum and asked for {steps} steps, your loop did not give {steps} losses.",
    "uphill": "Each step has the right length and goes exactly the opposite way: f grows.",
    "sum-of-gradients": "From the second step on you move by the sum of all gradients so far.",
    "old-gradient": "Every step is equal to the first.",
    "one-step-more": "The end is where the descent stands one step later.",
    "second-round": "One step works. The error comes with the second: `{name}: {message}`.",
    "first-round": "The error comes in the first round: `{name}: {message}`.",
    "whole-path": "The result has {rows} rows for {steps} steps.",
    "untracked": "The input requires a gradient, and the result does not.",
    "plain-number": "The result is {kind}: a plain number instead of a tensor.",
    "function-plain-number": "The check asked f for its value at a point and was given {kind}: a plain number instead "
    "of a tensor.",
    "function-error": "The check asked f for its gradient at a point: `{name}: {message}`.",
    "function-untracked": "The check asked f for its gradient at a point, and there was none to be had.",
    "swapped-components": "Your first component is the slope along x₂, your second the slope along x₁.",
    "values-differ": "For {given}, {count} of {total} numbers differ; the largest difference is {distance}.",
    "values-ratio": "For {given}, every number is {ratio} times what it should be.",
    "factor-varies": "All numbers are off by one factor. With other inputs it was another one.",
    "values-negated": "For {given}, every number has the opposite sign.",
    "every-path": "A value is added to itself, the sum to itself, and so on, {count} times. The check stopped your "
    "function when it had read the parents of one value some thousand times.",
}
