//! store_mem - a store in Rust: rows in memory, and all of them in one file, written anew (temporary file,
//! fsync, rename) at each change. Written from the headers and docs/plugins.md, with the standard library alone.
mod disk;
mod ffi;
use disk::{Row, Space, Spaces};
use ffi::*;
use std::ffi::{CStr, CString};
use std::os::raw::{c_char, c_void};
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::path::PathBuf;
use std::ptr::null;
use std::sync::{Mutex, MutexGuard};

/// Why a call fails: the status, one line, and the thing at fault.
pub struct Failure(Status, String, String);
pub type Result<T> = std::result::Result<T, Failure>;

pub fn failure<T>(status: Status, message: &str, subject: &str) -> Result<T> {
    Err(Failure(status, message.into(), subject.into()))
}

/// A refusal by the host: its status is returned, and nothing is to be explained.
fn heed(status: Status) -> Result<()> {
    if status == OK { Ok(()) } else { failure(status, "", "") }
}

struct Store {
    host: *const Host,
    file: PathBuf,
    spaces: Mutex<Spaces>,
}

unsafe fn text<'a>(from: *const c_char) -> &'a str {
    if from.is_null() { "" } else { CStr::from_ptr(from).to_str().unwrap_or("") }
}

unsafe fn floats<'a>(from: *const f32, count: usize) -> &'a [f32] {
    if from.is_null() { &[] } else { std::slice::from_raw_parts(from, count) }
}

fn c(text: &str) -> CString {
    CString::new(text).unwrap_or_default()
}

/// Nothing unwinds into the host; why it failed goes through fail().
unsafe fn guarded(host: *const Host, call: *mut Call, body: impl FnOnce() -> Result<()>) -> Status {
    let outcome = catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|_| failure(E_PLUGIN, "a panic in the store", ""));
    let Failure(status, message, subject) = match outcome {
        Ok(()) => return OK,
        Err(failure) => failure,
    };
    if !message.is_empty() {
        let (message, subject) = (c(&message), c(&subject));
        ((*host).fail)(call, status, message.as_ptr(), subject.as_ptr(), -1);
    }
    status
}

/// Runs `body` with the store behind `store`, locked.
unsafe fn serve(store: *mut c_void, call: *mut Call, body: impl FnOnce(&Store, &mut Spaces) -> Result<()>) -> Status {
    let store = &*(store as *const Store);
    guarded(store.host, call, || body(store, &mut store.lock()))
}

impl Store {
    fn lock(&self) -> MutexGuard<'_, Spaces> {
        self.spaces.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn save(&self, spaces: &Spaces) -> Result<()> {
        disk::write(&self.file, spaces).map_err(|e| Failure(E_IO, e.to_string(), self.file.display().to_string()))
    }
}

fn space<'a>(spaces: &'a mut Spaces, name: &str) -> Result<&'a mut Space> {
    spaces.get_mut(name).ok_or_else(|| Failure(E_NOT_FOUND, "no such namespace".into(), name.into()))
}

unsafe extern "C" fn open(
    _: *mut c_void, host: *const Host, call: *mut Call, options: *const c_char, out: *mut *mut c_void,
) -> Status {
    guarded(host, call, || {
        let file = PathBuf::from(disk::text_member(text(options), "path").unwrap_or_default());
        let spaces = Mutex::new(disk::read(&file)?);
        *out = Box::into_raw(Box::new(Store { host, file, spaces })) as *mut c_void;
        Ok(())
    })
}

unsafe extern "C" fn info(_: *mut c_void, _: *mut Call, out: *mut Info) -> Status {
    let out = &mut *out;
    out.capabilities = TEXT_SEARCH | VECTOR_SEARCH | ORDERED;
    out.filter_operators = 0;
    out.max_batch = 200;
    out.max_id_bytes = 64;
    out.max_text_bytes = 0;
    out.max_request_bytes = 0;
    out.concurrent_writes = 1;
    out.metric = METRIC_COSINE;
    OK
}

