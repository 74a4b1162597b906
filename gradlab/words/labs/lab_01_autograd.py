"""What the checks of lab 01_autograd say."""

from gradlab.words.explanations import Explanation

FINDINGS: dict[str, Explanation] = {
    "value-as-slope": Explanation(
        "that is the value, not the slope",
        "The function was evaluated, and its value was returned.",
        "Which of your names stands for the value, and where does the slope lie after the backward pass?",
    ),
    "bucket-touched": Explanation(
        "somebody else's `.grad` has changed",
        "The slopes are right. But `x.grad` and `y.grad` belong to the caller, and they were written to on the way.",
        "Which of the three ways of section 1 returns slopes and writes nowhere?",
    ),
    "total-for-partials": Explanation(
        "the two slopes are added up",
        "A partial derivative says what happens if one variable moves and the other stays.",
        "How many numbers should come back? Where do two become one in your lines?",
    ),
    "one-partial-only": Explanation(
        "one of the two slopes is missing",
        "The function has two variables, and each has a slope of its own.",
        "For which tensors do you ask? What becomes of the answer, which is a tuple?",
    ),
    "guesses-missing": Explanation(
        "some letters have no guess",
        "The check needs one of the three words for each specimen.",
        "Compare the keys of your dictionary with the letters in the cell above.",
    ),
    "guesses-words": Explanation(
        "a guess is none of the three words",
        "The check knows `unwatched`, `leaf` and `result`, in small letters.",
        "Print your dictionary and read each value.",
    ),
    "watching-spreads": Explanation(
        "one watched input is enough",
        "A result is watched as soon as one of the tensors that it is computed from is, however many others are not.",
        "Look for a specimen in whose line something watched appears and is used outside `no_grad`.",
    ),
    "marked-afterwards": Explanation(
        "what counts is the moment of the marking",
        "A tensor that is marked when it is finished was not computed from anything watched, whatever was done before.",
        "In which specimens does the marking come last? What had been watched until then?",
    ),
    "never-marked": Explanation(
        "nobody asked for that one to be watched",
        "A tensor is watched because it was marked, or because it was computed from a watched one.",
        "For each specimen, find the place where watching begins. Is there one?",
    ),
    "difference-one-sided": Explanation(
        "you measure to one side only",
        "That is a usable slope, but not the central one: it looks from the place itself to one side.",
        "Mark the two points on the axis between which you measure. Does the place lie in the middle?",
    ),
    "run-wrong": Explanation(
        "the rise is right and the run is not",
        "The slope is the rise divided by the distance of the two points.",
        "Compute the distance of the two points for x = 1 and h = 0.1. What does your expression divide by, "
        "in the order in which Python computes?",
    ),
    "height-alone-divided": Explanation(
        "only one of the two heights is divided",
        "Python divides before it subtracts.",
        "Compute your expression for the heights 5 and 3 and a run of 2, in the order in which Python does it.",
    ),
    "half-width": Explanation(
        "your two points are too close together",
        "Some books take a central difference between x − h/2 and x + h/2. Here h is how far to go to *each* side.",
        "Read in the docstring what `h` is. How far apart are your points for h = 0.1?",
    ),
    "other-width": Explanation(
        "the slope is measured over another width",
        "The two points of a measurement lie h to the left and h to the right of the place. A kink between them is "
        "seen, and one outside is not.",
        "Between which two places do you measure at x = 1? How far from x does the task put them?",
    ),
    "measured-slope": Explanation(
        "the slope is measured, and not computed by autograd",
        "A measured slope comes from values of the function at two places. Autograd goes back through the operations "
        "at one place.",
        "At which places do you call f? What did the lesson do with a leaf and the result of f?",
    ),
    "width-ignored": Explanation(
        "the width that was given has no influence",
        "The result is the derivative itself, as from a formula, from autograd or from a width of your own.",
        "Where do you use `h`? Does the result change if it does?",
    ),
    "type-converted": Explanation(
        "the numbers have changed their type",
        "What is measured in float32 should stay float32: the picture below compares the two types.",
        "Print `dtype` of the places, of the heights and of the result.",
    ),
    "many-verdicts": Explanation(
        "there should be one verdict",
        "The claim is right or wrong as a whole, however many places were inspected.",
        "When does a claim that was inspected at many places deserve a yes? Which function of torch asks that?",
    ),
    "right-refused": Explanation(
        "a right derivative is refused",
        "A measured slope is never exact. Something else than the width's own error makes it differ, "
        "or no error at all is allowed.",
        "Print claim and measurement for sin and cos at a few places. How many digits agree, "
        "and how many do you ask for?",
    ),
    "verdict-inverted": Explanation(
        "the verdict is the wrong way round",
        "`True` must mean that the claim is right. Somewhere a question is asked the other way: whether the claim is "
        "off, and not whether it agrees.",
        "Read your last line aloud. For which claims does it say `True`?",
    ),
    "tolerance-signed": Explanation(
        "a right derivative of a falling function is refused",
        "A falling function has negative slopes. A tolerance must not be negative: how far a claim may be off depends "
        "on the size of the slope.",
        "Compute your tolerance for a slope of 5 and for one of −5. Which of the two can a claim meet?",
    ),
    "wrong-accepted": Explanation(
        "a wrong derivative is accepted",
        "The claim differs from the slope at every place, in size or in sign.",
        "Print what you compare, for a claim that is wrong. Does the claim enter at all?",
    ),
    "no-absolute-value": Explanation(
        "errors count to one side only",
        "A claim can be too large or too small, and one of the two was accepted.",
        "What is the sign of your difference if the claim is too small? And how does it compare with the tolerance?",
    ),
    "errors-cancel": Explanation(
        "errors at different places cancel",
        "The claim is too large at some places and too small at others, and it is their total that you look at.",
        "At which point do many numbers become one: before or after each of them has been judged?",
    ),
    "not-everywhere": Explanation(
        "a claim that is wrong at some places is accepted",
        "It is right at some of the places, and that is not enough.",
        "Does your inspector ask whether the claim is right somewhere or whether it is right everywhere? "
        "Does it look at each place?",
    ),
    "asks-autograd": Explanation(
        "the inspector believes autograd",
        "The slope was compared with what autograd says, and autograd can be wrong: it does not see what is hidden "
        "from it.",
        "Where does your inspector get the slope from that it trusts? Does it only need values of f?",
    ),
    "inspector-lenient": Explanation(
        "small errors slip through",
        "The claim is off by more than the task allows, and it is accepted.",
        "Write down your tolerance for a slope of 5, in digits. What does the task say? "
        "Defaults of library functions are not always what you want.",
    ),
    "one-scale-only": Explanation(
        "one tolerance does not fit all slopes",
        "An error of a millionth is nothing for a slope of a million, and everything for a slope of 0.",
        "Compute your tolerance for a slope of 0 and for one of 1,000,000. The task names two parts: are both there?",
    ),
    "digits-lost": Explanation(
        "some of the digits were lost on the way",
        "A number that has been through float32 keeps its seven digits, whatever it is converted to afterwards.",
        "Print `dtype` line by line, from the place to the result. Is it float64 everywhere?",
    ),
    "nan-passes": Explanation(
        "a slope that is no number is called right",
        "Every comparison with NaN gives False. Whoever asks whether an error is too large gets no for an answer, and "
        "takes the slope for a right one.",
        "Which question do you ask of each place, and what is its answer for NaN? What should it be?",
    ),
    "verdict-turned": Explanation(
        "the verdicts are the wrong way round",
        "`True` must mean that autograd is wrong at that place.",
        "Read your last line aloud. At which places does it say `True`?",
    ),
    "slope-from-autograd": Explanation(
        "autograd is compared with itself",
        "A slope that is wrong agrees with itself at every place. One of the two sides must be measured, from values "
        "of f alone.",
        "Where do your two slopes come from? Which of your lines would notice a wrong one?",
    ),
    "right-slope-called-wrong": Explanation(
        "a right slope is called wrong",
        "The function is smooth, and autograd's slope is right. Either the measurement is bad, or too little error is "
        "allowed.",
        "Print both slopes of sin at 1. How many digits agree, and how many does the task ask for? Is the width right?",
    ),
    "one-for-all-places": Explanation(
        "each place should have its own verdict",
        "Autograd can be right at one place and wrong at the next.",
        "At which point do many numbers become one in your lines?",
    ),
    "no-truth-values": Explanation(
        "the verdicts are no truth values",
        "For each place the answer is yes or no.",
        "Print what you return. Is it the error itself, or a judgement about it?",
    ),
    "other-branch": Explanation(
        "the branch that ran is another one",
        "The program has two branches, and only one of them runs. Its last y decides which one, not the x that it "
        "began with.",
        "Print x, the last y, and the branch that your function takes. Which one does the program take for this y?",
    ),
    "outer-not-at-inner": Explanation(
        "the outer derivative is taken at another place",
        "The chain rule is outer′(inner) · inner′. What goes into the branch is y after the last round.",
        "Which number stands inside your outer derivative?",
    ),
    "rounds-counted": Explanation(
        "the loop makes another number of rounds",
        "How often y is tripled depends on x, and each round triples the slope as well.",
        "For x = 0.5, write down y after each round, and beside it the slope of y.",
    ),
    "target-ignored": Explanation(
        "the target that was given has no influence",
        "The lesson had a target of 10, and the function should work for any.",
        "Which number should change in your formula if somebody calls it with the target 3?",
    ),
    "pulse-rule": Explanation(
        "a product is differentiated in another way",
        "If both factors depend on x, a small change of x changes the product twice: once through each factor.",
        "Try your rule on x · x, whose slope you know.",
    ),
    "gradient-of-other": Explanation(
        "that is the gradient for the other tensor",
        "The error depends on the weights and on the inputs, and it has a gradient for each of them.",
        "What may be turned here, and what is given? Which of them is held fixed when you differentiate?",
    ),
    "prediction-not-summed": Explanation(
        "each entry has an error of its own",
        "The prediction is one number, the sum over all entries, so there is only one thing that can be missing.",
        "Print the shape of what you call the prediction.",
    ),
}

