"""scikit-learn-like classes: estimators and transformers of the student's own in clone, Pipeline, GridSearchCV; metrics, trees, callbacks."""

# %% lesson
import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin, clone
from sklearn.datasets import load_iris, make_blobs, make_classification
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score, train_test_split
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn import metrics

X, y = load_iris(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=0, stratify=y)

# %% answer knn
class KNN(ClassifierMixin, BaseEstimator):
    def __init__(self, k=3):
        self.k = k

    def fit(self, X, y):
        self.X_, self.y_ = np.asarray(X), np.asarray(y)
        self.classes_ = np.unique(self.y_)
        return self

    def predict_proba(self, X):
        d = ((np.asarray(X)[:, None] - self.X_) ** 2).sum(-1)
        nearest = self.y_[np.argsort(d, axis=1, kind="stable")[:, : self.k]]
        return (nearest[:, :, None] == self.classes_).mean(1)

    def predict(self, X):
        if not hasattr(self, "X_"):
            raise NotFittedError("call fit first")
        return self.classes_[self.predict_proba(X).argmax(1)]

# %% wrong
class KNN(ClassifierMixin, BaseEstimator):
    def __init__(self, k=3):
        self.k = k
    def fit(self, X, y):
        return self
    def predict(self, X):
        return np.zeros(len(X), dtype=int)

# %% subtle
class KNN:
    def __init__(self, k=3):
        self.k = k
    def fit(self, X, y):
        self.X_, self.y_ = X, y
    def predict_proba(self, X):
        return np.array([[np.mean(self.y_[np.argsort(np.linalg.norm(self.X_ - x, axis=1))[: self.k]] == c) for c in set(self.y_)] for x in X])
    def predict(self, X):
        return self.predict_proba(X).argmax(1)
    def score(self, X, y):
        return (self.predict(X) == y).mean()

# %% other
from sklearn.neighbors import KNeighborsClassifier
class KNN(KNeighborsClassifier):
    def __init__(self, k=3):
        super().__init__(n_neighbors=k)
        self.k = k
    def fit(self, X, y):
        self.n_neighbors = self.k
        return super().fit(X, y)

# %% test knn 4
model = KNN(k=5)
assert model.get_params()["k"] == 5
try:
    model.predict(X_test)
except NotFittedError:
    pass
else:
    assert False, "predict before fit"
assert model.fit(X_train, y_train) is model
assert model.score(X_test, y_test) > 0.9
proba = model.predict_proba(X_test)
assert proba.shape == (45, 3) and np.allclose(proba.sum(axis=1), 1)
copy = clone(model)
assert copy.k == 5 and copy is not model and not hasattr(copy, "classes_")
scores = cross_val_score(KNN(), X, y, cv=3)
assert scores.mean() > 0.9

# %% answer scaler
class MinMax(TransformerMixin, BaseEstimator):
    def __init__(self, low=0.0, high=1.0):
        self.low, self.high = low, high

    def fit(self, X, y=None):
        self.min_, self.max_ = X.min(axis=0), X.max(axis=0)
        return self

    def transform(self, X):
        scale = np.where(self.max_ > self.min_, self.max_ - self.min_, 1)
        return self.low + (X - self.min_) / scale * (self.high - self.low)

# %% wrong
class MinMax(TransformerMixin, BaseEstimator):
    def fit(self, X, y=None):
        return self
    def transform(self, X):
        return X

# %% subtle
class MinMax(TransformerMixin, BaseEstimator):
    def __init__(self, low=0.0, high=1.0):
        self.low, self.high = low, high
    def fit(self, X, y=None):
        return self
    def transform(self, X):
        return self.low + (X - X.min(0)) / (X.max(0) - X.min(0)) * (self.high - self.low)

# %% other
class MinMax(BaseEstimator):
    def __init__(self, low=0.0, high=1.0):
        self.low = low
        self.high = high
    def fit(self, X, y=None):
        self.min_ = np.min(X, 0)
        self.max_ = np.max(X, 0)
        return self
    def fit_transform(self, X, y=None):
        return self.fit(X).transform(X)
    def transform(self, X):
        width = self.max_ - self.min_
        width[width == 0] = 1
        return (X - self.min_) / width * (self.high - self.low) + self.low

# %% test scaler 3
s = MinMax(-1, 1)
Z = s.fit_transform(X_train)
assert Z.min() == -1 and Z.max() == 1
assert s.transform(X_train[:3]).shape == (3, 4)
assert np.allclose(s.transform(X_train.max(axis=0, keepdims=True)), 1)
assert np.isfinite(MinMax().fit_transform(np.ones((3, 2)))).all()
pipe = make_pipeline(MinMax(), KNN(k=1))
pipe.fit(X_train, y_train)
assert pipe.score(X_test, y_test) > 0.85
assert [name for name, _ in pipe.steps] == ["minmax", "knn"]
grid = GridSearchCV(Pipeline([("scale", MinMax()), ("knn", KNN())]), {"knn__k": [1, 5, 50]}, cv=3)
grid.fit(X_train, y_train)
assert grid.best_params_["knn__k"] in (1, 5)

# %% answer metrics
def confusion(y_true, y_pred):
    """The confusion matrix, and a dict of precision and recall for each class."""
    labels = np.unique(np.concatenate([y_true, y_pred]))
    m = np.array([[np.sum((y_true == a) & (y_pred == b)) for b in labels] for a in labels])
    with np.errstate(invalid="ignore"):
        report = {
            "precision": np.nan_to_num(np.diag(m) / m.sum(axis=0)),
            "recall": np.nan_to_num(np.diag(m) / m.sum(axis=1)),
        }
    return m, report

