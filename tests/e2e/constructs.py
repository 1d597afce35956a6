"""One source text with every construct that documentation uses, as each maker of sites wants it written, and as it is to be stored.

A dialect has a method for each construct: it gives the source and the text that is to be stored of it, or None where the maker
has no such thing. The number of a page is in each of its lines that has words, so that a line which two pages have is the site's."""
import re

CONSTRUCTS = ("running", "code", "numbered", "tabs", "table", "lists", "steps", "tasks", "terms", "note", "details", "formula", "display",
              "raised", "keys", "picture", "quote", "named", "function", "included", "foreign", "ruby", "spans", "footnote")


class Markdown:
    """What all dialects of Markdown have in common."""

    def __init__(self, number):
        self.n = number

    def page(self):
        """The source, and (construct, stored text) in the order of the page."""
        sources, stored = [self.title(f"Quay {self.n}")], [("title", f"Quay {self.n}")]
        for name in CONSTRUCTS:
            made = getattr(self, name)()
            if made is None:
                continue
            sources += [self.heading(f"On {name} {self.n}"), made[0]]
            stored += [("heading", f"On {name} {self.n}"), (name, made[1])]
        return "\n\n".join(sources) + "\n", self.in_order(stored)

    def in_order(self, stored):
        return stored

    def title(self, text):
        return f"# {text}"

    def heading(self, text):
        return f"## {text}"

    def running(self):
        n = self.n
        return (f"Quay {n} keeps its depth in `depth_{n}` and *never* **sleeps**: see [office {n}](https://harbor.example/{n}), 3 < {n}00 & more.",
                f"Quay {n} keeps its depth in depth_{n} and never sleeps: see office {n}, 3 < {n}00 & more.")

    def code(self):
        lines = f"def haul_{self.n}(rope):\n    # slowly, {self.n}\n    return [rope for _ in range({self.n})]"
        return f"```python\n{lines}\n```", f"```python\n{lines}\n```"

    def numbered(self):
        return None

    def tabs(self):
        return None

    def table(self):
        n = self.n
        rows = f"| Berth {n} | Depth {n} |\n| --- | --- |\n| `north_{n}` | {n} m |\n| south {n} | {n}0 m |"
        return rows, rows.replace("`", "")

    def lists(self):
        n = self.n
        text = f"- first {n}\n- second {n}\n    - inner {n}\n- third {n}"
        return text, text.replace("    ", "  ")

    def steps(self):
        return (f"1. cast off {self.n}\n2. sail {self.n}",) * 2

    def tasks(self):
        return (f"- [x] swept {self.n}\n- [ ] painted {self.n}",) * 2

    def terms(self):
        return None

    def note(self):
        return None

    def details(self):
        n = self.n
        return (f"<details><summary>Why {n}?</summary><p>For the tide of {n}.</p></details>", f"Why {n}?\n\nFor the tide of {n}.")

    def formula(self):
        return None

    def display(self):
        return None

    def raised(self):
        n = self.n
        return f"About 10<sup>{n}</sup> drops of H<sub>2</sub>O{n}.", f"About 10^{n} drops of H2O{n}."

    def keys(self):
        return f"Press <kbd>Ctrl</kbd>+<kbd>F{self.n}</kbd> to moor.", f"Press Ctrl+F{self.n} to moor."

    def picture(self):
        return f"![a crane over quay {self.n}](crane.png)", f"a crane over quay {self.n}"

    def quote(self):
        return f"> The sea {self.n} is all.", f"The sea {self.n} is all."

    def named(self):
        return f"### Ropes of {self.n} {{#ropes-{self.n}}}\n\nTar {self.n}.", f"Ropes of {self.n}\n\nTar {self.n}."

    def function(self):
        return None

    def included(self):
        return None

    def foreign(self):
        return (f"埠頭{self.n}の深さは毎朝測られます。ท่าเรือ {self.n}",) * 2

    def ruby(self):
        return f"The <ruby>港<rt>みなと</rt></ruby> {self.n}.", f"The 港(みなと) {self.n}."

    def spans(self):
        n = self.n
        return (f"<table><thead><tr><th>Ship {n}</th><th>Load {n}</th></tr></thead><tbody><tr><td rowspan=\"2\">Heron {n}</td><td>salt {n}</td></tr>"
                f"<tr><td>tar {n}</td></tr></tbody></table>",
                f"| Ship {n} | Load {n} |\n| --- | --- |\n| Heron {n} | salt {n} |\n| Heron {n} | tar {n} |")

    def footnote(self):
        return None


