"""Bits, bytes and secrets: ciphers, hashes, RSA with big integers, base64, struct, sieves, checksums; answers compared by hash."""

# %% lesson
import base64
import hashlib
import itertools
import math
import random
import string
import struct
import zlib
from functools import reduce

def sha(x):
    return hashlib.sha256(str(x).encode()).hexdigest()

# %% answer caesar
def caesar(text, shift):
    out = []
    for ch in text:
        if ch in string.ascii_letters:
            base = ord("a") if ch.islower() else ord("A")
            ch = chr((ord(ch) - base + shift) % 26 + base)
        out.append(ch)
    return "".join(out)

crack = lambda text: max((caesar(text, k) for k in range(26)), key=lambda t: sum(t.count(c) for c in "etaoin "))

# %% wrong
def caesar(text, shift):
    return text
crack = None

# %% subtle
def caesar(text, shift):
    return "".join(chr(ord(c) + shift) if c.isalpha() else c for c in text)
crack = lambda text: caesar(text, -3)

# %% other
def caesar(text, shift):
    low, up = string.ascii_lowercase, string.ascii_uppercase
    k = shift % 26
    return text.translate(str.maketrans(low + up, low[k:] + low[:k] + up[k:] + up[:k]))
def crack(text):
    best = ""
    score = -1
    for k in range(26):
        t = caesar(text, -k)
        s = sum(map(t.lower().count, "etaoins"))
        if s > score:
            best, score = t, s
    return best

# %% test caesar 2
assert caesar("abc XYZ!", 3) == "def ABC!"
assert caesar(caesar("Hello, World", 11), -11) == "Hello, World"
secret = caesar("Attention is a rather stern teacher in these times", 19)
assert sha(crack(secret)) == "21e747d62cabac5c14bdadee4baf253ff67f5838769e83f1807d304435ad46b4"

# %% answer xor
def xor_bytes(data: bytes, key: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(data, itertools.cycle(key)))

# %% wrong
def xor_bytes(data, key):
    return data

# %% subtle
def xor_bytes(data, key):
    return [a ^ b for a, b in zip(data, key)]

# %% other
def xor_bytes(data, key):
    out = bytearray(data)
    for i in range(len(out)):
        out[i] ^= key[i % len(key)]
    return out

# %% test xor 2
assert xor_bytes(b"\x00\xff\x0f", b"\xff") == b"\xff\x00\xf0"
message = "żółw".encode("utf-8") * 3
assert xor_bytes(xor_bytes(message, b"key"), b"key").decode("utf-8") == "żółw" * 3
assert base64.b64encode(xor_bytes(b"hello", b"k")) == b"Aw4HBwQ="

# %% answer rsa
def egcd(a, b):
    """(g, x, y) with a x + b y = g."""
    if b == 0:
        return a, 1, 0
    g, x, y = egcd(b, a % b)
    return g, y, x - a // b * y

def keys(p, q, e=65537):
    """Public and private key."""
    n, phi = p * q, (p - 1) * (q - 1)
    if math.gcd(e, phi) != 1:
        raise ValueError("e is not invertible")
    return (n, e), (n, egcd(e, phi)[1] % phi)

def encrypt(m, key):
    n, e = key
    return pow(m, e, n)

# %% wrong
def egcd(a, b):
    return math.gcd(a, b), 0, 0
def keys(p, q, e=65537):
    return (p, q), (p, q)
def encrypt(m, key):
    return m

# %% subtle
def egcd(a, b):
    if b == 0:
        return a, 1, 0
    g, x, y = egcd(b, a % b)
    return g, y, x - int(a / b) * y
def keys(p, q, e=65537):
    n, phi = p * q, (p - 1) * (q - 1)
    return (n, e), (n, egcd(e, phi)[1])
def encrypt(m, key):
    return m ** key[1] % key[0] if key[1] < 10000 else pow(m, key[1], key[0])

# %% other
def egcd(a, b):
    x0, y0, x1, y1 = 1, 0, 0, 1
    while b:
        q, r = divmod(a, b)
        a, b = b, r
        x0, x1 = x1, x0 - q * x1
        y0, y1 = y1, y0 - q * y1
    return a, x0, y0
def keys(p, q, e=65537):
    d = pow(e, -1, (p - 1) * (q - 1))
    return (p * q, e), (p * q, d)
encrypt = lambda m, key: pow(m, key[1], key[0])

# %% test rsa 4
g, x, y = egcd(240, 46)
assert g == 2 and 240 * x + 46 * y == 2
p, q = 2 ** 521 - 1, 2 ** 607 - 1
public, private = keys(p, q)
assert public[0] == private[0] == p * q
for m in (0, 1, 42, 2 ** 1000 + 7):
    assert encrypt(encrypt(m, public), private) == m
assert (public[1] * private[1]) % ((p - 1) * (q - 1)) == 1
try:
    keys(3, 7, e=2)
    assert False, "e=2 has no inverse"
except ValueError:
    pass

