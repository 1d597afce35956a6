//! Policies: whether a root is to be refreshed, and when to ask again.
use crate::document::lend;
use crate::raw::*;
use crate::{Document, Limits, Reader, Repository, Result};
use freshet_sys::*;
use serde::Serialize;
use serde_json::Value;
use std::ffi::{c_char, c_void};
use std::time::{Duration, SystemTime};

handle! {
    /// A policy. It does not change: any number of threads and runs may use one.
    Policy, freshet_policy, freshet_policy_free
}

/// What the repository knows of a root before anything is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known<'a> {
    pub uri: &'a str,
    /// A JSON object, from the content stored.
    pub metadata: &'a str,
    /// A JSON object, set by people.
    pub flags: &'a str,
    pub ingested: Option<SystemTime>,
    pub checked: Option<SystemTime>,
    pub changed: Option<SystemTime>,
    /// What the listing says: a hint.
    pub listed_modified: Option<SystemTime>,
    /// Whether content is stored.
    pub exists: bool,
    /// Whether a refresh was asked for from outside.
    pub triggered: bool,
}

/// What a policy decides.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Decision {
    pub refresh: bool,
    /// Not to refresh: when time alone may change the answer; none: never.
    pub ask_again: Option<SystemTime>,
    /// A few words for reports; what is longer than 95 bytes is cut.
    pub reason: String,
}

impl Decision {
    pub fn refresh(reason: impl Into<String>) -> Self {
        Decision { refresh: true, ask_again: None, reason: reason.into() }
    }

    pub fn skip(reason: impl Into<String>) -> Self {
        Decision { refresh: false, ask_again: None, reason: reason.into() }
    }
}

/// Why a function of a policy failed: that is a no for this time, and reported.
pub type PolicyError = Box<dyn std::error::Error + Send + Sync>;

/// A policy of the application's own. Called on any thread, several at once; a panic is a failure.
pub trait Decide: Send + Sync + 'static {
    /// Before reading.
    fn decide(&self, known: &Known<'_>, now: SystemTime) -> std::result::Result<Decision, PolicyError>;

    /// After reading: whether the document may be stored.
    fn accept(&self, _known: &Known<'_>, _document: &Document) -> std::result::Result<bool, PolicyError> {
        Ok(true)
    }
}

impl<F> Decide for F
where
    F: Fn(&Known<'_>, SystemTime) -> std::result::Result<Decision, PolicyError> + Send + Sync + 'static,
{
    fn decide(&self, known: &Known<'_>, now: SystemTime) -> std::result::Result<Decision, PolicyError> {
        self(known, now)
    }
}

/// Hours of the day, and a TTL: see `freshet_business_hours`.
#[derive(Debug, Clone, Default)]
pub struct BusinessHours<'a> {
    pub ttl: Duration,
    pub from: &'a str,
    pub to: &'a str,
    pub days: Option<&'a str>,
    pub timezone: Option<&'a str>,
    pub avoid: bool,
    pub unknown_waits: bool,
}

/// How old content of each priority may become, in milliseconds. Its default has the usual ones.
pub type Priorities = freshet_priorities;

/// What an adaptive policy may spend, and on what terms: see `freshet_adaptive`. Its default has the usual interval.
pub type Adaptive = freshet_adaptive;

fn plain(
    make: unsafe extern "C" fn(*mut *mut freshet_policy, *mut *mut freshet_error) -> freshet_status,
) -> Result<Policy> {
    // SAFETY: the parameters are where it may write.
    made(|out, error| unsafe { make(out, error) }).map(Policy)
}

impl Policy {
    /// Refresh, whenever asked.
    pub fn always() -> Result<Self> {
        plain(freshet_policy_always)
    }

    /// Refresh what is not known yet, and then never again.
    pub fn never_existing() -> Result<Self> {
        plain(freshet_policy_never_existing)
    }

    /// Refresh what its source confirmed that long ago.
    pub fn ttl(ttl: Duration) -> Result<Self> {
        made(|out, error| unsafe { freshet_policy_ttl(ms(Some(ttl)), out, error) }).map(Policy)
    }

    /// Refresh while that was asked for from outside.
    pub fn triggered() -> Result<Self> {
        plain(freshet_policy_triggered)
    }

