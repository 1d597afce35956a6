//! A repository: content roots, what is known of each, and their chunks.
use crate::raw::*;
use crate::{run, Chunks, Document, Element, Limits, Policy, Result, Root, Roots, Run};
use freshet_sys::*;
use serde::Serialize;
use serde_json::Value;
use std::path::Path;
use std::ptr::{null, null_mut};

handle! {
    /// One namespace of one directory. Dropping it closes it; runs that were started from it go on.
    Repository, freshet_repository, freshet_repository_close
}

/// What a repository holds.
pub type Info = freshet_repository_info;
/// What a document changed.
pub type Written = freshet_write_result;

pub(crate) fn path(path: &Path) -> Result<std::ffi::CString> {
    use std::os::unix::ffi::OsStrExt;
    std::ffi::CString::new(path.as_os_str().as_bytes())
        .map_err(|_| crate::Error::new(crate::Code::InvalidArgument, "has a zero byte in it", "path"))
}

impl Repository {
    /// Opens the repository in `directory`, made where missing.
    pub fn open(directory: impl AsRef<Path>) -> Result<Self> {
        Self::open_with(directory, &())
    }

    /// The same with options: [`crate::OpenOptions`], or any value that serializes to such an object.
    pub fn open_with(directory: impl AsRef<Path>, how: &(impl Serialize + ?Sized)) -> Result<Self> {
        let (directory, how) = (path(directory.as_ref())?, options(how)?);
        // SAFETY: what is passed in is read during the call only; so it is in all that follow.
        made(|out, error| unsafe { freshet_repository_open(directory.as_ptr(), pointer(&how), out, error) })
            .map(Repository)
    }

    pub fn info(&self) -> Result<Info> {
        number(|out, error| unsafe { freshet_repository_info_get(self.0, out, error) })
    }

    /// How fresh it is, as `freshet status --json` tells it.
    pub fn status(&self) -> Result<Value> {
        json(|out, error| unsafe { freshet_repository_status(self.0, out, error) })
    }

    /// Starts a run, and returns at once. `config` is a [`crate::Config`], or what serializes to such an object; `policy`
    /// is that of every source that names none.
    pub fn refresh(
        &self,
        config: &(impl Serialize + ?Sized),
        policy: Option<&Policy>,
        limits: &Limits<'_>,
    ) -> Result<Run> {
        run::start(self, &options(config)?.unwrap_or_default(), policy, limits)
    }

    /// Runs and waits. For the account of a run that may be stopped, start it with [`Repository::refresh`].
    pub fn refresh_and_wait(
        &self,
        config: &(impl Serialize + ?Sized),
        policy: Option<&Policy>,
        limits: &Limits<'_>,
    ) -> Result<Run> {
        run::run(self, &options(config)?.unwrap_or_default(), policy, limits)
    }

    /// All that a run would say against a configuration.
    pub fn check_config(&self, config: &(impl Serialize + ?Sized)) -> Result<Value> {
        check_config(Some(self), config, &())
    }

    pub fn find_root(&self, uri: &str) -> Result<Root> {
        let uri = c("uri", uri)?;
        made(|out, error| unsafe { freshet_repository_find_root(self.0, uri.as_ptr(), out, error) }).map(Root)
    }

    pub fn exists_root(&self, uri: &str) -> Result<bool> {
        let uri = c("uri", uri)?;
        number(|out, error| unsafe { freshet_repository_exists_root(self.0, uri.as_ptr(), out, error) })
            .map(|exists: i32| exists != 0)
    }

    /// All roots, in no particular but always the same order.
    pub fn roots(&self) -> Result<Roots> {
        made(|out, error| unsafe { freshet_repository_list_roots(self.0, out, error) }).map(Roots)
    }

    /// Removes a root with its sections and chunks: how many there were.
    pub fn delete_root(&self, uri: &str) -> Result<u64> {
        let uri = c("uri", uri)?;
        number(|out, error| unsafe { freshet_repository_delete_root_and_descendants(self.0, uri.as_ptr(), out, error) })
    }

