"""What the checks of lab 03_accumulation say."""

from gradlab.words.explanations import Explanation

FINDINGS: dict[str, Explanation] = {
    "acc-alias": Explanation(
        "you kept `.grad` itself and not a copy of it",
        "`x.grad` is one tensor that every backward pass adds to. Another name for it, or a place in a list, shows "
        "what it holds now and not what it held when you noted it.",
        "Print what you have kept, right when you keep it and once more at the end. Which of the lines in between "
        "writes into it?",
    ),
    "acc-only-last": Explanation(
        "only the last gradient is left",
        "Something that should hold all of them is replaced or emptied in each round.",
        "What does your result hold after the first round, and where is it after the second?",
    ),
    "acc-first-round": Explanation(
        "only the first round is made",
        "`return` ends a function wherever it stands, in the middle of a loop too.",
        "How far is your `return` line indented? After how many rounds should it be reached?",
    ),
    "acc-pair": Explanation(
        "two things should come back",
        "The docstring promises a pair.",
        "Compare your `return` line with the docstring.",
    ),
    "acc-swapped": Explanation(
        "the two results are exchanged",
        "The numbers are right, and each result stands in the other's place.",
        "Read in the docstring which of the two comes first.",
    ),
    "acc-start-returned": Explanation(
        "the weights that come back are those at the beginning",
        "A loop moved something, or nothing. What you return has not moved.",
        "Which tensor does your update change, and which one do you return?",
    ),
    "acc-one-sum": Explanation(
        "the gradients are added up",
        "One backward pass from a sum gives the sum of the gradients, and so do many passes into one `.grad`. Nobody "
        "can take it apart afterwards.",
        "How many gradients should come back? When could each of them be seen by itself?",
    ),
    "acc-trunk-twice": Explanation(
        "the trunk is evaluated more than once",
        "Each head gets a trunk of its own. That costs twice as much, and where the trunk contains chance, the two "
        "gradients belong to two different trunks.",
        "Count the calls of `trunk` in your function. What would be needed to go back twice through one of them?",
    ),
    "acc-left-off": Explanation(
        "you switched something off and left it off",
        "A leaf that was told not to be watched stays so for everybody who uses it later, and so does autograd as a "
        "whole.",
        "Print `x.requires_grad` and `torch.is_grad_enabled()` before and after the call. Is there a way that concerns "
        "your computation alone?",
    ),
    "acc-one-factor": Explanation(
        "the value is not the product of the two factors",
        "Only the gradient should treat one of them as a constant. The value needs both, multiplied.",
        "Compute f(2), g(2) and your result at x = 2, and compare.",
    ),
    "acc-both-ways": Explanation(
        "the gradient flows through both factors",
        "Your gradient is the whole product rule, f′g + fg′. Autograd has seen that the second factor depends on x.",
        "Print `requires_grad` of each of the two factors. Which of them should be a constant?",
    ),
    "acc-no-operation": Explanation(
        "a factor that nothing was done to is still watched",
        "`no_grad()` keeps *operations* from being recorded. A g that hands back its argument performs none: what "
        "comes out is x itself, watched as ever.",
        "Try it with `g = lambda x: x`, as in the prediction above. Which of the three ways concerns a tensor, "
        "whatever was done to it?",
    ),
    "acc-wrong-way": Explanation(
        "the gradient flows through the other factor",
        "One factor is a constant for autograd, and it is the wrong one.",
        "Which of the two factors should be treated as a constant?",
    ),
    "acc-crowded": Explanation(
        "too many examples at once",
        "The micro-batches were put together again. The point is to never have more than one of them in memory.",
        "Where do you join them? What can be added up instead of the examples?",
    ),
    "acc-graphs-kept": Explanation(
        "the graphs of several micro-batches are kept at once",
        "A loss holds on to its graph until somebody goes backward, and so does a sum of losses. Then all examples are "
        "in memory together again.",
        "When does the graph of a micro-batch come into being in your loop, and which line lets go of it?",
    ),
    "acc-equal-shares": Explanation(
        "every micro-batch counts the same",
        "You average the micro-batches' gradients. A micro-batch with few examples then has as much to say as one with "
        "many, so that its examples count more than the others.",
        "With micro-batches of 5 and 1, how much should the single example contribute to the mean over all 6?",
    ),
    "acc-emptied": Explanation(
        "`.grad` was emptied before you read it",
        "The result is zero. Either it was emptied at the very end, or you return `.grad` itself and empty it "
        "afterwards.",
        "In which order do the last two lines of your function stand?",
    ),
    "acc-divided-by-size": Explanation(
        "a mean is divided by its number of examples once more",
        "The loss that you are given is a mean already. Dividing it again makes large micro-batches count less.",
        "Write the mean over all examples in terms of the micro-batches' means. What stands in front of each?",
    ),
    "acc-no-memory": Explanation(
        "the step remembers too little",
        "After the first step, the forgetful loop moves by more than one gradient.",
        "What does a `.grad` that is never emptied hold when the third step is made? Which part of that do you use?",
    ),
    "acc-graph-used-up": Explanation(
        "the first backward pass has used the graph up",
        "A backward pass throws away what the graph had kept for the derivatives. Both results share the trunk's part "
        "of the graph, and the second pass needs it again.",
        "In section 3, one option kept a graph for one more pass. To which of your two passes does it belong?",
    ),
    "acc-whole-division": Explanation(
        "a share of the examples has become zero",
        "Each micro-batch counts with its share of all examples, a number below 1. A division that gives whole "
        "numbers, such as `//`, makes 0 of it.",
        "Print the share of each micro-batch. What do the shares add up to?",
    ),
    "acc-product-inside": Explanation(
        "the product has no graph",
        "f was given a watched x, and yet no gradient can reach it: the product was computed inside `no_grad()`, or "
        "detached afterwards, and so the path through f ends there, too.",
        "Which operations must be recorded, and which must not? Write down which of your lines stand inside the block.",
    ),
    "acc-own-memory": Explanation(
        "the step knows something that it was not given",
        "All that a step may know of the past is `v`. A name outside the function, or the default of an argument, "
        "knows what was computed last, and that may have been another walk.",
        "Which name in your function is neither an argument nor made in it? And what is in the `v` that you return?",
    ),
    "acc-old-bucket": Explanation(
        "the step comes before the adding",
        "You move by what was remembered so far, without the gradient of this step. The first step then stands still.",
        "In the forgetful loop, is `backward()` before or after the update?",
    ),
    "acc-twice-poured": Explanation(
        "the fresh gradient is counted twice",
        "It is in what you remember already, and you add it to the step once more.",
        "Write down your first step with v = 0. How long is it?",
    ),
    "acc-rate-missing": Explanation(
        "the learning rate should enter each step once",
        "It may scale what is remembered or scale the step, but not both, and not neither.",
        "Mark every `lr` in your function. Which of them reach the new point?",
    ),
    "acc-friction": Explanation(
        "some of the memory is lost in each step",
        "Only a share of what was remembered is kept, or only a share of the gradient goes in. A `.grad` that nobody "
        "empties loses nothing.",
        "After three gradients of 1 each, what does a `.grad` hold that is never emptied? And your `v`?",
    ),
}

