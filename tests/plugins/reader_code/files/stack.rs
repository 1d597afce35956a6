//! A stack of things.
use std::fmt::{self, Display};

/// Most items.
pub const LIMIT: usize = 10;

/// Last in, first out.
#[derive(Debug)]
pub struct Stack<T> {
    items: Vec<T>,
}

impl<T> Stack<T> {
    /// Puts one on top.
    pub fn push(&mut self, item: T) {
        self.items.push(item);
    }
}

impl<T: Display> Display for Stack<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.items.len())
    }
}

/// What can be counted.
pub trait Count {
    fn count(&self) -> usize;
}

macro_rules! stack {
    ($($x:expr),*) => {};
}

#[cfg(test)]
mod tests {
    #[test]
    fn it_is_empty() {}
}
