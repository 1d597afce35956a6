//! OpenDocument presentations: each slide is a section with its number as the page.

use roxmltree::Node;

use crate::package::{attribute, is, parse, Package};
use crate::{table, Output, Result, Wanted};

/// The text of one paragraph, without the notes in it.
fn paragraph(node: Node) -> String {
    let mut text = String::new();
    add(node, &mut text);
    text.trim().to_owned()
}

fn add(node: Node, text: &mut String) {
    for each in node.children() {
        if let Some(piece) = each.text().filter(|_| each.is_text()) {
            text.push_str(piece);
        } else if is(each, "s") || is(each, "tab") || is(each, "line-break") {
            text.push(' ');
        } else if !is(each, "annotation") {
            add(each, text);
        }
    }
}

fn paragraphs(node: Node) -> Vec<String> {
    let mut found = Vec::new();
    collect(node, &mut found);
    found
}

fn collect(node: Node, found: &mut Vec<String>) {
    if is(node, "p") || is(node, "h") {
        let text = paragraph(node);
        if !text.is_empty() {
            found.push(text);
        }
    } else if !is(node, "annotation") {
        node.children().for_each(|each| collect(each, found));
    }
}

fn rows(node: Node) -> Vec<Vec<String>> {
    node.descendants()
        .filter(|each| is(*each, "table-row"))
        .map(|row| {
            row.children().filter(|each| is(*each, "table-cell")).map(|cell| paragraphs(cell).join(" ")).collect()
        })
        .collect()
}

fn say_frame(frame: Node, out: &mut Output) -> Result<()> {
    if let Some(found) = frame.descendants().find(|node| is(*node, "table")) {
        return out.text(&table::markdown(&rows(found)));
    }
    paragraphs(frame).iter().try_for_each(|text| out.text(text))
}

fn say_slide(page: Node, number: usize, wanted: &Wanted, out: &mut Output) -> Result<()> {
    let class = |node: Node| attribute(node, "class").unwrap_or_default().to_owned();
    let shapes: Vec<Node> =
        page.children().filter(|node| node.is_element() && !is(*node, "notes") && !is(*node, "annotation")).collect();
    let title =
        shapes.iter().find(|node| class(**node) == "title").map(|node| paragraphs(*node).join(" ")).unwrap_or_default();
    out.page(number)?;
    out.section(1, if title.is_empty() { format!("Slide {number}") } else { title }.as_str())?;
    for shape in shapes {
        if !matches!(class(shape).as_str(), "title" | "date-time" | "footer" | "page-number") {
            say_frame(shape, out)?;
        }
    }
    if wanted.comments {
        for comment in page.descendants().filter(|node| is(*node, "annotation")) {
            let said: Vec<String> = comment
                .children()
                .filter(|node| is(*node, "p") || is(*node, "list"))
                .flat_map(|node| paragraphs(node))
                .collect();
            out.text(&format!("Comment: {}", said.join("\n")))?;
        }
    }
    if wanted.notes {
        for notes in page.children().filter(|node| is(*node, "notes")) {
            let said: Vec<String> =
                notes.children().filter(|node| class(*node) == "notes").flat_map(|node| paragraphs(node)).collect();
            if !said.is_empty() {
                out.text(&format!("Notes: {}", said.join("\n")))?;
            }
        }
    }
    Ok(())
}

pub fn read(bytes: Vec<u8>, wanted: &Wanted, out: &mut Output) -> Result<()> {
    let mut package = Package::open(bytes)?;
    if package.part("META-INF/manifest.xml")?.is_some_and(|text| text.contains("encryption-data")) {
        return Err("is encrypted, and asks for a password".into());
    }
    package.meta(out)?;
    let text = package.needed("content.xml")?;
    let xml = parse(&text, "content.xml")?;
    let is_slide = |node: &Node| is(*node, "page") && node.parent().is_some_and(|parent| is(parent, "presentation"));
    for (i, page) in xml.descendants().filter(is_slide).enumerate() {
        say_slide(page, i + 1, wanted, out)?;
    }
    Ok(())
}
