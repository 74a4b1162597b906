"""What the checks of lab 08_engine say."""

from gradlab.words.explanations import Explanation

FINDINGS: dict[str, Explanation] = {
    "shapes-do-not-fit": Explanation(
        "two shapes do not fit together",
        "A gradient has the shape of the tensor that it belongs to. A product or a sum of other shapes can't have that "
        "one.",
        "Write the shapes of g, a and b on paper, and the one that the result must have. Which combination gives it?",
    ),
    "pull-pair": Explanation(
        "two gradients are asked for",
        "An operation with two operands has two of them: the gradient of a first, then the gradient of b.",
        "Compare your `return` line with what the docstring promises.",
    ),
    "pull-exchanged": Explanation(
        "the two gradients are exchanged",
        "Each of them is right and stands in the other's place.",
        "Which gradient comes first, according to the docstring?",
    ),
    "not-unbroadcast": Explanation(
        "the gradient still has an axis that broadcasting made",
        "Forward, a number was copied along an axis that was stretched or added. All copies belong to that one number, "
        "and so do their gradients.",
        "Write both shapes under each other, aligned on the right. Which axes differ, and which are only in one of "
        "them?",
    ),
    "axis-not-stretched": Explanation(
        "an axis is summed that was not stretched",
        "Both shapes are the same along that axis. Each number was used once there, and has one gradient.",
        "Which two lengths do you compare before you sum? What should happen if they are equal?",
    ),
    "keepdims-forgotten": Explanation(
        "an axis of length 1 is lost, or stands in the wrong place",
        "A sum along an axis removes that axis. What comes from the right is then aligned in another way: the numbers "
        "land on another axis, and with a square shape no error tells you.",
        "Print the shape before and after your sum. Which argument of `sum`, or which other operation, keeps the place "
        "of the axis?",
    ),
    "keepdims-too-many": Explanation(
        "a new axis is still there",
        "Broadcasting has put that axis in front. The tensor never had it, not even with length 1.",
        "How many axes has the tensor, and how many has your result?",
    ),
    "slice-for-sum": Explanation(
        "one copy is taken for all of them",
        "A number that was copied influences the result through each of its copies.",
        "If the number grows by a little, how many entries of the stretched tensor grow? What happens to their "
        "gradients?",
    ),
    "everything-summed": Explanation(
        "too much is added up",
        "Only what belongs to the same number is added. Your sum joins gradients of different numbers.",
        "How many numbers has the tensor, and how many different ones has your result?",
    ),
    "wrong-axis": Explanation(
        "the sum runs along the wrong axis",
        "The axis to sum along is the one on which the copies lie.",
        "Take a table of 2 rows and 3 columns to which a vector of 3 numbers was added. Where are the copies of its "
        "first number?",
    ),
    "summed-too-early": Explanation(
        "the sum comes before the multiplication",
        "Each copy was multiplied by a number of its own, so each has a slope of its own.",
        "Write out one entry of the gradient for a table of two rows. Which of the two may be taken out of the sum?",
    ),
    "rule-of-another": Explanation(
        "that is the rule of another operation",
        "The numbers fit the pull-back of an operation that is not this one.",
        "What is the local slope of this operation? Does it depend on the operands at all?",
    ),
    "not-stretched": Explanation(
        "the gradient has not got its shape back",
        "The gradient of a tensor has the tensor's shape: one number for each of its entries.",
        "How many entries of the tensor went into one entry of the sum? What does each of them get?",
    ),
    "matmul-transposes": Explanation(
        "a transposition is missing, or stands at the wrong factor",
        "With square matrices, every product has the right shape, and all but one are wrong.",
        "Let a be of shape (2, 3) and b of shape (3, 4). Which shape has g, and how do you get (2, 3) out of g and b?",
    ),
    "matmul-order": Explanation(
        "the factors stand in the wrong order",
        "For matrices, A B and B A are different things.",
        "Let a be of shape (2, 3) and b of shape (3, 4). Which shape has g? Which order of factors is possible at all?",
    ),
    "matmul-turned": Explanation(
        "that is the transposed gradient",
        "Rows and columns are exchanged.",
        "Is the shape of your result the one of the matrix, for a matrix that is not square?",
    ),
    "mask-of-gradient": Explanation(
        "the wrong tensor decides what goes through",
        "Whether a ReLU is open was decided forward, by its input. The gradient that comes back may have either sign, "
        "and both go through an open ReLU.",
        "Take a = 2 and g = −3. By how much does the result of everything change if a grows by 0.01?",
    ),
    "value-for-slope": Explanation(
        "the value stands where the slope belongs",
        "An open ReLU passes a small change on as it is, however large its input is.",
        "Take a = 5 and a = 50. How much does relu(a) grow in each case if a grows by 0.01?",
    ),
    "slope-at-zero": Explanation(
        "at exactly 0 the slope is another one than agreed",
        "ReLU has a kink at 0 and no derivative there. The task says which slope is taken, and PyTorch takes the same.",
        "Read the task again. Which comparison says what happens at 0?",
    ),
    "relu-open": Explanation(
        "everything goes through",
        "For negative inputs, ReLU is constant. A small change of such an input changes nothing.",
        "What is relu(−2), what is relu(−1.9), and so what is the slope there?",
    ),
    "relu-closed": Explanation(
        "the wrong side is let through, or turned round",
        "Where the input is positive the slope of ReLU is 1; where it is negative the slope is 0. It is never −1.",
        "Draw ReLU, and write its slope on either side of 0.",
    ),
    "one-way-only": Explanation(
        "one of two paths is missing",
        "Each entry is used twice: as itself, and within the mean of its column. Its gradient has a part for each use.",
        "Draw the graph of a, its mean, and the difference. How many arrows leave a?",
    ),
    "minus-lost": Explanation(
        "a minus is lost",
        "The mean is subtracted. If it grows, every entry of its column falls.",
        "What is the local slope of a − m with respect to m? Where does that sign enter?",
    ),
    "tensor-class-changed": Explanation(
        "the given part of the class is not as it was",
        "`__init__`, `+`, `*`, `@`, `sum` and `relu` are given, and everything that follows builds on them. What they "
        "compute forward, or what a fresh tensor holds, is different now.",
        "Compare the given methods with those of the notebook that you were handed out. You write `backward` alone.",
    ),
    "leaf-without-pull": Explanation(
        "a leaf has no pull-back",
        "A leaf was not computed from anything: its `pull` is None, and it has no parents.",
        "In which order do you meet the leaves? What is there to be done for one?",
    ),
    "grad-still-none": Explanation(
        "`grad` is still None when it is used",
        "Before the first contribution, there is no tensor in `grad`, and None can't be added to anything.",
        "When is `grad` of a tensor used for the first time? What should happen to the very first contribution?",
    ),
    "grad-stays-none": Explanation(
        "a gradient never arrives",
        "After the backward pass, every tensor that the result depends on has a gradient, the result itself included.",
        "Print `grad` of each tensor in the order after your loop. Which is the first without one?",
    ),
    "pull-not-used": Explanation(
        "the pull-back is not asked",
        "What a parent gets is what `pull` of the tensor makes of the tensor's gradient, and not that gradient itself.",
        "What does `pull` take, and what does it give for a tensor with two parents?",
    ),
    "shared-gradient": Explanation(
        "a gradient is changed in place that others hold as well",
        "A sum hands one and the same tensor on to both of its parents. Who then adds into it in place (`+=`, `add_`) "
        "changes the gradient of the other parent, and that of the sum.",
        "For `y = x + x`, print `id` of `y.grad` and of `x.grad`. Which way of adding makes a new tensor?",
    ),
    "not-wrapped": Explanation(
        "the loss is not computed by your engine",
        "`loss_of` takes a list of nodes of the engine, since only those remember how they were computed.",
        "What is the type of what you hand to `loss_of`? What must be made of the plain tensors in `start` before?",
    ),
    "parts-missing": Explanation(
        "not all parameters come back",
        "The result is a list with one plain tensor for each that was given in `start`.",
        "Print the length of what you return, and of `start`.",
    ),
    "engine-stands-still": Explanation(
        "the parameters stay where they were",
        "A loop such as `for p in parameters: p = p - …` gives a new tensor to the name `p`, and the list keeps the "
        "old one.",
        "Print the first parameter before and after a round. Which line puts the new numbers into the list?",
    ),
    "engine-too-few": Explanation(
        "there are too few steps",
        "The numbers fit a descent that stops before the last step.",
        "Count the rounds of your loop for `steps = 2`. Does `return` stand inside it?",
    ),
    "engine-rests": Explanation(
        "not every parameter moves",
        "All parameters make a step in each round, each with a gradient of its own.",
        "Which of them does your loop go through?",
    ),
}

