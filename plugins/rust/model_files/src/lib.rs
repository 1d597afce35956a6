//! model_files - where a model lies, what is in its files, and its tokenizer. A model is a folder as Hugging Face
//! and sentence-transformers lay it out; `freshet models add` keeps such folders below the user's data directory.
use freshet_plugin::{failure, status, Failure, Result};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::env;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use tokenizers::{Tokenizer, TruncationParams};

/// What `freshet models add` writes beside the files, as sha256sum does.
const CHECKSUMS: &str = "SHA256SUMS";

/// The folder that the options name: by `path`, or by `model` among those that were added; without either the only
/// one that was.
pub fn find(options: &Value) -> Result<PathBuf> {
    match (text(options, "path"), text(options, "model")) {
        (Some(_), Some(_)) => Err(invalid("path and model both say where the model is: give one of them", "path")),
        (Some(path), None) => Ok(PathBuf::from(path)),
        (None, Some(name)) => named(name),
        (None, None) => the_only_one(),
    }
}

fn named(name: &str) -> Result<PathBuf> {
    let home = models()?;
    let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b)) && !name.starts_with('.');
    if !plain || name.is_empty() {
        return Err(invalid("a model's name has letters, digits, '.', '_' and '-'; a folder is given by path", name));
    }
    if home.join(name).is_dir() {
        return Ok(home.join(name));
    }
    Err(failure(status::NOT_FOUND, format!("there is no such model in {}: {}", home.display(), added(&home)?), name))
}

fn the_only_one() -> Result<PathBuf> {
    let home = models()?;
    match names(&home)?.as_slice() {
        [only] => Ok(home.join(only)),
        _ => Err(failure(
            status::NOT_FOUND,
            format!("which model is not said, and there is not one alone: {}", added(&home)?),
            "model",
        )),
    }
}

fn added(home: &Path) -> Result<String> {
    let names = names(home)?;
    Ok(if names.is_empty() {
        "none was added with freshet models add".into()
    } else {
        format!("there are {}", names.join(", "))
    })
}

fn names(home: &Path) -> Result<Vec<String>> {
    let entries = match fs::read_dir(home) {
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(vec![]),
        entries => entries.map_err(|e| unreadable(home, &e))?,
    };
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok().filter(|e| e.path().is_dir())?.file_name().into_string().ok())
        .filter(|name| !name.starts_with('.'))
        .collect();
    names.sort();
    Ok(names)
}

fn models() -> Result<PathBuf> {
    let set = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let data = set("XDG_DATA_HOME").or_else(|| Some(set("HOME")?.join(".local/share")));
    let data = data.ok_or_else(|| {
        invalid("neither XDG_DATA_HOME nor HOME is an absolute path: give the model by path", "model")
    })?;
    Ok(data.join("freshet/models"))
}

/// The files of one model, each read whole and, where checksums were kept, compared with its own.
pub struct Model {
    pub home: PathBuf,
    checksums: Option<String>,
}

/// A file's bytes and what stands for them.
pub struct Content {
    pub bytes: Vec<u8>,
    pub digest: [u8; 32],
}

impl Model {
    pub fn open(home: PathBuf) -> Result<Model> {
        if !home.is_dir() {
            return Err(failure(status::NOT_FOUND, "there is no such folder", home.display().to_string()));
        }
        let checksums = optional(&home.join(CHECKSUMS))?.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        Ok(Model { home, checksums })
    }

    pub fn has(&self, name: &str) -> bool {
        self.home.join(name).is_file()
    }

    pub fn read(&self, name: &str) -> Result<Content> {
        self.read_if_there(name)?.ok_or_else(|| {
            failure(status::NOT_FOUND, format!("the model has no {name}"), self.home.display().to_string())
        })
    }

    pub fn read_if_there(&self, name: &str) -> Result<Option<Content>> {
        let Some(bytes) = optional(&self.home.join(name))? else { return Ok(None) };
        let digest: [u8; 32] = Sha256::digest(&bytes).into();
        if let Some(kept) = self.checksum(name) {
            if kept != hex(&digest) {
                return Err(failure(
                    status::CORRUPT,
                    format!("{name} is not what {CHECKSUMS} says: add the model again"),
                    self.home.display().to_string(),
                ));
            }
        }
        Ok(Some(Content { bytes, digest }))
    }

