//! Mustache, over values of JSON. Texts stand as they are: what is made here is text, and no HTML.
use ramhorns::encoding::Encoder;
use ramhorns::traits::ContentSequence;
use ramhorns::{Content, Error, Section};
use serde_json::Value;

pub struct Template(ramhorns::Template<'static>);

impl Template {
    /// What is wrong with it, otherwise. There are no partials: a template reads no files.
    pub fn parse(source: &str) -> Result<Self, String> {
        // An end too many is the first thing that is wrong, unless a section was left open, which is not told otherwise.
        match ramhorns::Template::new(format!("{source}{{{{/end}}}}")) {
            Err(Error::UnopenedSection(name)) if &*name == "end" => {}
            Err(error) => return Err(error.to_string()),
            Ok(_) => return Err("the section \"end\" is not closed".into()),
        }
        ramhorns::Template::new(source.to_string()).map(Template).map_err(|error| error.to_string())
    }

    pub fn render(&self, names: &Value) -> String {
        self.0.render(&View(names))
    }
}

struct View<'a>(&'a Value);

fn text_of(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().map(text_of).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

impl View<'_> {
    /// "." is the value itself; "a.b" is b of a, and nothing where a has none.
    fn member(&self, name: &str) -> Option<View<'_>> {
        if name == "." {
            return Some(View(self.0));
        }
        let mut parts = name.split('.');
        let first = self.0.get(parts.next()?)?;
        Some(View(parts.fold(first, |value, part| value.get(part).unwrap_or(&Value::Null))))
    }
}

impl Content for View<'_> {
    fn is_truthy(&self) -> bool {
        match self.0 {
            Value::Null => false,
            Value::Bool(flag) => *flag,
            Value::String(text) => !text.is_empty(),
            Value::Array(list) => !list.is_empty(),
            Value::Object(members) => !members.is_empty(),
            Value::Number(_) => true,
        }
    }

    fn render_escaped<E: Encoder>(&self, encoder: &mut E) -> Result<(), E::Error> {
        encoder.write_unescaped(&text_of(self.0))
    }

    fn render_unescaped<E: Encoder>(&self, encoder: &mut E) -> Result<(), E::Error> {
        encoder.write_unescaped(&text_of(self.0))
    }

    fn render_section<C: ContentSequence, E: Encoder>(
        &self,
        section: Section<C>,
        encoder: &mut E,
    ) -> Result<(), E::Error> {
        if let Value::Array(list) = self.0 {
            return list.iter().try_for_each(|each| section.with(&View(each)).render(encoder));
        }
        if self.is_truthy() {
            section.with(self).render(encoder)?;
        }
        Ok(())
    }

    fn render_field_escaped<E: Encoder>(&self, _: u64, name: &str, encoder: &mut E) -> Result<bool, E::Error> {
        let Some(member) = self.member(name) else { return Ok(false) };
        member.render_escaped(encoder).map(|_| true)
    }

    fn render_field_unescaped<E: Encoder>(&self, hash: u64, name: &str, encoder: &mut E) -> Result<bool, E::Error> {
        self.render_field_escaped(hash, name, encoder)
    }

    fn render_field_section<C: ContentSequence, E: Encoder>(
        &self,
        _: u64,
        name: &str,
        section: Section<C>,
        encoder: &mut E,
    ) -> Result<bool, E::Error> {
        let Some(member) = self.member(name) else { return Ok(false) };
        member.render_section(section, encoder).map(|_| true)
    }

    fn render_field_inverse<C: ContentSequence, E: Encoder>(
        &self,
        _: u64,
        name: &str,
        section: Section<C>,
        encoder: &mut E,
    ) -> Result<bool, E::Error> {
        let Some(member) = self.member(name) else { return Ok(false) };
        member.render_inverse(section, encoder).map(|_| true)
    }
}
