"""Statistics: from-scratch formulas against SciPy, simulation with seeds, a regression by hand, bootstrap, k-means."""

# %% lesson
import math
import pytest
import numpy as np
import pandas as pd
from scipy import stats
heights = [172, 180, 165, 174, 181, 169, 177]

# %% answer describe
def describe(values):
    n = len(values)
    mean = sum(values) / n
    variance = sum((v - mean) ** 2 for v in values) / (n - 1)
    ordered = sorted(values)
    median = ordered[n // 2] if n % 2 else (ordered[n // 2 - 1] + ordered[n // 2]) / 2
    return {"n": n, "mean": mean, "std": math.sqrt(variance), "median": median}

# %% wrong
def describe(values):
    return {"n": len(values), "mean": 0, "std": 0, "median": 0}

# %% subtle
def describe(values):
    return {"n": len(values), "mean": np.mean(values), "std": np.std(values), "median": np.median(values)}

# %% other
def describe(values):
    s = pd.Series(values)
    return pd.Series({"n": len(s), "mean": s.mean(), "std": s.std(), "median": s.median()})

# %% test describe 2
d = describe(heights)
assert d["n"] == 7
assert math.isclose(d["mean"], np.mean(heights))
assert math.isclose(d["std"], np.std(heights, ddof=1))
assert d["median"] == 174
assert describe([1, 2, 3, 10])["median"] == 2.5

# %% answer coins
def simulate_coins(n, seed):
    np.random.seed(seed)
    return np.random.randint(0, 2, n).mean()

# %% wrong
def simulate_coins(n, seed):
    return 0.5

# %% subtle
def simulate_coins(n, seed):
    return np.random.randint(0, 2, n).mean()

# %% test coins 2
assert simulate_coins(1000, 1) == simulate_coins(1000, 1)
assert simulate_coins(1000, 1) != simulate_coins(1000, 2)
assert abs(simulate_coins(10000, 3) - 0.5) < 0.02

# %% answer regression
def linear_fit(x, y):
    x, y = np.asarray(x), np.asarray(y)
    slope = ((x - x.mean()) * (y - y.mean())).sum() / ((x - x.mean()) ** 2).sum()
    return slope, y.mean() - slope * x.mean()

# %% wrong
def linear_fit(x, y):
    return 0, 0

# %% subtle
def linear_fit(x, y):
    x, y = np.asarray(x), np.asarray(y)
    slope = ((x - x.mean()) * (y - y.mean())).sum() / ((y - y.mean()) ** 2).sum()
    return slope, y.mean() - slope * x.mean()

# %% other
def linear_fit(x, y):
    result = stats.linregress(x, y)
    return result.slope, result.intercept

# %% test regression 2
np.random.seed(0)
x = np.random.rand(50)
y = 3 * x + 1 + np.random.randn(50) * 0.1
slope, intercept = linear_fit(x, y)
reference = stats.linregress(x, y)
assert slope == pytest.approx(reference.slope) and intercept == pytest.approx(reference.intercept)
np.testing.assert_allclose(linear_fit([0, 1, 2], [1, 3, 5]), (2, 1))

# %% answer test
def t_test(a, b, alpha=0.05):
    statistic, p = stats.ttest_ind(a, b, equal_var=False)
    return p < alpha, p

# %% wrong
def t_test(a, b, alpha=0.05):
    return False, 1

# %% subtle
def t_test(a, b, alpha=0.05):
    statistic, p = stats.ttest_ind(a, b)
    return p < alpha, p

# %% test test 2
rng = np.random.RandomState(3)
a, b = rng.normal(0, 1, 12), rng.normal(1.5, 4, 40)
significant, p = t_test(a, b)
assert math.isclose(p, stats.ttest_ind(a, b, equal_var=False).pvalue)
assert significant == (p < 0.05)

# %% answer bootstrap
def bootstrap_ci(values, n, rng, level=0.95):
    means = np.array([rng.choice(values, len(values)).mean() for _ in range(n)])
    low, high = np.percentile(means, [50 * (1 - level), 50 * (1 + level)])
    return low, high

# %% wrong
def bootstrap_ci(values, n, rng, level=0.95):
    return min(values), max(values)

# %% subtle
def bootstrap_ci(values, n, rng, level=0.95):
    means = np.array([rng.choice(values, len(values), replace=False).mean() for _ in range(n)])
    return tuple(np.percentile(means, [50 * (1 - level), 50 * (1 + level)]))

# %% test bootstrap 2
low, high = bootstrap_ci(np.array(heights), 500, np.random.default_rng(0))
assert low < np.mean(heights) < high
assert 4 < high - low < 12
assert bootstrap_ci(np.array(heights), 50, np.random.default_rng(1)) == bootstrap_ci(np.array(heights), 50, np.random.default_rng(1))

# %% answer bayes
class NaiveBayes:
    def fit(self, documents, labels):
        self.counts = {}
        for words, label in zip(documents, labels):
            for w in words.split():
                self.counts.setdefault(label, {}).setdefault(w, 0)
                self.counts[label][w] += 1
        return self

    def predict(self, document):
        vocabulary = {w for c in self.counts.values() for w in c}
        def score(label):
            c = self.counts[label]
            total = sum(c.values()) + len(vocabulary)
            return sum(math.log((c.get(w, 0) + 1) / total) for w in document.split())
        return max(self.counts, key=score)

# %% wrong
class NaiveBayes:
    def fit(self, documents, labels):
        return self
    def predict(self, document):
        return "spam"

# %% subtle
class NaiveBayes:
    def fit(self, documents, labels):
        self.words = {}
        for words, label in zip(documents, labels):
            self.words[label] = words.split()
        return self
    def predict(self, document):
        return max(self.words, key=lambda l: sum(w in self.words[l] for w in document.split()))

# %% test bayes 2
nb = NaiveBayes().fit(["free money now", "meeting at noon", "free offer", "lunch at noon"], ["spam", "ham", "spam", "ham"])
assert nb.predict("free money") == "spam"
assert nb.predict("lunch meeting") == "ham"
assert nb.predict("money money meeting") == "spam"
