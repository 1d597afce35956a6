//! The languages, and what their grammars call that which is worth a section.
use tree_sitter_language::LanguageFn;

pub struct Language {
    /// As in the metadata and after a fence's mark.
    pub name: &'static str,
    extensions: &'static [&'static str],
    media_types: &'static [&'static str],
    pub grammar: fn() -> LanguageFn,
    /// Definitions without members of their own.
    pub leaves: &'static [&'static str],
    /// Definitions whose body has members.
    pub containers: &'static [&'static str],
    /// What a definition may be wrapped in.
    pub wrappers: &'static [&'static str],
    /// What may stand between a definition and the file, or a container, and is none itself.
    pub through: &'static [&'static str],
    /// What belongs to the definition below it.
    pub attached: &'static [&'static str],
}

impl Language {
    pub fn is_definition(&self, kind: &str) -> bool {
        self.leaves.contains(&kind) || self.containers.contains(&kind)
    }
}

macro_rules! grammar {
    ($language:expr) => {
        || $language
    };
}

const C_LEAVES: &[&str] = &[
    "function_definition",
    "declaration",
    "type_definition",
    "struct_specifier",
    "union_specifier",
    "enum_specifier",
    "preproc_function_def",
];
const C_THROUGH: &[&str] = &[
    "preproc_if",
    "preproc_ifdef",
    "preproc_else",
    "preproc_elif",
    "preproc_elifdef",
    "linkage_specification",
    "declaration_list",
];
const SCRIPT_LEAVES: &[&str] = &[
    "function_declaration",
    "generator_function_declaration",
    "function_expression",
    "function_signature",
    "arrow_function",
    "method_definition",
    "method_signature",
    "abstract_method_signature",
    "lexical_declaration",
    "variable_declaration",
    "assignment_expression",
    "field_definition",
    "public_field_definition",
    "interface_declaration",
    "enum_declaration",
    "type_alias_declaration",
];
const SCRIPT_CONTAINERS: &[&str] =
    &["class_declaration", "abstract_class_declaration", "class", "internal_module", "module"];
const SCRIPT_WRAPPERS: &[&str] = &["export_statement", "expression_statement", "ambient_declaration"];

