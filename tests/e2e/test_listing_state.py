"""A run that dies between its listing and the commit of what was listed: the state of the listing is not ahead."""
import json
import os
import pathlib

from e2e import Case, build_dir, main

CHANGES = 3


class ListingState(Case):
    def setUp(self):
        super().setUp()
        self.script = self.home / "script"
        self.config = self.home / "freshet.toml"
        self.config.write_text(f'store = "sqlite"\nembedder = "hash"\n\n[[source]]\nloader = "scripted"\n'
                               f'options = {{ script = "{self.script}" }}\n')
        os.environ["FRESHET_PLUGIN_PATH"] = str(pathlib.Path(build_dir()).resolve() / "fixtures" / "faulty")
        self.addCleanup(os.environ.pop, "FRESHET_PLUGIN_PATH")

    def refresh(self, check=0, **script):
        """Returns the first line that the loader was asked: "list" and the state it was given."""
        asked = self.home / "script.asked"
        asked.unlink(missing_ok=True)
        self.script.write_text(json.dumps(script))
        self.freshet.run("refresh", "--config", self.config, check=check)
        return asked.read_text().splitlines()[0]

    def test_a_run_that_dies_leaves_the_older_state(self):
        old, new = "script:/old", "script:/new"
        pages = {old: {"text": "# Old\n\nOn rivers."}, new: {"exits": True}}
        self.assertEqual(self.refresh(entries=[{"uri": old}], pages=pages, state="s1"), "list -")
        change = {"kind": CHANGES, "entries": [{"uri": new}], "state": "s2"}
        self.assertEqual(self.refresh(**change, pages=pages, check=7), "list s1")
        pages[new] = {"text": "# New\n\nOn canals."}
        self.assertEqual(self.refresh(**change, pages=pages), "list s1")
        self.assertEqual(self.refresh(**change, pages=pages), "list s2")
        self.assert_in_step()


if __name__ == "__main__":
    main()
