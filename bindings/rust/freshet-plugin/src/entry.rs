//! The one symbol of a plugin library.
use std::ffi::{c_char, CStr};

/// Whether a table is asked for by this kind and name.
///
/// # Safety
/// Both are texts that end with a zero byte.
pub unsafe fn asked(kind: *const c_char, name: *const c_char, for_kind: &CStr, for_name: &str) -> bool {
    CStr::from_ptr(kind) == for_kind && CStr::from_ptr(name).to_bytes() == for_name.as_bytes()
}

/// Makes a library of types: its name and version, as the manifest has them, and what it offers.
///
/// `plugin! { "loader_feed", env!("CARGO_PKG_VERSION"), loader "feed" => Feed; }`
#[macro_export]
macro_rules! plugin {
    ($name:literal, $version:expr, $($kind:ident $offer:literal => $type:ty);+ $(;)?) => {
        unsafe extern "C" fn freshet_get(
            kind: *const ::std::ffi::c_char,
            name: *const ::std::ffi::c_char,
        ) -> *const ::std::ffi::c_void {
            $(if $crate::asked(kind, name, $crate::offer!($kind kind), $offer) {
                static TABLE: $crate::offer!($kind table) = $crate::offer!($kind of $type);
                return &raw const TABLE as *const ::std::ffi::c_void;
            })+
            ::std::ptr::null()
        }

        #[repr(transparent)]
        pub struct FreshetEntry($crate::sys::freshet_plugin_descriptor);
        // SAFETY: it is constant.
        unsafe impl Sync for FreshetEntry {}

        #[no_mangle]
        #[allow(non_upper_case_globals)]
        pub static freshet_plugin_entry: FreshetEntry = FreshetEntry($crate::sys::freshet_plugin_descriptor {
            struct_size: ::std::mem::size_of::<$crate::sys::freshet_plugin_descriptor>(),
            abi: $crate::sys::FRESHET_PLUGIN_ABI,
            reserved: 0,
            name: concat!($name, "\0").as_ptr() as *const ::std::ffi::c_char,
            version: concat!($version, "\0").as_ptr() as *const ::std::ffi::c_char,
            get: Some(freshet_get),
        });
    };
}

/// What `plugin!` needs to know of each kind.
#[doc(hidden)]
#[macro_export]
macro_rules! offer {
    (loader kind) => {
        $crate::sys::FRESHET_PLUGIN_LOADER
    };
    (loader table) => {
        $crate::sys::freshet_loader_table
    };
    (loader of $type:ty) => {
        $crate::loader_table::<$type>()
    };
    (reader kind) => {
        $crate::sys::FRESHET_PLUGIN_READER
    };
    (reader table) => {
        $crate::sys::freshet_reader_table
    };
    (reader of $type:ty) => {
        $crate::reader_table::<$type>()
    };
    (embedder kind) => {
        $crate::sys::FRESHET_PLUGIN_EMBEDDER
    };
    (embedder table) => {
        $crate::sys::freshet_embedder_table
    };
    (embedder of $type:ty) => {
        $crate::embedder_table::<$type>()
    };
    (store kind) => {
        $crate::sys::FRESHET_PLUGIN_STORE
    };
    (store table) => {
        $crate::sys::freshet_store_table
    };
    (store of $type:ty) => {
        $crate::store_table::<$type>()
    };
    (tokenizer kind) => {
        $crate::sys::FRESHET_PLUGIN_TOKENIZER
    };
    (tokenizer table) => {
        $crate::sys::freshet_tokenizer_table
    };
    (tokenizer of $type:ty) => {
        $crate::tokenizer_table::<$type>()
    };
    (transformer kind) => {
        $crate::sys::FRESHET_PLUGIN_TRANSFORMER
    };
    (transformer table) => {
        $crate::sys::freshet_transformer_table
    };
    (transformer of $type:ty) => {
        $crate::transformer_table::<$type>()
    };
}