/// Of languages that share a file name the first that reads all of it is taken.
static LANGUAGES: &[Language] = &[
    Language {
        name: "c",
        extensions: &["c", "h"],
        media_types: &["text/x-c", "text/x-csrc", "text/x-chdr"],
        grammar: grammar!(tree_sitter_c::LANGUAGE),
        leaves: C_LEAVES,
        containers: &[],
        wrappers: &[],
        through: C_THROUGH,
        attached: &["comment"],
    },
    Language {
        name: "cpp",
        extensions: &["h", "cc", "cpp", "cxx", "hh", "hpp", "hxx", "ipp"],
        media_types: &["text/x-c++", "text/x-c++src", "text/x-c++hdr"],
        grammar: grammar!(tree_sitter_cpp::LANGUAGE),
        leaves: &[
            "function_definition",
            "declaration",
            "field_declaration",
            "type_definition",
            "enum_specifier",
            "union_specifier",
            "alias_declaration",
            "concept_definition",
            "preproc_function_def",
        ],
        containers: &["namespace_definition", "class_specifier", "struct_specifier"],
        wrappers: &["template_declaration"],
        through: C_THROUGH,
        attached: &["comment"],
    },
    Language {
        name: "go",
        extensions: &["go"],
        media_types: &["text/x-go"],
        grammar: grammar!(tree_sitter_go::LANGUAGE),
        leaves: &["function_declaration", "method_declaration", "type_spec", "type_alias"],
        containers: &[],
        wrappers: &[],
        through: &["type_declaration"],
        attached: &["comment"],
    },
    Language {
        name: "java",
        extensions: &["java"],
        media_types: &["text/x-java", "text/x-java-source"],
        grammar: grammar!(tree_sitter_java::LANGUAGE),
        leaves: &[
            "method_declaration",
            "constructor_declaration",
            "compact_constructor_declaration",
            "annotation_type_element_declaration",
        ],
        containers: &[
            "class_declaration",
            "interface_declaration",
            "enum_declaration",
            "record_declaration",
            "annotation_type_declaration",
        ],
        wrappers: &[],
        through: &["enum_body_declarations"],
        attached: &["block_comment", "line_comment"],
    },
    Language {
        name: "javascript",
        extensions: &["js", "mjs", "cjs", "jsx"],
        media_types: &["text/javascript", "application/javascript", "application/x-javascript", "text/jsx"],
        grammar: grammar!(tree_sitter_javascript::LANGUAGE),
        leaves: SCRIPT_LEAVES,
        containers: SCRIPT_CONTAINERS,
        wrappers: SCRIPT_WRAPPERS,
        through: &[],
        attached: &["comment", "decorator"],
    },
    Language {
        name: "kotlin",
        extensions: &["kt", "kts"],
        media_types: &["text/x-kotlin"],
        grammar: grammar!(tree_sitter_kotlin_ng::LANGUAGE),
        leaves: &["function_declaration", "secondary_constructor", "type_alias"],
        containers: &["class_declaration", "object_declaration", "companion_object"],
        wrappers: &[],
        through: &[],
        attached: &["block_comment", "line_comment"],
    },
    Language {
        name: "python",
        extensions: &["py", "pyi"],
        media_types: &["text/x-python", "application/x-python"],
        grammar: grammar!(tree_sitter_python::LANGUAGE),
        leaves: &["function_definition", "type_alias_statement"],
        containers: &["class_definition"],
        wrappers: &["decorated_definition"],
        through: &[],
        attached: &["comment"],
    },
    Language {
        name: "rust",
        extensions: &["rs"],
        media_types: &["text/rust", "text/x-rust"],
        grammar: grammar!(tree_sitter_rust::LANGUAGE),
        leaves: &[
            "function_item",
            "function_signature_item",
            "struct_item",
            "enum_item",
            "union_item",
            "type_item",
            "macro_definition",
        ],
        containers: &["impl_item", "trait_item", "mod_item"],
        wrappers: &[],
        through: &["foreign_mod_item", "declaration_list"],
        attached: &["line_comment", "block_comment", "attribute_item"],
    },
    Language {
        name: "typescript",
        extensions: &["ts", "mts", "cts"],
        media_types: &["text/x-typescript", "text/typescript", "application/typescript"],
        grammar: grammar!(tree_sitter_typescript::LANGUAGE_TYPESCRIPT),
        leaves: SCRIPT_LEAVES,
        containers: SCRIPT_CONTAINERS,
        wrappers: SCRIPT_WRAPPERS,
        through: &[],
        attached: &["comment", "decorator"],
    },
    Language {
        name: "typescript",
        extensions: &["tsx"],
        media_types: &[],
        grammar: grammar!(tree_sitter_typescript::LANGUAGE_TSX),
        leaves: SCRIPT_LEAVES,
        containers: SCRIPT_CONTAINERS,
        wrappers: SCRIPT_WRAPPERS,
        through: &[],
        attached: &["comment", "decorator"],
    },
];

/// What says that it is code, and not of which language.
const ANY: &str = "text/x-source-code";

/// Those that a file of this name may be of, neighbours in the table; without a name that says so, by the media type.
pub fn of(name: &str, media_type: &str) -> Option<&'static [Language]> {
    let extension = name.rsplit_once('.').map(|(_, end)| end.to_ascii_lowercase()).unwrap_or_default();
    among(|language| language.extensions.contains(&extension.as_str()))
        .or_else(|| among(|language| media_type == ANY || language.media_types.contains(&media_type)))
}

fn among(is_it: impl Fn(&Language) -> bool) -> Option<&'static [Language]> {
    let first = LANGUAGES.iter().position(&is_it)?;
    let count = LANGUAGES[first..].iter().take_while(|language| is_it(language)).count();
    Some(&LANGUAGES[first..first + count])
}
