//! What the crate `tracing` is told: a span for each call that blocks, and what plugins say.
use freshet::{Limits, Purpose, Repository};
use std::fmt::{Debug, Write};
use std::sync::{Arc, Mutex};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// Notes spans and events, a line each.
#[derive(Clone, Default)]
struct Notes(Arc<Mutex<Vec<String>>>);

struct Fields<'a>(&'a mut String);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let _ = write!(self.0, " {field}={value:?}");
    }
}

impl Notes {
    fn note(&self, mut line: String, record: impl FnOnce(&mut Fields<'_>)) {
        record(&mut Fields(&mut line));
        self.0.lock().expect("notes").push(line);
    }
}

impl Subscriber for Notes {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, span: &Attributes<'_>) -> Id {
        self.note(format!("span {}", span.metadata().name()), |fields| span.record(fields));
        Id::from_u64(1)
    }
    fn event(&self, event: &Event<'_>) {
        self.note(format!("{} {}", event.metadata().level(), event.metadata().target()), |fields| event.record(fields));
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

pub fn look(repository: &Repository) -> freshet::Result<()> {
    let notes = Notes::default();
    tracing::subscriber::with_default(notes.clone(), || {
        repository.embed(&(), ["ice"], Purpose::Query, &Limits::default()).map(drop)
    })?;
    let said = notes.0.lock().expect("notes").join("\n");
    let line = r#"WARN freshet message=is asked for ["ice"] plugin="embedder_letters""#;
    assert_eq!(said, format!("span freshet call=\"embed\"\n{line}"));
    Ok(())
}
