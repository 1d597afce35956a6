//! tokenizer_model - the tokens of any model that has a tokenizer.json.
use freshet_abi::{tokenizer, tokenizer_table, Call, Result, Tokenizer};
use model_files::{refused, Model, Tokens};
use serde_json::Value;
use std::ffi::{CStr, CString};

struct OfModel {
    tokens: Tokens,
    name: CString,
}

impl Tokenizer for OfModel {
    fn open(options: &Value, _: &Call) -> Result<Self> {
        let tokens = Tokens::read(&Model::open(model_files::find(options)?)?)?;
        let name = CString::new(tokens.name.as_str()).unwrap_or_default();
        Ok(OfModel { tokens, name })
    }
    fn name(&self) -> &CStr {
        &self.name
    }
    fn fingerprint(&self) -> &CStr {
        &self.name // it has the digest of the file
    }
    fn count(&self, text: &str) -> Result<u64> {
        Ok(self.tokens.ids(text, false)?.len() as u64)
    }
    fn split(&self, text: &str, ends: &mut dyn FnMut(&[usize]) -> Result<()>) -> Result<()> {
        let encoding = self.tokens.tokenizer.encode(text, false).map_err(|e| refused(&*e))?;
        // A token of what a tokenizer adds, as a space before the first word, ends nowhere: at the byte it is next to.
        let mut last = 1;
        let in_order = encoding.get_offsets().iter().map(|(_, end)| {
            last = last.max(*end);
            last
        });
        ends(&in_order.collect::<Vec<_>>())
    }
}

freshet_abi::plugin! {
    "tokenizer_model",
    tokenizer::KIND, c"model" => TokenizerTable = tokenizer_table::<OfModel>();
}
