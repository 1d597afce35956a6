//! Random calls of the package from many threads: valid and invalid, with what is used freed meanwhile, callbacks that
//! panic, and cancellation at random. Whatever fails is an Error; at the end every callback that was made is released, and
//! the memory is what it was after a fifth of the calls. One call in twelve is work: a run, a query, an opening.
//!
//! Usage: random WORK FOLDER [CALLS [SEED]]
use freshet::plugin::{self, Call, Content, Entry, Fetched, Listing, ListingKind, Loader};
use freshet::*;
use serde_json::{json, Value};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

const THREADS: u64 = 4;
const MOST_GROWTH: u64 = 256; // MB
static LIVE: AtomicI64 = AtomicI64::new(0);
static FAILED: AtomicU64 = AtomicU64::new(0);
static SUCCEEDED: AtomicU64 = AtomicU64::new(0);
static EARLY: AtomicU64 = AtomicU64::new(0); // memory after a fifth of the calls

/// Counts itself.
struct Counted;
impl Counted {
    fn new() -> Self {
        LIVE.fetch_add(1, SeqCst);
        Counted
    }
}
impl Drop for Counted {
    fn drop(&mut self) {
        LIVE.fetch_sub(1, SeqCst);
    }
}

/// xorshift64*: the same seed, the same calls.
struct Dice(u64);
impl Dice {
    fn number(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16
    }
    fn below(&mut self, most: u64) -> u64 {
        self.number() % most
    }
    fn text(&mut self) -> String {
        match self.below(6) {
            0 => String::new(),
            1 => "a\0b".into(),
            2 => "x".repeat(3000),
            3 => format!("made:{}", self.below(8)),
            _ => format!("words about river {}", self.below(9)),
        }
    }
    fn options(&mut self, valid: Value) -> Value {
        match self.below(5) {
            0 => json!({"no_such_key": 1}),
            1 => json!([1, "two"]),
            2 => Value::Null,
            _ => valid,
        }
    }
}

/// What threads share and put others in the place of: what was there is freed when its last user is done.
struct World {
    docs: String,
    work: String,
    repositories: [Mutex<Arc<Repository>>; 3],
    policies: [Mutex<Arc<Policy>>; 4],
    runs: [Mutex<Option<Arc<Run>>>; 3],
    documents: [Mutex<Option<Arc<Document>>>; 3],
    cancels: [Mutex<Arc<Cancel>>; 2],
}

fn at<'a, T>(slots: &'a [Mutex<T>], dice: &mut Dice) -> &'a Mutex<T> {
    &slots[dice.below(slots.len() as u64) as usize]
}

struct Pages(u64, #[allow(dead_code)] Counted);
impl Loader for Pages {
    fn list(&self, _: &Call, _: Option<&str>, listing: &Listing<'_>) -> plugin::Result<ListingKind> {
        for page in 0..self.0 % 6 {
            assert!(page != 4, "a loader that panics");
            listing.entry(&Entry { uri: format!("made:{page}"), ..Default::default() })?;
        }
        Ok(ListingKind::Whole)
    }
    fn fetch(&self, _: &Call, entry: &Entry, _: Option<&str>) -> plugin::Result<Fetched> {
        assert!(!entry.uri.ends_with('3'), "a fetch that panics");
        Ok(Fetched::Content(Content { bytes: b"a river".to_vec(), media_type: Some("text/plain".into()), ..Default::default() }))
    }
}

fn a_policy(dice: &mut Dice) -> Result<Policy> {
    let (counted, seed) = (Counted::new(), dice.number());
    match dice.below(6) {
        0 => Policy::ttl(Duration::from_millis(dice.below(100))),
        1 => Policy::from_json(&dice.options(json!({"any": ["always", {"ttl": "1h"}]}))),
        2 => Policy::matching(move |uri| {
            let _ = &counted;
            assert!(!uri.ends_with('2'), "a match that panics");
            true
        }),
        3 => Policy::by_url(vec![Policy::always()?], move |uri| {
            let _ = &counted;
            Some(uri.len() % 3)
        }),
        _ => Policy::custom(move |known: &Known<'_>, _: SystemTime| {
            let _ = &counted;
            match (known.uri.len() as u64 + seed) % 4 {
                0 => panic!("a policy that panics"),
                1 => Err("has no opinion".into()),
                2 => Ok(Decision::skip("x".repeat(200))),
                _ => Ok(Decision::refresh("ü".repeat(60))),
            }
        }),
    }
}

