//! What is done with a repository beside refreshing and asking it: exclusions, triggers, accounts, the store.
use crate::raw::*;
use crate::{Limits, Repository, Result};
use freshet_sys::*;
use serde::Serialize;
use serde_json::Value;

/// Moves what the shards of `how`'s "from" have to as many new ones as its "to" names; what these have then.
pub fn move_shards(how: &(impl Serialize + ?Sized), limits: &Limits<'_>) -> Result<Value> {
    let how = options(how)?;
    // SAFETY: what is passed in is read during the call only; so it is in all that follow.
    limits.around("move_shards", |call| {
        json(|out, error| unsafe { freshet_shards_move(pointer(&how), call, out, error) })
    })
}

impl Repository {
    /// Excludes URIs, known or not, and removes their roots: how many elements and chunks.
    pub fn exclude<'a>(&self, uris: impl IntoIterator<Item = &'a str>, why: Option<&str>) -> Result<u64> {
        let (uris, why) = (Texts::new("uris", uris)?, c_optional("why", why)?);
        number(|out, error| unsafe {
            freshet_repository_exclude(self.0, uris.pointer(), uris.count(), pointer(&why), out, error)
        })
    }

    /// Ends exclusions, all in one transaction.
    pub fn include<'a>(&self, uris: impl IntoIterator<Item = &'a str>) -> Result<()> {
        let uris = Texts::new("uris", uris)?;
        check(|error| unsafe { freshet_repository_include(self.0, uris.pointer(), uris.count(), error) })
    }

    pub fn excluded(&self) -> Result<Value> {
        json(|out, error| unsafe { freshet_repository_list_excluded(self.0, out, error) })
    }

    /// Asks for a refresh of one root, known or not; durable.
    pub fn trigger(&self, uri: &str, reason: Option<&str>) -> Result<()> {
        let (uri, reason) = (c("uri", uri)?, c_optional("reason", reason)?);
        check(|error| unsafe { freshet_trigger_root(self.0, uri.as_ptr(), pointer(&reason), error) })
    }

    /// The same of every known root whose URI begins so: how many there were.
    pub fn trigger_prefix(&self, prefix: &str, reason: Option<&str>) -> Result<u64> {
        let (prefix, reason) = (c("prefix", prefix)?, c_optional("reason", reason)?);
        number(|out, error| unsafe { freshet_trigger_prefix(self.0, prefix.as_ptr(), pointer(&reason), out, error) })
    }

    /// The triggers that are not answered yet.
    pub fn triggers(&self, limit: usize) -> Result<Value> {
        json(|out, error| unsafe { freshet_trigger_list(self.0, limit, out, error) })
    }

    /// The accounts of past runs, newest first: those before an id, 0 for the newest.
    pub fn runs(&self, before: u64, limit: usize) -> Result<Value> {
        json(|out, error| unsafe { freshet_runs_list(self.0, before, limit, out, error) })
    }

    /// One of them, with its failures.
    pub fn past_run(&self, id: u64) -> Result<Value> {
        json(|out, error| unsafe { freshet_runs_get(self.0, id, out, error) })
    }

    /// Why a root is as it is, and what comes next.
    pub fn explain(&self, uri: &str, config: &(impl Serialize + ?Sized), limits: &Limits<'_>) -> Result<Value> {
        let (uri, config) = (c("uri", uri)?, options(config)?);
        limits.around("explain", |call| {
            json(|out, error| unsafe { freshet_explain_root(self.0, uri.as_ptr(), pointer(&config), call, out, error) })
        })
    }

    /// The namespaces of the directory.
    pub fn namespaces(&self) -> Result<Value> {
        json(|out, error| unsafe { freshet_namespaces_list(self.0, out, error) })
    }

    /// Takes a namespace away, from the store, too.
    pub fn drop_namespace(&self, name: &str, how: &(impl Serialize + ?Sized), limits: &Limits<'_>) -> Result<()> {
        let (name, how) = (c("name", name)?, options(how)?);
        limits.around("drop_namespace", |call| {
            check(|error| unsafe { freshet_namespaces_drop(self.0, name.as_ptr(), pointer(&how), call, error) })
        })
    }

    /// Compares the store with the repository. `{"deep": true}` compares all contents.
    pub fn verify_store(&self, how: &(impl Serialize + ?Sized), limits: &Limits<'_>) -> Result<Value> {
        let how = options(how)?;
        limits.around("verify_store", |call| {
            json(|out, error| unsafe { freshet_store_verify(self.0, pointer(&how), call, out, error) })
        })
    }

    /// Compares everything, and brings the store back in step.
    pub fn repair_store(&self, limits: &Limits<'_>) -> Result<Value> {
        limits
            .around("repair_store", |call| json(|out, error| unsafe { freshet_store_repair(self.0, call, out, error) }))
    }

    /// Delivers what is pending, without looking at any source.
    pub fn deliver(&self, limits: &Limits<'_>) -> Result<Value> {
        limits.around("deliver", |call| json(|out, error| unsafe { freshet_store_deliver(self.0, call, out, error) }))
    }

    /// Empties the namespace in the store; the next refresh fills it again.
    pub fn reset_store(&self, limits: &Limits<'_>) -> Result<()> {
        limits.around("reset_store", |call| check(|error| unsafe { freshet_store_reset(self.0, call, error) }))
    }
}
