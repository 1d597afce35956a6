//! tokenizer_openai - the tokens of OpenAI's models, exactly: cl100k_base, which its embeddings are counted with,
//! and o200k_base. The tables are in the library; nothing is fetched.
use bpe_openai::{cl100k_base, o200k_base, Tokenizer as Bpe};
use freshet_plugin::{Call, Open, Result, Tokenizer};
use serde_json::Value;

/// Ends are handed over by so many: a document is a megabyte, and its ends need not be there twice.
const BATCH: usize = 4096;

trait Table: Send + Sync + 'static {
    const NAME: &'static str;
    fn bpe() -> &'static Bpe;
}

struct Cl100k;
impl Table for Cl100k {
    const NAME: &'static str = "cl100k_base";
    fn bpe() -> &'static Bpe {
        cl100k_base()
    }
}

struct O200k;
impl Table for O200k {
    const NAME: &'static str = "o200k_base";
    fn bpe() -> &'static Bpe {
        o200k_base()
    }
}

struct Of<T>(std::marker::PhantomData<T>);

impl<T: Table> Open for Of<T> {
    fn open(_: &Value, _: &Call) -> Result<Self> {
        T::bpe(); // unpacked once, here and not in the first count
        Ok(Of(std::marker::PhantomData))
    }
}

impl<T: Table> Tokenizer for Of<T> {
    fn name(&self) -> String {
        T::NAME.into()
    }
    fn fingerprint(&self) -> String {
        T::NAME.into() // its publisher never changes what a name stands for
    }
    fn count(&self, text: &str) -> Result<u64> {
        Ok(T::bpe().count(text) as u64)
    }
    fn split(&self, text: &str, ends: &mut dyn FnMut(&[usize]) -> Result<()>) -> Result<()> {
        let (bpe, mut end, mut batch) = (&T::bpe().bpe, 0, Vec::with_capacity(BATCH));
        for piece in T::bpe().split(text) {
            for token in bpe.encode_via_backtracking(piece.as_bytes()) {
                end += bpe.token_len(token);
                batch.push(end);
                if batch.len() == BATCH {
                    ends(&batch)?;
                    batch.clear();
                }
            }
        }
        ends(&batch)
    }
}

freshet_plugin::plugin! {
    "tokenizer_openai", env!("FRESHET_PLUGIN_VERSION"),
    tokenizer "cl100k_base" => Of<Cl100k>;
    tokenizer "o200k_base" => Of<O200k>;
}
