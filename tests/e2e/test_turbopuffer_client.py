"""The stand-in for turbopuffer before turbopuffer's own clients: what freshet is tested with has to be right itself."""
import base64
import json
import struct
import subprocess
import unittest

from e2e import ROOT, main
from packages import install, install_npm
from turbopuffer_server import Turbopuffer

PYTHON = install("turbopuffer==3.1.0") / "bin" / "python"
A, B, C = (f"00000000-0000-0000-0000-00000000000{digit}" for digit in "abc")


class Moods:
    """Some namespaces are busy, or busy once, or down."""

    def __init__(self):
        self.asked = 0

    def __call__(self, request):
        if request.namespace == "busy-once":
            self.asked += 1
            return "busy" if self.asked == 1 else None
        return {"busy": "busy", "down": "unavailable"}.get(request.namespace)


class Client(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        with Turbopuffer() as server:
            server.fault = Moods()
            client = ROOT / "tests" / "support" / "turbopuffer_client.py"
            done = subprocess.run([PYTHON, "-B", client, server.url, server.key], capture_output=True, text=True, timeout=120)
            if done.returncode:
                raise AssertionError(done.stderr)
            cls.said, cls.server = json.loads(done.stdout), server

    def test_it_writes(self):
        self.assertEqual(self.said["rows"], {"status": "OK", "rows_affected": 2, "rows_upserted": 2})
        self.assertEqual(self.said["columns"], {"status": "OK", "rows_affected": 3, "rows_upserted": 3, "upserted_ids": [A, B, C]})
        self.assertEqual(self.said["patched"], {"status": "OK", "rows_affected": 2, "rows_patched": 2, "patched_ids": [B, A]})
        self.assertEqual(self.said["deleted"], {"status": "OK", "rows_affected": 2, "rows_deleted": 2})
        self.assertEqual(self.said["by_filter"], {"status": "OK", "rows_affected": 1, "rows_deleted": 1, "deleted_ids": [B], "rows_remaining": False})
        self.assertEqual(self.said["left"], [A])
        self.assertEqual(self.said["made"]["status"], "OK")
        self.assertEqual(self.said["patient"]["rows_upserted"], 1)

    def test_it_takes_vectors_as_the_client_sends_them(self):
        sent = [body["upsert_columns"]["vector"] for body in self.server.writes if "upsert_columns" in body]
        self.assertEqual(struct.unpack("<2f", base64.b64decode(sent[0][2])), (-1.0, 0.5))

    def test_it_tells_schemas(self):
        schema = self.said["schema"]
        self.assertEqual({name: config["type"] for name, config in schema.items()},
                         {"id": "uuid", "vector": "[2]f32", "text": "string", "blob": "string", "tags": "[]string", "year": "int", "score": "float"})
        self.assertEqual(schema["vector"]["ann"], {"distance_metric": "cosine_distance"})
        self.assertEqual((schema["text"]["filterable"], schema["year"]["filterable"]), (False, True))
        self.assertEqual({name: config["type"] for name, config in self.said["metadata"]["schema"].items()},
                         {name: config["type"] for name, config in schema.items()})
        self.assertEqual(self.said["exists"], [True, False])

    def test_it_finds(self):
        self.assertEqual([(row["id"], round(row["$dist"], 6)) for row in self.said["near"]["rows"]], [(A, 0), (B, 1), (C, round(1 + 2 / 5 ** .5, 6))])
        self.assertEqual([(row["id"], round(row["$dist"], 6)) for row in self.said["nearest_squared"]["rows"]], [(2, 0), (1, 0.02)])
        self.assertEqual((self.said["exact"], self.said["words"], self.said["weighted"]), ([A], [A], [B, A]))
        whole = self.said["whole"]["rows"][0]
        self.assertEqual(whole, {"id": A, "vector": [1.0, 0.0], "text": "quick foxes jump", "blob": "x" * 5000, "tags": ["x", "y"], "year": 2025, "score": 0.5})
        self.assertEqual([(row["year"], struct.unpack("<2f", base64.b64decode(row["vector"]))) for row in self.said["some"]["rows"]],
                         [(2025, (1.0, 0.0)), (2000, (0.0, 1.0))])
        self.assertEqual(sorted(self.said["but"]["rows"][0]), ["id", "score", "tags", "text", "year"])
        self.assertEqual(self.said["count"]["aggregations"], {"n": 2})
        near, words, count = self.said["many"]["results"]
        self.assertEqual(([row["id"] for row in near["rows"]], [row["id"] for row in words["rows"]], count["aggregations"]), ([B], [A], {"n": 3}))
        self.assertEqual(self.said["empty"]["rows"], [])

    def test_it_filters(self):
        self.assertEqual(self.said["filters"], {
            "Eq": [A], "Eq null": [C], "NotEq": [B, C], "In": [A, C], "NotIn": [A, C], "Gt": [B, C], "Lt": [B, C], "Contains": [A],
            "ContainsAny": [A], "NotContains": [B, C], "tokens": [B], "And": [B], "Or": [A, B, C]})

    def test_it_lists_namespaces(self):
        self.assertEqual(self.said["names"], ["columns", "made", "rows"])
        self.assertEqual(self.said["prefixed"], ["made"])
        self.assertEqual(self.said["dropped"], {"status": "OK"})
        self.assertEqual(self.said["names_after"], ["columns", "rows"])

    def test_it_refuses(self):
        kinds = {401: "AuthenticationError", 404: "NotFoundError", 400: "BadRequestError", 429: "RateLimitError", 503: "InternalServerError"}
        statuses = {"key": 401, "namespace": 404, "delete": 404, "not created": 404, "rate": 429, "down": 503}
        for name, said in self.said["refused"].items():
            status = statuses.get(name, 400)
            with self.subTest(name=name):
                self.assertEqual((said.get("status"), said.get("error")), (status, kinds[status]), said)
        self.assertEqual(self.server.namespaces["columns"].rows.keys(), {A})


class ForNode(unittest.TestCase):
    """The same by their client for JavaScript: what two clients take for the service is no habit of one of them."""

    def test_it_takes_it_for_turbopuffer(self):
        home = install_npm("@turbopuffer/turbopuffer@2.8.0", skip=self.skipTest)
        with Turbopuffer() as server:
            server.fault = Moods()
            client = ROOT / "tests" / "support" / "turbopuffer_client.mjs"
            done = subprocess.run(["node", client, server.url, server.key], cwd=home, capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout), {
            "written": {"status": "OK", "rows_affected": 3, "upserted_ids": [A, B, C]},
            "near": [A, B, C], "words": [B], "filtered": [A],
            "whole": {"id": A, "text": "quick foxes jump", "year": 2024, "vector": [1, 0]},
            "encoded": base64.b64encode(struct.pack("<2f", 1, 0)).decode(),
            "schema": {"id": "uuid", "text": "string", "year": "int", "vector": "[2]f32"},
            "deleted": 1, "left": [A, C], "dropped": "OK",
            "missing": {"error": "NotFoundError", "status": 404}, "wrong": {"error": "BadRequestError", "status": 400},
            "keyless": {"error": "AuthenticationError", "status": 401}, "busy": {"error": "RateLimitError", "status": 429}})


if __name__ == "__main__":
    main()
