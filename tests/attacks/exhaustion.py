"""Answers that cost the judge its time or its memory."""

from tests.attacks.attack import Kind, attack

EXHAUSTION = [
    attack("a sum that C works out, and hears no alarm", Kind.EXHAUSTION, steps="def steps(n): return range(10**18)"),
    attack("a range without end", Kind.EXHAUSTION, primes="def primes(n): return range(10**18)"),
    attack("a number of rounds without end", Kind.EXHAUSTION, limit="def limit(): return 10**12"),
    attack("a number of rounds that is no small integer", Kind.EXHAUSTION, limit="def limit(): return 10**3000"),
    attack("a text of 60 MB", Kind.EXHAUSTION, greet="def greet(name): return 'Hello, ' + 'x' * 60_000_000"),
    attack("an array of 60 MB", Kind.EXHAUSTION, mean="def mean(a): return np.zeros(60_000_000, dtype=np.uint8)"),
    attack("a tensor of 2 GB", Kind.EXHAUSTION, slope="def slope(x): return torch.zeros(500_000_000)"),
    attack(
        "an array that is stretched to a terabyte",
        Kind.EXHAUSTION,
        mean="def mean(a): return np.broadcast_to(np.zeros(1), (10**12,))",
    ),
    attack("a list of four million numbers", Kind.EXHAUSTION, primes="def primes(n): return [[2]] * 3_000_000"),
    attack("a list of a million lists", Kind.EXHAUSTION, primes="def primes(n): return [[] for _ in range(1_000_000)]"),
    attack(
        "a list that holds itself",
        Kind.EXHAUSTION,
        points="def points(n):\n    a = [n]\n    a.append(a)\n    return a",
        count="def count(word):\n    a = {}\n    a['a'] = a\n    return a",
    ),
    attack(
        "a list nested to the limit",
        Kind.EXHAUSTION,
        points="def points(n):\n    a = [n]\n    for _ in range(95): a = [a]\n    return a",
    ),
    attack(
        "integers with one and the same hash",
        Kind.EXHAUSTION,
        primes="def primes(n): return {k * (2**61 - 1) for k in range(20_000)}",
    ),
    attack(
        "integers of ten thousand digits",
        Kind.EXHAUSTION,
        square="def square(x): return 16**9_000",
        half="def half(x): return 10**9_000",
    ),
    attack(
        "giants of other kinds",
        Kind.EXHAUSTION,
        square="from decimal import Decimal\ndef square(x): return Decimal('1e999999999')",
        half="from decimal import Decimal\ndef half(x): return Decimal('1e-999999999')",
        limit="from fractions import Fraction\ndef limit(): return Fraction(10**3000, 3)",
        root="from decimal import Decimal\ndef root(x):\n    if x < 0: raise ValueError\n"
        "    return Decimal('1e999999')",
    ),
    attack("all memory", Kind.EXHAUSTION, square="hoard = []\nwhile True: hoard.append(bytearray(10**8))"),
    attack(
        "all processes",
        Kind.PROCESS,
        square="import os\nwhile True:\n    try: os.fork()\n    except OSError: break\ndef square(x): return 1",
        spoils=True,
    ),
]