fn one(world: &World, dice: &mut Dice) -> Result<()> {
    let repository = at(&world.repositories, dice).lock().expect("a lock").clone();
    let policy = at(&world.policies, dice).lock().expect("a lock").clone();
    let cancel = at(&world.cancels, dice).lock().expect("a lock").clone();
    let document = at(&world.documents, dice).lock().expect("a lock").clone();
    let run = at(&world.runs, dice).lock().expect("a lock").clone();
    let limits = match dice.below(4) {
        0 => Limits { cancel: Some(&cancel), ..Limits::timeout(Duration::from_millis(dice.below(20))) },
        _ => Limits::timeout(Duration::from_secs(5)),
    };
    match dice.below(12) {
        0 => work(world, dice, &repository, &policy, document.as_deref(), &limits),
        _ => look(world, dice, &repository, &policy, &cancel, run.as_deref()),
    }
}

/// What plugins work for.
fn work(world: &World, dice: &mut Dice, repository: &Repository, policy: &Policy, document: Option<&Document>, limits: &Limits) -> Result<()> {
    let text = dice.text();
    match dice.below(12) {
        0 => {
            let how = json!({"namespace": format!("n{}", dice.below(3))});
            let opened = Repository::open_with(&world.work, &dice.options(how))?;
            *at(&world.repositories, dice).lock().expect("a lock") = Arc::new(opened);
        }
        1 | 2 => {
            let loader = if dice.below(2) == 0 { json!("pages") } else { json!("files") };
            let options = if loader == "pages" { json!({"seed": dice.below(7)}) } else { json!({"path": world.docs}) };
            let config = dice.options(json!({"sources": [{"loader": loader, "options": options}], "embedder": "hash"}));
            let run = repository.refresh(&config, Some(policy), limits)?;
            *at(&world.runs, dice).lock().expect("a lock") = Some(Arc::new(run));
        }
        3 => *at(&world.runs, dice).lock().expect("a lock") = None,
        4 | 5 => drop(repository.query(&text, &dice.options(json!({"limit": 3})), limits)?.iter().count()),
        6 => drop(repository.query_vector(&[0.5; 4], &(), limits)?),
        7 => drop(repository.delete_root(&text)?),
        8 => {
            let Some(document) = document else { return Ok(()) };
            let _ = document.sections().count();
            drop(repository.write_document(document, &dice.options(json!({})))?);
        }
        9 => {
            let each = |_: &Document| if text.is_empty() { Err(Error::new(Code::Cancelled, "", "")) } else { Ok(()) };
            drop(Reader::new(&())?.read_directory(&world.docs, &(), each, limits)?);
        }
        10 => drop(repository.embed(&json!({"embedder": "hash"}), [text.as_str()], Purpose::Query, limits)?.iter().count()),
        _ => drop(repository.verify_store(&dice.options(json!({"deep": true})), limits)?),
    }
    Ok(())
}

/// What the repository answers by itself.
fn look(world: &World, dice: &mut Dice, repository: &Repository, policy: &Policy, cancel: &Cancel, run: Option<&Run>) -> Result<()> {
    let text = dice.text();
    match dice.below(28) {
        0 => *at(&world.cancels, dice).lock().expect("a lock") = Arc::new(Cancel::new()?),
        1 => cancel.request()?,
        2 | 3 => *at(&world.policies, dice).lock().expect("a lock") = Arc::new(a_policy(dice)?),
        4..=11 => {
            let Some(run) = run else { return Ok(()) };
            match dice.below(7) {
                0 => run.cancel()?,
                1 => run.wait(Some(Duration::from_millis(dice.below(30))))?,
                2 => drop(run.counts()?),
                3 => drop(run.report()?),
                4 => drop(run.roots().take(3).collect::<Result<Vec<_>>>()?),
                5 => drop(run.event_fd()?),
                _ => drop(run.next_event(Some(Duration::from_millis(dice.below(5))))?),
            }
        }
        12 => drop(repository.find_root(&text)?.info()?.uri.len()),
        13 => drop(repository.roots()?.take(5).collect::<Result<Vec<_>>>()?),
        14 => drop(repository.status()?),
        15 => drop(repository.root_chunks(&text)?.iter().count()),
        16 => drop(repository.expand(&text, 1, 1)?),
        17 => repository.set_flags(&text, &dice.options(json!({"a": 1})))?,
        18 => drop(repository.exclude([text.as_str()], Some("at random"))?),
        19 => repository.include([text.as_str()])?,
        20 => repository.trigger(&text, None)?,
        21 => drop(policy.decide(repository, &text)?),
        22 => {
            let mut builder = Document::build(&format!("made:{}", dice.below(8)), &text)?;
            let section = builder.section(dice.below(3) as u32, "Title", None, dice.below(9) as i32)?;
            builder.text(section, "A river, by hand.")?;
            *at(&world.documents, dice).lock().expect("a lock") = Some(Arc::new(builder.finish()?));
        }
        23 => drop(repository.read_document(&text)?.to_json()?),
        24 => drop(Reader::new(&())?.read(text.as_bytes(), "made:x", Some("text/markdown"), None)?),
        25 => drop(redact(&text)?),
        26 => drop(repository.runs(0, 3)?),
        _ => drop(check_config(Some(repository), &dice.options(json!({"sources": []})), &())?),
    }
    Ok(())
}

