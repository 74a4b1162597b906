"""What the checks of lab 02_chain_rule say."""

from gradlab.words.explanations import Explanation

FINDINGS: dict[str, Explanation] = {
    "outer-forgotten": Explanation(
        "the outer function's slope is missing",
        "The inner steps are differentiated, and the step around them is not.",
        "Name the steps one by one, from the inside out. Which of them has no factor in your product?",
    ),
    "slope-elsewhere": Explanation(
        "a local slope is taken at another place",
        "Each step has its slope at the value that flows into it, or it is written with its own result. "
        "Yours is computed from a value of another step.",
        "Write down the forward pass with its numbers. Which of them belongs to this very step?",
    ),
    "other-variable": Explanation(
        "that is the derivative with respect to something else",
        "A loss has a gradient with respect to each thing that goes into it, and they differ.",
        "Read again with respect to what the gradient is asked for. Does it have as many entries as that?",
    ),
    "gradients-joined": Explanation(
        "all the derivatives are joined into one number",
        "Each input has a derivative of its own: that of the loss with respect to it alone.",
        "How many numbers are asked for? In which line do many become one?",
    ),
    "not-a-dictionary": Explanation(
        "a name is missing",
        "The result must be a dictionary with the derivative for each of five values, under the value's name.",
        "Print what you return, and compare its keys with the docstring.",
    ),
    "ways-multiplied": Explanation(
        "multiplied where it should be added, or the reverse",
        "Along one path, slopes multiply. The products of several paths are added up.",
        "Draw the paths from the result back to this value, and write the product of the slopes at each.",
    ),
    "sent-too-early": Explanation(
        "a gradient is sent on before it is complete",
        "A value that is used twice has a gradient of two terms. Whoever comes before it needs both of them.",
        "Which gradient do you use for p when you compute this one: the one after the first term, or after both?",
    ),
    "two-gradients": Explanation(
        "two gradients are asked for, in a fixed order",
        "The first one belongs to the weights, the second one to the hidden values.",
        "Compare the last line of your function with what the docstring promises.",
    ),
    "not-a-value": Explanation(
        "the result is no `Value`",
        "A plain number knows nothing of its past. The result of an operation must be a new `Value`.",
        "Print the `type` of what your method returns.",
    ),
    "parents-and-slopes": Explanation(
        "parents and slopes do not fit together",
        "A value has a tuple of parents, which are values, and a tuple of as many numbers: a slope towards each.",
        "Print `parents` and `slopes` of the result. Are they equally long, and is each parent a `Value`?",
    ),
    "constructor-changed": Explanation(
        "a fresh value is not as it should be",
        "`Value(2)` must have the data 2.0, no parents, no slopes, and the gradient 0.0, as in the given `__init__`.",
        "Compare your `__init__` with the one that you were given.",
    ),
    "plain-number": Explanation(
        "a plain number is no operand yet",
        "Where one operand is a plain number, it has no `data` and no parents.",
        "Which method does Python call here, and what is `other` in it? What could be made of a plain number?",
    ),
    "not-a-list": Explanation(
        "the result is no list",
        "The values must come back in a list, in their order.",
        "Print the `type` of what you return. A set has no order, and a generator is used up after one reading.",
    ),
    "too-deep": Explanation(
        "a long chain is too deep for it",
        "A function that calls itself once for each level uses up Python's stack at about a thousand levels. "
        "A loop that adds up a few thousand terms makes a graph that is deeper.",
        "What does the call stack remember for you in each call? Could a list of your own remember the same?",
    ),
    "visited-twice": Explanation(
        "a value is in the list more than once",
        "A value with two users is reached over two paths. In the order it stands once.",
        "How do you know, when you meet a value, that you have been there?",
    ),
    "left-out": Explanation(
        "a value is missing from the order",
        "The list holds the last value and every value that it depends on, directly or not, the leaves included.",
        "Try `p = x * y` by hand: which three values does your function list?",
    ),
    "stranger": Explanation(
        "there is something in the list that does not belong there",
        "The list must hold the very values that `root` depends on, and no others, whoever made them. A list that is "
        "made outside the function, or as the default of an argument, still holds what an earlier call has put there.",
        "What do you append: the value itself, or something made of it? And is the list a new one in each call?",
    ),
    "operand-changed": Explanation(
        "an operand is changed",
        "An operation leaves its operands as they are: they may be used again, and the graph needs their numbers. The "
        "result is a new value.",
        "Does your method write to `self.data` or to `other.data`? What should it make instead?",
    ),
    "remembers-calls": Explanation(
        "the second call gives another answer than the first",
        "A name outside your function, or the default of one of its arguments, still holds what an earlier call has "
        "put there. A default is made once, when `def` is read, and not in each call.",
        "Call your function twice with the same value and print both results. Which name lives longer than a call?",
    ),
    "beyond-the-list": Explanation(
        "values that are not in the list have changed",
        "`backward(order)` works on the values in `order` and on no others, whatever else was computed before.",
        "Which list does your loop go through, and where is it filled?",
    ),
    "told-by-number": Explanation(
        "two values with the same number are taken for one",
        "Two values may hold equal numbers and be computed from different things. Each of them stands in the order.",
        "How does your function recognise a value that it has met: by the value itself, or by something that two may "
        "share?",
    ),
    "list-changed": Explanation(
        "your function changes the list that it was given",
        "A list is handed over, not copied: whoever takes something out of it or turns it round does so for the caller "
        "too.",
        "Print `order` before and after the call. Which line changes the list, and not only the values in it?",
    ),
    "order-reversed": Explanation(
        "the order is back to front",
        "Every value stands *before* those that it is computed from. Asked for is the order of the forward pass.",
        "Where does `root` stand in your list, and where should it?",
    ),
    "order-broken": Explanation(
        "a value stands before one of those that it is computed from",
        "Going back level by level, one meets a value as soon as its nearest user is reached. "
        "A farther one may have a longer path.",
        "Draw a value that is used at once and again three steps later. When may it be put into the list?",
    ),
}

