//! reader_code - source code, cut at its definitions by the grammars of tree-sitter: a section for each function, class
//! or type, with its name as the title and the comments above it, in the order of the file.
//!
//! A file that does not parse everywhere is cut where it does: no text is lost. The text of a section is code in a fence
//! with the language's name, as the readers of the core make it of code in a page.
mod cut;
mod emit;
mod language;
mod naming;
mod parse;
mod text;

use freshet_plugin::{failure, status, Call, DocumentBuilder, Open, ReadRequest, Reader, Result, Value};

struct Code {
    max_size: usize,
}

impl Open for Code {
    fn open(options: &Value, _: &Call) -> Result<Self> {
        let given = options["max_size"].as_str().unwrap_or("4MiB");
        let max_size = text::bytes_of(given)
            .filter(|bytes| (1..=text::MOST_BYTES).contains(bytes))
            .ok_or_else(|| failure(status::INVALID_ARGUMENT, "expected a size from 1 byte to 64MiB", "max_size"))?;
        Ok(Code { max_size })
    }
}

impl Reader for Code {
    fn read(&self, call: &Call, request: &ReadRequest<'_>, document: &DocumentBuilder<'_>) -> Result<()> {
        if request.bytes.len() > self.max_size {
            return Err(failure(status::LIMIT, format!("larger than max_size ({} bytes)", self.max_size), request.uri));
        }
        let name = text::last_segment(request.uri);
        let Some(languages) = language::of(&name, request.media_type) else {
            let known = "expected a file of C, C++, Go, Java, JavaScript, Kotlin, Python, Rust or TypeScript";
            return Err(failure(status::UNSUPPORTED, known, request.uri));
        };
        let code = text::decode(request)?;
        let (language, tree) = parse::best(call, languages, &code, request.uri)?;
        document.title(&name)?;
        document.metadata("language", &Value::from(language.name))?;
        emit::document(call, document, language, &code, &cut::definitions(language, tree.root_node(), &code))
    }
}

freshet_plugin::plugin! { "reader_code", env!("FRESHET_PLUGIN_VERSION"), reader "code" => Code; }