def included_text(number):
    return f"moor_{number} --fast\nmoor_{number} --slow"


class MkDocs(Markdown):
    def numbered(self):
        lines = f"depth: {self.n}\nnorth:\n  - berth_{self.n}"
        return f'``` yaml title="quay_{self.n}.yml" linenums="1"\n{lines}\n```', f"quay_{self.n}.yml\n\n```\n{lines}\n```"

    def code(self):  # the pages do not say which language it is
        source, stored = super().code()
        return source, stored.replace("python", "")

    def tabs(self):
        n = self.n
        return (f'=== "Linux {n}"\n\n    Use apt {n}.\n\n=== "macOS {n}"\n\n    Use brew {n}.', f"Linux {n}\n\nUse apt {n}.\n\nmacOS {n}\n\nUse brew {n}.")

    def terms(self):
        return f"Bollard {self.n}\n:   A post of {self.n}.", f"Bollard {self.n}\nA post of {self.n}."

    def note(self):
        n = self.n
        return f'!!! warning "Mind gap {n}"\n\n    It is wide, {n}.', f"Mind gap {n}\n\nIt is wide, {n}."

    def details(self):
        n = self.n
        return f'??? info "Why {n}?"\n\n    For the tide of {n}.', f"Why {n}?\n\nFor the tide of {n}."

    def formula(self):
        return f"So $d_{{{self.n}}} = h^2$ holds.", f"So \\(d_{{{self.n}}} = h^2\\) holds."

    def display(self):
        return f"$$\nE_{{{self.n}}} = m c^2\n$$", f"E_{{{self.n}}} = m c^2"

    def keys(self):
        return f'Press ++ctrl+"F{self.n}"++ to moor.', f"Press Ctrl+F{self.n} to moor."

    def included(self):
        return f'``` sh\n--8<-- "included_{self.n}.txt"\n```', f"```\n{included_text(self.n)}\n```"

    def footnote(self):
        return f"Tides turn.[^t{self.n}]\n\n[^t{self.n}]: Twice a day, {self.n}.", f"Tides turn.[1]\n\n1. Twice a day, {self.n}."


class VitePress(Markdown):
    def numbered(self):
        lines = f"depth: {self.n}\nnorth:\n  - berth_{self.n}"
        return f"```yaml:line-numbers\n{lines}\n```", f"```yaml\n{lines}\n```"

    def tabs(self):
        n = self.n
        return (f"::: code-group\n\n```sh [npm {n}]\nnpm add {n}\n```\n\n```sh [yarn {n}]\nyarn add {n}\n```\n\n:::",
                f"npm {n}\n\n```sh\nnpm add {n}\n```\n\nyarn {n}\n\n```sh\nyarn add {n}\n```")

    def tasks(self):
        return None

    def note(self):
        n = self.n
        return f"::: warning Mind gap {n}\nIt is wide, {n}.\n:::", f"Mind gap {n}\n\nIt is wide, {n}."

    def details(self):
        n = self.n
        return f"::: details Why {n}?\nFor the tide of {n}.\n:::", f"Why {n}?\n\nFor the tide of {n}."

    def included(self):
        return f"<<< ./included_{self.n}.txt{{sh}}", f"```sh\n{included_text(self.n)}\n```"


class MdBook(Markdown):
    def code(self):
        lines = f"fn haul_{self.n}() -> u8 {{\n    {self.n}\n}}"
        return f"```rust\n# fn main() {{}}\n{lines}\n```", f"```rust\n{lines}\n```"

    def included(self):
        return f"```sh\n{{{{#include included_{self.n}.txt}}}}\n```", f"```sh\n{included_text(self.n)}\n```"

    def terms(self):
        return f"Bollard {self.n}\n:   A post of {self.n}.", f"Bollard {self.n}\nA post of {self.n}."

    def note(self):
        return f"> [!NOTE]\n> It is wide, {self.n}.", f"Note\n\nIt is wide, {self.n}."

    def footnote(self):
        return f"Tides turn.[^t{self.n}]\n\n[^t{self.n}]: Twice a day, {self.n}.", f"Tides turn.[1]\n\n1. Twice a day, {self.n}."


