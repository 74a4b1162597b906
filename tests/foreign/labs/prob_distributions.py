"""Probability with scipy.stats: frozen distributions as answers and arguments, tests' results, simulation, likelihoods, Markov chains."""

# %% lesson
import numpy as np
import pandas as pd
import scipy.stats as st
from scipy import optimize, special
import matplotlib.pyplot as plt

rng = np.random.default_rng(2024)
heights = st.norm(170, 8).rvs(50, random_state=1)

# %% answer frozen
# A fair die and a waiting time with mean 4.
die = st.randint(1, 7)
waiting = st.expon(scale=4)
p_wait = waiting.sf(6)

# %% wrong
die = [1, 2, 3, 4, 5, 6]
waiting = st.expon(4)
p_wait = 0.5

# %% subtle
die = st.randint(1, 6)
waiting = st.expon(scale=1 / 4)
p_wait = waiting.cdf(6)

# %% other
die = st.rv_discrete(values=(range(1, 7), [1 / 6] * 6))
waiting = st.gamma(1, scale=4)
p_wait = np.exp(-6 / 4)

# %% test frozen 3
assert np.isclose(die.mean(), 3.5) and np.isclose(die.pmf(6), 1 / 6)
assert die.cdf(0) == 0
assert np.isclose(waiting.mean(), 4) and np.isclose(waiting.var(), 16)
assert np.isclose(p_wait, 0.22313016)
sample = die.rvs(size=1000, random_state=0)
assert set(np.unique(sample)) == set(range(1, 7))

# %% answer ci
def confidence_interval(data, level=0.95):
    """The t interval for the mean."""
    data = np.asarray(data)
    return st.t.interval(level, len(data) - 1, loc=data.mean(), scale=st.sem(data))

# %% wrong
def confidence_interval(data, level=0.95):
    return min(data), max(data)

# %% subtle
def confidence_interval(data, level=0.95):
    m, s = np.mean(data), np.std(data) / np.sqrt(len(data))
    z = st.norm.ppf((1 + level) / 2)
    return m - z * s, m + z * s

# %% other
def confidence_interval(data, level=0.95):
    n, m, s = len(data), np.mean(data), np.std(data, ddof=1)
    t = st.t(df=n - 1).ppf([(1 - level) / 2, (1 + level) / 2])
    return m + t * s / n ** 0.5

# %% another
def confidence_interval(data, level=0.95):
    return st.ttest_1samp(data, 0).confidence_interval(level)

# %% test ci 2
low, high = confidence_interval(heights)
assert low < heights.mean() < high
np.testing.assert_allclose([low, high], st.t.interval(0.95, 49, heights.mean(), st.sem(heights)))
a, b = confidence_interval([1, 2, 3, 4], 0.5)
assert np.isclose(b - a, 2 * st.t.ppf(0.75, 3) * st.sem([1, 2, 3, 4]))

# %% answer hypothesis
def compare_groups(a, b, alpha=0.05):
    """Welch's test: the result object, and whether the difference is significant."""
    result = st.ttest_ind(a, b, equal_var=False)
    return result, bool(result.pvalue < alpha)

# %% wrong
def compare_groups(a, b, alpha=0.05):
    return None, True

# %% subtle
def compare_groups(a, b, alpha=0.05):
    result = st.ttest_ind(a, b)
    return result, bool(result.pvalue < alpha)

# %% other
from collections import namedtuple
Result = namedtuple("Result", "statistic pvalue")
def compare_groups(a, b, alpha=0.05):
    a, b = np.array(a), np.array(b)
    va, vb = a.var(ddof=1) / len(a), b.var(ddof=1) / len(b)
    t = (a.mean() - b.mean()) / np.sqrt(va + vb)
    df = (va + vb) ** 2 / (va ** 2 / (len(a) - 1) + vb ** 2 / (len(b) - 1))
    p = 2 * st.t.sf(abs(t), df)
    return Result(t, p), p < alpha

# %% test hypothesis 3
g = np.random.default_rng(5)
a, b = g.normal(0, 1, 30), g.normal(1, 3, 12)
res, significant = compare_groups(a, b)
expected = st.ttest_ind(a, b, equal_var=False)
assert np.isclose(res.statistic, expected.statistic)
assert np.isclose(res.pvalue, expected.pvalue)
assert res[1] == res.pvalue
assert significant == (expected.pvalue < 0.05)
assert compare_groups(a, a + 5)[1]

# %% answer mle
def log_likelihood(theta, data):
    """Log-likelihood of a Poisson sample."""
    return np.sum(st.poisson.logpmf(data, theta))

def mle(loglik, data, bounds=(1e-3, 50)):
    """Maximise loglik(theta, data) over theta."""
    return optimize.minimize_scalar(lambda t: -loglik(t, data), bounds=bounds, method="bounded")

# %% wrong
def log_likelihood(theta, data):
    return theta
def mle(loglik, data, bounds=(1e-3, 50)):
    return np.mean(data)

# %% subtle
def log_likelihood(theta, data):
    return st.poisson.logpmf(data, theta).mean()
def mle(loglik, data, bounds=(1e-3, 50)):
    return optimize.minimize_scalar(lambda t: loglik(t, data), bounds=bounds, method="bounded")

# %% other
def log_likelihood(theta, data):
    data = np.asarray(data)
    return (data * np.log(theta) - theta - special.gammaln(data + 1)).sum()
