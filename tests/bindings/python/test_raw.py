#!/usr/bin/env python3
"""The raw layer is what the headers say, and everything of the headers is reachable: a new symbol without a binding is red."""
import ctypes
import re
import subprocess
import sys
import unittest

from support import PACKAGE, ROOT, main
from freshet import _raw, errors, provide, run

CONTRACT = (ROOT / "tests/abi/contract.txt").read_text()
SOURCES = "\n".join(path.read_text() for path in sorted((PACKAGE / "src/freshet").rglob("*.py")) if path.name != "_raw.py")

# What the binding does not use, and why.
FUNCTIONS = {
    "freshet_refresh_run": "start, next_event and wait: so that Ctrl-C and asyncio can come between",
}
STRUCTS = {"PluginDescriptor": "of plugins in libraries: those in Python are registered"}
MEMBERS = {
    "Priorities.": "are given in their order",
    "Adaptive.": "are given in their order",
    ".reserved": "have no meaning",
}
VALUES = {
    "FILTER_": "by their names: FILTERS of provide/store.py has them",
    "OUTCOME_": "by their names: outcome_name() has them",
    "EMBED_DOCUMENT": "what is not a question",
}


def names(kind):
    return re.findall(rf"^{kind} freshet_(\w+)" if kind == "struct" else rf"^{kind} FRESHET_(\w+)", CONTRACT, re.M)


def functions():
    return re.findall(r"^function .*?(freshet_\w+)\(", CONTRACT, re.M)


class Raw(unittest.TestCase):
    def test_it_is_what_the_headers_say(self):
        done = subprocess.run([sys.executable, PACKAGE / "tools/make_raw.py", "--check"], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_structs_have_their_sizes_and_offsets(self):
        for block in re.findall(r"^struct freshet_(\w+) (\d+)\n((?:  .*\n)*)", CONTRACT, re.M):
            name, size, members = block
            made = getattr(_raw, "".join(word.capitalize() for word in name.split("_")))
            self.assertEqual(ctypes.sizeof(made), int(size), name)
            for offset, member in re.findall(r"^ +(\d+) +\d+ (\w+):", members, re.M):
                found = getattr(made, member, None) or getattr(made, member + "_")
                self.assertEqual(found.offset, int(offset), f"{name}.{member}")


class Reachable(unittest.TestCase):
    def unused(self, wanted, excused):
        return sorted(each for each in wanted if not re.search(rf"\b{each}\b", SOURCES) and each not in excused)

    def test_every_function(self):
        self.assertEqual(sorted(functions()), sorted(_raw.FUNCTIONS))
        self.assertEqual(self.unused(functions(), FUNCTIONS), [])

    def test_every_struct(self):
        made = ["".join(word.capitalize() for word in name.split("_")) for name in names("struct")]
        self.assertEqual([each for each in self.unused(made, STRUCTS) if not self.comes_by_a_callback(each)], [])

    def test_every_member(self):
        missing = []
        for struct, body in re.findall(r"^struct freshet_(\w+) \d+\n((?:  .*\n)*)", CONTRACT, re.M):
            made = "".join(word.capitalize() for word in struct.split("_"))
            for member in re.findall(r"^ +\d+ +\d+ (\w+):", body, re.M):
                excused = made in STRUCTS or any(each in f"{made}.{member}" for each in MEMBERS)
                if member != "struct_size" and not excused and not re.search(rf"\b{member}_?\b", SOURCES):
                    missing.append(f"{made}.{member}")
        self.assertEqual(missing, [])

    def comes_by_a_callback(self, name):
        """The library hands it to a function of ours: the type of the function names it, and nobody else has to."""
        return re.search(rf"POINTER\({name}\)", (PACKAGE / "src/freshet/_raw.py").read_text()) is not None

    def test_every_value(self):
        missing = [name for name in names("enum") if not re.search(rf"_raw\.{name}\b", SOURCES)
                   and not any(name.startswith(each) for each in VALUES)]
        self.assertEqual(missing, [])

    def test_values_that_go_by_their_names(self):
        for name in names("enum"):
            if name.startswith("FILTER_"):
                self.assertEqual(provide.store.FILTERS[name[7:].lower()], getattr(_raw, name))
            if name.startswith("OUTCOME_"):
                self.assertEqual(run.outcome_name(getattr(_raw, name)), name[8:].lower())

    def test_every_code_has_an_exception(self):
        codes = {name: getattr(_raw, name) for name in names("enum") if name.startswith("E_")}
        self.assertEqual({code: name for name, code in codes.items() if code not in errors.Error._by_code}, {})
        for code, kind in errors.Error._by_code.items():
            group = {10: errors.CallerError, 11: errors.TransientError, 12: errors.SourceError, 13: errors.MachineError}[code // 100]
            self.assertTrue(issubclass(kind, group), kind)

    def test_no_excuse_is_out_of_date(self):
        self.assertEqual(self.unused(functions(), {}), sorted(FUNCTIONS))
        self.assertTrue(all(hasattr(_raw, name) for name in STRUCTS))


if __name__ == "__main__":
    main()
