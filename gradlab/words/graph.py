"""Every word that a drawn graph shows: the one file to replace in a translation."""

FORWARD = "forward"
BACKWARD = "backward"
STEP_SLIDER = "step: "
VALUE = "value"
GRADIENT = "gradient"
DESCRIPTION = (
    "Computational graph with {count} nodes, from the inputs on the left to the result on the right. Above a node "
    "stands its value, which the forward pass computes; below it, after ∂, the gradient of the result with respect to "
    "it, which the backward pass brings back; on an edge, after ×, the local slope. {inputs}; result {result}."
)
INPUT = "{name} = {value}, gradient {gradient}"
UNKNOWN = "?"
NOT_TRACKED = (
    "The result has no graph: nothing that leads to it requires a gradient. Did the computation leave torch, or run "
    "under torch.no_grad()?"
)
NOT_ONE_NUMBER = (
    "The result has shape {shape}. A graph with gradients needs one number: reduce it, for instance with .sum()."
)
NOT_A_TENSOR = "The computation gave {kind}, not a tensor."
TOO_LARGE = "The graph has more than {limit} nodes: too many to see anything. Draw a smaller computation."
SHAPE = "{shape} tensor"

SLOPE_ON_EDGE = "×{slope}"
NAMED = "{name} = {operation}"
POWER = "( ){exponent}"
RAISED = str.maketrans("0123456789-.", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻·")
"""How the digits of an exponent are written."""

OPERATIONS = {
    "Add": "+",
    "Sub": "−",
    "Rsub": "−",
    "Mul": "×",
    "Div": "÷",
    "Neg": "−( )",
    "Pow": "power",
    "Select": "pick",
    "Index": "pick",
    "Sum": "sum",
    "Mean": "mean",
    "Dot": "dot",
    "Mv": "matrix·vector",
    "Mm": "matrix·matrix",
    "Sqrt": "√",
    "Unbind": "unpack",
}