# %% wrong
def confusion(y_true, y_pred):
    return np.eye(3), {}

# %% subtle
def confusion(y_true, y_pred):
    n = max(y_true) + 1
    m = np.zeros((n, n))
    for a, b in zip(y_true, y_pred):
        m[b, a] += 1
    return m, {"precision": np.diag(m) / m.sum(0), "recall": np.diag(m) / m.sum(1)}

# %% other
def confusion(y_true, y_pred):
    m = metrics.confusion_matrix(y_true, y_pred)
    p, r, _, _ = metrics.precision_recall_fscore_support(y_true, y_pred, zero_division=0)
    return m, dict(precision=p, recall=r)

# %% test metrics 2
a, b = np.array([0, 0, 1, 1, 2, 2]), np.array([0, 1, 1, 1, 0, 0])
m, report = confusion(a, b)
np.testing.assert_array_equal(m, metrics.confusion_matrix(a, b))
np.testing.assert_allclose(report["recall"], [0.5, 1, 0])
np.testing.assert_allclose(report["precision"], [1 / 3, 2 / 3, 0])

# %% answer boundary
def best_threshold(model, X, y):
    """The threshold on predict_proba[:, 1] with the best F1."""
    p = model.predict_proba(X)[:, 1]
    candidates = np.unique(p)
    scores = [metrics.f1_score(y, p >= t) for t in candidates]
    return candidates[int(np.argmax(scores))], max(scores)

# %% wrong
def best_threshold(model, X, y):
    return 0.5, 1.0

# %% subtle
def best_threshold(model, X, y):
    p = model.predict_proba(X)[:, 0]
    scores = {t: metrics.f1_score(y, p >= t) for t in np.unique(p)}
    t = max(scores, key=scores.get)
    return t, scores[t]

# %% other
def best_threshold(model, X, y):
    p = model.predict_proba(X)[:, 1]
    precision, recall, t = metrics.precision_recall_curve(y, p)
    f = 2 * precision * recall / (precision + recall + 1e-300)
    return t[np.argmax(f[:-1])], f[:-1].max()

# %% test boundary 3
Xb, yb = make_classification(200, 5, flip_y=0.15, random_state=3)
clf = LogisticRegression().fit(Xb, yb)
t, f1 = best_threshold(clf, Xb, yb)
p = clf.predict_proba(Xb)[:, 1]
assert np.isclose(metrics.f1_score(yb, p >= t), f1)
assert f1 >= metrics.f1_score(yb, clf.predict(Xb))
class Fixed:
    def predict_proba(self, X):
        q = np.linspace(0, 1, len(X))
        return np.c_[1 - q, q]
t, f1 = best_threshold(Fixed(), np.zeros(5), np.array([0, 0, 0, 1, 1]))
assert f1 == 1 and t == 0.75

# %% answer kmeans
class KMeans(BaseEstimator):
    def __init__(self, n_clusters=2, n_iter=20, random_state=None, callback=None):
        self.n_clusters, self.n_iter = n_clusters, n_iter
        self.random_state, self.callback = random_state, callback

    def fit(self, X):
        rng = np.random.default_rng(self.random_state)
        self.cluster_centers_ = X[rng.choice(len(X), self.n_clusters, replace=False)]
        for i in range(self.n_iter):
            self.labels_ = self.predict(X)
            self.cluster_centers_ = np.array([
                X[self.labels_ == j].mean(0) if (self.labels_ == j).any() else c
                for j, c in enumerate(self.cluster_centers_)
            ])
            self.inertia_ = ((X - self.cluster_centers_[self.labels_]) ** 2).sum()
            if self.callback:
                self.callback(i, self.inertia_)
        return self

    def predict(self, X):
        return ((X[:, None] - self.cluster_centers_) ** 2).sum(-1).argmin(1)

# %% wrong
class KMeans(BaseEstimator):
    def __init__(self, n_clusters=2, n_iter=20, random_state=None, callback=None):
        self.n_clusters = n_clusters
    def fit(self, X):
        self.labels_ = np.zeros(len(X))
        return self

# %% subtle
class KMeans(BaseEstimator):
    def __init__(self, n_clusters=2, n_iter=20, random_state=None, callback=None):
        self.n_clusters, self.n_iter = n_clusters, n_iter
        self.random_state, self.callback = random_state, callback
    def fit(self, X):
        rng = np.random.default_rng(self.random_state)
        self.cluster_centers_ = rng.random((self.n_clusters, X.shape[1]))
        self.labels_ = self.predict(X)
        self.inertia_ = 0
        self.callback(0, 0)
        return self
    def predict(self, X):
        return np.argmin(((X[:, None] - self.cluster_centers_) ** 2).sum(-1), axis=1)

# %% test kmeans 3
Xk, yk = make_blobs(90, centers=[[0, 0], [8, 8], [-8, 8]], cluster_std=0.5, random_state=2)
history = []
best = min((KMeans(3, random_state=s, callback=lambda i, v: history.append(v)).fit(Xk) for s in range(5)), key=lambda m: m.inertia_)
assert metrics.adjusted_rand_score(yk, best.labels_) == 1
assert len(history) == 100
assert all(b <= a + 1e-9 for a, b in zip(history[:20], history[1:20]))
assert best.predict(np.array([[7.5, 8.5]])) == best.labels_[np.flatnonzero(yk == 1)[0]]
assert np.allclose(np.sort(best.cluster_centers_[:, 0]), [-8, 0, 8], atol=0.5)
