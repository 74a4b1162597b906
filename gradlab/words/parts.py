"""Names for the parts of this course's surface, so that a diagnosis can point at one of them."""

TERMS = {
    "first": "the first term, sin x₁ · cos x₂",
    "second": "the second term, sin(x₁/2) · cos(x₂/2)",
    "whole": "the function as a whole",
}

COMPONENTS = ("∂f/∂x₁", "∂f/∂x₂")

ASPECTS = {
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
