"""A loader, an embedder, a store, a reader, a tokenizer and a transformer in Python, as good as those in files: the conformance
cases run on them."""
import collections
import hashlib
import math
import re
import threading

from freshet import errors
from freshet import provide as p


class Shelf(p.Loader):
    """Pages from a dictionary in its options."""
    name = "shelf"
    options = {"type": "object", "required": ["pages"],
               "properties": {"pages": {"type": "object", "additionalProperties": {"type": "string"}}}}

    def __init__(self, options, host):
        super().__init__(options, host)
        self.pages = options["pages"]

    prepared = collections.deque(maxlen=100)

    def prepare(self, call, entries, known_versions):
        self.prepared += zip((entry.uri for entry in entries), known_versions)

    @staticmethod
    def version(text):
        return hashlib.sha256(text.encode()).hexdigest()

    def list(self, call, state):
        for name, text in self.pages.items():
            call.check()
            yield p.Entry(f"shelf:/{name}", version=self.version(text), title=name, metadata={"shelf": "upper"}, size=len(text))
        return p.Listing.WHOLE

    def fetch(self, call, entry, known_version):
        text = self.pages.get(entry.uri.rpartition("/")[2])
        if text is None:
            return p.Gone()
        if known_version == self.version(text):
            return p.NotModified()
        return p.Content(text, "text/markdown", version=self.version(text))


class Letters(p.Embedder):
    """How often each letter comes."""
    name = "letters"

    def info(self):
        return p.EmbedderInfo("letters-27", 27, max_inputs=16)

    def embed(self, call, texts, query):
        for text in texts:
            call.check()
            counts = [1.0] + [float(text.lower().count(chr(97 + each))) for each in range(26)]
            yield counts
        yield p.Usage(sum(len(text) for text in texts))


class Namespace:
    def __init__(self, dimension, model):
        self.dimension, self.model, self.rows, self.was = dimension, model, {}, None


class Memory(p.Store):
    """Rows in memory, by the name of a place, so that an instance that is opened again finds what was there."""
    name = "memory"
    options = {"type": "object", "properties": {"place": {"type": "string", "default": "here"}}}
    identity = ("place",)
    places, lock = {}, threading.Lock()

    def __init__(self, options, host):
        super().__init__(options, host)
        self.spaces = self.places.setdefault(options["place"], {})

    def info(self):
        return p.StoreInfo(text_search=True, vector_search=True, ordered=True, max_batch=50, concurrent_writes=2)

    def space(self, namespace):
        if namespace not in self.spaces:
            raise errors.NotFound("there is no such namespace", subject=namespace)
        return self.spaces[namespace]

    def ensure(self, call, namespace, dimension, model):
        with self.lock:
            there = self.spaces.setdefault(namespace, Namespace(dimension, model))
        if (there.dimension, there.model) != (dimension, model):
            raise errors.InvalidArgument(f"has {there.dimension} dimensions of {there.model!r}", subject=namespace)

    def upsert(self, call, namespace, rows):
        space = self.space(namespace)
        for row in rows:
            with self.lock:
                space.rows[row.id] = row
            yield row.id

    def remove(self, call, namespace, ids):
        rows = self.spaces[namespace].rows if namespace in self.spaces else {}
        for each in ids:
            with self.lock:
                rows.pop(each, None)
            yield each

    def search(self, call, namespace, search):
        with self.lock:
            rows = list(self.space(namespace).rows.values())
        scored = [(self.score(search, row), row) for row in rows]
        scored = sorted(((score, row) for score, row in scored if score is not None), key=lambda each: (-each[0], each[1].id))
        for score, row in scored[:search.limit]:
            yield p.Row(row.id, row.digest, row.text, row.uri, row.title, row.url, row.path, row.metadata, None, score)

    @staticmethod
    def score(search, row):
        if search.mode == "vector":
            return cosine(search.vector, row.vector) if row.vector is not None else None
        words = set(re.findall(r"\w+", search.text.lower()))
        found = words & set(re.findall(r"\w+", f"{row.title} {row.text}".lower()))
        return float(len(found)) if found else None

    def get(self, call, namespace, ids):
        rows = self.space(namespace).rows
        return [rows[each] for each in dict.fromkeys(ids) if each in rows]

    def list(self, call, namespace, cursor, limit):
        with self.lock:
            later = sorted(each for each in self.space(namespace).rows if each > cursor)
        rows = self.space(namespace).rows
        page = [(each, rows[each].digest) for each in later[:limit]]
        return p.Page(page, later[limit - 1] if len(later) > limit else None)

    def count(self, call, namespace):
        return len(self.space(namespace).rows)

    def reset(self, call, namespace):
        with self.lock:
            self.spaces.pop(namespace, None)

    def replace(self, call, namespace, by):
        with self.lock:
            if by in self.spaces:
                self.spaces[namespace] = self.spaces.pop(by)
                self.spaces[namespace].was = by
            elif namespace not in self.spaces or self.spaces[namespace].was != by:
                raise errors.NotFound("there is no such namespace", subject=by)

    def namespaces(self, call):
        return list(self.spaces)

    def foreign(self, call, namespace, remove):
        self.space(namespace)  # nobody else writes here
        return 0


def cosine(one, other):
    product = sum(a * b for a, b in zip(one, other))
    return product / math.sqrt(sum(a * a for a in one) * sum(b * b for b in other))


class Lines(p.ReaderPlugin):
    """Each line a paragraph; one that begins with "=" a heading."""
    name = "lines"
    media_types = ("text/x-lines",)
    extensions = (".lines",)

    def read(self, call, request, builder):
        try:
            text = request.content.decode(request.charset or "utf-8").replace("\0", "")
        except (UnicodeDecodeError, LookupError) as error:
            raise errors.Parse(str(error)) from error
        builder.title(request.uri)
        builder.metadata("lines", text.count("\n"))
        for line in text.splitlines():
            if line.startswith("="):
                builder.section(1, line.strip("= "))
            elif line.strip():
                builder.text(line + "\n\n")


class Words(p.Tokenizer):
    name = "words"

    def info(self):
        return p.TokenizerInfo("words")

    def split(self, text):
        ends = [found.end() for found in re.finditer(rb"\S+|\s+", text)]
        return ends


class Shouting(p.Transformer):
    """Adds the section's title in capitals."""
    name = "shouting"

    def info(self):
        return p.TransformerInfo(max_chunks=8, fingerprint="1")

    def transform(self, call, chunks):
        for chunk in chunks:
            call.check()
            yield p.Transformed(f"{chunk.section.upper()}\n{chunk.text}" if chunk.section else None, {"shouted": True})


ALL = (Shelf, Letters, Memory, Lines, Words, Shouting)
