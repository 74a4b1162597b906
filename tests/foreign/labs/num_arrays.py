"""NumPy: indexing, broadcasting, masks, dtypes, structured and masked arrays, views; several graded variables."""

# %% lesson
import numpy as np
np.random.seed(42)
image = np.random.randint(0, 256, size=(8, 8), dtype=np.uint8)
scores = np.array([[90, 80, 70], [60, 100, 50]])

# %% answer shapes
board = np.zeros((8, 8), dtype=int)
board[::2, 1::2] = 1
board[1::2, ::2] = 1
corner = board[-2:, -2:].copy()

# %% wrong
board = np.zeros((8, 8))
corner = board

# %% subtle
board = np.zeros((8, 8))
board[::2, ::2] = 1
board[1::2, 1::2] = 1
corner = board[:2, :2]

# %% test shapes 2
assert board.shape == (8, 8)
assert board.dtype.kind == "i", "use integers"
assert board.sum() == 32
assert board[0, 0] == 0 and board[0, 1] == 1
np.testing.assert_array_equal(corner, [[0, 1], [1, 0]])

# %% answer normalise
def standardize(X):
    return (X - X.mean(axis=0)) / X.std(axis=0)

# %% wrong
def standardize(X):
    return X

# %% subtle
def standardize(X):
    return (X - X.mean()) / X.std()

# %% test normalise 2
X = np.random.rand(20, 3) * [1, 10, 100]
Z = standardize(X)
np.testing.assert_allclose(Z.mean(axis=0), 0, atol=1e-12)
np.testing.assert_allclose(Z.std(axis=0), 1)
assert Z.shape == X.shape

# %% answer threshold
def threshold(img, t):
    out = img.copy()
    out[out < t] = 0
    out[out >= t] = 255
    return out

# %% wrong
def threshold(img, t):
    return img > t

# %% subtle
def threshold(img, t):
    img[img < t] = 0
    img[img >= t] = 255
    return img

# %% other
def threshold(img, t):
    return np.where(img < t, 0, 255).astype(img.dtype)

# %% test threshold 2
before = image.copy()
binary = threshold(image, 128)
assert binary.dtype == np.uint8
assert set(np.unique(binary)) <= {0, 255}
assert (binary == 255).sum() == (before >= 128).sum()
assert (image == before).all(), "the image was changed"

# %% answer distances
def distances(A, B):
    return np.sqrt(((A[:, None, :] - B[None, :, :]) ** 2).sum(axis=-1))

# %% wrong
def distances(A, B):
    return np.zeros((len(A), len(B)))

# %% subtle
def distances(A, B):
    return ((A[:, None, :] - B[None, :, :]) ** 2).sum(axis=-1)

# %% other
from scipy.spatial.distance import cdist
def distances(A, B):
    return cdist(A, B)

# %% test distances 2
A, B = np.random.rand(4, 3), np.random.rand(6, 3)
D = distances(A, B)
assert D.shape == (4, 6)
for i in range(4):
    for j in range(6):
        assert abs(D[i, j] - np.linalg.norm(A[i] - B[j])) < 1e-10

# %% answer masked
def mean_of_valid(values, missing=-999):
    return np.ma.masked_equal(values, missing).mean(axis=0)

# %% wrong
def mean_of_valid(values, missing=-999):
    return 0

# %% subtle
def mean_of_valid(values, missing=-999):
    return values.mean(axis=0)

# %% other
def mean_of_valid(values, missing=-999):
    v = np.where(values == missing, np.nan, values)
    return np.nanmean(v, axis=0)

# %% test masked 1
np.testing.assert_allclose(mean_of_valid(np.array([[1.0, -999], [3.0, 4.0]])), [2, 4])

# %% answer records
people = np.array([("Ada", 36, 1.65), ("Bo", 20, 1.80)], dtype=[("name", "U10"), ("age", "i4"), ("height", "f8")])
tallest = people[people["height"].argmax()]["name"]

# %% wrong
people = tallest = None

# %% subtle
people = np.array([("Ada", 36, 1.65), ("Bo", 20, 1.80)])
tallest = people[0][0]

# %% test records 2
assert people.dtype.names == ("name", "age", "height")
assert people["age"].mean() == 28
assert tallest == "Bo"

# %% answer best
ranking = np.argsort(scores.mean(axis=0))[::-1]
passed = (scores >= 60).all(axis=1)

# %% wrong
ranking = passed = np.zeros(3)

# %% subtle
ranking = np.argsort(scores.mean(axis=0))
passed = (scores > 60).all(axis=1)

# %% test best 1
assert ranking.tolist() == [1, 0, 2]
assert passed.tolist() == [True, False]
assert passed.dtype == bool
