#!/usr/bin/env python3
"""Source code, cut at its definitions: a file of each language, and what is in it under which title."""
import os
import pathlib
import random
import re
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))
from plugin import Failed, Reader, opened  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
LIBRARY = pathlib.Path(os.environ["FRESHET_BUILD"]) / "lib/freshet/plugins/reader_code.so"


def code_of(text):
    """What is in the fences."""
    return re.sub(r"^`{3,}\w*$\n?", "", text, flags=re.M).strip("\n")


class Code(unittest.TestCase):
    def setUp(self):
        stack = opened(Reader, LIBRARY, b"code")
        self.reader = stack.__enter__()
        self.addCleanup(stack.__exit__, None, None, None)

    def read(self, name, data=None, **more):
        """(title, metadata, sections): each section is [level, title, text]."""
        data = (HERE / "files" / name).read_bytes() if data is None else data
        made = self.reader.read(data.encode() if isinstance(data, str) else data, uri=f"file:///src/{name}", **more)
        sections = [[level, title, text] for level, title, _, text, _ in made.sections]
        return made.title, made.metadata, sections if sections[0][2] else sections[1:]

    def outline(self, name, **more):
        return [(level, title) for level, title, _ in self.read(name, **more)[2] if title]

    def text(self, name, wanted):
        return code_of(next(text for _, title, text in self.read(name)[2] if title == wanted))

    def test_each_language_is_cut_at_its_definitions(self):
        for name, language, want in (
                ("stack.py", "python", "Full Stack{__init__ top Cursor{next}} fill"),
                ("stack.rs", "rust", "Stack Stack{push} Display_for_Stack{fmt} Count{count} stack tests{it_is_empty}"),
                ("stack.go", "go", "Stack Item Other Stack.Push New"),
                ("Stack.java", "java", "Stack{Stack get Visitor{visit} Color{warm}} Point"),
                ("Stack.kt", "kotlin", "Stack{push Companion{empty}} Counted{count} Registry{register} Names larger"),
                ("stack.js", "javascript", "Stack{push onFull} add Stack.prototype.peek default count"),
                ("stack.ts", "typescript", "Stacked Names Color Stack{top size} Inner{help} outer make"),
                ("view.tsx", "typescript", "View Short"),
                ("stack.h", "c", "SIZE stack item color stack_push stack_name"),
                ("stack.c", "c", "stack_push name_of"),
                ("stack.cpp", "cpp", "things{namespace{helper} Stack{Stack ~Stack push operator==} Point Color Names Stack<T>::top}")):
            with self.subTest(name):
                title, metadata, _ = self.read(name)
                self.assertEqual((title, metadata), (name, {"language": language}))
                self.assertEqual(written(self.outline(name)), want)

    def test_a_definition_has_the_comments_above_it_and_no_others(self):
        self.assertEqual(self.text("stack.py", "top"),
                         '# Above the decorator.\n@property\ndef top(self):\n    """The newest."""\n    return self.items[-1]')
        self.assertEqual(self.text("stack.py", "Full"), "# Told when it is full.\n# It is no error.\nclass Full(Exception):\n    pass")
        self.assertEqual(self.text("stack.rs", "it_is_empty"), "#[test]\nfn it_is_empty() {}")
        self.assertEqual(self.text("stack.go", "New"), "// New makes one.\nfunc New() *Stack[int] {\n\treturn &Stack[int]{}\n} // the end")
        self.assertTrue(self.text("Stack.java", "get").startswith("/** The newest. */\n@Override\npublic T get"))
        self.assertTrue(self.text("stack.h", "stack_push").startswith("/** Puts one on top. Returns 0 where it is full. */\nint"))
        self.assertTrue(self.text("stack.cpp", "Stack<T>::top").startswith("// The newest.\ntemplate <typename T>\nconst T&"))
        apart = "// Of the file.\n\nint a() { return 1; } // of a\n// Of b.\nint b() { return 2; }\n"
        sections = {title: code_of(text) for _, title, text in self.read("x.c", apart)[2]}
        self.assertEqual(sections, {"": "// Of the file.", "a": "int a() { return 1; } // of a", "b": "// Of b.\nint b() { return 2; }"})

    def test_no_line_is_lost_or_out_of_order(self):
        closing = re.compile(r"[\s{}()\[\];,]*(// namespace.*|#endif.*|#ifdef __cplusplus|extern \"C\" \{|type \()?")
        for path in sorted((HERE / "files").iterdir()):
            with self.subTest(path.name):
                lines = [line.strip() for line in path.read_text().splitlines() if not closing.fullmatch(line)]
                read = [line.strip() for _, _, text in self.read(path.name)[2] for line in code_of(text).splitlines()]
                self.assertEqual([line for line in read if not closing.fullmatch(line)], lines)

    def test_a_header_is_of_the_language_that_reads_it(self):
        for code, language in (("int f(void);\n", "c"), ("class A {\n  virtual void f();\n};\nnamespace b { int g(); }\n", "cpp")):
            self.assertEqual(self.read("a.h", code)[1], {"language": language})
        self.assertEqual(self.read("noname", "def f(): pass\n", media_type="text/x-python")[1], {"language": "python"})
        for name in ("stack.py", "stack.rs", "stack.go", "Stack.kt"):  # of any language: the one that reads it
            code = (HERE / "files" / name).read_bytes()
            self.assertEqual(self.read("noname", code, media_type="text/x-source-code")[1:], self.read(name)[1:])

    def test_code_with_fences_in_it_has_a_longer_fence(self):
        _, _, sections = self.read("a.py", '"""\n````\nx\n````\n"""\n')
        self.assertTrue(sections[0][2].startswith("`````python\n") and sections[0][2].endswith("\n`````"), sections)

    def test_what_does_not_parse_is_cut_where_it_does(self):
        _, _, sections = self.read("a.py", "def good():\n    pass\n\nthis is ( no python ]\n\ndef other():\n    pass\n")
        self.assertIn("good", [title for _, title, _ in sections])
        self.assertIn("no python", "".join(text for *_, text in sections))

    def test_charsets(self):
        for data, charset in (("# Zo\u00eb\n".encode("latin-1"), ""), ("# Zo\u00eb\n".encode("utf-16"), ""),
                              (b"\xef\xbb\xbf# Zo\xc3\xab\n", ""), ("# Zo\u00eb\n".encode("cp1250"), "windows-1250")):
            self.assertIn("# Zo\u00eb", self.read("a.py", data, charset=charset)[2][0][2], (data, charset))

    def test_what_is_refused(self):
        for data, name, word in ((b"\0\0", "a.py", "NUL"), (b"x", "a.txt", "expected a file of C"), (b"x" * (5 << 20), "a.py", "larger than max_size")):
            with self.assertRaises(Failed) as refused:
                self.read(name, data)
            self.assertIn(word, refused.exception.message)
        with self.assertRaises(Failed) as refused, opened(Reader, LIBRARY, b"code", {"max_size": "x"}):
            pass
        self.assertEqual(refused.exception.subject, "max_size")

    def test_hostile_code_ends_in_time(self):
        for name, data in (("a.c", "(" * 200_000), ("a.cpp", "a<" * 100_000), ("a.py", "".join(" " * i + "if x:\n" for i in range(800))),
                           ("a.js", "[" * 100_000 + "]" * 100_000), ("a.rs", "mod a {" * 20_000), ("a.java", "class A {" * 20_000),
                           ("a.kt", "f(" * 50_000), ("a.ts", "`${" * 50_000), ("a.go", "func(" * 50_000), ("a.py", "f'{" * 20_000)):
            begun = time.monotonic()
            try:
                self.read(name, data)
                end = "was read"
            except Failed as failed:
                end = failed.message
            took = time.monotonic() - begun
            print(f"{name} of {len(data)} bytes: {end}, {took:.1f} s")
            self.assertLess(took, 60, name)

    def test_odd_bytes_are_read_or_refused(self):
        draw = random.Random(int(os.environ.get("FRESHET_SEED", "7")))
        for path in sorted((HERE / "files").iterdir()):
            data = path.read_bytes()
            for _ in range(20):
                odd = bytearray(data[:draw.randrange(len(data))])
                for _ in range(draw.randrange(20)):
                    if odd:
                        odd[draw.randrange(len(odd))] = draw.randrange(256)
                try:
                    self.read(path.name, bytes(odd))
                except Failed as failed:
                    self.assertIn("NUL", failed.message)


def written(outline):
    """"A{b c} d" of titles and their levels."""
    out, before = "", 1
    for level, title in outline:
        out += "{" * (level - before) if level > before else "}" * (before - level)
        out += ("" if not out or out[-1] == "{" else " ") + title.replace(" ", "_")
        before = level
    return out + "}" * (before - 1)


if __name__ == "__main__":
    unittest.main()
