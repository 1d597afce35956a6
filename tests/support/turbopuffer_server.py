"""A strict stand-in for turbopuffer, written from its documentation: what it does not know, it refuses.

All is in memory, and exact where turbopuffer approximates. `fault` may take a request before it is served:
it is called with the request and gives None, or the name of something that goes wrong (FAULTS), or (status, headers, body),
or a number: that many bytes of the answer arrive.
"""
import base64
import bisect
import contextlib
import copy
import http.server
import itertools
import json
import math
import re
import socket
import struct
import threading
import unicodedata
import urllib.parse
import zlib

MOST_REQUEST = 256_000_000
MOST_ATTRIBUTES, MOST_NAME, MOST_ID = 256, 128, 64
MOST_VALUE, MOST_INDEXED, MOST_DOCUMENT = 8 << 20, 4 << 10, 64 << 20
MOST_DIMENSIONS, MOST_VECTOR_COLUMNS = 10_752, 2
MOST_ROWS, MOST_QUERIES, MOST_WORDS = 10_000, 16, 1024
DELETED_AT_ONCE = 5_000_000

WRITE_KEYS = {"upsert_rows", "upsert_columns", "patch_rows", "patch_columns", "deletes", "delete_by_filter",
              "delete_by_filter_allow_partial", "distance_metric", "schema", "return_affected_ids", "disable_backpressure",
              "create_namespace"}
QUERY_KEYS = {"rank_by", "top_k", "limit", "offset", "filters", "include_attributes", "exclude_attributes", "aggregate_by"}
ROOT_KEYS = {"consistency", "vector_encoding"}
SCHEMA_KEYS = {"type", "filterable", "full_text_search", "ann", "regex", "glob", "fuzzy"}
SEARCH_KEYS = {"tokenizer", "case_sensitive", "language", "stemming", "remove_stopwords", "ascii_folding", "max_token_length", "k1", "b"}
TOKENIZERS = {"word_v0", "word_v1", "word_v2", "word_v3", "word_v4", "pre_tokenized_array"}
METRICS = {"cosine_distance", "euclidean_squared"}
STOP_WORDS = set("a an and are as at be but by for if in into is it no not of on or such that the their then there these they this "
                 "to was will with".split())

# Before the request is served: reset, unavailable, busy. After it was: drop, torn, html, empty, other. For upserts alone:
# partial does the first half of them, and says so.
FAULTS = ("reset", "unavailable", "busy", "drop", "torn", "html", "empty", "other", "partial")


class Refusal(Exception):
    def __init__(self, status, message, headers=None):
        super().__init__(message)
        self.status, self.headers = status, headers or {}
        self.body = {"status": "error", "error": message}


def require(holds, message, status=400):
    if not holds:
        raise Refusal(status, message)


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def single(value):
    """As a 32-bit float keeps it."""
    return struct.unpack("<f", struct.pack("<f", value))[0]


def known_keys(value, keys, what):
    require(isinstance(value, dict), f"{what} must be an object")
    unknown = sorted(value.keys() - keys)
    require(not unknown, f"unknown field `{unknown[0] if unknown else ''}` in {what}")


# Values and their types.

def check_scalar(kind, value, name):
    kinds = {"string": lambda: isinstance(value, str), "bool": lambda: isinstance(value, bool),
             "int": lambda: isinstance(value, int) and not isinstance(value, bool) and -2**63 <= value < 2**63,
             "uint": lambda: isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**64,
             "float": lambda: is_number(value)}
    if kind == "uuid":
        require(isinstance(value, str) and re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", value),
                f"attribute `{name}`: {json.dumps(value)[:80]} is not a uuid")
        return value.lower()
    require(kind in kinds and kinds[kind](), f"attribute `{name}`: expected {kind}, got {json.dumps(value)[:80]}")
    return value