OBSERVATIONS: dict[str, str] = {
    "slope-none": "A slope that should be a number is None.",
    "value-as-slope": "The result is the value of the function.",
    "slope-poured": "The result is {times} times the slope: as much as `.grad` holds after {times} backward passes.",
    "bucket-poured": "The result is the slope plus what had been in `.grad` before.",
    "bucket-touched": "After the call, `x.grad` or `y.grad` is not what it was.",
    "partials-swapped": "The first number is the slope for y, the second the slope for x.",
    "partials-total": "The result is the sum of both slopes.",
    "one-partial-only": "The result is the slope for {name} and nothing else.",
    "one-partial-twice": "Both numbers are the slope for {name}.",
    "partials-zero": "The slope for {name} is 0, although f depends on it.",
    "guesses-kind": "The check expected a dictionary and was given {kind}.",
    "guesses-missing": "{count} of the {total} letters are missing.",
    "guesses-words": "{count} of your guesses are another word.",
    "guesses-wrong": "PyTorch sees {count} of the {total} specimens in another way. This is about one of them.",
    "depth-waves": "The sea bed's share of the gradient is right, and the waves have none.",
    "depth-bed": "The waves' share of the gradient is right, and the sea bed has none.",
    "depth-sum": "The shares of waves and bed are right, and they are joined by another sign.",
    "depth-swapped": "The first number is the slope along x₂, the second the slope along x₁.",
    "depth-other-axis": "The waves run along the other axis.",
    "depth-both-axes": "There are waves along both axes.",
    "depth-digits": "The gradient is float64, and only its first seven digits or so are right.",
    "depth-precision": "The gradient should be in float64, and it is {dtype}.",
    "one-sided-right": "Your numbers are the slopes from the place to the right.",
    "one-sided-left": "Your numbers are the slopes from the left to the place.",
    "run-half": "Your slopes are twice as large as they should be, at every place.",
    "run-precedence": "The smaller the width, the smaller your numbers: they are multiplied by it.",
    "run-missing": "Your numbers are the rise alone.",
    "run-two": "Your numbers are half of the rise, whatever the width.",
    "run-one-sided": "The rise goes from the place to the right, and the run from the left to the right.",
    "height-alone-divided": "Your numbers fit f(x + h) minus a quotient: the first height is not divided.",
    "half-width": "Your slopes are measured between two points that lie h apart.",
    "width-ignored": "With a width of 0.7 there should be a clear error, and there is none.",
    "type-converted": "The places are {given}, the slopes are {dtype}.",
    "places-converted": "The places are {given}, and f was given another type.",
    "measured-slope": "A function hides a factor from autograd, and your slope is not the one that autograd gives.",
    "kink-one-side": "At the kink of |x|, where autograd and the mean of both sides say 0, your function called that "
    "slope wrong.",
    "kink-from-afar": "Five widths away from the kink of |x|, your function called autograd's slope wrong.",
    "nearly-flat-wrong": "Where a function is nearly flat and the measurement off by half a millionth, your function "
    "called autograd's slope wrong.",
    "bent-called-wrong": "Where the slope is 0 and the measurement off by 0.0003, your function called autograd's "
    "slope wrong.",
    "ramp-called-right": "Where autograd says 0 and the measurement 0.003, your function called that slope right.",
    "infinite-called-right": "A root is infinitely steep at 0, and your function called that slope right.",
    "rounds-at-most": "Your numbers fit a loop that ends after round {count}, and some x need more rounds.",
    "verdict-kind": "The check expected True or False and was given {kind}.",
    "many-verdicts": "Your inspector gave {count} answers.",
    "right-refused": "The check claimed the right slope of a sine, and your inspector said no.",
    "verdict-inverted": "Your inspector said no to the right slope of a sine, and yes to slopes that were off by 0.3 "
    "everywhere.",
    "falling-refused": "The check claimed the right slope of a sine that falls at most places, and your inspector said "
    "no.",
    "one-place-wrong": "The check claimed slopes that were off by 0.3 at one single place and right at the others, and "
    "your inspector said yes.",
    "wrong-accepted": "The check claimed slopes that were off by 0.3 everywhere, and your inspector said yes.",
    "sign-accepted": "The check claimed the slope with the wrong sign, and your inspector said yes.",
    "one-side-accepted": "The check claimed a slope that was off by 0.3 to one side everywhere, and your inspector "
    "said yes.",
    "errors-cancel": "The check claimed slopes that were 0.3 too large on the left and 0.3 too small on the right, and "
    "your inspector said yes.",
    "not-everywhere": "The check claimed slopes that were right in one half and off by 0.3 in the other, and your "
    "inspector said yes.",
    "asks-autograd": "For a function that hides a factor from autograd, your inspector agreed with autograd and not "
    "with the values.",
    "inspector-lenient": "The check claimed slopes near 5 that were off by six millionths of their size, and your "
    "inspector said yes.",
    "large-slopes": "The check claimed the right slopes of a sine that is a hundred million high, and your inspector "
    "said no.",
    "zero-slope": "The check claimed a slope that was off by less than a millionth where the function is flat, and "
    "your inspector said no.",
    "steep-and-flat": "The check claimed slopes that were off by 0.0001 at two places, one flat and one steep, and "
    "your inspector said yes.",
    "nan-passes": "The kink and the lost digits were found, and no place where autograd says NaN.",
    "verdict-turned": "Your verdict was `False` where autograd is wrong, and `True` where it is right.",
    "nothing-found": "Your function found no place at all, also where autograd is wrong by far.",
    "nan-only": "Your function found the places where autograd says NaN, and no other.",
    "hidden-called-right": "A function hides one of its factors from autograd, and your function did not notice.",
    "one-side-found": "Your function found the places where autograd's slope is off to one side, and not those where "
    "it is off to the other.",
    "smooth-called-wrong": "For a sine of height 1, your function said that autograd is wrong.",
    "steep-called-wrong": "For a sine that is ten million high, your function said that autograd is wrong.",
    "places-differ": "At {count} of {total} places, your verdict is another one.",
    "one-for-all-places": "There were {count} places, and one answer came back.",
    "no-truth-values": "{count} of the answers are neither `True` nor `False`.",
    "other-branch": "Your number fits the branch that does not run for this x.",
    "both-branches": "Your number is the sum of the slopes of both branches.",
    "rounds-forgotten": "Your number is the derivative of the branch alone, as if y did not depend on x.",
    "outer-at-start": "Your number fits if the derivative of a branch is taken at x itself.",
    "rounds-fixed": "Your number fits two rounds, and for this x the program makes another number of them.",
    "rounds-one-more": "Your number fits one round more than the program makes.",
    "rounds-one-less": "Your number fits one round fewer than the program makes.",
    "rounds-added": "Your number fits if each round adds to the slope.",
    "pulse-power": "Your slopes fit the rule for powers, applied to the exponential.",
    "pulse-inner": "Your slopes fit if −x/2 inside the exponential is treated like x.",
    "pulse-inner-sign": "Your slopes fit if the inside of the exponential is taken for +x/2.",
    "pulse-inner-half": "Your slopes fit if the inside of the exponential is taken for −x.",
    "pulse-product": "Your slopes fit the product of the two factors' derivatives, or one of them alone.",
    "pulse-one-term": "Your slopes fit if only one of the two factors changes.",
    "error-no-inputs": "Your result is one and the same number for every weight, whatever its input is.",
    "error-minus": "Your result is the exact opposite of the gradient.",
    "error-no-outer": "Your result has the size that the gradient of the error without its square would lead to: half.",
    "error-ten": "Your result fits a target of 10, whatever target is given.",
    "error-plus": "Your result fits the sum of target and prediction, not their difference.",
    "error-still-squared": "Your result fits an error that is still squared after it was differentiated.",
    "error-other-variable": "Your result is the gradient with respect to x.",
    "error-each": "Your result fits a prediction for each entry alone, w₁x₁, w₂x₂, …, each compared with the target.",
    "error-mean": "Your result fits a prediction that is the mean of the products, not their sum.",
    "error-mean-gradient": "Your result is the gradient divided by the number of weights.",
}

FRAGMENTS: dict[str, str] = {
    "random-place": "a random place",
    "random-place-x-y": "a random place (x, y)",
    "random-places": "random places",
    "random-weights-and-inputs": "random weights and inputs",
    "sample-function": "a sample function",
}

PASSED: dict[str, str] = {
    "slope_at": "✓ Your slopes are right, at whole numbers too.",
    "partial_derivatives": "✓ Both slopes are right, and each `.grad` is as it was.",
    "specimen_guesses": "✓ You see all eight specimens as PyTorch does.",
    "sea_depth": "✓ Your repaired gradient counts the waves and the bed.",
    "central_difference": "✓ Your central differences are right.",
    "inspection": "✓ Your inspector accepts what is right and nothing else.",
    "autograd_inspected": "✓ You find every place where autograd is wrong.",
    "run_slope": "✓ Your slope takes the way that the program takes.",
    "pulse_slope": "✓ Your slope of the pulse is right.",
    "squared_error_gradient": "✓ Your gradient of the squared error is right.",
}
