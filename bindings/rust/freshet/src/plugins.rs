//! Which plugins there are, whether one keeps its contract, and how a program brings its own.
use crate::raw::*;
use crate::{Limits, Result};
use freshet_plugin as plugin;
use freshet_sys::*;
use serde::Serialize;
use serde_json::{json as object, Value};
use std::ffi::{c_char, c_void, CStr};
use std::ptr::null;

handle! {
    /// What plugins were found.
    Plugins, freshet_plugins, freshet_plugins_free
}

/// One thing that a plugin provides. Its texts are borrowed from the [`Plugins`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provided<'a> {
    /// "loader", "reader", "embedder", "store", "transformer" or "tokenizer".
    pub kind: &'a str,
    /// What configurations call it.
    pub name: &'a str,
    pub plugin: &'a str,
    pub version: &'a str,
    pub description: &'a str,
    /// Absolute paths; "" for what is registered in code.
    pub manifest: &'a str,
    pub library: &'a str,
    /// JSON Schema of its options.
    pub schema: &'a str,
}

impl Plugins {
    /// Looks for plugins. `how`: `&()`, or `{"directories": [...]}`.
    pub fn open(how: &(impl Serialize + ?Sized)) -> Result<Self> {
        let how = options(how)?;
        // SAFETY: what is passed in is read during the call only; so it is in all that follow.
        made(|out, error| unsafe { freshet_plugins_open(pointer(&how), out, error) }).map(Plugins)
    }

    pub fn len(&self) -> usize {
        unsafe { freshet_plugins_count(self.0) }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn get(&self, index: usize) -> Result<Provided<'_>> {
        let info: freshet_plugin_info = number(|out, error| unsafe { freshet_plugins_get(self.0, index, out, error) })?;
        let text = |from| unsafe { text(from) };
        Ok(Provided {
            kind: text(info.kind),
            name: text(info.name),
            plugin: text(info.plugin),
            version: text(info.version),
            description: text(info.description),
            manifest: text(info.manifest),
            library: text(info.library),
            schema: text(info.schema),
        })
    }

    pub fn iter(&self) -> impl ExactSizeIterator<Item = Provided<'_>> + '_ {
        (0..self.len()).map(|index| self.get(index).expect("an index below the count"))
    }

    /// All of it, with the search path and what was refused.
    pub fn list(&self) -> Result<Value> {
        json(|out, error| unsafe { freshet_plugins_list(self.0, out, error) })
    }
}

/// Runs the conformance cases of a plugin: its file, or the name of one that is registered.
pub fn check_plugin(manifest: &str, how: &(impl Serialize + ?Sized), limits: &Limits<'_>) -> Result<Value> {
    let (manifest, how) = (c("manifest", manifest)?, options(how)?);
    limits.around("check_plugin", |call| {
        json(|out, error| unsafe { freshet_plugins_check(manifest.as_ptr(), pointer(&how), call, out, error) })
    })
}

/// What a program offers by a name, as a manifest says it of a library.
#[derive(Debug, Clone)]
pub struct Offer {
    name: String,
    version: String,
    more: Value,
}

impl Offer {
    /// `name` is what configurations call it.
    pub fn new(name: impl Into<String>) -> Self {
        Offer { name: name.into(), version: "1.0".into(), more: object!({}) }
    }

    fn with(mut self, key: &str, value: Value) -> Self {
        self.more[key] = value;
        self
    }

    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.version = version.into();
        self
    }

    pub fn description(self, text: &str) -> Self {
        self.with("description", object!(text))
    }

    /// The schema of its options; without one it takes any.
    pub fn options(self, schema: Value) -> Self {
        self.with("options", schema)
    }

    /// Loaders and stores: the options that name a source, or a place, for good.
    pub fn identity(self, options: &[&str]) -> Self {
        self.with("identity", object!(options))
    }

    /// Readers: what they read.
    pub fn media_types(self, types: &[&str]) -> Self {
        self.with("media_types", object!(types))
    }

    /// Readers: names of files that they read.
    pub fn extensions(self, extensions: &[&str]) -> Self {
        self.with("extensions", object!(extensions))
    }

    /// Readers: used by runs that name no readers. Else those do that name it.
    pub fn by_default(self) -> Self {
        self.with("default", object!(true))
    }

    fn manifest(&self, kind: &str) -> (String, Value) {
        let plugin = format!("{kind}_{}", self.name);
        let mut offer = self.more.clone();
        offer["kind"] = object!(kind);
        offer["name"] = object!(self.name);
        if offer.get("options").is_none() {
            offer["options"] = object!({"type": "object"});
        }
        let manifest = object!({"manifest": 1, "name": plugin, "version": self.version, "abi": FRESHET_PLUGIN_ABI, "provides": [offer]});
        (plugin, manifest)
    }
}

