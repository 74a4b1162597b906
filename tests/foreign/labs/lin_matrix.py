"""Linear algebra with a Matrix class of the student's own that NumPy understands; results up to sign and order, hashes of rounded arrays."""

# %% lesson
import hashlib
import itertools
import numpy as np
from numpy.testing import assert_allclose, assert_array_equal, assert_raises
from scipy import linalg

A = np.array([[4.0, 1, 0], [1, 3, 1], [0, 1, 2]])

def fingerprint(a, digits=6):
    """A digest of an array, rounded; minus zero counts as zero."""
    return hashlib.sha1(np.ascontiguousarray(np.round(a, digits) + 0.0).tobytes()).hexdigest()[:10]

# %% answer matrix
class Matrix:
    """A matrix of lists that np.array() can read."""
    def __init__(self, rows):
        rows = [list(r) for r in rows]
        if len({len(r) for r in rows}) != 1:
            raise ValueError("rows of different lengths")
        self.rows = rows

    @property
    def shape(self):
        return len(self.rows), len(self.rows[0])

    @property
    def T(self):
        return Matrix(zip(*self.rows))

    def __getitem__(self, key):
        i, j = key
        return self.rows[i][j]

    def __setitem__(self, key, value):
        i, j = key
        self.rows[i][j] = value

    def __matmul__(self, other):
        if self.shape[1] != other.shape[0]:
            raise ValueError("shapes do not fit")
        return Matrix([[sum(a * b for a, b in zip(r, c)) for c in zip(*other.rows)] for r in self.rows])

    def __mul__(self, k):
        return Matrix([[k * a for a in r] for r in self.rows])

    __rmul__ = __mul__

    def __eq__(self, other):
        return isinstance(other, Matrix) and self.rows == other.rows

    def __array__(self, dtype=None, copy=None):
        return np.array(self.rows, dtype=dtype)

    @classmethod
    def identity(cls, n):
        return cls([[int(i == j) for j in range(n)] for i in range(n)])

# %% wrong
class Matrix:
    def __init__(self, rows):
        self.rows = rows

# %% subtle
class Matrix:
    def __init__(self, rows):
        self.rows = rows
    @property
    def shape(self):
        return len(self.rows), len(self.rows[0])
    @property
    def T(self):
        return Matrix([[r[j] for r in self.rows] for j in range(len(self.rows[0]))])
    def __getitem__(self, key):
        return self.rows[key[0]][key[1]]
    def __setitem__(self, key, value):
        self.rows[key[0]][key[1]] = value
    def __matmul__(self, other):
        return Matrix([[sum(self[i, k] * other[k, j] for k in range(len(self.rows))) for j in range(other.shape[1])] for i in range(self.shape[0])])
    def __mul__(self, k):
        return Matrix([[k * a for a in r] for r in self.rows])
    def __eq__(self, other):
        return self.rows == other.rows
    def __array__(self, dtype=None, copy=None):
        return np.array(self.rows, dtype=dtype)
    @staticmethod
    def identity(n):
        return Matrix(np.eye(n).tolist())

# %% other
class Matrix:
    def __init__(self, rows):
        data = [tuple(r) for r in rows]
        if any(len(r) != len(data[0]) for r in data):
            raise ValueError
        self._a = np.array(data)
    rows = property(lambda self: self._a.tolist())
    shape = property(lambda self: self._a.shape)
    T = property(lambda self: Matrix(self._a.T))
    def __getitem__(self, key):
        return self._a[key]
    def __setitem__(self, key, value):
        self._a[key] = value
    def __matmul__(self, other):
        return Matrix(self._a @ other._a)
    def __mul__(self, k):
        return Matrix(k * self._a)
    __rmul__ = __mul__
    def __eq__(self, other):
        return type(other) is Matrix and np.array_equal(self._a, other._a)
    def __array__(self, dtype=None, copy=None):
        return self._a.astype(dtype or self._a.dtype)
    @classmethod
    def identity(cls, n):
        return cls(np.identity(n, dtype=int))

# %% test matrix 4
m = Matrix([[1, 2], [3, 4], [5, 6]])
assert m.shape == (3, 2) and m[2, 1] == 6
assert m.T == Matrix([[1, 3, 5], [2, 4, 6]])
assert m @ Matrix.identity(2) == m
assert (m.T @ m).rows == [[35, 44], [44, 56]]
assert 2 * m == m * 2 == Matrix([[2, 4], [6, 8], [10, 12]])
m[0, 0] = 9
assert m.rows[0] == [9, 2]
assert_array_equal(np.array(m), [[9, 2], [3, 4], [5, 6]])
assert np.asarray(m, dtype=float).dtype == float
assert_raises(ValueError, Matrix, [[1], [1, 2]])
try:
    m @ m
except ValueError:
    pass
else:
    assert False, "3x2 times 3x2"

