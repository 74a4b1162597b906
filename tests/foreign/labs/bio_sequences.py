"""Sequences: FASTA files that come with the lab, a Sequence class that is a string, codon tables, alignment with traceback, Mendel by chance."""

# %% lesson
import random
import re
import textwrap
from collections import Counter, OrderedDict, defaultdict
from enum import Enum

BASES = "TCAG"
CODONS = [a + b + c for a in BASES for b in BASES for c in BASES]
AMINO = "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG"
TABLE = dict(zip(CODONS, AMINO))

class Kind(Enum):
    DNA = "DNA"
    RNA = "RNA"

# %% answer sequence
class Sequence(str):
    """A string of bases with a few methods."""
    @property
    def kind(self):
        return Kind.RNA if "U" in self else Kind.DNA

    def gc(self):
        return (self.count("G") + self.count("C")) / len(self) if self else 0.0

    def complement(self):
        return Sequence(self.translate(str.maketrans("ACGT", "TGCA")))

    def reverse_complement(self):
        return Sequence(self.complement()[::-1])

    def transcribe(self):
        return Sequence(self.replace("T", "U"))

# %% wrong
class Sequence(str):
    pass

# %% subtle
class Sequence:
    def __init__(self, bases):
        self.bases = bases
    @property
    def kind(self):
        return "RNA" if "U" in self.bases else "DNA"
    def gc(self):
        return sum(b in "GC" for b in self.bases) / len(self.bases)
    def complement(self):
        return Sequence(self.bases.replace("A", "T").replace("T", "A").replace("G", "C").replace("C", "G"))
    def reverse_complement(self):
        return Sequence(self.bases[::-1])
    def transcribe(self):
        return Sequence(self.bases.replace("T", "U"))

# %% other
from collections import UserString
class Sequence(UserString):
    PAIRS = {"A": "T", "C": "G", "G": "C", "T": "A"}
    kind = property(lambda self: Kind("RNA") if "U" in self.data else Kind["DNA"])
    def gc(self):
        c = Counter(self.data)
        return (c["G"] + c["C"]) / (len(self) or 1)
    def complement(self):
        return Sequence("".join(map(self.PAIRS.get, self.data)))
    def reverse_complement(self):
        return self.complement()[::-1]
    def transcribe(self):
        return self.replace("T", "U")

# %% test sequence 3
s = Sequence("ATGC")
assert s == "ATGC" and len(s) == 4
assert s.gc() == 0.5 and Sequence("").gc() == 0
assert s.complement() == "TACG" and s.reverse_complement() == "GCAT"
assert s.reverse_complement().reverse_complement() == s
assert s.transcribe() == "AUGC"
assert s.kind is Kind.DNA and s.transcribe().kind == Kind.RNA
assert isinstance(s.complement(), Sequence)
assert s.lower() == "atgc" and "TG" in s and s[1:3] == "TG"
assert {"ATGC": 1}[s] == 1

# %% answer fasta
def read_fasta(path):
    """An OrderedDict name -> sequence."""
    records, name = OrderedDict(), None
    with open(path) as file:
        for line in file:
            line = line.strip()
            if line.startswith(">"):
                name = line[1:].split()[0]
                records[name] = ""
            elif line:
                records[name] += line.upper()
    return records

# %% wrong
def read_fasta(path):
    return open(path).read()

# %% subtle
def read_fasta(path):
    records = {}
    for block in open(path).read().split(">")[1:]:
        head, *lines = block.splitlines()
        records[head] = "".join(lines)
    return records

# %% other
from pathlib import Path
def read_fasta(path):
    text = Path(path).read_text()
    pairs = re.findall(r"^>(\S+).*\n([^>]*)", text, re.MULTILINE)
    return OrderedDict((name, re.sub(r"\s", "", body).upper()) for name, body in pairs)

# %% test fasta 2
genes = read_fasta("genes.fasta")
assert list(genes) == ["one", "two", "empty"]
assert genes["one"] == "ATGGCCTAA" and genes["empty"] == ""
assert isinstance(genes, OrderedDict)
with open("more.fasta", "w") as file:
    file.write(">x\nAC\n\nGT\n")
assert read_fasta("more.fasta") == {"x": "ACGT"}

# %% answer translate
def translate(dna, table=TABLE):
    """Yield amino acids up to the first stop; ValueError for an unknown codon."""
    for i in range(0, len(dna) - 2, 3):
        codon = dna[i : i + 3]
        if codon not in table:
            raise ValueError(f"unknown codon {codon}")
        if table[codon] == "*":
            return
        yield table[codon]

# %% wrong
def translate(dna, table=TABLE):
    return dna

# %% subtle
def translate(dna, table=TABLE):
    return "".join(table[dna[i : i + 3]] for i in range(0, len(dna), 3)).split("*")[0]

# %% other
def translate(dna, table=TABLE):
    out = []
    for codon in re.findall("...", dna):
        try:
            amino = table[codon]
        except KeyError:
            raise ValueError(codon)
        if amino == "*":
            break
        out.append(amino)
    return out

