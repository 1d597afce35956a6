//! A tour of the package for Rust.
//!
//! Usage: tour WORK FOLDER
mod own;
mod traced;

use freshet::{
    list_backup, Cancel, Code, Config, Decide, Decision, Document, Error, EventKind, Known, Limits, Policy, PolicyError, QueryOptions,
    Repository, Result, Run, Source,
};
use serde_json::json;
use std::sync::mpsc::{channel, Receiver, Sender};
use std::sync::Mutex;
use std::time::{Duration, SystemTime};

fn base(uri: &str) -> &str {
    uri.rsplit('/').next().unwrap_or(uri)
}

/// Says when it is dropped.
struct Released(Sender<()>);

impl Drop for Released {
    fn drop(&mut self) {
        let _ = self.0.send(());
    }
}

struct Once(#[allow(dead_code)] Released);

impl Decide for Once {
    fn decide(&self, known: &Known<'_>, _: SystemTime) -> std::result::Result<Decision, PolicyError> {
        assert!(!known.uri.ends_with("poison.md"), "no opinion on poison");
        Ok(if known.exists { Decision::skip("known") } else { Decision::refresh("new to the tour") })
    }
}

/// Reads the events of a run to the last: its roots in order, and how it ended.
fn follow(run: &Run) -> (Vec<String>, String) {
    let (mut lines, mut ended) = (vec![], String::new());
    for event in run.events() {
        match event.kind {
            EventKind::RootDone => {
                let why = event.error.map_or(event.reason.to_string(), |code| code.name().to_string());
                lines.push(format!("{}: {} ({why})", base(&event.uri), event.outcome.name()));
            }
            EventKind::RunEnded => ended = event.error.map_or("ok", Code::name).to_string(),
            _ => {}
        }
    }
    lines.sort();
    (lines, ended)
}

pub fn print_run(run: &Run) -> Result<()> {
    let (lines, _) = follow(run);
    run.wait(None)?;
    let n = run.counts()?;
    println!("{}", lines.join("\n"));
    println!(
        "listed {} refreshed {} skipped {} failed {}, exit code {}",
        n.listed,
        n.refreshed,
        n.skipped,
        n.failed,
        run.exit_code()?
    );
    Ok(())
}

pub fn refused<T>(what: &str, outcome: Result<T>) {
    match outcome {
        Ok(_) => println!("{what}: was not refused"),
        Err(error) => println!("{}", format!("{what}: {} {}", error.code, error.subject).trim_end()),
    }
}

fn found(repository: &Repository, question: &str) -> Result<Vec<String>> {
    let how = QueryOptions { limit: Some(1), mode: Some("text".into()), ..Default::default() };
    let hits = repository.query(question, &how, &Limits::default())?;
    Ok(hits.iter().map(|hit| format!("{} {}", base(hit.uri), hit.title)).collect())
}

fn refresh_twice(repository: &Repository, config: &Config, policy: &Policy) -> Result<()> {
    for title in ["-- a first run", "-- again"] {
        println!("{title}");
        let run = repository.refresh(config, Some(policy), &Limits::default())?;
        print_run(&run)?;
        let report = run.report()?;
        assert_eq!((report.listed, report.failed), (4, 1), "{report:?}");
        let failed: Vec<Error> = run.roots().filter_map(|root| root.expect("a root").error).collect();
        assert!(failed[0].message.contains("no opinion on poison"), "{failed:?}");
    }
    println!("-- a question\n{}", found(repository, "glacier")?.join("\n"));
    Ok(())
}

fn mistakes(repository: &Repository, folder: &str) {
    println!("-- what is wrong is named");
    let source = || Source::new("files").option("path", folder);
    let wrong = |what: &str, config: &serde_json::Value| {
        refused(what, repository.refresh(config, None, &Limits::default()));
    };
    wrong("key", &json!({"sorces": []}));
    wrong("loader", &json!({"sources": [Source { loader: "fils".into(), ..source() }]}));
    wrong("option", &json!({"sources": [source().option("max_depht", 3)]}));
    wrong("policy", &json!({"sources": [source().policy(json!({"ttl": "1 day"}))]}));
    wrong("number", &json!({"jobs": 0}));
    refused("a zero byte", repository.find_root("a\0b"));
    let error = repository.refresh(&json!({"sorces": []}), None, &Limits::default()).expect_err("a typo");
    println!("{error}");
    let error = list_backup("s3://bucket/place", &json!({"access_key": "env:NO_SUCH_KEY"}), &Limits::default())
        .expect_err("no such variable");
    let cause = std::error::Error::source(&error).and_then(|cause| cause.downcast_ref::<Error>()).expect("a cause");
    println!("{} because of {}", error.subject, cause.subject);
}

fn stop(repository: &Repository, config: &Config, policy: &Policy) -> Result<()> {
    println!("-- stopped by");
    let cancel = Cancel::new()?;
    cancel.request()?;
    let run = |limits: &Limits<'_>| repository.refresh_and_wait(config, Some(policy), limits);
    refused("a cancel", run(&Limits::cancelled_by(&cancel)));
    refused("a time limit", run(&Limits::timeout(Duration::ZERO)));

    let ((asked, was_asked), (go_on, may_go_on)) = (channel::<()>(), channel::<()>());
    let waits = Mutex::new((asked, may_go_on));
    let policy = Policy::custom(move |_: &Known<'_>, _: SystemTime| {
        let both = waits.lock().expect("the lock");
        let _ = both.0.send(());
        let _ = both.1.recv(); // ends at once when the other side is gone
        Ok(Decision::refresh(""))
    })?;
    let run = repository.refresh(config, Some(&policy), &Limits::default())?;
    was_asked.recv().expect("the policy is asked");
    run.cancel()?;
    drop(go_on);
    println!("another thread: {}", follow(&run).1);
    Ok(())
}

