"""The stand-in for /v1/embeddings before OpenAI's own client: what freshet is tested with has to be right itself."""
import base64
import json
import struct
import subprocess
import unittest

from e2e import ROOT, main
from embeddings import Embeddings, Refusal, vector_of
from openai_python import openai_python

PYTHON = openai_python()


def moody(_, body):
    text = body["input"][0]
    if text == "rate limit":
        raise Refusal(429, "Rate limit reached", "requests", "rate_limit_exceeded", headers={"Retry-After": "1"})
    if text == "quota":
        raise Refusal(429, "You exceeded your current quota", "insufficient_quota", "insufficient_quota")
    if text == "down":
        raise Refusal(500, "The server had an error while processing your request", "server_error")
    return None


class Client(unittest.TestCase):
    def test_the_official_client_takes_it_for_openai(self):
        with Embeddings() as server:
            server.fault = moody
            client = ROOT / "tests" / "support" / "openai_client.py"
            done = subprocess.run([PYTHON, str(client), server.url, server.key], capture_output=True, text=True, timeout=120)
            self.assertEqual(done.returncode, 0, done.stderr)
            said = json.loads(done.stdout)
            headers = server.headers[0]
        self.assertEqual((headers["openai-organization"], headers["openai-project"]), ("org-1", "proj-1"))
        self.assertEqual(said["one"]["vectors"], [vector_of("a single text", 1536)])
        self.assertEqual(said["list"]["vectors"], [vector_of(text, 1536) for text in ("first", "second", "third")])
        self.assertEqual(said["list"]["indexes"], [0, 1, 2])
        self.assertEqual((said["list"]["model"], said["list"]["tokens"]), ("text-embedding-3-small", 2 + 2 + 2))
        self.assertEqual(said["float"]["vectors"], [vector_of("first", 1536)])
        whole = base64.b64decode(said["base64"]["vectors"][0])
        self.assertEqual(list(struct.unpack("<1536f", whole)), vector_of("first", 1536))
        self.assertEqual(said["dimensions"]["vectors"], [vector_of("first", 256)])
        self.assertEqual(len(said["most"]["vectors"]), 2048)
        errors = {name: (answer["error"], answer["status"], answer["code"]) for name, answer in said.items() if "error" in answer}
        self.assertEqual(errors, {
            "unauthorised": ("AuthenticationError", 401, "invalid_api_key"),
            "no_model": ("NotFoundError", 404, "model_not_found"),
            "empty": ("BadRequestError", 400, None),
            "nothing": ("BadRequestError", 400, None),
            "too_many": ("BadRequestError", 400, "array_above_max_length"),
            "too_long": ("BadRequestError", 400, None),
            "too_much": ("BadRequestError", 400, "max_tokens_per_request"),
            "no_dimensions": ("BadRequestError", 400, None),
            "too_many_dimensions": ("BadRequestError", 400, None),
            "rate": ("RateLimitError", 429, "rate_limit_exceeded"),
            "quota": ("RateLimitError", 429, "insufficient_quota"),
            "down": ("InternalServerError", 500, None),
        })


if __name__ == "__main__":
    main()
