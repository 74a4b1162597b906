"""What the checks of lab 06_minimum say."""

from gradlab.words.explanations import Explanation

FINDINGS: dict[str, Explanation] = {
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
    "some-stand-still": Explanation(
        "some of the starts do not move",
        "Their values are no part of what was differentiated, or their rows are left out of the step.",
        "Which of the starts have a gradient that isn't zero? Print it right after `backward()`.",
    ),
    "bent-lengths": Explanation(
        "the steps have the right direction and lengths of their own",
        "The length of a gradient step is the learning rate times the length of the gradient. Yours follows "
        "another rule.",
        "Is the gradient changed between backward and the step: normalised, clipped, averaged?",
    ),
    "wrong-norms": Explanation(
        "some of the norms are different",
        "None of the usual slips fits. An entry belongs to one rate and one start: all the steps with that rate from "
        "that start, then the gradient where they end.",
        "Take one rate and one start, and compute that entry alone. Where does your table differ from it?",
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
}

OBSERVATIONS: dict[str, str] = {
    "wrong-beginning": "The first row of the path is not `start`.",
    "same-object": "All {rows} rows are equal, and none of them is `start`.",
    "some-stand-still": "{count} of {total} starts are where they were, although the gradient there isn't zero.",
    "growing": "After step 1 your path is right. "
    "At step 2 you moved {second} times as far as the gradient says, and {third} times at step 3.",
    "one-column": "{column} never changes, although the gradient has a component there.",
    "mean": "With {count} starts, each step is {count} times shorter than the gradient of its own start says.",
    "count-times": "With {count} starts, each step is {count} times longer than the gradient of its own start says.",
    "ratio": "Every step is {ratio} times as long as it should be.",
    "lengths": "The first steps are {first}, {second} and {third} times as long as they should be.",
    "first-wrong": "The very first step differs from what the gradient at the start says.",
    "later-wrong": "Up to step {before} your path is right. Step {step} is not.",
    "one-row-short-start": "There is one row too few, and it is the start that is missing.",
    "one-row-short-end": "There is one row too few, and it is the last point that is missing.",
    "late-by-one": "Each point appears one step too late: the second row still is the start.",
    "early-by-one": "The first row is already the point after step 1.",
    "one-step-short": "The end is where the descent stands one step earlier, and after one step it still is the start.",
    "new-leaf": "The result is a fresh tensor, with no link to the input.",
    "part-untracked": "Values agree with the formula, but for {term}, `backward()` finds no slope at all.",
    "gradient-differs": "Values agree with the formula, but {component} from `backward()` differs from finite "
    "differences.",
    "formula-part": "Your values fit at random points if one thing is different in {term}: {aspect}.",
    "values": "At random points your values differ from the formula by up to {distance}.",
    "term-factor": "In {component}, {term} comes out {ratio} times as large as its slope.",
    "term-sign": "In {component}, {term} has the opposite sign of its slope.",
    "term-missing": "In {component}, there is nothing from {term}.",
    "term-undifferentiated": "In {component}, {term} appears as it stands in f.",
    "negated": "Your result is the exact opposite of the slope, at every point.",
    "component": "{component} differs from finite differences at {count} of {total} random points.",
    "transposed": "The result has a row for each start and a column for each rate.",
    "starts-moved": "The first row is right. The second fits a descent that begins at the end of the first.",
    "fresh-starts": "Two calls with the same arguments gave different results.",
    "rate-ignored": "Every row fits the first rate.",
    "norm-before": "Your norms are those of one step earlier: the gradient before the last step, not at the end.",
    "norm-after": "Your norms are those of one step later.",
    "accumulated": "Your norms fit descents that move by the sum of all gradients so far.",
    "sweep-uphill": "Your norms fit descents that go the opposite way.",
    "sweep-mean": "Your norms fit descents whose gradient is divided by the {count} starts.",
    "squared-norm": "Each entry is the square of the norm.",
    "absolute-norm": "Each entry is the sum of the components' absolute values.",
    "largest-norm": "Each entry is the largest of the components' absolute values.",
    "value-of-f": "Each entry is the value of f where the descent ends.",
    "norm-ratio": "Every entry is {ratio} times the norm.",
    "norms": "{count} of {total} norms differ; the first is that of rate number {row} and start number {column}.",
    "least-curved": "Your number fits the direction in which the surface curves *least*.",
    "half": "Your number is half of what it should be, at every point tried.",
    "eigenvalue": "Your number is the curvature itself.",
    "upside-down": "Your number fits half of the curvature: the fraction is upside down.",
    "trace": "Your number fits the sum of all the curvatures.",
    "frobenius": "Your number fits the Hessian's norm as a table of numbers.",
    "diagonal": "Your number fits the Hessian's diagonal alone: it misses a valley that lies aslant.",
    "one-triangle": "Your number fits a Hessian of which one half was lost.",
    "rate-ratio": "Your number is {ratio} times what it should be, at every point tried.",
    "rate": "At a point with known curvature your number was off by {percent} %.",
    "farthest": "Your result names the minimum that is farthest away.",
    "manhattan": "Your result fits the sum of the horizontal and the vertical distance.",
    "largest-difference": "Your result fits the larger of the horizontal and the vertical distance.",
    "one-coordinate": "Your result fits the distance along {axis} alone.",
    "indices": "{count} of {total} points are given to another minimum.",
    "index-range": "There are {total} minima, and the result holds an index outside 0 … {last}.",
    "same-count": "With as many minima as points, point i is compared with minimum i alone.",
    "index-kind": "The result's type is {dtype}.",
    "axis": "There is an entry for each of the {minima} minima. There should be one for each of the {points} points.",
    "not-reduced": "There is still an entry for each pair of a point and a minimum.",
    "one-by-one": "{many} points take about {ratio} times as long as they need to.",
    "rate-over-limit": "The gradient's norm is still {norm}. Your rate is above the limit that the curvature there "
    "sets.",
    "still-moving": "The gradient's norm is still {norm} where the descent ends.",
}

PASSED: dict[str, str] = {
    "surface": "✓ Your f has the right values, and autograd can follow it.",
    "descent": "✓ Your path is right, step by step.",
    "unchanged": "✓ What you were given is as it was.",
    "sweep": "✓ Your gradient norms are right: same starts, every rate.",
    "end_point": "✓ The repaired descent ends where it should.",
    "descent_all": "✓ All starts arrive, together and where they should.",
    "gradient": "✓ Your gradient agrees with finite differences.",
    "largest_rate": "✓ Your largest learning rate agrees with the curvature.",
    "nearest": "✓ Every point found its nearest minimum.",
    "settled": "✓ The descent has come to rest.",
}

# Names for the parts of the surface of this lab, with which observations point at one of them.
TERMS: dict[str, str] = {
    "first": "the first term, sin x₁ · cos x₂",
    "second": "the second term, sin(x₁/2) · cos(x₂/2)",
    "whole": "the function as a whole",
}

COMPONENTS = ("∂f/∂x₁", "∂f/∂x₂")

ASPECTS: dict[str, str] = {
    "missing": "it seems to be missing",
    "sign": "its sign",
    "joined": "how it is joined to the first term",
    "functions": "which function is taken of x₁ and which of x₂",
    "factors": "how its two factors are put together",
    "first-argument": "what stands inside the function of x₁",
    "second-argument": "what stands inside the function of x₂",
    "arguments": "what stands inside its two functions",
    "halves": "what exactly is halved: the argument or the result",
}