    /// Merges an object into the flags of a root; a null removes a flag.
    pub fn set_flags(&self, uri: &str, flags: &(impl Serialize + ?Sized)) -> Result<()> {
        let (uri, flags) = (c("uri", uri)?, options(flags)?);
        check(|error| unsafe { freshet_repository_set_flags(self.0, uri.as_ptr(), pointer(&flags), error) })
    }

    /// Chunks a finished document and stores it in place of what its URI held.
    pub fn write_document(&self, document: &Document, how: &(impl Serialize + ?Sized)) -> Result<(Written, Chunks)> {
        let (how, mut result, mut chunks) = (options(how)?, Written::default(), null_mut());
        check(|error| unsafe {
            freshet_repository_write_document(self.0, document.0, pointer(&how), &mut result, &mut chunks, error)
        })?;
        Ok((result, Chunks(chunks)))
    }

    /// The stored document named `uri`, reassembled from its sections.
    pub fn read_document(&self, uri: &str) -> Result<Document> {
        let uri = c("uri", uri)?;
        made(|out, error| unsafe { freshet_repository_read_document(self.0, uri.as_ptr(), out, error) }).map(Document)
    }

    /// The chunks with these ids, in their order; unknown ids are left out.
    pub fn find_chunks<'a>(&self, ids: impl IntoIterator<Item = &'a str>) -> Result<Chunks> {
        let ids = Texts::new("ids", ids)?;
        made(|out, error| unsafe { freshet_repository_find_chunks(self.0, ids.pointer(), ids.count(), out, error) })
            .map(Chunks)
    }

    /// The chunks of a root, by sequence number.
    pub fn root_chunks(&self, uri: &str) -> Result<Chunks> {
        let uri = c("uri", uri)?;
        made(|out, error| unsafe { freshet_repository_root_chunks(self.0, uri.as_ptr(), out, error) }).map(Chunks)
    }

    /// A chunk with up to so many neighbours of its document.
    pub fn expand(&self, chunk_id: &str, before: u32, after: u32) -> Result<Chunks> {
        let id = c("chunk_id", chunk_id)?;
        made(|out, error| unsafe { freshet_repository_expand(self.0, id.as_ptr(), before, after, out, error) })
            .map(Chunks)
    }

    /// A root or section by its id.
    pub fn find_element(&self, id: &str) -> Result<Element> {
        let id = c("id", id)?;
        made(|out, error| unsafe { freshet_repository_find_element(self.0, id.as_ptr(), out, error) }).map(Element)
    }

    /// The ids from the root down to an element or a chunk.
    pub fn path_from_root(&self, id: &str) -> Result<Vec<String>> {
        let id = c("id", id)?;
        json(|out, error| unsafe { freshet_repository_path_from_root(self.0, id.as_ptr(), out, error) })
    }

    /// Reads everything: checksums, references, counters, order. Damage is in the report.
    pub fn check(&self, limits: &Limits<'_>) -> Result<Value> {
        limits.around("check", |call| json(|out, error| unsafe { freshet_repository_check(self.0, call, out, error) }))
    }

    /// Writes a compacted copy of all namespaces into a directory that is empty or missing.
    pub fn backup(&self, directory: impl AsRef<Path>, limits: &Limits<'_>) -> Result<()> {
        let directory = path(directory.as_ref())?;
        limits.around("backup", |call| {
            check(|error| unsafe { freshet_repository_backup(self.0, directory.as_ptr(), call, error) })
        })
    }

    /// Names a policy for the configurations of runs: `{"custom":"name"}`. None takes the name away.
    pub fn name_policy(&self, name: &str, policy: Option<&Policy>) -> Result<()> {
        let name = c("name", name)?;
        let policy = policy.map_or(null(), |policy| policy.0 as *const _);
        check(|error| unsafe { freshet_repository_name_policy(self.0, name.as_ptr(), policy, error) })
    }
}

/// All that a run would say against a configuration: `options` are those of `freshet_config_check`.
pub fn check_config(
    repository: Option<&Repository>,
    config: &(impl Serialize + ?Sized),
    how: &(impl Serialize + ?Sized),
) -> Result<Value> {
    let (config, how) = (options(config)?.unwrap_or_default(), options(how)?);
    let repository = repository.map_or(null_mut(), |it| it.0);
    json(|out, error| unsafe { freshet_config_check(repository, config.as_ptr(), pointer(&how), out, error) })
}