def check_value(config, value, name):
    """The value as it is kept, or a refusal."""
    if value is None:
        return None
    kind = config["type"]
    vector = re.fullmatch(r"\[(\d+)\]f32", kind)
    if vector:
        return check_vector(int(vector[1]), value, name)
    values = value if kind.startswith("[]") else [value]
    require(isinstance(values, list), f"attribute `{name}`: expected {kind}, got {json.dumps(value)[:80]}")
    kept = [check_scalar(kind.removeprefix("[]"), each, name) for each in values]
    sizes = [len(each.encode()) if isinstance(each, str) else 8 for each in kept]
    require(sum(sizes) <= MOST_VALUE, f"attribute `{name}`: value is larger than {MOST_VALUE} bytes")
    require(not config["filterable"] or max(sizes, default=0) <= MOST_INDEXED,
            f"attribute `{name}`: filterable value is larger than {MOST_INDEXED} bytes")
    return kept if kind.startswith("[]") else kept[0]


def check_vector(dimension, value, name):
    if isinstance(value, str):
        try:
            data = base64.b64decode(value, validate=True)
        except ValueError:
            raise Refusal(400, f"attribute `{name}`: invalid base64") from None
        require(len(data) % 4 == 0, f"attribute `{name}`: not a vector of f32")
        numbers = list(struct.unpack(f"<{len(data) // 4}f", data))
    else:
        require(isinstance(value, list) and all(map(is_number, value)), f"attribute `{name}`: not a vector")
        numbers = [single(each) for each in value]
    require(all(map(math.isfinite, numbers)), f"attribute `{name}`: vector is not finite")
    require(len(numbers) == dimension, f"attribute `{name}`: vector has {len(numbers)} dimensions, namespace has {dimension}")
    return numbers


def inferred(name, value):
    """The type that a value has where nobody said one."""
    if name == "vector":
        size = len(value) if isinstance(value, list) else len(base64.b64decode(value)) // 4
        return f"[{size}]f32"
    several = isinstance(value, list)
    first = value[0] if several and value else value
    for kind, python in (("bool", bool), ("string", str), ("int", int)):
        if isinstance(first, python):
            return ("[]" if several else "") + kind
    raise Refusal(400, f"cannot infer the type of attribute `{name}` from {json.dumps(value)[:80]}: set it in the schema")


def read_attribute(name, given):
    """An attribute of a schema, with its defaults."""
    config = {"type": given} if isinstance(given, str) else given
    known_keys(config, SCHEMA_KEYS, f"schema of `{name}`")
    kind = config.get("type")
    vector = re.fullmatch(r"\[(\d+)\]f32", str(kind))
    scalar = str(kind).removeprefix("[]")
    require(vector or scalar in ("string", "int", "uint", "float", "uuid", "bool"), f"unknown type {json.dumps(kind)} of attribute `{name}`")
    if vector:
        require(1 <= int(vector[1]) <= MOST_DIMENSIONS, f"attribute `{name}`: vectors have 1 to {MOST_DIMENSIONS} dimensions")
        require(config.get("ann") is True or isinstance(config.get("ann"), dict) or name == "vector" and "ann" not in config,
                f"attribute `{name}`: ann must be true")
        return {"type": kind, "ann": True, "filterable": False, "full_text_search": None}
    require("ann" not in config, f"attribute `{name}`: ann is for vectors")
    search = config.get("full_text_search") or None
    if search:
        require(scalar == "string", f"attribute `{name}`: full-text search is for strings")
        search = {} if search is True else search
        known_keys(search, SEARCH_KEYS, f"full_text_search of `{name}`")
        require(search.get("tokenizer", "word_v4") in TOKENIZERS, f"attribute `{name}`: unknown tokenizer")
        search = {"tokenizer": "word_v4", "case_sensitive": False, "language": "english", "stemming": False,
                  "remove_stopwords": False, "ascii_folding": False, "max_token_length": 39, "k1": 1.2, "b": 0.75, **search}
    filterable = config.get("filterable", not search and not config.get("regex") and not config.get("glob"))
    require(isinstance(filterable, bool), f"attribute `{name}`: filterable must be a boolean")
    require(name != "id" or (filterable and not search), "the id is always filterable")
    return {"type": kind, "filterable": filterable, "full_text_search": search}


# Words, roughly as a tokenizer of words and a stemmer see them.

def tokens_of(config, text):
    if config["ascii_folding"]:
        text = "".join(each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each))
    if not config["case_sensitive"]:
        text = text.lower()
    words = [word for word in re.findall(r"[^\W_]+", text) if len(word.encode()) <= config["max_token_length"]]
    if config["remove_stopwords"]:
        words = [word for word in words if word not in STOP_WORDS]
    return [stem(word) for word in words] if config["stemming"] else words