/// A function that opens, and the table that calls it: the payload of a provider. The function comes first, since the
/// table takes the payload for a pointer to it.
#[repr(C)]
struct Payload<F, T> {
    open: F,
    table: T,
    kind: &'static CStr,
    name: String,
}

unsafe extern "C" fn get<F, T>(payload: *mut c_void, kind: *const c_char, name: *const c_char) -> *const c_void {
    let payload = &*(payload as *const Payload<F, T>);
    if plugin::asked(kind, name, payload.kind, &payload.name) {
        &raw const payload.table as *const c_void
    } else {
        null()
    }
}

unsafe extern "C" fn release<F, T>(payload: *mut c_void) {
    if let Err(panic) = caught(|| drop(Box::from_raw(payload as *mut Payload<F, T>))) {
        words(panic);
    }
}

/// What is registered: by its name any repository of the process finds it, before files. Dropping it takes it out; what
/// was opened from it goes on until it is closed.
#[derive(Debug)]
#[must_use = "dropping it takes the plugin out again"]
pub struct Registration {
    plugin: String,
}

impl Registration {
    /// The name of the plugin, such as `loader_tickets`: what [`check_plugin`] takes.
    pub fn plugin(&self) -> &str {
        &self.plugin
    }

    /// It stays registered as long as the process lives.
    pub fn keep(self) {
        std::mem::forget(self);
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        if let Ok(name) = c("plugin", &self.plugin) {
            let _ = check(|error| unsafe { freshet_plugins_unregister(name.as_ptr(), error) });
        }
    }
}

fn register<F: Send + Sync + 'static, T: 'static>(
    offer: &Offer,
    word: &str,
    kind: &'static CStr,
    open: F,
    table: T,
) -> Result<Registration> {
    let (plugin, manifest) = offer.manifest(word);
    let manifest = c("manifest", &manifest.to_string())?;
    let payload = Box::new(Payload { open, table, kind, name: offer.name.clone() });
    let provider = freshet_provider {
        payload: Box::into_raw(payload) as *mut c_void,
        get: Some(get::<F, T>),
        release: Some(release::<F, T>),
        ..Default::default()
    };
    // SAFETY: release is called once, also where this fails.
    check(|error| unsafe { freshet_plugins_register(manifest.as_ptr(), &provider, error) })?;
    Ok(Registration { plugin })
}

macro_rules! registrars {
    ($($(#[$about:meta])* $function:ident: $trait:ident, $word:literal, $kind:ident, $table:ident;)+) => {
        $($(#[$about])*
        ///
        /// `open` makes an instance from the options, for each repository or run that uses it, and on any thread.
        pub fn $function<T, F>(offer: &Offer, open: F) -> Result<Registration>
        where
            T: plugin::$trait,
            F: Fn(&Value, &plugin::Call) -> plugin::Result<T> + Send + Sync + 'static,
        {
            register(offer, $word, $kind, open, plugin::$table::<T, F>())
        })+
    };
}

registrars! {
    /// Registers a loader of the program's own.
    register_loader: Loader, "loader", FRESHET_PLUGIN_LOADER, loader_table_with;
    /// Registers a reader of the program's own.
    register_reader: Reader, "reader", FRESHET_PLUGIN_READER, reader_table_with;
    /// Registers an embedder of the program's own.
    register_embedder: Embedder, "embedder", FRESHET_PLUGIN_EMBEDDER, embedder_table_with;
    /// Registers a store of the program's own.
    register_store: Store, "store", FRESHET_PLUGIN_STORE, store_table_with;
    /// Registers a tokenizer of the program's own.
    register_tokenizer: Tokenizer, "tokenizer", FRESHET_PLUGIN_TOKENIZER, tokenizer_table_with;
    /// Registers a transformer of the program's own.
    register_transformer: Transformer, "transformer", FRESHET_PLUGIN_TRANSFORMER, transformer_table_with;
}
