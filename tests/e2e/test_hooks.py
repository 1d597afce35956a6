"""Webhooks: a real `git push` and recorded payloads refresh the roots of the files that they name, and no others; what is not
signed, was heard before or comes late refreshes none."""
import base64
import hashlib
import hmac
import json
import os
import subprocess
import time

from e2e import ROOT, Case, main
from listen import start, words, write_page

SECRETS = {"GITHUB_SECRET": "it is a secret to everybody", "GITLAB_SECRET": "gitlab-said-so", "GENERIC_SECRET": "of-our-own"}
SERVICE = 'hooks = { github = "env:GITHUB_SECRET", gitlab = "env:GITLAB_SECRET", generic = "env:GENERIC_SECRET" }'
JSON_TYPE = {"Content-Type": "application/json"}
PAYLOAD = (ROOT / "tests" / "fixtures" / "hooks" / "github_push.json").read_bytes()


def github(body, secret=SECRETS["GITHUB_SECRET"], delivery="72d3162e-cc78-11e3-81ab-4c9367dc0958", event="push"):
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {**JSON_TYPE, "X-GitHub-Event": event, "X-GitHub-Delivery": delivery, "X-Hub-Signature-256": f"sha256={signature}",
            "User-Agent": "GitHub-Hookshot/044aadd"}


def generic(body, name, at=None, secret=SECRETS["GENERIC_SECRET"]):
    at = str(int(time.time()) if at is None else at)
    signed = base64.b64encode(hmac.new(secret.encode(), f"{name}.{at}.".encode() + body, hashlib.sha256).digest()).decode()
    return {**JSON_TYPE, "webhook-id": name, "webhook-timestamp": at, "webhook-signature": f"v1,{signed}"}


