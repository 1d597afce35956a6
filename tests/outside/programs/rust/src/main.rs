//! A tour of the C API from Rust, with the standard library alone: raw.rs holds the declarations.
//!
//! Usage: tour WORK FOLDER
mod raw;
use raw::*;
use std::ffi::{CStr, CString};
use std::os::raw::{c_char, c_void};
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::ptr::{null, null_mut};
use std::sync::mpsc::{channel, Receiver, Sender};
use std::sync::Mutex;

#[derive(Debug)]
struct Error {
    name: String,
    subject: String,
    text: String,
}
type Result<T> = std::result::Result<T, Error>;

unsafe fn text(from: Text) -> String {
    CStr::from_ptr(from).to_string_lossy().into_owned()
}

fn c(text: &str) -> CString {
    CString::new(text).expect("no NUL inside")
}

/// Calls a function whose last parameter is out_error.
fn check(call: impl FnOnce(*mut H) -> Status) -> Result<()> {
    let mut error: H = null_mut();
    if call(&mut error) == 0 {
        return Ok(());
    }
    unsafe {
        let (name, subject) = (text(freshet_status_name(freshet_error_code(error))), text(freshet_error_subject(error)));
        let made = Error { name, subject, text: text(freshet_error_to_string(error)) };
        freshet_error_free(error);
        Err(made)
    }
}

/// Calls one that makes a handle.
fn made(call: impl FnOnce(*mut H, *mut H) -> Status) -> Result<H> {
    let mut out: H = null_mut();
    check(|error| call(&mut out, error)).map(|()| out)
}

/// A struct that the library fills: zeros, and its size.
unsafe fn sized<T>() -> T {
    let mut value: T = std::mem::zeroed();
    *(&mut value as *mut T as *mut usize) = std::mem::size_of::<T>();
    value
}

// --- a policy as a closure

/// A closure of the URI and whether it exists. A panic of it is a failure of the policy, and goes no further.
struct Policy {
    ask: Box<dyn Fn(&str, bool) -> bool>,
    released: Sender<()>,
}

unsafe extern "C" fn decide(payload: *mut c_void, known: *const Known, _now: i64, out: *mut Decision) -> Status {
    let policy = &*(payload as *const Policy);
    let answer = catch_unwind(AssertUnwindSafe(|| (policy.ask)(&text((*known).uri), (*known).exists != 0)));
    match answer {
        Ok(true) => {
            let why = b"new to the tour";
            (*out).refresh = 1;
            (&mut (*out).reason)[..why.len()].copy_from_slice(why);
            0
        }
        Ok(false) => 0,
        Err(_) => 1005,
    }
}

unsafe extern "C" fn release(payload: *mut c_void) {
    let policy = Box::from_raw(payload as *mut Policy);
    let _ = policy.released.send(());
}

fn new_policy(released: Sender<()>, ask: impl Fn(&str, bool) -> bool + 'static) -> Result<H> {
    let payload = Box::into_raw(Box::new(Policy { ask: Box::new(ask), released })) as *mut c_void;
    let struct_size = std::mem::size_of::<CustomPolicy>();
    let functions = CustomPolicy { struct_size, payload, decide: Some(decide), accept: None, release: Some(release) };
    made(|out, e| unsafe { freshet_policy_custom(&functions, out, e) })
}

// --- runs

struct Ran {
    counts: Counts,
    lines: Vec<String>,
    exit_code: i32,
    ended: String,
}

fn base(uri: &str) -> &str {
    uri.rsplit('/').next().unwrap_or(uri)
}

unsafe fn line_of(event: &Event) -> String {
    let why = if event.status == 0 { text(event.reason) } else { text(freshet_status_name(event.status)) };
    format!("{}: {} ({why})", base(&text(event.uri)), text(freshet_outcome_name(event.outcome)))
}

unsafe fn follow(run: H) -> Result<Ran> {
    let mut ran = Ran { counts: sized(), lines: Vec::new(), exit_code: 0, ended: String::new() };
    let mut event: Event = sized();
    loop {
        check(|e| freshet_refresh_next_event(run, -1, &mut event, e))?;
        match event.kind {
            0 => break,
            4 => ran.lines.push(line_of(&event)),
            8 => ran.ended = text(freshet_status_name(event.status)),
            _ => {}
        }
    }
    ran.lines.sort();
    check(|e| freshet_refresh_wait(run, -1, e))?;
    check(|e| freshet_refresh_counts_get(run, &mut ran.counts, e))?;
    check(|e| freshet_refresh_exit_code(run, &mut ran.exit_code, e))?;
    Ok(ran)
}

