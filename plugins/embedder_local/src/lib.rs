//! embedder_local - vectors without any server: a model's folder, computed on the processor. The texts of a call are
//! sorted by length and taken in batches by all cores; what a text's vector is depends on that text alone.
mod bert;
mod matrix;
mod settings;
mod static_model;
mod weights;
mod work;

use bert::{Bert, Space};
use freshet_plugin::{failure, status, Call, Embedder, EmbedderInfo, Open, Purpose, Result, Vectors};
use model_files::{short, text, Model, Tokens};
use serde_json::Value;
use settings::Settings;
use sha2::{Digest, Sha256};
use static_model::Static;
use std::sync::atomic::AtomicBool;
use weights::Weights;

/// Tokens of a batch: enough that the arithmetic does not wait for the memory.
const BATCH_TOKENS: usize = 256;
const MOST_TEXTS: u32 = 1024;

enum Kind {
    Bert(Bert),
    Static(Static),
}

struct Local {
    kind: Kind,
    settings: Settings,
    tokens: Tokens,
    max_text_tokens: usize,
    dimension: usize,
    threads: usize,
    model: String,
}

impl Open for Local {
    fn open(options: &Value, _: &Call) -> Result<Self> {
        let model = Model::open(model_files::find(options)?)?;
        let config = model.json("config.json")?;
        let settings = Settings::read(&model, &config, options)?;
        let mut tokens = Tokens::read(&model)?;
        tokens.cut_at(settings.max_tokens).map_err(|why| model.bad("tokenizer.json", &why))?;
        let Some(content) = model.read_if_there(weights::FILE)? else {
            let why = format!("the model has no {}, and no other form of weights is read", weights::FILE);
            return Err(failure(status::UNSUPPORTED, why, model.home.display().to_string()));
        };
        let weights = Weights::read(&model, &content.bytes)?;
        let (kind, dimension) = match settings.is_static {
            true => Static::read(&model, &settings, weights, tokens.unknown()).map(|it| (it.width, Kind::Static(it))),
            false => Bert::read(&model, &config, &settings, weights).map(|it| (it.width, Kind::Bert(it))),
        }
        .map(|(width, kind)| (kind, width))?;
        let around = if settings.is_static { 0 } else { tokens.ids("", true)?.len() };
        Ok(Local {
            kind,
            max_text_tokens: settings.max_tokens.saturating_sub(around),
            dimension,
            threads: threads(options),
            model: name(&config, dimension, &settings, &[content.digest, tokens.digest]),
            settings,
            tokens,
        })
    }
}

impl Embedder for Local {
    fn info(&self) -> EmbedderInfo {
        EmbedderInfo {
            model: self.model.clone(),
            tokenizer: Some(self.tokens.name.clone()),
            dimension: self.dimension as u32,
            max_inputs: MOST_TEXTS,
            max_text_tokens: self.max_text_tokens as u32,
            ..Default::default()
        }
    }

    fn embed(&self, call: &Call, texts: &[&str], purpose: Purpose, vectors: &Vectors) -> Result<()> {
        let each: Vec<usize> = (0..texts.len()).collect();
        let mut read = vec![vec![]; texts.len()];
        work::run(
            self.threads,
            call,
            &each,
            |_: &mut (), index, _| Ok((*index, self.read(texts[*index], purpose)?)),
            |(index, ids)| {
                read[index] = ids;
                Ok(())
            },
        )?;
        vectors.used(read.iter().map(|ids| ids.len() as u64).sum())?;
        let batches = batches(&read);
        work::run(
            self.threads,
            call,
            &batches,
            |space, batch, stop| self.compute(&read, batch, space, stop),
            |done| {
                done.into_iter().try_for_each(|(index, vector)| match vector {
                    Some(vector) => vectors.give(index, &vector),
                    None => vectors.reject(
                        index,
                        status::INVALID_ARGUMENT,
                        "the model has no vector for any word of the text",
                    ),
                })
            },
        )
    }
}

/// The texts of a batch by their index, each with its vector, if it has one.
type Done = Vec<(usize, Option<Vec<f32>>)>;

impl Local {
    fn read(&self, text: &str, purpose: Purpose) -> Result<Vec<u32>> {
        let prefix = match purpose {
            Purpose::Query => &self.settings.query_prefix,
            Purpose::Document => &self.settings.document_prefix,
        };
        let whole = format!("{prefix}{}", text.trim());
        self.tokens.ids(&if self.settings.lower { whole.to_lowercase() } else { whole }, !self.settings.is_static)
    }

    fn compute(&self, read: &[Vec<u32>], batch: &[usize], space: &mut Space, stop: &AtomicBool) -> Result<Done> {
        let texts: Vec<&[u32]> = batch.iter().map(|index| read[*index].as_slice()).collect();
        let vectors: Vec<Option<Vec<f32>>> = match &self.kind {
            Kind::Static(it) if texts.iter().all(|text| it.takes(text)) => {
                texts.iter().map(|text| it.embed(text)).collect()
            }
            Kind::Bert(it) if texts.iter().all(|text| it.takes(text)) => it
                .embed(&texts, space, stop)
                .ok_or_else(|| failure(status::CANCELLED, "", ""))?
                .into_iter()
                .map(Some)
                .collect(),
            _ => {
                return Err(failure(
                    status::INVALID_ARGUMENT,
                    "tokenizer.json has tokens that model.safetensors has no row for",
                    "",
                ))
            }
        };
        Ok(batch.iter().copied().zip(vectors).collect())
    }
}

/// The longest texts first, so that no core is left with one at the end; each batch of like lengths.
fn batches(read: &[Vec<u32>]) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..read.len()).collect();
    order.sort_by_key(|index| std::cmp::Reverse(read[*index].len()));
    let mut batches: Vec<Vec<usize>> = vec![];
    let mut tokens = BATCH_TOKENS;
    for index in order {
        if tokens + read[index].len() > BATCH_TOKENS || batches.is_empty() {
            batches.push(vec![]);
            tokens = 0;
        }
        tokens += read[index].len();
        batches.last_mut().expect("one was pushed").push(index);
    }
    batches
}

fn threads(options: &Value) -> usize {
    let cores = || std::thread::available_parallelism().map_or(1, |n| n.get());
    options.get("threads").and_then(Value::as_u64).map_or_else(cores, |n| n as usize)
}

/// Stands for all that makes a document's vector.
fn name(config: &Value, dimension: usize, settings: &Settings, digests: &[[u8; 32]]) -> String {
    let mut digest = Sha256::new();
    digests.iter().for_each(|part| digest.update(part));
    digest.update(settings.of_vectors());
    format!("{}-{dimension}-{}", text(config, "model_type").unwrap_or("model"), short(&digest.finalize().into()))
}

freshet_plugin::plugin! { "embedder_local", env!("FRESHET_PLUGIN_VERSION"), embedder "local" => Local; }
