"""scikit-learn: estimators fitted and scored, handed over by a test, pipelines, a student's own estimator class."""

# %% lesson
import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin, clone, is_classifier
from sklearn.datasets import load_iris, make_regression
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.metrics import accuracy_score, mean_squared_error
from sklearn.model_selection import cross_val_score, train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

iris = load_iris(as_frame=True)
X, y = iris.data, iris.target

# %% answer split
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=0, stratify=y)

# %% wrong
X_train = X_test = y_train = y_test = None

# %% subtle
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=0)

# %% test split 1
assert len(X_train) == 120 and len(X_test) == 30
assert y_test.value_counts().tolist() == [10, 10, 10]
assert X_train.columns.tolist() == X.columns.tolist()

# %% answer model
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=0, stratify=y)
model = LogisticRegression(max_iter=500).fit(X_train, y_train)
accuracy = model.score(X_test, y_test)

# %% wrong
model, accuracy = None, 1.0

# %% subtle
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=0, stratify=y)
model = LogisticRegression(max_iter=500)
accuracy = model.fit(X_train, y_train).score(X_train, y_train)

# %% other
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=0, stratify=y)
model = LogisticRegression(max_iter=500)
model.fit(X_train, y_train)
accuracy = accuracy_score(y_test, model.predict(X_test))

# %% test model 2
assert isinstance(model, LogisticRegression)
assert model.coef_.shape == (3, 4)
assert accuracy > 0.9
np.testing.assert_allclose(accuracy, model.score(X_test, y_test))
assert set(model.classes_) == {0, 1, 2}

# %% answer evaluate
def train_and_score(estimator, X, y):
    half = len(X) // 2
    estimator.fit(X[:half], y[:half])
    return mean_squared_error(y[half:], estimator.predict(X[half:]))

# %% wrong
def train_and_score(estimator, X, y):
    return 0.0

# %% subtle
def train_and_score(estimator, X, y):
    estimator.fit(X, y)
    half = len(X) // 2
    return mean_squared_error(y[half:], estimator.predict(X[half:]))

# %% test evaluate 2
A, b = make_regression(n_samples=60, n_features=3, noise=5.0, random_state=1)
reference = LinearRegression().fit(A[:30], b[:30])
expected = ((reference.predict(A[30:]) - b[30:]) ** 2).mean()
assert np.isclose(train_and_score(LinearRegression(), A, b), expected)
assert train_and_score(Ridge(alpha=1000.0), A, b) > expected

# %% answer pipeline
def make_model(k):
    return make_pipeline(StandardScaler(), KNeighborsClassifier(n_neighbors=k))

# %% wrong
def make_model(k):
    return KNeighborsClassifier()

# %% subtle
def make_model(k):
    return make_pipeline(KNeighborsClassifier(n_neighbors=k), StandardScaler())

# %% other
def make_model(k):
    return Pipeline([("scale", StandardScaler()), ("knn", KNeighborsClassifier(k))])

# %% test pipeline 2
pipe = make_model(3)
assert isinstance(pipe, Pipeline)
assert isinstance(pipe.steps[0][1], StandardScaler)
assert pipe.steps[-1][1].n_neighbors == 3
scores = cross_val_score(make_model(5), X, y, cv=3)
assert scores.mean() > 0.9

# %% answer own
class MajorityClassifier(ClassifierMixin, BaseEstimator):
    def fit(self, X, y):
        values, counts = np.unique(y, return_counts=True)
        self.majority_ = values[counts.argmax()]
        return self

    def predict(self, X):
        return np.full(len(X), self.majority_)

# %% wrong
class MajorityClassifier:
    pass

# %% subtle
class MajorityClassifier(ClassifierMixin, BaseEstimator):
    def fit(self, X, y):
        self.majority_ = max(y)

    def predict(self, X):
        return np.full(len(X), self.majority_)

# %% test own 3
clf = MajorityClassifier().fit(X[:60], y[:60])
assert (clf.predict(X[:5]) == 0).all()
assert clf.score(X[:60], y[:60]) == 50 / 60
assert isinstance(clf, BaseEstimator) and is_classifier(clf)
assert not hasattr(clone(clf), "majority_")
dummy = DummyClassifier().fit(X[:60], y[:60])
np.testing.assert_array_equal(clf.predict(X), dummy.predict(X))

# %% answer best
def best_k(X, y, ks):
    scores = {k: cross_val_score(KNeighborsClassifier(k), X, y, cv=5).mean() for k in ks}
    return max(scores, key=scores.get), scores

# %% wrong
def best_k(X, y, ks):
    return ks[0], {}

# %% subtle
def best_k(X, y, ks):
    scores = {k: KNeighborsClassifier(k).fit(X, y).score(X, y) for k in ks}
    return max(scores, key=scores.get), scores

# %% test best 2
k, scores = best_k(X, y, [1, 5, 100])
assert k == 5
assert set(scores) == {1, 5, 100}
assert all(0 <= s <= 1 for s in scores.values())
assert scores[100] < scores[1] < 1.0
