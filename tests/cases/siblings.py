#!/usr/bin/env python3
"""Relatives of the cases: small pages in one folder, read in one run, each with what must and must not be stored of it."""
import os, pathlib, shutil, subprocess, sys, tempfile

import run

PROSE = "The keeper writes the level of the tide into the book at noon, and the clerk reads it out at the gate. "


def page(body, head=""):
    return f"<!DOCTYPE html><html><head><title>Page</title>{head}</head><body>{body}</body></html>"


def main(body):
    return page(f"<nav><a href='/'>Home</a></nav><main><h1>Page</h1>{body}</main>")


# name: (source, texts that must be stored, texts that must not)
PAGES = {
    # Boxes that the page shows when asked.
    "bootstrap-tab.html": (main('<ul class="nav nav-tabs" role="tablist"><li><a data-toggle="tab" href="#a">North</a></li><li><a data-toggle="tab" href="#b">South</a></li></ul>'
                                '<div class="tab-content"><div class="tab-pane active" id="a"><p>Turn left at the pier.</p></div>'
                                '<div class="tab-pane" id="b" style="display:none"><p>Turn right at the pier.</p></div></div>'),
                           ["North\n\nTurn left", "South\n\nTurn right"], ["NorthSouth"]),
    "sphinx-tabs.html": (main('<div class="sphinx-tabs"><div role="tablist"><button id="t1" role="tab" aria-controls="p1">apt</button><button id="t2" role="tab" aria-controls="p2">brew</button></div>'
                              '<div id="p1" role="tabpanel" aria-labelledby="t1"><p>apt install gauge</p></div><div id="p2" role="tabpanel" aria-labelledby="t2" hidden="true"><p>brew install gauge</p></div></div>'),
                         ["apt\n\napt install gauge", "brew\n\nbrew install gauge"], []),
    "code-group.html": (main('<div class="vp-code-group"><div class="tabs"><input type="radio" id="x1"><label for="x1">npm</label><input type="radio" id="x2"><label for="x2">yarn</label></div>'
                             '<div class="blocks"><div class="language-sh active"><pre><code>npm add gauge</code></pre></div><div class="language-sh"><pre><code>yarn add gauge</code></pre></div></div></div>'),
                        ["npm\n\n```sh\nnpm add gauge\n```", "yarn\n\n```sh\nyarn add gauge\n```"], ["npmyarn"]),
    "collapse.html": (main('<h2><button aria-expanded="false" aria-controls="c1">Who pays?</button></h2><div id="c1" class="collapse" hidden><p>The owner of the boat pays.</p></div>'
                           '<button onclick="toggle(\'more\')">More</button><div id="more" style="display: none"><p>The harbour keeps the change.</p></div>'),
                      ["Who pays?\nThe owner of the boat pays.", "The harbour keeps the change."], []),
    "modal.html": (main(f'<p>{PROSE}</p><button data-toggle="modal" data-target="#m">Ask</button><div id="m" class="modal" style="display:none"><p>Leave us your number.</p></div>'),
                   ["The keeper writes"], ["Leave us your number"]),
    "details.html": (main("<details><summary>Spare parts</summary><p>Four bolts and a pin.</p></details>"), ["Spare parts\nFour bolts and a pin."], []),
    "shadow.html": (page(f"<my-page><template shadowrootmode='open'><article><h1>Within</h1><p>{PROSE}</p></article></template></my-page>"), ["Within", "The keeper writes"], []),
    "template.html": (page(f"<main><h1>Page</h1><p>{PROSE}</p><template><p>A card that a script fills.</p></template></main>"), ["The keeper writes"], ["A card that"]),
    "noscript.html": (page(f"<div id='app'></div><noscript><h1>Levels</h1><p>{PROSE}</p><p>{PROSE}</p></noscript>"), ["Levels", "The keeper writes"], []),
    "streamed-in-main.html": (page(f'<main><h1>Page</h1><!--$?--><template id="B:1"></template><p>Loading the text</p><!--/$--></main><div hidden id="S:1"><p>{PROSE}</p></div>'),
                              ["Page\nThe keeper writes"], ["Loading the text"]),
    "transparent.html": (main(f'<div style="visibility:hidden; opacity:0"><p>{PROSE}</p></div><p style="backface-visibility:hidden;display:flex">Shown.</p>'), ["The keeper writes", "Shown."], []),
    # What is main.
    "two-mains.html": (page(f"<main><p>Menu</p></main><main><h1>Levels</h1><p>{PROSE * 4}</p></main>"), ["Levels", "The keeper writes"], ["Menu"]),
    "content-class-on-banner.html": (page(f"<div id='content'><p>Sale!</p></div><div class='x'><h1>Levels</h1><p>{PROSE * 4}</p></div>"), ["Levels", "The keeper writes"], []),
    "related-is-the-page.html": (page(f"<div class='related'><h1>Related tides</h1><p>{PROSE * 4}</p></div>"), ["Related tides", "The keeper writes"], []),
    "row-gutter.html": (main(f"<div class='row gutter'><p>{PROSE}</p></div><div class='noprint'><p>Shown on screens.</p></div>"), ["The keeper writes", "Shown on screens."], []),
    "comments-stay-in-a-forum.html": (page("<main><h1>Why does it rust?</h1>" + "".join(f"<div class='comment'><p>Answer {n}: {PROSE}</p></div>" for n in range(4)) + "</main>"), ["Answer 0", "Answer 3"], []),
    "sections-are-named-by-their-titles.html": (page(f"<main><h1>Language</h1><p>{PROSE * 8}</p><section id='comments'><h2>Comments</h2><p>They begin with a hash.</p></section><section id='shared-objects'><h2>Shared objects</h2><p>They are mapped once.</p></section></main>"),
                                                ["They begin with a hash.", "They are mapped once."], []),
    "comments-go-below-a-long-article.html": (page(f"<main><article><h1>Rust</h1>" + f"<p>{PROSE * 4}</p>" * 6 + "</article><div class='comments'>" + "".join(f"<div class='comment'><p>Reader {n}: {PROSE * 4}</p></div>" for n in range(6)) + "</div></main>"),
                                               ["The keeper writes"], ["Reader 0", "Reader 5"]),
    "chapters-beside-a-text.html": (main("<div><ul>" + "".join(f"<li><a href='/c{n}'>Chapter {n} of tides</a></li>" for n in range(24)) + "</ul></div>" + f"<p>{PROSE * 4}</p>" * 6), ["The keeper writes"], ["Chapter 3 of tides"]),
    "an-index-is-its-links.html": (main("<p>All chapters.</p><ul>" + "".join(f"<li><a href='/c{n}'>Chapter {n} of tides</a></li>" for n in range(24)) + "</ul>"), ["Chapter 3 of tides", "Chapter 23 of tides"], []),
    "comments-go-below-an-article.html": (page(f"<main><article><h1>Rust</h1><p>{PROSE * 8}</p></article><div id='comments'><h3>2 comments</h3><p>Nice post!</p></div><div class='share-links'><ul><li><a href='#'>Tweet</a></li></ul></div></main>"),
                                          ["The keeper writes"], ["Nice post", "Tweet"]),
    # Code.
    "hljs-numbers.html": (main('<pre><code class="hljs python"><table class="hljs-ln"><tr><td class="hljs-ln-numbers" data-line-number="1"></td><td class="hljs-ln-code">a = 1</td></tr><tr><td class="hljs-ln-numbers" data-line-number="2"></td><td class="hljs-ln-code">b = 2</td></tr></table></code></pre>'),
                          ["```python\na = 1\nb = 2\n```"], []),
    "blob.html": (main('<table class="highlight"><tr><td class="blob-num" data-line-number="1"></td><td class="blob-code">one();</td></tr><tr><td class="blob-num" data-line-number="2"></td><td class="blob-code">two();</td></tr></table>'),
                  ["```\none();\ntwo();\n```"], ["| one"]),
    "rouge.html": (main('<div class="language-ruby highlighter-rouge"><pre class="highlight"><code><table class="rouge-table"><tbody><tr><td class="rouge-gutter gl"><pre class="lineno">1\n2\n</pre></td><td class="rouge-code"><pre>puts 1\nputs 2\n</pre></td></tr></tbody></table></code></pre></div>'),
                   ["```ruby\nputs 1\nputs 2\n```"], ["1\n2"]),
    "ol-lines.html": (main('<pre class="prettyprint lang-js"><ol><li>let a = 1;</li><li></li><li>let b = 2;</li></ol></pre>'), ["```js\nlet a = 1;\n\nlet b = 2;\n```"], []),
    "span-lines.html": (main('<pre><code class="language-go"><span class="line">a := 1</span><span class="line">b := 2</span></code></pre>'), ["```go\na := 1\nb := 2\n```"], []),
    "selectless.html": (main('<pre><code class="language-c"><span style="user-select:none">1 </span>int a;\n<span style="user-select:none">2 </span>int b;</code></pre>'), ["```c\nint a;\nint b;\n```"], []),
    "mdbook.html": (main('<pre><pre class="playground"><code class="language-rust"><span class="boring">#![allow(unused)]\n</span>let a = 1;</code></pre></pre>'), ["```rust\nlet a = 1;\n```"], ["allow(unused)"]),
    # Marks in a line.
    "marks.html": (main('<p>1<sup>st</sup> of x<sup>n+1</sup>, 10<sup>-3</sup> m<sup>2</sup>, see<sup><a href="#fn2">2</a></sup>. <ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp></ruby> <kbd>Ctrl</kbd><kbd>C</kbd></p>'),
                   ["1st of x^(n+1), 10^-3 m^2, see[2].", "漢(かん)", "Ctrl+C"], []),
    "math-script.html": (main('<p>Then <script type="math/tex">p=\\rho g h</script> holds.</p>'), ["Then p=\\rho g h holds."], []),
    "math-image.html": (main('<p>Then <img class="mwe-math-fallback-image-inline" aria-hidden="true" alt="{\\displaystyle a^2}" src="x.svg"> holds.</p>'), ["a^2"], []),
    "tasks.html": (main('<ul><li><input type="checkbox" checked disabled> Oil</li><li><label><input type="checkbox"> Paint</label></li></ul>'), ["- [x] Oil\n- [ ] Paint"], []),
    "custom.html": (main("<x-chip>Oil</x-chip><x-chip>Tar</x-chip>"), ["Oil Tar"], []),
    "rows.html": (main("<table><tr><th>Pier</th><th>Day</th></tr><tr><td rowspan='2'>A</td><td>Mon</td></tr><tr><td>Tue</td></tr></table>"), ["| A | Mon |\n| A | Tue |"], []),
    "email-link.html": (main('<p>Ask <a href="/cdn-cgi/l/email-protection#5a3b1a3874393935">[email&#160;protected]</a>.</p>'), ["a@b.cco"], ["[email"]),
    # XML's spelling.
    "cdata.xhtml": ('<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title/><style/><script src="x"/></head><body><div id="a"/><p>Oil <![CDATA[<every>]]> day</p><textarea/><p>Tar too.</p></body></html>',
                    ["Oil <every> day", "Tar too."], []),
    # Markdown as people write it.
    "attributes.md": ("# Oil {.wide}\n\nText.\n\n## Tar {: #tar }\n\n{: .note }\nMore text.\n", ["Oil\nText.", "Tar\nMore text."], ["{.wide}", "{: #tar", "{: .note"]),
    "colons.md": (":::note[Mind the gap]\n\nStep over it.\n\n:::\n\n::: warning\nIt is wide.\n:::\n\n:::{tip} Look down\nAnd jump.\n:::\n", ["Mind the gap\n\nStep over it.", "Warning\n\nIt is wide.", "Look down\n\nAnd jump."], [":::"]),
    "slashes.md": ("/// note | Mind the gap\nStep over it.\n///\n", ["Mind the gap\n\nStep over it."], ["///"]),
    "alerts.md": ("> [!WARNING]\n> It is wide.\n", ["Warning\n\nIt is wide."], ["[!"]),
    "nested.md": ('!!! note "Gap"\n    Step over it.\n\n    ```python\n    jump()\n    ```\n\n    === "Left"\n\n        Turn left.\n\nOn we go.\n', ["Gap\n\nStep over it.", "```python\njump()\n```", "Left\n\nTurn left.", "On we go."], ["!!!", "==="]),
    "myst.md": ("```{warning} Gap\nStep over it.\n```\n\n```python\n!!! note\n```\n", ["Gap\n\nStep over it.", "```python\n!!! note\n```"], ["{warning}"]),
    "notes.md": ("Oil it[^a].\n\n[^a]: Daily.\n", ["[^a]: Daily."], []),
    "generics.md": ("A Map<Pier> and `<b>`, see <b>bold</b> and <Badge>new</Badge>.\n\n<start>\n", ["Map<Pier>", "bold", "new", "<start>"], ["<Badge>", "</b>"]),
    "html-heading.md": ('Text before.\n\n<h2 id="oil">Oil</h2>\n\nDaily.\n', ["Oil\nDaily."], ["<h2"]),
    "component.mdx": ('export const x = {\n  a: 1,\n};\n\n<Card\n  title="Oil"\n  icon={<Icon />}\n>\n  Every day:\n\n    - one drop\n    - two drops\n\n      ```sh\n      oil --now\n      ```\n</Card>\n\n{/* hidden\nwords */}\n\nThe end.\n',
                      ["Oil\n\nEvery day:", "- one drop", "oil --now", "The end."], ["export", "icon=", "hidden", "<Card", "</Card"]),
    "setext.md": ("{: .lead}\n\nOil\n===\n\nText with === in it.\n", ["Oil\nText with === in it."], [".lead"]),
    # Letters that are also magic.
    "BZh-is-a-word.md": ("BZh stands on old boats of the bay.\n", ["BZh stands"], []),
    "stray.txt": ("Bold\x1b[0m and a bell\x07 in a long text. " + PROSE * 10, ["The keeper writes"], []),
    # Sections.
    "titles-alone.md": ("# Harbour\n\n## Mooring\n\n### Ropes\n\n" + PROSE * 20 + "\n\n## Fuel\n\n### Prices\n\n" + PROSE * 20, ["Mooring\n\nRopes", "Fuel\n\nPrices"], []),
}
BYTES = {
    "euc-kr.html": (page("<main><h1>항구</h1><p>똠방각하는 펲시콜라를 마신다.</p></main>", '<meta charset="euc-kr">').encode("cp949"), ["똠방각하", "펲시콜라"], ["�"]),
    "big5.html": (page("<main><h1>港口</h1><p>碁盤與恒春。</p></main>", '<meta charset="big5">').encode("cp950"), ["碁盤", "恒春"], ["�"]),
    "latin9.html": (page("<main><h1>Liman</h1><p>İskele ışıkları şafakta söner.</p></main>", '<meta charset="iso-8859-9">').encode("cp1254"), ["İskele ışıkları"], ["�"]),
    "said-utf-8-is-1251.html": (page(f"<main><h1>Порт</h1><p>{'Смотритель записывает уровень воды в журнал каждый полдень. ' * 4}</p></main>", '<meta charset="utf-8">').encode("cp1251"), ["Смотритель записывает"], ["�"]),
    "one-bad-byte.html": (page("<main><h1>Brûle</h1><p>Le phare brûle à l’huile.</p><p>X</p></main>", '<meta charset="utf-8">').encode().replace(b">X<", b">X\xff<"), ["brûle à l’huile"], []),
}


