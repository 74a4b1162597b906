"""Data from the web without a web: requests replaced by mocks, JSON, URLs, an HTML parser, a small cache class, dates of ISO texts, retries."""

# %% lesson
import datetime as dt
import html
import json
import time
import urllib.parse
from html.parser import HTMLParser
from unittest import mock
import requests

PAGE = """<html><head><title>Prices &amp; more</title></head><body>
<a href="/a.html">First</a> <p>text <a class="x" href="https://example.org/b?q=1&amp;r=2">Second</a></p>
<table><tr><th>Name</th><th>Price</th></tr><tr><td>Tea</td><td>2.50</td></tr><tr><td>Cake</td><td>3</td></tr></table>
</body></html>"""
FEED = json.loads('{"items": [{"id": 3, "at": "2024-03-01T10:00:00+01:00", "tags": ["a", "b"], "user": {"name": "Ann"}}, {"id": 4, "at": "2024-02-29T23:30:00Z", "user": null}]}')

class FakeResponse:
    """Given: as much of a response as is needed."""
    def __init__(self, data, status_code=200):
        self.data, self.status_code = data, status_code
    def json(self):
        return self.data
    def raise_for_status(self):
        if self.status_code >= 400:
            raise requests.HTTPError(f"{self.status_code}")

# %% answer url
def search_url(base, query, **more):
    """An address with a query, its parameters in alphabetical order."""
    return f"{base}?{urllib.parse.urlencode(sorted({'q': query, **more}.items()))}"

def parameters(url):
    return {k: v[0] for k, v in urllib.parse.parse_qs(urllib.parse.urlsplit(url).query).items()}

# %% wrong
def search_url(base, query, **more):
    return base + "?q=" + query
def parameters(url):
    return {}

# %% subtle
def search_url(base, query, **more):
    return base + "?q=" + query.replace(" ", "+") + "".join(f"&{k}={v}" for k, v in sorted(more.items()))
def parameters(url):
    return dict(p.split("=") for p in url.split("?")[1].split("&"))

# %% other
def search_url(base, query, **more):
    more["q"] = query
    return base + "?" + "&".join(f"{k}={urllib.parse.quote_plus(str(more[k]))}" for k in sorted(more))
def parameters(url):
    return dict(urllib.parse.parse_qsl(urllib.parse.urlparse(url).query))

# %% test url 2
assert search_url("https://x.org/s", "a b&c", page=2) == "https://x.org/s?page=2&q=a+b%26c"
assert parameters("https://x.org/s?page=2&q=a+b%26c") == {"page": "2", "q": "a b&c"}
assert parameters(search_url("http://h", "żółw")) == {"q": "żółw"}

# %% answer fetch
def fetch_titles(user):
    """The titles of a user's posts; an empty list if there is no such user."""
    response = requests.get("https://api.example.org/posts", params={"user": user}, timeout=5)
    if response.status_code == 404:
        return []
    response.raise_for_status()
    return [post["title"] for post in response.json()]

# %% wrong
def fetch_titles(user):
    return ["one", "two"]

# %% subtle
def fetch_titles(user):
    response = requests.get(f"https://api.example.org/posts?user={user}")
    return [post["title"] for post in response.json()]

# %% other
def fetch_titles(user):
    r = requests.get("https://api.example.org/posts", params=dict(user=user), timeout=10)
    try:
        r.raise_for_status()
    except requests.exceptions.HTTPError:
        if r.status_code == 404:
            return []
        raise
    return list(map(lambda p: p["title"], r.json()))

# %% test fetch 3
with mock.patch("requests.get") as get:
    get.return_value = FakeResponse([{"title": "one"}, {"title": "two"}])
    assert fetch_titles("ann") == ["one", "two"]
    get.assert_called_once()
    assert get.call_args.kwargs["params"] == {"user": "ann"}
    get.return_value = FakeResponse({}, 404)
    assert fetch_titles("nobody") == []
    get.return_value = FakeResponse({}, 500)
    try:
        fetch_titles("ann")
        assert False, "an error of the server is no empty answer"
    except requests.HTTPError:
        pass

# %% answer links
class LinkParser(HTMLParser):
    """Collects (address, text) of links."""
    def __init__(self):
        super().__init__()
        self.links = []
        self._open = None

    def handle_starttag(self, tag, attrs):
        if tag == "a":
            self._open = [dict(attrs).get("href"), ""]

    def handle_data(self, data):
        if self._open:
            self._open[1] += data

    def handle_endtag(self, tag):
        if tag == "a" and self._open:
            self.links.append(tuple(self._open))
            self._open = None

