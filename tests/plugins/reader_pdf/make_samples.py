#!/usr/bin/env python3
"""Makes samples/*.pdf: one small document, set by the programs that people make PDFs with.

   make_samples.py [NAME…]

The samples are kept, since most of these programs are large. They need: Debian's texlive-latex-recommended, texlive-fonts-recommended, texlive-xetex,
texlive-luatex, lmodern, ghostscript, groff, enscript, libreoffice-writer-nogui, -calc-nogui, -impress-nogui, chromium,
wkhtmltopdf, python3-cairo, ruby-prawn, libpdf-api2-perl, qpdf; of PyPI typst, reportlab, fpdf2, weasyprint, matplotlib, pypdf,
pikepdf, xhtml2pdf, borb, rst2pdf, img2pdf; of npm pdfkit, pdf-lib, jspdf, pdfmake (found by NODE_PATH). The text is
freshet's own, under its licence."""
import csv
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
OUT = HERE / "samples"

TITLE = "The Harbour Handbook"
PARAGRAPHS = {
    "Arrival": [
        "Every vessel that approaches the harbour reports to the watchtower on channel twelve before it passes the outer breakwater. "
        "The harbourmaster assigns a berth according to draught and length, and confirms the assignment by telephone. Vessels carrying "
        "dangerous merchandise anchor outside until the inspection has been completed and the certificate of examination was countersigned.",
        "Between midnight and daybreak the entrance is closed to everything but fishing boats and the lifeboat. Whoever arrives during "
        "these hours waits at the southern mooring, where the illumination is sufficient and the bottom holds an anchor well."],
    "Fees": [
        "Fees are calculated from the length of the vessel and the number of nights. Payment is accepted at the counter, by transfer, or "
        "through the representative of the shipping company. Reductions for associations are granted on presentation of a membership card."],
    "Departure": [
        "Departure is announced at least two hours in advance. The crew disconnects the electricity, returns the borrowed equipment and "
        "leaves the berth in the condition in which it was found; extraordinary contamination is removed at the expense of the owner.",
        "A vessel that remains beyond the agreed time without notification pays the double fee for each commenced day, and may be relocated "
        "by the harbourmaster to another berth, whatever the responsible authorities of the neighbouring communities say about it."],
    "Weather": [
        "The signal station publishes observations of wind, pressure and visibility four times a day. When a storm warning is displayed, "
        "all moorings are doubled, and the drawbridge stays closed until the meteorological office withdraws the announcement."],
}
OUTLINE = [(1, "Arrival"), (2, "Fees"), (1, "Departure"), (2, "Weather")]
TABLE = [["Berth", "Length", "Depth", "Fee"], ["North one", "12 m", "3.5 m", "18"], ["North two", "24 m", "4.0 m", "36"],
         ["South one", "40 m", "7.5 m", "95"], ["South two", "60 m", "9.0 m", "140"]]


def run(*command, **more):
    done = subprocess.run([str(word) for word in command], capture_output=True, **more)
    assert done.returncode == 0, (command[0], (done.stdout + done.stderr)[-2000:])
    return done.stdout


# ---- sources

def latex(options="", preamble="", body_before="", table=True):
    text = [rf"\documentclass[{options}]{{article}}", preamble, rf"\title{{{TITLE}}}\author{{Ada Quay}}\date{{May 2026}}",
            r"\begin{document}\maketitle", body_before]
    for level, title in OUTLINE:
        text.append(("\\section" if level == 1 else "\\subsection") + f"{{{title}}}")
        text += [paragraph + "\n" for paragraph in PARAGRAPHS[title]]
        if title == "Fees" and table:
            text.append(r"\begin{center}\begin{tabular}{llll}" + r"\\".join(" & ".join(row) for row in TABLE) +
                        r"\end{tabular}\end{center}")
        if level == 1:
            text.append(r"\newpage")
    return "\n".join(text + [r"\end{document}"])


