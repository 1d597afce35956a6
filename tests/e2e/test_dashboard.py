"""The dashboard in a real browser: a run as it happens, a failing root, buttons, the token. The pictures lie in build/screenshots."""
import pathlib
import threading

from e2e import Case, Scripted, build_dir, html, long_text, main
from chromium import Browser
from listen import TOKEN, Listening

CONFIG = """
embedder = "hash"
policy = {{ any = ["triggered", {{ ttl = "10w" }}] }}

[http]
attempts = 1

[service]
listen = "127.0.0.1:0"
rest = "0s"
listen_token = "env:LISTEN_TOKEN"

[[source]]
name = "manual"
loader = "sitemap"
schedule = "6h"
options = {{ url = "{sitemap}" }}

[[source]]
name = "<img src=x onerror=alert(1)>"
loader = "files"
schedule = "12h"
options = {{ path = "notes", include = ["**/*.md"] }}
"""
TEXT = "document.body.innerText"


def text_of(selector):
    return f"document.querySelector({selector!r}).innerText"


class Dashboard(Case):
    def setUp(self):
        super().setUp()
        self.site = Scripted()
        self.addCleanup(self.site.close)
        self.paths = [f"/page{i}.html" for i in range(12)]
        for path in self.paths:
            self.site.page(path, html(path, ("First", long_text(path[1:-5]))))
        (self.home / "notes").mkdir()
        (self.home / "notes" / "bold.md").write_text("# <b>Bold</b> & <script>alert(2)</script>\n\nA note.\n")
        config = self.home / "freshet.toml"
        config.write_text(CONFIG.format(sitemap=self.site.sitemap(self.paths)))
        self.service = Listening(self.freshet, config, LISTEN_TOKEN=TOKEN)
        self.addCleanup(self.service.kill)
        for _ in range(2):
            self.service.wait_for_event("run_ended")
        self.browser = Browser(self.home / "browser")
        self.addCleanup(self.browser.close)
        self.shots = pathlib.Path(build_dir()) / "screenshots"
        self.shots.mkdir(exist_ok=True)

    def log_in(self):
        self.browser.go(self.service.url + "/")
        self.browser.wait_for("document.querySelector('#token-form') && !document.querySelector('#token-form').hidden")
        self.browser.value("document.querySelector('#token').focus()")
        self.browser.page("Input.insertText", text=TOKEN)
        self.browser.key("Enter")
        self.browser.wait_for("document.body.className === 'live'")
        self.browser.wait_for("document.querySelectorAll('#sources tr').length === 2")

    def hold(self, path):
        """Pages below `path` wait until the event that is returned is set."""
        go = threading.Event()
        self.addCleanup(go.set)
        body = html(path, ("Second", long_text("held")))

        def answer(*_):
            go.wait(60)
            return 200, {"Content-Type": "text/html"}, body.encode()

        self.site.pages[path] = answer
        return go

    def test_the_token_is_asked_for(self):
        browser = self.browser
        browser.go(self.service.url + "/")
        browser.wait_for("document.querySelector('#token-form') && !document.querySelector('#token-form').hidden")
        self.assertNotIn("manual", browser.value(TEXT))
        before = len(self.freshet.json("runs", "list")["runs"])
        # The trigger button, without the token and with a wrong one.
        for token in ("", "wrong"):
            browser.value(f"token = {token!r}; document.querySelector('#uri').value = '{self.site.url}{self.paths[0]}';"
                          "document.querySelector('#trigger').click()")
            browser.wait_for(f"{text_of('#said')}.startsWith('Refused: token: ')")
            browser.value("document.querySelector('#said').textContent = ''")
        self.assertEqual(len(self.freshet.json("runs", "list")["runs"]), before)
        self.assertEqual(self.service.json("/api/v1/status", headers={"Authorization": f"Bearer {TOKEN}"})["due"], 0)

    def test_a_run_as_it_happens_and_a_root_that_fails(self):
        browser, service = self.browser, self.service
        self.log_in()
        browser.wait_for(f"{text_of('#now-none')} === 'Nothing runs now.'")
        go = [self.hold(path) for path in self.paths[:2]]
        self.site.answer(self.paths[3], 500, b"<h1>Internal error</h1>", Content_Type="text/html")
        # By keyboard alone: the field, the box, the button.
        browser.value("document.querySelector('#uri').focus()")
        browser.page("Input.insertText", text=f"{self.site.url}/page")
        for key in ("Tab", "Space", "Tab", "Enter"):
            browser.key(key)
        browser.wait_for(f"{text_of('#said')}.startsWith('Asked for: ')")
        browser.wait_for("document.querySelectorAll('#now li').length === 1")
        browser.wait_for(f"{text_of('#now')}.includes('manual') && {text_of('#now')}.includes('9 refreshed')"
                         f" || {text_of('#now')}.includes('9 unchanged')")
        browser.wait_for(f"{text_of('#now')}.includes('1 failed')")
        self.shoot("run")
        go[0].set()
        go[1].set()
        service.wait_for_event("run_ended")
        browser.wait_for("document.querySelectorAll('#now li').length === 0")
        browser.wait_for("document.querySelectorAll('#failing tr').length === 1")
        failing = browser.value(text_of("#failing"))
        self.assertIn(self.site.url + self.paths[3], failing)
        self.assertIn("500", failing)
        browser.wait_for("document.querySelectorAll('#runs tr').length === 3")
        self.assertIn("1 failed", browser.value(text_of("#runs")))
        # It is mended, and its button asks for it again.
        self.shoot("failing")
        self.site.page(self.paths[3], html("mended", ("First", long_text("mended"))))
        browser.value("document.querySelector('#failing button').click()")
        browser.wait_for(f"{text_of('#said')}.startsWith('Asked for: ')")
        # What sources and pages say is text.
        self.assertIn("<img src=x onerror=alert(1)>", browser.value(TEXT))
        self.assertEqual(browser.value("document.querySelectorAll('main img, main script, main b').length"), 0)
        self.assertEqual([url for url in browser.requested if not url.startswith((service.url, "data:"))], [])
        complaints = [each for each in browser.complaints if "401" not in each]
        self.assertEqual(complaints, [])
        self.assertTrue(browser.value("document.documentElement.scrollWidth <= window.innerWidth"))
        # The policy keeps out what would run from elsewhere.
        browser.value("document.body.append(Object.assign(document.createElement('script'), {text: 'window.ran = true'}))")
        self.assertFalse(browser.value("Boolean(window.ran)"))

    def shoot(self, name):
        for width in (390, 1280):
            for dark in (False, True):
                self.browser.look(width, dark)
                self.browser.read_some()
                wide = self.browser.value("document.documentElement.scrollWidth")
                self.assertLessEqual(wide, width, f"{name} at {width}")
                self.browser.screenshot(self.shots / f"{name}-{width}-{'dark' if dark else 'light'}.png")
        print(f"pictures: {self.shots}/{name}-*.png", flush=True)


if __name__ == "__main__":
    main()