fn document_by_hand() -> Result<Document> {
    let mut document = Document::build("hand:/one", "Übersicht")?;
    let chapter = document.section(0, "Chapter", None, 1)?;
    for (title, body) in [("One", "The first text is about walruses."), ("Two", "The second text is about seals.")] {
        let number = document.section(chapter, title, None, 2)?;
        document.text(number, body)?;
    }
    document.finish()
}

fn write_and_remove(repository: &Repository) -> Result<()> {
    println!("-- a document by hand");
    let document = document_by_hand()?;
    for it in document.sections() {
        println!("{} in {}, level {}: {} [{}]", it.number, it.parent, it.level, it.title, it.text);
    }
    let (written, chunks) = repository.write_document(&document, &())?;
    println!("added {}, created {}; found {}", written.added, written.created, found(repository, "walruses")?.len());
    assert_eq!(chunks.len() as u64, written.added);
    let delivered = repository.deliver(&Limits::default())?;
    println!("delivered {}; found {}", delivered["upserts"], found(repository, "walruses")?.len());
    let removed = repository.delete_root("hand:/one")?;
    repository.deliver(&Limits::default())?;
    println!("removed {removed}; found {}", found(repository, "walruses")?.len());
    Ok(())
}

/// The same run by an executor: the thread that polls is woken by the event descriptor.
fn without_blocking(repository: &Repository, config: &Config) -> Result<()> {
    let mut config = Config { force: true, ..config.clone() };
    config.more.insert("labels".into(), json!({"item": "{{uri}} of {{source}}"}));
    let run = repository.refresh(&config, None, &Limits::default())?;
    own::block_on(async {
        let mut stream = run.stream()?;
        let mut done = 0;
        while let Some(event) = stream.next().await {
            done += (event.kind == EventKind::RootDone && event.label == format!("{} of docs", event.uri)) as u32;
        }
        println!("-- without blocking\n{done} roots with their labels");
        run.ended().await
    })
}

fn tour(work: &str, folder: &str) -> Result<()> {
    let repository = Repository::open(format!("{work}/repository"))?;
    let (released, was_released): (Sender<()>, Receiver<()>) = channel();
    let policy = Policy::custom(Once(Released(released)))?;
    let config = Config::new([Source::new("files").name("docs").option("path", folder)]).embedder("hash");
    refresh_twice(&repository, &config, &policy)?;
    mistakes(&repository, folder);
    stop(&repository, &config, &policy)?;
    write_and_remove(&repository)?;
    without_blocking(&repository, &config)?;
    let store = repository.verify_store(&(), &Limits::default())?;
    println!("{}", if store["in_step"] == true { "in step" } else { "out of step" });
    own::plugins_of_its_own(work)?;
    drop(policy);
    was_released.recv().expect("released");
    println!("policy released");
    Ok(())
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    std::panic::set_hook(Box::new(|panic| {
        let said = panic.to_string();
        if !said.contains("poison") { // that one is on purpose
            eprintln!("{said}");
        }
    }));
    if let Err(error) = tour(&arguments[1], &arguments[2]) {
        eprintln!("{error}: {error:?}");
        std::process::exit(1);
    }
}
