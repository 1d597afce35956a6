"""Folders are kept fresh as their files change: what is saved is in the store soon, however it was saved."""
import os
import shutil
import time

from e2e import main
from service_case import PATIENCE, Service, ServiceCase

# What the machine may take besides, where other tests run, too. Alone it is less than a second.
SOON = 20


class Tests(ServiceCase):
    def watch(self, *more):
        service = Service(self.freshet, self.config, *more, command="watch")
        self.addCleanup(service.kill)
        service.wait_for(lambda line: line.get("event") == "run_ended")
        return service

    def wait_until(self, wanted):
        """Until the store has these words; how long that took."""
        began = time.monotonic()
        while (found := self.words()) != wanted:
            self.assertLess(time.monotonic() - began, PATIENCE, found)
            time.sleep(0.02)
        return time.monotonic() - began

    def of(self, **words):
        return {f"file://{self.page(number[1:])}": word for number, word in words.items()}

    def test_what_changes_is_soon_in_the_store(self):
        for i in range(20):
            self.write(i, "first")
        words = self.of(**{f"p{i}": "first" for i in range(20)})
        service = self.watch()
        self.assertEqual(self.words(), words)
        took = []

        def expect(**changed):
            words.update(self.of(**changed))
            took.append(self.wait_until({uri: word for uri, word in words.items() if word}))

        self.write(0, "written")
        expect(p0="written")
        # As editors save: a new file is moved over the old one, or the old one away first.
        new = self.home / "notes" / ".page1.md.swp"
        new.write_text("# Page 1\n\nIts word is moved.\n")
        os.replace(new, self.page(1))
        expect(p1="moved")
        os.rename(self.page(2), self.home / "notes" / "page2.md~")
        self.write(2, "danced")
        (self.home / "notes" / "page2.md~").unlink()
        expect(p2="danced")
        self.page(3).unlink()
        expect(p3=None)
        # A directory that comes with what is in it, and one that is made and filled.
        aside = self.home / "aside"
        aside.mkdir()
        (aside / "page30.md").write_text("# Page 30\n\nIts word is brought.\n")
        shutil.move(aside, self.home / "notes" / "brought")
        words[f"file://{self.home}/notes/brought/page30.md"] = "brought"
        took.append(self.wait_until({uri: word for uri, word in words.items() if word}))
        deep = self.home / "notes" / "made" / "deep"
        deep.mkdir(parents=True)
        (deep / "page31.md").write_text("# Page 31\n\nIts word is deep.\n")
        words[f"file://{deep}/page31.md"] = "deep"
        took.append(self.wait_until({uri: word for uri, word in words.items() if word}))
        print("in the store after", [f"{each:.2f} s" for each in took])
        self.assertLess(max(took), SOON)
        self.assertEqual(service.stop(), 0)
        self.assert_in_step()

    def test_many_changes_at_once_are_few_runs(self):
        for i in range(5):
            self.write(i, "first")
        service = self.watch()
        for i in range(5):
            self.write(i, "second")
        self.wait_until(self.of(**{f"p{i}": "second" for i in range(5)}))
        self.assertEqual(service.stop(), 0)
        service.reader.join()
        rest = [line for line in iter(service.lines.get, None) if line.get("event") == "run_started"]
        self.assertLessEqual(len(rest), 3)

    def test_what_happened_while_nobody_watched_is_found(self):
        self.write(0, "first")
        self.watch().stop()
        self.write(0, "meanwhile")
        self.watch()
        self.wait_until(self.of(p0="meanwhile"))

    def test_a_service_watches_a_source_that_says_so(self):
        self.config.write_text(self.config.read_text()
                               .replace('schedule = "6h"', 'watch = true\npolicy = "always"'))
        self.write(0, "first")
        service = self.start()
        service.wait_for_event("run_ended")
        self.write(0, "second")
        self.wait_until(self.of(p0="second"))
        # Where the file is wrong the present folders stay watched.
        good = self.config.read_text()
        self.config.write_text(good.replace("watch = true", "watch = 5"))
        service.process.send_signal(1)
        service.wait_for_event("reload_failed")
        self.write(0, "third")
        self.wait_until(self.of(p0="third"))

    def test_what_cannot_be_watched_is_refused(self):
        self.config.write_text('[[source]]\nloader = "url"\noptions = { urls = ["https://example.org/"] }\n')
        done = self.freshet.run("watch", "--config", self.config, check=2)
        self.assertIn("has no folder", done.stderr)
        self.config.write_text('[[source]]\nloader = "url"\nwatch = true\nschedule = "1h"\n'
                               'options = { urls = ["https://example.org/"] }\n')
        done = self.freshet.run("service", "--config", self.config, check=2)
        self.assertIn("the loader url takes no local folder", done.stderr)

    def configure(self, schedule):
        super().configure(schedule)
        self.config.write_text(self.config.read_text().replace(
            'policy = { any = ["triggered", { ttl = "10w" }] }', 'policy = "always"'))


if __name__ == "__main__":
    main()
