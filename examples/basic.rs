//! Refreshes a folder of Markdown and asks a question about it: the C API by hand, with the standard library alone.
//!
//!     rustc basic.rs -L $(pkg-config --variable=libdir freshet)
//!
//! Usage: basic REPOSITORY FOLDER QUESTION
use std::ffi::{CStr, CString};
use std::os::raw::{c_char, c_void};
use std::ptr::{null, null_mut};

type Handle = *mut c_void;
type Text = *const c_char;

/// freshet_refresh_counts as far as it is shown here: struct_size says so.
#[repr(C)]
struct Counts {
    struct_size: usize,
    listed: u64,
    refreshed: u64,
    unchanged: u64,
    skipped: u64,
    removed: u64,
    busy: u64,
    failed: u64,
}

#[repr(C)]
struct Hit {
    struct_size: usize,
    score: f64,
    text: Text,
    uri: Text,
    title: Text,
}

#[link(name = "freshet")]
extern "C" {
    fn freshet_error_to_string(error: Handle) -> Text;
    fn freshet_error_free(error: Handle);
    fn freshet_repository_open(directory: Text, options: Text, out: *mut Handle, e: *mut Handle) -> i32;
    fn freshet_repository_close(repository: Handle);
    fn freshet_refresh_run(
        repository: Handle, config: Text, policy: Handle, call: *const c_void, out: *mut Handle, e: *mut Handle,
    ) -> i32;
    fn freshet_refresh_counts_get(run: Handle, out: *mut Counts, e: *mut Handle) -> i32;
    fn freshet_refresh_free(run: Handle);
    fn freshet_query_run(
        repository: Handle, text: Text, options: Text, call: *const c_void, out: *mut Handle, e: *mut Handle,
    ) -> i32;
    fn freshet_hits_count(hits: Handle) -> usize;
    fn freshet_hits_get(hits: Handle, index: usize, out: *mut Hit, e: *mut Handle) -> i32;
    fn freshet_hits_free(hits: Handle);
}

fn text(from: Text) -> String {
    unsafe { CStr::from_ptr(from) }.to_string_lossy().into_owned()
}

fn c(text: &str) -> CString {
    CString::new(text).expect("no NUL inside")
}

/// Calls a function whose last parameter is out_error.
fn check(call: impl FnOnce(*mut Handle) -> i32) -> Result<(), String> {
    let mut error = null_mut();
    if call(&mut error) == 0 {
        return Ok(());
    }
    let said = text(unsafe { freshet_error_to_string(error) });
    unsafe { freshet_error_free(error) };
    Err(said)
}

/// Frees a handle wherever the function ends.
struct Owned(Handle, unsafe extern "C" fn(Handle));
impl Drop for Owned {
    fn drop(&mut self) {
        unsafe { (self.1)(self.0) }
    }
}

fn refresh(repository: &Owned, folder: &str) -> Result<(), String> {
    // A real program makes its JSON with a library: this one takes simple paths only.
    let config = c(&format!(r#"{{"sources":[{{"loader":"files","options":{{"path":"{folder}"}}}}],"store":"sqlite"}}"#));
    let mut run = Owned(null_mut(), freshet_refresh_free);
    let mut counts: Counts = unsafe { std::mem::zeroed() };
    counts.struct_size = std::mem::size_of::<Counts>();
    check(|e| unsafe { freshet_refresh_run(repository.0, config.as_ptr(), null_mut(), null(), &mut run.0, e) })?;
    check(|e| unsafe { freshet_refresh_counts_get(run.0, &mut counts, e) })?;
    println!("refreshed {}, unchanged {}, failed {}", counts.refreshed, counts.unchanged, counts.failed);
    Ok(())
}

fn ask(repository: &Owned, question: &str) -> Result<(), String> {
    let (question, options) = (c(question), c(r#"{"limit":3,"mode":"text"}"#));
    let mut hits = Owned(null_mut(), freshet_hits_free);
    check(|e| unsafe { freshet_query_run(repository.0, question.as_ptr(), options.as_ptr(), null(), &mut hits.0, e) })?;
    for index in 0..unsafe { freshet_hits_count(hits.0) } {
        let mut hit: Hit = unsafe { std::mem::zeroed() };
        hit.struct_size = std::mem::size_of::<Hit>();
        check(|e| unsafe { freshet_hits_get(hits.0, index, &mut hit, e) })?;
        println!("{}. {}\n{}", index + 1, text(hit.title), text(hit.text));
    }
    Ok(())
}

fn run(directory: &str, folder: &str, question: &str) -> Result<(), String> {
    let (directory, mut repository) = (c(directory), Owned(null_mut(), freshet_repository_close));
    check(|e| unsafe { freshet_repository_open(directory.as_ptr(), null(), &mut repository.0, e) })?;
    refresh(&repository, folder)?;
    ask(&repository, question)
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match &arguments[..] {
        [directory, folder, question] => run(directory, folder, question),
        _ => {
            eprintln!("usage: basic REPOSITORY FOLDER QUESTION");
            std::process::exit(2);
        }
    };
    if let Err(error) = outcome {
        eprintln!("{error}");
        std::process::exit(1);
    }
}
