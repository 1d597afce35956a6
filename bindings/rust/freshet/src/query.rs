//! Finds chunks in the store, and turns texts into vectors.
use crate::raw::*;
use crate::{Limits, Repository, Result};
use freshet_sys::*;
use serde::Serialize;
use std::ptr::null;
use std::time::SystemTime;

handle! {
    /// What was found, the best first.
    Hits, freshet_hits, freshet_hits_free
}

/// One chunk found. Its texts are borrowed from the [`Hits`].
#[derive(Debug, Clone, PartialEq)]
pub struct Hit<'a> {
    /// Higher is better; comparable within one query only.
    pub score: f64,
    pub text: &'a str,
    /// Of the root.
    pub uri: &'a str,
    pub title: &'a str,
    /// Section titles, joined by " > ".
    pub path: &'a str,
    /// The nearest anchor.
    pub url: &'a str,
    pub chunk_id: &'a str,
    /// A JSON object.
    pub metadata: &'a str,
    /// When its source last confirmed the root.
    pub checked: Option<SystemTime>,
    /// When its policy is asked again.
    pub due: Option<SystemTime>,
    /// Why it is older than "max_age"; "" where it is not.
    pub unconfirmed: &'a str,
}

impl Hits {
    pub fn len(&self) -> usize {
        // SAFETY: it lives; so in all that follow.
        unsafe { freshet_hits_count(self.0) }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// 0, or as how many of the best rows were held against the filter before the library stopped.
    pub fn ended_after(&self) -> u32 {
        unsafe { freshet_hits_ended_after(self.0) }
    }

    pub fn get(&self, index: usize) -> Result<Hit<'_>> {
        let hit: freshet_hit = number(|out, error| unsafe { freshet_hits_get(self.0, index, out, error) })?;
        let text = |from| unsafe { text(from) };
        Ok(Hit {
            score: hit.score,
            text: text(hit.text),
            uri: text(hit.uri),
            title: text(hit.title),
            path: text(hit.path),
            url: text(hit.url),
            chunk_id: text(hit.chunk_id),
            metadata: text(hit.metadata),
            checked: time(hit.checked_ms),
            due: time(hit.due_ms),
            unconfirmed: text(hit.unconfirmed),
        })
    }

    pub fn iter(&self) -> impl ExactSizeIterator<Item = Hit<'_>> + '_ {
        (0..self.len()).map(|index| self.get(index).expect("an index below the count"))
    }

    pub fn to_json(&self) -> Result<String> {
        owned_text(|out, error| unsafe { freshet_hits_to_json(self.0, out, error) })
    }
}

/// What texts are embedded for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum Purpose {
    Document = FRESHET_PURPOSE_DOCUMENT,
    Query = FRESHET_PURPOSE_QUERY,
}

handle! {
    /// The vectors of some texts.
    Vectors, freshet_vectors, freshet_vectors_free
}

impl Vectors {
    pub fn len(&self) -> usize {
        unsafe { freshet_vectors_count(self.0) }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn dimension(&self) -> usize {
        unsafe { freshet_vectors_dimension(self.0) }
    }

    /// Vectors of one model can be compared.
    pub fn model(&self) -> &str {
        unsafe { text(freshet_vectors_model(self.0)) }
    }

    pub fn get(&self, index: usize) -> Result<&[f32]> {
        let mut out = null();
        check(|error| unsafe { freshet_vectors_get(self.0, index, &mut out, error) })?;
        Ok(unsafe { std::slice::from_raw_parts(out, self.dimension()) })
    }

    pub fn iter(&self) -> impl ExactSizeIterator<Item = &[f32]> + '_ {
        (0..self.len()).map(|index| self.get(index).expect("an index below the count"))
    }
}

impl Repository {
    /// Searches. `how` is a [`crate::QueryOptions`], what serializes to such an object, or `&()`.
    pub fn query(&self, question: &str, how: &(impl Serialize + ?Sized), limits: &Limits<'_>) -> Result<Hits> {
        let (question, how) = (c("text", question)?, options(how)?);
        limits.around("query", |call| {
            made(|out, error| unsafe { freshet_query_run(self.0, question.as_ptr(), pointer(&how), call, out, error) })
                .map(Hits)
        })
    }

    /// Searches for the rows whose vectors are nearest.
    pub fn query_vector(&self, vector: &[f32], how: &(impl Serialize + ?Sized), limits: &Limits<'_>) -> Result<Hits> {
        let how = options(how)?;
        limits.around("query_vector", |call| {
            made(|out, error| unsafe {
                freshet_query_vector(self.0, vector.as_ptr(), vector.len(), pointer(&how), call, out, error)
            })
            .map(Hits)
        })
    }

    /// Texts to vectors, by the embedder that the last refresh delivered with, or that of `config`.
    pub fn embed<'a>(
        &self,
        config: &(impl Serialize + ?Sized),
        texts: impl IntoIterator<Item = &'a str>,
        purpose: Purpose,
        limits: &Limits<'_>,
    ) -> Result<Vectors> {
        let (config, texts) = (options(config)?, Texts::new("texts", texts)?);
        limits.around("embed", |call| {
            made(|out, error| unsafe {
                freshet_embed(
                    self.0,
                    pointer(&config),
                    texts.pointer(),
                    texts.count(),
                    purpose as i32,
                    call,
                    out,
                    error,
                )
            })
            .map(Vectors)
        })
    }
}
