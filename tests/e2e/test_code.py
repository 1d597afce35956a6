"""Source code in a repository: found by what it says, with its language and the path of its symbol."""
import json
import pathlib

from e2e import build_dir, main, skip
from git_case import GitCase

LIBRARY = pathlib.Path(build_dir()).resolve() / "lib" / "freshet" / "plugins" / "reader_code.so"
if not LIBRARY.exists():
    skip("the plugins in Rust were not built")
FILES = pathlib.Path(__file__).resolve().parents[1] / "plugins" / "reader_code" / "files"
LONG = "\n".join(f"def other_{i}(value):\n    \"\"\"Number {i} of what nobody asks for.\"\"\"\n    return value + {i}\n" for i in range(60))


class CodeOfARepository(GitCase):
    def test_a_definition_is_found_with_its_path_and_language(self):
        python = (FILES / "stack.py").read_text()
        self.remote.commit({"src/stack.py": python + "\n\n" + LONG, "notes.txt": "Some notes.\n"})
        self.config()
        self.assertEqual(self.refresh()["refreshed"], 2)
        hit = self.freshet.json("query", "newest", "--mode", "text")["hits"][0]
        self.assertEqual((hit["metadata"]["language"], hit["metadata"]["path"]), ("python", "src/stack.py"))
        self.assertTrue(hit["path"].startswith("Stack"), hit["path"])
        self.assertIn("def top(self):", hit["text"])
        before = {identity for identity, row in self.freshet.rows().items()}
        self.remote.commit({"src/stack.py": python.replace("The newest.", "The newest one.") + "\n\n" + LONG})
        self.refresh()
        self.assertLessEqual(len({identity for identity in self.freshet.rows()} - before), 2)  # the others are as they were
        self.assert_in_step()

    def test_it_keeps_the_contract_of_a_reader(self):
        done = self.freshet.run("plugins", "check", LIBRARY.with_suffix(".plugin.json"), "--sample",
                                f"reader code={FILES / 'stack.py'}", "--json")
        verdicts = {case["case"]: case["verdict"] for case in json.loads(done.stdout)["cases"]}
        self.assertEqual({name for name, verdict in verdicts.items() if verdict != "pass"}, set(), done.stdout)


if __name__ == "__main__":
    main()
