//! Where the definitions of a file are: their names, their members, and what belongs to them.
use crate::language::Language;
use crate::naming::name;
use std::ops::Range;
use tree_sitter::Node;

pub struct Definition {
    pub name: String,
    /// With the comments and attributes above it, and what ends its last line.
    pub range: Range<usize>,
    pub members: Vec<Definition>,
}

/// Sections have six levels; what lies deeper is text of the sixth.
const DEEPEST: usize = 6;

pub fn definitions(language: &Language, root: Node<'_>, code: &str) -> Vec<Definition> {
    Finder { language, code }.within(root, 1)
}

struct Finder<'a> {
    language: &'a Language,
    code: &'a str,
}

impl Finder<'_> {
    fn within(&self, node: Node<'_>, level: usize) -> Vec<Definition> {
        let mut found = Vec::new();
        self.look(node, level, &mut found);
        found
    }

    fn look(&self, node: Node<'_>, level: usize, found: &mut Vec<Definition>) {
        let mut cursor = node.walk();
        for child in node.children(&mut cursor) {
            if let Some((name, inner)) = self.defined(child) {
                let after = found.last().map_or(0, |last: &Definition| last.range.end);
                let begin = self.beginning(child).max(after);
                let members = match self.body(inner) {
                    Some(body) if level < DEEPEST => self.within(body, level + 1),
                    _ => Vec::new(),
                };
                found.push(Definition { name, range: begin..self.ending(child), members });
            } else if self.language.through.contains(&child.kind()) || child.is_error() {
                self.look(child, level, found);
            }
        }
    }

    /// The definition that a node is, or that it wraps.
    fn defined<'t>(&self, node: Node<'t>) -> Option<(String, Node<'t>)> {
        if self.language.is_definition(node.kind()) {
            return name(self.language, node, self.code).map(|name| (name, node));
        }
        if !self.language.wrappers.contains(&node.kind()) {
            return None;
        }
        let mut cursor = node.walk();
        let found = node.named_children(&mut cursor).find_map(|child| self.defined(child));
        found
    }

    fn body<'t>(&self, node: Node<'t>) -> Option<Node<'t>> {
        if !self.language.containers.contains(&node.kind()) {
            return None;
        }
        let mut cursor = node.walk();
        let named = node.named_children(&mut cursor).find(|child| child.kind().ends_with("class_body"));
        node.child_by_field_name("body").or(named)
    }

    /// A Go type is declared with the word before it, where it is alone.
    fn outermost<'t>(&self, node: Node<'t>) -> Node<'t> {
        match node.parent() {
            Some(parent) if parent.kind() == "type_declaration" && parent.named_child_count() == 1 => parent,
            _ => node,
        }
    }

    /// Above the comments and attributes that stand on lines of their own, with no blank line between.
    fn beginning(&self, node: Node<'_>) -> usize {
        let mut at = self.outermost(node);
        while let Some(before) = at.prev_sibling() {
            let end = before.start_byte() + self.code[before.byte_range()].trim_end().len();
            let between = &self.code[end..at.start_byte()];
            let near = between.trim().is_empty() && between.matches('\n').count() <= 1;
            if !near || !self.language.attached.contains(&before.kind()) || !self.begins_a_line(before) {
                break;
            }
            at = before;
        }
        at.start_byte()
    }

    fn begins_a_line(&self, node: Node<'_>) -> bool {
        let before = &self.code[..node.start_byte()];
        before[before.rfind('\n').map_or(0, |at| at + 1)..].trim().is_empty()
    }

    /// After the semicolon and the comment that end its last line.
    fn ending(&self, node: Node<'_>) -> usize {
        let mut at = self.outermost(node);
        while let Some(next) = at.next_sibling() {
            let between = self.code.get(at.end_byte()..next.start_byte()).unwrap_or("\n");
            let ends_it = matches!(next.kind(), ";" | ",") || next.kind().ends_with("comment");
            if between.contains('\n') || !between.trim().is_empty() || !ends_it {
                break;
            }
            at = next;
        }
        at.start_byte() + self.code[at.byte_range()].trim_end().len()
    }
}
