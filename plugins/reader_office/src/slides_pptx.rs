//! PowerPoint: each slide that is shown is a section with its number as the page.

use std::collections::HashMap;

use roxmltree::Node;

use crate::package::{attribute, child, is, parse, Package};
use crate::{table, Output, Result, Wanted};

struct Relation {
    kind: String, // the last word of its type
    target: String,
}

/// "ppt/slides/" and "../notesSlides/a.xml" are "ppt/notesSlides/a.xml".
fn resolve(folder: &str, target: &str) -> String {
    if let Some(absolute) = target.strip_prefix('/') {
        return absolute.to_owned();
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        if part == ".." {
            parts.pop();
        } else {
            parts.push(part);
        }
    }
    parts.join("/")
}

/// What the part `name` refers to within the file, by id. Links to elsewhere are left out.
fn relations(package: &mut Package, name: &str) -> Result<HashMap<String, Relation>> {
    let (folder, file) = name.rsplit_once('/').unwrap_or(("", name));
    let path = format!("{folder}/_rels/{file}.rels");
    let mut found = HashMap::new();
    let Some(text) = package.part(&path)? else { return Ok(found) };
    let xml = parse(&text, &path)?;
    for node in xml.descendants().filter(|node| is(*node, "Relationship")) {
        if attribute(node, "TargetMode") == Some("External") {
            continue;
        }
        if let (Some(id), Some(kind), Some(target)) =
            (attribute(node, "Id"), attribute(node, "Type"), attribute(node, "Target"))
        {
            let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
            found.insert(id.to_owned(), Relation { kind, target: resolve(folder, target) });
        }
    }
    Ok(found)
}

/// The text of one paragraph; a break is a space.
fn paragraph(node: Node) -> String {
    let mut text = String::new();
    for each in node.descendants() {
        if is(each, "t") {
            text.push_str(each.text().unwrap_or_default());
        } else if is(each, "br") || is(each, "tab") {
            text.push(' ');
        }
    }
    text.trim().to_owned()
}

fn paragraphs(node: Node) -> Vec<String> {
    node.descendants().filter(|each| is(*each, "p")).map(paragraph).filter(|text| !text.is_empty()).collect()
}

fn rows(node: Node) -> Vec<Vec<String>> {
    node.children()
        .filter(|each| is(*each, "tr"))
        .map(|row| row.children().filter(|each| is(*each, "tc")).map(|cell| paragraphs(cell).join(" ")).collect())
        .collect()
}

/// What a shape is for: "title", "body", …; "" where it is for nothing in particular.
fn purpose<'a>(shape: Node<'a, '_>) -> &'a str {
    shape.descendants().find(|node| is(*node, "ph")).map_or("", |node| attribute(node, "type").unwrap_or("body"))
}

/// The parts of a slide in their order: shapes, tables, and those within groups.
fn parts<'a, 'i>(node: Node<'a, 'i>, out: &mut Vec<Node<'a, 'i>>) {
    for each in node.children() {
        if is(each, "sp") || is(each, "tbl") {
            out.push(each);
        } else if is(each, "AlternateContent") {
            if let Some(choice) = child(each, "Choice") {
                parts(choice, out);
            }
        } else if each.is_element() {
            parts(each, out);
        }
    }
}

fn say_slide(xml: Node, number: usize, out: &mut Output) -> Result<()> {
    let mut all = Vec::new();
    parts(xml, &mut all);
    let is_title = |shape: &Node| is(*shape, "sp") && matches!(purpose(*shape), "title" | "ctrTitle");
    let title = all.iter().find(|shape| is_title(shape)).map(|shape| paragraphs(*shape).join(" ")).unwrap_or_default();
    out.page(number)?;
    out.section(1, if title.is_empty() { format!("Slide {number}") } else { title }.as_str())?;
    for part in all {
        if is(part, "tbl") {
            out.text(&table::markdown(&rows(part)))?;
        } else if !matches!(purpose(part), "title" | "ctrTitle" | "dt" | "ftr" | "sldNum") {
            for text in paragraphs(part) {
                out.text(&text)?;
            }
        }
    }
    Ok(())
}

fn say_notes(package: &mut Package, name: &str, out: &mut Output) -> Result<()> {
    let text = package.needed(name)?;
    let xml = parse(&text, name)?;
    for shape in xml.descendants().filter(|node| is(*node, "sp") && purpose(*node) == "body") {
        let notes = paragraphs(shape).join("\n");
        if !notes.is_empty() {
            out.text(&format!("Notes: {notes}"))?;
        }
    }
    Ok(())
}

fn say_comments(package: &mut Package, name: &str, out: &mut Output) -> Result<()> {
    let text = package.needed(name)?;
    let xml = parse(&text, name)?;
    for comment in xml.descendants().filter(|node| is(*node, "cm")) {
        let said = comment
            .descendants()
            .filter(|node| is(*node, "text") || is(*node, "t"))
            .filter_map(|node| node.text())
            .collect::<String>();
        out.text(&format!("Comment: {said}"))?;
    }
    Ok(())
}

pub fn read(bytes: Vec<u8>, wanted: &Wanted, out: &mut Output) -> Result<()> {
    let mut package = Package::open(bytes)?;
    package.core_properties(out)?;
    let name = "ppt/presentation.xml";
    let text = package.needed(name)?;
    let presentation = parse(&text, name)?;
    let slides = relations(&mut package, name)?;
    let ids: Vec<&str> = presentation
        .descendants()
        .filter(|node| is(*node, "sldId"))
        .filter_map(|node| {
            node.attributes().find(|each| each.name() == "id" && each.namespace().is_some()).map(|each| each.value())
        })
        .collect();
    for (i, id) in ids.iter().enumerate() {
        let Some(slide) = slides.get(*id) else { continue };
        let text = package.needed(&slide.target)?;
        let xml = parse(&text, &slide.target)?;
        if attribute(xml.root_element(), "show") == Some("0") {
            continue;
        }
        say_slide(xml.root_element(), i + 1, out)?;
        for relation in relations(&mut package, &slide.target)?.values() {
            if relation.kind == "notesSlide" && wanted.notes {
                say_notes(&mut package, &relation.target, out)?;
            }
        }
        for relation in relations(&mut package, &slide.target)?.values() {
            if relation.kind == "comments" && wanted.comments {
                say_comments(&mut package, &relation.target, out)?;
            }
        }
    }
    Ok(())
}