def stem(word):
    for end in ("ations", "ation", "ators", "ator", "ates", "ated", "ate", "ings", "ing", "ies", "ed", "es", "s", "e", "y"):
        if word.endswith(end) and len(word) - len(end) >= 3:
            return word[:-len(end)]
    return word


class Namespace:
    def __init__(self, metric=None):
        self.schema, self.metric, self.rows = {}, metric, {}
        self.in_order = None  # the ids, sorted, until the next write

    # Writing: first all of it is read, and then all of it is done.

    def plan(self, body):
        schema, metric = dict(self.schema), self.metric
        for name, given in (body.get("schema") or {}).items():
            self.declare(schema, name, read_attribute(name, given))
        upserts = self.read_rows(body, "upsert", schema)
        patches = self.read_rows(body, "patch", schema)
        deletes = body.get("deletes", [])
        require(isinstance(deletes, list), "deletes must be an array")
        if "id" not in schema and deletes:
            self.infer_id(schema, deletes[0])
        deletes = [self.check_id(schema, each) for each in deletes]
        ids = [row["id"] for row in upserts + patches] + deletes
        require(len(ids) == len(set(ids)), "the same document id appears more than once in the request")
        vectors = [name for name, config in schema.items() if config["type"].endswith("]f32")]
        require(len(vectors) <= MOST_VECTOR_COLUMNS, f"a namespace has at most {MOST_VECTOR_COLUMNS} vector columns")
        require(not self.schema or vectors == [name for name in vectors if name in self.schema],
                "vector columns are fixed when the namespace is created")
        require(len(schema) <= MOST_ATTRIBUTES, f"a namespace has at most {MOST_ATTRIBUTES} attributes")
        given = body.get("distance_metric")
        require(given is None or given in METRICS, f"unknown distance_metric {json.dumps(given)}")
        require(given or not vectors or not (upserts or not self.schema), "distance_metric is required")
        require(not given or metric in (None, given) or not vectors, f"distance_metric is {metric} in this namespace")
        for row in upserts:
            for name in vectors:
                require(row.get(name) is not None, f"document {row['id']} has no `{name}`")
            require(sum(len(str(value)) for name, value in row.items() if name not in vectors) <= MOST_DOCUMENT,
                    "document is larger than 64 MiB")
        for row in patches:
            require(not vectors or not row.keys() & set(vectors), "vectors cannot be patched")
        return schema, metric or given, upserts, patches, deletes

    def declare(self, schema, name, config):
        require(isinstance(name, str) and name and not name.startswith("$") and len(name.encode()) <= MOST_NAME,
                f"invalid attribute name `{str(name)[:200]}`")
        before = schema.get(name)
        require(before is None or before["type"] == config["type"],
                f"attribute `{name}` is of type {before and before['type']} and cannot become {config['type']}")
        schema[name] = config

    @staticmethod
    def infer_id(schema, value):
        require(isinstance(value, (str, int)) and not isinstance(value, bool), f"invalid document id {json.dumps(value)[:80]}")
        schema["id"] = {"type": "string" if isinstance(value, str) else "uint", "filterable": True, "full_text_search": None}

    @staticmethod
    def check_id(schema, value):
        require(value is not None and not (isinstance(value, str) and len(value.encode()) > MOST_ID), f"invalid document id: at most {MOST_ID} bytes")
        return check_scalar(schema["id"]["type"], value, "id")

    def read_rows(self, body, verb, schema):
        rows, columns = body.get(f"{verb}_rows", []), body.get(f"{verb}_columns")
        require(isinstance(rows, list) and all(isinstance(row, dict) for row in rows), f"{verb}_rows must be an array of objects")
        if columns is not None:
            require(isinstance(columns, dict) and all(isinstance(column, list) for column in columns.values()),
                    f"{verb}_columns must be an object of arrays")
            require("id" in columns, f"{verb}_columns has no `id`")
            sizes = {name: len(column) for name, column in columns.items()}
            require(len(set(sizes.values())) == 1, f"{verb}_columns: columns have different lengths: {sizes}")
            rows = rows + [dict(zip(columns, values)) for values in zip(*columns.values())]
        return [self.read_row(row, schema) for row in rows]

    def read_row(self, row, schema):
        require("id" in row, "document has no `id`")
        if "id" not in schema:
            self.infer_id(schema, row["id"])
        kept = {"id": self.check_id(schema, row["id"])}
        for name, value in row.items():
            if name == "id" or value is None:
                continue
            if name not in schema:
                self.declare(schema, name, read_attribute(name, inferred(name, value)))
            kept[name] = check_value(schema[name], value, name)
        return kept

    def write(self, body, most=None):
        """`most`: of the upserts, where only some of them are done."""
        schema, metric, upserts, patches, deletes = self.plan(body)
        doomed = []
        if "delete_by_filter" in body:
            doomed = [id for id, row in self.rows.items() if self.passes(body["delete_by_filter"], row)]
            partial = body.get("delete_by_filter_allow_partial", False)
            require(partial or len(doomed) <= DELETED_AT_ONCE, "delete_by_filter matches too many documents")
        remaining, doomed = len(doomed) > DELETED_AT_ONCE, doomed[:DELETED_AT_ONCE]
        self.schema, self.metric, self.in_order = schema, metric, None
        deleted = [id for id in doomed if self.rows.pop(id, None)]
        upserts = upserts[:most]
        for row in upserts:
            self.rows[row["id"]] = row
        patched = [row["id"] for row in patches if row["id"] in self.rows]
        for row in patches:
            if row["id"] in self.rows:
                self.rows[row["id"]] = {**self.rows[row["id"]], **row}
        deleted += [id for id in deletes if self.rows.pop(id, None) or True]
        return self.answer(body, [row["id"] for row in upserts], patched, deleted, remaining)

    @staticmethod
    def answer(body, upserted, patched, deleted, remaining):
        answer = {"status": "OK", "message": "documents committed successfully",
                  "rows_affected": len(upserted) + len(patched) + len(deleted),
                  "billing": {"billable_logical_bytes_written": 0}, "performance": {"server_total_ms": 1}}
        for verb, keys, ids in (("upserted", ("upsert_rows", "upsert_columns"), upserted), ("patched", ("patch_rows", "patch_columns"), patched),
                                ("deleted", ("deletes", "delete_by_filter"), deleted)):
            if any(key in body for key in keys):
                answer[f"rows_{verb}"] = len(ids)
            if body.get("return_affected_ids") and ids:
                answer[f"{verb}_ids"] = ids
        if "delete_by_filter" in body:
            answer["rows_remaining"] = remaining
        return answer

    # Filters.

    def config(self, name):
        require(isinstance(name, str) and name in self.schema, f"attribute `{name}` not found in schema")
        return self.schema[name]

    def operand(self, name, value, several=False):
        config = self.config(name)
        require(config["filterable"], f"attribute `{name}` is not filterable")
        kind = {**config, "type": config["type"].removeprefix("[]")}
        if not several:
            return check_value(kind, value, name)
        require(isinstance(value, list), f"filter on `{name}`: expected an array")
        return [check_value(kind, each, name) for each in value]

    def passes(self, filter, row):
        require(isinstance(filter, list) and len(filter) in (2, 3, 4), f"invalid filter {json.dumps(filter)[:200]}")
        if filter[0] in ("And", "Or") and len(filter) == 2:
            require(isinstance(filter[1], list) and filter[1], f"{filter[0]} must have an array of filters")
            results = [self.passes(each, row) for each in filter[1]]  # all of them, so that all are read
            return all(results) if filter[0] == "And" else any(results)
        if filter[0] == "Not" and len(filter) == 2:
            return not self.passes(filter[1], row)
        require(len(filter) == 3, f"invalid filter {json.dumps(filter)[:200]}")
        name, op, value = filter
        return self.test(name, op, value, row.get(name))

    def test(self, name, op, value, has):
        array = self.config(name)["type"].startswith("[]")
        if op in ("Eq", "NotEq"):
            require(not array or value is None, f"{op} on the array `{name}`: use Contains")
            return (has == self.operand(name, value)) == (op == "Eq")
        if op in ("In", "NotIn"):
            require(not array, f"{op} on the array `{name}`: use ContainsAny")
            return (has in self.operand(name, value, several=True)) == (op == "In")
        if op in ("Contains", "NotContains", "ContainsAny", "NotContainsAny"):
            require(array, f"{op} on `{name}`, which is no array")
            values = self.operand(name, value, several=True) if op.endswith("Any") else [self.operand(name, value)]
            return any(each in values for each in has or []) != op.startswith("Not")
        if op in ("Lt", "Lte", "Gt", "Gte"):
            require(not array, f"{op} on the array `{name}`")
            limit = self.operand(name, value)
            if has is None:
                return op.startswith("Lt")  # as documented
            return {"Lt": has < limit, "Lte": has <= limit, "Gt": has > limit, "Gte": has >= limit}[op]
        if op in ("ContainsAllTokens", "ContainsAnyToken"):
            search = self.config(name)["full_text_search"]
            require(search, f"attribute `{name}` is not enabled for full-text search")
            wanted, there = set(tokens_of(search, value)), set(tokens_of(search, has or ""))
            return wanted <= there if op == "ContainsAllTokens" else bool(wanted & there)
        raise Refusal(400, f"unknown filter operator `{op}`")

    # Queries.

    def query(self, body, encoding):
        known_keys(body, QUERY_KEYS, "query")
        if "filters" in body and not self.rows:
            self.passes(body["filters"], {})
        listed = body.get("rank_by") == ["id", "asc"] and "offset" not in body and self.rows
        if listed and any(part[:2] == ["id", "Gt"] for part in self.parts(body.get("filters"))):
            passing = self.first_passing(body["filters"], self.limit(body))
        else:
            passing = self.passing(body)
        if "aggregate_by" in body:
            require(not body.keys() & {"rank_by", "include_attributes", "offset"}, "aggregate_by cannot be combined with rank_by")
            for label, function in body["aggregate_by"].items():
                require(function in (["Count"], ["Count", "id"]), f"unknown aggregate {json.dumps(function)} of `{label}`")
            return {"aggregations": {label: len(passing) for label in body["aggregate_by"]}}
        require("rank_by" in body, "rank_by is required")
        limit, offset = self.limit(body), body.get("offset", 0)
        require(isinstance(offset, int) and offset >= 0, "offset must be a whole number")
        ranked = self.rank(body["rank_by"], passing, "filters" in body)[offset:offset + limit]
        return {"rows": [self.shown(body, row, dist, encoding) for dist, row in ranked]}

    @staticmethod
    def parts(filter):
        """Those of a filter of several that have three words each, all of which have to hold."""
        several = isinstance(filter, list) and len(filter) == 2 and filter[0] == "And" and isinstance(filter[1], list)
        return [part for part in filter[1] if isinstance(part, list) and len(part) == 3] if several else []

    def first_passing(self, filter, most):
        """By their ids, behind one: the others are not looked through."""
        if self.in_order is None:
            self.in_order = sorted(self.rows)
        begin = max(bisect.bisect_right(self.in_order, self.operand("id", value))
                    for name, op, value in self.parts(filter) if (name, op) == ("id", "Gt"))
        self.passes(filter, {})  # that it can be read
        rows = (self.rows[id] for id in itertools.islice(self.in_order, begin, None))
        return list(itertools.islice((row for row in rows if self.passes(filter, row)), most))

    def passing(self, body):
        if "filters" not in body:
            return list(self.rows.values())
        filter, rows = body["filters"], self.rows.values()
        parts = filter[1] if isinstance(filter, list) and len(filter) == 2 and filter[0] == "And" and isinstance(filter[1], list) else []
        for part in parts:  # many ids of many rows are looked up, and not looked through
            if isinstance(part, list) and part[:2] == ["id", "In"] and len(part) == 3 and len(parts) > 1:
                rows = [self.rows[id] for id in self.operand("id", part[2], several=True) if id in self.rows]
                filter = ["And", [each for each in parts if each is not part]]
        return [row for row in rows if self.passes(filter, row)]

    @staticmethod
    def limit(body):
        require(("top_k" in body) != ("limit" in body), "one of limit and top_k is required")
        limit = body.get("top_k", body.get("limit"))
        if isinstance(limit, dict):
            known_keys(limit, {"total"}, "limit")
            limit = limit.get("total")
        require(isinstance(limit, int) and not isinstance(limit, bool) and 1 <= limit <= MOST_ROWS, f"limit must be from 1 to {MOST_ROWS}")
        return limit

    def rank(self, by, rows, filtered):
        require(isinstance(by, list) and len(by) >= 2, f"invalid rank_by {json.dumps(by)[:200]}")
        if by[1] in ("asc", "desc") and len(by) == 2:
            require(self.config(by[0])["filterable"], f"attribute `{by[0]}` is not filterable, and cannot be ordered by")
            ordered = sorted((row for row in rows if row.get(by[0]) is not None), key=lambda row: row[by[0]], reverse=by[1] == "desc")
            return [(None, row) for row in ordered]
        if by[1] in ("ANN", "kNN") and len(by) == 3:
            require(by[1] == "ANN" or filtered, "kNN requires filters")
            name, _, wanted = by
            vector = re.fullmatch(r"\[(\d+)\]f32", self.config(name)["type"])
            require(vector, f"attribute `{name}` is no vector")
            require(isinstance(wanted, list), "the vector of a query is an array of numbers")
            wanted = check_vector(int(vector[1]), wanted, name)
            return sorted(((self.distance(wanted, row[name]), row) for row in rows), key=lambda each: (each[0], each[1]["id"]))
        scores = self.scores(by, rows)
        return sorted(((score, row) for score, row in zip(scores, rows) if score > 0), key=lambda each: (-each[0], each[1]["id"]))

    def distance(self, a, b):
        if self.metric == "euclidean_squared":
            return sum((x - y) ** 2 for x, y in zip(a, b))
        lengths = math.sqrt(sum(x * x for x in a)) * math.sqrt(sum(y * y for y in b))
        return 1 - (sum(x * y for x, y in zip(a, b)) / lengths if lengths else 0)

    def scores(self, by, rows):
        if by[0] in ("Sum", "Max") and len(by) == 2:
            require(isinstance(by[1], list) and by[1], f"{by[0]} must have an array of clauses")
            parts = [self.scores(each, rows) for each in by[1]]
            return [sum(each) if by[0] == "Sum" else max(each) for each in zip(*parts)]
        if by[0] == "Product" and len(by) == 3:
            weight, clause = (by[1], by[2]) if is_number(by[1]) else (by[2], by[1])
            require(is_number(weight), "Product needs a number")
            return [weight * each for each in self.scores(clause, rows)]
        require(len(by) == 3 and by[1] == "BM25" and isinstance(by[2], str), f"invalid rank_by {json.dumps(by)[:200]}")
        return self.bm25(by[0], by[2], rows)

    def bm25(self, name, words, rows):
        search = self.config(name)["full_text_search"]
        require(search, f"attribute `{name}` is not enabled for full-text search")
        require(len(words) <= MOST_WORDS, f"a full-text query has at most {MOST_WORDS} characters")
        documents = {id: tokens_of(search, row.get(name) or "") for id, row in self.rows.items()}
        average = sum(map(len, documents.values())) / max(1, len(documents)) or 1
        having = {term: sum(term in document for document in documents.values()) for term in set(tokens_of(search, words))}
        return [self.score(documents[row["id"]], having, average, search) for row in rows]

    def score(self, document, having, average, search):
        total, k1, b = 0, search["k1"], search["b"]
        for term, count in having.items():
            often = document.count(term)
            rarity = math.log(1 + (len(self.rows) - count + 0.5) / (count + 0.5))
            total += rarity * often * (k1 + 1) / (often + k1 * (1 - b + b * len(document) / average))
        return total

    def shown(self, body, row, dist, encoding):
        include, exclude = body.get("include_attributes", []), body.get("exclude_attributes")
        require("include_attributes" not in body or exclude is None, "include_attributes and exclude_attributes exclude each other")
        require(include is True or isinstance(include, list), "include_attributes must be an array or true")
        names = list(self.schema) if include is True or exclude is not None else include
        if exclude is not None:
            names = [name for name in names if name not in exclude]
        shown = {"id": row["id"]}
        for name in names:
            self.config(name)
            value = row.get(name)
            if value is not None and self.schema[name]["type"].endswith("]f32") and encoding == "base64":
                value = base64.b64encode(struct.pack(f"<{len(value)}f", *value)).decode()
            if value is not None or include is not True:
                shown[name] = value
        if dist is not None:
            shown["$dist"] = dist
        return shown

    def metadata(self):
        schema = copy.deepcopy(self.schema)
        for config in schema.values():
            if config["type"].endswith("]f32"):
                config["ann"] = {"distance_metric": self.metric}
        return {"schema": schema, "approx_row_count": len(self.rows), "approx_logical_bytes": 0, "created_at": "2026-01-01T00:00:00Z",
                "updated_at": "2026-01-01T00:00:00Z", "encryption": {"mode": "default"}, "index": {"status": "up-to-date"}}


