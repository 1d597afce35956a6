//! model.safetensors: tensors by name, as 32-bit floats in rows.
use freshet_plugin::Result;
use model_files::Model;
use safetensors::{Dtype, SafeTensors};

pub const FILE: &str = "model.safetensors";

pub struct Weights<'a> {
    model: &'a Model,
    tensors: SafeTensors<'a>,
    /// What all names begin with, such as "bert.".
    prefix: &'static str,
}

impl<'a> Weights<'a> {
    pub fn read(model: &'a Model, bytes: &'a [u8]) -> Result<Weights<'a>> {
        let tensors = SafeTensors::deserialize(bytes).map_err(|e| model.bad(FILE, &e.to_string()))?;
        Ok(Weights { model, tensors, prefix: "" })
    }

    pub fn has(&self, name: &str) -> bool {
        self.tensors.tensor(&format!("{}{name}", self.prefix)).is_ok()
    }

    /// The names as one of `prefixes` begins them, found by `name`.
    pub fn below(mut self, prefixes: &[&'static str], name: &str) -> Self {
        let fits = |prefix: &&&'static str| self.tensors.tensor(&format!("{prefix}{name}")).is_ok();
        self.prefix = prefixes.iter().find(fits).copied().unwrap_or("");
        self
    }

    /// How many rows and columns a tensor has.
    pub fn shape(&self, name: &str) -> Result<(usize, usize)> {
        match self.tensor(name)?.shape() {
            [rows, columns] => Ok((*rows, *columns)),
            other => Err(self.model.bad(FILE, &format!("{name} has {} dimensions, not 2", other.len()))),
        }
    }

    /// The values of a tensor of exactly this shape.
    pub fn get(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>> {
        let tensor = self.tensor(name)?;
        if tensor.shape() != shape {
            return Err(self.model.bad(FILE, &format!("{name} has the shape {:?}, not {shape:?}", tensor.shape())));
        }
        let of_two = |from: fn([u8; 2]) -> f32| tensor.data().chunks_exact(2).map(|b| from([b[0], b[1]])).collect();
        match tensor.dtype() {
            Dtype::F32 => {
                Ok(tensor.data().chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect())
            }
            Dtype::F16 => Ok(of_two(|b| half(u16::from_le_bytes(b)))),
            Dtype::BF16 => Ok(of_two(|b| f32::from_bits((u16::from_le_bytes(b) as u32) << 16))),
            other => Err(self.model.bad(FILE, &format!("{name} is of {other:?}; F32, F16 and BF16 are known"))),
        }
    }

    fn tensor(&self, name: &str) -> Result<safetensors::tensor::TensorView<'_>> {
        let name = format!("{}{name}", self.prefix);
        self.tensors.tensor(&name).map_err(|_| self.model.bad(FILE, &format!("there is no tensor {name}")))
    }
}

fn half(bits: u16) -> f32 {
    let sign = if bits >> 15 == 1 { -1.0 } else { 1.0 };
    let (exponent, fraction) = ((bits >> 10 & 31) as i32, (bits & 1023) as f32 / 1024.0);
    sign * match exponent {
        0 => fraction * 2f32.powi(-14),
        31 if fraction == 0.0 => f32::INFINITY,
        31 => f32::NAN,
        _ => (1.0 + fraction) * 2f32.powi(exponent - 15),
    }
}