def html(css="", table=True):
    body = [f"<h1 class=title>{TITLE}</h1>"]
    for level, title in OUTLINE:
        body.append(f"<h{level + 1}>{title}</h{level + 1}>" + "".join(f"<p>{text}</p>" for text in PARAGRAPHS[title]))
        if title == "Fees" and table:
            rows = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in TABLE)
            body.append(f"<table cellpadding=8>{rows}</table>")
    return (f"<!DOCTYPE html><html lang=en><head><meta charset=utf-8><title>{TITLE}</title><style>{css}</style></head>"
            f"<body>{''.join(body)}</body></html>")


def ms():
    lines = [".nr PS 11", ".TL", TITLE, ".AU", "Ada Quay"]
    for level, title in OUTLINE:
        lines += [f".NH {level}", title]
        for text in PARAGRAPHS[title]:
            lines += [".PP", text]
        if level == 1:
            lines.append(".bp")
    return "\n".join(lines) + "\n"


def rst():
    lines = ["=" * 30, TITLE, "=" * 30, ""]
    for level, title in OUTLINE:
        lines += [title, ("=" if level == 1 else "-") * 30, ""]
        for text in PARAGRAPHS[title]:
            lines += [text, ""]
    return "\n".join(lines)


def typst():
    lines = [f'#set document(title: "{TITLE}", author: "Ada Quay")', "#set page(numbering: \"1\", header: [Harbour office])",
             "#set par(justify: true)"]
    for level, title in OUTLINE:
        lines += ["=" * level + " " + title, ""] + [text + "\n" for text in PARAGRAPHS[title]]
        if title == "Fees":
            lines.append("#table(columns: 4, " + ", ".join(f"[{cell}]" for row in TABLE for cell in row) + ")")
        if level == 1:
            lines.append("#pagebreak()")
    return "\n".join(lines)


# ---- makers: each writes its PDF to `out`, in a folder of its own

def tex_of(program, source, out, more=()):
    pathlib.Path("a.tex").write_text(source)
    for _ in range(2):
        run(program, "-interaction=nonstopmode", "a.tex")
    for command in more:
        run(*command)
    shutil.move("a.pdf", out)


HYPERREF = r"\usepackage{hyperref}\hypersetup{pdftitle={The Harbour Handbook},pdfauthor={Ada Quay},hidelinks}"
TIMES = r"\usepackage{mathptmx}"  # one family at all sizes: small files
HEADS = r"\usepackage{fancyhdr}\pagestyle{fancy}\fancyhead[L]{Harbour office}\fancyhead[R]{Second edition}"


def pdftex_columns(out):
    tex_of("pdflatex", latex("twocolumn", TIMES + HYPERREF), out)


def pdftex_heads(out):
    tex_of("pdflatex", latex("", TIMES + HEADS), out)


def xetex(out):
    tex_of("xelatex", latex("", r"\usepackage{fontspec}" + HYPERREF), out)


def luatex(out):
    tex_of("lualatex", latex("", r"\usepackage{fontspec}" + HYPERREF), out)


def dvips_ghostscript(out):
    tex_of("latex", latex(""), out, [("dvips", "-q", "a.dvi"), ("ps2pdf", "a.ps")])


def dvipdfmx(out):
    tex_of("latex", latex("twocolumn", r"\def\pgfsysdriver{}"), out, [("dvipdfmx", "-q", "a.dvi")])


def gropdf(out):
    pathlib.Path(out).write_bytes(run("groff", "-ms", "-Tpdf", input=ms().encode()))


def grops_ghostscript(out):
    pathlib.Path("a.ps").write_bytes(run("groff", "-ms", "-Tps", input=ms().encode()))
    run("ps2pdf", "a.ps", out)


def enscript_ghostscript(out):
    text = "\n\n".join([TITLE] + [f"{title}\n\n" + "\n\n".join(PARAGRAPHS[title]) for _, title in OUTLINE])
    pathlib.Path("a.txt").write_text(text)
    run("enscript", "-q", "--word-wrap", "-p", "a.ps", "a.txt")
    run("ps2pdf", "a.ps", out)


