//! The arithmetic of the models. A row's result depends on that row alone, so a text has the same vector whatever
//! it is computed with.

/// Rows of one length, one after the other, within longer ones: where they begin and how far they are apart.
#[derive(Clone, Copy)]
pub struct View {
    pub start: usize,
    pub stride: usize,
}

/// out[rows × width] = out * keep + scale * left[rows × depth] · right, where right is [depth × width], or its
/// transpose where `right_by_rows` is false.
#[allow(clippy::too_many_arguments)]
pub fn multiply(
    (rows, depth, width): (usize, usize, usize),
    scale: f32,
    left: &[f32],
    left_at: View,
    right: &[f32],
    right_at: View,
    right_by_rows: bool,
    keep: f32,
    out: &mut [f32],
    out_at: View,
) {
    let end = |at: View, rows: usize, width: usize| at.start + rows.saturating_sub(1) * at.stride + width;
    let (right_rows, right_width) = if right_by_rows { (depth, width) } else { (width, depth) };
    assert!(end(left_at, rows, depth) <= left.len() && end(right_at, right_rows, right_width) <= right.len());
    assert!(end(out_at, rows, width) <= out.len());
    let (down, across) = if right_by_rows { (right_at.stride as isize, 1) } else { (1, right_at.stride as isize) };
    // What is read and written lies within the three slices, as was just looked at.
    unsafe {
        matrixmultiply::sgemm(
            rows,
            depth,
            width,
            scale,
            left.as_ptr().add(left_at.start),
            left_at.stride as isize,
            1,
            right.as_ptr().add(right_at.start),
            down,
            across,
            keep,
            out.as_mut_ptr().add(out_at.start),
            out_at.stride as isize,
            1,
        )
    }
}

/// Compiles a loop twice, once for what most machines can and this one may not.
macro_rules! vectorised {
    ($(#[$meta:meta])* pub fn $name:ident($($arg:ident: $type:ty),*) $body:block) => {
        $(#[$meta])*
        pub fn $name($($arg: $type),*) {
            #[inline(always)]
            fn body($($arg: $type),*) $body
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx2,fma")]
                unsafe fn wide($($arg: $type),*) { body($($arg),*) }
                if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
                    return unsafe { wide($($arg),*) };
                }
            }
            body($($arg),*)
        }
    };
}

/// To 2 in the last place; what is too small or too large for a number is its nearest one.
#[inline(always)]
fn exp(x: f32) -> f32 {
    const ROUND: f32 = 12582912.0; // 1.5 * 2^23: adding it leaves no place for a fraction
    let power = x.clamp(-87.0, 88.0) * std::f32::consts::LOG2_E;
    let shifted = power + ROUND;
    let rest = (power - (shifted - ROUND)) * std::f32::consts::LN_2;
    let series = 1.0
        + rest
            * (1.0
                + rest * (1.0 / 2.0 + rest * (1.0 / 6.0 + rest * (1.0 / 24.0 + rest * (1.0 / 120.0 + rest / 720.0)))));
    let exponent = (shifted.to_bits() as i32).wrapping_sub(ROUND.to_bits() as i32);
    series * f32::from_bits(((exponent + 127) << 23) as u32)
}

vectorised! {
    #[allow(clippy::excessive_precision)] // as they are printed
    /// x · Φ(x), with the error function of Abramowitz and Stegun, 7.1.26: within 1.5e-7.
    pub fn gelu(values: &mut [f32]) {
        for value in values {
            let x = value.abs() * std::f32::consts::FRAC_1_SQRT_2;
            let t = 1.0 / (1.0 + 0.3275911 * x);
            let series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
            let erf = (1.0 - series * exp(-x * x)).copysign(*value);
            *value *= 0.5 * (1.0 + erf);
        }
    }
}

pub fn relu(values: &mut [f32]) {
    values.iter_mut().for_each(|value| *value = value.max(0.0));
}

vectorised! {
    /// Each row becomes shares of 1.
    pub fn softmax(values: &mut [f32], width: usize) {
        for row in values.chunks_exact_mut(width) {
            let most = row.iter().copied().fold(f32::MIN, f32::max);
            row.iter_mut().for_each(|value| *value = exp(*value - most));
            let share = 1.0 / sum(row);
            row.iter_mut().for_each(|value| *value *= share);
        }
    }
}

vectorised! {
    /// to = (to + from), each row brought to mean 0 and variance 1, then scaled and shifted.
    pub fn add_and_normalise(to: &mut [f32], from: &[f32], scale: &[f32], shift: &[f32], epsilon: f32) {
        let width = scale.len();
        for (row, more) in to.chunks_exact_mut(width).zip(from.chunks_exact(width)) {
            row.iter_mut().zip(more).for_each(|(value, more)| *value += more);
            let mean = sum(row) / width as f32;
            row.iter_mut().for_each(|value| *value -= mean);
            let factor = 1.0 / (dot(row, row) / width as f32 + epsilon).sqrt();
            for ((value, scale), shift) in row.iter_mut().zip(scale).zip(shift) {
                *value = *value * factor * scale + shift;
            }
        }
    }
}

/// In eight parts, which a machine adds at once.
#[inline(always)]
fn sum(values: &[f32]) -> f32 {
    fold(values.chunks(8).map(|part| (part, part)), |part, _| part)
}

#[inline(always)]
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    fold(a.chunks(8).zip(b.chunks(8)), |a, b| a * b)
}

#[inline(always)]
fn fold<'a>(parts: impl Iterator<Item = (&'a [f32], &'a [f32])>, of: impl Fn(f32, f32) -> f32) -> f32 {
    let mut sums = [0f32; 8];
    for (a, b) in parts {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += of(*a, *b);
        }
    }
    sums.iter().sum()
}

/// To length 1; all zeros stay.
pub fn to_unit(vector: &mut [f32]) {
    let length = dot(vector, vector).sqrt();
    if length > 0.0 {
        vector.iter_mut().for_each(|value| *value /= length);
    }
}
