//! Every kind of plugin, written in Rust and registered: each keeps its contract, and a run goes through all of them.
//!
//! Usage: kinds WORK
#[path = "../memory.rs"]
mod memory;

use freshet::plugin::{
    failure, status, Call, Chunk, Content, DocumentBuilder, Embedder, EmbedderInfo, Entry, Fetched, Listing,
    ListingKind, Loader, Purpose, ReadRequest, Reader, Result, Tokenizer, Transformed, Transformer, Vectors,
};
use freshet::{check_plugin, Config, Limits, Offer, QueryOptions, Registration, Repository, Source};
use serde_json::{json, Map, Value};
use std::sync::atomic::{AtomicUsize, Ordering};

static PREPARED: AtomicUsize = AtomicUsize::new(0);

/// The pages of its options.
struct Shelf(Map<String, Value>);

fn version(text: &str) -> Option<String> {
    Some(format!("{}-{}", text.len(), &text[..text.len().min(20)]))
}

impl Loader for Shelf {
    const PREPARES: bool = true;

    fn list(&self, call: &Call, _: Option<&str>, listing: &Listing<'_>) -> Result<ListingKind> {
        for (name, text) in &self.0 {
            call.check()?;
            let version = version(text.as_str().unwrap_or_default());
            listing.entry(&Entry { uri: format!("shelf:/{name}"), version, ..Default::default() })?;
        }
        listing.way("a shelf")?;
        Ok(ListingKind::Whole)
    }

    fn fetch(&self, _: &Call, entry: &Entry, known: Option<&str>) -> Result<Fetched> {
        let Some(Value::String(text)) = entry.uri.strip_prefix("shelf:/").and_then(|name| self.0.get(name)) else {
            return Ok(Fetched::Gone { confirmed: true });
        };
        if known.is_some() && known == version(text).as_deref() {
            return Ok(Fetched::NotModified);
        }
        let media_type = Some("text/x-lines".into());
        Ok(Fetched::Content(Content {
            bytes: text.clone().into(),
            media_type,
            version: version(text),
            ..Default::default()
        }))
    }

    fn prepare(&self, _: &Call, entries: &[Entry], _: &[Option<&str>]) {
        PREPARED.fetch_add(entries.len(), Ordering::Relaxed);
    }
}

/// Each line a paragraph; one that begins with "=" a heading.
struct Lines;

impl Reader for Lines {
    fn read(&self, _: &Call, request: &ReadRequest<'_>, document: &DocumentBuilder<'_>) -> Result<()> {
        let text = std::str::from_utf8(request.bytes).map_err(|e| failure(status::PARSE, e.to_string(), ""))?;
        let text = text.replace('\0', "");
        document.title(request.uri)?;
        document.metadata("lines", &json!(text.matches('\n').count()))?;
        for line in text.lines() {
            match line.strip_prefix('=') {
                Some(heading) => document.section(1, heading.trim(), None)?,
                None if line.trim().is_empty() => {}
                None => document.text(&format!("{line}\n\n"))?,
            }
        }
        Ok(())
    }
}

/// Each word is a token, and what stands before it belongs to it.
struct Words;

fn ends(text: &str) -> Vec<usize> {
    let mut all: Vec<usize> =
        text.split_ascii_whitespace().map(|w| w.as_ptr() as usize - text.as_ptr() as usize + w.len()).collect();
    match all.last_mut() {
        Some(last) => *last = text.len(),
        None if !text.is_empty() => all.push(text.len()),
        None => {}
    }
    all
}

impl Tokenizer for Words {
    fn name(&self) -> String {
        "words".into()
    }
    fn fingerprint(&self) -> String {
        "1".into()
    }
    fn count(&self, text: &str) -> Result<u64> {
        Ok(ends(text).len() as u64)
    }
    fn split(&self, text: &str, take: &mut dyn FnMut(&[usize]) -> Result<()>) -> Result<()> {
        take(&ends(text))
    }
}

/// Puts the section's title before the text, in capitals.
struct Shouting;

impl Transformer for Shouting {
    fn fingerprint(&self) -> Option<String> {
        Some("1".into())
    }

    fn max_chunks(&self) -> u32 {
        8
    }

    fn transform(&self, call: &Call, chunks: &[Chunk<'_>], transformed: &Transformed<'_>) -> Result<()> {
        for (index, chunk) in chunks.iter().enumerate() {
            call.check()?;
            if !chunk.section.is_empty() {
                transformed.text(index, &format!("{}\n{}", chunk.section.to_uppercase(), chunk.text))?;
            }
            transformed.metadata(index, &json!({"shouted": true}))?;
        }
        Ok(())
    }
}

/// How often each letter is there.
struct Letters;

impl Embedder for Letters {
    fn info(&self) -> EmbedderInfo {
        EmbedderInfo { model: "letters-27".into(), dimension: 27, max_inputs: 16, ..Default::default() }
    }