OBSERVATIONS: dict[str, str] = {
    "acc-row-sums": "The first row is right. Each later row is the sum of all the gradients up to it.",
    "acc-rows-all-sum": "All rows are the same: the sum of all the gradients.",
    "acc-rows-all-last": "All rows are the same: the last gradient.",
    "acc-rows-all-zero": "Every number is zero.",
    "acc-one-for-all": "There is one gradient, the sum over all examples.",
    "acc-rows-mean": "Each gradient is divided by the number of examples.",
    "acc-only-last-row": "There is one gradient, that of the last round.",
    "acc-first-round": "Your result is what a single round gives.",
    "acc-argument": "The `.grad` that you read is that of the argument {name}, which is not watched.",
    "acc-pair": "The check expected a pair and was given {kind}.",
    "acc-swapped": "What should come first comes second.",
    "acc-start-returned": "The weights equal those that were given.",
    "acc-stands-still": "The weights equal those that were given, and every epoch has their gradient.",
    "acc-step-short": "The weights are those before the last step.",
    "acc-second-holds-first": "The first gradient is right. The second is the sum of both.",
    "acc-both-sum": "Both gradients are the same: the sum of the two.",
    "acc-both-second": "Both gradients are the same: that of the second head.",
    "acc-first-lost": "The second gradient is right, and the first is zero.",
    "acc-sum-and-zero": "The first result is the sum of both gradients, and the second is zero.",
    "acc-towards-trunk": "Your gradients are those with respect to the trunk's result, not to x.",
    "acc-one-sum": "One gradient came back, and it is the sum of the two.",
    "acc-trunk-twice": "With a trunk that draws a random factor in each call, your two gradients have "
    "different factors.",
    "acc-left-off": "Before the call, x had `requires_grad=True`, and afterwards it has not.",
    "acc-all-off": "Before the call autograd was recording, and afterwards it records nothing at all.",
    "acc-no-record": "The values are right, and the result has `requires_grad=False`.",
    "acc-one-factor": "The values are those of one factor alone.",
    "acc-added": "The values are the sum of the two factors.",
    "acc-other-record": "The values are right, but going back from them, no gradient arrives at x.",
    "acc-both-ways": "The values are right. The gradient is that of the whole product.",
    "acc-no-operation": "With g(x) = x, the gradient is that of the whole product.",
    "acc-wrong-way": "The values are right. The gradient is that of g alone, times the value of f.",
    "acc-slope-of-one": "The values are those of the product. The gradient is that of one factor, as if the other had "
    "never been multiplied.",
    "acc-slope-differs": "The values are right, but the gradient differs from finite differences with g held constant.",
    "acc-crowded": "Your function asked for the loss of more examples than the largest micro-batch holds.",
    "acc-graphs-kept": "Your function asked for the loss of a micro-batch while the graph of an earlier one was still "
    "waiting for its backward pass.",
    "acc-equal-shares": "Your gradient is the plain average of the micro-batches' gradients.",
    "acc-means-added": "Your gradient is the sum of the micro-batches' gradients, each that of its own mean.",
    "acc-sum-not-mean": "Your gradient is that of the sum over all examples.",
    "acc-divided-by-all": "Each micro-batch's mean is divided by the number of all examples.",
    "acc-divided-by-batches": "The sum over all examples is divided by the number of micro-batches.",
    "acc-only-last-batch": "Your gradient comes from the last micro-batch alone.",
    "acc-emptied": "Every number is zero.",
    "acc-divided-by-size": "Each micro-batch's gradient is divided by the number of its examples.",
    "acc-no-memory": "Every step is the learning rate times the fresh gradient alone.",
    "acc-first-remembered": "Every step is like the first.",
    "acc-graph-used-up": "The gradient of the first result is there. The second backward pass finds no graph in the "
    "trunk.",
    "acc-whole-division": "With several micro-batches the result is zero, and with a single one it is right.",
    "acc-by-turns": "One walk by itself is right. Of two walks that were made by turns, one goes astray.",
    "acc-again": "A step was made again from where a walk had been, with what had been remembered there and another "
    "gradient. It leads elsewhere than these three say.",
    "acc-old-bucket": "Every step lacks the newest gradient.",
    "acc-rolls-up": "Every step has the right length and goes exactly the opposite way.",
    "acc-twice-poured": "Every step holds the newest gradient twice.",
    "acc-rate-missing": "The steps are right, but for the learning rate, which is missing.",
    "acc-rate-twice": "The steps are right, but for the learning rate, which is there twice.",
    "acc-friction": "Earlier gradients fade: each step holds less of them than it should.",
}

FRAGMENTS: dict[str, str] = {
    "random-x": "random x",
    "random-examples": "{count} random examples",
    "micro-batches": "micro-batches of {sizes}",
    "epochs": "{count} epochs",
    "moves": "the moves of {count} steps",
}

PASSED: dict[str, str] = {
    "apart": "✓ Each gradient stands by itself.",
    "trained": "✓ The weights and all the gradients are right.",
    "two_heads": "✓ Two gradients, one trunk, nothing mixed.",
    "quiet": "✓ The values are there, and nothing was recorded.",
    "one_way": "✓ The gradient flows through one factor only.",
    "micro_batches": "✓ Small batches add up to the large gradient.",
    "rolling": "✓ Your steps follow the forgetful loop.",
}
