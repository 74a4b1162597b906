"""Linear algebra: elimination, LU, power method, least squares; np.linalg forbidden in a test; sparse matrices."""

# %% lesson
import numpy as np
import scipy.linalg
import scipy.sparse as sp

# %% answer solve
def gauss(A, b):
    A, b = A.astype(float), b.astype(float)
    n = len(b)
    for k in range(n):
        p = k + np.argmax(abs(A[k:, k]))
        A[[k, p]], b[[k, p]] = A[[p, k]], b[[p, k]]
        for i in range(k + 1, n):
            m = A[i, k] / A[k, k]
            A[i, k:] -= m * A[k, k:]
            b[i] -= m * b[k]
    x = np.zeros(n)
    for i in range(n - 1, -1, -1):
        x[i] = (b[i] - A[i, i + 1:] @ x[i + 1:]) / A[i, i]
    return x

# %% wrong
def gauss(A, b):
    return b

# %% subtle
def gauss(A, b):
    A, b = A.astype(float), b.astype(float)
    n = len(b)
    for k in range(n):
        for i in range(k + 1, n):
            m = A[i, k] / A[k, k]
            A[i, k:] -= m * A[k, k:]
            b[i] -= m * b[k]
    x = np.zeros(n)
    for i in range(n - 1, -1, -1):
        x[i] = (b[i] - A[i, i + 1:] @ x[i + 1:]) / A[i, i]
    return x

# %% other
def gauss(A, b):
    return np.linalg.solve(A, b)

# %% test solve 2
rng = np.random.default_rng(1)
A, b = rng.random((5, 5)), rng.random(5)
A_copy, b_copy = A.copy(), b.copy()
np.testing.assert_allclose(gauss(A, b), np.linalg.solve(A, b))
assert np.array_equal(A, A_copy) and np.array_equal(b, b_copy), "do not change A and b"
np.testing.assert_allclose(gauss(np.array([[0.0, 1], [1, 1]]), np.array([2.0, 3])), [1, 2], err_msg="pivot")

# %% test solve-forbidden 1
original = np.linalg.solve
np.linalg.solve = lambda *args: (_ for _ in ()).throw(RuntimeError("np.linalg.solve is not allowed"))
try:
    np.testing.assert_allclose(gauss(2 * np.eye(3), np.ones(3)), [0.5] * 3)
finally:
    np.linalg.solve = original

# %% answer power
def power_method(A, n=500, seed=0):
    x = np.random.default_rng(seed).random(A.shape[0])
    for _ in range(n):
        x = A @ x
        x /= np.linalg.norm(x)
    return x @ A @ x, x

# %% wrong
def power_method(A, n=500, seed=0):
    return 0.0, np.ones(A.shape[0])

# %% subtle
def power_method(A, n=500, seed=0):
    x = np.random.default_rng(seed).random(A.shape[0])
    for _ in range(n):
        x = A @ x
        x /= np.linalg.norm(x)
    return np.linalg.norm(A @ x), x

# %% test power 2
A = np.diag([1.0, -5.0, 3.0])
value, vector = power_method(A)
assert np.isclose(value, -5)
assert np.isclose(np.linalg.norm(vector), 1)
np.testing.assert_allclose(np.abs(vector), [0, 1, 0], atol=1e-6)

# %% answer fit
def fit_polynomial(x, y, degree):
    V = np.vander(x, degree + 1, increasing=True)
    coefficients, *_ = np.linalg.lstsq(V, y, rcond=None)
    return coefficients

# %% wrong
def fit_polynomial(x, y, degree):
    return np.zeros(degree + 1)

# %% subtle
def fit_polynomial(x, y, degree):
    return np.polyfit(x, y, degree)

# %% other
def fit_polynomial(x, y, degree):
    return np.polynomial.polynomial.polyfit(x, y, degree)

# %% test fit 2
x = np.linspace(-1, 1, 30)
np.testing.assert_allclose(fit_polynomial(x, 1 + 2 * x - 3 * x ** 2, 2), [1, 2, -3], atol=1e-8)
rng = np.random.RandomState(0)
c = fit_polynomial(x, 2 * x + 0.01 * rng.randn(30), 1)
assert c.shape == (2,) and abs(c[1] - 2) < 0.05

# %% answer laplacian
def laplacian(n):
    return sp.diags([np.ones(n - 1), -2 * np.ones(n), np.ones(n - 1)], [-1, 0, 1], format="csr")

# %% wrong
def laplacian(n):
    return sp.eye(n, format="csr")

# %% subtle
def laplacian(n):
    return np.diag(-2 * np.ones(n)) + np.diag(np.ones(n - 1), 1) + np.diag(np.ones(n - 1), -1)

# %% test laplacian 2
L = laplacian(6)
assert sp.issparse(L), "use a sparse matrix"
assert L.nnz == 16
np.testing.assert_array_equal(L.toarray()[0], [-2, 1, 0, 0, 0, 0])
x = np.arange(6.0)
np.testing.assert_allclose((L @ x)[1:-1], 0)

# %% answer lu
def lu_solve_many(A, rhs):
    lu = scipy.linalg.lu_factor(A)
    return [scipy.linalg.lu_solve(lu, b) for b in rhs]

# %% wrong
def lu_solve_many(A, rhs):
    return rhs

# %% subtle
def lu_solve_many(A, rhs):
    P, L, U = scipy.linalg.lu(A)
    return [np.linalg.solve(U, np.linalg.solve(L, b)) for b in rhs]

# %% test lu 2
A = np.array([[0.0, 2.0], [1.0, 1.0]])
solutions = lu_solve_many(A, [np.array([2.0, 3.0]), np.array([0.0, 1.0])])
for x, b in zip(solutions, [[2, 3], [0, 1]]):
    assert np.allclose(A @ x, b)
assert len(solutions) == 2
