//! Code as a tree, in bounded time.
use crate::language::Language;
use freshet_plugin::{failure, status, Call, Result};
use tree_sitter::{ParseOptions, ParseState, Parser, Tree};

/// Steps of the parser between two looks, as tree-sitter has it, and how many looks a file may take. Ordinary code takes
/// one for some 40 bytes; counted, and not timed, so that the same file always ends the same way.
const LOOKS: usize = 20_000;
const LOOKS_A_BYTE: usize = 1;

fn parse(call: &Call, language: &Language, code: &str, uri: &str) -> Result<Tree> {
    let mut parser = Parser::new();
    parser
        .set_language(&(language.grammar)().into())
        .map_err(|why| failure(status::PLUGIN, format!("the grammar of {}: {why}", language.name), uri))?;
    let (mut looks, most) = (0, LOOKS + code.len() * LOOKS_A_BYTE);
    let mut look = |_: &ParseState| {
        looks += 1;
        looks > most || (looks % 64 == 0 && call.is_cancelled()) // true ends it
    };
    let bytes = code.as_bytes();
    let mut read = |at: usize, _| &bytes[at.min(bytes.len())..];
    let tree = parser.parse_with_options(&mut read, None, Some(ParseOptions::new().progress_callback(&mut look)));
    match tree {
        Some(tree) => Ok(tree),
        None => {
            call.check()?;
            Err(failure(status::LIMIT, format!("takes too long to parse as {}", language.name), uri))
        }
    }
}

/// In the first language that all of it is; else in the one that leaves the least unread.
pub fn best(call: &Call, languages: &'static [Language], code: &str, uri: &str) -> Result<(&'static Language, Tree)> {
    let mut found: Option<(usize, &'static Language, Tree)> = None;
    for language in languages {
        let tree = parse(call, language, code, uri)?;
        let bad = if tree.root_node().has_error() { unread(&tree) } else { 0 };
        if found.as_ref().is_none_or(|(least, ..)| bad < *least) {
            found = Some((bad, language, tree));
        }
        if bad == 0 {
            break;
        }
    }
    let (_, language, tree) = found.expect("a language");
    Ok((language, tree))
}

/// The bytes that are in no construct of the language, and one for each token that is missing.
fn unread(tree: &Tree) -> usize {
    let (mut cursor, mut bytes) = (tree.walk(), 0);
    loop {
        let node = cursor.node();
        let bad = node.is_error() || node.is_missing();
        if bad {
            bytes += node.byte_range().len().max(1);
        }
        if !bad && node.has_error() && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return bytes;
            }
        }
    }
}
