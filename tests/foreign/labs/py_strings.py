"""Strings: bare asserts with messages, several cases in a loop, hidden and visible tests in one cell."""

# %% free
# Week 2: strings
name = "Grace Hopper"
name.split()

# %% answer vowels
def count_vowels(text):
    """Return the number of vowels in text, upper and lower case."""
    return sum(1 for c in text.lower() if c in "aeiou")

# %% wrong
def count_vowels(text):
    return len(text)

# %% subtle
def count_vowels(text):
    return sum(1 for c in text if c in "aeiou")

# %% other
def count_vowels(text):
    count = 0
    for letter in text:
        if letter in 'aeiouAEIOU':
            count = count + 1
    return count

# %% test vowels 2
assert count_vowels("hello") == 2, "'hello' has two vowels"
assert count_vowels("") == 0, "an empty string has none"
### BEGIN HIDDEN TESTS
for text, n in [("AEIOU", 5), ("xyz", 0), ("Mississippi", 4)]:
    assert count_vowels(text) == n, f"count_vowels({text!r}) should be {n}, not {count_vowels(text)}"
### END HIDDEN TESTS

# %% answer palindrome
def is_palindrome(s):
    ### BEGIN SOLUTION
    s = "".join(c.lower() for c in s if c.isalnum())
    return s == s[::-1]
    ### END SOLUTION

# %% wrong
def is_palindrome(s):
    return True

# %% subtle
def is_palindrome(s):
    return s == s[::-1]

# %% other
def is_palindrome(s):
    letters = [c for c in s.casefold() if c.isalnum()]
    while len(letters) > 1:
        if letters.pop(0) != letters.pop():
            return False
    return True

# %% test palindrome 2
assert is_palindrome("radar")
assert is_palindrome("A man, a plan, a canal: Panama")
assert not is_palindrome("python")
assert type(is_palindrome("x")) == bool

# %% answer caesar
def caesar(text, shift):
    out = ""
    for c in text:
        if c.isalpha():
            base = ord("A") if c.isupper() else ord("a")
            c = chr((ord(c) - base + shift) % 26 + base)
        out += c
    return out

# %% wrong
def caesar(text, shift):
    return text

# %% subtle
def caesar(text, shift):
    return "".join(chr(ord(c) + shift) if c.isalpha() else c for c in text)

# %% test caesar 3
import string
assert caesar("abc", 1) == "bcd"
assert caesar("xyz", 3) == "abc", "wrap around at the end of the alphabet"
alphabet = string.ascii_lowercase
for k in range(26):
    secret = caesar(alphabet, k)
    assert isinstance(secret, str)
    assert caesar(secret, -k) == alphabet
    assert set(secret) == set(alphabet)
assert caesar("Hello, World!", 13) == "Uryyb, Jbeyq!"

# %% answer initials
first, last = name.split()
initials = first[0] + last[0]

# %% wrong
initials = None

# %% subtle
initials = "gh"

# %% other
initials = ''.join(part[0] for part in name.split())

# %% test initials 1
import hashlib
assert hashlib.md5(str(initials).encode()).hexdigest() == "6848ae6f8e786062f1b23476c9ecd258", "check your answer"