def mle(loglik, data, bounds=(1e-3, 50)):
    f = lambda t: -loglik(t[0], data)
    r = optimize.minimize(f, x0=[np.mean(bounds)], bounds=[bounds])
    return optimize.OptimizeResult(x=r.x[0], success=r.success, fun=r.fun)

# %% test mle 3
counts = np.array([3, 5, 4, 2, 6])
assert np.isclose(log_likelihood(4.0, counts), st.poisson(4).logpmf(counts).sum())
fit = mle(log_likelihood, counts)
assert fit.success
assert abs(fit.x - counts.mean()) < 1e-2
assert abs(-fit.fun - log_likelihood(4.0, counts)) < 1e-3
bern = lambda p, d: np.sum(st.bernoulli.logpmf(d, p))
assert abs(mle(bern, [1, 0, 1, 1], bounds=(0.01, 0.99)).x - 0.75) < 1e-2

# %% answer metropolis
def metropolis(log_density, x0, n, step, rng):
    """A sample of n states."""
    x, lp = x0, log_density(x0)
    out = np.empty(n)
    accepted = 0
    for i in range(n):
        y = x + rng.normal(0, step)
        lq = log_density(y)
        if np.log(rng.random()) < lq - lp:
            x, lp = y, lq
            accepted += 1
        out[i] = x
    return out, accepted / n

# %% wrong
def metropolis(log_density, x0, n, step, rng):
    return rng.normal(size=n), 1.0

# %% subtle
def metropolis(log_density, x0, n, step, rng):
    x = x0
    out = []
    for i in range(n):
        y = x + rng.normal(0, step)
        if rng.random() < log_density(y) / log_density(x):
            x = y
            out.append(x)
    return np.array(out), len(out) / n

# %% other
def metropolis(log_density, x0, n, step, rng):
    steps, logs = rng.standard_normal(n) * step, np.log(rng.uniform(size=n))
    chain = [x0]
    for s, u in zip(steps, logs):
        chain.append(chain[-1] + s if u < log_density(chain[-1] + s) - log_density(chain[-1]) else chain[-1])
    chain = np.array(chain)
    return chain[1:], np.mean(chain[1:] != chain[:-1])

# %% test metropolis 3
chain, rate = metropolis(st.norm(3, 1).logpdf, 0.0, 4000, 2.0, np.random.default_rng(0))
assert chain.shape == (4000,)
assert 0.2 < rate < 0.8
assert abs(chain[500:].mean() - 3) < 0.2 and abs(chain[500:].std() - 1) < 0.2
again, _ = metropolis(st.norm(3, 1).logpdf, 0.0, 4000, 2.0, np.random.default_rng(0))
assert np.array_equal(chain, again)

# %% answer markov
class MarkovChain:
    def __init__(self, P, states=None):
        self.P = np.asarray(P, dtype=float)
        if not np.allclose(self.P.sum(axis=1), 1):
            raise ValueError("rows must sum to one")
        self.states = list(states) if states is not None else list(range(len(self.P)))

    def stationary(self):
        values, vectors = np.linalg.eig(self.P.T)
        v = np.real(vectors[:, np.argmin(abs(values - 1))])
        return pd.Series(v / v.sum(), index=self.states)

    def walk(self, start, seed=None):
        rng = np.random.default_rng(seed)
        i = self.states.index(start)
        while True:
            yield self.states[i]
            i = rng.choice(len(self.P), p=self.P[i])

# %% wrong
class MarkovChain:
    def __init__(self, P, states=None):
        self.P = P
    def stationary(self):
        return self.P[0]

# %% subtle
class MarkovChain:
    def __init__(self, P, states=None):
        assert np.allclose(np.sum(P, axis=1), 1)
        self.P, self.states = np.array(P), states or list(range(len(P)))
    def stationary(self):
        v = np.linalg.eig(self.P)[1][:, 0]
        return pd.Series(v / v.sum(), index=self.states)
    def walk(self, start, seed=None):
        yield start

# %% other
class MarkovChain:
    def __init__(self, P, states=None):
        self.P = np.matrix(P)
        if abs(self.P.sum(axis=1) - 1).max() > 1e-9:
            raise ValueError
        self.states = tuple(states or range(len(self.P)))
    def stationary(self):
        return pd.DataFrame(self.P ** 200, columns=self.states).iloc[0]
    def walk(self, start, seed=None):
        rng = np.random.RandomState(seed)
        state = start
        while True:
            yield state
            row = np.asarray(self.P)[self.states.index(state)]
            state = self.states[rng.choice(len(row), p=row)]

# %% test markov 4
import itertools
weather = MarkovChain([[0.8, 0.2], [0.4, 0.6]], ["sun", "rain"])
pi = weather.stationary()
assert isinstance(pi, pd.Series) and np.isclose(pi["sun"], 2 / 3)
assert np.allclose(pi.values @ np.array([[0.8, 0.2], [0.4, 0.6]]), pi)
path = list(itertools.islice(weather.walk("rain", seed=3), 200))
assert path[0] == "rain" and set(path) == {"sun", "rain"}
assert path == list(itertools.islice(weather.walk("rain", seed=3), 200))
try:
    MarkovChain([[0.5, 0.4], [1, 0]])
    raised = False
except ValueError:
    raised = True
assert raised, "check the rows"