def check(program=run.FRESHET):
    home = pathlib.Path(tempfile.mkdtemp(prefix="freshet-siblings-"))
    folder = home / "pages"
    folder.mkdir()
    pages = {name: (source.encode(), must, must_not) for name, (source, must, must_not) in PAGES.items()} | BYTES
    for name, (source, _, _) in pages.items():
        (folder / name).write_bytes(source)
        os.utime(folder / name, (1_700_000_000, 1_700_000_000))
    done = subprocess.run([program, "--repository", str(home / "r"), "refresh", "--files", str(folder), "--json"], capture_output=True, text=True)
    stored = {}
    for row in run.rows(home / "r"):
        stored.setdefault(row["uri"].rsplit("/", 1)[1], []).append(row["text"])
    shutil.rmtree(home)
    wrong = 0
    for name, (_, must, must_not) in sorted(pages.items()):
        text = "\n\f\n".join(stored.get(name, []))
        faults = [f"lacks {part!r}" for part in must if part not in text] + [f"has {part!r}" for part in must_not if part in text]
        wrong += bool(faults)
        if faults:
            print(f"FAIL {name}: " + "; ".join(faults) + "\n" + text[:600])
    print(f"{len(pages) - wrong} of {len(pages)} as expected")
    if done.returncode != 0:
        print(done.stdout[-2000:], done.stderr)
    return wrong > 0 or done.returncode != 0


if __name__ == "__main__":
    sys.exit(check())
