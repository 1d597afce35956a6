//! freshet-read-office KIND [notes] [comments] - sheets and slides from its standard input, as JSON lines.
//!
//! KIND is sheets, pptx, odp, or about for what any such archive says of itself. A line is {"metadata":{"key":"value"}}, {"page":1}, {"section":[1,"title"]} or
//! {"text":"…"}. Started by the plugin, with limits; it opens nothing and follows no link.

mod package;
mod sheets;
mod slides_odp;
mod slides_pptx;
mod table;

use std::io::{Read, Write};
use std::process::ExitCode;

use serde_json::{json, Value};

pub type Result<T> = std::result::Result<T, String>;

/// What is asked for beside the text itself.
pub struct Wanted {
    pub notes: bool,
    pub comments: bool,
}

/// Where the lines go.
pub struct Output(std::io::BufWriter<std::io::Stdout>);

impl Output {
    fn line(&mut self, value: Value) -> Result<()> {
        writeln!(self.0, "{value}").map_err(|problem| format!("cannot write: {problem}"))
    }
    pub fn metadata(&mut self, key: &str, value: &str) -> Result<()> {
        if value.trim().is_empty() {
            return Ok(());
        }
        self.line(json!({"metadata": {key: value}}))
    }
    pub fn page(&mut self, number: usize) -> Result<()> {
        self.line(json!({"page": number}))
    }
    pub fn section(&mut self, level: u32, title: &str) -> Result<()> {
        self.line(json!({"section": [level, title]}))
    }
    /// A paragraph, or a table.
    pub fn text(&mut self, text: &str) -> Result<()> {
        if text.trim().is_empty() {
            return Ok(());
        }
        self.line(json!({"text": format!("{}\n\n", text.trim_end())}))
    }
}

fn run(kind: &str, wanted: &Wanted, out: &mut Output) -> Result<()> {
    let mut bytes = Vec::new();
    std::io::stdin().read_to_end(&mut bytes).map_err(|problem| format!("cannot be read: {problem}"))?;
    match kind {
        "sheets" => sheets::read(bytes, wanted, out),
        "pptx" => slides_pptx::read(bytes, wanted, out),
        "odp" => slides_odp::read(bytes, wanted, out),
        "about" => package::about(bytes, out),
        _ => Err(format!("no kind {kind}: sheets, pptx, odp or about")),
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |word: &str| arguments.iter().skip(1).any(|each| each == word);
    let wanted = Wanted { notes: has("notes"), comments: has("comments") };
    let mut out = Output(std::io::BufWriter::new(std::io::stdout()));
    let kind = arguments.first().map(String::as_str).unwrap_or_default();
    let ended = run(kind, &wanted, &mut out).and_then(|()| out.0.flush().map_err(|problem| problem.to_string()));
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::from(2)
        }
    }
}
