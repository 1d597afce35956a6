//! The bytes of a file as text, and what its name says.
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use freshet_plugin::{failure, status, ReadRequest, Result};

pub const MOST_BYTES: usize = 64 << 20; // offsets in a tree are 32 bits wide

/// "4MiB", or a number of bytes.
pub fn bytes_of(size: &str) -> Option<usize> {
    let digits = size.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match &size[digits.len()..] {
        "" | "B" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        _ => return None,
    };
    digits.parse::<usize>().ok()?.checked_mul(unit)
}

/// As UTF-8, with lines that end as in Unix. A byte order mark is believed first, then what was declared, then the bytes
/// themselves: code that is no UTF-8 is of the time before it.
pub fn decode(request: &ReadRequest<'_>) -> Result<String> {
    let declared = Encoding::for_label(request.charset.as_bytes());
    let encoding = match declared {
        Some(encoding) if encoding != UTF_8 || std::str::from_utf8(request.bytes).is_ok() => encoding,
        _ if std::str::from_utf8(request.bytes).is_ok() => UTF_8,
        _ => WINDOWS_1252,
    };
    let (text, _, _) = encoding.decode(request.bytes);
    if text.contains('\0') {
        return Err(failure(status::PARSE, "has a NUL in it: it is no source code", request.uri));
    }
    Ok(if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text.into_owned() })
}

/// "a b.rs" of "file:///src/a%20b.rs?x#y": the title of the document.
pub fn last_segment(uri: &str) -> String {
    let path = &uri[..uri.find(['?', '#']).unwrap_or(uri.len())];
    let name = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let mut bytes = Vec::with_capacity(name.len());
    let mut rest = name.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let hex = |at: usize| rest.get(at).and_then(|&c| (c as char).to_digit(16));
        match (first, hex(1), hex(2)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push((high * 16 + low) as u8);
                rest = &rest[3..];
            }
            _ => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
