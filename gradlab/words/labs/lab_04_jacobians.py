"""What the checks of lab 04_jacobians say."""

from gradlab.words.explanations import Explanation

FINDINGS: dict[str, Explanation] = {
    "jac-sign": Explanation(
        "a sine is differentiated with the wrong sign",
        "The sine grows at 0, so its slope there is positive. The minus belongs to the cosine.",
        "Sketch the sine near 0. Does it rise or fall?",
    ),
    "jac-columns": Explanation(
        "the two columns are exchanged",
        "Each slope is right and stands under the other input.",
        "Write the name of an input above each column. Which of them did you vary for the first one?",
    ),
    "jac-zero": Explanation(
        "an output reacts to an input that it does not contain",
        "If an input does not occur in an output, changing it changes nothing there.",
        "Go through the outputs one by one: which inputs occur in each?",
    ),
    "jac-summed": Explanation(
        "the rows are added up",
        "What you have is the derivative of the *sum* of the outputs. Each output should keep a row of its own.",
        "Which weights did the outputs get in your backward pass? Which would leave only one of them?",
    ),
    "jac-whole": Explanation(
        "another part of the Jacobian is asked for",
        "The numbers belong to the right Jacobian, but too many of them come back, or too few.",
        "Compare the shape of your result with the shape in the docstring.",
    ),
    "jac-tuple": Explanation(
        "the result is still wrapped in a tuple",
        "A function that can differentiate with respect to several tensors at once gives a tuple, even if it holds "
        "only one.",
        "Print `type(…)` and `len(…)` of what you return.",
    ),
    "jac-other-row": Explanation(
        "that is the row of another output",
        "The row is a right one, and belongs to another number than the one that was asked for.",
        "Where is the 1 in your unit vector? Do you count from 0?",
    ),
    "jac-alias": Explanation(
        "all rows are the same",
        "`x.grad` is one tensor, and every pass writes into it. A list with that tensor in it many times shows what "
        "it holds now, many times.",
        "Print your list after each round. Does the first row change while you compute the second?",
    ),
    "jac-one-row": Explanation(
        "the result is no table of rows",
        "Row i of the Jacobian belongs to output i, and there must be one for each output.",
        "How many rows does your loop collect, and what is done with them afterwards?",
    ),
    "jac-ones": Explanation(
        "every weight is 1",
        "With all weights equal to 1, a product with J only adds up its rows or its columns.",
        "Where does v enter your computation?",
    ),
    "jac-unsummed": Explanation(
        "a sum is missing from the product",
        "The entries are multiplied with their weights, but the products are not added up.",
        "How many numbers should come back, and over which axis does the sum of a matrix product run?",
    ),
    "jac-dot": Explanation(
        "the result is summed up to one number",
        "A product of a matrix and a vector is a vector.",
        "Which sum in your lines is one too many?",
    ),
    "jac-v-twice": Explanation(
        "the weights enter twice",
        "The outputs are multiplied by v, and v is given to the backward pass once more.",
        "Choose one of two ways: weigh the outputs and add them up, or let the backward pass weigh them.",
    ),
    "jac-pair": Explanation(
        "two things come back",
        "A function that pushes a direction forward often returns the value of f as well.",
        "Print what you return. Which of the two was asked for?",
    ),
    "jac-value": Explanation(
        "that is the value of f itself",
        "A derivative was asked for.",
        "A forward-mode call gives a pair. Which of the two is which?",
    ),
    "jac-step": Explanation(
        "the direction has another length than v",
        "J v is a rate of change: what f does per unit of time if x moves with velocity v. It is linear in v: twice "
        "the v, twice the result.",
        "What does your function give for 2v, compared with v?",
    ),
    "jac-built": Explanation(
        "the Jacobian is built on the way",
        "The product is right. The work that it takes, though, is that of the whole table: one pass for each row or "
        "column.",
        "A single pass is enough for a product with one vector. What must it be given?",
    ),
    "jac-axes": Explanation(
        "the axes stand in another order",
        "The numbers are right. The first axis should count the points, the second the outputs, the last the inputs.",
        "Print the shape with 4 points, 3 outputs and 2 inputs. Which axis is which?",
    ),
    "jac-points-summed": Explanation(
        "the points are added up",
        "There is one Jacobian for all the points: the sum of theirs. Each should keep its own.",
        "Over which axis did you sum, or which one did a vectorised function never see?",
    ),
    "jac-cross": Explanation(
        "every point is differentiated with respect to every other",
        "The result has an axis of points too many. Nearly all of it is zero, since no output depends on a point other "
        "than its own.",
        "What does f get from you: one point, or all of them at once? Who could hand them over one by one?",
    ),
    "jac-loop": Explanation(
        "the outputs are still handled one by one",
        "The numbers are right. But each output has a backward pass of its own, started from Python.",
        "Section 5 showed three ways to let PyTorch carry all the rows at once.",
    ),
    "jac-two": Explanation(
        "the factor of the square is wrong",
        "Differentiating a square brings its exponent down, once.",
        "Differentiate (p − y)² by p on paper.",
    ),
    "jac-loss-values": Explanation(
        "the loss is pulled back, and not its slope",
        "The weights of the predictions must say how the loss *changes* with each of them.",
        "What is the derivative of the loss by one prediction? Is the square still in it?",
    ),
    "jac-stopped": Explanation(
        "the way back ends at the predictions",
        "You have the slope of the loss by each prediction. There are still no weights in it.",
        "How many numbers should come back: one for each prediction, or one for each weight?",
    ),
    "jac-cost-swapped": Explanation(
        "the two modes are exchanged",
        "One pass in reverse mode gives a row of J, one in forward mode a column.",
        "How many rows has J, and how many columns?",
    ),
    "jac-cost-entries": Explanation(
        "a pass gives more than one entry",
        "You count the entries of J. One pass gives a whole row or a whole column of them.",
        "For a loss of a million weights there is one row. How many backward passes does training take?",
    ),
    "jac-cost-same": Explanation(
        "the two modes do not cost the same",
        "One of them goes through J by rows, the other by columns. Both numbers are asked for.",
        "Take 2 inputs and 5 outputs, and draw J. How many unit vectors does each side need?",
    ),
    "jac-cost-measured": Explanation(
        "there is one pass too many",
        "That is how many *evaluations* a measurement by differences takes, which needs the place itself, too.",
        "How many rows has J? Is there anything to do beyond them?",
    ),
}