# %% answer gram
def gram_schmidt(V):
    """Orthonormalise the columns; a column that depends on those before it is left out."""
    Q = []
    for v in np.asarray(V, dtype=float).T:
        w = v - sum((q @ v) * q for q in Q)
        if np.linalg.norm(w) > 1e-10:
            Q.append(w / np.linalg.norm(w))
    return np.array(Q).T

# %% wrong
def gram_schmidt(V):
    return V / np.linalg.norm(V, axis=0)

# %% subtle
def gram_schmidt(V):
    Q = np.array(V, dtype=float)
    for k in range(Q.shape[1]):
        for j in range(k):
            Q[:, k] -= (Q[:, j] @ Q[:, k]) * Q[:, j]
        Q[:, k] /= np.linalg.norm(Q[:, k])
    return Q

# %% other
def gram_schmidt(V):
    V = np.array(V, dtype=float)
    keep = []
    for k in range(V.shape[1]):
        for j in keep:
            V[:, k] -= V[:, j] * (V[:, j] @ V[:, k])
        norm = np.sqrt(V[:, k] @ V[:, k])
        if norm > 1e-8:
            V[:, k] /= norm
            keep.append(k)
    return V[:, keep]

# %% another
def gram_schmidt(V):
    V = np.asarray(V, dtype=float)
    chosen = []
    for k in range(V.shape[1]):
        if np.linalg.matrix_rank(V[:, chosen + [k]]) == len(chosen) + 1:
            chosen.append(k)
    Q, R = np.linalg.qr(V[:, chosen])
    return Q * np.sign(np.diag(R))

# %% test gram 3
Q = gram_schmidt(A)
assert_allclose(Q.T @ Q, np.eye(3), atol=1e-10)
assert_allclose(np.abs(np.triu(Q.T @ A)), np.abs(Q.T @ A), atol=1e-9, err_msg="Q.T A is triangular")
assert fingerprint(gram_schmidt([[3, 1], [4, 7]])) == fingerprint(np.array([[0.6, -0.8], [0.8, 0.6]]))
assert gram_schmidt(np.array([[1, 2, 0], [1, 2, 1]])).shape == (2, 2)
assert A[0, 0] == 4

# %% answer eigen
def jacobi(S, tol=1e-12):
    """Eigenvalues in ascending order and eigenvectors of a symmetric matrix; LinAlgError if it is not symmetric."""
    S = np.array(S, dtype=float)
    if not np.allclose(S, S.T):
        raise np.linalg.LinAlgError("not symmetric")
    V = np.eye(len(S))
    while (off := np.abs(np.triu(S, 1))).max() > tol:
        p, q = np.unravel_index(off.argmax(), off.shape)
        angle = 0.5 * np.arctan2(2 * S[p, q], S[q, q] - S[p, p])
        J = np.eye(len(S))
        J[[p, q], [p, q]] = np.cos(angle)
        J[p, q], J[q, p] = np.sin(angle), -np.sin(angle)
        S, V = J.T @ S @ J, V @ J
    order = np.argsort(np.diag(S))
    return np.diag(S)[order], V[:, order]

# %% wrong
def jacobi(S, tol=1e-12):
    return np.diag(S), np.eye(len(S))

# %% subtle
def jacobi(S, tol=1e-12):
    w, V = np.linalg.eig(S)
    return w[::-1], V[:, ::-1]

# %% other
def jacobi(S, tol=1e-12):
    S = np.asarray(S)
    if (S != S.T).any():
        raise np.linalg.LinAlgError
    return linalg.eigh(S)

# %% test eigen 3
w, V = jacobi(A)
assert_allclose(w, np.linalg.eigvalsh(A), atol=1e-8)
for k in range(3):
    assert_allclose(A @ V[:, k], w[k] * V[:, k], atol=1e-6)
expected = np.linalg.eigh(A)[1]
signs = np.sign((V * expected).sum(axis=0))
assert_allclose(V * signs, expected, atol=1e-6)
with assert_raises(np.linalg.LinAlgError):
    jacobi(np.array([[1.0, 2], [0, 1]]))

# %% answer determinant
def det(a):
    """The determinant by its definition (Leibniz); an exact int for ints."""
    n = len(a)
    total = 0
    for p in itertools.permutations(range(n)):
        sign = (-1) ** sum(p[i] > p[j] for i in range(n) for j in range(i + 1, n))
        product = sign
        for i in range(n):
            product *= a[i][p[i]]
        total += product
    return total

# %% wrong
def det(a):
    return a[0][0] * a[1][1] - a[0][1] * a[1][0]

# %% subtle
def det(a):
    return np.linalg.det(a)

# %% other
def det(a):
    if not len(a):
        return 1
    return sum((-1) ** j * a[0][j] * det([[*row[:j], *row[j + 1 :]] for row in a[1:]]) for j in range(len(a)))

# %% test determinant 2
assert det([[2]]) == 2 and det([[1, 2], [3, 4]]) == -2
big = [[10**12, 1, 0], [3, 10**12, 5], [7, 0, 10**12]]
assert det(big) == 10**36 - 3 * 10**12 + 35
assert isinstance(det(big), int)
assert np.isclose(det(A), linalg.det(A))
