//! An application with an embedder and a policy of its own: keeps a handbook fresh, whose archive is read once, and asks it a question.
//!
//! Usage: handbook REPOSITORY FOLDER QUESTION
use freshet::plugin::{Call, Embedder, EmbedderInfo, Purpose, Vectors};
use freshet::{
    register_embedder, Config, Decide, Decision, Known, Limits, Offer, Policy, PolicyError, QueryOptions, Repository, Source,
};
use std::time::SystemTime;

const DIMENSION: usize = 256;

/// A number below DIMENSION for three letters that stand together: FNV-1a of them.
fn slot(trigram: &[u8]) -> usize {
    let mixed = trigram.iter().fold(0xcbf2_9ce4_8422_2325_u64, |mixed, byte| {
        (mixed ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    mixed as usize % DIMENSION
}

/// Texts are near each other that share many groups of three letters: no model, but misspelt words are found.
struct Trigrams;

impl Embedder for Trigrams {
    fn info(&self) -> EmbedderInfo {
        EmbedderInfo { model: "trigrams-256".into(), dimension: DIMENSION as u32, max_inputs: 64, ..Default::default() }
    }

    fn embed(&self, _: &Call, texts: &[&str], _: Purpose, vectors: &Vectors<'_>) -> freshet::plugin::Result<()> {
        for (index, text) in texts.iter().enumerate() {
            let mut counts = [0f32; DIMENSION];
            counts[0] = 0.01; // a text of two letters has a direction, too
            for trigram in text.to_lowercase().as_bytes().windows(3) {
                counts[slot(trigram)] += 1.0;
            }
            vectors.give(index, &counts)?;
        }
        Ok(())
    }
}

/// What is in the archive is read once. The rest is looked at in each run.
struct ArchiveStands;

impl Decide for ArchiveStands {
    fn decide(&self, known: &Known<'_>, _: SystemTime) -> Result<Decision, PolicyError> {
        Ok(if known.exists && known.uri.contains("/archive/") {
            Decision::skip("the archive stands")
        } else {
            Decision::refresh("is looked at in each run")
        })
    }
}

fn run(directory: &str, folder: &str, question: &str) -> freshet::Result<()> {
    let trigrams = register_embedder(&Offer::new("trigrams"), |_, _| Ok(Trigrams))?;
    let repository = Repository::open(directory)?;
    let config = Config::new([Source::new("files").option("path", folder)]).embedder("trigrams");
    let run = repository.refresh(&config, Some(&Policy::custom(ArchiveStands)?), &Limits::default())?;
    run.wait(None)?;
    let counts = run.counts()?;
    println!("refreshed {}, unchanged {}, skipped {}", counts.refreshed, counts.unchanged, counts.skipped);
    let how = QueryOptions { limit: Some(2), mode: Some("vector".into()), ..Default::default() };
    for hit in repository.query(question, &how, &Limits::default())?.iter() {
        println!("{}", hit.text);
    }
    drop(trigrams); // known until here
    Ok(())
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [directory, folder, question] = &arguments[..] else {
        eprintln!("usage: handbook REPOSITORY FOLDER QUESTION");
        std::process::exit(2);
    };
    if let Err(error) = run(directory, folder, question) {
        eprintln!("handbook: {error}");
        std::process::exit(1);
    }
}
