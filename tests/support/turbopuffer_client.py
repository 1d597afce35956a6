"""Asks a server through turbopuffer's own client, which is what every other client is measured by, and prints what came of it.

Run by a Python that has the client, with the URL and the key.
"""
import json
import sys

import turbopuffer

url, key = sys.argv[1:3]
client = turbopuffer.Turbopuffer(base_url=url, api_key=key, max_retries=0)
rows = client.namespace("rows")
columns = client.namespace("columns")
A, B, C = (f"00000000-0000-0000-0000-00000000000{digit}" for digit in "abc")
SCHEMA = {"id": "uuid", "text": {"type": "string", "full_text_search": {"stemming": True}}, "blob": {"type": "string", "filterable": False},
          "tags": "[]string", "year": {"type": "int"}, "score": {"type": "float"}, "vector": {"type": "[2]f32", "ann": True}}


def plain(value):
    if hasattr(value, "model_dump"):
        value = value.model_dump(mode="json", by_alias=True, exclude_none=True)
        for noise in ("billing", "performance", "message", "created_at", "updated_at"):
            value.pop(noise, None)
    return value


def ask(function, **arguments):
    try:
        return plain(function(**arguments))
    except turbopuffer.APIStatusError as error:
        return {"error": type(error).__name__, "status": error.status_code, "message": str(error)}


def ids(found):
    return [row["id"] for row in found["rows"]] if "rows" in found else found


def query(namespace=columns, **arguments):
    return ask(namespace.query, **{**({} if "top_k" in arguments else {"limit": 10}), **arguments})


def order(*filters, namespace=columns):
    return ids(query(namespace, rank_by=("id", "asc"), filters=filters))


said = {}
said["rows"] = ask(rows.write, distance_metric="euclidean_squared", upsert_rows=[
    {"id": 1, "vector": [0.1, 0.1], "name": "one", "public": True}, {"id": 2, "vector": [0.2, 0.2], "name": None, "tags": ["a", "b"]}])
said["columns"] = ask(columns.write, distance_metric="cosine_distance", schema=SCHEMA, return_affected_ids=True, upsert_columns={
    "id": [A, B, C], "vector": [[1.0, 0.0], [0.0, 1.0], [-1.0, 0.5]], "text": ["quick foxes jump", "a lazy walrus", None],
    "blob": ["x" * 5000, None, None], "tags": [["x", "y"], [], None], "year": [2024, 1999, None], "score": [0.5, 1.5, None]})
said["patched"] = ask(columns.write, patch_columns={"id": [B, A], "year": [2000, 2025]}, return_affected_ids=True)
said["metadata"] = plain(columns.metadata())
said["schema"] = {name: plain(config) for name, config in columns.schema().items()}
said["exists"] = [columns.exists(), client.namespace("nowhere").exists()]

said["near"] = query(rank_by=("vector", "ANN", [1.0, 0.0]))
said["nearest_squared"] = query(rows, rank_by=("vector", "ANN", [0.2, 0.2]))
said["exact"] = ids(query(rank_by=("vector", "kNN", [1.0, 0.0]), filters=("year", "Gt", 2000)))
said["words"] = ids(query(rank_by=("text", "BM25", "fox")))
said["weighted"] = ids(query(rank_by=("Sum", (("Product", 2, ("text", "BM25", "walrus")), ("text", "BM25", "fox")))))
said["whole"] = query(rank_by=("id", "desc"), limit=1, filters=("id", "Eq", A), include_attributes=True)
said["some"] = query(rank_by=("id", "asc"), top_k=2, include_attributes=["year", "vector"], vector_encoding="base64")
said["but"] = query(rank_by=("id", "asc"), limit={"total": 1}, exclude_attributes=["blob", "vector", "nothing"])
said["count"] = ask(columns.query, aggregate_by={"n": ("Count",)}, filters=("year", "NotEq", None))
said["many"] = ask(columns.multi_query, queries=[{"rank_by": ("vector", "ANN", [0.0, 1.0]), "limit": 1},
                                                {"rank_by": ("text", "BM25", "foxes"), "limit": 5}, {"aggregate_by": {"n": ["Count"]}}])
said["filters"] = {
    "Eq": order("year", "Eq", 2025), "Eq null": order("year", "Eq", None), "NotEq": order("year", "NotEq", 2025),
    "In": order("id", "In", [A, C]), "NotIn": order("year", "NotIn", [2000]), "Gt": order("id", "Gt", A), "Lt": order("year", "Lt", 2010),
    "Contains": order("tags", "Contains", "x"), "ContainsAny": order("tags", "ContainsAny", ["q", "y"]),
    "NotContains": order("tags", "NotContains", "x"), "tokens": order("text", "ContainsAllTokens", "walrus lazy"),
    "And": order("And", [("year", "Gte", 2000), ("Not", ("tags", "Contains", "x"))]),
    "Or": order("Or", [("year", "Lte", 2000), ("score", "Eq", 0.5)])}
