#!/usr/bin/env python3
"""Processes as Python has them: fork and spawn, Ctrl-C, the interpreter's end in the middle of a run, asyncio and threads."""
import asyncio
import subprocess
import sys
import textwrap
import threading
import unittest

from support import ENVIRONMENT, Case, main
import freshet
from freshet import aio, errors


class Slow(freshet.CustomPolicy):
    """Says when it was asked, and waits until it may go on."""

    def __init__(self):
        self.asked, self.go_on = threading.Event(), threading.Event()

    def decide(self, known, now):
        self.asked.set()
        self.go_on.wait(60)
        return True


SLOW = '''
import os, pathlib, signal, sys, threading, freshet
home = pathlib.Path(sys.argv[1])
asked = threading.Event()
class Slow(freshet.CustomPolicy):
    def decide(self, known, now):
        asked.set()
        return not stop.wait(30)
stop = threading.Event()
sources = [freshet.Files(home / "pages", policy=Slow())]
quick = [freshet.Files(home / "pages")]
'''


class Program(Case):
    """Each in a process of its own."""

    def program(self, text, *more, code=0):
        done = subprocess.run([sys.executable, "-B", "-X", "faulthandler", "-c", SLOW + textwrap.dedent(text), str(self.home), *more],
                              env=ENVIRONMENT, capture_output=True, text=True, timeout=120)
        self.assertEqual((done.returncode, done.stderr), (code, ""), done.stdout)
        return done.stdout

    def left(self):
        """What the process left is in order, and goes on."""
        with freshet.open(self.home / "repository") as repository:
            self.assertEqual(repository.check()["problem_count"], 0)
            self.assertEqual(repository.refresh(sources=[freshet.Files(self.pages)]).failed, 0)

    def test_the_interpreter_ends_in_the_middle_of_a_run(self):
        self.program("""
            repository = freshet.open(home / "repository")
            run = repository.start(sources=sources)
            asked.wait()
            threading.Timer(0.2, stop.set).start()
            """)
        self.left()

    def test_it_ends_by_an_exception_in_the_middle_of_a_run(self):
        done = subprocess.run([sys.executable, "-B", "-c", SLOW + textwrap.dedent("""
            repository = freshet.open(home / "repository")
            run = repository.start(sources=sources)
            asked.wait()
            stop.set()
            raise ValueError("enough")
            """), str(self.home)], env=ENVIRONMENT, capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr.splitlines()[-1], "ValueError: enough")
        self.left()

    def test_it_ends_while_a_service_runs(self):
        self.program("""
            repository = freshet.open(home / "repository")
            service = repository.service(sources=[freshet.Files(home / "pages", schedule="1h")]).start()
            while service.next_event().kind != "run_ended":
                pass
            """)
        self.left()

    def test_ctrl_c_cancels_the_run(self):
        # It goes on until it is cancelled, however long the signal takes to be heard.
        self.assertEqual(self.program("""
            class Deaf(freshet.Embedder):
                name = "deaf"
                def info(self):
                    return freshet.EmbedderInfo("deaf", 2)
                def embed(self, call, texts, query):
                    if not asked.is_set():
                        asked.set()
                        os.kill(os.getpid(), signal.SIGINT)
                    while not stop.is_set():
                        call.check()
                    return [[1.0, 2.0] for _ in texts]
            repository = freshet.open(home / "repository")
            try:
                repository.refresh(sources=quick, embedder=Deaf)
            except KeyboardInterrupt:
                print("interrupted", repository.runs()[0]["cancelled"])
            stop.set()
            print(repository.refresh(sources=quick, embedder=Deaf).failed)
            """), "interrupted True\n0\n")

    def test_ctrl_c_cancels_a_call_that_blocks(self):
        self.assertEqual(self.program("""
            class Deaf(freshet.Embedder):
                name = "deaf"
                def info(self):
                    return freshet.EmbedderInfo("deaf", 2)
                def embed(self, call, texts, query):
                    if query:
                        os.kill(os.getpid(), signal.SIGINT)
                    while query:
                        call.check()
                    return [[1.0, 2.0] for _ in texts]
            repository = freshet.open(home / "repository")
            repository.refresh(sources=quick, embedder=Deaf)
            try:
                repository.query("rivers", mode="vector")
            except KeyboardInterrupt:
                print("interrupted")
            """), "interrupted\n")

    def test_a_parent_that_only_imports_may_fork(self):
        """As a server does that loads the application before it forks its workers."""
        self.assertEqual(self.program("""
            sys.stdout.flush()
            children = []
            for number in range(3):
                pid = os.fork()
                if pid == 0:
                    with freshet.open(home / "repository") as repository:
                        report = repository.refresh(sources=quick)
                    os._exit(0 if report.failed == 0 else 1)
                children.append(pid)
            print([os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in children])
            """), "[0, 0, 0]\n")
        self.left()

    def test_a_child_of_one_that_used_it_is_told(self):
        self.assertEqual(self.program("""
            repository = freshet.open(home / "repository")
            repository.refresh(sources=quick)
            sys.stdout.flush()
            pid = os.fork()
            if pid == 0:
                try:
                    repository.info
                except freshet.errors.Misuse as error:
                    print(error.name, "fork" in str(error))
                try:
                    freshet.open(home / "other")
                except freshet.errors.Misuse as error:
                    print(error.name, "fork" in str(error))
                sys.exit(0)
            print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), repository.info.documents)
            """), "misuse True\nmisuse True\n0 3\n")

    def test_multiprocessing_spawns(self):
        program = self.home / "spawning.py"
        program.write_text(textwrap.dedent("""
            import multiprocessing, sys, freshet
            def ask(place):
                with freshet.open(place) as repository:
                    return repository.query("ice", limit=1)[0].title
            if __name__ == "__main__":
                with freshet.open(sys.argv[1] + "/repository") as repository:
                    repository.refresh(sources=[freshet.Files(sys.argv[1] + "/pages")])
                    with multiprocessing.get_context("spawn").Pool(2) as pool:
                        print(pool.map(ask, [repository.directory] * 2))
            """))
        done = subprocess.run([sys.executable, "-B", program, self.home], env=ENVIRONMENT, capture_output=True, text=True, timeout=120)
        self.assertEqual((done.stdout, done.stderr), ("['Glaciers', 'Glaciers']\n", ""))


