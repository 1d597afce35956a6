#!/usr/bin/env python3
"""Makes samples/handbook.*: one document in the formats that reader_office reads, by other people's programs where a format is
not written by hand; and slides and sheets in two formats each.

   make_samples.py

The samples are kept. They need: of PyPI python-docx, python-pptx, openpyxl, nbformat, ebooklib; Debian's libreoffice-writer-nogui,
-calc-nogui, -impress-nogui. The text is freshet's own, under its licence."""
import os
import pathlib
import shutil
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
OUT = HERE / "samples"
TITLE = "The Harbour Handbook"
SECTIONS = [
    (1, "Arrival", ["Every vessel reports to the watchtower before it passes the breakwater. The café at the quay opens at six.",
                    "Whoever arrives at night waits at the southern mooring."]),
    (2, "Fees", ["Fees are calculated from the length of the vessel and the number of nights."]),
    (1, "Departure", ["Departure is announced two hours in advance, by telephone or in person."]),
    (2, "Weather", ["When a storm warning is displayed, all moorings are doubled."]),
]
ITEMS = ["Disconnect the electricity", "Return the borrowed equipment"]  # of Departure
TABLE = [["Berth", "Length", "Fee"], ["North one", "12 m", "18"], ["South two", "60 m", "140"]]  # of Fees


def docx(out):
    from docx import Document
    document = Document()
    document.core_properties.title, document.core_properties.author = TITLE, "Ada Quay"
    for level, title, paragraphs in SECTIONS:
        document.add_heading(title, level)
        for text in paragraphs:
            document.add_paragraph(text)
        if title == "Fees":
            table = document.add_table(0, 3)
            for row in TABLE:
                for cell, text in zip(table.add_row().cells, row):
                    cell.text = text
        if title == "Departure":
            for item in ITEMS:
                document.add_paragraph(item, style="List Bullet")
    document.save(out)


def office(source, kind, out):
    subprocess.run(["soffice", "--headless", f"-env:UserInstallation=file://{os.getcwd()}/profile", "--convert-to", kind, source],
                   check=True, capture_output=True)
    shutil.move(pathlib.Path(source).with_suffix("." + kind).name, out)


def html_of(level, title, paragraphs):
    text = f"<h{level}>{title}</h{level}>" + "".join(f"<p>{each}</p>" for each in paragraphs)
    if title == "Fees":
        head, *rows = ["".join(f"<t{'h' if i == 0 else 'd'}>{cell}</t{'h' if i == 0 else 'd'}>" for cell in row) for i, row in enumerate(TABLE)]
        text += f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(f'<tr>{row}</tr>' for row in rows)}</tbody></table>"
    if title == "Departure":
        text += "<ul>" + "".join(f"<li>{item}</li>" for item in ITEMS) + "</ul>"
    return text


def epub(out):
    from ebooklib import epub as library
    book = library.EpubBook()
    book.set_identifier("harbour")
    book.set_title(TITLE)
    book.set_language("en")
    book.add_author("Ada Quay")
    chapter = library.EpubHtml(title=TITLE, file_name="a.xhtml", lang="en")
    chapter.content = "<html><body>" + "".join(html_of(*section) for section in SECTIONS) + "</body></html>"
    book.add_item(chapter)
    book.spine = [chapter]
    book.add_item(library.EpubNcx())
    library.write_epub(out, book)


def ipynb(out):
    import nbformat
    cells = []
    for level, title, paragraphs in SECTIONS:
        text = "#" * level + " " + title + "\n\n" + "\n\n".join(paragraphs)
        if title == "Fees":
            rows = ["| " + " | ".join(row) + " |" for row in TABLE]
            text += "\n\n" + "\n".join([rows[0], "|---|---|---|", *rows[1:]])
        if title == "Departure":
            text += "\n\n" + "\n".join(f"- {item}" for item in ITEMS)
        cells.append(nbformat.v4.new_markdown_cell(text, id=title.lower()))
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"title": TITLE, "author": "Ada Quay"})
    nbformat.write(notebook, out)


def rst(out):
    lines = ["=" * 30, TITLE, "=" * 30, "", ":Author: Ada Quay", ""]
    for level, title, paragraphs in SECTIONS:
        lines += [title, "=-"[level - 1] * 30, ""] + [line for text in paragraphs for line in (text, "")]
        if title == "Fees":
            rule = "  ".join("=" * 10 for _ in TABLE[0])
            rows = ["  ".join(cell.ljust(10) for cell in row) for row in TABLE]
            lines += [rule, rows[0], rule, *rows[1:], rule, ""]
        if title == "Departure":
            lines += [f"* {item}" for item in ITEMS] + [""]
    pathlib.Path(out).write_text("\n".join(lines))


def adoc(out):
    lines = [f"= {TITLE}", "Ada Quay", ""]
    for level, title, paragraphs in SECTIONS:
        lines += ["=" * (level + 1) + " " + title, ""] + [line for text in paragraphs for line in (text, "")]
        if title == "Fees":
            lines += ['[options="header"]', "|==="] + [" ".join(f"| {cell}" for cell in row) for row in TABLE] + ["|===", ""]
        if title == "Departure":
            lines += [f"* {item}" for item in ITEMS] + [""]
    pathlib.Path(out).write_text("\n".join(lines))


