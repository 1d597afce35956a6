//! Options and configurations as types. All of them are optional: what the library takes is JSON, and wherever one of
//! these is taken, so is any other value that serializes to such an object.
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Options of [`crate::Repository::open_with`].
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct OpenOptions {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_only: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub create: Option<bool>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub plugin_directories: Vec<String>,
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// Options of [`crate::Repository::query`].
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct QueryOptions {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// "text", "vector" or "hybrid".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_age: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deadline: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub config: Option<Config>,
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

impl QueryOptions {
    pub fn limit(limit: u32) -> Self {
        QueryOptions { limit: Some(limit), ..Default::default() }
    }
}

/// One source of a [`Config`].
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Source {
    pub loader: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub options: Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<Value>,
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

impl Source {
    pub fn new(loader: impl Into<String>) -> Self {
        Source { loader: loader.into(), ..Default::default() }
    }

    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    pub fn option(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.options.insert(key.into(), value.into());
        self
    }

    pub fn policy(mut self, policy: impl Into<Value>) -> Self {
        self.policy = Some(policy.into());
        self
    }
}

/// The configuration of a run: docs/configuration.md describes every key; those that have no field go into `more`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Config {
    pub sources: Vec<Source>,
    /// A name, or an object with a name and options.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub store: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub embedder: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<Value>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub force: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub accept_shrink: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub rebuild: bool,
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

impl Config {
    pub fn new(sources: impl IntoIterator<Item = Source>) -> Self {
        Config { sources: sources.into_iter().collect(), ..Default::default() }
    }

    pub fn embedder(mut self, embedder: impl Into<Value>) -> Self {
        self.embedder = Some(embedder.into());
        self
    }

    pub fn store(mut self, store: impl Into<Value>) -> Self {
        self.store = Some(store.into());
        self
    }

    pub fn set(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.more.insert(key.into(), value.into());
        self
    }
}

/// The account of a run: docs/c-api.md, "The report". What a later version adds is in `more`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Report {
    pub started: String,
    pub ended: String,
    pub seconds: f64,
    pub dry_run: bool,
    pub cancelled: bool,
    pub exit_code: i32,
    pub listed: u64,
    pub refreshed: u64,
    pub unchanged: u64,
    pub skipped: u64,
    pub removed: u64,
    pub busy: u64,
    pub failed: u64,
    pub held: u64,
    pub success_rate: Option<f64>,
    pub chunks: ReportChunks,
    pub delivered: ReportDelivered,
    pub sources: Vec<Value>,
    pub errors: Vec<ReportError>,
    pub roots: Vec<ReportRoot>,
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReportChunks {
    pub added: u64,
    pub removed: u64,
    pub kept: u64,
    pub updated: u64,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReportDelivered {
    pub upserts: u64,
    pub removals: u64,
    pub pending: u64,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReportError {
    /// By the name that [`crate::Code::name`] gives it.
    pub code: String,
    pub message: String,
    pub subject: String,
    pub retry_after_ms: Option<u64>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReportRoot {
    pub uri: String,
    pub outcome: String,
    pub reason: Option<String>,
    pub attempts: u32,
    pub error: Option<ReportError>,
}