    fn embed(&self, _: &Call, texts: &[&str], _: Purpose, vectors: &Vectors<'_>) -> Result<()> {
        for (index, text) in texts.iter().enumerate() {
            let mut counts = [0f32; 27];
            counts[26] = 1.0;
            for letter in text.bytes().map(|b| b.to_ascii_lowercase()).filter(u8::is_ascii_lowercase) {
                counts[(letter - b'a') as usize] += 1.0;
            }
            vectors.give(index, &counts)?;
        }
        Ok(())
    }
}

fn check(plugin: &Registration, how: &Value) -> freshet::Result<()> {
    let report = check_plugin(plugin.plugin(), how, &Limits::default())?;
    let cases = report["cases"].as_array().cloned().unwrap_or_default();
    let passed = cases.iter().filter(|each| each["verdict"] == "pass").count();
    for case in cases.iter().filter(|each| each["verdict"] != "pass" && each["verdict"] != "skip") {
        eprintln!("{case}");
    }
    let untried: Vec<&str> =
        report["untried"].as_array().map_or(vec![], |all| all.iter().filter_map(Value::as_str).collect());
    println!(
        "{}: good {}, any passed {}, untried [{}]",
        plugin.plugin(),
        report["good"],
        passed > 0,
        untried.join(" ")
    );
    Ok(())
}

fn main() -> freshet::Result<()> {
    let work = std::env::args().nth(1).expect("usage: kinds WORK");
    let page = |number: usize, text: &str| (format!("p{number}"), json!(format!("= Page {number}\n{text}\n")));
    let texts = ["rivers carry water", "glaciers carry ice", "deserts have no rain"];
    let pages: Map<String, Value> = texts.iter().enumerate().map(|(number, text)| page(number, text)).collect();
    let sample = format!("{work}/a.lines");
    std::fs::write(&sample, "= Rivers\nA river carries water.\n= Ice\nA glacier carries ice.\n").expect("a sample");
    let schema = json!({"type": "object", "required": ["pages"], "properties": {
        "pages": {"type": "object", "additionalProperties": {"type": "string"}}}});
    let place = json!({"type": "object", "properties": {"place": {"type": "string", "default": "here"}}});
    let all = [
        freshet::register_loader(&Offer::new("shelf").options(schema), |options, _| {
            Ok(Shelf(options["pages"].as_object().cloned().unwrap_or_default()))
        })?,
        freshet::register_reader(
            &Offer::new("lines").media_types(&["text/x-lines"]).extensions(&[".lines"]).by_default(),
            |_, _| Ok(Lines),
        )?,
        freshet::register_tokenizer(&Offer::new("words"), |_, _| Ok(Words))?,
        freshet::register_transformer(&Offer::new("shouting"), |_, _| Ok(Shouting))?,
        freshet::register_embedder(&Offer::new("letters"), |_, _| Ok(Letters))?,
        freshet::register_store(&Offer::new("memory").options(place).identity(&["place"]), |options, _| {
            Ok(memory::Memory::at(options["place"].as_str().unwrap_or("here")))
        })?,
    ];
    let many: Map<String, Value> = (0..12).map(|number| page(number, "One of many.")).collect();
    let how = json!({"options": {"loader shelf": {"pages": many}}, "samples": {"reader lines": sample}});
    for plugin in &all {
        check(plugin, &how)?;
    }
    let repository = Repository::open_with(format!("{work}/repository"), &())?;
    let mut config =
        serde_json::to_value(Config::new([Source::new("shelf").option("pages", pages)]).embedder("letters"))
            .expect("JSON");
    config["store"] = json!("memory");
    config["chunker"] = json!({"transform": ["shouting"], "tokenizer": "words"});
    let run = repository.refresh_and_wait(&config, None, &Limits::default())?;
    let counts = run.counts()?;
    let prepared = PREPARED.load(Ordering::Relaxed) >= 3;
    println!("refreshed {} failed {} upserts {} prepared {prepared}", counts.refreshed, counts.failed, counts.upserts);
    drop(run);
    for mode in ["text", "vector"] {
        let how = QueryOptions { limit: Some(1), mode: Some(mode.into()), ..Default::default() };
        let hits = repository.query("ice", &how, &Limits::default())?;
        let hit = hits.get(0)?;
        println!("{mode} {} {}", hit.uri, hit.metadata);
    }
    let told = repository.verify_store(&json!({"deep": true}), &Limits::default())?;
    println!("in step {}", told["in_step"]);
    Ok(())
}