    fn checksum(&self, name: &str) -> Option<&str> {
        let lines = self.checksums.as_ref()?.lines();
        lines.filter_map(|line| line.split_once("  ")).find(|(_, file)| *file == name).map(|(sum, _)| sum)
    }

    pub fn json(&self, name: &str) -> Result<Value> {
        self.json_if_there(name)?.ok_or_else(|| {
            failure(status::NOT_FOUND, format!("the model has no {name}"), self.home.display().to_string())
        })
    }

    pub fn json_if_there(&self, name: &str) -> Result<Option<Value>> {
        let Some(content) = self.read_if_there(name)? else { return Ok(None) };
        let value = serde_json::from_slice(&content.bytes).map_err(|e| self.bad(name, &e.to_string()))?;
        Ok(Some(value))
    }

    /// A file that says what it should not, or not what it should.
    pub fn bad(&self, name: &str, why: &str) -> Failure {
        failure(status::INVALID_ARGUMENT, format!("{name}: {why}"), self.home.display().to_string())
    }
}

/// A tokenizer.json: nothing in a text is a special token, and nothing is cut or filled up.
pub struct Tokens {
    pub tokenizer: Tokenizer,
    /// The same word for a tokenizer and for an embedder that read the same file.
    pub name: String,
    pub digest: [u8; 32],
}

impl Tokens {
    pub fn read(model: &Model) -> Result<Tokens> {
        const FILE: &str = "tokenizer.json";
        let content = model.read(FILE)?;
        let mut tokenizer = Tokenizer::from_bytes(&content.bytes).map_err(|e| model.bad(FILE, &e.to_string()))?;
        tokenizer.set_encode_special_tokens(true);
        tokenizer.with_padding(None);
        tokenizer.with_truncation(None).map_err(|e| model.bad(FILE, &e.to_string()))?;
        Ok(Tokens { tokenizer, name: format!("tokenizer.json-{}", short(&content.digest)), digest: content.digest })
    }

    /// From now on no text has more tokens, those around it included.
    pub fn cut_at(&mut self, max_length: usize) -> std::result::Result<(), String> {
        let cut = TruncationParams { max_length, ..Default::default() };
        self.tokenizer.with_truncation(Some(cut)).map(|_| ()).map_err(|e| e.to_string())
    }

    /// The tokens of a text, with those that the model wants around it or without.
    pub fn ids(&self, text: &str, around: bool) -> Result<Vec<u32>> {
        let encoding = self.tokenizer.encode_fast(text, around).map_err(|e| refused(&*e))?;
        Ok(encoding.get_ids().to_vec())
    }

    /// The token that stands for what the model does not know.
    pub fn unknown(&self) -> Option<u32> {
        ["[UNK]", "<unk>"].iter().find_map(|token| self.tokenizer.token_to_id(token))
    }
}

pub fn refused(why: &(dyn std::error::Error + Send + Sync)) -> Failure {
    failure(status::PLUGIN, format!("a text cannot be split: {why}"), "tokenizer.json")
}

/// Enough of a digest for a name.
pub fn short(digest: &[u8; 32]) -> String {
    hex(&digest[..8])
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

pub fn text<'a>(options: &'a Value, name: &str) -> Option<&'a str> {
    options.get(name).and_then(Value::as_str)
}

pub fn invalid(message: &str, subject: &str) -> Failure {
    failure(status::INVALID_ARGUMENT, message, subject)
}

fn optional(path: &Path) -> Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(None),
        read => read.map(Some).map_err(|e| unreadable(path, &e)),
    }
}

fn unreadable(path: &Path, why: &std::io::Error) -> Failure {
    let status = if why.kind() == ErrorKind::PermissionDenied { status::DENIED } else { status::IO };
    failure(status, format!("cannot be read: {why}"), path.display().to_string())
}
