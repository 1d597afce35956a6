//! A store in memory that can all that a store can.
use freshet::plugin::*;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard};

#[derive(Clone)]
struct Kept {
    texts: [String; 8],
    vector: Option<Vec<f32>>,
}

impl Kept {
    fn new(row: &Row<'_>) -> Self {
        let texts =
            [row.id, row.digest, row.text, row.uri, row.title, row.url, row.path, row.metadata].map(String::from);
        Kept { texts, vector: row.vector.map(<[f32]>::to_vec) }
    }

    fn row(&self) -> Row<'_> {
        let [id, digest, text, uri, title, url, path, metadata] = self.texts.each_ref().map(String::as_str);
        Row { id, digest, text, uri, title, url, path, metadata, vector: self.vector.as_deref() }
    }
}

#[derive(Default)]
struct Space {
    dimension: u32,
    model: String,
    rows: BTreeMap<String, Kept>,
    /// The name under which it was filled.
    was: String,
}

#[derive(Default)]
struct Place {
    spaces: HashMap<String, Space>,
    /// The largest one that wrote.
    fences: HashMap<String, u64>,
}

/// Rows by the name of a place, so that an instance that is opened again finds what was there.
pub struct Memory {
    place: Arc<Mutex<Place>>,
    fence: AtomicU64,
}

static PLACES: LazyLock<Mutex<HashMap<String, Arc<Mutex<Place>>>>> = LazyLock::new(Default::default);

fn not_there(namespace: &str) -> Failure {
    failure(status::NOT_FOUND, "there is no such namespace", namespace)
}

impl Memory {
    pub fn at(place: &str) -> Self {
        let place = PLACES.lock().expect("places").entry(place.into()).or_default().clone();
        Memory { place, fence: AtomicU64::new(0) }
    }

    fn read(&self) -> MutexGuard<'_, Place> {
        self.place.lock().expect("a place")
    }

    /// Looks at the fence, as every write has to.
    fn write(&self, namespace: &str) -> Result<MutexGuard<'_, Place>> {
        let mut place = self.read();
        let (fence, newest) = (self.fence.load(Ordering::Relaxed), place.fences.entry(namespace.into()).or_default());
        if fence < *newest {
            return Err(failure(status::BUSY, "another writes here", namespace));
        }
        *newest = fence;
        Ok(place)
    }
}

fn score(search: &Search<'_>, row: &Row<'_>) -> Option<f64> {
    if search.mode == Mode::Vector {
        let vector = row.vector?;
        let product = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(a * b)).sum::<f64>();
        return Some(
            product(vector, search.vector) / (product(vector, vector) * product(search.vector, search.vector)).sqrt(),
        );
    }
    let text = format!("{} {}", row.title, row.text).to_lowercase();
    let words = search.text.to_lowercase();
    let found = words.split_whitespace().filter(|word| text.contains(word)).count();
    (found > 0).then_some(found as f64)
}

impl Store for Memory {
    const CLAIMS: bool = true;
    const REPLACES: bool = true;
    const CHECKS: bool = true;
    const NAMES: bool = true;
    const COUNTS_FOREIGN: bool = true;

    fn info(&self) -> StoreInfo {
        StoreInfo {
            text_search: true,
            vector_search: true,
            ordered: true,
            max_batch: 50,
            concurrent_writes: 2,
            ..Default::default()
        }
    }

    fn ensure(&self, _: &Call, namespace: &Namespace<'_>) -> Result<()> {
        let mut place = self.write(namespace.name)?;
        let fresh = || Space { dimension: namespace.dimension, model: namespace.model.into(), ..Default::default() };
        let there = place.spaces.entry(namespace.name.into()).or_insert_with(fresh);
        if (there.dimension, there.model.as_str()) != (namespace.dimension, namespace.model) {
            return Err(failure(status::INVALID_ARGUMENT, "has another dimension or model", namespace.name));
        }
        Ok(())
    }

