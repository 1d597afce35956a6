//! The encoders of the BERT family: BERT, RoBERTa and XLM-RoBERTa. The texts of a batch lie one after the other, with
//! nothing between them, so short ones cost what they are and no more.
use crate::matrix::{add_and_normalise, gelu, multiply, relu, softmax, to_unit, View};
use crate::settings::{Pooling, Settings};
use crate::weights::Weights;
use freshet_plugin::Result;
use model_files::{text, Model};
use serde_json::Value;
use std::sync::atomic::{AtomicBool, Ordering};

pub struct Bert {
    words: Vec<f32>,
    positions: Vec<f32>, // each with the type of the first segment in it
    first_position: usize,
    norm: Norm,
    layers: Vec<Layer>,
    heads: usize,
    pub width: usize,
    epsilon: f32,
    activate: fn(&mut [f32]),
    pooling: Pooling,
    unit: bool,
}

struct Norm {
    scale: Vec<f32>,
    shift: Vec<f32>,
}

struct Dense {
    weights: Vec<f32>, // [outputs × inputs]
    bias: Vec<f32>,
}

struct Layer {
    attend: Dense, // queries, keys and values
    attended: Dense,
    attended_norm: Norm,
    widen: Dense,
    narrow: Dense,
    narrow_norm: Norm,
}

impl Dense {
    fn outputs(&self) -> usize {
        self.bias.len()
    }

    /// out[rows × outputs] = input[rows × inputs] · weightsᵀ + bias
    fn apply(&self, input: &[f32], rows: usize, out: &mut Vec<f32>) {
        let (outputs, inputs) = (self.outputs(), self.weights.len() / self.outputs());
        out.clear();
        (0..rows).for_each(|_| out.extend_from_slice(&self.bias));
        let whole = |stride| View { start: 0, stride };
        multiply(
            (rows, inputs, outputs),
            1.0,
            input,
            whole(inputs),
            &self.weights,
            whole(inputs),
            false,
            1.0,
            out,
            whole(outputs),
        );
    }
}

/// What a thread computes in; kept from batch to batch.
#[derive(Default)]
pub struct Space {
    rows: Vec<f32>,
    three: Vec<f32>,
    scores: Vec<f32>,
    mixed: Vec<f32>,
    wide: Vec<f32>,
    more: Vec<f32>,
}

impl Bert {
    pub fn read(model: &Model, config: &Value, settings: &Settings, weights: Weights) -> Result<Bert> {
        let number = |name: &str| {
            let found = config.get(name).and_then(Value::as_u64).filter(|n| (1..=1 << 20).contains(n));
            found.map(|n| n as usize).ok_or_else(|| model.bad("config.json", &format!("{name} is no number from 1")))
        };
        let (width, heads, wide, vocabulary) = (
            number("hidden_size")?,
            number("num_attention_heads")?,
            number("intermediate_size")?,
            number("vocab_size")?,
        );
        if width % heads != 0 {
            return Err(model.bad("config.json", "hidden_size is no multiple of num_attention_heads"));
        }
        let weights = weights.below(&["", "bert.", "roberta."], "embeddings.word_embeddings.weight");
        let norm = |name: &str| {
            Ok(Norm {
                scale: weights.get(&format!("{name}.weight"), &[width])?,
                shift: weights.get(&format!("{name}.bias"), &[width])?,
            })
        };
        let dense = |name: &str, outputs: usize, inputs: usize| {
            Ok(Dense {
                weights: weights.get(&format!("{name}.weight"), &[outputs, inputs])?,
                bias: weights.get(&format!("{name}.bias"), &[outputs])?,
            })
        };
        let layer = |i: usize| {
            let at = |part: &str| format!("encoder.layer.{i}.{part}");
            let mut attend = dense(&at("attention.self.query"), width, width)?;
            for part in ["attention.self.key", "attention.self.value"] {
                let more = dense(&at(part), width, width)?;
                attend.weights.extend(more.weights);
                attend.bias.extend(more.bias);
            }
            Ok(Layer {
                attend,
                attended: dense(&at("attention.output.dense"), width, width)?,
                attended_norm: norm(&at("attention.output.LayerNorm"))?,
                widen: dense(&at("intermediate.dense"), wide, width)?,
                narrow: dense(&at("output.dense"), width, wide)?,
                narrow_norm: norm(&at("output.LayerNorm"))?,
            })
        };
        let mut positions =
            weights.get("embeddings.position_embeddings.weight", &[number("max_position_embeddings")?, width])?;
        let types = weights.get("embeddings.token_type_embeddings.weight", &[number("type_vocab_size")?, width])?;
        positions
            .chunks_exact_mut(width)
            .for_each(|row| row.iter_mut().zip(&types).for_each(|(value, kind)| *value += kind));
        Ok(Bert {
            words: weights.get("embeddings.word_embeddings.weight", &[vocabulary, width])?,
            positions,
            first_position: settings.first_position,
            norm: norm("embeddings.LayerNorm")?,
            layers: (0..number("num_hidden_layers")?).map(layer).collect::<Result<_>>()?,
            heads,
            width,
            epsilon: config.get("layer_norm_eps").and_then(Value::as_f64).unwrap_or(1e-12) as f32,
            activate: activation(model, config)?,
            pooling: settings.pooling,
            unit: settings.unit,
        })
    }

