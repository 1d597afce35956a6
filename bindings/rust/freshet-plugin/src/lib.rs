//! Plugins of freshet in safe Rust. A type that implements [`Loader`], [`Reader`], [`Embedder`], [`Store`],
//! [`Tokenizer`] or [`Transformer`] becomes what the plugin contract asks for; its errors and panics become statuses, and
//! nothing unwinds into the host.
//!
//! ```
//! use freshet_plugin::{Call, Open, Result, Tokenizer, Value};
//!
//! struct Words;
//!
//! impl Open for Words {
//!     fn open(_options: &Value, _call: &Call) -> Result<Self> {
//!         Ok(Words)
//!     }
//! }
//! impl Tokenizer for Words {
//!     fn name(&self) -> String {
//!         "words".into()
//!     }
//!     fn fingerprint(&self) -> String {
//!         "1".into()
//!     }
//!     fn count(&self, text: &str) -> Result<u64> {
//!         Ok(text.split_whitespace().count() as u64)
//!     }
//!     fn split(&self, text: &str, ends: &mut dyn FnMut(&[usize]) -> Result<()>) -> Result<()> {
//!         let end = |word: &str| word.as_ptr() as usize - text.as_ptr() as usize + word.len();
//!         ends(&text.split_whitespace().map(end).collect::<Vec<_>>())
//!     }
//! }
//! freshet_plugin::plugin! { "tokenizer_words", env!("CARGO_PKG_VERSION"), tokenizer "words" => Words; }
//! ```
//!
//! The crate is built as a `cdylib`, its manifest lies beside the library (`docs/plugins.md`), and
//! `freshet plugins check` looks whether it keeps its contract. In a program the same traits are registered by the crate
//! `freshet`, and need no library of their own.
mod boundary;
mod call;
mod embedder;
mod entry;
mod failure;
mod http;
mod loader;
mod reader;
mod store;
mod tokenizer;
mod transformer;

pub use call::{Call, Level};
pub use embedder::{embedder_table, embedder_table_with, Embedder, EmbedderInfo, Purpose, Vectors};
pub use entry::asked;
pub use failure::{failure, status, Failure, Result};
pub use freshet_sys as sys;
pub use http::{Request, Response};
pub use loader::{loader_table, loader_table_with, Content, Entry, Fetched, Listing, ListingKind, Loader};
pub use reader::{reader_table, reader_table_with, DocumentBuilder, ReadRequest, Reader};
pub use serde_json::Value;
pub use store::{
    filter, store_table, store_table_with, Confirm, Found, FoundRows, Metric, Mode, Namespace, Page, Row, Search,
    Store, StoreInfo,
};
pub use tokenizer::{tokenizer_table, tokenizer_table_with, Tokenizer};
pub use transformer::{transformer_table, transformer_table_with, Chunk, Document, Transformed, Transformer};

/// How a type of a plugin library is opened, once for each instance.
pub trait Open: Sized {
    /// `options` fit the schema of the manifest, with its defaults filled in. Opens nothing that may block for long.
    fn open(options: &Value, call: &Call) -> Result<Self>;
}
