//! tokenizer_model - the tokens of any model that has a tokenizer.json.
use freshet_plugin::{Call, Open, Result, Tokenizer};
use model_files::{refused, Model, Tokens};
use serde_json::Value;

struct OfModel(Tokens);

impl Open for OfModel {
    fn open(options: &Value, _: &Call) -> Result<Self> {
        Tokens::read(&Model::open(model_files::find(options)?)?).map(OfModel)
    }
}

impl Tokenizer for OfModel {
    fn name(&self) -> String {
        self.0.name.clone()
    }
    fn fingerprint(&self) -> String {
        self.name() // it has the digest of the file
    }
    fn count(&self, text: &str) -> Result<u64> {
        Ok(self.0.ids(text, false)?.len() as u64)
    }
    fn split(&self, text: &str, ends: &mut dyn FnMut(&[usize]) -> Result<()>) -> Result<()> {
        let encoding = self.0.tokenizer.encode(text, false).map_err(|e| refused(&*e))?;
        // A token of what a tokenizer adds, as a space before the first word, ends nowhere: at the byte it is next to.
        let mut last = 1;
        let in_order = encoding.get_offsets().iter().map(|(_, end)| {
            last = last.max(*end);
            last
        });
        ends(&in_order.collect::<Vec<_>>())
    }
}

freshet_plugin::plugin! { "tokenizer_model", env!("FRESHET_PLUGIN_VERSION"), tokenizer "model" => OfModel; }