fn start(repository: H, config: &str, policy: H) -> Result<H> {
    let config = c(config);
    made(|out, e| unsafe { freshet_refresh_start(repository, config.as_ptr(), policy, null(), out, e) })
}

fn run(repository: H, config: &str, policy: H) -> Result<Ran> {
    let handle = start(repository, config, policy)?;
    let ran = unsafe { follow(handle) };
    unsafe { freshet_refresh_free(handle) };
    ran
}

fn ask(repository: H, question: &str) -> Result<Vec<String>> {
    let (question, options) = (c(question), c(r#"{"limit":1,"mode":"text"}"#));
    let hits = made(|out, e| unsafe { freshet_query_run(repository, question.as_ptr(), options.as_ptr(), null(), out, e) })?;
    let mut found = Vec::new();
    unsafe {
        for index in 0..freshet_hits_count(hits) {
            let mut hit: Hit = sized();
            check(|e| freshet_hits_get(hits, index, &mut hit, e))?;
            found.push(format!("{} {}", base(&text(hit.uri)), text(hit.title)));
        }
        freshet_hits_free(hits);
    }
    Ok(found)
}

fn refused<T>(what: &str, outcome: Result<T>) {
    match outcome {
        Ok(_) => println!("{what}: was not refused"),
        Err(error) => println!("{}", format!("{what}: {} {}", error.name, error.subject).trim_end()),
    }
}

// --- the stations of the tour

fn refresh_twice(repository: H, config: &str, policy: H) -> Result<()> {
    for title in ["-- a first run", "-- again"] {
        let Ran { counts, lines, exit_code, .. } = run(repository, config, policy)?;
        println!("{title}\n{}", lines.join("\n"));
        let Counts { listed, refreshed, skipped, failed, .. } = counts;
        println!("listed {listed} refreshed {refreshed} skipped {skipped} failed {failed}, exit code {exit_code}");
    }
    println!("-- a question\n{}", ask(repository, "glacier")?.join("\n"));
    Ok(())
}

fn mistakes(repository: H, folder: &str) {
    println!("-- what is wrong is named");
    let source = |more: &str| format!(r#"{{"sources":[{{"loader":"files","options":{{"path":"{folder}"}}{more}}}]}}"#);
    let wrong = |what: &str, config: &str| refused(what, run(repository, config, null_mut()));
    wrong("key", r#"{"sorces":[]}"#);
    wrong("loader", &source("").replace("files", "fils"));
    wrong("option", &source("").replace(r#"{"path""#, r#"{"max_depht":3,"path""#));
    wrong("policy", &source(r#","policy":{"ttl":"1 day"}"#));
    wrong("number", r#"{"jobs":0}"#);
    for (what, handle) in [("nothing", null_mut()), ("a foreign handle", 12345 as H), ("another type", repository)] {
        refused(what, check(|e| unsafe { freshet_refresh_cancel(handle, e) }));
    }
}

fn stop_beforehand(repository: H, config: &str, policy: H) -> Result<()> {
    println!("-- stopped by");
    let (config, struct_size) = (c(config), std::mem::size_of::<CallOptions>());
    let cancel = made(|out, e| unsafe { freshet_cancel_new(out, e) })?;
    check(|e| unsafe { freshet_cancel_request(cancel, e) })?;
    for (what, cancel, timeout_ms) in [("a cancel", cancel, -1), ("a time limit", null_mut(), 0)] {
        let call = CallOptions { struct_size, cancel, timeout_ms, on_event: None, payload: null_mut() };
        refused(what, check(|e| unsafe { freshet_refresh_run(repository, config.as_ptr(), policy, &call, null_mut(), e) }));
    }
    unsafe { freshet_cancel_free(cancel) };
    Ok(())
}

/// Cancels a run while its policy is being asked.
fn stop_meanwhile(repository: H, config: &str) -> Result<()> {
    let ((asked, was_asked), (go_on, may_go_on)) = (channel::<()>(), channel::<()>());
    let waits = Mutex::new((asked, may_go_on));
    let policy = new_policy(channel().0, move |_, _| {
        let both = waits.lock().expect("the lock");
        let _ = both.0.send(());
        let _ = both.1.recv(); // ends at once when the other side is gone
        true
    })?;
    let handle = start(repository, config, policy)?;
    was_asked.recv().expect("the policy is asked");
    check(|e| unsafe { freshet_refresh_cancel(handle, e) })?;
    drop(go_on);
    println!("another thread: {}", unsafe { follow(handle) }?.ended);
    unsafe {
        freshet_refresh_free(handle);
        freshet_policy_free(policy);
    }
    Ok(())
}

unsafe fn document_by_hand() -> Result<H> {
    let (uri, title, mut chapter, mut number) = (c("hand:/one"), c("Übersicht"), 0, 0);
    let document = made(|out, e| freshet_document_new(uri.as_ptr(), title.as_ptr(), out, e))?;
    check(|e| freshet_document_add_section(document, 0, c("Chapter").as_ptr(), null(), 1, &mut chapter, e))?;
    for (title, body) in [("One", "The first text is about walruses."), ("Two", "The second text is about seals.")] {
        check(|e| freshet_document_add_section(document, chapter, c(title).as_ptr(), null(), 2, &mut number, e))?;
        check(|e| freshet_document_set_text(document, number, body.as_ptr() as Text, body.len(), e))?;
    }
    check(|e| freshet_document_finish(document, e))?;
    Ok(document)
}

unsafe fn walk(document: H) -> Result<()> {
    for number in 1..=freshet_document_section_count(document) {
        let mut section: Section = sized();
        check(|e| freshet_document_section(document, number, &mut section, e))?;
        let body = std::slice::from_raw_parts(section.text as *const u8, section.text_size);
        let (title, body) = (text(section.title), String::from_utf8_lossy(body));
        println!("{number} in {}, level {}: {title} [{body}]", section.parent, section.level);
    }
    Ok(())
}

unsafe fn write_and_remove(repository: H) -> Result<()> {
    println!("-- a document by hand");
    let (uri, nothing) = (c("hand:/one"), r#"{"sources":[]}"#);
    let (document, mut result, mut removed) = (document_by_hand()?, sized::<WriteResult>(), 0);
    walk(document)?;
    check(|e| freshet_repository_write_document(repository, document, null(), &mut result, null_mut(), e))?;
    freshet_document_free(document);
    println!("added {}, created {}; found {}", result.added, result.created, ask(repository, "walruses")?.len());
    let delivered = run(repository, nothing, null_mut())?.counts.upserts;
    println!("delivered {delivered}; found {}", ask(repository, "walruses")?.len());
    check(|e| freshet_repository_delete_root_and_descendants(repository, uri.as_ptr(), &mut removed, e))?;
    run(repository, nothing, null_mut())?;
    println!("removed {removed}; found {}", ask(repository, "walruses")?.len());
    Ok(())
}

unsafe fn verify(repository: H) -> Result<()> {
    let mut json: *mut c_char = null_mut();
    check(|e| freshet_store_verify(repository, null(), null(), &mut json, e))?;
    println!("{}", if text(json).contains(r#""in_step":true"#) { "in step" } else { "out of step" });
    freshet_string_free(json);
    Ok(())
}

fn tour(work: &str, folder: &str) -> Result<()> {
    let directory = c(&format!("{work}/repository"));
    let repository = made(|out, e| unsafe { freshet_repository_open(directory.as_ptr(), null(), out, e) })?;
    let (released, was_released): (Sender<()>, Receiver<()>) = channel();
    let policy = new_policy(released, |uri, exists| {
        assert!(!uri.ends_with("poison.md"), "no opinion on poison");
        !exists
    })?;
    let config = format!(r#"{{"sources":[{{"loader":"files","name":"docs","options":{{"path":"{folder}"}}}}],"embedder":"hash"}}"#);
    refresh_twice(repository, &config, policy)?;
    mistakes(repository, folder);
    stop_beforehand(repository, &config, policy)?;
    stop_meanwhile(repository, &config)?;
    unsafe {
        write_and_remove(repository)?;
        verify(repository)?;
        freshet_policy_free(policy);
        was_released.recv().expect("released");
        println!("policy released");
        freshet_repository_close(repository);
    }
    refused("closed", ask(repository, "glacier"));
    Ok(())
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    std::panic::set_hook(Box::new(|panic| {
        let said = panic.to_string();
        if !said.contains("poison") { // that one is on purpose
            eprintln!("{said}");
        }
    }));
    if let Err(error) = tour(&arguments[1], &arguments[2]) {
        eprintln!("{}", error.text);
        std::process::exit(1);
    }
}