def org(out):
    lines = [f"#+TITLE: {TITLE}", "#+AUTHOR: Ada Quay", ""]
    for level, title, paragraphs in SECTIONS:
        lines += ["*" * level + " " + title, ""] + [line for text in paragraphs for line in (text, "")]
        if title == "Fees":
            rows = ["| " + " | ".join(row) + " |" for row in TABLE]
            lines += [rows[0], "|---+---+---|", *rows[1:], ""]
        if title == "Departure":
            lines += [f"- {item}" for item in ITEMS] + [""]
    pathlib.Path(out).write_text("\n".join(lines))


def tex(out):
    lines = [r"\documentclass{article}", rf"\title{{{TITLE}}}", r"\author{Ada Quay}", r"\begin{document}", r"\maketitle"]
    for level, title, paragraphs in SECTIONS:
        lines += [["\\section", "\\subsection"][level - 1] + f"{{{title}}}", ""] + [line for text in paragraphs for line in (text, "")]
        if title == "Fees":
            head, *rows = [" & ".join(row) + r" \\" for row in TABLE]
            lines += [r"\begin{tabular}{lll}", head, r"\hline", *rows, r"\end{tabular}", ""]
        if title == "Departure":
            lines += [r"\begin{itemize}", *[rf"\item {item}" for item in ITEMS], r"\end{itemize}", ""]
    pathlib.Path(out).write_text("\n".join(lines + [r"\end{document}", ""]))


def docbook(out):
    def section(i):
        level, title, paragraphs = SECTIONS[i]
        text = f"<section><title>{title}</title>" + "".join(f"<para>{each}</para>" for each in paragraphs)
        if title == "Fees":
            rows = ["<row>" + "".join(f"<entry>{cell}</entry>" for cell in row) + "</row>" for row in TABLE]
            text += f'<informaltable><tgroup cols="3"><thead>{rows[0]}</thead><tbody>{"".join(rows[1:])}</tbody></tgroup></informaltable>'
        if title == "Departure":
            text += "<itemizedlist>" + "".join(f"<listitem><para>{item}</para></listitem>" for item in ITEMS) + "</itemizedlist>"
        return text + (section(i + 1) if level == 1 else "") + "</section>\n"
    pathlib.Path(out).write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n<article xmlns="http://docbook.org/ns/docbook" version="5.0"><info><title>'
        f"{TITLE}</title><author><personname>Ada Quay</personname></author></info>\n{section(0)}{section(2)}</article>\n")


def pptx(out):
    from pptx import Presentation
    slides = Presentation()
    slides.core_properties.title, slides.core_properties.author = TITLE, "Ada Quay"
    for _, title, paragraphs in SECTIONS:
        slide = slides.slides.add_slide(slides.slide_layouts[5 if title == "Fees" else 1])
        slide.shapes.title.text = title
        if title == "Fees":
            table = slide.shapes.add_table(3, 3, 0, 2000000, 6000000, 1000000).table
            for i, row in enumerate(TABLE):
                for j, text in enumerate(row):
                    table.cell(i, j).text = text
        else:
            slide.placeholders[1].text = "\n".join(paragraphs)
        if title == "Weather":
            slide.notes_slide.notes_text_frame.text = "Mention the lifeboat."
    slides.save(out)


def xlsx(out):
    import datetime
    from openpyxl import Workbook
    from openpyxl.comments import Comment
    book = Workbook()
    book.properties.title, book.properties.creator = TITLE, "Ada Quay"
    sheet = book.active
    sheet.title = "Berths"
    for row in TABLE:
        sheet.append([int(cell) if cell.isdigit() else cell for cell in row])
    sheet["A2"].comment = Comment("Closed in winter", "Ada")
    dates = book.create_sheet("Inspections")
    for row in [["Berth", "Date", "Passed", "Share"], ["North one", datetime.date(2026, 5, 4), True, 0.5]]:
        dates.append(row)
    hidden = book.create_sheet("Drafts")
    hidden.append(["not for anybody"])
    hidden.sheet_state = "hidden"
    book.save(out)


def main():
    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for make, name in [(docx, "docx"), (epub, "epub"), (ipynb, "ipynb"), (rst, "rst"), (adoc, "adoc"), (org, "org"), (tex, "tex"),
                           (docbook, "dbk"), (pptx, "pptx"), (xlsx, "xlsx")]:
            make(str(OUT / f"handbook.{name}"))
        for source, kind in [("docx", "odt"), ("docx", "rtf"), ("pptx", "odp"), ("xlsx", "ods"), ("xlsx", "xls")]:
            office(str(OUT / f"handbook.{source}"), kind, OUT / f"handbook.{kind}")
        os.chdir("/")
    for path in sorted(OUT.iterdir()):
        print(path.name, path.stat().st_size)


if __name__ == "__main__":
    main()