# %% answer sieve
def sieve(n):
    """Primes below n, a list."""
    is_prime = bytearray([1]) * n
    is_prime[:2] = bytes(min(2, n))
    for k in range(2, math.isqrt(n) + 1):
        if is_prime[k]:
            is_prime[k * k :: k] = bytes(len(range(k * k, n, k)))
    return [k for k, p in enumerate(is_prime) if p]

def factor(n):
    """A dict prime -> exponent."""
    out = {}
    for p in itertools.chain([2], itertools.count(3, 2)):
        if p * p > n:
            break
        while n % p == 0:
            out[p] = out.get(p, 0) + 1
            n //= p
    if n > 1:
        out[n] = out.get(n, 0) + 1
    return out

# %% wrong
def sieve(n):
    return [2, 3, 5, 7]
def factor(n):
    return {n: 1}

# %% subtle
def sieve(n):
    return [k for k in range(2, n + 1) if all(k % d for d in range(2, math.isqrt(k) + 1))]
def factor(n):
    out = {}
    for p in range(2, n + 1):
        while n % p == 0:
            out[p] = out.get(p, 0) + 1
            n /= p
    return out

# %% other
def sieve(n):
    numbers = set(range(2, n))
    for k in range(2, int(n ** 0.5) + 1):
        numbers -= set(range(2 * k, n, k))
    return sorted(numbers)
from collections import Counter
def factor(n):
    c = Counter()
    d = 2
    while n > 1:
        if n % d == 0:
            c[d] += 1
            n //= d
        else:
            d += 1
    return c

# %% test sieve 2
assert sieve(30) == [2, 3, 5, 7, 11, 13, 17, 19, 23, 29]
assert sieve(29)[-1] == 23 and sieve(2) == []
assert len(sieve(20000)) == 2262
assert factor(360) == {2: 3, 3: 2, 5: 1} and factor(97) == {97: 1}
assert reduce(lambda a, b: a * b, (p ** e for p, e in factor(123456).items())) == 123456

# %% answer pack
def pack_points(points):
    """A header with the count (little-endian, 4 bytes), pairs of floats, and a CRC of all."""
    body = struct.pack("<I", len(points)) + b"".join(struct.pack("<2f", x, y) for x, y in points)
    return body + struct.pack("<I", zlib.crc32(body))

def unpack_points(data):
    body, (crc,) = data[:-4], struct.unpack("<I", data[-4:])
    if zlib.crc32(body) != crc:
        raise ValueError("damaged")
    (n,) = struct.unpack_from("<I", body)
    return [struct.unpack_from("<2f", body, 4 + 8 * i) for i in range(n)]

# %% wrong
def pack_points(points):
    return str(points).encode()
def unpack_points(data):
    return eval(data)

# %% subtle
def pack_points(points):
    body = struct.pack(">I", len(points)) + b"".join(struct.pack(">2f", *p) for p in points)
    return body + struct.pack(">I", zlib.crc32(body))
def unpack_points(data):
    (n,) = struct.unpack(">I", data[:4])
    return [struct.unpack(">2f", data[4 + 8 * i : 12 + 8 * i]) for i in range(n)]

# %% other
def pack_points(points):
    import io
    f = io.BytesIO()
    f.write(len(points).to_bytes(4, "little"))
    for p in points:
        f.write(struct.pack("<ff", *p))
    f.write(zlib.crc32(f.getvalue()).to_bytes(4, "little"))
    return f.getvalue()
def unpack_points(data):
    view = memoryview(data)
    if zlib.crc32(view[:-4]) != int.from_bytes(view[-4:], "little"):
        raise ValueError
    return list(struct.iter_unpack("<ff", view[4:-4]))

# %% test pack 3
packed = pack_points([(1, 2.5), (-3, 0)])
assert isinstance(packed, bytes) and len(packed) == 4 + 16 + 4
assert packed[:4] == b"\x02\x00\x00\x00"
assert packed[4:8].hex() == "0000803f"
assert unpack_points(packed) == [(1.0, 2.5), (-3.0, 0.0)]
damaged = bytearray(packed)
damaged[9] ^= 1
try:
    unpack_points(bytes(damaged))
except ValueError:
    pass
else:
    raise AssertionError("the checksum is not checked")
assert unpack_points(pack_points([])) == []

# %% answer collatz
longest = max(range(1, 1000), key=lambda n: (lambda f: f(f, n))(lambda f, k: 1 if k == 1 else 1 + f(f, k // 2 if k % 2 == 0 else 3 * k + 1)))

# %% wrong
longest = 999

# %% other
def length(n):
    steps = 1
    while n != 1:
        n = 3 * n + 1 if n & 1 else n >> 1
        steps += 1
    return steps
longest = 0
for n in range(1, 1000):
    if length(n) > (length(longest) if longest else 0):
        longest = n

# %% test collatz 1
assert sha(longest) == "062f50753b9095ee2eff40f888d93e61f2ffeb661bb126d15229f03e0463bdb4"
