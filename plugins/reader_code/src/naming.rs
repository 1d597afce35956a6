//! What a definition is called.
use crate::language::Language;
use tree_sitter::Node;

/// The text of a node, on one line.
fn text(node: Node<'_>, code: &str) -> String {
    code[node.byte_range()].split_whitespace().collect::<Vec<_>>().join(" ")
}

fn field(node: Node<'_>, name: &str, code: &str) -> Option<String> {
    node.child_by_field_name(name).map(|child| text(child, code))
}

/// Nothing where it defines nothing that has a name.
pub fn name(language: &Language, node: Node<'_>, code: &str) -> Option<String> {
    match (language.name, node.kind()) {
        ("rust", "impl_item") => implementation(node, code),
        ("go", "method_declaration") => method(node, code),
        ("kotlin", "type_alias") => field(node, "type", code),
        ("kotlin", "companion_object") => Some(field(node, "name", code).unwrap_or_else(|| "Companion".into())),
        ("kotlin", "secondary_constructor") => Some("constructor".into()),
        ("c" | "cpp", kind) => declared(kind, node, code),
        ("javascript" | "typescript", kind) => scripted(kind, node, code),
        _ => field(node, "name", code).or_else(|| field(node, "left", code)),
    }
}

/// "Stack", or "Display for Stack".
fn implementation(node: Node<'_>, code: &str) -> Option<String> {
    let bare = |name: &str| name.split('<').next().unwrap_or_default().trim_end().to_string();
    let name = bare(&field(node, "type", code)?);
    Some(match field(node, "trait", code) {
        Some(of) => format!("{of} for {name}"),
        None => name,
    })
}

/// "Stack.Push" of `func (s *Stack[T]) Push(…)`.
fn method(node: Node<'_>, code: &str) -> Option<String> {
    let receiver = field(node, "receiver", code)?;
    let of = receiver.trim_matches(['(', ')']).rsplit([' ', '*']).find(|word| !word.is_empty())?;
    let of = of.split('[').next().unwrap_or_default();
    Some(format!("{of}.{}", field(node, "name", code)?))
}

fn declared(kind: &str, node: Node<'_>, code: &str) -> Option<String> {
    match kind {
        "struct_specifier" | "class_specifier" | "union_specifier" | "enum_specifier" => {
            node.child_by_field_name("body")?;
            field(node, "name", code)
        }
        "namespace_definition" => Some(field(node, "name", code).unwrap_or_else(|| "namespace".into())),
        "declaration" | "field_declaration" => function(node, code),
        "function_definition" => function(node, code).or_else(|| innermost(node, code)),
        "type_definition" => innermost(node, code),
        _ => field(node, "name", code),
    }
}

/// The next node inwards on the way from a declaration to its name.
fn inwards<'a>(node: Node<'a>) -> Option<Node<'a>> {
    node.child_by_field_name("declarator").or_else(|| {
        let wrapped =
            matches!(node.kind(), "reference_declarator" | "parenthesized_declarator" | "attributed_declarator");
        node.named_child(node.named_child_count().checked_sub(1)?).filter(|_| wrapped)
    })
}

/// The name of the function that a declaration declares.
fn function(node: Node<'_>, code: &str) -> Option<String> {
    let mut at = inwards(node)?;
    while at.kind() != "function_declarator" {
        if at.kind() == "operator_cast" {
            return Some(format!("operator {}", field(at, "type", code)?));
        }
        at = inwards(at)?;
    }
    innermost(at, code)
}

fn innermost(node: Node<'_>, code: &str) -> Option<String> {
    let mut at = inwards(node)?;
    while let Some(next) = inwards(at) {
        at = next;
    }
    Some(text(at, code))
}

fn is_function(node: Node<'_>) -> bool {
    matches!(node.kind(), "arrow_function" | "function_expression" | "generator_function" | "class")
}

fn scripted(kind: &str, node: Node<'_>, code: &str) -> Option<String> {
    match kind {
        "lexical_declaration" | "variable_declaration" => {
            let declarator = node.named_child(0)?;
            declarator.child_by_field_name("value").filter(|value| is_function(*value))?;
            field(declarator, "name", code)
        }
        "assignment_expression" => {
            node.child_by_field_name("right").filter(|right| is_function(*right))?;
            field(node, "left", code)
        }
        "field_definition" | "public_field_definition" => {
            node.child_by_field_name("value").filter(|value| is_function(*value))?;
            field(node, "name", code).or_else(|| field(node, "property", code))
        }
        "function_expression" | "arrow_function" | "class" => {
            let exported = node.parent().is_some_and(|parent| parent.kind() == "export_statement");
            field(node, "name", code).or_else(|| exported.then(|| "default".into()))
        }
        "internal_module" | "module" => Some(field(node, "name", code)?.trim_matches(['"', '\'']).to_string()),
        _ => field(node, "name", code).or_else(|| Some("default".to_string())),
    }
}