def links(page):
    parser = LinkParser()
    parser.feed(page)
    return parser.links

# %% wrong
class LinkParser(HTMLParser):
    links = []
def links(page):
    return []

# %% subtle
import re
class LinkParser(HTMLParser):
    def __init__(self):
        super().__init__()
        self.links = []
    def handle_starttag(self, tag, attrs):
        if tag == "a":
            self.links.append(attrs[0][1])
def links(page):
    return re.findall(r'<a href="(.*?)">(.*?)</a>', page)

# %% other
import re
class LinkParser(HTMLParser):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.links = []
    def feed(self, page):
        self.links += [(html.unescape(a), t) for a, t in re.findall(r'<a\b[^>]*href="([^"]*)"[^>]*>(.*?)</a>', page)]
def links(page):
    p = LinkParser()
    p.feed(page)
    p.close()
    return p.links

# %% test links 3
assert links(PAGE) == [("/a.html", "First"), ("https://example.org/b?q=1&r=2", "Second")]
p = LinkParser()
assert isinstance(p, HTMLParser)
p.feed('<a href="1">one</a>')
p.feed('<a href="2">two</a>')
assert [address for address, _ in p.links] == ["1", "2"]
assert links("no links") == []

# %% answer feed
def newest(feed):
    """The item that was written last, with "at" as a datetime in UTC and "user" as a name (or None)."""
    parsed = [
        {**item, "at": dt.datetime.fromisoformat(item["at"]).astimezone(dt.timezone.utc),
         "user": (item["user"] or {}).get("name")}
        for item in feed["items"]
    ]
    return max(parsed, key=lambda item: item["at"])

# %% wrong
def newest(feed):
    return feed["items"][0]

# %% subtle
def newest(feed):
    item = max(feed["items"], key=lambda i: i["at"])
    item["at"] = dt.datetime.fromisoformat(item["at"])
    item["user"] = item["user"] and item["user"]["name"]
    return item

# %% other
def newest(feed):
    def when(item):
        return dt.datetime.strptime(item["at"].replace("Z", "+0000"), "%Y-%m-%dT%H:%M:%S%z")
    last = dict(sorted(feed["items"], key=when)[-1])
    last.update(at=when(last).astimezone(dt.timezone.utc), user=last["user"]["name"] if last["user"] else None)
    return last

# %% test feed 2
item = newest(FEED)
assert item["id"] == 3 and item["user"] == "Ann"
assert item["at"] == dt.datetime(2024, 3, 1, 9, tzinfo=dt.timezone.utc) and item["at"].utcoffset() == dt.timedelta(0)
assert isinstance(FEED["items"][0]["at"], str), "leave the feed as it is"
assert newest({"items": FEED["items"][1:]})["user"] is None

# %% answer retry
def retry(times, exceptions=(Exception,), wait=0):
    """A decorator: try again so many times; the last error is raised."""
    def decorate(f):
        def inner(*args, **kwargs):
            for attempt in range(times):
                try:
                    return f(*args, **kwargs)
                except exceptions:
                    if attempt == times - 1:
                        raise
                    time.sleep(wait)
        return inner
    return decorate

# %% wrong
def retry(times, exceptions=(Exception,), wait=0):
    return lambda f: f

# %% subtle
def retry(times, exceptions=(Exception,), wait=0):
    def decorate(f):
        def inner(*args, **kwargs):
            for attempt in range(times):
                try:
                    return f(*args, **kwargs)
                except Exception as e:
                    pass
        return inner
    return decorate

# %% other
import functools
class retry:
    def __init__(self, times, exceptions=(Exception,), wait=0):
        self.times, self.exceptions, self.wait = times, exceptions, wait
    def __call__(self, f):
        @functools.wraps(f)
        def inner(*args, **kwargs):
            left = self.times
            while True:
                left -= 1
                try:
                    return f(*args, **kwargs)
                except self.exceptions as e:
                    if left <= 0:
                        raise e
        return inner

# %% test retry 3
tries = []
@retry(3, (requests.ConnectionError, TimeoutError))
def unsteady(fail):
    tries.append(fail)
    if len(tries) < fail:
        raise requests.ConnectionError("again")
    return "done"
assert unsteady(3) == "done" and len(tries) == 3
tries.clear()
try:
    unsteady(9)
except requests.ConnectionError as e:
    assert "again" in str(e) and len(tries) == 3
else:
    assert False
@retry(5, (KeyError,))
def other():
    tries.append(0)
    raise ValueError("not this one")
tries.clear()
try:
    other()
except ValueError:
    assert len(tries) == 1
