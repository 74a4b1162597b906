"""Natural language: regex tokenisers, a vocabulary class, n-grams, byte-pair encoding, tf-idf, a bigram language model."""

# %% lesson
import re
import math
import random
import string
from collections import Counter, defaultdict
import numpy as np

CORPUS = [
    "The cat sat on the mat.",
    "The dog, it barked at the cat!",
    "Don't stop: cats and dogs aren't enemies.",
]
STOPWORDS = {"the", "on", "at", "and", "it"}

# %% answer tokenize
TOKEN = re.compile(r"\w+(?:'\w+)?|[^\w\s]")

def tokenize(text, lower=True):
    """Split a text into words and punctuation."""
    if lower:
        text = text.lower()
    return TOKEN.findall(text)

# %% wrong
def tokenize(text, lower=True):
    return text.split()

# %% subtle
def tokenize(text, lower=True):
    return re.findall(r"\w+|[^\w\s]", text.lower())

# %% other
def tokenize(text, lower=True):
    out = []
    word = ""
    for i, c in enumerate(text.lower() if lower else text):
        if c.isalnum() or (c == "'" and word and text[i + 1 : i + 2].isalnum()):
            word += c
            continue
        if word:
            out.append(word)
            word = ""
        if not c.isspace():
            out.append(c)
    return out + ([word] if word else [])

# %% test tokenize 2
assert tokenize("The cat sat.") == ["the", "cat", "sat", "."]
assert tokenize("Don't!") == ["don't", "!"], tokenize("Don't!")
assert tokenize("A B", lower=False) == ["A", "B"]
assert tokenize("") == []
for doc in CORPUS:
    tokens = tokenize(doc)
    assert isinstance(tokens, list) and all(isinstance(t, str) for t in tokens)
    assert "".join(tokens) == re.sub(r"\s", "", doc.lower())

# %% answer vocabulary
class Vocabulary:
    """Words and their numbers; number 0 is the unknown word."""
    UNK = "<unk>"

    def __init__(self, documents, min_count=1):
        counts = Counter(t for d in documents for t in tokenize(d))
        words = sorted((w for w, c in counts.items() if c >= min_count), key=lambda w: (-counts[w], w))
        self.itos = [self.UNK, *words]
        self.stoi = {w: i for i, w in enumerate(self.itos)}
        self.counts = counts

    def __len__(self):
        return len(self.itos)

    def __contains__(self, word):
        return word in self.stoi

    def __getitem__(self, key):
        if isinstance(key, str):
            return self.stoi.get(key, 0)
        return self.itos[key]

    def encode(self, text):
        return np.array([self[t] for t in tokenize(text)])

    def decode(self, ids):
        return " ".join(self[int(i)] for i in ids)

# %% wrong
class Vocabulary:
    def __init__(self, documents, min_count=1):
        self.words = documents

    def __len__(self):
        return 0

# %% subtle
class Vocabulary:
    UNK = "<unk>"

    def __init__(self, documents, min_count=1):
        self.counts = Counter()
        for d in documents:
            self.counts.update(tokenize(d))
        self.itos = [self.UNK] + sorted(self.counts)
        self.stoi = dict(zip(self.itos, range(len(self.itos))))

    def __len__(self):
        return len(self.stoi)

    def __contains__(self, word):
        return word in self.stoi

    def __getitem__(self, key):
        return self.stoi[key] if key in self.stoi else 0

    def encode(self, text):
        return [self[t] for t in tokenize(text)]

    def decode(self, ids):
        return " ".join(self.itos[i] for i in ids)

# %% other
class Vocabulary(dict):
    UNK = "<unk>"

    def __init__(self, documents, min_count=1):
        super().__init__({self.UNK: 0})
        self.counts = Counter([t for d in documents for t in tokenize(d)])
        for word, count in sorted(self.counts.items(), key=lambda p: (-p[1], p[0])):
            if count >= min_count:
                self[word] = len(self)

    def __missing__(self, key):
        if isinstance(key, int):
            return list(self)[key]
        return 0

    def encode(self, text):
        return np.fromiter((self[t] for t in tokenize(text)), dtype=int)

    def decode(self, ids):
        words = list(self)
        return " ".join(words[i] for i in ids)

