//! freshet keeps a knowledge base fresh: it reads from sources what is new, and only that, and leaves a vector store
//! exactly in step.
//!
//! ```no_run
//! use freshet::{Config, Limits, QueryOptions, Repository, Source};
//!
//! # fn main() -> freshet::Result<()> {
//! let repository = Repository::open("/var/lib/docs")?;
//! let config = Config::new([Source::new("files").option("path", "/srv/docs")]).embedder("hash");
//! let run = repository.refresh(&config, None, &Limits::default())?;
//! for event in run.events() {
//!     println!("{:?} {}", event.kind, event.uri);
//! }
//! println!("{} refreshed", run.report()?.refreshed);
//! for hit in repository.query("ferries", &QueryOptions::limit(3), &Limits::default())?.iter() {
//!     println!("{:.3} {} {}", hit.score, hit.title, hit.url);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! **Threads.** Every type but [`Roots`] is `Send` and `Sync`, since the library says so of its handles. Calls that block
//! take [`Limits`]: a [`Cancel`] that any thread may request, and a time limit.
//!
//! **Texts** of a hit, a chunk, a section are borrowed from what was asked, and copied by nobody.
//!
//! **Options** are anything that serializes to the object that docs/configuration.md describes: the types of this crate,
//! or `serde_json::json!`; `&()` stands for the defaults.
//!
//! **Callbacks** may panic: a policy or a plugin that does has failed, and that is in the report.
#[cfg(feature = "async")]
mod asynchronous;
mod backup;
mod call;
mod document;
mod error;
mod event;
pub mod log;
mod options;
mod plugins;
mod policy;
mod query;
mod raw;
mod repository;
mod root;
mod run;
mod service;
mod trace;
mod upkeep;

#[cfg(feature = "async")]
pub use asynchronous::EventStream;
pub use backup::{list_backup, restore_backup};
pub use call::{Cancel, CancelOnDrop, Limits};
pub use document::{Document, DocumentBuilder, Reader, Section};
pub use error::{Code, Error, Result};
pub use event::{Event, EventKind, Level, Outcome};
pub use freshet_plugin as plugin;
pub use options::{
    Config, OpenOptions, QueryOptions, Report, ReportChunks, ReportDelivered, ReportError, ReportRoot, Source,
};
pub use plugins::{
    check_plugin, register_embedder, register_loader, register_reader, register_store, register_tokenizer,
    register_transformer, Offer, Plugins, Provided, Registration,
};
pub use policy::{Adaptive, BusinessHours, Decide, Decision, Known, Policy, PolicyError, Priorities};
pub use query::{Hit, Hits, Purpose, Vectors};
pub use repository::{check_config, Info, Repository, Written};
pub use root::{Chunk, Chunks, Element, ElementInfo, ElementKind, Root, RootInfo, Roots};
pub use run::{Counts, Events, RootResult, RootResults, Run};
pub use service::Service;
pub use upkeep::move_shards;

/// The version of the library that runs: "0.1.0".
pub fn version() -> &'static str {
    // SAFETY: the text is static.
    unsafe { raw::text(freshet_sys::freshet_version()) }
}

/// The same as one number that grows: 0.1.0 is 100.
#[inline]
pub fn version_number() -> i32 {
    // SAFETY: it has no parameters.
    unsafe { freshet_sys::freshet_version_number() }
}

/// A text as people may see it: what is known to be a secret, and what has the shape of one, replaced by `***`.
pub fn redact(text: &str) -> Result<String> {
    let text = raw::c("string", text)?;
    // SAFETY: the text lives until the call returns.
    raw::owned_text(|out, error| unsafe { freshet_sys::freshet_string_redact(text.as_ptr(), out, error) })
}
