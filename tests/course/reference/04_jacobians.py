"""Where lab 04_jacobians shows the rows of the reference."""

from tests.course.reference_rows import Row

ROWS = (
    Row("D: backward(v)", after="y: [", numbers=(2252.8, 2252.8, 2252.8)),
    Row("D: backward(v)", after="x.grad = [", numbers=(204.8, 2048, 0.2048)),
    Row("D: backward(v)", after="gradient of v·y: [", numbers=(204.8, 2048, 0.2048)),
    Row("A: backward(ones)", after="all at once: [", numbers=(0.6988, 2.2232, 1.9726, -8.0632)),
    Row("A: backward(ones)", after="one by one:  [", numbers=(0.6988, 2.2232, 1.9726, -8.0632)),
    Row("E: vector", after="y = [", numbers=(3, 7, 11, 15)),
    Row("E: vector", says="grad can be implicitly created only for scalar outputs"),
    Row("E: vector", says="row 0: [1, 2]\nrow 1: [3, 4]\nrow 2: [5, 6]\nrow 3: [7, 8]"),
    Row("E: vector", says="is_grads_batched  [[1, 2], [3, 4], [5, 6], [7, 8]]"),
    Row("E: vector", says="jacrev            [[1, 2], [3, 4], [5, 6], [7, 8]]"),
    Row("E: theory", after="slope by prediction: [", numbers=(-0.5, 0, 0.5, 1)),
    Row("E: theory", says="times X transposed:  [9, 10]\nautograd, from L:    [9, 10]"),
)
