"""What every end-to-end test begins with: the program, a folder of its own, and small pages."""
import json
import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
from program import Freshet, build_dir, record_digest, skip, vectors_of  # noqa: E402,F401
from sites import Nginx, Scripted, copy_docs, python_docs  # noqa: E402,F401


def html(title, *sections):
    """A page with a heading, and a section for each (title, paragraph…)."""
    body = [f"<h1>{title}</h1><p>All about {title}, in a page of its own.</p>"]
    for heading, *paragraphs in sections:
        body.append(f'<h2 id="{heading.lower().replace(" ", "-")}">{heading}</h2>')
        body += [f"<p>{text}</p>" for text in paragraphs]
    return (f"<!DOCTYPE html><html lang=en><head><title>{title}</title></head>"
            f"<body><nav><a href=/>home</a></nav><main>{''.join(body)}</main><footer>foot</footer></body></html>")


def long_text(word, sentences=30):
    return " ".join(f"The {word} of sentence {i} says what sentence {i} has to say about {word}." for i in range(sentences))


def toml(value):
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {toml(each)}" for key, each in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(str(value) if isinstance(value, pathlib.Path) else value)


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="freshet-e2e-")
        self.addCleanup(self.folder.cleanup)
        self.home = pathlib.Path(self.folder.name)
        self.freshet = Freshet(build_dir(), self.home / "repository")

    def write_config(self, config):
        """A freshet.toml with these keys."""
        file = self.home / "freshet.toml"
        file.write_text("".join(f"{key} = {toml(value)}\n" for key, value in config.items()))
        return file

    def outcomes(self, report):
        return {root["uri"]: root["outcome"] for root in report["roots"]}

    def assert_in_step(self, freshet=None):
        """The repository's check passes, and the store holds exactly what it should."""
        report = (freshet or self.freshet).json("check")
        self.assertEqual(report["repository"]["problem_count"], 0, report)
        self.assertEqual((report["store"]["missing"], report["store"]["stale"], report["store"]["orphans"]), (0, 0, 0), report)


    FAULTS = ("missing", "stale", "orphaned", "duplicates", "damaged", "foreign", "held", "repaired")

    def verified(self, *arguments, freshet=None, checked=None, **wanted):
        """What freshet verify finds: exactly these, and nothing else. Its exit code says whether that is in step."""
        drift = any(wanted.get(key) for key in self.FAULTS[:5])
        report = (freshet or self.freshet).json("verify", *arguments, check=1 if drift else 0)
        self.assertEqual({key: report[key] for key in self.FAULTS}, {key: wanted.get(key, 0) for key in self.FAULTS}, report)
        self.assertEqual((report["in_step"], report["embedded"]), (not drift, 0), report)
        if checked is not None:
            self.assertEqual(report["checked"], checked, report)
        return report


def main():
    unittest.main(verbosity=2)