unsafe extern "C" fn ensure(store: *mut c_void, call: *mut Call, ns: *const Namespace) -> Status {
    serve(store, call, |store, spaces| {
        let (name, model, dimension) = (text((*ns).name), text((*ns).model), (*ns).dimension);
        if let Some(there) = spaces.get(name) {
            if there.dimension != dimension || there.model != model {
                return failure(E_INVALID_ARGUMENT, "exists with another dimension or model", name);
            }
            return Ok(());
        }
        spaces.insert(name.into(), Space { dimension, model: model.into(), rows: Default::default() });
        store.save(spaces)
    })
}

unsafe fn row_of(from: &ffi::Row) -> Row {
    let body = if from.text.is_null() { &[][..] } else { std::slice::from_raw_parts(from.text as *const u8, from.text_size) };
    Row {
        digest: text(from.digest).into(),
        text: String::from_utf8_lossy(body).into_owned(),
        uri: text(from.uri).into(),
        title: text(from.title).into(),
        url: text(from.url).into(),
        path: text(from.path).into(),
        metadata: text(from.metadata).into(),
        vector: floats(from.vector, from.dimension).to_vec(),
    }
}

unsafe extern "C" fn upsert(
    store: *mut c_void, call: *mut Call, ns: *const c_char, rows: *const *const ffi::Row, count: usize,
    sink: *const ConfirmSink,
) -> Status {
    serve(store, call, |store, spaces| {
        let target = space(spaces, text(ns))?;
        for i in 0..count {
            let from = &**rows.add(i);
            let row = row_of(from);
            if row.vector.len() != target.dimension as usize {
                return failure(E_INVALID_ARGUMENT, "a vector of another dimension", text(from.id));
            }
            target.rows.insert(text(from.id).into(), row);
        }
        store.save(spaces)?;
        (0..count).try_for_each(|i| heed(((*sink).confirmed)((*sink).payload, (**rows.add(i)).id)))
    })
}

unsafe extern "C" fn remove(
    store: *mut c_void, call: *mut Call, ns: *const c_char, ids: Ids, count: usize, sink: *const ConfirmSink,
) -> Status {
    serve(store, call, |store, spaces| {
        let target = space(spaces, text(ns))?;
        for i in 0..count {
            target.rows.remove(text(*ids.add(i)));
        }
        store.save(spaces)?;
        (0..count).try_for_each(|i| heed(((*sink).confirmed)((*sink).payload, *ids.add(i))))
    })
}

unsafe fn hand_out(id: &str, row: &Row, score: f64, sink: *const FoundSink) -> Result<()> {
    let (id, digest, body, uri) = (c(id), c(&row.digest), c(&row.text), c(&row.uri));
    let (title, url, path, metadata) = (c(&row.title), c(&row.url), c(&row.path), c(&row.metadata));
    let found = Found {
        struct_size: std::mem::size_of::<Found>(),
        score,
        id: id.as_ptr(),
        digest: digest.as_ptr(),
        text: body.as_ptr(),
        uri: uri.as_ptr(),
        title: title.as_ptr(),
        url: url.as_ptr(),
        path: path.as_ptr(),
        metadata: metadata.as_ptr(),
        vector: if row.vector.is_empty() { null() } else { row.vector.as_ptr() },
        dimension: row.vector.len(),
    };
    heed(((*sink).row)((*sink).payload, &found))
}

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(|w| w.to_lowercase()).collect()
}

fn by_text<'a>(target: &'a Space, asked: &str) -> Vec<(f64, &'a String, &'a Row)> {
    let asked = words(asked);
    let score = |row: &Row| {
        let there = words(&format!("{} {} {}", row.title, row.path, row.text));
        asked.iter().filter(|w| there.contains(w)).count() as f64 / asked.len().max(1) as f64
    };
    target.rows.iter().map(|(id, row)| (score(row), id, row)).filter(|(score, ..)| *score > 0.0).collect()
}

fn by_vector<'a>(target: &'a Space, asked: &[f32]) -> Vec<(f64, &'a String, &'a Row)> {
    let norm = |v: &[f32]| v.iter().map(|x| x * x).sum::<f32>().sqrt().max(1e-12);
    let score = |row: &Row| {
        let dot: f32 = asked.iter().zip(&row.vector).map(|(a, b)| a * b).sum();
        (dot / norm(asked) / norm(&row.vector)) as f64
    };
    target.rows.iter().map(|(id, row)| (score(row), id, row)).collect()
}

