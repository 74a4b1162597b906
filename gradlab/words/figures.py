"""Every word that a figure shows: the one file to replace in a translation."""

STEP = "step"
STEP_SLIDER = "step: "
RATE_SLIDER = "learning rate η: "
ALL_RATES = "all"
PLAY = "▶ play"
PAUSE = "❚❚ pause"
HEIGHT = "f"
STARTS = "starts"
ENDS = "ends"
DESCENT = "descent {number}"
ELSEWHERE = "elsewhere: {share:.1f} %"
BASIN = "{number} at {place}: {share:.1f} %"
RATE = "η = {rate:g}"

CONTOUR = (
    "Contour map of f for x₁ from {left:g} to {right:g} and x₂ from {bottom:g} to {top:g}; the bluer, the lower. "
    "On this grid f is lowest, {lowest:.2f}, near {lowest_at} and highest, {highest:.2f}, near {highest_at}."
)
SURFACE = (
    "f as a surface over the square, x₁ from {left:g} to {right:g} and x₂ from {bottom:g} to {top:g}; the bluer, the "
    "lower. Its lowest point on this grid, {lowest:.2f}, lies near {lowest_at}, its highest, {highest:.2f}, near "
    "{highest_at}. Drag it to look from another side."
)
CURVE = (
    "Graph of f for x from {left:g} to {right:g}. On this grid f is lowest, {lowest:.2f}, near x = {lowest_at:.2f} and "
    "highest, {highest:.2f}, near x = {highest_at:.2f}."
)
TRAJECTORY = "One descent of {steps} steps from the circle to the diamond at {place}, where f = {height:.2f}."
TRAJECTORIES = (
    "{count} descents of {steps} steps each. Circles mark where they start, diamonds where they end. "
    "Number of different ends: {number}, namely {places}."
)
PLACE = "{place}, where f = {height:.2f}, {times}×"
MORE_PLACES = "and {count} more"
ANIMATION = (
    "The same start with {count} learning rates, one step in each frame. Move the sliders or press play. "
    "After the last step: {ends}."
)
ANIMATION_END = "η = {rate:g} stands at {place} with f = {height:.3f}"
PROGRESS = "{quantity} against {over}, one line for each choice. {lines}."
PROGRESS_LINE = "{name}: from {first:.2g} at 0 to {last:.2g} at {count}"
BASINS = (
    "Every point is coloured by the minimum in which a descent from it ends; the numbers stand on the minima. {shares}."
)
BASINS_SHARES = "Shares of the starts: {shares}"
BASINS_MARKED = "Dots mark the {share:.1f} % of all points shown for which {what}"

BAD_VALUES = "f gave shape {shape} for {count} points, but a figure needs one number for each point: shape ({count},)."
BAD_PATHS = (
    "paths has shape {shape}. A figure needs (steps + 1, d) for one descent or (n, steps + 1, d) for n of them, "
    "with d = 1 or 2."
)
BAD_LABELS = "labels has shape {shape}. A basin map needs a square or a rectangle of whole numbers, one for each point."
NO_CURVES = "There is nothing to draw: give at least one {what}."

EPOCH_SLIDER = "epochs: "
REGIONS_RIGHT = "{name}: {share:.0f} % right"
REGIONS = (
    "Decision regions after 0 to {last} epochs, one frame for each moment. Each example has the mark of its class "
    "({classes}), and each region the tint and the name of the class that is answered there. {told}."
)
REGIONS_ONE = (
    "{name}: {first:.0f} % right before and {last:.0f} % after training, when it answers {classes} in this picture"
)
BAD_REGIONS = (
    "The maps have shape {shape}. A figure needs one or two classifiers with two to at most four classes, and for "
    "each a list of {count} grids with a logit for each class."
)

ACCURACY_WIDTH = "width h of the measurement"
ACCURACY_ERROR = "relative error of the slope"
ACCURACY_BEST = "%{fullData.name}, lowest"
ACCURACY_LINE_KIND = "line, with an error for each width"
ACCURACY_LINE = "{name}: lowest near h = {width}, where the error is about {error}"
ACCURACY = (
    "Relative error of a measured slope against the width h, both on logarithmic axes, one line for each way to "
    "measure. Each is a V: too wide on the right, rounding noise on the left. Marks show the lowest points. {lines}."
)

# The graph of an engine of one's own
SLOPES = (
    "Computational graph of {count} values; on each of its {edges} edges stands × and the local slope. Above a value "
    "stands its number, below it its gradient: for each path to the result the product of the slopes, added up over "
    "all paths. {named}."
)
SLOPES_VALUE = "{name} = {value:.3g}, gradient {gradient:.3g}"
BAD_ORDER = "A value stands before one of its parents: the graph can be drawn from a topological order only."