# %% test translate 2
assert "".join(translate("ATGGCCTAAGGG")) == "MA"
assert "".join(translate("ATGGC")) == "M"
assert list(translate("")) == []
assert "".join(translate("ATG", {"ATG": "x"})) == "x"
try:
    "".join(translate("ATGNNN"))
except ValueError as e:
    assert "NNN" in str(e)
else:
    assert False
assert "".join(translate(genes["one"])) == "MA"

# %% answer align
def align(a, b, match=1, mismatch=-1, gap=-2):
    """Needleman-Wunsch: (score, aligned a, aligned b)."""
    F = defaultdict(int)
    for i in range(len(a) + 1):
        for j in range(len(b) + 1):
            options = []
            if i and j:
                options.append(F[i - 1, j - 1] + (match if a[i - 1] == b[j - 1] else mismatch))
            if i:
                options.append(F[i - 1, j] + gap)
            if j:
                options.append(F[i, j - 1] + gap)
            F[i, j] = max(options, default=0)
    i, j, x, y = len(a), len(b), "", ""
    while i or j:
        if i and j and F[i, j] == F[i - 1, j - 1] + (match if a[i - 1] == b[j - 1] else mismatch):
            i, j, x, y = i - 1, j - 1, a[i - 1] + x, b[j - 1] + y
        elif i and F[i, j] == F[i - 1, j] + gap:
            i, x, y = i - 1, a[i - 1] + x, "-" + y
        else:
            j, x, y = j - 1, "-" + x, b[j - 1] + y
    return F[len(a), len(b)], x, y

# %% wrong
def align(a, b, match=1, mismatch=-1, gap=-2):
    return 0, a, b

# %% subtle
def align(a, b, match=1, mismatch=-1, gap=-2):
    n = max(len(a), len(b))
    x, y = a.ljust(n, "-"), b.ljust(n, "-")
    return sum(gap if "-" in p else match if p[0] == p[1] else mismatch for p in zip(x, y)), x, y

# %% other
from functools import lru_cache
def align(a, b, match=1, mismatch=-1, gap=-2):
    @lru_cache(None)
    def go(i, j):
        if i == len(a):
            return gap * (len(b) - j), "-" * (len(b) - j), b[j:]
        if j == len(b):
            return gap * (len(a) - i), a[i:], "-" * (len(a) - i)
        ways = []
        for di, dj in ((1, 1), (1, 0), (0, 1)):
            s, x, y = go(i + di, j + dj)
            p, q = (a[i] if di else "-"), (b[j] if dj else "-")
            ways.append((s + (gap if "-" in (p, q) else match if p == q else mismatch), p + x, q + y))
        return max(ways, key=lambda w: w[0])
    return go(0, 0)

# %% test align 3
random.seed(11)
for a, b in [("GATTACA", "GCATGCA"), ("A", ""), ("ACGT", "ACGT")] + [("".join(random.choices("ACGT", k=5)), "".join(random.choices("ACGT", k=6))) for _ in range(3)]:
    score, x, y = align(a, b)
    assert x.replace("-", "") == a and y.replace("-", "") == b and len(x) == len(y)
    assert ("-", "-") not in list(zip(x, y))
    assert score == sum(-2 if "-" in p else 1 if p[0] == p[1] else -1 for p in zip(x, y))
assert align("ACGT", "ACGT")[0] == 4
assert align("GATTACA", "GCATGCA", gap=-1)[0] == 2

# %% test suite 2
class Suite:
    """Checks with names of the answers in the body of a class."""
    align = staticmethod(align)
    scores = [align("A", b)[0] for b in "AC"]
    made = Sequence("AAGC")
    def run(self):
        assert self.align("AC", "AC")[0] == 2
        assert self.scores == [1, -1], self.scores
        assert self.made.gc() == 0.5 and isinstance(self.made, Sequence)
Suite().run()

# %% answer mendel
def cross(parent1, parent2, n, rng=random):
    """Count the genotypes of n children; a genotype is sorted like "Aa"."""
    return Counter("".join(sorted(rng.choice(parent1) + rng.choice(parent2))) for _ in range(n))

# %% wrong
def cross(parent1, parent2, n, rng=random):
    return {"Aa": n}

# %% subtle
def cross(parent1, parent2, n, rng=random):
    return Counter(rng.choice(parent1) + rng.choice(parent2) for _ in range(n))

# %% other
def cross(parent1, parent2, n, rng=random):
    out = {}
    for _ in range(n):
        child = sorted([rng.choice(parent1), rng.choice(parent2)])
        out["".join(child)] = out.get("".join(child), 0) + 1
    return out

# %% test mendel 2
random.seed(4)
children = cross("Aa", "Aa", 400)
assert sum(children.values()) == 400 and set(children) == {"AA", "Aa", "aa"}
assert 150 < children["Aa"] < 250
assert cross("AA", "aa", 5) == {"Aa": 5}
assert cross("Aa", "Aa", 9, random.Random(1)) == cross("Aa", "Aa", 9, random.Random(1))
random.seed(4)
assert cross("Aa", "Aa", 400) == children

# %% file genes.fasta
#! >one the first
#! ATGGCC
#! taa
#! >two
#! GGGTTT
#! >empty
