"""The misconceptions that the course knows by name: id → what a student is told."""

from gradlab.words.explanations import Explanation

MISCONCEPTIONS = {
    "missing-zero-grad": Explanation(
        "gradients pile up",
        "That is exactly what happens when each `backward()` *adds* to `.grad` and nobody empties it: "
        "`.grad` holds the sum of all gradients so far. (`x.grad.zero_` without parentheses empties nothing.)",
        "Print `x.grad` at the end of the first and of the second round. Which part of the second is new?",
    ),
    "rebinding-leaf": Explanation(
        "after your update, the name belongs to another tensor",
        "`x = x - …` does not move x. It computes a new tensor and gives it the old name, "
        "and that new tensor is no leaf: `backward()` leaves no `.grad` on it.",
        "Print `x.is_leaf` and `id(x)` before and after the update. Which tensor did you ask autograd to watch?",
    ),
    "rebinding-in-no-grad": Explanation(
        "after your update, x is not watched any more",
        "Inside `no_grad`, `x = x - …` makes a new tensor that autograd was told not to track, and gives it the "
        "old name. "
        "The tensor that you had asked autograd to watch still stands where it stood.",
        "Print `x.requires_grad` before and after the update. Is there a way to move the same tensor?",
    ),
    "inplace-on-leaf": Explanation(
        "autograd is watching while you move a leaf",
        "A leaf that requires a gradient must not be overwritten while autograd records: "
        "the recorded computation would no longer belong to its values.",
        "The move is no part of the function that you differentiate. Where did the lesson step without being recorded?",
    ),
    "data-attribute": Explanation(
        "the values are right and the gradient is not",
        "Something is computed behind autograd's back. Values taken or changed through `.data`, or through a detached "
        "copy, count as constants, and nothing warns you.",
        "Go through the formula factor by factor: is each use of x one that autograd can see? "
        "(With `detach()` in place of `.data`, torch would at least object when values are overwritten.)",
    ),
    "backward-twice": Explanation(
        "the same graph is used twice",
        "A backward pass consumes the graph that the forward pass built. A second one finds nothing left to go "
        "through.",
        "Is f computed anew for every backward pass, at the point where you stand now?",
    ),
    "backward-on-vector": Explanation(
        "`backward()` was called on more than one number",
        "A gradient belongs to one number. For a vector of values, torch can't know which combination of them "
        "you mean.",
        "What shape does the value have on which you call `backward()`? Which single number has the gradients "
        "you want?",
    ),
    "integer-tensor": Explanation(
        "a whole number can't have a gradient",
        "A derivative needs values that can change by a little. Tensors of integers can't, so torch refuses.",
        "Print the `dtype` of your tensor. Which way of writing the number gives a floating-point one?",
    ),
    "forward-untracked": Explanation(
        "autograd saw none of the computation",
        "Only operations on tensors that require a gradient are recorded, and only outside `no_grad`. "
        "On detached values there is nothing to go back through.",
        "Print `requires_grad` of the point and `grad_fn` of the value. Where along the way does the trace end?",
    ),
    "grad-of-intermediate": Explanation(
        "`.grad` was read where none is kept",
        "After `backward()`, torch keeps `.grad` on leaves only. On a value that was computed along the way it "
        "is None.",
        "Which tensor do you want the derivative *with respect to*? Print its `is_leaf`, "
        "and that of the tensor whose `.grad` you read.",
    ),
    "not-a-leaf": Explanation(
        "your point is itself a computed value",
        "Any operation after `requires_grad`, a scaling, a change of type, a move to another device, makes a "
        "new tensor. "
        "That one is no leaf, and no gradient is kept on it.",
        "Print `is_leaf` right before the loop. In which order are the tensor made, converted, and marked?",
    ),
    "graph-cut": Explanation(
        "the chain to x is cut",
        "Somewhere a tensor was turned into a plain number and back (`math.sin`, `float`, `.item()`, "
        "`torch.tensor(…)`). "
        "The number is right, and it has forgotten where it came from.",
        "Follow x through your lines and print `grad_fn` after each (`parents`, if the engine is your own). "
        "Which is the first without one?",
    ),
    "numpy-on-tracked": Explanation(
        "NumPy was given a tensor that autograd is watching",
        "NumPy can't record what it computes, so torch refuses to hand over a tensor that requires a gradient.",
        "Do you need NumPy there at all? If it is only for a plot or a print, the values alone are enough.",
    ),
    "zero-before-first": Explanation(
        "`.grad` is emptied before there is one",
        "Until the first backward pass, `.grad` is None: there is no tensor yet that could be emptied.",
        "Go through the first round line by line. When does `.grad` come into being?",
    ),
    "broadcast-residual": Explanation(
        "two shapes are paired in another way than you mean",
        "Torch aligns shapes from the right and stretches axes of length 1. Axes that should be combined each "
        "with each "
        "must not lie on top of each other.",
        "Write the shapes of both operands under each other, aligned on the right. Which axis should be new in each?",
    ),
    "ascent-sign": Explanation(
        "you walk uphill",
        "The gradient points to where f grows fastest.",
        "Print f at the first and at the second point. On which side of zero should the change be?",
    ),
    "sum-for-mean": Explanation(
        "a mean and a sum are confused",
        "The mean of n values has a gradient n times smaller than their sum. "
        "The scale of what you differentiate scales every step that is made with it.",
        "What does one number stand for on which you call `backward()`? Which of its parts belongs to which input?",
    ),
    "missing-inner-derivative": Explanation(
        "a factor is missing from the chain rule",
        "The derivative of outer(inner(x)) is outer′(inner(x)) · inner′(x). The second factor is easily forgotten, "
        "since it is often just a constant.",
        "For each function in the formula, write down what stands inside it. What is the derivative of that?",
    ),
    "lr-too-high": Explanation(
        "the learning rate is too high",
        "Where the surface curves with λ, a step with a rate above 2/λ jumps across the valley "
        "and lands higher than it started.",
        "Print f along the path. Then compare your rate with the curvature at the minimum.",
    ),
    "lr-too-low": Explanation(
        "the descent isn't there yet",
        "The point still moves downhill and would go on. Its steps are too small, or too few.",
        "Plot the norm of the gradient along the path. What would change it faster: more steps, or larger ones?",
    ),
    "one-variable-only": Explanation(
        "you move along one axis only",
        "The gradient has one component for each variable, and a step changes all of them at once.",
        "Print the gradient and the change of x side by side, component by component.",
    ),
    "stale-point": Explanation(
        "the path is off by one",
        "The points are right, but each stands in a wrong row: "
        "the order of remembering and moving is not the one asked for.",
        "With one step, which two points should come out? Go through your loop by hand and write them down.",
    ),
    "wrong-coefficient": Explanation(
        "one part of the formula is different",
        "Everything else fits, at random points: it is this one part that is written differently.",
        "Read the formula again, that part aloud, and compare it with your line sign by sign.",
    ),
    "loop-over-starts": Explanation(
        "the points are still handled one by one",
        "The values are right. The work is done in a Python loop, though, and its time grows with the number of "
        "points.",
        "Does an operation of yours need to know that there are many points? Try it on the whole tensor at once.",
    ),
    "exp-derivative": Explanation(
        "the exponential is differentiated like a power",
        "Lowering the exponent by one is the rule for powers, xⁿ. In eˣ the variable stands in the exponent.",
        "Measure it: how much does eˣ change between x = 1 and x = 1.001, divided by 0.001? What else has that value?",
    ),
    "regularises-bias": Explanation(
        "the penalty falls on another parameter",
        "A penalty pulls the parameters in it towards zero, and only those. "
        "Yours pulls at another one than the task says.",
        "Differentiate the penalty alone with respect to each parameter. Which of them should feel it?",
    ),
    "scalar-averaged": Explanation(
        "a mean is taken of a single number",
        "A dot product has summed over the data already. "
        "The mean of the one number that is left divides by 1, not by n.",
        "Print the shape of what you average. Over which axis should the mean go, and is it still there?",
    ),
    "transposed-jacobian": Explanation(
        "rows and columns of the Jacobian are exchanged",
        "Row i of J belongs to output i, column j to input j: J[i, j] = ∂yᵢ/∂xⱼ.",
        "With 2 inputs and 3 outputs, which shape must J have? Which shape has yours?",
    ),
    "jvp-for-vjp": Explanation(
        "the product is taken from the other side",
        "J v pushes a change of the inputs forward to the outputs. Jᵀ v pulls weights on the outputs back to the "
        "inputs, and this is what a backward pass computes.",
        "How many numbers must v have: one for each input or one for each output? And the result?",
    ),
    "logits-twice": Explanation(
        "softmax is applied twice",
        "The cross-entropy of torch takes logits and applies softmax itself. "
        "Given probabilities, it takes them for logits.",
        "Read in its documentation what the first argument must hold. What do you hand over?",
    ),
    "argmax-gradient": Explanation(
        "the way to the weights leads through argmax",
        "A small change of the logits does not change which of them is the largest, so argmax has derivative zero "
        "wherever it has one, and torch records nothing.",
        "Print `grad_fn` of each intermediate value. Which smooth function of the logits says nearly the same?",
    ),
    "overwrites-accumulation": Explanation(
        "a contribution to a gradient is overwritten",
        "A value that is used twice influences the result over two paths. Its derivative is the sum over both, "
        "and yours keeps the last one only.",
        "Go backward through y = x · x by hand, one factor at a time. What must hold after the second factor?",
    ),
}