OBSERVATIONS: dict[str, str] = {
    "pull-pair": "The check expected a tuple of two tensors.",
    "pull-exchanged": "Your gradient of one operand is that of the other.",
    "not-unbroadcast": "The gradient of shape {large} came back as it was, and {small} was asked for.",
    "ones-left": "From {large} to {small}: the axes in front are summed, and one that had the length 1 is not.",
    "new-axes-left": "From {large} to {small}: the axes that are only in the large shape are still there.",
    "axis-not-stretched": "From {large} to {small}: nothing was stretched, and an axis is summed.",
    "axes-of-one-lost": "From {large} to {small}: nothing was stretched, and an axis of length 1 is gone.",
    "keepdims-forgotten": "From {large} to {small}: the sums are right, and an axis of length 1 is gone.",
    "mean-over-stretched": "From {large} to {small}: the numbers are means along the right axes.",
    "slice-for-sum": "From {large} to {small}: your numbers are those of the first copy.",
    "everything-summed": "From {large} to {small}: your numbers are the sum over everything.",
    "summed-wrong-axis": "From {large} to {small}: your numbers are sums along an axis that was not stretched.",
    "pull-no-g": "Your numbers fit if g, the gradient of the result, is left out.",
    "pull-rule-of-product": "In your gradient of a sum, g is multiplied by the other operand.",
    "pull-rule-of-sum": "In your gradient of a product, g comes back without a factor.",
    "pull-own-factor": "In your gradient of a product, each operand gets g times *itself*.",
    "summed-too-early": "Your numbers fit if g is summed first, and the other factor comes afterwards.",
    "pull-sum-divided": "Every number is divided by {count}, as for a mean.",
    "pull-sum-multiplied": "Every number is {count} times what it should be.",
    "pull-sum-times-a": "Your gradient of a sum is g times a.",
    "not-stretched": "What comes back is g as it was.",
    "not-stretched-axis": "What comes back is g with an axis of length 1.",
    "stretched-wrong-axis": "The sum ran along axis {axis}, and your g is stretched along another one.",
    "pull-sum-of-g": "Every entry gets the sum over all of g.",
    "matmul-not-transposed": "For square matrices, your gradient of {letter} fits a product without transposition.",
    "matmul-transposed-g": "For square matrices, your gradient of {letter} fits a product with g transposed in place "
    "of the other factor.",
    "matmul-order": "For square matrices, your gradient of {letter} fits a product in the other order.",
    "matmul-own-factor": "For square matrices, your gradient of {letter} is a product of g with {letter} itself.",
    "matmul-elementwise": "For square matrices, your gradient is a product entry by entry.",
    "matmul-turned": "Your gradient of {letter} is right if its rows are read as columns.",
    "relu-mask-of-g": "Your result is g where g is positive, and 0 elsewhere.",
    "relu-mask-of-g-too": "Where a is positive, your result lacks what is negative in g.",
    "relu-slope-of-g": "Your result is 1 where g is positive, and 0 elsewhere.",
    "relu-value-for-slope": "Your numbers fit if the slope of ReLU is replaced by a value of it, or by its input.",
    "relu-at-zero": "Your numbers are right, except where a is exactly 0.",
    "relu-at-zero-half": "Your numbers are right, except where a is exactly 0: there, half of g comes back.",
    "relu-open": "Your result is g, everywhere.",
    "relu-other-side": "Your result is g where a is negative.",
    "relu-minus": "Where a is negative, your result is −g.",
    "centre-one-way": "Your result is g: the path through the mean is missing.",
    "centre-other-way": "Your result has the path through the mean alone.",
    "centre-plus": "Your numbers fit if the mean were added.",
    "centre-plus-averaged": "Your numbers fit if the mean were added, and divided by the number of rows twice.",
    "centre-averaged": "Along the path through the mean, your numbers are divided by the number of rows twice.",
    "centre-summed": "Along the path through the mean, your numbers are not divided by the number of rows.",
    "centre-rows": "Your numbers fit means over rows, and not over columns.",
    "centre-everything": "Your numbers fit one mean over the whole table.",
    "centre-values": "Your result is the forward computation, applied to a.",
    "tensor-class-changed": "The check made a few tensors with your class and computed with them.",
    "grad-stays-none": "After the backward pass, `grad` of one of the tensors is None.",
    "engine-overwritten": "The gradients fit a pass in which the last contribution replaces those before it.",
    "engine-first-stays": "The gradients fit a pass in which a tensor takes the first contribution and no other.",
    "engine-no-seed": "The gradients fit a pass that begins with 0.",
    "engine-ones": "The gradients fit a pass that asks each pull-back with ones in place of the tensor's gradient.",
    "engine-no-pull": "The gradients fit a pass that hands on each gradient as it is.",
    "shared-gradient": "On graphs in which every contribution is a tensor of its own, your gradients are right. On one "
    "with a sum that hands on its own gradient, they are not.",
    "not-wrapped": "The check's loss was given something else than tensors of your class.",
    "parts-missing": "The check expected {count} tensors.",
    "engine-stands-still": "After all steps, the parameters are those of the start.",
    "engine-piles-up": "From the second step on, the parameters move by the sum of all gradients so far.",
    "engine-step-less": "The end is where the descent stands one step earlier.",
    "engine-only-one": "The end is where the descent stands after one step.",
    "engine-rests": "Some of the parameters are right, and others are those of the start.",
    "engine-own-rate": "Your numbers fit another learning rate than the one that was given.",
}