unsafe extern "C" fn search(
    store: *mut c_void, call: *mut Call, ns: *const c_char, wanted: *const Search, sink: *const FoundSink,
) -> Status {
    serve(store, call, |_, spaces| {
        let (target, wanted) = (space(spaces, text(ns))?, &*wanted);
        let asked = floats(wanted.vector, wanted.dimension);
        let mut scored = match wanted.mode {
            SEARCH_TEXT => by_text(target, text(wanted.text)),
            SEARCH_VECTOR if asked.len() == target.dimension as usize => by_vector(target, asked),
            SEARCH_VECTOR => return failure(E_INVALID_ARGUMENT, "a vector of another dimension", "vector"),
            _ => return failure(E_UNSUPPORTED, "this store has no hybrid search", "mode"),
        };
        scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
        scored.into_iter().take(wanted.limit as usize).try_for_each(|(score, id, row)| hand_out(id, row, score, sink))
    })
}

unsafe extern "C" fn get(
    store: *mut c_void, call: *mut Call, ns: *const c_char, ids: Ids, count: usize, sink: *const FoundSink,
) -> Status {
    serve(store, call, |_, spaces| {
        let target = space(spaces, text(ns))?;
        let mut wanted: Vec<&str> = (0..count).map(|i| text(*ids.add(i))).collect();
        wanted.sort_unstable();
        wanted.dedup();
        for id in wanted {
            if let Some(row) = target.rows.get(id) {
                hand_out(id, row, 0.0, sink)?;
            }
        }
        Ok(())
    })
}

unsafe extern "C" fn list(
    store: *mut c_void, call: *mut Call, ns: *const c_char, cursor: *const c_char, limit: u32, sink: *const ListSink,
) -> Status {
    use std::ops::Bound::{Excluded, Unbounded};
    serve(store, call, |_, spaces| {
        let (target, sink) = (space(spaces, text(ns))?, &*sink);
        let mut rest = target.rows.range::<str, _>((Excluded(text(cursor)), Unbounded));
        let mut last = None;
        for (id, row) in rest.by_ref().take(limit as usize) {
            heed((sink.row)(sink.payload, c(id).as_ptr(), c(&row.digest).as_ptr()))?;
            last = Some(id);
        }
        match (last, rest.next()) {
            (Some(id), Some(_)) => heed((sink.next)(sink.payload, c(id).as_ptr())),
            _ => Ok(()),
        }
    })
}

unsafe extern "C" fn count(store: *mut c_void, call: *mut Call, ns: *const c_char, out: *mut u64) -> Status {
    serve(store, call, |_, spaces| {
        *out = space(spaces, text(ns))?.rows.len() as u64;
        Ok(())
    })
}

unsafe extern "C" fn reset(store: *mut c_void, call: *mut Call, ns: *const c_char) -> Status {
    serve(store, call, |store, spaces| if spaces.remove(text(ns)).is_some() { store.save(spaces) } else { Ok(()) })
}

unsafe extern "C" fn close(store: *mut c_void) {
    let _ = catch_unwind(AssertUnwindSafe(|| drop(Box::from_raw(store as *mut Store))));
}

static TABLE: StoreTable = StoreTable {
    struct_size: std::mem::size_of::<StoreTable>(),
    open, info, ensure, upsert, remove, search, get, list, count, reset, close,
};

unsafe extern "C" fn table(kind: *const c_char, name: *const c_char) -> *const c_void {
    let known = text(kind) == "freshet.store/1" && text(name) == "mem";
    if known { &TABLE as *const StoreTable as *const c_void } else { null() }
}

#[no_mangle]
#[allow(non_upper_case_globals)]
pub static freshet_plugin_entry: Descriptor = Descriptor {
    struct_size: std::mem::size_of::<Descriptor>(),
    abi: 1,
    reserved: 0,
    name: b"store_mem\0".as_ptr() as *const c_char,
    version: b"1.0.0\0".as_ptr() as *const c_char,
    get: table,
};