# %% test vocabulary 4
vocab = Vocabulary(CORPUS, min_count=2)
assert "the" in vocab and "barked" not in vocab
assert vocab["the"] == 1 and vocab["zebra"] == 0
assert vocab[1] == "the"
assert len(vocab) == len({w for w, c in Counter(t for d in CORPUS for t in tokenize(d)).items() if c > 1}) + 1
ids = vocab.encode("the zebra")
assert ids.tolist() == [1, 0]
assert vocab.decode(ids) == "the <unk>"
assert vocab.counts.most_common(1)[0] == ("the", 4)

# %% answer ngrams
def ngrams(tokens, n):
    """Yield the n-grams of a sequence as tuples."""
    for i in range(len(tokens) - n + 1):
        yield tuple(tokens[i : i + n])

# %% wrong
def ngrams(tokens, n):
    return tokens

# %% subtle
def ngrams(tokens, n):
    for i in range(len(tokens) - n):
        yield tuple(tokens[i : i + n])

# %% other
def ngrams(tokens, n):
    return zip(*(tokens[i:] for i in range(n)))

# %% another
def ngrams(tokens, n):
    return [tuple(tokens[i + j] for j in range(n)) for i in range(len(tokens) - n + 1)]

# %% test ngrams 2
assert list(ngrams("a b c".split(), 2)) == [("a", "b"), ("b", "c")]
assert list(ngrams([], 2)) == []
assert Counter(ngrams("abab", 2)) == {("a", "b"): 2, ("b", "a"): 1}
assert set(ngrams("abc", 3)) == {("a", "b", "c")}

# %% answer bpe
def most_frequent_pair(words):
    pairs = Counter()
    for word, count in words.items():
        for pair in zip(word, word[1:]):
            pairs[pair] += count
    return max(pairs, key=lambda p: (pairs[p], p)) if pairs else None

def merge(words, pair):
    merged = {}
    for word, count in words.items():
        out, i = [], 0
        while i < len(word):
            if word[i : i + 2] == pair:
                out.append(word[i] + word[i + 1])
                i += 2
            else:
                out.append(word[i])
                i += 1
        merged[tuple(out)] = count
    return merged

def train_bpe(texts, merges):
    words = Counter(tuple(w) for t in texts for w in t.split())
    rules = []
    for _ in range(merges):
        pair = most_frequent_pair(words)
        if pair is None:
            break
        words = merge(words, pair)
        rules.append(pair)
    return rules

# %% wrong
def most_frequent_pair(words):
    return None

def merge(words, pair):
    return words

def train_bpe(texts, merges):
    return []

# %% subtle
def most_frequent_pair(words):
    pairs = Counter()
    for word in words:
        for pair in zip(word, word[1:]):
            pairs[pair] += 1
    return pairs.most_common(1)[0][0]

def merge(words, pair):
    return {tuple(" ".join(w).replace(" ".join(pair), "".join(pair)).split()): c for w, c in words.items()}

def train_bpe(texts, merges):
    words = Counter(tuple(w) for t in texts for w in t.split())
    rules = []
    for _ in range(merges):
        pair = most_frequent_pair(words)
        words = merge(words, pair)
        rules.append(pair)
    return rules

# %% test bpe 3
words = {("l", "o", "w"): 5, ("l", "o", "t"): 2, ("n", "e", "w"): 6}
assert most_frequent_pair(words) == ("l", "o")
assert merge(words, ("l", "o")) == {("lo", "w"): 5, ("lo", "t"): 2, ("n", "e", "w"): 6}
### BEGIN HIDDEN TESTS
assert train_bpe(["aaab aab", "ab"], 2) == [("a", "b"), ("a", "ab")]
assert train_bpe(["x"], 3) == []
assert len(train_bpe(CORPUS, 5)) == 5
### END HIDDEN TESTS

