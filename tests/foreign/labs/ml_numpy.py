"""Machine learning with NumPy: k-means, PCA, logistic regression and gradient checks, a decision stump class."""

# %% lesson
import numpy as np

rng = np.random.default_rng(0)
X = np.vstack([rng.normal(0, 0.5, (30, 2)), rng.normal(4, 0.5, (30, 2))])
y = np.repeat([0, 1], 30)

# %% answer kmeans
def kmeans(X, centers, n_iter=10):
    centers = centers.copy()
    for _ in range(n_iter):
        labels = ((X[:, None] - centers) ** 2).sum(-1).argmin(1)
        for k in range(len(centers)):
            if (labels == k).any():
                centers[k] = X[labels == k].mean(0)
    return centers, labels

# %% wrong
def kmeans(X, centers, n_iter=10):
    return centers, np.zeros(len(X), dtype=int)

# %% subtle
def kmeans(X, centers, n_iter=10):
    for _ in range(n_iter):
        labels = ((X[:, None] - centers) ** 2).sum(-1).argmin(1)
        for k in range(len(centers)):
            centers[k] = X[labels == k].mean(0)
    return centers, labels

# %% test kmeans 3
start = X[[0, 1]].copy()
centers, labels = kmeans(X, start)
assert labels.shape == (60,)
assert len(set(labels[:30])) == 1 and len(set(labels[30:])) == 1
np.testing.assert_allclose(np.sort(centers[:, 0]), [X[:30, 0].mean(), X[30:, 0].mean()])
np.testing.assert_array_equal(start, X[[0, 1]], err_msg="do not change the starting centers")

# %% answer pca
def pca(X, k):
    centered = X - X.mean(axis=0)
    U, S, Vt = np.linalg.svd(centered, full_matrices=False)
    return centered @ Vt[:k].T, Vt[:k], S[:k] ** 2 / (S ** 2).sum()

# %% wrong
def pca(X, k):
    return X[:, :k], np.eye(X.shape[1])[:k], np.ones(k)

# %% subtle
def pca(X, k):
    U, S, Vt = np.linalg.svd(X, full_matrices=False)
    return X @ Vt[:k].T, Vt[:k], S[:k] ** 2 / (S ** 2).sum()

# %% test pca 3
from sklearn.decomposition import PCA
scores, components, explained = pca(X, 1)
reference = PCA(1).fit(X)
assert scores.shape == (60, 1) and components.shape == (1, 2)
np.testing.assert_allclose(np.abs(components), np.abs(reference.components_))
np.testing.assert_allclose(explained, reference.explained_variance_ratio_)

# %% answer logistic
def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def loss_and_gradient(w, X, y):
    p = sigmoid(X @ w)
    loss = -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
    return loss, X.T @ (p - y) / len(y)

# %% wrong
def sigmoid(z):
    return z

def loss_and_gradient(w, X, y):
    return 0.0, np.zeros_like(w)

# %% subtle
def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def loss_and_gradient(w, X, y):
    p = sigmoid(X @ w)
    loss = -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
    return loss, X.T @ (p - y)

# %% test logistic 3
assert sigmoid(0) == 0.5
np.testing.assert_allclose(sigmoid(np.array([-1.0, 1.0])).sum(), 1)
w = np.array([0.3, -0.2])
loss, gradient = loss_and_gradient(w, X, y)
for i in range(2):
    e = np.zeros(2)
    e[i] = 1e-6
    numeric = (loss_and_gradient(w + e, X, y)[0] - loss_and_gradient(w - e, X, y)[0]) / 2e-6
    assert abs(numeric - gradient[i]) < 1e-5, f"component {i} of the gradient"

# %% answer stump
class Stump:
    def fit(self, X, y):
        best = -1
        for j in range(X.shape[1]):
            for t in X[:, j]:
                right = np.mean((X[:, j] > t) == y)
                if right > best:
                    best, self.feature, self.threshold = right, j, t
        return self

    def predict(self, X):
        return (X[:, self.feature] > self.threshold).astype(int)

    def score(self, X, y):
        return np.mean(self.predict(X) == y)

# %% wrong
class Stump:
    def fit(self, X, y):
        return self
    def predict(self, X):
        return np.zeros(len(X))

# %% subtle
class Stump:
    def fit(self, X, y):
        self.feature, self.threshold = 0, X[0, 0]

    def predict(self, X):
        return (X[:, self.feature] > self.threshold).astype(int)

    def score(self, X, y):
        return np.mean(self.predict(X) == y)

# %% test stump 2
stump = Stump().fit(X, y)
assert stump.score(X, y) == 1.0
assert stump.feature in (0, 1) and isinstance(stump.predict(X), np.ndarray)
flat = np.array([[0.0, 9.0], [0.0, 1.0], [0.0, 8.0]])
assert Stump().fit(flat, np.array([1, 0, 1])).feature == 1

# %% answer onehot
def one_hot(labels, k=None):
    labels = np.asarray(labels)
    out = np.zeros((labels.size, k or labels.max() + 1))
    out[np.arange(labels.size), labels] = 1
    return out

# %% wrong
def one_hot(labels, k=None):
    return labels

# %% subtle
def one_hot(labels, k=None):
    return np.eye(len(set(labels)))[labels]

# %% other
def one_hot(labels, k=None):
    return np.eye(k or max(labels) + 1)[np.array(labels)]

# %% test onehot 1
np.testing.assert_array_equal(one_hot([0, 2, 1]), np.eye(3)[[0, 2, 1]])
assert one_hot(np.array([1]), k=4).tolist() == [[0, 1, 0, 0]]