class Hooks(Case):
    def begin(self, *files, hook="", service=SERVICE):
        """A service whose source is a folder, told of by pushes to a repository."""
        uris = {name: write_page(self, name, "first") for name in files}
        uri = f'file://{self.home}/notes/{{path}}'
        hook = hook or f'hook = {{ origin = "https://github.com/example/handbook", folder = "docs", uri = "{uri}" }}'
        self.service = start(self, service, hook, **SECRETS)
        self.service.wait_for_event("run_ended")
        for name in files:
            write_page(self, name, "second")
        return {name: uri.replace(" ", "%20") for name, uri in uris.items()}

    def tell(self, kind, body, headers, status=202):
        answer = self.service.ask(f"/hooks/{kind}", "POST", body, headers)
        self.assertEqual(answer.status, status, answer.body)
        return answer.json()

    def refreshed(self, uris):
        """The names of those whose new word is stored."""
        found = words(self)
        return sorted(name for name, uri in uris.items() if found[uri] == "second")

    def test_github_tells_of_a_push(self):
        uris = self.begin("guide/begin here.md", "guide/end.md", "guide/other.md", "README.md")
        for wrong in (github(PAYLOAD, secret="wrong"), {**github(PAYLOAD), "X-Hub-Signature-256": "sha256="},
                      {**github(PAYLOAD), "X-Hub-Signature-256": ""}, github(PAYLOAD + b" ")):
            self.assertEqual(self.tell("github", PAYLOAD, wrong, 403)["error"]["subject"], "X-Hub-Signature-256")
        self.assertEqual(self.service.json("/api/v1/status")["due"], 0)
        told = self.tell("github", PAYLOAD, github(PAYLOAD))
        self.assertEqual(told, {"sources": 1, "triggers": 2, "listings": 0})
        ended = self.service.wait_for_event("run_ended")
        self.assertTrue(ended["message"].startswith("2 refreshed, 0 unchanged of 4"), ended)
        self.assertEqual(self.refreshed(uris), ["guide/begin here.md", "guide/end.md"])
        # The same again, also under another name, and after a restart.
        self.assertEqual(self.tell("github", PAYLOAD, github(PAYLOAD), 409)["error"]["code"], "busy")
        self.tell("github", PAYLOAD, github(PAYLOAD, delivery="another"), 409)
        self.assertEqual(self.service.stop(), 0)
        self.service = start(self, SERVICE, 'hook = { origin = "git@github.com:example/handbook.git", uri = "file:///{path}" }',
                             **SECRETS)
        self.tell("github", PAYLOAD, github(PAYLOAD), 409)
        # A ping, another branch, another repository, a tag.
        self.assertIn("ignored", self.tell("github", b"{}", github(b"{}", delivery="ping", event="ping")))
        for change in ({"ref": "refs/heads/draft"}, {"ref": "refs/tags/main"},
                       {"after": "0" * 40}, {"repository": {"clone_url": "https://github.com/example/other.git"}}):
            body = json.dumps({**json.loads(PAYLOAD), **change}).encode()
            self.assertIn("ignored", self.tell("github", body, github(body, delivery=str(change))))
        metrics = self.service.ask("/metrics").body.decode()
        self.assertIn('freshet_hook_deliveries_total{hook="github",outcome="accepted"} 5', metrics)
        self.assertIn('freshet_hook_deliveries_total{hook="github",outcome="refused"} 1', metrics)
        self.assert_in_step()

    def test_a_push_that_does_not_name_all_lists(self):
        uris = self.begin("guide/begin here.md", "guide/end.md", "guide/new.md")
        payload = json.loads(PAYLOAD)
        payload["commits"][0]["added"] = ["docs/guide/newer.md"]
        write_page(self, "guide/newer.md", "second")
        body = json.dumps(payload).encode()
        self.assertEqual(self.tell("github", body, github(body))["listings"], 1)
        self.service.wait_for_event("run_ended")
        end = time.monotonic() + 60
        uris["guide/newer.md"] = f"file://{self.home}/notes/guide/newer.md"
        while uris["guide/newer.md"] not in words(self) and time.monotonic() < end:
            self.service.wait_for_event("run_ended")
        self.assertEqual(self.refreshed(uris), ["guide/begin here.md", "guide/end.md", "guide/newer.md"])
        body = json.dumps({**json.loads(PAYLOAD), "forced": True}).encode()
        self.assertEqual(self.tell("github", body, github(body, delivery="forced"))["listings"], 1)

    def test_gitlab_tells_of_a_push(self):
        uris = self.begin("guide/begin here.md", "guide/end.md", "guide/other.md")
        project = {"web_url": "https://github.com/example/handbook", "default_branch": "main",
                   "git_http_url": "https://github.com/example/handbook.git"}
        body = json.dumps({"object_kind": "push", "ref": "refs/heads/main", "before": "95790bf8", "after": "da1560886",
                           "project": project, "total_commits_count": 1,
                           "commits": [{"added": [], "modified": ["docs/guide/end.md", "docs/../guide/other.md"],
                                        "removed": []}]}).encode()
        headers = {**JSON_TYPE, "X-Gitlab-Event": "Push Hook", "X-Gitlab-Event-UUID": "1",
                   "X-Gitlab-Token": SECRETS["GITLAB_SECRET"]}
        for token in ("", "wrong", "gitlab-said-s0"):
            self.tell("gitlab", body, {**headers, "X-Gitlab-Token": token}, 403)
        self.assertEqual(self.tell("gitlab", body, headers)["triggers"], 1)
        self.service.wait_for_event("run_ended")
        self.assertEqual(self.refreshed(uris), ["guide/end.md"])
        self.tell("gitlab", body, headers, 409)
        self.tell("gitlab", body, {**headers, "X-Gitlab-Event-UUID": "2"})

    def test_the_generic_form(self):
        uris = self.begin("guide/end.md", "guide/other.md", hook='hook = { origin = "of our own", prefix = "file://%s/notes/{stem}" }'
                          % self.home)
        body = json.dumps({"origin": "of our own", "files": ["guide/end.md"]}).encode()
        now = int(time.time())
        for name, headers in (("signature", generic(body, "1", secret="wrong")), ("signature", generic(body + b" ", "1")),
                              ("signature", {**generic(body, "1"), "webhook-id": "2"}),
                              ("signature", {**generic(body, "1"), "webhook-timestamp": str(now + 1)}),
                              ("timestamp", generic(body, "1", now - 400)), ("timestamp", generic(body, "1", now + 400)),
                              ("timestamp", generic(body, "1", "soon")), ("id", generic(body, ""))):
            self.assertEqual(self.tell("generic", body, headers, 403)["error"]["subject"], "webhook-" + name)
        # One of two signatures will do, while a secret is changed.
        headers = generic(body, "1")
        headers["webhook-signature"] = "v1,AAAA " + headers["webhook-signature"]
        self.assertEqual(self.tell("generic", body, headers)["triggers"], 1)
        self.service.wait_for_event("run_ended")
        self.assertEqual(self.refreshed(uris), ["guide/end.md"])
        self.assertEqual(self.tell("generic", body, headers, 409)["error"]["message"], "was taken before")
        for wrong in (b"[]", b"{}", b'{"origin":7}', b'{"origin":"a","files":[7]}', b'{"origin":"a","file":[]}', b"{" * 1000):
            self.assertEqual(self.tell("generic", wrong, generic(wrong, str(wrong)), 400)["error"]["code"], "parse")

    def test_a_kind_without_a_secret_is_not_taken(self):
        self.begin("a.md", service="")
        self.assertEqual(self.tell("github", PAYLOAD, github(PAYLOAD), 404)["error"]["subject"], "service.hooks.github")

    def test_a_real_push(self):
        uris = self.begin("guide/begin.md", "guide/end.md", 'it\'s "new" \u00e9.md', hook="""hook = { origin = "https://git.example.org/handbook",
            branch = "main", uri = "file://%s/notes/{path}" }""".replace("\n", " ").replace("            ", "") % self.home)
        uris['it\'s "new" \u00e9.md'] = f"file://{self.home}/notes/it%27s%20%22new%22%20%C3%A9.md"
        bare, work, secret = self.home / "bare.git", self.home / "work", self.home / "secret"
        secret.write_text(SECRETS["GENERIC_SECRET"])
        plain = {**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "w",
                 "GIT_AUTHOR_EMAIL": "w@example.org", "GIT_COMMITTER_NAME": "w", "GIT_COMMITTER_EMAIL": "w@example.org"}

        def git(*arguments, cwd=work):
            done = subprocess.run(["git", *arguments], cwd=cwd, env=plain, capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)
            return done.stderr

        def commit(*names):
            for name in names:
                (work / name).parent.mkdir(parents=True, exist_ok=True)
                (work / name).write_text(str(time.time()))
            git("add", "-A")
            git("commit", "-qm", "change")

        git("init", "-q", "--bare", "-b", "main", str(bare), cwd=self.home)
        git("clone", "-q", str(bare), str(work), cwd=self.home)
        git("checkout", "-qb", "main")
        commit("guide/begin.md", "guide/end.md", 'it\'s "new" \u00e9.md')
        git("push", "-q", "origin", "main")
        (bare / "hooks" / "post-receive").write_bytes((ROOT / "examples" / "notify_push.sh").read_bytes())
        (bare / "hooks" / "post-receive").chmod(0o755)
        for key, value in (("url", self.service.url), ("origin", "https://git.example.org/handbook.git"), ("secret", str(secret))):
            git("config", f"freshet.{key}", value, cwd=bare)
        commit("guide/end.md")
        commit('it\'s "new" \u00e9.md', "elsewhere")
        (work / "elsewhere").unlink()
        commit()
        said = git("push", "-q", "origin", "main")
        self.assertIn('"triggers":2', said)
        self.service.wait_for_event("run_ended")
        self.assertEqual(self.refreshed(uris), ["guide/end.md", 'it\'s "new" \u00e9.md'])
        # Another branch, and with another secret.
        git("checkout", "-qb", "draft")
        commit("guide/begin.md")
        self.assertIn("ignored", git("push", "-q", "origin", "draft"))
        secret.write_text("another")
        git("checkout", "-q", "main")
        commit("guide/begin.md")
        self.assertIn("freshet was not told", git("push", "-q", "origin", "main"))
        self.assertEqual(self.refreshed(uris), ["guide/end.md", 'it\'s "new" \u00e9.md'])


if __name__ == "__main__":
    main()
