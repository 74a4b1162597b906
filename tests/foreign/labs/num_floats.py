"""Floating point: machine epsilon, bits, compensated sums, np.errstate, warnings and FloatingPointError, Decimal contexts, error tables."""

# %% lesson
import math
import struct
import sys
import warnings
from decimal import Decimal, getcontext, localcontext, ROUND_HALF_UP
from fractions import Fraction
import numpy as np
np.set_printoptions(precision=4, suppress=True)

# %% answer epsilon
def machine_epsilon(dtype=np.float64):
    """The smallest power of two with 1 + eps != 1."""
    one = dtype(1)
    eps = one
    while one + eps / dtype(2) != one:
        eps = eps / dtype(2)
    return eps

# %% wrong
def machine_epsilon(dtype=np.float64):
    return 1e-10

# %% subtle
def machine_epsilon(dtype=np.float64):
    eps = 1.0
    while 1.0 + eps / 2 != 1.0:
        eps /= 2
    return eps

# %% other
def machine_epsilon(dtype=np.float64):
    return np.finfo(dtype).eps

# %% another
def machine_epsilon(dtype=np.float64):
    return np.nextafter(dtype(1), dtype(2)) - dtype(1)

# %% test epsilon 2
assert machine_epsilon() == sys.float_info.epsilon
for t in (np.float16, np.float32, np.float64):
    e = machine_epsilon(t)
    assert e == np.finfo(t).eps
    assert type(e) is t, f"an epsilon of {t.__name__}"

# %% answer bits
def bits(x):
    """Sign, exponent and fraction of a double as strings of bits."""
    (n,) = struct.unpack(">Q", struct.pack(">d", x))
    s = f"{n:064b}"
    return s[0], s[1:12], s[12:]

# %% wrong
def bits(x):
    return bin(int(x))

# %% subtle
def bits(x):
    s = bin(struct.unpack(">Q", struct.pack(">d", x))[0])[2:]
    return s[0], s[1:12], s[12:]

# %% other
def bits(x):
    s = "".join(format(b, "08b") for b in np.float64(x).tobytes()[::-1])
    return s[:1], s[1:12], s[12:]

# %% test bits 2
assert bits(1.0) == ("0", "01111111111", "0" * 52)
sign, exponent, fraction = bits(-0.15625)
assert sign == "1" and int(exponent, 2) - 1023 == -3 and fraction.startswith("01")
assert "".join(bits(math.inf)) == "0" + "1" * 11 + "0" * 52

# %% answer kahan
def kahan_sum(values):
    total, c = 0.0, 0.0
    for v in values:
        y = v - c
        t = total + y
        c = (t - total) - y
        total = t
    return total

# %% wrong
def kahan_sum(values):
    return len(values)

# %% subtle
def kahan_sum(values):
    total = 0.0
    for v in values:
        total += v
    return total

# %% other
def kahan_sum(values):
    return math.fsum(values)

# %% another
def kahan_sum(values):
    return float(sum(map(Fraction, values)))

# %% test kahan 2
assert kahan_sum([0.1] * 10) == 1.0
naive = 0.0
for _ in range(10000):
    naive += 0.1
assert abs(kahan_sum(0.1 for _ in range(10000)) - 1000) < abs(naive - 1000)
assert kahan_sum([]) == 0

# %% answer safe
def log_ratio(a, b):
    """log(a / b), nan where it is not defined, without warnings."""
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        out = np.log(a / b)
    return np.where(np.isfinite(out), out, np.nan)

# %% wrong
def log_ratio(a, b):
    return a / b

# %% subtle
def log_ratio(a, b):
    return np.log(np.asarray(a) / np.asarray(b))

# %% other
def log_ratio(a, b):
    a, b = map(np.atleast_1d, (a, b))
    out = np.full(a.shape, np.nan)
    ok = (a > 0) & (b > 0)
    out[ok] = np.log(a[ok]) - np.log(b[ok])
    return out

# %% test safe 3
with warnings.catch_warnings():
    warnings.simplefilter("error")
    r = log_ratio(np.array([1.0, 1.0, -1.0, 0.0]), np.array([1.0, 0.0, 1.0, 2.0]))