FRAGMENTS: dict[str, str] = {
    "from-shape-to-shape": "a gradient of shape {large} that is to have the shape {small}",
    "gradient-of-operand": "the gradient of {letter} in `{name}`, for a of shape {a} and b of shape {b}",
    "gradient-of-matrix": "the gradient of {letter}, for a of shape {a} and b of shape {b}",
    "sum-along": "a of shape {shape} and axis {axis}",
    "both-signs": "numbers of both signs",
    "shape-of-table": "a table of shape {shape}",
    "node-of-graph": "a tensor of a graph",
    "steps-of-descent": "parameters after {steps} steps",
}

PASSED: dict[str, str] = {
    "unbroadcasting": "✓ Every stretched axis is summed, and no other.",
    "broadcast_rules": "✓ Your pull-backs of + and · agree with PyTorch, broadcast or not.",
    "pulled_sum": "✓ Your pull-back of a sum agrees with PyTorch, along every axis.",
    "pulled_matmul": "✓ Your pull-back of a matrix product agrees with PyTorch.",
    "pulled_relu": "✓ Your pull-back of ReLU agrees with PyTorch.",
    "pulled_centre": "✓ Your pull-back follows both paths.",
    "tensor_backward": "✓ Your engine goes backward, and leaves shared gradients alone.",
    "engine_descent": "✓ Your loop makes every step, with your own engine.",
}
