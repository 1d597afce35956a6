//! What a call that does nothing, one that looks a root up, an event, a hit and a chunk cost in Rust. Usage: bench WORK FOLDER PAGE
use freshet::{Config, Limits, QueryOptions, Repository, Source};
use std::hint::black_box;
use std::time::Instant;

fn tell(what: &str, begun: Instant, count: usize) {
    println!("{what} {:.2}", begun.elapsed().as_nanos() as f64 / count as f64);
}

fn main() -> freshet::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let repository = Repository::open(&arguments[1])?;
    let config = Config::new([Source::new("files").option("path", arguments[2].as_str())]).embedder("hash");
    let run = repository.refresh(&config, None, &Limits::default())?;
    run.wait(None)?;
    let begun = Instant::now();
    let mut sum = 0_i64;
    for _ in 0..20_000_000 {
        sum += i64::from(freshet::version_number());
    }
    black_box(sum);
    tell("nothing", begun, 20_000_000);

    let begun = Instant::now();
    for _ in 0..100_000 {
        black_box(repository.exists_root(&arguments[3])?);
    }
    tell("call", begun, 100_000);

    let (begun, mut events) = (Instant::now(), 0);
    while run.with_event(None, |event| black_box(event.uri.len()))?.is_some() {
        events += 1;
    }
    tell("event", begun, events);

    let how = QueryOptions { mode: Some("text".into()), ..QueryOptions::limit(200) };
    let (begun, mut read) = (Instant::now(), 0);
    for _ in 0..50 {
        let hits = repository.query("river", &how, &Limits::default())?;
        read += hits.iter().map(|hit| black_box(hit.text.len() > 0) as usize).sum::<usize>();
    }
    tell("hit", begun, read);

    let (begun, mut read) = (Instant::now(), 0);
    for _ in 0..500 {
        let chunks = repository.root_chunks(&arguments[3])?;
        read += chunks.iter().map(|chunk| black_box(chunk.text.len() > 0) as usize).sum::<usize>();
    }
    tell("chunk", begun, read);
    Ok(())
}