    fn upsert(&self, _: &Call, namespace: &str, rows: &[Row<'_>], confirm: &Confirm<'_>) -> Result<()> {
        let mut place = self.write(namespace)?;
        let space = place.spaces.get_mut(namespace).ok_or_else(|| not_there(namespace))?;
        rows.iter().try_for_each(|row| {
            space.rows.insert(row.id.into(), Kept::new(row));
            confirm.confirmed(row.id)
        })
    }

    fn remove(&self, _: &Call, namespace: &str, ids: &[&str], confirm: &Confirm<'_>) -> Result<()> {
        let mut place = self.write(namespace)?;
        ids.iter().try_for_each(|id| {
            if let Some(space) = place.spaces.get_mut(namespace) {
                space.rows.remove(*id);
            }
            confirm.confirmed(id)
        })
    }

    fn search(&self, _: &Call, namespace: &str, search: &Search<'_>, found: &FoundRows<'_>) -> Result<()> {
        let place = self.read();
        let space = place.spaces.get(namespace).ok_or_else(|| not_there(namespace))?;
        let mut all: Vec<(f64, &Kept)> =
            space.rows.values().filter_map(|kept| score(search, &kept.row()).map(|score| (score, kept))).collect();
        all.sort_by(|a, b| b.0.total_cmp(&a.0));
        all.iter()
            .take(search.limit)
            .try_for_each(|(score, kept)| found.row(&Found { score: *score, row: Row { vector: None, ..kept.row() } }))
    }

    fn get(&self, _: &Call, namespace: &str, ids: &[&str], found: &FoundRows<'_>) -> Result<()> {
        let place = self.read();
        let space = place.spaces.get(namespace).ok_or_else(|| not_there(namespace))?;
        let mut seen = HashSet::new();
        ids.iter()
            .filter(|id| seen.insert(**id))
            .filter_map(|id| space.rows.get(*id))
            .try_for_each(|kept| found.row(&Found { score: 0.0, row: kept.row() }))
    }

    fn list(&self, _: &Call, namespace: &str, cursor: &str, limit: usize, page: &Page<'_>) -> Result<()> {
        let place = self.read();
        let space = place.spaces.get(namespace).ok_or_else(|| not_there(namespace))?;
        let mut later = space.rows.iter().filter(|(id, _)| id.as_str() > cursor);
        let mut last = None;
        for (id, kept) in later.by_ref().take(limit) {
            page.row(id, &kept.texts[1])?;
            last = Some(id);
        }
        match (later.next(), last) {
            (Some(_), Some(last)) => page.next(last),
            _ => Ok(()),
        }
    }

    fn count(&self, _: &Call, namespace: &str) -> Result<u64> {
        self.read().spaces.get(namespace).map(|space| space.rows.len() as u64).ok_or_else(|| not_there(namespace))
    }

    fn reset(&self, _: &Call, namespace: &str) -> Result<()> {
        self.write(namespace)?.spaces.remove(namespace);
        Ok(())
    }

    fn claim(&self, _: &Call, namespace: &str, fence: u64) -> Result<u64> {
        self.fence.store(fence, Ordering::Relaxed);
        Ok(self.read().fences.get(namespace).copied().unwrap_or(0))
    }

    fn replace(&self, _: &Call, namespace: &str, by: &str) -> Result<()> {
        let mut place = self.write(namespace)?;
        if let Some(mut filled) = place.spaces.remove(by) {
            filled.was = by.into();
            place.spaces.insert(namespace.into(), filled);
        } else if place.spaces.get(namespace).is_none_or(|there| there.was != by) {
            return Err(not_there(by));
        }
        Ok(())
    }

    fn check(&self, _: &Call, _: &Namespace<'_>, _: bool) -> Result<Vec<String>> {
        Ok(vec![])
    }

    fn namespaces(&self, _: &Call) -> Result<Vec<String>> {
        Ok(self.read().spaces.keys().cloned().collect())
    }

    fn foreign(&self, _: &Call, namespace: &str, _: bool) -> Result<u64> {
        self.read().spaces.get(namespace).map(|_| 0).ok_or_else(|| not_there(namespace))
    }
}
