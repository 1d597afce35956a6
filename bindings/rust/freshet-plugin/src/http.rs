//! HTTP through the host, which has the limits, retries, rate limits and the address guard.
use crate::boundary::{c_text, slice, text};
use crate::call::missing;
use crate::failure::heed;
use crate::{failure, status, Call, Failure, Result};
use freshet_sys::*;
use std::ffi::{c_char, c_void, CString};
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::time::Duration;

/// One request. What is left out is the host's default.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// "" is GET.
    pub method: String,
    /// Absolute, http or https.
    pub url: String,
    /// Dropped when a redirect leaves the origin.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// Of the decoded body.
    pub max_bytes: Option<u64>,
    /// Of one attempt.
    pub timeout: Option<Duration>,
    /// Least time between two requests to this host.
    pub pace: Option<Duration>,
    pub max_attempts: Option<i32>,
    /// Ask robots.txt first, and keep its crawl delay.
    pub robots: bool,
    /// Not to be sent again once it may have arrived.
    pub not_repeatable: bool,
    /// 429 and 5xx are answers, too.
    pub refusals: bool,
    /// To a server that this plugin itself has started, on this machine.
    pub own_server: bool,
}

/// One answer: 2xx, 304, 4xx, or what `refusals` adds.
#[derive(Debug, Clone, Default)]
pub struct Response {
    pub status: i32,
    pub redirects: i32,
    pub attempts: i32,
    pub permanent_redirect: bool,
    /// Where it came from, after redirects, normalised.
    pub url: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// Decoded.
    pub body: Vec<u8>,
    pub date_ms: Option<i64>,
    pub last_modified_ms: Option<i64>,
}

impl Response {
    /// The first header of this name, which is in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(each, _)| each == name).map(|(_, value)| value.as_str())
    }
}

/// A request for C, and all that it points to.
struct Held {
    method: Option<CString>,
    url: CString,
    headers: Vec<CString>,
    pointers: Vec<*const c_char>,
}

impl Held {
    fn new(request: &Request) -> Self {
        let method = Some(request.method.as_str()).filter(|it| !it.is_empty()).map(c_text);
        let headers: Vec<CString> = request.headers.iter().flat_map(|(k, v)| [c_text(k), c_text(v)]).collect();
        let pointers = headers.iter().map(|each| each.as_ptr()).collect();
        Held { method, url: c_text(&request.url), headers, pointers }
    }

    fn raw(&self, request: &Request) -> freshet_http_request {
        let flag = |on: bool, bit: i32| if on { bit } else { 0 };
        let ms = |time: Option<Duration>| time.map_or(0, |it| it.as_millis() as i64);
        freshet_http_request {
            method: crate::boundary::pointer(&self.method),
            url: self.url.as_ptr(),
            headers: self.pointers.as_ptr(),
            header_count: self.headers.len() / 2,
            body: request.body.as_ptr() as *const c_void,
            body_size: request.body.len(),
            max_bytes: request.max_bytes.unwrap_or(0),
            timeout_ms: ms(request.timeout),
            pace_ms: ms(request.pace),
            max_attempts: request.max_attempts.unwrap_or(0),
            flags: flag(request.robots, FRESHET_HTTP_ROBOTS)
                | flag(request.not_repeatable, FRESHET_HTTP_NOT_REPEATABLE)
                | flag(request.refusals, FRESHET_HTTP_REFUSALS)
                | flag(request.own_server, FRESHET_HTTP_OWN_SERVER),
            ..Default::default()
        }
    }
}

unsafe fn response(from: &freshet_http_response) -> Result<Response> {
    let words: Vec<&str> =
        slice(from.headers, from.header_count * 2).iter().map(|each| text(*each)).collect::<Result<_>>()?;
    let known = |ms: i64| (ms != i64::MIN).then_some(ms);
    Ok(Response {
        status: from.status,
        redirects: from.redirects,
        attempts: from.attempts,
        permanent_redirect: from.permanent_redirect != 0,
        url: text(from.url)?.to_string(),
        headers: words.chunks(2).map(|pair| (pair[0].to_string(), pair[1].to_string())).collect(),
        body: slice(from.body as *const u8, from.body_size).to_vec(),
        date_ms: known(from.date_ms),
        last_modified_ms: known(from.last_modified_ms),
    })
}

type Answer<'a> = dyn FnMut(usize, Result<Response>) -> Result<()> + Send + 'a;

unsafe extern "C" fn take(
    payload: *mut c_void,
    index: usize,
    code: freshet_status,
    answer: *const freshet_http_response,
    message: *const c_char,
) -> freshet_status {
    let done = catch_unwind(AssertUnwindSafe(|| {
        let answer = match code {
            status::OK => response(&*answer),
            code => Err(failure(code, text(message)?, "")),
        };
        (*(payload as *mut &mut Answer<'_>))(index, answer)
    }));
    match done {
        Ok(Ok(())) => status::OK,
        Ok(Err(why)) => why.status,
        Err(_) => status::PLUGIN,
    }
}

impl Call {
    /// Sends one request and waits. A failure that this gives has been told already.
    pub fn send(&self, request: &Request) -> Result<Response> {
        let send = self.host().http_send.ok_or_else(missing)?;
        let (held, mut got) = (Held::new(request), None);
        let mut answer = |_: usize, answer: Result<Response>| -> Result<()> {
            got = answer.ok();
            Ok(())
        };
        let mut answer: &mut Answer<'_> = &mut answer;
        // SAFETY: what the request and the callback point to outlives the function.
        heed(unsafe { send(self.call, &held.raw(request), Some(take), &raw mut answer as *mut c_void) })?;
        got.ok_or_else(|| failure(status::INTERNAL, "the host gave no answer", request.url.as_str()))
    }

    /// Sends many at once, within the limits that each server has, and hands each answer to `answer`: one at a time, on
    /// any thread. An error from `answer` ends it.
    pub fn send_many(
        &self,
        requests: &[Request],
        mut answer: impl FnMut(usize, Result<Response>) -> std::result::Result<(), Failure> + Send,
    ) -> Result<()> {
        let send = self.host().http_send_many.ok_or_else(missing)?;
        let held: Vec<Held> = requests.iter().map(Held::new).collect();
        let raw: Vec<_> = held.iter().zip(requests).map(|(held, request)| held.raw(request)).collect();
        let pointers: Vec<*const freshet_http_request> = raw.iter().map(|each| each as *const _).collect();
        let mut answer: &mut Answer<'_> = &mut answer;
        // SAFETY: as above.
        heed(unsafe { send(self.call, pointers.as_ptr(), pointers.len(), Some(take), &raw mut answer as *mut c_void) })
    }
}