class Hugo(Markdown):
    def title(self, text):
        return f'---\ntitle: "{text}"\n---'

    def numbered(self):
        lines = f"depth: {self.n}\nnorth:\n  - berth_{self.n}"
        return f'```yaml {{linenos=table}}\n{lines}\n```', f"```yaml\n{lines}\n```"

    def code(self):
        lines = f"def haul_{self.n}(rope):\n    # slowly, {self.n}\n    return [rope for _ in range({self.n})]"
        return f"```python {{linenos=inline}}\n{lines}\n```", f"```python\n{lines}\n```"

    def terms(self):
        return f"Bollard {self.n}\n:   A post of {self.n}.", f"Bollard {self.n}\nA post of {self.n}."

    def note(self):
        return None

    def footnote(self):
        return f"Tides turn.[^t{self.n}]\n\n[^t{self.n}]: Twice a day, {self.n}.", f"Tides turn.[1]\n\n1. Twice a day, {self.n}."


def indented(text, by="   "):
    return "\n".join(by + line if line else line for line in text.splitlines())


class Sphinx(Markdown):
    """reStructuredText."""

    def title(self, text):
        return f"{text}\n{'=' * 40}"

    def heading(self, text):
        return f"{text}\n{'-' * 40}"

    def running(self):
        n = self.n
        return (f"Quay {n} keeps its depth in ``depth_{n}`` and *never* **sleeps**: see `office {n} <https://harbor.example/{n}>`_, 3 < {n}00 & more.",
                f"Quay {n} keeps its depth in depth_{n} and never sleeps: see office {n}, 3 < {n}00 & more.")

    def code(self):
        source, stored = super().code()
        return f".. code-block:: python\n\n{indented(source[10:-4])}", stored

    def numbered(self):
        lines = f"depth: {self.n}\nnorth:\n  - berth_{self.n}"
        return (f".. code-block:: yaml\n   :linenos:\n   :caption: quay_{self.n}.yml\n\n{indented(lines)}",
                f"quay_{self.n}.yml\n\n```yaml\n{lines}\n```")

    def table(self):
        n = self.n
        return (f".. list-table::\n   :header-rows: 1\n\n   * - Berth {n}\n     - Depth {n}\n   * - ``north_{n}``\n     - {n} m\n   * - south {n}\n     - {n}0 m",
                super().table()[1])

    def lists(self):
        n = self.n
        return f"- first {n}\n- second {n}\n\n  - inner {n}\n\n- third {n}", super().lists()[1]

    def tasks(self):
        return None

    def terms(self):
        return f"Bollard {self.n}\n   A post of {self.n}.", f"Bollard {self.n}\nA post of {self.n}."

    def note(self):
        n = self.n
        return f".. admonition:: Mind gap {n}\n\n   It is wide, {n}.", f"Mind gap {n}\n\nIt is wide, {n}."

    def details(self):
        return f".. deprecated:: 1.{self.n}\n   Use ropes, {self.n}.", f"Deprecated since version 1.{self.n}: Use ropes, {self.n}."

    def formula(self):
        return f"So :math:`d_{{{self.n}}} = h^2` holds.", f"So \\(d_{{{self.n}}} = h^2\\) holds."

    def display(self):
        return f".. math::\n\n   E_{{{self.n}}} = m c^2", f"E_{{{self.n}}} = m c^2"

    def raised(self):
        n = self.n
        return f"About 10\\ :sup:`{n}` drops of H\\ :sub:`2`\\ O{n}.", f"About 10^{n} drops of H2O{n}."

    def keys(self):
        return f"Press :kbd:`Ctrl+F{self.n}` to moor.", f"Press Ctrl+F{self.n} to moor."

    def picture(self):
        return f".. image:: crane.png\n   :alt: a crane over quay {self.n}", f"a crane over quay {self.n}"

    def quote(self):
        return f"   The sea {self.n} is all.", f"The sea {self.n} is all."

    def named(self):
        n = self.n
        return f".. _ropes-{n}:\n\nRopes of {n}\n{'~' * 40}\n\nTar {n}.", f"Ropes of {n}\n\nTar {n}."

    def function(self):
        n = self.n
        return (f".. py:function:: harbor{n}.moor(ship, depth={n})\n\n   Moors a ship, {n}.\n\n   :param ship: the ship {n}\n   :returns: berth {n}",
                f"harbor{n}.moor(ship, depth={n})\n\nMoors a ship, {n}.\n\nParameters:\n\nship – the ship {n}\n\nReturns:\n\nberth {n}")

    def included(self):
        return f".. literalinclude:: included_{self.n}.txt\n   :language: sh", f"```sh\n{included_text(self.n)}\n```"

    def ruby(self):
        return None

    def spans(self):
        n = f"{self.n:02}"
        return (f"+----------+---------+\n| Ship {n}  | Load {n} |\n+==========+=========+\n| Heron {n} | salt {n} |\n|          +---------+\n|          | tar {n}  |\n"
                "+----------+---------+",
                f"| Ship {n} | Load {n} |\n| --- | --- |\n| Heron {n} | salt {n} |\n| Heron {n} | tar {n} |")

    def footnote(self):
        return f"Tides turn. [#t]_\n\n.. [#t] Twice a day, {self.n}.", f"Tides turn. [1]\n\n[1] Twice a day, {self.n}."


