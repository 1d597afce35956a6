//! A document of the definitions, in the order of the file.
use crate::cut::Definition;
use crate::language::Language;
use freshet_plugin::{Call, DocumentBuilder, Result};
use std::ops::Range;

pub fn document(
    call: &Call,
    to: &DocumentBuilder<'_>,
    language: &Language,
    code: &str,
    found: &[Definition],
) -> Result<()> {
    Emitter { call, to, language, code }.within(0..code.len(), found, 1)
}

struct Emitter<'a> {
    call: &'a Call,
    to: &'a DocumentBuilder<'a>,
    language: &'a Language,
    code: &'a str,
}

impl Emitter<'_> {
    /// What stands before the first definition is text of the section that is open, what stands between two and after
    /// the last is a section without a title.
    fn within(&self, range: Range<usize>, found: &[Definition], level: i32) -> Result<()> {
        self.call.check()?;
        let mut at = range.start;
        for (number, one) in found.iter().enumerate() {
            self.rest(at..one.range.start, number > 0, level)?;
            self.to.section(level, &one.name, None)?;
            self.within(one.range.clone(), &one.members, level + 1)?;
            at = one.range.end;
        }
        self.rest(at..range.end, !found.is_empty(), level)
    }

    fn rest(&self, range: Range<usize>, apart: bool, level: i32) -> Result<()> {
        let code = lines_of(self.code, range);
        if code.trim().is_empty() || (apart && code.lines().all(only_closes)) {
            return Ok(());
        }
        if apart {
            self.to.section(level, "", None)?;
        }
        let fence = "`".repeat((longest_run(&code) + 1).max(3));
        self.to.text(&format!("{fence}{}\n{code}\n{fence}", self.language.name))
    }
}

/// A line that says nothing alone: "}", "});", "} // namespace", "#endif", and what C++ has around its C.
fn only_closes(line: &str) -> bool {
    let line = line.trim_start_matches(|c: char| c.is_whitespace() || "{}()[];,".contains(c));
    let begins = ["// namespace", "#endif", "#ifdef __cplusplus", "extern \"C\" {", "type ("];
    line.is_empty() || begins.iter().any(|begin| line.starts_with(begin))
}

/// The lines of a range without those that are blank at its ends, and without the margin that all of them have.
fn lines_of(code: &str, range: Range<usize>) -> String {
    let begin = code[..range.start].rfind('\n').map_or(0, |at| at + 1);
    let own_line = code[begin..range.start].trim().is_empty();
    let text = code[if own_line { begin } else { range.start }..range.end].trim_end();
    let lines: Vec<&str> = text.lines().skip_while(|line| line.trim().is_empty()).collect();
    let margin = lines.iter().filter(|line| !line.trim().is_empty()).map(|line| margin_of(line)).reduce(common);
    let margin = margin.unwrap_or_default().len();
    lines.iter().map(|line| line.get(margin..).unwrap_or_default().trim_end()).collect::<Vec<_>>().join("\n")
}

fn margin_of(line: &str) -> &str {
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}

fn common<'a>(a: &'a str, b: &str) -> &'a str {
    &a[..a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count()]
}

fn longest_run(code: &str) -> usize {
    code.split(|c| c != '`').map(str::len).max().unwrap_or_default()
}