said["deleted"] = ask(columns.write, deletes=[C, "00000000-0000-0000-0000-00000000000d"])
said["by_filter"] = ask(columns.write, delete_by_filter=("year", "Eq", 2000), return_affected_ids=True)
said["left"] = ids(query(rank_by=("id", "asc")))

made = client.namespace("made")
said["made"] = ask(made.write, create_namespace=True, distance_metric="cosine_distance", schema={"id": "uuid", "vector": {"type": "[3]f32", "ann": True}})
said["empty"] = query(made, rank_by=("vector", "ANN", [1.0, 0.0, 0.0]))
said["names"] = [each.id for each in client.namespaces(prefix="", page_size=2)]
said["prefixed"] = [each.id for each in client.namespaces(prefix="ma")]
said["dropped"] = ask(made.delete_all)
said["names_after"] = [each.id for each in client.namespaces()]

vector = {"distance_metric": "cosine_distance"}
said["refused"] = {
    "key": ask(turbopuffer.Turbopuffer(base_url=url, api_key="tpuf_wrong", max_retries=0).namespace("rows").metadata),
    "namespace": query(client.namespace("nowhere"), rank_by=("id", "asc")),
    "delete": ask(client.namespace("nowhere").delete_all),
    "not created": ask(client.namespace("nowhere").write, create_namespace=False, upsert_rows=[{"id": 1, "a": 1}]),
    "name": ask(client.namespace("not a name").write, upsert_rows=[{"id": 1, "a": 1}]),
    "dimension": ask(columns.write, upsert_rows=[{"id": A, "vector": [1.0]}], **vector),
    "dimension asked": query(rank_by=("vector", "ANN", [1.0])),
    "metric": ask(columns.write, upsert_rows=[{"id": A, "vector": [1.0, 2.0]}], distance_metric="euclidean_squared"),
    "no metric": ask(client.namespace("x").write, upsert_rows=[{"id": 1, "vector": [1.0]}]),
    "no vector": ask(columns.write, upsert_rows=[{"id": A, "year": 1}], **vector),
    "id kind": ask(columns.write, upsert_rows=[{"id": 7, "vector": [1.0, 2.0]}], **vector),
    "id of 65 bytes": ask(client.namespace("x").write, upsert_rows=[{"id": "i" * 65, "a": 1}]),
    "same id": ask(columns.write, upsert_rows=[{"id": A, "vector": [1.0, 2.0]}] * 2, **vector),
    "type": ask(columns.write, upsert_rows=[{"id": A, "vector": [1.0, 2.0], "year": "MMXXIV"}], **vector),
    "new type": ask(columns.write, schema={"year": "string"}),
    "uneven": ask(columns.write, upsert_columns={"id": [A, B], "vector": [[1.0, 2.0]]}, **vector),
    "$name": ask(rows.write, upsert_rows=[{"id": 3, "vector": [1.0, 2.0], "$x": 1}], distance_metric="euclidean_squared"),
    "long value": ask(rows.write, upsert_rows=[{"id": 3, "vector": [1.0, 2.0], "name": "n" * 4097}], distance_metric="euclidean_squared"),
    "not filterable": order("blob", "Eq", "x"),
    "filter type": order("year", "Eq", "2024"),
    "filter operator": order("year", "Near", 2024),
    "unknown attribute": order("nothing", "Eq", 1),
    "no search": query(rank_by=("blob", "BM25", "x")),
    "kNN": query(rank_by=("vector", "kNN", [1.0, 0.0])),
    "limit": query(rank_by=("id", "asc"), limit=10_001),
    "queries": ask(columns.multi_query, queries=[{"rank_by": ("id", "asc"), "limit": 1}] * 17),
    "unknown field": ask(columns.query, rank_by=("id", "asc"), limit=1, extra_body={"colour": "blue"}),
    "rate": ask(client.namespace("busy").metadata),
    "down": ask(client.namespace("down").metadata)}
patient = turbopuffer.Turbopuffer(base_url=url, api_key=key, max_retries=4)
said["patient"] = ask(patient.namespace("busy-once").write, upsert_rows=[{"id": 1, "a": 1}])
print(json.dumps(said))
