"""A strict stand-in for GitHub's REST API, written from its published OpenAPI description: what that does not have, it refuses.

Issues, their comments and releases of one repository; pages with Link headers, ETags that differ by token, primary and secondary
limits of rate. Objects are whole, as the description requires them: clients of other makers read them too. `clock` is what time it
is there, in seconds; a change takes the next second.
"""
import hashlib
import http.server
import json
import re
import threading
import time
import urllib.parse

ISSUE_PARAMETERS = {"milestone", "state", "assignee", "type", "creator", "mentioned", "labels", "sort", "direction", "since",
                    "per_page", "page"}
COMMENT_PARAMETERS = {"since", "per_page", "page"}
PAGE_PARAMETERS = {"per_page", "page"}


class Refusal(Exception):
    def __init__(self, status, message, **headers):
        super().__init__(message)
        self.status, self.headers = status, headers


def iso(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


class GitHub:
    def __init__(self, owner="octo", name="docs", token="geheim-4711"):
        self.owner, self.name, self.token = owner, name, token
        self.clock = 1_795_190_400
        self.issues, self.comments, self.releases, self.gone, self.moved = {}, {}, {}, set(), {}
        self.requests, self.limited, self.before = [], [], None
        self.remaining, self.counted, self.next_id = 5000, 0, 1000
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):
                outer.serve(self)

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.lock = threading.Lock()
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    # What there is

    def tick(self):
        self.clock += 1
        return iso(self.clock)

    def identity(self):
        self.next_id += 1
        return self.next_id

    def api(self, rest=""):
        return f"{self.url}/repos/{self.owner}/{self.name}{rest}"

    def user(self, login):
        base = f"{self.url}/users/{login}"
        return {"login": login, "id": int(hashlib.sha256(login.encode()).hexdigest()[:6], 16), "node_id": f"U_{login}", "avatar_url": base,
                "gravatar_id": "", "url": base, "html_url": f"https://github.com/{login}", "followers_url": base,
                "following_url": base, "gists_url": base, "starred_url": base, "subscriptions_url": base, "organizations_url": base,
                "repos_url": base, "events_url": base, "received_events_url": base, "type": "User", "site_admin": False}

    def issue(self, title, body="", labels=(), user="ada", pull_request=False):
        number, at = len(self.issues) + len(self.gone) + len(self.moved) + 1, self.tick()
        issue = {"url": self.api(f"/issues/{number}"), "repository_url": self.api(), "labels_url": self.api(f"/issues/{number}/labels{{/name}}"),
                 "comments_url": self.api(f"/issues/{number}/comments"), "events_url": self.api(f"/issues/{number}/events"),
                 "html_url": f"https://github.com/{self.owner}/{self.name}/{'pull' if pull_request else 'issues'}/{number}",
                 "id": self.identity(), "node_id": f"I_{number}", "number": number, "title": title, "user": self.user(user),
                 "labels": [{"id": 1, "node_id": "L", "url": self.api(f"/labels/{name}"), "name": name, "color": "ededed", "default": False,
                             "description": None} for name in labels],
                 "state": "open", "locked": False, "assignee": None, "assignees": [], "milestone": None, "comments": 0,
                 "created_at": at, "updated_at": at, "closed_at": None, "author_association": "NONE", "active_lock_reason": None,
                 "body": body, "reactions": {}, "timeline_url": self.api(f"/issues/{number}/timeline"), "performed_via_github_app": None,
                 "state_reason": None}
        if pull_request:
            issue["pull_request"] = {"url": self.api(f"/pulls/{number}"), "html_url": issue["html_url"], "diff_url": None, "patch_url": None}
        self.issues[number], self.comments[number] = issue, []
        return number

    def edit(self, number, **members):
        self.issues[number].update(members, updated_at=self.tick())

    def comment(self, number, body, user="bob"):
        at, identity = self.tick(), self.identity()
        self.comments[number].append({"id": identity, "node_id": f"C_{identity}", "url": self.api(f"/issues/comments/{identity}"),
                                      "html_url": f"{self.issues[number]['html_url']}#issuecomment-{identity}", "body": body,
                                      "user": self.user(user) if user else None, "created_at": at, "updated_at": at,
                                      "issue_url": self.api(f"/issues/{number}"), "author_association": "NONE"})
        self.issues[number].update(comments=len(self.comments[number]), updated_at=at)

    def delete(self, number):
        del self.issues[number]
        self.gone.add(number)

    def transfer(self, number):
        self.moved[number] = {**self.issues.pop(number), "html_url": f"https://github.com/{self.owner}/elsewhere/issues/1", "number": 1}

    def release(self, tag, name="", body="", **members):
        identity, at = self.identity(), self.tick()
        base = self.api(f"/releases/{identity}")
        self.releases[identity] = {
            "url": base, "html_url": f"https://github.com/{self.owner}/{self.name}/releases/tag/{tag}", "assets_url": f"{base}/assets",
            "upload_url": f"{base}/assets{{?name,label}}", "tarball_url": None, "zipball_url": None, "id": identity, "node_id": f"R_{identity}",
            "tag_name": tag, "target_commitish": "main", "name": name, "body": body, "draft": False, "prerelease": False, "created_at": at,
            "published_at": at, "author": self.user("ada"), "assets": [], **members}
        return identity

    # What is asked

    def serve(self, handler):
        with self.lock:
            try:
                if self.before:
                    self.before(handler.path)
                status, value, headers = self.answer(handler)
            except Refusal as refusal:
                status, headers = refusal.status, refusal.headers
                value = {"message": str(refusal), "documentation_url": "https://docs.github.com/rest", "status": str(status)}
            self.requests.append((handler.path, status))
        body = b"" if status == 304 else json.dumps(value).encode()
        handler.send_response(status)
        for name, text in {"Content-Type": "application/json; charset=utf-8", "Content-Length": len(body), **headers}.items():
            handler.send_header(name.replace("_", "-"), str(text))
        handler.end_headers()
        handler.wfile.write(body)

    def answer(self, handler):
        token = (handler.headers.get("Authorization") or " ").split(" ", 1)
        if token != ["", ""] and (token[0] not in ("Bearer", "token") or token[1] != self.token):
            raise Refusal(401, "Bad credentials")
        if not handler.headers.get("User-Agent"):
            raise Refusal(403, "Request forbidden by administrative rules. Please make sure your request has a User-Agent header")
        if self.limited:
            status, message, headers = self.limited.pop(0)
            raise Refusal(status, message, **headers)
        url = urllib.parse.urlsplit(handler.path)
        pairs = urllib.parse.parse_qsl(url.query, keep_blank_values=True, strict_parsing=bool(url.query))
        query = dict(pairs)
        if len(query) != len(pairs):
            raise Refusal(422, "a parameter that is there twice")
        value, link = self.find(url.path, query)
        etag = 'W/"' + hashlib.sha256(json.dumps([token, value, link]).encode()).hexdigest() + '"'
        headers = {"ETag": etag, "X_RateLimit_Limit": 5000, "X_RateLimit_Remaining": self.remaining, "X_RateLimit_Reset": int(time.time()) + 3600,
                   "X_RateLimit_Resource": "core"}
        if link:
            headers["Link"] = link
        if handler.headers.get("If-None-Match") == etag:
            return 304, None, headers
        self.counted += 1
        self.remaining -= 1
        return 200, value, headers

    def find(self, path, query):
        base = f"/repos/{self.owner}/{self.name}"
        if path == base:
            return {"id": 1, "name": self.name, "full_name": f"{self.owner}/{self.name}", "url": self.api(), "owner": self.user(self.owner)}, ""
        if not path.startswith(base + "/"):
            raise Refusal(404, "Not Found")
        rest = path.removeprefix(base)
        if rest == "/issues":
            return self.paged(path, query, ISSUE_PARAMETERS, self.matching(query))
        if rest == "/releases":
            return self.paged(path, query, PAGE_PARAMETERS, sorted(self.releases.values(), key=lambda r: r["created_at"], reverse=True))
        if found := re.fullmatch(r"/releases/(\d+)", rest):
            if int(found[1]) not in self.releases:
                raise Refusal(404, "Not Found")
            return self.releases[int(found[1])], ""
        if not (found := re.fullmatch(r"/issues/(\d+)(/comments)?", rest)):
            raise Refusal(404, "Not Found")
        number = int(found[1])
        if number in self.gone:
            raise Refusal(410, "This issue was deleted")
        if number in self.moved:
            if path.endswith("/elsewhere"):
                return self.moved[number], ""
            raise Refusal(301, "Moved Permanently", Location=f"{self.url}/moved/{number}")
        if number not in self.issues:
            raise Refusal(404, "Not Found")
        if found[2]:
            return self.paged(path, query, COMMENT_PARAMETERS, self.comments[number])
        return self.issues[number], ""

    def matching(self, query):
        choices = {"state": ("open", "closed", "all"), "sort": ("created", "updated", "comments"), "direction": ("asc", "desc")}
        for key, allowed in choices.items():
            if query.get(key, allowed[0]) not in allowed:
                raise Refusal(422, f"Validation Failed: {key}")
        since = query.get("since", "")
        if since and not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", since):
            raise Refusal(422, "Validation Failed: since")
        labels = set(filter(None, query.get("labels", "").split(",")))
        state = query.get("state", "open")
        found = [issue for issue in self.issues.values() if state in ("all", issue["state"]) and issue["updated_at"] >= since
                 and labels <= {label["name"] for label in issue["labels"]}]
        key = {"created": "created_at", "updated": "updated_at", "comments": "comments"}[query.get("sort", "created")]
        return sorted(found, key=lambda issue: (issue[key], issue["number"]), reverse=query.get("direction", "desc") == "desc")

    def paged(self, path, query, allowed, values):
        if unknown := set(query) - allowed:
            raise Refusal(422, f"the description has no parameter {', '.join(sorted(unknown))}")
        size, page = (int(query.get(key, otherwise)) for key, otherwise in (("per_page", 30), ("page", 1)))
        if not 1 <= size <= 100 or page < 1:
            raise Refusal(422, "per_page is from 1 to 100")
        last = max((len(values) + size - 1) // size, 1)

        def to(number, rel):
            return f'<{self.url}{path}?{urllib.parse.urlencode({**query, "page": number})}>; rel="{rel}"'
        links = ([to(page - 1, "prev")] if page > 1 else []) + ([to(page + 1, "next"), to(last, "last")] if page < last else [])
        return values[(page - 1) * size:page * size], ", ".join(links)
