#!/usr/bin/env python3
"""An application in gunicorn that is loaded before the workers are forked, and by multiprocessing that forks."""
import contextlib
import re
import socket
import subprocess
import sys
import textwrap
import urllib.request

from support import ENVIRONMENT, Case, main
import freshet
from packages import install

APPLICATION = '''
import os, freshet
home = os.environ["FRESHET_TEST_HOME"]
opened = freshet.open(home + "/repository") if os.environ.get("FRESHET_TEST_EAGER") else None
mine = {}

def application(environ, start):
    try:
        repository = opened or mine.setdefault(os.getpid(), None) or freshet.open(home + "/repository")
        mine[os.getpid()] = repository
        said = repository.query("ice", limit=1)[0].title
    except freshet.Error as error:
        said = f"{error.name}: {error}"
    start("200 OK", [("Content-Type", "text/plain")])
    return [f"{os.getpid()} {said}".encode()]
'''


class Gunicorn(Case):
    @classmethod
    def setUpClass(cls):
        cls.bin = install("gunicorn==23.0.0") / "bin"

    def setUp(self):
        super().setUp()
        (self.home / "application.py").write_text(APPLICATION)
        with freshet.open(self.home / "repository") as repository:
            repository.refresh(sources=[freshet.Files(self.pages)])

    @contextlib.contextmanager
    def server(self, **more):
        with socket.socket() as listener:  # handed over, so that nobody takes the port meanwhile
            listener.bind(("127.0.0.1", 0))
            listener.listen()
            listener.set_inheritable(True)
            process = subprocess.Popen(
                [self.bin / "gunicorn", "--preload", "--workers", "3", "--bind", f"fd://{listener.fileno()}", "application:application"],
                cwd=self.home, pass_fds=[listener.fileno()], stderr=subprocess.PIPE, text=True,
                env={**ENVIRONMENT, "FRESHET_TEST_HOME": str(self.home), **more})
            try:
                yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
            finally:
                process.terminate()
                self.log = process.communicate(timeout=60)[1]
        self.assertEqual(process.returncode, 0, self.log)

    def ask(self, url):
        with urllib.request.urlopen(url, timeout=60) as answer:
            return answer.read().decode().split(" ", 1)

    def test_workers_of_an_application_that_was_loaded_before_them(self):
        with self.server() as url:
            answers = [self.ask(url) for _ in range(30)]
        self.assertEqual({said for _, said in answers}, {"Glaciers"})
        self.assertNotRegex(self.log, "Traceback|SIGSEGV|SIGABRT")

    def test_one_that_opened_before_is_told_in_each_worker(self):
        with self.server(FRESHET_TEST_EAGER="1") as url:
            answers = [self.ask(url) for _ in range(6)]
        for _, said in answers:
            self.assertRegex(said, "^misuse: .*fork")
        self.assertNotRegex(self.log, "Traceback|SIGSEGV|SIGABRT")


class Multiprocessing(Case):
    def test_it_forks_where_the_parent_only_imports(self):
        program = self.home / "forking.py"
        program.write_text(textwrap.dedent("""
            import multiprocessing, sys, freshet
            def ask(place):
                with freshet.open(place) as repository:
                    return repository.query("ice", limit=1)[0].title
            if __name__ == "__main__":
                with multiprocessing.get_context("fork").Pool(2) as pool:
                    print(pool.map(ask, [sys.argv[1] + "/repository"] * 4))
            """))
        with freshet.open(self.home / "repository") as repository:
            repository.refresh(sources=[freshet.Files(self.pages)])
        done = subprocess.run([sys.executable, "-B", program, self.home], env=ENVIRONMENT, capture_output=True, text=True, timeout=120)
        self.assertEqual((re.sub(r"\s+", " ", done.stdout), done.stderr), ("['Glaciers', 'Glaciers', 'Glaciers', 'Glaciers'] ", ""))


if __name__ == "__main__":
    main()
