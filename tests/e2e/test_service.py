"""The service as its supervisor sees it: triggers of other processes, signals, and kill -9 at any moment.

FRESHET_KILLS sets the number of kills (a tenth of it here), FRESHET_SEED the moments; both are printed.
"""
import os
import pathlib
import random
import signal
import socket
import time

from e2e import main
from service_case import CONFIG, PATIENCE, ServiceCase

KILLS = max(2, int(os.environ.get("FRESHET_KILLS", "200")) // 10)
SEED = int(os.environ.get("FRESHET_SEED", str(random.randrange(1 << 30))))


class Tests(ServiceCase):
    def test_a_trigger_of_another_process_is_answered(self):
        for i in range(4):
            self.write(i, "first")
        service = self.start()
        line = service.wait_for_event("run_ended")
        self.assertTrue(line["message"].startswith("4 refreshed, "), line)
        self.write(1, "second")
        self.write(2, "unasked")
        self.trigger(1)
        asked = time.monotonic()
        began = service.wait_for_event("run_started")
        print(f"a run began {1000 * (time.monotonic() - asked):.0f} ms after the trigger", flush=True)
        self.assertEqual(began["reason"], "roots are due")
        line = service.wait_for_event("run_ended")
        self.assertTrue(line["message"].startswith("1 refreshed, "), line)
        words = self.words()
        self.assertEqual(words[f"file://{self.page(1)}"], "second")
        self.assertEqual(words[f"file://{self.page(2)}"], "first")
        self.assertEqual(service.stop(), 0)
        self.assert_in_step()
        runs = self.freshet.json("runs", "list")["runs"]
        self.assertEqual([run["refreshed"] for run in runs], [1, 4])
        self.assertEqual(self.freshet.json("runs", "show", runs[0]["id"])["failures"], [])
        missing = self.freshet.json("runs", "show", "999", check=3)
        self.assertEqual(missing["error"]["code"], "not_found")

    def test_signals_and_the_supervisor(self):
        self.write(0, "first")
        path = str(self.home / "notify")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
            heard.bind(path)
            heard.settimeout(PATIENCE)

            def hear(word):
                while True:
                    told = heard.recv(4096).decode()
                    if word in told:
                        return told

            service = self.start(NOTIFY_SOCKET=path, WATCHDOG_USEC="500000")
            hear("READY=1")
            hear("WATCHDOG=1")
            service.wait_for_event("run_ended")
            # A configuration that is wrong changes nothing, and says where.
            self.configure("soon")
            service.process.send_signal(signal.SIGHUP)
            self.assertIn("MONOTONIC_USEC=", hear("RELOADING=1"))
            wrong = service.wait_for(lambda line: "error" in line)
            self.assertEqual((wrong["error"]["subject"], wrong["error"]["line"]), ("sources[0].schedule", 8), wrong)
            service.wait_for_event("reload_failed")
            hear("READY=1")
            self.write(0, "second")
            self.trigger(0)
            service.wait_for_event("run_ended")
            self.assertEqual(self.words()[f"file://{self.page(0)}"], "second")
            self.configure("12h")
            service.process.send_signal(signal.SIGHUP)
            service.wait_for_event("reloaded")
            service.process.send_signal(signal.SIGTERM)
            hear("STOPPING=1")
            service.wait_for_event("stopped")
            self.assertEqual(service.process.wait(PATIENCE), 0)

    def test_it_sleeps_while_nothing_is_due(self):
        self.write(0, "first")
        service = self.start()
        service.wait_for_event("run_ended")
        before, seconds = self.cpu_of(service), 5
        time.sleep(seconds)  # what is measured
        share = (self.cpu_of(service) - before) / seconds
        print(f"{100 * share:.2f} % of a core while nothing is due", flush=True)
        self.assertLess(share, 0.02)
        self.assertEqual(service.stop(), 0)

    def cpu_of(self, service):
        """Seconds of processor time that it has taken."""
        fields = pathlib.Path(f"/proc/{service.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def test_what_cannot_be_run_is_refused(self):
        self.config.write_text(CONFIG.format(schedule="6h").replace('schedule = "6h"\n', "")
                               .replace('{ any = ["triggered", { ttl = "10w" }] }', '"always"'))
        told = self.freshet.json("service", "--config", self.config, check=2)
        self.assertIn("is missing: how often to list it", told["error"]["message"])
        self.assertIn("--config", self.freshet.json("service", check=2)["error"]["subject"])

    def waits(self, pages):
        """Whether a trigger of a page is still to be answered."""
        uris = (f"file://{self.page(number)}" for number in range(pages))
        return any(self.freshet.json("explain", uri, "--config", self.config)["trigger"] for uri in uris)

    def test_killed_at_any_moment_it_loses_no_trigger(self):
        print(f"FRESHET_SEED={SEED} kills={KILLS}", flush=True)
        chance = random.Random(SEED)
        pages = 8
        for i in range(pages):
            self.write(i, "begin")
        service = self.start()
        service.wait_for_event("run_ended")
        latest = {i: "begin" for i in range(pages)}
        triggers = 0
        for kill in range(KILLS):
            end = time.monotonic() + chance.random() * 0.6
            while time.monotonic() < end:
                number = chance.randrange(pages)
                latest[number] = f"w{triggers}x"
                self.write(number, latest[number])
                self.trigger(number)
                triggers += 1
            service.kill()
            service = self.start()
        wanted = {f"file://{self.page(i)}": word for i, word in latest.items()}
        end = time.monotonic() + PATIENCE
        # A page may be as it is wanted before its last trigger is answered: a run had read it just then.
        while (self.words() != wanted or self.waits(pages)) and time.monotonic() < end:
            time.sleep(0.1)  # it is looked at what the service has done meanwhile
        self.assertEqual(self.words(), wanted)
        self.assertEqual(service.stop(), 0)
        self.assert_in_step()
        # None is left that a refresh did not answer.
        report = self.freshet.json("refresh", "--config", self.config)
        self.assertEqual((report["refreshed"], report["unchanged"]), (0, 0), report)
        print(f"{triggers} triggers, {KILLS} kills", flush=True)


if __name__ == "__main__":
    main()