np.testing.assert_array_equal(np.isnan(r), [False, True, True, True])
assert r[0] == 0
with np.errstate(all="raise"):
    assert np.isclose(log_ratio(np.array([math.e]), np.array([1.0]))[0], 1)

# %% answer strict
def checked_divide(a, b):
    """a / b of arrays; FloatingPointError where b is zero; a warning where the result is small."""
    with np.errstate(divide="raise", invalid="raise"):
        out = np.divide(a, b)
    if np.any(np.abs(out) < 1e-12):
        warnings.warn("the result is small", RuntimeWarning)
    return out

# %% wrong
def checked_divide(a, b):
    return a / b

# %% subtle
def checked_divide(a, b):
    if 0 in b:
        raise ZeroDivisionError
    return a / b

# %% other
def checked_divide(a, b):
    if (np.asarray(b) == 0).any():
        raise FloatingPointError("divide by zero encountered")
    out = np.asarray(a) / np.asarray(b)
    if np.abs(out).min() < 1e-12:
        warnings.warn(RuntimeWarning("small"))
    return out

# %% test strict 3
np.testing.assert_allclose(checked_divide(np.array([1.0, 2.0]), np.array([2.0, 4.0])), 0.5)
try:
    checked_divide(np.ones(2), np.array([1.0, 0.0]))
except FloatingPointError:
    pass
else:
    assert False, "FloatingPointError expected"
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    checked_divide(np.array([1e-20, 1.0]), np.ones(2))
assert len(caught) == 1 and issubclass(caught[0].category, RuntimeWarning)
np.testing.assert_raises(FloatingPointError, checked_divide, np.zeros(1), np.zeros(1))

# %% answer decimals
def money(x):
    """A Decimal with two places, halves up."""
    return Decimal(str(x)).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)

def sqrt2(digits):
    """The square root of 2 with so many digits, without changing the context."""
    with localcontext() as ctx:
        ctx.prec = digits
        return Decimal(2).sqrt()

# %% wrong
def money(x):
    return round(x, 2)
def sqrt2(digits):
    return math.sqrt(2)

# %% subtle
def money(x):
    return Decimal(x).quantize(Decimal("0.01"))
def sqrt2(digits):
    getcontext().prec = digits
    return Decimal(2).sqrt()

# %% other
def money(x):
    cents = (Decimal(repr(x)) * 100).to_integral_value(ROUND_HALF_UP)
    return cents.scaleb(-2)
def sqrt2(digits):
    ctx = getcontext().copy()
    ctx.prec = digits
    return ctx.sqrt(Decimal(2))

# %% test decimals 2
before = getcontext().prec
assert money(2.675) == Decimal("2.68") and str(money(3)) == "3.00"
assert isinstance(money(0.005), Decimal)
assert str(sqrt2(30)) == "1.41421356237309504880168872421"
assert getcontext().prec == before == 28

# %% answer table
def error_table(f, exact, hs):
    """Rows (h, error, order) of f(h) against the exact value; the first order is None."""
    rows = []
    for h in hs:
        error = abs(f(h) - exact)
        order = math.log(rows[-1][1] / error) / math.log(rows[-1][0] / h) if rows else None
        rows.append((h, error, order))
    return rows

# %% wrong
def error_table(f, exact, hs):
    return [(h, 0, 2) for h in hs]

# %% subtle
def error_table(f, exact, hs):
    rows = [(h, abs(f(h) - exact)) for h in hs]
    return [(h, e, math.log2(rows[i - 1][1] / e)) for i, (h, e) in enumerate(rows)]

# %% other
def error_table(f, exact, hs):
    e = np.array([abs(f(h) - exact) for h in hs])
    orders = np.diff(np.log(e)) / np.diff(np.log(hs))
    return list(zip(hs, e, [None, *orders]))

# %% test table 3
central = lambda h: (math.sin(1 + h) - math.sin(1 - h)) / (2 * h)
rows = error_table(central, math.cos(1), [0.1, 0.05, 0.01])
assert len(rows) == 3 and rows[0][2] is None
for (h, error, order), expected in zip(rows[1:], [0.05, 0.01]):
    assert h == expected and error == abs(central(h) - math.cos(1))
    assert abs(order - 2) < 0.01
assert [r[0] for r in rows] == [0.1, 0.05, 0.01]