# Paths and edges of a value that is added to itself again and again
DOUBLINGS_PATHS = "paths from x to the result"
DOUBLINGS_EDGES = "edges of the graph"
DOUBLINGS_COUNT = "number of doublings x = x + x"
DOUBLINGS_HOW_MANY = "how many"
DOUBLINGS_SLIDER = "doublings: "
DOUBLINGS = (
    "Above: a chain of values, each the one before it added to itself, so that two edges lead from each to the next. "
    "Below: the number of paths through the chain and the number of its edges, on a logarithmic axis. One doubling: "
    "2 paths, 2 edges. {count} doublings: {paths:,} paths, {edges} edges. Move the slider or press play."
)

RACE = (
    "{count} optimisers on one loss, all from {start}, {steps} steps each. Above: their paths; the bluer, the lower. "
    "Below: their losses, with a mark for the step that is shown. The first steps have a frame each and "
    "are enlarged, later ones are shown in growing strides. Move the slider or press play. At the end, the lowest "
    "first: {ends}."
)
RACE_LOSS = "loss above lowest"
RACE_END = "{name} at {place}, loss {height:.4g}"
BAD_RACE = "A race needs a path of shape (steps + 1, 2) for each optimiser: two parameters, one for each axis."

TANGENT_SLOPE = "slope {slope:.2f}"
TANGENT_SLIDER = "x = "
TANGENT = (
    "Graph of f for x from {left:g} to {right:g} with the tangent at one point; move the slider or press play. "
    "The tangent's slope is {first:.2f} at the left end and {last:.2f} at the right end; it is flattest, {flat:.2f}, "
    "at x = {flat_at:.2f}."
)

# Buckets that fill, and paths laid over one another
BUCKETS_START = "before the first backward"
BUCKETS_MOMENTS = ("backward", "step", "zeroing")
BUCKETS_LANES = ("emptied in each round", "never emptied")
BUCKETS_LEVEL = "what .grad holds"
BUCKETS_OLD = "from earlier rounds"
BUCKETS_NEW = "this round's gradient"
BUCKETS_ROUND = "round {number}: {moment}"
BUCKETS_NONE = ".grad is None"
BUCKETS_POURED = "backward adds {slope:.3g}"
BUCKETS_STEP = "the step reads {level:.3g}"
BUCKETS_EMPTIED = "emptied"
BUCKETS_KEPT = "not emptied"
BUCKETS_WEIGHT = "w = {weight:.4g}"
BUCKETS = (
    "Two loops with the same loss, a bucket for each, in {rounds} rounds of three moments: backward adds a gradient, "
    "the step reads the level, zeroing empties the left bucket only. What the steps read on the left: {emptied}; "
    "on the right: {kept}. At the end the weight is {emptied_end:.4g} on the left and {kept_end:.4g} on the right."
)
BUCKETS_NEGATIVE = "A bucket can't hold a negative gradient: choose a loss that grows, or a start on its other side."
OVERLAY = "{count} paths laid over one another: {ends}."
OVERLAY_END = "{name} ends at {place}"
OVERLAY_SAME = " Two of them are the same path: {first}, and {name}."
BAD_OVERLAY = "One to three paths of shape (steps + 1, 2) can be laid over one another, each with a name."

CHORD = "{kind}: {slope:.3f}"
CHORD_FORWARD = "forward"
CHORD_CENTRAL = "central"
CHORD_TANGENT = "tangent"
CHORD_SLIDER = "width h = "
CHORD_STEP = "with h = {width:g}, forward {forward:.3f} and central {central:.3f}"
CHORDS = (
    "Graph of f around x = {at:g} with its tangent, whose slope is {slope:.3f}, and two lines through points of the "
    "graph: forward, from the place to the right; central, from the left to the right. Move the slider or press play. "
    "Measured slopes: {steps}."
)

# A Jacobian that pushes forward and pulls back
PUSH_INPUTS = "inputs"
PUSH_OUTPUTS = "outputs"
PUSH_SLIDER = "angle of d: "
PUSH_AT = "{value:.2f} at {angle:.0f}°"
PUSH_PRODUCT = "{name} = {value:.2f}"
PUSH_PULLED_PRODUCT = "⟨Jᵀv, d⟩"
PUSH_PUSHED_PRODUCT = "⟨v, J d⟩"
PUSH = (
    "The Jacobian has the rows {rows}. Solid, with a dot: a direction d of length 1 on the left, pushed forward to "
    "J d on the right. Dashed, with a square: weights v of length 1 on the right, pulled back to Jᵀv on the left. "
    "d and v turn apart, in opposite directions and v twice as fast; J d and Jᵀv run around ellipses with half-axes "
    "{longest:.3g} and {shortest:.3g}. Above stand two numbers, ⟨Jᵀv, d⟩ on the left and ⟨v, J d⟩ on the right: they "
    "are equal at every position, {products}. Move the slider or press play."
)
BAD_PUSH = "This picture needs a Jacobian of two rows and two columns."
