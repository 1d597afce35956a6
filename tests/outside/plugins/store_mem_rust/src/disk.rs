//! The file: texts and numbers one after the other, each text behind its length.
use crate::ffi::{E_CORRUPT, E_IO};
use crate::{failure, Failure, Result};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

#[derive(Default)]
pub struct Row {
    pub digest: String,
    pub text: String,
    pub uri: String,
    pub title: String,
    pub url: String,
    pub path: String,
    pub metadata: String,
    pub vector: Vec<f32>,
}

pub struct Space {
    pub dimension: u32,
    pub model: String,
    pub rows: BTreeMap<String, Row>,
}

pub type Spaces = BTreeMap<String, Space>;

impl Row {
    fn texts(&mut self) -> [&mut String; 7] {
        let Row { digest, text, uri, title, url, path, metadata, .. } = self;
        [digest, text, uri, title, url, path, metadata]
    }
}

fn put_number(out: &mut Vec<u8>, number: usize) {
    out.extend((number as u32).to_le_bytes());
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    put_number(out, text.len());
    out.extend(text.as_bytes());
}

fn put_row(out: &mut Vec<u8>, id: &str, row: &Row) {
    put_text(out, id);
    for text in [&row.digest, &row.text, &row.uri, &row.title, &row.url, &row.path, &row.metadata] {
        put_text(out, text);
    }
    put_number(out, row.vector.len());
    row.vector.iter().for_each(|value| out.extend(value.to_le_bytes()));
}

pub fn write(file: &Path, spaces: &Spaces) -> std::io::Result<()> {
    let mut out = Vec::new();
    put_number(&mut out, spaces.len());
    for (name, space) in spaces {
        put_text(&mut out, name);
        put_text(&mut out, &space.model);
        put_number(&mut out, space.dimension as usize);
        put_number(&mut out, space.rows.len());
        space.rows.iter().for_each(|(id, row)| put_row(&mut out, id, row));
    }
    let temporary = file.with_extension("new");
    let mut made = std::fs::File::create(&temporary)?;
    made.write_all(&out)?;
    made.sync_all()?;
    std::fs::rename(&temporary, file)
}

/// What is left to be read; None where it is too short or not UTF-8.
struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        if count > self.0.len() {
            return None;
        }
        let (taken, rest) = self.0.split_at(count);
        self.0 = rest;
        Some(taken)
    }
    fn four(&mut self) -> Option<[u8; 4]> {
        self.bytes(4)?.try_into().ok()
    }
    fn number(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.four()?))
    }
    fn text(&mut self) -> Option<String> {
        let size = self.number()? as usize;
        String::from_utf8(self.bytes(size)?.to_vec()).ok()
    }
    fn row(&mut self) -> Option<Row> {
        let mut row = Row::default();
        for text in row.texts() {
            *text = self.text()?;
        }
        for _ in 0..self.number()? {
            row.vector.push(f32::from_le_bytes(self.four()?));
        }
        Some(row)
    }
    fn space(&mut self) -> Option<Space> {
        let (model, dimension, mut rows) = (self.text()?, self.number()?, BTreeMap::new());
        for _ in 0..self.number()? {
            rows.insert(self.text()?, self.row()?);
        }
        Some(Space { dimension, model, rows })
    }
    fn spaces(&mut self) -> Option<Spaces> {
        let mut spaces = Spaces::new();
        for _ in 0..self.number()? {
            spaces.insert(self.text()?, self.space()?);
        }
        Some(spaces)
    }
}

pub fn read(file: &Path) -> Result<Spaces> {
    let name = file.display().to_string();
    match std::fs::read(file) {
        Ok(bytes) => Input(&bytes).spaces().ok_or_else(|| Failure(E_CORRUPT, "is cut short".into(), name)),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(Spaces::new()),
        Err(e) => failure(E_IO, &e.to_string(), &name),
    }
}

/// A text of a JSON object without nesting. Escapes: one letter, and \u below 0x80.
pub fn text_member(json: &str, name: &str) -> Option<String> {
    let rest = json.split_once(&format!("\"{name}\":"))?.1.trim_start().strip_prefix('"')?;
    let (mut out, mut letters) = (String::new(), rest.chars());
    loop {
        match letters.next()? {
            '"' => return Some(out),
            '\\' => match letters.next()? {
                'u' => {
                    let code: String = letters.by_ref().take(4).collect();
                    out.push(char::from_u32(u32::from_str_radix(&code, 16).ok()?)?)
                }
                'n' => out.push('\n'),
                't' => out.push('\t'),
                other => out.push(other),
            },
            letter => out.push(letter),
        }
    }
}