class Request:
    """One request: what `fault` is asked about."""

    def __init__(self, handler, raw):
        url = urllib.parse.urlsplit(handler.path)
        self.method, self.path, self.raw = handler.command, url.path, raw
        self.parameters = dict(urllib.parse.parse_qsl(url.query, strict_parsing=bool(url.query)))
        self.headers = {name.lower(): value for name, value in handler.headers.items()}
        self.body = None  # as JSON, once it is read
        parts = url.path.strip("/").split("/")
        self.namespace = urllib.parse.unquote(parts[2]) if len(parts) > 2 else None
        self.verb = "/".join([self.method, parts[0], *parts[3:]]) if self.namespace else f"{self.method} {url.path}"

    @property
    def is_write(self):
        return self.verb == "POST/v2"


class Turbopuffer:
    def __init__(self, key="tpuf_test_0123456789"):
        service = self
        self.key = key
        self.namespaces = {}
        self.requests = []  # (verb, status) of each, in the order of their answers
        self.writes = []    # bodies of the writes that were taken
        self.bytes_in = 0
        self.fault = lambda request: None
        self.lock = threading.RLock()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self):
                service.serve(self)

            do_GET = do_DELETE = do_PUT = do_PATCH = do_POST

            def handle(self):
                with contextlib.suppress(ConnectionError):  # the client was killed
                    super().handle()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def serve(self, handler):
        size = int(handler.headers.get("Content-Length", 0))
        request = Request(handler, handler.rfile.read(size))
        fault = self.fault(request)
        status, headers, body = fault if isinstance(fault, tuple) else self.outcome(request, fault)
        with self.lock:
            self.bytes_in += size
            self.requests.append((request.verb, status))
        if fault == "torn" or isinstance(fault, int):
            return self.tear(handler, status, body, fault)
        if fault in ("reset", "drop"):
            return self.reset(handler)
        self.send(handler, status, headers, body)

    def outcome(self, request, fault):
        if fault == "reset":
            return 0, {}, None
        if fault == "unavailable":
            return 503, {}, {"status": "error", "error": "service unavailable"}
        if fault == "busy":
            return 429, {"retry-after-ms": "1"}, {"status": "error", "error": "too many unindexed bytes"}
        try:
            with self.lock:
                status, headers, body = 200, {}, self.answer(request, fault)
        except Refusal as refusal:
            return refusal.status, refusal.headers, refusal.body
        return status, headers, {"html": b"<html>welcome</html>", "empty": b"", "other": {"answer": 42}}.get(fault, body)

    @staticmethod
    def send(handler, status, headers, body):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        handler.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers, "Content-Length": str(len(data))}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(data)

    @staticmethod
    def reset(handler):
        """Closes so that the client sees a reset, and nothing else."""
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.close_connection = True

    @staticmethod
    def tear(handler, status, body, fault):
        """The answer ends before its end."""
        data = json.dumps(body).encode()
        whole = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n".encode() + data
        handler.wfile.write(whole[:min(zlib.crc32(whole) % len(whole) if fault == "torn" else fault, len(whole) - 1)])
        handler.wfile.flush()
        with contextlib.suppress(OSError):  # the client was killed
            handler.connection.shutdown(socket.SHUT_RDWR)
        handler.close_connection = True

    def answer(self, request, fault):
        require(request.headers.get("authorization") == f"Bearer {self.key}", "invalid API key", 401)
        require("content-encoding" not in request.headers, "unsupported content-encoding", 415)
        require(len(request.raw) <= MOST_REQUEST, f"request is larger than {MOST_REQUEST} bytes", 413)
        request.parameters.pop("stainless_overload", None)
        if request.verb == "GET /v1/namespaces":
            return self.names(request.parameters)
        require(not request.parameters, f"unknown parameter `{next(iter(request.parameters), '')}`")
        routes = {"POST/v2": self.write, "POST/v2/query": self.query, "DELETE/v2": self.delete,
                  "GET/v2/metadata": lambda request, _: self.find(request).metadata(),
                  "GET/v1/metadata": lambda request, _: self.find(request).metadata(),
                  "GET/v1/schema": lambda request, _: self.find(request).metadata()["schema"]}
        require(request.verb in routes, "not found", 404)
        require(re.fullmatch(r"[A-Za-z0-9\-_.]{1,128}", request.namespace), f"invalid namespace name `{request.namespace}`")
        return routes[request.verb](request, fault)

    def find(self, request):
        namespace = self.namespaces.get(request.namespace)
        require(namespace is not None, f"namespace '{request.namespace}' was not found", 404)
        return namespace

    def read(self, request):
        require(request.headers.get("content-type", "").startswith("application/json"), "content-type must be application/json", 415)
        try:
            request.body = json.loads(request.raw.decode(), parse_constant=lambda name: require(False, f"invalid number {name}"))
        except ValueError:
            raise Refusal(400, "request body is not JSON") from None
        require(isinstance(request.body, dict), "request body must be an object")
        return request.body

    def write(self, request, fault):
        body = self.read(request)
        known_keys(body, WRITE_KEYS, "write")
        there = request.namespace in self.namespaces
        create = body.get("create_namespace")
        has_rows = any(body.get(key) for key in ("upsert_rows", "upsert_columns"))
        require(there or create or (create is None and has_rows), f"namespace '{request.namespace}' was not found", 404)
        require(there or has_rows or "id" in body.get("schema", {}), "creating an empty namespace needs the type of id in schema")
        namespace = self.namespaces.get(request.namespace) or Namespace()
        most = None
        if fault == "partial" and "upsert_columns" in body:
            most = len(body["upsert_columns"]["id"]) // 2
        answer = namespace.write(body, most)
        self.namespaces[request.namespace] = namespace
        self.writes.append(body)
        return answer

    def query(self, request, _):
        body = self.read(request)
        namespace = self.find(request)
        require(body.get("vector_encoding", "float") in ("float", "base64"), "unknown vector_encoding")
        consistency = body.get("consistency", {"level": "strong"})
        known_keys(consistency, {"level"}, "consistency")
        require(consistency.get("level") in ("strong", "eventual"), "unknown consistency")
        encoding = body.get("vector_encoding", "float")
        rest = {key: value for key, value in body.items() if key not in ROOT_KEYS}
        if "queries" in rest:
            known_keys(rest, {"queries"}, "multi-query")
            require(isinstance(rest["queries"], list) and 1 <= len(rest["queries"]) <= MOST_QUERIES, f"queries must have 1 to {MOST_QUERIES} elements")
            answer = {"results": [namespace.query(each, encoding) for each in rest["queries"]]}
        else:
            answer = namespace.query(rest, encoding)
        return {**answer, "billing": {"billable_logical_bytes_queried": 0, "billable_logical_bytes_returned": 0},
                "performance": {"approx_namespace_size": len(namespace.rows), "cache_hit_ratio": 1.0, "cache_temperature": "hot",
                                "exhaustive_search_count": 0, "query_execution_ms": 1, "server_total_ms": 1}}

    def delete(self, request, _):
        self.find(request)
        del self.namespaces[request.namespace]
        return {"status": "OK"}

    def names(self, parameters):
        known_keys(parameters, {"prefix", "cursor", "page_size"}, "parameters")
        size = int(parameters.get("page_size", 100))
        require(1 <= size <= 1000, "page_size must be from 1 to 1000")
        after = base64.b64decode(parameters["cursor"]).decode() if "cursor" in parameters else ""
        names = sorted(name for name in self.namespaces if name.startswith(parameters.get("prefix", "")) and name > after)
        answer = {"namespaces": [{"id": name} for name in names[:size]]}
        if len(names) > size:
            answer["next_cursor"] = base64.b64encode(names[size - 1].encode()).decode()
        return answer

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
