//! The C API of freshet and its plugin contract, as `include/freshet` declares them and under the same names. What each
//! of it means, who owns what and which thread may call it is said in the headers. The crate `freshet` is the safe layer
//! for programs, `freshet-plugin` that for plugins.
//!
//! All of it is written by `generate.py`; a test compares it with the headers, and sizes and offsets are asserted while
//! it compiles.
#![allow(non_camel_case_types)]

#[cfg(feature = "library")]
#[rustfmt::skip]
mod functions;
#[rustfmt::skip]
mod types;

#[cfg(feature = "library")]
pub use functions::*;
pub use types::*;