OBSERVATIONS: dict[str, str] = {
    "chain-missing": "Your numbers fit if the slope of {missing} is left out.",
    "chain-outer": "Your numbers fit the slope of sin(3x) alone.",
    "chain-power": "The factor from the exponential fits v · e to the power of v − 1.",
    "chain-sign": "Your numbers have the opposite sign at every point.",
    "chain-sine": "Your numbers fit a sine where the slope of the sine belongs.",
    "chain-cosine-at-x": "Your numbers fit a cosine of x alone.",
    "chain-exp-elsewhere": "Your numbers fit an exponential of another value than the one that flows into it.",
    "mean-times-n": "With n = {count} inputs, every derivative is {count} times what it should be.",
    "mean-over-n": "With n = {count} inputs, every derivative is divided by {count} once more than it should be.",
    "mean-no-weight": "Your numbers fit if the bracket's own slope with respect to x is left out.",
    "mean-no-weight-sum": "Your numbers fit if the bracket's own slope is left out, and the division by {count} too.",
    "mean-no-two": "Every derivative is off by a factor of 2: the square's.",
    "mean-residual": "Your numbers fit a bracket with a plus between its two terms.",
    "mean-other-variable": "Your numbers fit the derivative with respect to the weight a.",
    "mean-joined": "The result is a single number: the sum or the mean of the derivatives.",
    "node-kind": "The check expected a dictionary and was given {kind}.",
    "node-missing": "There is nothing under the name `{node}`.",
    "node-own-factor": "Your derivative with respect to {node} fits a product that hands each factor *itself*.",
    "node-no-slope": "Your derivative with respect to {node} is what came from above, without the step's own slope.",
    "node-bare-slope": "In your derivative with respect to {node} a slope stands alone.",
    "node-slope-elsewhere": "Your derivative with respect to {node} has a slope of tanh taken at another value.",
    "node-tanh-variant": "Your derivative with respect to {node} fits another formula for the slope of tanh.",
    "node-one-way": "{node} is used twice. Your derivative with respect to it lacks the contribution of one user.",
    "node-multiplied": "In your derivative with respect to {node} two contributions are multiplied.",
    "node-too-early": "Your derivative with respect to p is right. "
    "The one with respect to {node} fits if only a part of it was there.",
    "hidden-none": "The gradient with respect to h is None.",
    "weights-none": "The gradient with respect to w is None: nothing came back from the loss to the weights.",
    "two-gradients": "The check expected two tensors and was given {kind}.",
    "layer-sum": "With {count} rows, the gradients are {count} times what they should be.",
    "layer-swapped": "The second result is the gradient with respect to w.",
    "layer-before-tanh": "The second result is the gradient with respect to x w, before the tanh.",
    "layer-no-bend": "The gradient with respect to w fits if the slope of tanh is left out.",
    "layer-doubled": "The gradient with respect to w is exactly twice what it should be: "
    "two backward passes have added to it.",
    "engine-no-value": "`{expression}` gave {kind}.",
    "engine-nothing": "`{expression}` gave None.",
    "engine-kind": "`{name}` of `{expression}` is {kind}, not a tuple.",
    "engine-counts": "`{expression}` has {parents} parents and {slopes} slopes.",
    "engine-no-tuple": "`{expression}` stopped with `TypeError: {message}`. (A tuple with one entry is written with a "
    "comma: `(3,)`.)",
    "engine-slope": "A slope of `{expression}` is {kind}, and should be a plain number.",
    "rule-exchanged": "Both slopes of `{expression}` are right, and each stands in the other's place.",
    "engine-parent": "A parent of `{expression}` is {kind}.",
    "engine-no-parents": "The number of `{expression}` is right, and it has no parents.",
    "engine-no-way": "The parents of `{expression}` do not lead back to each of its operands.",
    "engine-copy": "A parent of `{expression}` is a copy of the operand, not the operand itself.",
    "engine-operand-changed": "After `{expression}`, one of its operands has another number than before.",
    "engine-leaf": "A value made of a number alone has other attributes.",
    "engine-own-factor": "In `{expression}`, the slope towards an operand is that operand's own number.",
    "engine-slopes": "The number of `{expression}` is right, and its slopes fit another operation.",
    "engine-square": "In `x * x`, one value is both factors. The slope towards it counts one of them.",
    "engine-number": "`{expression}`, with a plain number: `{name}: {message}`.",
    "rule-exponent": "The slope of `{expression}` keeps the exponent as it was.",
    "rule-no-factor": "In the slope of `{expression}` the exponent does not come down as a factor.",
    "rule-factor": "In the slope of `{expression}` the wrong number comes down as a factor.",
    "rule-exponential": "The slope of `{expression}` fits the rule for n to the power of a, or the power itself.",
    "rule-lowered": "The slope of `{expression}` fits the rule for powers.",
    "rule-result-again": "The slope of `{expression}` applies the function to its own result.",
    "rule-one": "The slope of `{expression}` is 1.",
    "rule-input": "The slope of `{expression}` is computed from a where the function's result belongs.",
    "rule-tanh": "The slope of `{expression}` fits another formula than that of tanh.",
    "rule-quotient": "The slope of `{expression}` towards {letter} is built from the wrong one of the two numbers.",
    "rule-sign": "The slope of `{expression}` towards {letter} has the opposite sign.",
    "rule-no-numerator": "The slope of `{expression}` towards {letter} does not depend on the numerator.",
    "rule-no-square": "The slope of `{expression}` towards {letter} falls too slowly with the denominator.",
    "order-kind": "The check expected a list and was given {kind}.",
    "order-deep": "With a chain of some thousand values: `RecursionError`.",
    "order-length": "For a chain of {expected} values the list has {found} entries.",
    "order-too-long": "For a graph of {expected} values the list has {found} entries.",
    "order-twice": "For a graph of {expected} values the list has {found} entries, some of them equal.",
    "order-stranger": "The list has an entry on which `root` does not depend.",
    "order-second": "Asked twice for the order of the same value, your function was right once.",
    "order-doublings": "For `x + x`, that added to itself, and so on, the list has too many or too few values.",
    "pull-beyond-the-list": "Two computations were made by turns. The list held the values of one of them, and after "
    "your backward pass values of the other one have a gradient.",
    "order-twins": "For `x * y` with x = 1.5 and y = 1.5 the list has two entries, not three.",
    "order-no-root": "All the others are there, and `root` itself is missing.",
    "order-no-leaves": "Values without parents are missing.",
    "order-missing": "{count} of {total} values are missing.",
    "order-reversed": "Read from its end, your list would be right.",
    "order-broken": "All values are there, once each. One of them comes before a parent of its own.",
    "pull-list-changed": "All gradients are right, and the list no longer holds the same values in the same order.",
    "pull-overwritten": "The gradients fit a pass in which the last contribution replaces those before it.",
    "pull-first-stays": "The gradients fit a pass in which a value takes the first contribution and no other.",
    "pull-no-seed": "All gradients are 0.",
    "pull-seed-data": "The gradients fit a pass that begins with the result's own number.",
    "pull-last": "All gradients are right but the last value's own, which is 0.",
    "pull-forwards": "The gradients fit a pass that begins at the leaves.",
    "pull-no-upstream": "The gradients fit a pass that adds up slopes and nothing else.",
    "pull-no-slope": "The gradients fit a pass that hands on what came from above, unchanged.",
    "pull-data": "The gradients fit a pass that multiplies by the value's number, not by a slope.",
    "pull-added": "The gradients fit a pass that adds the slope to what came from above.",
}

