//! A document that is a zip archive of XML parts.

use std::io::{Cursor, Read};

use roxmltree::{Document, Node};

use crate::{Output, Result};

const MOST_PART: u64 = 64 << 20; // bytes, unpacked

pub struct Package(zip::ZipArchive<Cursor<Vec<u8>>>);

impl Package {
    pub fn open(bytes: Vec<u8>) -> Result<Self> {
        zip::ZipArchive::new(Cursor::new(bytes))
            .map(Package)
            .map_err(|problem| format!("is no zip archive that can be read: {problem}"))
    }

    /// The text of a part; none where it is not there.
    pub fn part(&mut self, name: &str) -> Result<Option<String>> {
        let mut file = match self.0.by_name(name) {
            Ok(file) => file,
            Err(zip::result::ZipError::FileNotFound) => return Ok(None),
            Err(problem) => return Err(format!("{name}: {problem}")),
        };
        if file.encrypted() {
            return Err("is encrypted, and asks for a password".into());
        }
        let mut text = Vec::new();
        (&mut file).take(MOST_PART + 1).read_to_end(&mut text).map_err(|problem| format!("{name}: {problem}"))?;
        if text.len() as u64 > MOST_PART {
            return Err(format!("{name}: unpacks to more than 64MiB"));
        }
        String::from_utf8(text).map(Some).map_err(|_| format!("{name}: is not UTF-8"))
    }

    /// Of the parts, sorted.
    pub fn names(&self, wanted: impl Fn(&str) -> bool) -> Vec<String> {
        let all = self.0.file_names().filter_map(|name| name.ok().map(|name| name.into_owned()));
        let mut names: Vec<String> = all.filter(|name| wanted(name)).collect();
        names.sort();
        names
    }

    pub fn needed(&mut self, name: &str) -> Result<String> {
        self.part(name)?.ok_or_else(|| format!("has no {name}"))
    }

    /// What an Office Open XML file says of itself.
    pub fn core_properties(&mut self, out: &mut Output) -> Result<()> {
        let Some(text) = self.part("docProps/core.xml")? else { return Ok(()) };
        let xml = parse(&text, "docProps/core.xml")?;
        for (name, key) in [
            ("title", "title"),
            ("creator", "author"),
            ("description", "description"),
            ("keywords", "keywords"),
            ("created", "created"),
            ("modified", "modified"),
            ("language", "language"),
        ] {
            if let Some(value) = child_text(xml.root_element(), name) {
                out.metadata(key, &value)?;
            }
        }
        Ok(())
    }

    /// What an OpenDocument file says of itself.
    pub fn meta(&mut self, out: &mut Output) -> Result<()> {
        let Some(text) = self.part("meta.xml")? else { return Ok(()) };
        let xml = parse(&text, "meta.xml")?;
        for (name, key) in [
            ("title", "title"),
            ("initial-creator", "author"),
            ("description", "description"),
            ("keyword", "keywords"),
            ("creation-date", "created"),
            ("date", "modified"),
            ("language", "language"),
        ] {
            if let Some(node) = xml.descendants().find(|node| is(*node, name)) {
                out.metadata(key, node.text().unwrap_or_default())?;
            }
        }
        Ok(())
    }
}

/// Of either family; what it says of itself alone.
pub fn about(bytes: Vec<u8>, out: &mut Output) -> Result<()> {
    let mut package = Package::open(bytes)?;
    if package.part("META-INF/manifest.xml")?.is_some_and(|text| text.contains("encryption-data")) {
        return Err("is encrypted, and asks for a password".into());
    }
    package.core_properties(out)?;
    package.meta(out)
}

/// A document type with its entities is refused, as no office program writes one.
pub fn parse<'a>(text: &'a str, name: &str) -> Result<Document<'a>> {
    let options = roxmltree::ParsingOptions { allow_dtd: false, nodes_limit: 20_000_000, ..Default::default() };
    Document::parse_with_options(text, options).map_err(|problem| format!("{name}: {problem}"))
}

/// By its local name: prefixes are for each file to choose.
pub fn is(node: Node, name: &str) -> bool {
    node.is_element() && node.tag_name().name() == name
}

/// An attribute by its local name.
pub fn attribute<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    node.attributes().find(|each| each.name() == name).map(|each| each.value())
}

pub fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    node.children().find(|each| is(*each, name))
}

fn child_text(node: Node, name: &str) -> Option<String> {
    child(node, name).and_then(|each| each.text()).map(str::to_owned)
}
