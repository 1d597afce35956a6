//! A loader and an embedder of the program's own, registered and used; and the smallest executor.
use freshet::plugin::{
    failure, status, Call, Content, Embedder, EmbedderInfo, Entry, Fetched, Level, Listing, ListingKind, Loader, Purpose,
    Vectors,
};
use freshet::{check_plugin, register_embedder, register_loader, Config, Limits, Offer, QueryOptions, Repository, Source};
use serde_json::json;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

/// Polls, and sleeps until it is woken.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    struct Thread(std::thread::Thread);
    impl Wake for Thread {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Thread(std::thread::current())));
    let (mut future, mut context) = (pin!(future), Context::from_waker(&waker));
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(value) => return value,
            Poll::Pending => std::thread::park(),
        }
    }
}

/// Notes that are in the program.
struct Notes(Vec<(&'static str, &'static str)>);

impl Loader for Notes {
    fn list(&self, call: &Call, _: Option<&str>, listing: &Listing<'_>) -> freshet::plugin::Result<ListingKind> {
        for (name, text) in &self.0 {
            call.check()?;
            let version = Some(format!("{}-{}", text.len(), name));
            listing.entry(&Entry { uri: format!("note:/{name}"), version, ..Default::default() })?;
        }
        Ok(ListingKind::Whole)
    }

    fn fetch(&self, _: &Call, entry: &Entry, known: Option<&str>) -> freshet::plugin::Result<Fetched> {
        assert!(!entry.uri.ends_with("poison"), "nobody reads poison");
        if known.is_some() && known == entry.version.as_deref() {
            return Ok(Fetched::NotModified);
        }
        let Some((_, text)) = self.0.iter().find(|(name, _)| entry.uri == format!("note:/{name}")) else {
            return Ok(Fetched::Gone { confirmed: true });
        };
        Ok(Fetched::Content(Content {
            bytes: text.as_bytes().to_vec(),
            media_type: Some("text/plain".into()),
            version: entry.version.clone(),
            ..Default::default()
        }))
    }
}

/// How often each letter is there.
struct Letters;

impl Embedder for Letters {
    fn info(&self) -> EmbedderInfo {
        EmbedderInfo { model: "letters".into(), dimension: 27, max_inputs: 16, ..Default::default() }
    }

    fn embed(&self, call: &Call, texts: &[&str], _: Purpose, vectors: &Vectors<'_>) -> freshet::plugin::Result<()> {
        call.log(Level::Warning, &format!("is asked for {texts:?}"));
        for (index, text) in texts.iter().enumerate() {
            let mut counts = [0f32; 27];
            counts[26] = 0.01; // no text is nothing
            text.bytes().map(|b| b.to_ascii_lowercase()).filter(u8::is_ascii_lowercase).for_each(|b| counts[(b - b'a') as usize] += 1.0);
            vectors.give(index, &counts)?;
        }
        Ok(())
    }
}

pub fn plugins_of_its_own(work: &str) -> freshet::Result<()> {
    println!("-- a loader and an embedder of its own");
    let schema = json!({"type": "object", "properties": {"poison": {"type": "boolean", "default": false}}});
    let notes = register_loader(&Offer::new("notes").options(schema), |options, _| {
        let mut all = vec![("rivers", "A river carries water."), ("glaciers", "A glacier carries ice.")];
        match options["poison"].as_bool() {
            Some(true) => all.push(("poison", "Not to be read.")),
            Some(false) => {}
            None => return Err(failure(status::INVALID_ARGUMENT, "has no default", "poison")),
        }
        Ok(Notes(all))
    })?;
    let letters = register_embedder(&Offer::new("letters"), |_, _| Ok(Letters))?;
    super::refused("twice", register_embedder(&Offer::new("letters"), |_, _| Ok(Letters)));
    for plugin in [&notes, &letters] {
        let report = check_plugin(plugin.plugin(), &(), &Limits::default())?;
        println!("{}: {}", plugin.plugin(), if report["good"] == true { "good" } else { "bad" });
        assert!(report["good"] == true, "{report:#}");
    }
    let repository = Repository::open_with(format!("{work}/repository"), &json!({"namespace": "own"}))?;
    let config = Config::new([Source::new("notes").option("poison", true)]).embedder("letters");
    super::print_run(&repository.refresh(&config, None, &Limits::default())?)?;
    let how = QueryOptions { limit: Some(1), mode: Some("vector".into()), ..Default::default() };
    let hits = repository.query("A glacier carries ice.", &how, &Limits::default())?;
    println!("{}", hits.get(0)?.uri);
    super::traced::look(&repository)?;
    drop((notes, letters));
    super::refused("unregistered", repository.refresh(&config, None, &Limits::default()));
    Ok(())
}
