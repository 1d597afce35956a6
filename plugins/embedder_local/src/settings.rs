//! What the small files beside the weights say: how long a text may be, what is put before it, how its rows become
//! one vector. A file that asks for what is not known here is refused, for its vectors would be others.
use freshet_plugin::Result;
use model_files::{text, Model};
use serde_json::Value;

#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Pooling {
    Mean,
    First,
}

#[derive(Debug)]
pub struct Settings {
    pub is_static: bool,
    pub pooling: Pooling,
    pub unit: bool,
    pub lower: bool,
    pub max_tokens: usize, // with those that begin and end a text
    pub first_position: usize,
    pub query_prefix: String,
    pub document_prefix: String,
}

const MODULES: &str = "modules.json";
const PROMPTS: &str = "config_sentence_transformers.json";

/// A static model reads no further, as its makers have it.
const STATIC_TOKENS: usize = 512;

impl Settings {
    pub fn read(model: &Model, config: &Value, options: &Value) -> Result<Settings> {
        if text(config, "model_type") == Some("model2vec") {
            return Ok(Settings::of_static(config, options));
        }
        let modules = Modules::read(model)?;
        let first_position = first_position(model, config)?;
        let positions = config.get("max_position_embeddings").and_then(Value::as_u64).unwrap_or(512) as usize;
        let (length, lower) = lengths(model)?;
        let most = positions.saturating_sub(first_position);
        let prefix = |option, names: &[&str]| match text(options, option) {
            Some(given) => Ok(given.to_string()),
            None => prompt(model, names),
        };
        let settings = Settings {
            is_static: false,
            pooling: pooling(model, &modules, options)?,
            unit: modules.unit,
            lower,
            max_tokens: length.unwrap_or(most).min(most),
            first_position,
            query_prefix: prefix("query_prefix", &["query"])?,
            document_prefix: prefix("document_prefix", &["document", "passage"])?,
        };
        if settings.max_tokens < 3 {
            return Err(model.bad("config.json", &format!("a text of {} tokens is no text", settings.max_tokens)));
        }
        Ok(settings)
    }

    fn of_static(config: &Value, options: &Value) -> Settings {
        let prefix = |option| text(options, option).unwrap_or("").to_string();
        Settings {
            is_static: true,
            pooling: Pooling::Mean,
            unit: config.get("normalize").and_then(Value::as_bool).unwrap_or(true),
            lower: false,
            max_tokens: STATIC_TOKENS,
            first_position: 0,
            query_prefix: prefix("query_prefix"),
            document_prefix: prefix("document_prefix"),
        }
    }

    /// What makes a document's vector another one. Changing these words changes every model's name.
    pub fn of_vectors(&self) -> String {
        format!(
            "{:?} {} {} {} {} {}",
            self.pooling, self.unit, self.lower, self.max_tokens, self.first_position, self.document_prefix
        )
    }
}

/// Where the positions of a text begin.
fn first_position(model: &Model, config: &Value) -> Result<usize> {
    if let Some(kind) = text(config, "position_embedding_type").filter(|kind| *kind != "absolute") {
        return Err(model.bad("config.json", &format!("position_embedding_type is {kind}; absolute is known")));
    }
    match text(config, "model_type") {
        Some("bert") => Ok(0),
        Some("roberta" | "xlm-roberta") => {
            Ok(config.get("pad_token_id").and_then(Value::as_u64).unwrap_or(1) as usize + 1)
        }
        other => Err(model.bad(
            "config.json",
            &format!(
                "model_type is {}; bert, roberta, xlm-roberta and model2vec are known",
                other.unwrap_or("not said")
            ),
        )),
    }
}

struct Modules {
    pooling: String, // the folder
    unit: bool,
}

impl Modules {
    fn read(model: &Model) -> Result<Modules> {
        let mut found = Modules { pooling: "1_Pooling".into(), unit: false };
        let Some(list) = model.json_if_there(MODULES)? else { return Ok(found) };
        for module in list.as_array().into_iter().flatten() {
            match text(module, "type").unwrap_or("").rsplit('.').next().unwrap_or("") {
                "Transformer" => {}
                "Pooling" => found.pooling = text(module, "path").unwrap_or("1_Pooling").into(),
                "Normalize" => found.unit = true,
                other => {
                    return Err(model.bad(
                        MODULES,
                        &format!("there is a module {other}; Transformer, Pooling and Normalize are known"),
                    ))
                }
            }
        }
        Ok(found)
    }
}

fn pooling(model: &Model, modules: &Modules, options: &Value) -> Result<Pooling> {
    match text(options, "pooling") {
        Some("first") => return Ok(Pooling::First),
        Some(_) => return Ok(Pooling::Mean),
        None => {}
    }
    let file = format!("{}/config.json", modules.pooling);
    let Some(config) = model.json_if_there(&file)? else {
        return Err(model.bad(&file, "is not there: say by the option pooling what the model wants, mean or first"));
    };
    let asked: Vec<&str> = config
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(_, on)| **on == Value::Bool(true))
        .map(|(name, _)| name.as_str())
        .filter(|name| name.starts_with("pooling_mode_"))
        .collect();
    match asked.as_slice() {
        ["pooling_mode_mean_tokens"] => Ok(Pooling::Mean),
        ["pooling_mode_cls_token"] => Ok(Pooling::First),
        other => Err(model.bad(
            &file,
            &format!("asks for {other:?}; one of pooling_mode_mean_tokens and pooling_mode_cls_token is known"),
        )),
    }
}

/// The most tokens of a text, and whether it is to be in lower case.
fn lengths(model: &Model) -> Result<(Option<usize>, bool)> {
    let Some(config) = model.json_if_there("sentence_bert_config.json")? else { return Ok((None, false)) };
    let length = config.get("max_seq_length").and_then(Value::as_u64).map(|n| n as usize);
    Ok((length, config.get("do_lower_case").and_then(Value::as_bool).unwrap_or(false)))
}

fn prompt(model: &Model, names: &[&str]) -> Result<String> {
    let Some(config) = model.json_if_there(PROMPTS)? else { return Ok(String::new()) };
    let default = text(&config, "default_prompt_name");
    let prompts = config.get("prompts").unwrap_or(&Value::Null);
    Ok(names.iter().copied().chain(default).find_map(|name| text(prompts, name)).unwrap_or("").to_string())
}
