//! A store, as freshet/plugin/store.h wants it: what it is asked, and what it answers. `table` makes it C.
pub mod filter;
mod rows;
mod table;

pub use rows::{Confirm, Found, FoundRows, Page, Row};
pub use table::{store_table, store_table_with};

use crate::{failure, status, Call, Failure, Result, Value};
use freshet_sys::*;

/// What an instance orders vectors by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(i32)]
pub enum Metric {
    #[default]
    Cosine = FRESHET_STORE_METRIC_COSINE,
    L2 = FRESHET_STORE_METRIC_L2,
    Dot = FRESHET_STORE_METRIC_DOT,
}

/// What an instance is, and its limits. 0: no limit, but for the first, second and last.
#[derive(Debug, Clone)]
pub struct StoreInfo {
    /// Cannot keep a row without a vector.
    pub needs_vectors: bool,
    pub text_search: bool,
    pub vector_search: bool,
    pub hybrid_search: bool,
    /// A listing comes in the order of the ids, as bytes compare.
    pub ordered: bool,
    /// Of [`filter`], or'ed: what search tests itself. The host tests the rest.
    pub filter_operators: u32,
    /// Rows a write; at least 1.
    pub max_batch: u32,
    /// At least 32.
    pub max_id_bytes: u32,
    pub max_text_bytes: u32,
    pub max_request_bytes: u32,
    /// At least 1.
    pub concurrent_writes: u32,
    pub metric: Metric,
}

impl Default for StoreInfo {
    fn default() -> Self {
        StoreInfo {
            needs_vectors: false,
            text_search: false,
            vector_search: false,
            hybrid_search: false,
            ordered: false,
            filter_operators: 0,
            max_batch: 1000,
            max_id_bytes: 64,
            max_text_bytes: 0,
            max_request_bytes: 0,
            concurrent_writes: 1,
            metric: Metric::Cosine,
        }
    }
}

/// The namespace that [`Store::ensure`] makes, or finds.
#[derive(Debug, Clone, Copy)]
pub struct Namespace<'a> {
    pub name: &'a str,
    /// 0: rows come without vectors.
    pub dimension: u32,
    /// The embedder's model, or "".
    pub model: &'a str,
}

/// How to search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Text,
    Vector,
    Hybrid,
}

/// What to search for.
#[derive(Debug, Clone, Copy)]
pub struct Search<'a> {
    pub mode: Mode,
    /// At least 1.
    pub limit: usize,
    /// For text and hybrid.
    pub text: &'a str,
    /// For vector and hybrid.
    pub vector: &'a [f32],
    /// JSON, of the operators that [`StoreInfo::filter_operators`] names alone.
    pub filter: Option<&'a str>,
}

fn absent() -> Failure {
    failure(status::UNSUPPORTED, "this store cannot do that", "")
}

/// Keeps the rows of namespaces and searches them. Every write is idempotent. One instance serves many threads at once.
///
/// What is optional has a constant that says whether it is there.
pub trait Store: Send + Sync + 'static {
    const CLAIMS: bool = false;
    const REPLACES: bool = false;
    const CHECKS: bool = false;
    const NAMES: bool = false;
    const RECOVERS: bool = false;
    const COUNTS_FOREIGN: bool = false;

    fn info(&self) -> StoreInfo;
    /// `INVALID_ARGUMENT` where it exists with another dimension or model, before anything is written.
    fn ensure(&self, call: &Call, namespace: &Namespace<'_>) -> Result<()>;
    /// Adds or replaces whole rows by id, and confirms each when it is stored for good.
    fn upsert(&self, call: &Call, namespace: &str, rows: &[Row<'_>], confirm: &Confirm<'_>) -> Result<()>;
    /// Removes rows by id, and confirms each; one that is not there is confirmed, too.
    fn remove(&self, call: &Call, namespace: &str, ids: &[&str], confirm: &Confirm<'_>) -> Result<()>;
    /// The best first. `NOT_FOUND`: no such namespace.
    fn search(&self, call: &Call, namespace: &str, search: &Search<'_>, found: &FoundRows<'_>) -> Result<()>;
    /// Rows by id, each once; those that are not there are left out.
    fn get(&self, call: &Call, namespace: &str, ids: &[&str], found: &FoundRows<'_>) -> Result<()>;
    /// A page of ids and digests. `cursor` is what the page before gave, "" for the first.
    fn list(&self, call: &Call, namespace: &str, cursor: &str, limit: usize, page: &Page<'_>) -> Result<()>;
    fn count(&self, call: &Call, namespace: &str) -> Result<u64>;
    /// Removes the namespace and its rows; one that is not there is no failure.
    fn reset(&self, call: &Call, namespace: &str) -> Result<()>;

    /// With `CLAIMS`: from now on this instance writes on behalf of `fence`. Gives the largest one so far.
    fn claim(&self, _call: &Call, _namespace: &str, _fence: u64) -> Result<u64> {
        Err(absent())
    }
    /// With `REPLACES`: puts the namespace `by` in the place of `namespace`, at once.
    fn replace(&self, _call: &Call, _namespace: &str, _by: &str) -> Result<()> {
        Err(absent())
    }
    /// With `CHECKS`: one line for each thing that is damaged and gone once the namespace is reset.
    fn check(&self, _call: &Call, _namespace: &Namespace<'_>, _deep: bool) -> Result<Vec<String>> {
        Err(absent())
    }
    /// With `NAMES`: all namespaces in the place.
    fn namespaces(&self, _call: &Call) -> Result<Vec<String>> {
        Err(absent())
    }
    /// With `RECOVERS`: empties the damaged place that the options name, and says where what was there is kept.
    fn recover(_options: &Value, _call: &Call) -> Result<Vec<String>>
    where
        Self: Sized,
    {
        Err(absent())
    }
    /// With `COUNTS_FOREIGN`: how many rows of the namespace others wrote; with `remove` they go.
    fn foreign(&self, _call: &Call, _namespace: &str, _remove: bool) -> Result<u64> {
        Err(absent())
    }
}