    /// Refresh where one of them says so.
    pub fn any<'a>(policies: impl IntoIterator<Item = &'a Policy>) -> Result<Self> {
        let each: Vec<*const freshet_policy> = policies.into_iter().map(|policy| policy.0 as *const _).collect();
        made(|out, error| unsafe { freshet_policy_any(each.as_ptr(), each.len(), out, error) }).map(Policy)
    }

    /// Refresh where all of them say so.
    pub fn all<'a>(policies: impl IntoIterator<Item = &'a Policy>) -> Result<Self> {
        let each: Vec<*const freshet_policy> = policies.into_iter().map(|policy| policy.0 as *const _).collect();
        made(|out, error| unsafe { freshet_policy_all(each.as_ptr(), each.len(), out, error) }).map(Policy)
    }

    /// What the policy says whose place in `policies` the function gives for the URI; none: refresh what is not known yet.
    pub fn by_url(
        policies: Vec<Policy>,
        select: impl Fn(&str) -> Option<usize> + Send + Sync + 'static,
    ) -> Result<Self> {
        let functions = freshet_url_functions { select: Some(select_one), ..Default::default() };
        url_policy(
            Urls { policies, select: Box::new(select), matches: Box::new(|_| false) },
            functions,
            freshet_policy_by_url,
        )
    }

    /// Refresh what is not known yet, and each URI that the function says yes to.
    pub fn matching(matches: impl Fn(&str) -> bool + Send + Sync + 'static) -> Result<Self> {
        let functions = freshet_url_functions { matches: Some(matches_one), ..Default::default() };
        let urls = Urls { policies: vec![], select: Box::new(|_| None), matches: Box::new(matches) };
        url_policy(urls, functions, freshet_policy_matching)
    }

    /// Refresh inside of the hours what is older than the TTL.
    pub fn business_hours(hours: &BusinessHours<'_>) -> Result<Self> {
        let (from, to) = (c("business_hours.from", hours.from)?, c("business_hours.to", hours.to)?);
        let days = c_optional("business_hours.days", hours.days)?;
        let timezone = c_optional("business_hours.timezone", hours.timezone)?;
        let raw = freshet_business_hours {
            ttl_ms: ms(Some(hours.ttl)),
            from: from.as_ptr(),
            to: to.as_ptr(),
            days: pointer(&days),
            timezone: pointer(&timezone),
            avoid: hours.avoid as i32,
            unknown_waits: hours.unknown_waits as i32,
            ..Default::default()
        };
        made(|out, error| unsafe { freshet_policy_business_hours(&raw, out, error) }).map(Policy)
    }

    /// What people's flags and the content's metadata say of each root.
    pub fn metadata(priorities: &Priorities) -> Result<Self> {
        made(|out, error| unsafe { freshet_policy_metadata(priorities, out, error) }).map(Policy)
    }

    /// Refresh what is most likely worth a request of a budget.
    pub fn adaptive(terms: &Adaptive) -> Result<Self> {
        made(|out, error| unsafe { freshet_policy_adaptive(terms, out, error) }).map(Policy)
    }

    /// A policy in the JSON form that configurations use.
    pub fn from_json(policy: &(impl Serialize + ?Sized)) -> Result<Self> {
        let policy = options(policy)?.unwrap_or_default();
        made(|out, error| unsafe { freshet_policy_from_json(policy.as_ptr(), out, error) }).map(Policy)
    }

    /// A policy of the application's own.
    pub fn custom(policy: impl Decide) -> Result<Self> {
        let payload = Box::into_raw(Box::new(Box::new(policy) as Box<dyn Decide>)) as *mut c_void;
        let functions = freshet_custom_policy {
            payload,
            decide: Some(decide),
            accept: Some(accept),
            release: Some(release::<Box<dyn Decide>>),
            ..Default::default()
        };
        // SAFETY: release is called once, also where this fails.
        made(|out, error| unsafe { freshet_policy_custom(&functions, out, error) }).map(Policy)
    }

    pub fn to_json(&self) -> Result<Value> {
        json(|out, error| unsafe { freshet_policy_to_json(self.0, out, error) })
    }

    /// Asks about `uri`, as the repository knows it now.
    pub fn decide(&self, repository: &Repository, uri: &str) -> Result<Decision> {
        let uri = c("uri", uri)?;
        let raw: freshet_decision =
            number(|out, error| unsafe { freshet_policy_decide(self.0, repository.0, uri.as_ptr(), out, error) })?;
        Ok(Decision {
            refresh: raw.refresh != 0,
            ask_again: time(raw.ask_again_ms),
            reason: unsafe { text(raw.reason.as_ptr()) }.to_string(),
        })
    }

    pub fn should_reread(&self, repository: &Repository, uri: &str) -> Result<bool> {
        let uri = c("uri", uri)?;
        number(|out, error| unsafe { freshet_policy_should_reread(self.0, repository.0, uri.as_ptr(), out, error) })
            .map(|yes: i32| yes != 0)
    }

    /// Whether a finished document may take the place of what its URI holds.
    pub fn should_refresh_document(&self, repository: &Repository, document: &Document) -> Result<bool> {
        number(|out, error| unsafe {
            freshet_policy_should_refresh_document(self.0, repository.0, document.0, out, error)
        })
        .map(|yes: i32| yes != 0)
    }

    /// Asks, reads, asks again and stores: what was stored, or none where the policy said no.
    pub fn ingest_if_needed(
        &self,
        repository: &Repository,
        reader: &Reader,
        uri: &str,
        limits: &Limits<'_>,
    ) -> Result<Option<Document>> {
        let uri = c("uri", uri)?;
        limits.around("ingest_if_needed", |call| {
            made(|out, error| unsafe {
                freshet_policy_ingest_if_needed(self.0, repository.0, reader.0, uri.as_ptr(), call, out, error)
            })
            .map(|document| (!document.is_null()).then_some(Document(document)))
        })
    }
}