# %% answer tfidf
def tf_idf(documents):
    """A list of dicts word -> tf * idf."""
    bags = [Counter(w for w in tokenize(d) if w not in STOPWORDS and w not in string.punctuation) for d in documents]
    df = Counter(w for bag in bags for w in bag)
    return [{w: c / bag.total() * math.log(len(documents) / df[w]) for w, c in bag.items()} for bag in bags]

# %% wrong
def tf_idf(documents):
    return [{} for d in documents]

# %% subtle
def tf_idf(documents):
    bags = [Counter(w for w in tokenize(d) if w not in STOPWORDS) for d in documents]
    df = Counter(w for bag in bags for w in bag)
    return [{w: c / sum(bag.values()) * math.log(len(documents) / df[w]) for w, c in bag.items()} for bag in bags]

# %% other
def tf_idf(documents):
    result = []
    tokenised = [[w for w in tokenize(d) if w.isalnum() or "'" in w] for d in documents]
    tokenised = [[w for w in d if w not in STOPWORDS] for d in tokenised]
    for doc in tokenised:
        scores = defaultdict(float)
        for w in doc:
            scores[w] += np.log(len(documents) / sum(w in other for other in tokenised)) / len(doc)
        result.append(scores)
    return result

# %% test tfidf 2
scores = tf_idf(CORPUS)
assert len(scores) == 3
assert set(scores[0]) == {"cat", "sat", "mat"}
assert abs(scores[0]["cat"] - math.log(1.5) / 3) < 1e-9
assert max(scores[1], key=scores[1].get) in ("dog", "barked")

# %% answer bigram
class BigramModel:
    def __init__(self, alpha=0.0):
        self.alpha = alpha
        self.counts = defaultdict(Counter)

    def fit(self, documents):
        for d in documents:
            for a, b in ngrams(["<s>", *tokenize(d), "</s>"], 2):
                self.counts[a][b] += 1
        self.vocabulary = {b for c in self.counts.values() for b in c}
        return self

    def prob(self, b, a):
        c = self.counts.get(a, Counter())
        return (c[b] + self.alpha) / (c.total() + self.alpha * len(self.vocabulary))

    def generate(self, rng=random):
        word, out = "<s>", []
        while True:
            options = self.counts[word]
            word = rng.choices(list(options), weights=list(options.values()))[0]
            if word == "</s>":
                return out
            out.append(word)

# %% wrong
class BigramModel:
    def __init__(self, alpha=0.0):
        self.counts = {}

    def fit(self, documents):
        pass

# %% subtle
class BigramModel:
    def __init__(self, alpha=0.0):
        self.alpha = alpha
        self.counts = defaultdict(Counter)

    def fit(self, documents):
        for d in documents:
            tokens = ["<s>"] + tokenize(d) + ["</s>"]
            for a, b in zip(tokens, tokens[1:]):
                self.counts[a][b] += 1

    def prob(self, b, a):
        return (self.counts[a][b] + self.alpha) / (sum(self.counts[a].values()) + self.alpha * len(self.counts))

    def generate(self, rng=random):
        return ["the"]

# %% test bigram 4
model = BigramModel()
assert model.fit(CORPUS) is model
assert model.prob("cat", "the") == 0.5
assert model.prob("the", "<s>") == 2 / 3
smooth = BigramModel(alpha=1).fit(CORPUS)
assert 0 < smooth.prob("zebra", "the") < smooth.prob("mat", "the")
random.seed(3)
first = model.generate()
random.seed(3)
assert model.generate() == first
assert all(w in model.vocabulary for w in model.generate(random.Random(1)))
assert model.counts["the"]["dog"] == 1