class Asyncio(Case):
    def test_a_refresh_and_its_events(self):
        async def work():
            repository = self.open()
            kinds = []
            report = await repository.refresh_async(sources=[freshet.Files(self.pages)], on_event=lambda event: kinds.append(event.kind))
            with repository.start(sources=[freshet.Files(self.pages)]) as run:
                again = [event.kind async for event in run]
            hits = await repository.query_async("ice", limit=1)
            verified = await aio.run(repository.verify, deep=True)
            return report.refreshed, kinds[0], kinds[-1], again[-1], hits[0].title, verified["in_step"]
        self.assertEqual(asyncio.run(work()), (3, "run_started", "run_ended", "run_ended", "Glaciers", True))

    def test_the_loop_goes_on_meanwhile(self):
        slow = Slow()

        async def work():
            repository = self.open()
            task = asyncio.ensure_future(repository.refresh_async(sources=[freshet.Files(self.pages, policy=slow)]))
            while not slow.asked.is_set():
                await asyncio.sleep(0)
            slow.go_on.set()
            return (await task).refreshed
        self.assertEqual(asyncio.run(work()), 3)

    def test_a_task_that_is_cancelled_cancels_the_run(self):
        slow = Slow()

        async def work():
            repository = self.open()
            task = asyncio.ensure_future(repository.refresh_async(sources=[freshet.Files(self.pages, policy=slow)]))
            while not slow.asked.is_set():
                await asyncio.sleep(0)
            task.cancel()
            slow.go_on.set()
            with self.assertRaises(asyncio.CancelledError):
                await task
            return repository.runs()[0]["cancelled"]
        self.assertTrue(asyncio.run(work()))

    def test_a_listener_that_raises_ends_the_run(self):
        async def work():
            repository = self.open()
            with self.assertRaisesRegex(ZeroDivisionError, "division"):
                await repository.refresh_async(sources=[freshet.Files(self.pages)], on_event=lambda event: 1 / 0)
            return repository.check()["problem_count"]
        self.assertEqual(asyncio.run(work()), 0)

    def test_a_limit_of_asyncio_ends_a_call(self):
        class Waiting(freshet.Embedder):
            name = "waiting"

            def info(self):
                return freshet.EmbedderInfo("waiting", 2)

            def embed(self, call, texts, query):
                while query:
                    call.check()
                return [[1.0, 2.0] for _ in texts]

        async def work():
            repository = self.open()
            await repository.refresh_async(sources=[freshet.Files(self.pages)], embedder=Waiting)
            with self.assertRaises(asyncio.TimeoutError):
                await asyncio.wait_for(repository.query_async("ice", mode="vector"), 0.1)
            with self.assertRaises(errors.Timeout):
                repository.query("ice", mode="vector", timeout=0.1)
        asyncio.run(work())


class Threads(Case):
    def test_many_threads_on_one_repository(self):
        repository, wrong = self.open(), []

        def work(number):
            try:
                for _ in range(5):
                    repository.refresh(sources=[freshet.Files(self.pages)])
                    if repository.query("ice", limit=1)[0].title != "Glaciers":
                        wrong.append(number)
            except errors.Busy:
                pass
            except BaseException as error:  # noqa: BLE001
                wrong.append(error)
        threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        repository.refresh(sources=[freshet.Files(self.pages)])
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(wrong, [])

    def test_closing_while_in_use_is_an_error_and_no_crash(self):
        repository = self.open()
        repository.refresh(sources=[freshet.Files(self.pages)])
        seen = []

        def work():
            try:
                while True:
                    repository.query("ice")
            except errors.Misuse as error:
                seen.append(error.name)
        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        repository.close()
        for thread in threads:
            thread.join()
        self.assertEqual(seen, ["misuse"] * 4)

    def test_a_run_that_nobody_holds_any_more_is_cancelled(self):
        slow = Slow()
        repository = self.open()
        run = repository.start(sources=[freshet.Files(self.pages, policy=slow)])
        slow.asked.wait()
        slow.go_on.set()
        del run
        self.assertTrue(any(account["cancelled"] or account["refreshed"] == 3 for account in repository.runs()))


if __name__ == "__main__":
    main()
