//! Static models (model2vec): a row for each token, and a text is their mean.
use crate::matrix::to_unit;
use crate::settings::Settings;
use crate::weights::{Weights, FILE};
use freshet_plugin::Result;
use model_files::Model;

pub struct Static {
    rows: Vec<f32>,
    pub width: usize,
    unit: bool,
    unknown: Option<u32>,
}

impl Static {
    pub fn read(model: &Model, settings: &Settings, weights: Weights, unknown: Option<u32>) -> Result<Static> {
        if weights.has("mapping") || weights.has("weights") {
            return Err(model.bad(FILE, "has weights or a mapping beside its embeddings, which is not known"));
        }
        let (count, width) = weights.shape("embeddings")?;
        Ok(Static { rows: weights.get("embeddings", &[count, width])?, width, unit: settings.unit, unknown })
    }

    pub fn takes(&self, tokens: &[u32]) -> bool {
        tokens.iter().all(|token| (*token as usize) < self.rows.len() / self.width)
    }

    /// None where the model knows nothing of the text: not even that it is unknown.
    pub fn embed(&self, tokens: &[u32]) -> Option<Vec<f32>> {
        let known: Vec<u32> = tokens.iter().copied().filter(|token| Some(*token) != self.unknown).collect();
        let used = if known.is_empty() { tokens } else { &known };
        let mut vector = vec![0f32; self.width];
        for token in used {
            let row = &self.rows[*token as usize * self.width..][..self.width];
            vector.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
        }
        let share = 1.0 / used.len().max(1) as f32;
        vector.iter_mut().for_each(|value| *value *= share);
        if self.unit {
            to_unit(&mut vector);
        }
        vector.iter().any(|value| *value != 0.0).then_some(vector)
    }
}
