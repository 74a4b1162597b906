"""Magics and commands in answers and tests: %%writefile, %%capture, !commands, a module that an answer writes."""

# %% lesson
import os
import subprocess
import sys

# %% answer module
#! %%writefile shapes.py
"""Areas of shapes."""

def square(side):
    return side ** 2

def circle(radius, pi=3.14159):
    return pi * radius ** 2

# %% wrong
#! %%writefile shapes.py
x = 1

# %% subtle
#! %%writefile shapes.py
def square(side):
    return side * 2

def circle(radius, pi=3.14159):
    return pi * radius ** 2

# %% test module 2
import shapes
assert shapes.square(3) == 9
assert abs(shapes.circle(1) - 3.14159) < 1e-9

# %% answer script
#! %%writefile greet.py
import sys
print("Hello,", " ".join(sys.argv[1:]) or "world")

# %% wrong
#! %%writefile greet.py
print("Hi")

# %% subtle
#! %%writefile greet.py
import sys
print("Hello,", sys.argv[1])

# %% test script 2
out = subprocess.run([sys.executable, "greet.py"], capture_output=True, text=True).stdout
assert out == "Hello, world\n", out
out = subprocess.run([sys.executable, "greet.py", "Ada", "L"], capture_output=True, text=True).stdout
assert out == "Hello, Ada L\n", out

# %% answer command
#! !printf 'one\ntwo\nthree\n' > lines.txt
#! count = !wc -l < lines.txt
n = int(count[0])

# %% wrong
n = 0

# %% subtle
#! !printf 'one two three' > lines.txt
n = 3

# %% other
with open("lines.txt", "w") as f:
    f.write("one\ntwo\nthree\n")
n = 3

# %% test command 2
assert n == 3
with open("lines.txt") as f:
    assert f.read().split("\n")[:3] == ["one", "two", "three"]

# %% answer loud
def loud(text):
    print(text.upper())
    return len(text)

# %% wrong
def loud(text):
    pass

# %% subtle
def loud(text):
    print(text.capitalize())
    return len(text)

# %% test loud 2
#! %%capture out
length = loud("abc")

# %% test loud-seen 1
assert out.stdout == "ABC\n"
assert length == 3

# %% answer files
def python_files(folder):
    return sorted(name for name in os.listdir(folder) if name.endswith(".py"))

# %% wrong
def python_files(folder):
    return []

# %% subtle
def python_files(folder):
    return sorted(name for name in os.listdir(folder) if ".py" in name)

# %% test files 1
import tempfile
with tempfile.TemporaryDirectory() as folder:
    for name in ("b.py", "a.py", "notes.txt", "c.pyc"):
        open(os.path.join(folder, name), "w").close()
    assert python_files(folder) == ["a.py", "b.py"]
