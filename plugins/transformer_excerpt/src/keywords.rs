//! The words that a text is about, by YAKE with the settings of its predecessor: single words, those that are nearly the
//! same once, at most so many.
use yake_rust::{get_n_best, Config, StopWords};

/// In bytes: what is longer is no word, and all of them have to fit into the metadata of a chunk.
const LONGEST: usize = 64;

pub struct Keywords {
    stop_words: StopWords,
    settings: Config,
    most: usize,
}

impl Keywords {
    /// None where there are no stop words of the language.
    pub fn of(language: &str, most: usize) -> Option<Self> {
        let settings = Config { ngrams: 1, ..Config::default() };
        Some(Keywords { stop_words: StopWords::predefined(language)?, settings, most })
    }

    /// The most important first.
    pub fn find(&self, text: &str) -> Vec<String> {
        if self.most == 0 {
            return Vec::new();
        }
        let best = get_n_best(self.most, text, &self.stop_words, &self.settings);
        best.into_iter()
            .map(|each| each.keyword)
            .filter(|word| word.len() <= LONGEST && !word.chars().any(char::is_control))
            .collect()
    }
}
