//! The table of a store.
use super::*;
use crate::boundary::*;
use crate::failure::heed;
use crate::{Open, Value};
use std::ffi::{c_char, c_void};
use std::mem::size_of;

/// The table of a type, for a library.
pub const fn store_table<T: Store + Open>() -> freshet_store_table {
    table::<T>(open_type::<T, T>)
}

/// The table of what a function of type `F` opens.
pub const fn store_table_with<T: Store, F: Fn(&Value, &Call) -> Result<T>>() -> freshet_store_table {
    table::<T>(open_by::<T, T, F>)
}

macro_rules! where_it {
    ($has:expr, $function:expr) => {
        if $has {
            Some($function)
        } else {
            None
        }
    };
}

const fn table<T: Store>(open: OpenFunction) -> freshet_store_table {
    freshet_store_table {
        struct_size: size_of::<freshet_store_table>(),
        open: Some(open),
        info: Some(info::<T>),
        ensure: Some(ensure::<T>),
        upsert: Some(upsert::<T>),
        remove: Some(remove::<T>),
        search: Some(search::<T>),
        get: Some(get::<T>),
        list: Some(list::<T>),
        count: Some(count::<T>),
        reset: Some(reset::<T>),
        close: Some(close::<T>),
        claim: where_it!(T::CLAIMS, claim::<T>),
        replace: where_it!(T::REPLACES, replace::<T>),
        check: where_it!(T::CHECKS, check::<T>),
        recover: where_it!(T::RECOVERS, recover::<T>),
        namespaces: where_it!(T::NAMES, namespaces::<T>),
        foreign: where_it!(T::COUNTS_FOREIGN, foreign::<T>),
    }
}

unsafe extern "C" fn info<T: Store>(
    it: *mut c_void,
    call: *mut freshet_call,
    out: *mut freshet_store_info,
) -> freshet_status {
    serve(it, call, |it: &T, _| {
        let info = it.info();
        let flag = |on: bool, bit: i32| if on { bit as u32 } else { 0 };
        let out = &mut *out;
        out.capabilities = flag(info.needs_vectors, FRESHET_STORE_NEEDS_VECTORS)
            | flag(info.text_search, FRESHET_STORE_TEXT_SEARCH)
            | flag(info.vector_search, FRESHET_STORE_VECTOR_SEARCH)
            | flag(info.hybrid_search, FRESHET_STORE_HYBRID_SEARCH)
            | flag(info.ordered, FRESHET_STORE_ORDERED);
        out.filter_operators = info.filter_operators;
        out.max_batch = info.max_batch;
        out.max_id_bytes = info.max_id_bytes;
        out.max_text_bytes = info.max_text_bytes;
        out.max_request_bytes = info.max_request_bytes;
        out.concurrent_writes = info.concurrent_writes;
        out.metric = info.metric as i32;
        Ok(())
    })
}

unsafe fn namespace<'a>(from: &freshet_store_namespace) -> Result<Namespace<'a>> {
    Ok(Namespace { name: text(from.name)?, dimension: from.dimension, model: text(from.model)? })
}

unsafe extern "C" fn ensure<T: Store>(
    it: *mut c_void,
    call: *mut freshet_call,
    ns: *const freshet_store_namespace,
) -> freshet_status {
    serve(it, call, |it: &T, call| it.ensure(call, &namespace(&*ns)?))
}

unsafe extern "C" fn upsert<T: Store>(
    it: *mut c_void,
    call: *mut freshet_call,
    ns: *const c_char,
    rows: *const *const freshet_row,
    count: usize,
    sink: *const freshet_confirm_sink,
) -> freshet_status {
    serve(it, call, |it: &T, call| {
        let rows: Vec<Row> = slice(rows, count).iter().map(|row| Row::new(&**row)).collect::<Result<_>>()?;
        it.upsert(call, text(ns)?, &rows, &Confirm(&*sink))
    })
}

unsafe extern "C" fn remove<T: Store>(
    it: *mut c_void,
    call: *mut freshet_call,
    ns: *const c_char,
    ids: *const *const c_char,
    count: usize,
    sink: *const freshet_confirm_sink,
) -> freshet_status {
    serve(it, call, |it: &T, call| it.remove(call, text(ns)?, &texts(ids, count)?, &Confirm(&*sink)))
}