FRAGMENTS: dict[str, str] = {
    "innermost-step": "the innermost step",
    "sine-step": "the sine",
    "both-inner-steps": "both inner steps",
    "innermost-step-and-cosine": "the innermost step, inside the cosine too,",
    "n-inputs": "n = {count} inputs",
    "gradient-towards-h": "the gradient towards h",
    "gradient-towards-w": "the gradient towards w",
    "slope-of": "the slope of `{expression}`",
    "slopes-of": "the slopes of `{expression}`",
    "slope-towards": "the slope of `{expression}` towards {letter}",
    "graph-values": "the values of a graph",
    "doublings": "a value that is doubled {count} times",
    "random-expression": "a random expression",
}

PASSED: dict[str, str] = {
    "chain_slope": "✓ Your derivative has every factor of the chain.",
    "mean_of_squares": "✓ Your gradient of the mean is right, for every n tried.",
    "node_gradients": "✓ Your backward pass is right, at every node.",
    "both_gradients": "✓ Both gradients are right, for the leaf and for the hidden values.",
    "value_class": "✓ Your numbers remember how they were computed.",
    "local_rules": "✓ Your four rules have the right values and slopes.",
    "topological_order": "✓ Every value stands after its parents, once each.",
    "backward_pass": "✓ Every value has its gradient.",
    "engine": "✓ Your engine and PyTorch agree on every random expression.",
}