def soffice(name, out, how="pdf"):
    run("soffice", "--headless", f"-env:UserInstallation=file://{pathlib.Path.cwd()}/profile", "--convert-to", how, name)
    shutil.move(pathlib.Path(name).stem + ".pdf", out)


def libreoffice_writer(out):
    from docx import Document
    document = Document()
    document.core_properties.title, document.core_properties.author = TITLE, "Ada Quay"
    document.sections[0].header.paragraphs[0].text = "Harbour office"
    for level, title in OUTLINE:
        document.add_heading(title, level)
        for text in PARAGRAPHS[title]:
            document.add_paragraph(text)
        if title == "Fees":
            table = document.add_table(0, 4)
            for row in TABLE:
                for cell, text in zip(table.add_row().cells, row):
                    cell.text = text
        if level == 1:
            document.add_page_break()
    document.save("a.docx")
    soffice("a.docx", out, 'pdf:writer_pdf_Export:{"ExportBookmarks":{"type":"boolean","value":"true"}}')


def libreoffice_calc(out):
    with open("a.csv", "w", newline="") as file:
        csv.writer(file).writerows(TABLE)
    soffice("a.csv", out)


def libreoffice_impress(out):
    from pptx import Presentation
    slides = Presentation()
    for _, title in OUTLINE:
        slide = slides.slides.add_slide(slides.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text = PARAGRAPHS[title][0][:220]
    slides.save("a.pptx")
    soffice("a.pptx", out)


def chromium(out):
    pathlib.Path("a.html").write_text(html("h2 { break-before: page } body { font-family: serif }"))
    run("chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={pathlib.Path.cwd()}/profile",
        "--no-pdf-header-footer", f"--print-to-pdf={out}", "a.html")


def chromium_columns(out):
    pathlib.Path("a.html").write_text(html("body { columns: 2; hyphens: auto; text-align: justify }"))
    run("chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={pathlib.Path.cwd()}/profile",
        "--no-pdf-header-footer", f"--print-to-pdf={out}", "a.html")


def wkhtmltopdf(out):
    pathlib.Path("a.html").write_text(html())
    run("xvfb-run", "-a", "wkhtmltopdf", "-q", "a.html", out) if shutil.which("xvfb-run") else run("wkhtmltopdf", "-q", "a.html", out)


def weasyprint(out):
    import weasyprint as library
    library.HTML(string=html("@page { @top-center { content: 'Harbour office' } @bottom-right { content: counter(page) } } "
                             "h2 { break-before: page }")).write_pdf(out)


def xhtml2pdf(out):
    from xhtml2pdf import pisa
    with open(out, "wb") as file:
        assert not pisa.CreatePDF(html(), dest=file).err


def reportlab_platypus(out):
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import BaseDocTemplate, Frame, PageBreak, PageTemplate, Paragraph, Table
    styles = getSampleStyleSheet()

    class Template(BaseDocTemplate):
        def afterFlowable(self, flowable):
            name = getattr(getattr(flowable, "style", None), "name", "")
            if name.startswith("Heading"):
                text = flowable.getPlainText()
                self.canv.bookmarkPage(text)
                self.canv.addOutlineEntry(text, text, int(name[-1]) - 1)

    def foot(canvas, document):
        canvas.drawString(72, 40, f"Harbour office, page {document.page}")

    document = Template(out, title=TITLE, author="Ada Quay")
    document.addPageTemplates(PageTemplate(frames=[Frame(72, 72, 450, 700)], onPage=foot))
    story = []
    for level, title in OUTLINE:
        story.append(Paragraph(title, styles[f"Heading{level}"]))
        story += [Paragraph(text, styles["BodyText"]) for text in PARAGRAPHS[title]]
        if title == "Fees":
            story.append(Table(TABLE))
        if level == 1:
            story.append(PageBreak())
    document.build(story)


def reportlab_canvas(out):
    from reportlab.pdfgen.canvas import Canvas
    canvas = Canvas(out)
    for _, title in OUTLINE:
        canvas.setFont("Helvetica-Bold", 18)
        canvas.drawString(72, 770, title)
        canvas.setFont("Times-Roman", 11)
        text = canvas.beginText(72, 740)
        for paragraph in PARAGRAPHS[title]:
            words = paragraph.split()
            for i in range(0, len(words), 12):
                text.textLine(" ".join(words[i:i + 12]))
            text.textLine("")
        canvas.drawText(text)
        canvas.showPage()
    canvas.save()


def fpdf2(out):
    from fpdf import FPDF
    pdf = FPDF()
    pdf.set_title(TITLE)
    pdf.set_author("Ada Quay")
    pdf.set_font("Helvetica", size=11)
    pdf.set_section_title_styles(*[__import__("fpdf").TextStyle("Helvetica", "B", size, t_margin=10, b_margin=4)
                                   for size in (20, 16)])
    for level, title in OUTLINE:
        pdf.add_page()
        pdf.start_section(title, level - 1)
        for text in PARAGRAPHS[title]:
            pdf.multi_cell(0, 6, text, new_x="LMARGIN", new_y="NEXT")
            pdf.ln(3)
        if title == "Fees":
            with pdf.table() as table:
                for row in TABLE:
                    made = table.row()
                    for cell in row:
                        made.cell(cell)
    pdf.output(out)


CAIRO = """
import cairo, json, sys
outline, paragraphs, out = json.load(sys.stdin)
surface = cairo.PDFSurface(out, 595, 842)
surface.set_metadata(cairo.PDF_METADATA_TITLE, "The Harbour Handbook")
context = cairo.Context(surface)
for level, title in outline:
    surface.add_outline(cairo.PDF_OUTLINE_ROOT, title, f"page={1 + [t for _, t in outline].index(title)} pos=[0 0]", 0)
    context.select_font_face("DejaVu Serif")
    context.set_font_size(20)
    context.move_to(60, 80)
    context.show_text(title)
    context.set_font_size(11)
    y = 120
    for paragraph in paragraphs[title]:
        words = paragraph.split()
        for i in range(0, len(words), 11):
            context.move_to(60, y)
            context.show_text(" ".join(words[i:i + 11]))
            y += 15
        y += 10
    context.show_page()
"""


def cairo(out):
    import json
    run("/usr/bin/python3", "-c", CAIRO, input=json.dumps([OUTLINE, PARAGRAPHS, str(out)]).encode())


def typst_maker(out):
    import typst as library
    pathlib.Path("a.typ").write_text(typst())
    library.compile("a.typ", output=str(out))


def matplotlib(out):
    import textwrap
    import matplotlib as library
    library.use("pdf")
    library.rcParams["pdf.fonttype"] = 42
    from matplotlib import pyplot
    from matplotlib.backends.backend_pdf import PdfPages
    with PdfPages(out, metadata={"Title": TITLE}) as pages:
        for _, title in OUTLINE:
            figure = pyplot.figure(figsize=(8, 6))
            figure.text(0.1, 0.9, title, size=20)
            figure.text(0.1, 0.4, "\n".join(textwrap.wrap(" ".join(PARAGRAPHS[title]), 90)), size=10)
            pages.savefig(figure)


def rst2pdf(out):
    pathlib.Path("a.rst").write_text(rst())
    run(pathlib.Path(sys.executable).parent / "rst2pdf", "a.rst", "-o", out)


def borb(out):
    from borb.pdf import PDF, Document, Page, Paragraph, SingleColumnLayout, Standard14Fonts
    document = Document()
    for _, title in OUTLINE:
        page = Page()
        document.append_page(page)
        layout = SingleColumnLayout(page)
        layout.append_layout_element(Paragraph(title, font_size=20, font=Standard14Fonts.get("Helvetica-Bold")))
        for text in PARAGRAPHS[title]:
            layout.append_layout_element(Paragraph(text))
    PDF.write(what=document, where_to=str(out))


PRAWN = """
require 'json'
require 'prawn'
outline, paragraphs, out = JSON.parse(STDIN.read)
Prawn::Document.generate(out, info: {Title: 'The Harbour Handbook', Author: 'Ada Quay'}) do |pdf|
  outline.each_with_index do |(level, title), i|
    pdf.start_new_page if i > 0
    pdf.text title, size: 22 - 4 * level
    paragraphs[title].each { |text| pdf.text text, size: 11; pdf.move_down 8 }
  end
  pdf.outline.define do
    outline.each_with_index { |(level, title), i| page title: title, destination: i + 1 }
  end
  pdf.number_pages 'page <page> of <total>', at: [400, 0]
end
"""


def prawn(out):
    import json
    run("ruby", "-e", PRAWN, input=json.dumps([OUTLINE, PARAGRAPHS, str(out)]).encode())


PERL = """
use PDF::API2; use JSON::PP;
my ($outline, $paragraphs, $out) = @{decode_json(join('', <STDIN>))};
my $pdf = PDF::API2->new(); my $font = $pdf->corefont('Times-Roman');
$pdf->info(Title => 'The Harbour Handbook', Author => 'Ada Quay');
for my $item (@$outline) {
  my $page = $pdf->page(); $page->mediabox('A4'); my $text = $page->text();
  $text->font($font, 22); $text->translate(70, 770); $text->text($item->[1]);
  $text->font($font, 11); my $y = 740;
  for my $paragraph (@{$paragraphs->{$item->[1]}}) {
    my @words = split ' ', $paragraph;
    while (my @line = splice @words, 0, 13) { $text->translate(70, $y); $text->text(join ' ', @line); $y -= 14 }
    $y -= 8;
  }
  my $entry = $pdf->outlines()->outline(); $entry->title($item->[1]); $entry->dest($page);
}
$pdf->saveas($out);
"""


def perl_api2(out):
    import json
    run("perl", "-e", PERL, input=json.dumps([OUTLINE, PARAGRAPHS, str(out)]).encode())


def node(script, out):
    import json
    head = "const [outline, paragraphs, table, out] = JSON.parse(require('fs').readFileSync(0)), fs = require('fs');\n"
    run("node", "-e", head + script, input=json.dumps([OUTLINE, PARAGRAPHS, TABLE, str(out)]).encode())


def pdfkit(out):
    node("""const Doc = require('pdfkit'), doc = new Doc({info: {Title: 'The Harbour Handbook', Author: 'Ada Quay'}});
doc.pipe(fs.createWriteStream(out));
outline.forEach(([level, title], i) => { if (i) doc.addPage(); doc.outline.addItem(title); doc.fontSize(24 - 4 * level).text(title);
  doc.fontSize(11); for (const text of paragraphs[title]) doc.moveDown().text(text, {align: 'justify'}); });
doc.end();""", out)


def pdf_lib(out):
    node("""const {PDFDocument, StandardFonts} = require('pdf-lib'); (async () => { const doc = await PDFDocument.create();
doc.setTitle('The Harbour Handbook'); const font = await doc.embedFont(StandardFonts.TimesRoman);
for (const [level, title] of outline) { const page = doc.addPage([595, 842]); page.drawText(title, {x: 60, y: 780, size: 22, font});
  page.drawText(paragraphs[title].join('\\n\\n'), {x: 60, y: 740, size: 11, font, maxWidth: 470, lineHeight: 15}); }
fs.writeFileSync(out, await doc.save()); })();""", out)


def jspdf(out):
    node("""const {jsPDF} = require('jspdf'), doc = new jsPDF({compress: true});
outline.forEach(([level, title], i) => { if (i) doc.addPage(); doc.setFontSize(20); doc.text(title, 20, 25); doc.setFontSize(11);
  doc.text(doc.splitTextToSize(paragraphs[title].join('\\n\\n'), 170), 20, 40); doc.outline.add(null, title, {pageNumber: i + 1}); });
fs.writeFileSync(out, Buffer.from(doc.output('arraybuffer')));""", out)


def pdfmake(out):
    node("""const make = require('pdfmake'); make.setFonts ? make.setFonts({Times: {normal: 'Times-Roman', bold: 'Times-Bold'}}) : 0;
const content = [];
outline.forEach(([level, title], i) => { content.push({text: title, fontSize: 22 - 3 * level, pageBreak: i ? 'before' : undefined});
  for (const text of paragraphs[title]) content.push({text, margin: [0, 6]});
  if (title == 'Fees') content.push({table: {body: table}}); });
const definition = {info: {title: 'The Harbour Handbook'}, content, defaultStyle: {font: 'Times', fontSize: 11}, footer: (n) => `page ${n}`};
(async () => { if (make.createPdf) { await make.createPdf(definition).write(out); } else {
  const doc = new make({Times: {normal: 'Times-Roman', bold: 'Times-Bold'}}).createPdfKitDocument(definition);
  doc.pipe(fs.createWriteStream(out)); doc.end(); } })();""", out)


# ---- what other programs make of them

def other(how):
    def make(out):
        run("qpdf", *how, OUT / "pdftex_columns.pdf", out)
    return make


def pypdf(out):
    from pypdf import PdfReader, PdfWriter
    writer = PdfWriter()
    writer.append(PdfReader(OUT / "pdftex_heads.pdf"))
    writer.compress_identical_objects()
    writer.write(out)


def pikepdf(out):
    import pikepdf as library
    library.open(OUT / "dvipdfmx.pdf").save(out, object_stream_mode=library.ObjectStreamMode.generate)


def ghostscript_rewritten(out):
    run("gs", "-q", "-dNOPAUSE", "-dBATCH", "-sDEVICE=pdfwrite", f"-sOutputFile={out}", OUT / "xetex.pdf")


MAKERS = {
    "pdftex_columns": pdftex_columns, "pdftex_heads": pdftex_heads, "xetex": xetex, "luatex": luatex,
    "dvips_ghostscript": dvips_ghostscript, "dvipdfmx": dvipdfmx, "gropdf": gropdf, "grops_ghostscript": grops_ghostscript,
    "enscript_ghostscript": enscript_ghostscript, "libreoffice_writer": libreoffice_writer, "libreoffice_calc": libreoffice_calc,
    "libreoffice_impress": libreoffice_impress, "chromium": chromium, "chromium_columns": chromium_columns,
    "wkhtmltopdf": wkhtmltopdf, "weasyprint": weasyprint, "xhtml2pdf": xhtml2pdf, "reportlab_platypus": reportlab_platypus,
    "reportlab_canvas": reportlab_canvas, "fpdf2": fpdf2, "cairo": cairo, "typst": typst_maker, "matplotlib": matplotlib,
    "rst2pdf": rst2pdf, "borb": borb, "prawn": prawn, "perl_api2": perl_api2, "pdfkit": pdfkit, "pdf_lib": pdf_lib,
    "jspdf": jspdf, "pdfmake": pdfmake, "qpdf_linear": other(["--linearize", "--object-streams=generate"]),
    "qpdf_owner": other(["--encrypt", "", "owner", "256", "--extract=n", "--"]), "pypdf": pypdf, "pikepdf": pikepdf,
    "ghostscript_rewritten": ghostscript_rewritten,
}


def main():
    OUT.mkdir(exist_ok=True)
    for name in sys.argv[1:] or MAKERS:
        with tempfile.TemporaryDirectory() as folder:
            import os
            os.chdir(folder)
            out = pathlib.Path(folder) / "made.pdf"
            try:
                MAKERS[name](str(out))
                shutil.copy(out, OUT / f"{name}.pdf")
                print(f"{name}: {out.stat().st_size}")
            except (AssertionError, ImportError, OSError, Exception) as problem:  # the others are made all the same
                print(f"{name}: not made: {problem!r}"[:1500], file=sys.stderr)
            os.chdir("/")


if __name__ == "__main__":
    main()