struct Urls {
    policies: Vec<Policy>,
    select: Box<dyn Fn(&str) -> Option<usize> + Send + Sync>,
    matches: Box<dyn Fn(&str) -> bool + Send + Sync>,
}

type MakeByUrl = unsafe extern "C" fn(
    *const freshet_url_functions,
    *mut *mut freshet_policy,
    *mut *mut freshet_error,
) -> freshet_status;

fn url_policy(urls: Urls, mut functions: freshet_url_functions, make: MakeByUrl) -> Result<Policy> {
    functions.payload = Box::into_raw(Box::new(urls)) as *mut c_void;
    functions.release = Some(release::<Urls>);
    // SAFETY: release is called once, also where this fails.
    made(|out, error| unsafe { make(&functions, out, error) }).map(Policy)
}

/// What a callback gives to C; a panic is a failure.
fn status(body: impl FnOnce() -> freshet_status) -> freshet_status {
    caught(body).unwrap_or_else(|panic| {
        words(panic);
        FRESHET_E_POLICY_FAILED
    })
}

unsafe extern "C" fn select_one(
    payload: *mut c_void,
    uri: *const c_char,
    out: *mut *const freshet_policy,
) -> freshet_status {
    let urls = &*(payload as *const Urls);
    status(|| match (urls.select)(text(uri)) {
        None => FRESHET_OK,
        Some(place) => match urls.policies.get(place) {
            Some(policy) => {
                *out = policy.0;
                FRESHET_OK
            }
            None => FRESHET_E_POLICY_FAILED,
        },
    })
}

unsafe extern "C" fn matches_one(payload: *mut c_void, uri: *const c_char, out: *mut i32) -> freshet_status {
    let urls = &*(payload as *const Urls);
    status(|| {
        *out = (urls.matches)(text(uri)) as i32;
        FRESHET_OK
    })
}

unsafe extern "C" fn release<T>(payload: *mut c_void) {
    if let Err(panic) = caught(|| drop(Box::from_raw(payload as *mut T))) {
        words(panic);
    }
}

unsafe fn known<'a>(from: *const freshet_known) -> Known<'a> {
    let from = &*from;
    Known {
        uri: text(from.uri),
        metadata: text(from.metadata),
        flags: text(from.flags),
        ingested: time(from.ingested_ms),
        checked: time(from.checked_ms),
        changed: time(from.changed_ms),
        listed_modified: time(from.listed_modified_ms),
        exists: from.exists != 0,
        triggered: from.triggered != 0,
    }
}

fn since_epoch(time: SystemTime) -> i64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(FRESHET_NEVER)
}

/// Cut where it is too long, between two code points.
fn put_reason(reason: &str, out: &mut [c_char]) {
    let mut end = reason.len().min(out.len() - 1);
    while !reason.is_char_boundary(end) {
        end -= 1;
    }
    for (place, byte) in out.iter_mut().zip(reason.as_bytes()[..end].iter().chain([&0])) {
        *place = *byte as c_char;
    }
}

unsafe extern "C" fn decide(
    payload: *mut c_void,
    asked: *const freshet_known,
    now_ms: i64,
    out: *mut freshet_decision,
) -> freshet_status {
    let (policy, out) = (&*(payload as *const Box<dyn Decide>), &mut *out);
    let decided = caught(|| policy.decide(&known(asked), instant(now_ms)));
    let why = match decided {
        Ok(Ok(decision)) => {
            out.refresh = decision.refresh as i32;
            out.ask_again_ms = decision.ask_again.map_or(FRESHET_NEVER, since_epoch);
            put_reason(&decision.reason, &mut out.reason);
            return FRESHET_OK;
        }
        Ok(Err(why)) => why.to_string(),
        Err(panic) => words(panic),
    };
    put_reason(&why, &mut out.reason);
    FRESHET_E_POLICY_FAILED
}

unsafe extern "C" fn accept(
    payload: *mut c_void,
    asked: *const freshet_known,
    document: *const freshet_document,
    out: *mut i32,
) -> freshet_status {
    let policy = &*(payload as *const Box<dyn Decide>);
    status(|| match policy.accept(&known(asked), &lend(document)) {
        Ok(yes) => {
            *out = yes as i32;
            FRESHET_OK
        }
        Err(_) => FRESHET_E_POLICY_FAILED,
    })
}