    /// Whether every token has a row, and no text is longer than there are positions.
    pub fn takes(&self, tokens: &[u32]) -> bool {
        let known = |token: &u32| (*token as usize) < self.words.len() / self.width;
        !tokens.is_empty()
            && tokens.iter().all(known)
            && self.first_position + tokens.len() <= self.positions.len() / self.width
    }

    /// A vector for each text of the batch; none where it was stopped.
    pub fn embed(&self, texts: &[&[u32]], space: &mut Space, stop: &AtomicBool) -> Option<Vec<Vec<f32>>> {
        let Space { rows, three, scores, mixed, wide, more } = space;
        self.look_up(texts, rows, more);
        let count = rows.len() / self.width;
        for layer in &self.layers {
            if stop.load(Ordering::Relaxed) {
                return None;
            }
            layer.attend.apply(rows, count, three);
            self.mix(texts, three, scores, mixed);
            layer.attended.apply(mixed, count, more);
            self.settle(rows, more, &layer.attended_norm);
            layer.widen.apply(rows, count, wide);
            (self.activate)(wide);
            layer.narrow.apply(wide, count, more);
            self.settle(rows, more, &layer.narrow_norm);
        }
        let mut rest = rows.as_slice();
        Some(
            texts
                .iter()
                .map(|text| {
                    let (own, others) = rest.split_at(text.len() * self.width);
                    rest = others;
                    self.pool(own)
                })
                .collect(),
        )
    }

    fn settle(&self, rows: &mut [f32], more: &[f32], norm: &Norm) {
        add_and_normalise(rows, more, &norm.scale, &norm.shift, self.epsilon);
    }

    fn look_up(&self, texts: &[&[u32]], rows: &mut Vec<f32>, places: &mut Vec<f32>) {
        rows.clear();
        places.clear();
        for text in texts {
            for token in *text {
                rows.extend_from_slice(&self.words[*token as usize * self.width..][..self.width]);
            }
            places.extend_from_slice(&self.positions[self.first_position * self.width..][..text.len() * self.width]);
        }
        self.settle(rows, places, &self.norm);
    }

    /// Attention: each row becomes a mixture of its text's values, head by head.
    fn mix(&self, texts: &[&[u32]], three: &[f32], scores: &mut Vec<f32>, mixed: &mut Vec<f32>) {
        let (width, depth) = (self.width, self.width / self.heads);
        mixed.resize(three.len() / 3, 0.0);
        let mut first = 0;
        for text in texts {
            let size = text.len();
            scores.resize(size * size, 0.0);
            for head in 0..self.heads {
                let at =
                    |part: usize| View { start: first * 3 * width + part * width + head * depth, stride: 3 * width };
                let (square, out) =
                    (View { start: 0, stride: size }, View { start: first * width + head * depth, stride: width });
                let scale = 1.0 / (depth as f32).sqrt();
                multiply((size, depth, size), scale, three, at(0), three, at(1), false, 0.0, scores, square);
                softmax(scores, size);
                multiply((size, size, depth), 1.0, scores, square, three, at(2), true, 0.0, mixed, out);
            }
            first += size;
        }
    }

    fn pool(&self, rows: &[f32]) -> Vec<f32> {
        let mut vector = rows[..self.width].to_vec();
        if self.pooling == Pooling::Mean {
            let others = rows.chunks_exact(self.width).skip(1);
            others.for_each(|row| vector.iter_mut().zip(row).for_each(|(sum, value)| *sum += value));
            let share = self.width as f32 / rows.len() as f32;
            vector.iter_mut().for_each(|value| *value *= share);
        }
        if self.unit {
            to_unit(&mut vector);
        }
        vector
    }
}

fn activation(model: &Model, config: &Value) -> Result<fn(&mut [f32])> {
    match text(config, "hidden_act").unwrap_or("gelu") {
        "gelu" => Ok(gelu),
        "relu" => Ok(relu),
        other => Err(model.bad("config.json", &format!("hidden_act is {other}; gelu and relu are known"))),
    }
}
