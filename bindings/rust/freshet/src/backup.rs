//! A backup in a directory or a bucket: snapshots, written incrementally, and repositories made of them.
use crate::raw::*;
use crate::repository::path;
use crate::{Limits, Repository, Result};
use freshet_sys::*;
use serde::Serialize;
use serde_json::Value;
use std::path::Path;

impl Repository {
    /// Writes what is new into a backup, a directory or `s3://BUCKET/PREFIX`; `{"keep": 14}` keeps the last snapshots.
    pub fn take_backup(&self, target: &str, how: &(impl Serialize + ?Sized), limits: &Limits<'_>) -> Result<Value> {
        let (target, how) = (c("target", target)?, options(how)?);
        limits.around("take_backup", |call| {
            json(|out, error| unsafe { freshet_backup_take(self.0, target.as_ptr(), pointer(&how), call, out, error) })
        })
    }
}

/// The snapshots of a backup, oldest first.
pub fn list_backup(target: &str, how: &(impl Serialize + ?Sized), limits: &Limits<'_>) -> Result<Value> {
    let (target, how) = (c("target", target)?, options(how)?);
    limits.around("list_backup", |call| {
        json(|out, error| unsafe { freshet_backup_list(target.as_ptr(), pointer(&how), call, out, error) })
    })
}

/// Makes a repository of a snapshot in a directory that is empty or missing.
pub fn restore_backup(
    target: &str,
    directory: impl AsRef<Path>,
    how: &(impl Serialize + ?Sized),
    limits: &Limits<'_>,
) -> Result<Value> {
    let (target, directory, how) = (c("target", target)?, path(directory.as_ref())?, options(how)?);
    limits.around("restore_backup", |call| {
        json(|out, error| unsafe {
            freshet_backup_restore(target.as_ptr(), directory.as_ptr(), pointer(&how), call, out, error)
        })
    })
}