unsafe extern "C" fn search<T: Store>(
    it: *mut c_void,
    call: *mut freshet_call,
    ns: *const c_char,
    asked: *const freshet_search,
    sink: *const freshet_found_sink,
) -> freshet_status {
    serve(it, call, |it: &T, call| {
        let asked = &*asked;
        let search = Search {
            mode: match asked.mode {
                FRESHET_SEARCH_TEXT => Mode::Text,
                FRESHET_SEARCH_VECTOR => Mode::Vector,
                FRESHET_SEARCH_HYBRID => Mode::Hybrid,
                _ => {
                    return Err(failure(
                        status::UNSUPPORTED,
                        "is a way of searching that this store does not know",
                        "mode",
                    ))
                }
            },
            limit: asked.limit as usize,
            text: text(asked.text)?,
            vector: slice(asked.vector, if asked.vector.is_null() { 0 } else { asked.dimension }),
            filter: optional(asked.filter)?,
        };
        it.search(call, text(ns)?, &search, &FoundRows(&*sink))
    })
}

unsafe extern "C" fn get<T: Store>(
    it: *mut c_void,
    call: *mut freshet_call,
    ns: *const c_char,
    ids: *const *const c_char,
    count: usize,
    sink: *const freshet_found_sink,
) -> freshet_status {
    serve(it, call, |it: &T, call| it.get(call, text(ns)?, &texts(ids, count)?, &FoundRows(&*sink)))
}

unsafe extern "C" fn list<T: Store>(
    it: *mut c_void,
    call: *mut freshet_call,
    ns: *const c_char,
    cursor: *const c_char,
    limit: u32,
    sink: *const freshet_list_sink,
) -> freshet_status {
    serve(it, call, |it: &T, call| it.list(call, text(ns)?, text(cursor)?, limit as usize, &Page(&*sink)))
}

unsafe extern "C" fn count<T: Store>(
    it: *mut c_void,
    call: *mut freshet_call,
    ns: *const c_char,
    out: *mut u64,
) -> freshet_status {
    serve(it, call, |it: &T, call| {
        *out = it.count(call, text(ns)?)?;
        Ok(())
    })
}

unsafe extern "C" fn reset<T: Store>(it: *mut c_void, call: *mut freshet_call, ns: *const c_char) -> freshet_status {
    serve(it, call, |it: &T, call| it.reset(call, text(ns)?))
}

unsafe extern "C" fn claim<T: Store>(
    it: *mut c_void,
    call: *mut freshet_call,
    ns: *const c_char,
    fence: u64,
    out: *mut u64,
) -> freshet_status {
    serve(it, call, |it: &T, call| {
        *out = it.claim(call, text(ns)?, fence)?;
        Ok(())
    })
}

unsafe extern "C" fn replace<T: Store>(
    it: *mut c_void,
    call: *mut freshet_call,
    ns: *const c_char,
    by: *const c_char,
) -> freshet_status {
    serve(it, call, |it: &T, call| it.replace(call, text(ns)?, text(by)?))
}

unsafe fn give(lines: Vec<String>, sink: &freshet_text_sink) -> Result<()> {
    let text = sink.text.expect("text");
    lines.iter().try_for_each(|line| heed(text(sink.payload, c_text(line).as_ptr())))
}

unsafe extern "C" fn check<T: Store>(
    it: *mut c_void,
    call: *mut freshet_call,
    ns: *const freshet_store_namespace,
    deep: i32,
    sink: *const freshet_text_sink,
) -> freshet_status {
    serve(it, call, |it: &T, call| give(it.check(call, &namespace(&*ns)?, deep != 0)?, &*sink))
}

unsafe extern "C" fn namespaces<T: Store>(
    it: *mut c_void,
    call: *mut freshet_call,
    sink: *const freshet_text_sink,
) -> freshet_status {
    serve(it, call, |it: &T, call| give(it.namespaces(call)?, &*sink))
}

unsafe extern "C" fn recover<T: Store>(
    _: *mut c_void,
    host: *const freshet_host,
    call: *mut freshet_call,
    options: *const c_char,
    sink: *const freshet_text_sink,
) -> freshet_status {
    guarded(host, call, |call| give(T::recover(&options_of(options)?, call)?, &*sink))
}

unsafe extern "C" fn foreign<T: Store>(
    it: *mut c_void,
    call: *mut freshet_call,
    ns: *const c_char,
    remove: i32,
    out: *mut u64,
) -> freshet_status {
    serve(it, call, |it: &T, call| {
        *out = it.foreign(call, text(ns)?, remove != 0)?;
        Ok(())
    })
}