OBSERVATIONS: dict[str, str] = {
    "jac-transposed": "Your result is the transpose of the Jacobian.",
    "jac-reshaped": "Your result has the right shape, but it is the transpose, read line by line into another shape.",
    "jac-too-few": "There is a row for each input. There should be one for each output.",
    "jac-inner": "All entries are right but that of the sine, which lacks the slope of what stands inside.",
    "jac-cosine-sign": "All entries are right but that of the sine, which has the opposite sign.",
    "jac-columns": "Each column stands in the other's place.",
    "jac-zero": "The second output has a slope along x₁.",
    "jac-summed": "Your numbers are the sum of all the rows.",
    "jac-mean": "Your numbers are divided by how many there are.",
    "jac-whole": "Your result is the whole Jacobian.",
    "jac-entry": "Your result is a single entry of the row.",
    "jac-column-for-row": "Your result is a column of the Jacobian.",
    "jac-row-added": "Your result is the sum of this row and of those before it.",
    "jac-tuple": "The numbers are right, with one axis of length 1 around them.",
    "jac-other-row": "Your result is another row.",
    "jac-rows-added": "The first row is right. Each later one is the sum of all the rows up to it.",
    "jac-rows-added-columns": "The rows lie in columns, and each is the sum of all the rows up to it.",
    "jac-alias-sum": "Every row is the sum of all the rows.",
    "jac-alias-last": "Every row is the last one.",
    "jac-alias-zero": "Every number is zero.",
    "jac-one-row": "There is a single row.",
    "jac-flat": "All entries stand in one line.",
    "jac-one-point": "There is a single Jacobian, that of the first point.",
    "jac-pushed": "With as many inputs as outputs, your result is J v.",
    "jac-pulled": "With as many inputs as outputs, your result is Jᵀ v.",
    "jac-other-length": "Your function fails with a v of {length} numbers and works with one of {other}.",
    "jac-ones": "Your result is the same whatever v is: as if it were full of ones.",
    "jac-unsummed": "Your result is a table: the entries of J times their weights.",
    "jac-dot": "Your result is one number, the sum of those that were expected.",
    "jac-v-twice": "Your result fits the squares of the weights.",
    "jac-pair": "Your result is a pair: the value of f, and a derivative.",
    "jac-value": "Your result is f(x).",
    "jac-step": "Your result is f(x + v) − f(x): the whole step, and not its beginning.",
    "jac-unit": "Your result fits a direction of length 1.",
    "jac-built": "The check counted a backward pass for each output.",
    "jac-batched": "The check saw many vectors being carried through f at once.",
    "jac-axes": "The numbers are right, but for the order of the axes.",
    "jac-points-summed": "Your result is the sum of the Jacobians of all the points.",
    "jac-cross": "Your result has one axis more than expected.",
    "jac-loop": "The check counted more than one backward pass, or more than one call of f, for the same values.",
    "jac-loop-points": "The check counted a call of f for each point.",
    "jac-loss-sum": "Your gradient is that of the sum of the squares, not of their mean.",
    "jac-over-weights": "The sum is divided by the number of weights.",
    "jac-two": "Your gradient is half as long as it should be.",
    "jac-two-sum": "Your gradient is that of half the sum of the squares.",
    "jac-four": "Your gradient is twice as long as it should be.",
    "jac-loss-values": "Your result fits squared errors as weights of the predictions.",
    "jac-stopped": "Your result is the slope of the loss by each prediction.",
    "jac-cost-swapped": "The first number is that of forward mode, and the second that of reverse mode.",
    "jac-cost-entries": "Your number is inputs times outputs.",
    "jac-cost-same": "Both numbers are the same.",
    "jac-cost-one": "Both numbers are 1.",
    "jac-cost-cheaper": "Only the smaller one of the two numbers came back.",
    "jac-cost-measured": "Both numbers are too large by 1.",
}

FRAGMENTS: dict[str, str] = {
    "random-point": "a random point",
    "random-points": "random points",
    "random-point-and-v": "a random point and a random v",
    "random-weights": "random weights",
    "inputs-and-outputs": "{inputs} inputs and {outputs} outputs",
}

PASSED: dict[str, str] = {
    "entries": "✓ Every entry stands in its row and column.",
    "row": "✓ One output, one pass, one row.",
    "jacobian_rows": "✓ The rows are those of the Jacobian.",
    "pulled_back": "✓ Weights on the outputs, pulled back in one pass.",
    "pushed_forward": "✓ A direction of the inputs, pushed forward.",
    "all_at_once": "✓ All rows at all points, without a loop.",
    "loss_gradient": "✓ The loss has reached the weights, in one pass.",
    "cost": "✓ Rows and columns are counted right.",
}
