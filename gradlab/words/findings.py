"""Mistakes that have no name of their own in the course: key → what a student is told."""

from gradlab.words.explanations import Explanation

FINDINGS = {
    "not-written": Explanation(
        "this one is still to be written",
        "The cell holds the stub that you were given, or a part of it.",
        "Read the task and its first hint, then replace the stub.",
    ),
    "not-a-function": Explanation(
        "there is no function here",
        "The check needs the function itself: its name without parentheses.",
        "What does the name stand for that you hand to the check? Was it given another value further up?",
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
    "wrong-beginning": Explanation(
        "the path begins somewhere else",
        "The first row must be the point that was given.",
        "Print the first row and `start` side by side.",
    ),
    "same-object": Explanation(
        "all rows are the same point",
        "A tensor that is stored and then moved in place moves in the store too: "
        "the list holds the same tensor many times.",
        "Print your list after two rounds. How could it keep the values as they were?",
    ),
    "stands-still": Explanation(
        "the point does not move",
        "Either no step is made, or the gradient is empty when the step is made.",
        "Print the gradient in the very line before the step. In which order do backward, step and emptying stand?",
    ),
    "some-stand-still": Explanation(
        "some of the starts do not move",
        "Their values are no part of what was differentiated, or their rows are left out of the step.",
        "Which of the starts have a gradient that isn't zero? Print it right after `backward()`.",
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
    "bent-lengths": Explanation(
        "the steps have the right direction and lengths of their own",
        "The length of a gradient step is the learning rate times the length of the gradient. Yours follows "
        "another rule.",
        "Is the gradient changed between backward and the step: normalised, clipped, averaged?",
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
    "wrong-norms": Explanation(
        "some of the norms are different",
        "None of the usual slips fits. An entry belongs to one rate and one start: all the steps with that rate from "
        "that start, then the gradient where they end.",
        "Take one rate and one start, and compute that entry alone. Where does your table differ from it?",
    ),
    "whole-path": Explanation(
        "that is the whole path",
        "Only the point where the descent ends is asked for.",
        "Compare what you return with what the docstring promises.",
    ),
    "transposed": Explanation(
        "rows and columns are exchanged",
        "The numbers are right, and they lie along the wrong axes.",
        "Which axis belongs to the rates and which to the starts?",
    ),
    "starts-moved": Explanation(
        "the second rate begins where the first one ended",
        "The starts were moved in place, so only the first rate was given the real ones. Rates can't be "
        "compared like this.",
        "Print the starts right before each rate begins.",
    ),
    "fresh-starts": Explanation(
        "every call begins somewhere else",
        "Called twice with the same arguments, your function gave two different answers: "
        "random numbers are drawn inside it. Rates that begin at different points can't be compared.",
        "Where do the points come from with which each rate begins?",
    ),
    "rate-ignored": Explanation(
        "all rates give the same",
        "Every row belongs to one and the same learning rate.",
        "In which line does the rate of the row enter the step?",
    ),
    "other-measure": Explanation(
        "something else is measured",
        "The descents are right. What is written down at their end is not the norm of the gradient.",
        "Write the definition of ‖∇f‖ beside your last line. For one start it is one number.",
    ),
    "swapped-components": Explanation(
        "the two components are exchanged",
        "Each component is right and stands in the other's place.",
        "Which derivative belongs into which column?",
    ),
    "wrong-component": Explanation(
        "a component does not agree with finite differences",
        "The slope of f was measured by moving the point a tiny way along that axis.",
        "Differentiate that component again on paper, one term at a time, with the other variable held constant.",
    ),
    "not-differentiated": Explanation(
        "a term is not differentiated",
        "That term stands in your gradient as it stands in f.",
        "What does a small change of that variable do to the term?",
    ),
    "wrong-values": Explanation(
        "the values are different",
        "None of the usual slips fits, so more than one part may differ.",
        "Compute one point by hand, say x = (0, 0), then (π/2, 0): which term is wrong?",
    ),
    "other-curvature": Explanation(
        "another number is taken from the Hessian",
        "The direction in which the surface curves most sets the largest stable step.",
        "Print the Hessian and its eigenvalues at a simple bowl. Which of them enters the formula of the "
        "lesson, and how?",
    ),
    "wrong-rate": Explanation(
        "the number does not follow from the curvature there",
        "The limit depends on the second derivatives of f at the point that was given, and on nothing else.",
        "Try f = x₁² + 5 x₂²: what is its Hessian, and what does your function say?",
    ),
    "wrong-index": Explanation(
        "some points are given to the wrong minimum",
        "The nearest minimum is the one with the smallest straight-line distance.",
        "Take one of the points, print its distances to all the minima, and compare with the index you give.",
    ),
    "other-distance": Explanation(
        "distance is measured in another way",
        "Your choice is the nearest in another sense than the straight line.",
        "Write down the distance of (3, 4) from (0, 0) by your formula.",
    ),
    "not-an-index": Explanation(
        "an index is a whole number",
        "The result should say *which* minimum, by its row. Distances and floats don't.",
        "Print `dtype` and the first entries of what you return.",
    ),
    "changed-after-forward": Explanation(
        "a value was overwritten that backward still needed",
        "Between the forward and the backward pass a tensor was changed in place; the graph had kept it for the "
        "derivative.",
        "Which line between computing f and `backward()` writes into a tensor?",
    ),
    "no-gradient-there": Explanation(
        "`.grad` is still None",
        "It is filled by a backward pass through the tensor, and none has reached it when you read it.",
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
        "The functions of `math`, and `float(…)`, take a single number. An array or a tensor holds many.",
        "Which of your functions come from `math`? NumPy and torch have their own of the same names, which take all "
        "entries at once.",
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
}
