//! transformer_excerpt - makes chunks excerpts: a mustache template around each text, with its document, its keywords and
//! what the configuration adds.
mod keywords;
mod template;

use freshet_plugin::{failure, status, Call, Chunk, Open, Result, Transformed, Transformer, Value};
use keywords::Keywords;
use serde_json::{json, Map};
use template::Template;

/// Says that it is an excerpt, as people who read hits want it, and models do.
const DEFAULT: &str = "This is an excerpt of a document.\n\
    {{#document.metadata_json}}\nMetadata: {{document.metadata_json}}\n{{/document.metadata_json}}\
    {{#keywords}}\nKeywords: {{keywords}}\n{{/keywords}}\nExcerpt:\n{{excerpt_text}}";

struct Excerpt {
    template: Template,
    variables: Map<String, Value>,
    keywords: Keywords,
}

impl Open for Excerpt {
    fn open(options: &Value, _: &Call) -> Result<Self> {
        let source = options["template"].as_str().unwrap_or(DEFAULT);
        let wrong = |what: String| failure(status::INVALID_ARGUMENT, what, "template");
        let template = Template::parse(source).map_err(wrong)?;
        let most = options["keywords"].as_u64().unwrap_or(10) as usize;
        let language = options["language"].as_str().unwrap_or("en");
        let keywords = Keywords::of(language, most).ok_or_else(|| {
            failure(
                status::INVALID_ARGUMENT,
                format!("{language:?} is no language with a list of stop words"),
                "language",
            )
        })?;
        let variables = options["variables"].as_object().cloned().unwrap_or_default();
        Ok(Excerpt { template, variables, keywords })
    }
}

/// What the template may name.
fn names(chunk: &Chunk<'_>, keywords: &[String], variables: &Map<String, Value>) -> Value {
    let metadata: Value = serde_json::from_str(chunk.document.metadata).unwrap_or_default();
    let said = metadata.as_object().is_some_and(|object| !object.is_empty());
    let mut names = variables.clone();
    let own = json!({
        "document": {
            "uri": chunk.document.uri, "title": chunk.document.title, "text": chunk.document.text,
            "metadata_json": if said { metadata.to_string() } else { String::new() }, "metadata": metadata,
        },
        "excerpt": { "text": chunk.text, "section": chunk.section, "url": chunk.url },
        "excerpt_text": chunk.text,
        "keywords": keywords.join(", "),
    });
    if let Value::Object(own) = own {
        names.extend(own);
    }
    Value::Object(names)
}

impl Transformer for Excerpt {
    /// Its version and its options say all.
    fn fingerprint(&self) -> Option<String> {
        None
    }

    fn transform(&self, call: &Call, chunks: &[Chunk<'_>], transformed: &Transformed<'_>) -> Result<()> {
        for (index, chunk) in chunks.iter().enumerate() {
            call.check()?;
            let keywords = self.keywords.find(chunk.text);
            let text = self.template.render(&names(chunk, &keywords, &self.variables));
            if text.trim().is_empty() {
                transformed.reject(
                    index,
                    status::INVALID_ARGUMENT,
                    "the template of the transformer \"excerpt\" makes nothing of it",
                )?;
                continue;
            }
            if text != chunk.text {
                transformed.text(index, &text)?;
            }
            if !keywords.is_empty() {
                transformed.metadata(index, &json!({ "keywords": keywords }))?;
            }
        }
        Ok(())
    }
}

freshet_plugin::plugin! {
    "transformer_excerpt", env!("FRESHET_PLUGIN_VERSION"),
    transformer "excerpt" => Excerpt;
}
