"""Discussions of a stand-in for GitHub, by GraphQL: each query is held against the schema that GitHub publishes, and executed by it."""
import http.server
import json
import threading
import time

import graphql


def iso(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


class Page:
    """What a connection has of a list: cursors are positions of what is there, by identity, as GitHub's outlive what goes."""

    def __init__(self, values, first, after):
        if first is None:
            raise graphql.GraphQLError("You must provide a `first` or `last` value to properly paginate the connection.")
        if not 1 <= first <= 100:
            raise graphql.GraphQLError(f"Requesting {first} records on the connection exceeds the `first` limit of 100 records.")
        begin = 0
        if after:
            key = json.loads(bytes.fromhex(after))
            begin = sum(1 for value in values if value.key() <= key) if values and not values[0].down else sum(
                1 for value in values if value.key() >= key)
        self.totalCount, self.nodes = len(values), [value.object for value in values[begin:begin + first]]
        last = values[begin:begin + first][-1:]
        self.pageInfo = {"hasNextPage": begin + first < len(values), "endCursor": json.dumps(last[0].key()).encode().hex() if last else None}


class Placed:
    def __init__(self, object, by, down=False):
        self.object, self.by, self.down = object, by, down

    def key(self):
        return [self.object[self.by], self.object["order"]]


class Discussions:
    def __init__(self, schema, owner="octo", name="docs", token="geheim-4711"):
        self.schema, self.owner, self.name, self.token = schema, owner, name, token
        self.clock, self.discussions, self.requests, self.limited, self.before = int(time.time()) - 100_000, {}, [], [], None
        self.next_id = 0
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_POST(self):
                outer.serve(self, self.rfile.read(int(self.headers["Content-Length"])))

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url, self.lock = f"http://127.0.0.1:{self.server.server_address[1]}", threading.Lock()
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    # What there is

    def tick(self):
        self.clock += 1
        return iso(self.clock)

    def written(self, body, user):
        self.next_id += 1
        at = self.tick()
        return {"id": f"D_{self.next_id}", "order": self.next_id, "body": body, "author": {"__typename": "User", "login": user} if user else None,
                "createdAt": at, "updatedAt": at}

    def discussion(self, title, body="", category="Q&A", labels=(), user="ada"):
        number = len(self.discussions) + 1
        self.discussions[number] = {
            **self.written(body, user), "number": number, "title": title, "url": f"https://github.com/{self.owner}/{self.name}/discussions/{number}",
            "closed": False, "isAnswered": False, "category": {"name": category}, "all_labels": [{"name": name} for name in labels], "all_comments": []}
        return number

    def edit(self, number, **members):
        self.discussions[number].update(members, updatedAt=self.tick())

    def comment(self, number, body, user="bob", answer=False, on=None):
        comment = {**self.written(body, user), "isAnswer": answer, "all_replies": []}
        (on["all_replies"] if on else self.discussions[number]["all_comments"]).append(comment)
        self.edit(number, **({"isAnswered": True} if answer else {}))
        return comment

    # What is asked

    def serve(self, handler, body):
        with self.lock:
            status, value, headers = self.answer(handler, body)
        data = json.dumps(value).encode()
        handler.send_response(status)
        for name, text in {"Content-Type": "application/json; charset=utf-8", "Content-Length": len(data), **headers}.items():
            handler.send_header(name.replace("_", "-"), str(text))
        handler.end_headers()
        handler.wfile.write(data)

    def answer(self, handler, body):
        if handler.path != "/graphql":
            return 404, {"message": "Not Found"}, {}
        if handler.headers.get("Authorization") != f"Bearer {self.token}":
            return 401, {"message": "Bad credentials"}, {}
        asked = json.loads(body)
        assert set(asked) == {"query", "variables"}, asked
        self.requests.append(asked["variables"])
        if self.before:
            self.before(asked["variables"])
        if self.limited:
            return self.limited.pop(0)
        document = graphql.parse(asked["query"])
        if problems := graphql.validate(self.schema, document):
            return 200, {"errors": [{"message": problem.message} for problem in problems]}, {}
        done = graphql.execute(self.schema, document, variable_values=asked["variables"], field_resolver=self.resolve,
                               root_value={}, type_resolver=lambda value, *_: value.get("__typename"))
        errors = [{"message": error.message, "path": error.path, **(error.extensions or {})} for error in done.errors or []]
        return 200, {"data": done.data, **({"errors": errors} if errors else {})}, {}

    def not_found(self, what):
        raise graphql.GraphQLError(f"Could not resolve to a {what}.", extensions={"type": "NOT_FOUND"})

    def resolve(self, source, info, first=None, after=None, **arguments):
        field = info.field_name
        if info.parent_type.name == "Query":
            if field == "repository":
                found = (arguments["owner"], arguments["name"]) == (self.owner, self.name)
                return {} if found else self.not_found("Repository")
            assert field == "node", field
            return next(({**comment, "__typename": "DiscussionComment"} for each in self.discussions.values() for comment in each["all_comments"]
                         if comment["id"] == arguments["id"]), None)
        if info.parent_type.name == "Repository":
            if field == "discussion":
                return self.discussions.get(arguments["number"]) or self.not_found("Discussion")
            order = arguments["orderBy"]
            by, down = {"CREATED_AT": "createdAt", "UPDATED_AT": "updatedAt"}[order["field"]], order["direction"] == "DESC"
            placed = sorted((Placed(each, by, down) for each in self.discussions.values()), key=Placed.key, reverse=down)
            return Page(placed, first, after)
        if field in ("comments", "replies", "labels"):
            values = source[f"all_{field}"]
            if field == "labels":
                return {"nodes": values[:first]}
            if first is None:  # only how many
                return {"totalCount": len(values)}
            return Page([Placed(value, "createdAt") for value in values], first, after)
        return source[field] if isinstance(source, dict) else getattr(source, field)
