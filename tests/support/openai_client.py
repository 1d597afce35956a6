"""Asks a server through OpenAI's own client, which is what every other client is measured by, and prints what came of it.

Run by the interpreter of openai_python(), with the URL and the key.
"""
import json
import sys

import openai

url, key = sys.argv[1:3]
client = openai.OpenAI(base_url=url, api_key=key, max_retries=0, organization="org-1", project="proj-1")


def create(texts, using=client, **more):
    try:
        answer = using.embeddings.create(**{"model": "text-embedding-3-small", "input": texts, **more})
    except openai.APIStatusError as error:
        return {"error": type(error).__name__, "status": error.status_code, "code": error.code, "message": error.message}
    return {"vectors": [each.embedding for each in answer.data], "indexes": [each.index for each in answer.data],
            "model": answer.model, "tokens": answer.usage.total_tokens}


wrong_key = openai.OpenAI(base_url=url, api_key="sk-wrong-0123456789", max_retries=0)
print(json.dumps({
    "one": create("a single text"),
    "list": create(["first", "second", "third"]),
    "float": create(["first"], encoding_format="float"),
    "base64": create(["first"], encoding_format="base64"),
    "dimensions": create(["first"], dimensions=256),
    "most": create(["x"] * 2048, model="small"),
    "unauthorised": create(["x"], wrong_key),
    "no_model": create(["x"], model="gone"),
    "empty": create(["x", ""]),
    "nothing": create([]),
    "too_many": create(["x"] * 2049),
    "too_long": create(["x", "y" * 40_000]),
    "too_much": create(["y" * 30_000] * 41),
    "no_dimensions": create(["x"], model="text-embedding-ada-002", dimensions=256),
    "too_many_dimensions": create(["x"], dimensions=4096),
    "rate": create(["rate limit"]),
    "quota": create(["quota"]),
    "down": create(["down"]),
}))
