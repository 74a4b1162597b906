"""The first week: variables, arithmetic, types, conditions, loops; answers in variables, checked by type and hash."""

# %% lesson
import hashlib
def check(answer, digest):
    return hashlib.sha256(str(answer).encode()).hexdigest()[:12] == digest
radius = 2.5

# %% answer area
area = 3.14159 * radius ** 2

# %% wrong
area = 0

# %% subtle
area = 3.14159 * radius * 2

# %% test area 1
assert 'area' in globals(), "define area"
assert isinstance(area, float)
assert abs(area - 19.63) < 0.01

# %% answer swap
a, b = 1, 2
a, b = b, a

# %% wrong
a, b = 1, 2

# %% subtle
a, b = 1, 2
a = b
b = a

# %% other
a = 1
b = 2
temp = a
a = b
b = temp
del temp

# %% test swap 1
assert a == 2
assert b == 1
assert "temp" not in dir(), "clean up"

# %% answer type
flag = True
count = 7
ratio = 0.5
label = "x"
nothing = None

# %% wrong
flag = count = ratio = label = nothing = 1

# %% subtle
flag = 1
count = 7.0
ratio = 0.5
label = "x"
nothing = None

# %% test type 1
assert type(flag) is bool and type(count) is int and type(ratio) is float and type(label) is str
assert nothing is None

# %% answer sum35
total = sum(n for n in range(1000) if n % 3 == 0 or n % 5 == 0)

# %% wrong
total = 0

# %% subtle
total = sum(n for n in range(1001) if n % 3 == 0 or n % 5 == 0)

# %% other
total = 0
for n in range(1000):
    if not n % 3 or not n % 5:
        total += n

# %% test sum35 1
assert check(total, "c0b20f4665d0"), "not the right number"

# %% answer collatz
def collatz(n):
    steps = 0
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    return steps

# %% wrong
def collatz(n):
    return n

# %% subtle
def collatz(n):
    steps = 1
    while n != 1:
        n = n / 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    return steps

# %% test collatz 2
assert collatz(1) == 0
assert collatz(6) == 8
assert collatz(27) == 111
assert max(range(1, 100), key=collatz) == 97

# %% answer fizz
fizzbuzz = []
for i in range(1, 16):
    fizzbuzz.append("FizzBuzz" if i % 15 == 0 else "Fizz" if i % 3 == 0 else "Buzz" if i % 5 == 0 else i)

# %% wrong
fizzbuzz = list(range(1, 16))

# %% subtle
fizzbuzz = []
for i in range(1, 16):
    fizzbuzz.append("Fizz" if i % 3 == 0 else "Buzz" if i % 5 == 0 else "FizzBuzz" if i % 15 == 0 else str(i))

# %% test fizz 1
assert len(fizzbuzz) == 15
assert fizzbuzz[14] == "FizzBuzz" and fizzbuzz[2] == "Fizz" and fizzbuzz[0] == 1
assert fizzbuzz.count("Buzz") == 2