/// The memory in use, in MB.
fn resident() -> u64 {
    let pages = std::fs::read_to_string("/proc/self/statm").expect("statm");
    pages.split(' ').nth(1).expect("a number").parse::<u64>().expect("a number") * 4096 >> 20
}

fn calls(world: &World, seed: u64, count: u64) {
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    for done in 0..count {
        if done == count / 5 {
            EARLY.fetch_max(resident(), SeqCst);
        }
        match one(world, &mut dice) {
            Ok(()) => SUCCEEDED.fetch_add(1, SeqCst),
            Err(error) if error.code == Code::Internal => panic!("{error:?}"),
            Err(_) => FAILED.fetch_add(1, SeqCst),
        };
    }
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let number = |place: usize, default| arguments.get(place).map_or(default, |it| it.parse().expect("a number"));
    let (count, seed) = (number(3, 4000u64), number(4, 1u64));
    std::panic::set_hook(Box::new(|panic| {
        let said = panic.to_string();
        if !said.contains("that panics") {
            eprintln!("{said}");
        }
    }));
    let (work, docs) = (format!("{}/random", arguments[1]), arguments[2].clone());
    let registered = register_loader(&Offer::new("pages"), |options, _| {
        Ok(Pages(options["seed"].as_u64().unwrap_or(0), Counted::new()))
    })?;
    log::set(|_, _, _| {})?;
    let open = || Repository::open(&work).map(|it| Mutex::new(Arc::new(it)));
    let always = || Policy::always().map(|it| Mutex::new(Arc::new(it)));
    let cancel = || Cancel::new().map(|it| Mutex::new(Arc::new(it)));
    let world = World {
        docs,
        repositories: [open()?, open()?, open()?],
        policies: [always()?, always()?, always()?, always()?],
        runs: Default::default(),
        documents: Default::default(),
        cancels: [cancel()?, cancel()?],
        work: work.clone(),
    };
    std::thread::scope(|scope| {
        let each: Vec<_> = (0..THREADS)
            .map(|thread| {
                let world = &world;
                scope.spawn(move || calls(world, seed * THREADS + thread, count / THREADS))
            })
            .collect();
        each.into_iter().for_each(|thread| thread.join().expect("a thread that panicked"));
    });
    let (early, late) = (EARLY.load(SeqCst), resident());
    assert!(late < early + MOST_GROWTH, "{early} MB after a fifth of the calls, {late} MB at the end, with seed {seed}");
    drop(world);
    drop(registered);
    log::clear()?;
    let begun = Instant::now(); // a run that was freed ends on its own thread
    while LIVE.load(SeqCst) != 0 && begun.elapsed() < Duration::from_secs(20) {
        std::thread::yield_now();
    }
    assert_eq!(LIVE.load(SeqCst), 0, "callbacks that were never released, with seed {seed}");
    let (good, bad) = (SUCCEEDED.load(SeqCst), FAILED.load(SeqCst));
    println!("{count} calls, {good} succeeded, {bad} failed, all released; {early} MB after a fifth, {late} MB at the end");
    Ok(())
}