class Doxygen(Markdown):
    """A page of Markdown in a file of its own, and a function of C++ that it documents."""

    def title(self, text):
        return f"# {text} {{#quay{self.n}}}"

    def heading(self, text):
        return f"## {text} {{#{text.lower().replace(' ', '-')}}}"

    def code(self):
        source, stored = super().code()
        return source.replace("```python", "```{.py}"), stored.replace("python", "")

    def spans(self):
        source, stored = super().spans()
        return re.sub("</?t(head|body)>", "", source), stored

    def terms(self):
        return None

    def note(self):
        return f"@warning It is wide, {self.n}.", f"Warning\nIt is wide, {self.n}."

    def tasks(self):
        return None

    def ruby(self):
        return None

    def picture(self):
        return None

    def keys(self):
        return None


class Texinfo(Markdown):
    def title(self, text):
        return f"@node {text}\n@chapter {text}"

    def heading(self, text):
        return f"@node {text}\n@section {text}"

    def running(self):
        n = self.n
        return (f"Quay {n} keeps its depth in @code{{depth_{n}}} and @emph{{never}} @strong{{sleeps}}: see @uref{{https://harbor.example/{n}, office {n}}}, 3 < {n}00 & more.",
                f"Quay {n} keeps its depth in depth_{n} and never sleeps: see office {n}, 3 < {n}00 & more.")

    def code(self):
        _, stored = super().code()
        lines = stored[10:-4]
        return f"@example\n{lines}\n@end example", f"```\n{lines}\n```"

    def table(self):
        n = self.n
        return (f"@multitable @columnfractions .5 .5\n@headitem Berth {n} @tab Depth {n}\n@item @code{{north_{n}}} @tab {n} m\n@item south {n} @tab {n}0 m\n@end multitable",
                super().table()[1])

    def lists(self):
        n = self.n
        return (f"@itemize\n@item first {n}\n@item second {n}\n@itemize\n@item inner {n}\n@end itemize\n@item third {n}\n@end itemize", super().lists()[1])

    def steps(self):
        n = self.n
        return f"@enumerate\n@item cast off {n}\n@item sail {n}\n@end enumerate", super().steps()[1]

    def tasks(self):
        return None

    def terms(self):
        return f"@table @asis\n@item Bollard {self.n}\nA post of {self.n}.\n@end table", f"Bollard {self.n}\nA post of {self.n}."

    def note(self):
        return f"@quotation Note\nIt is wide, {self.n}.\n@end quotation", f"Note: It is wide, {self.n}."

    def details(self):
        return None

    def raised(self):
        n = self.n
        return f"About 10@sup{{{n}}} drops of H@sub{{2}}O{n}.", f"About 10^{n} drops of H2O{n}."

    def keys(self):
        return f"Press @kbd{{Ctrl+F{self.n}}} to moor.", f"Press Ctrl+F{self.n} to moor."

    def picture(self):
        return None

    def quote(self):
        return f"@quotation\nThe sea {self.n} is all.\n@end quotation", f"The sea {self.n} is all."

    def named(self):
        n = self.n
        return f"@anchor{{ropes-{n}}}\n@subsection Ropes of {n}\n\nTar {n}.", f"Ropes of {n}\n\nTar {n}."

    def function(self):
        n = self.n
        return (f"@deffn Command moor_{n} ship depth\nMoors a ship, {n}.\n@end deffn", f"Command: moor_{n} ship depth\nMoors a ship, {n}.")

    def included(self):
        return f"@verbatiminclude included_{self.n}.txt", f"```\n{included_text(self.n)}\n```"

    def ruby(self):
        return None

    def spans(self):
        return None

    def footnote(self):
        return f"Tides turn.@footnote{{Twice a day, {self.n}.}}", f"Tides turn.[{self.n}]"  # its text stands on a page of its own
