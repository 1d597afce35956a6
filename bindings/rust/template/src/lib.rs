//! loader_lines - every line of a file is a page of its own. Copy this folder and make of it what you need.
use freshet_plugin::{failure, status, Call, Content, Entry, Failure, Fetched, Listing, ListingKind, Loader, Open, Result, Value};

struct Lines {
    path: String,
}

fn unreadable(why: std::io::Error, path: &str) -> Failure {
    let code = if why.kind() == std::io::ErrorKind::PermissionDenied { status::DENIED } else { status::IO };
    failure(code, format!("cannot be read: {why}"), path)
}

impl Lines {
    fn read(&self) -> Result<Vec<String>> {
        let text = std::fs::read_to_string(&self.path).map_err(|why| unreadable(why, &self.path))?;
        Ok(text.lines().map(str::to_string).collect())
    }

    fn uri(&self, number: usize) -> String {
        format!("lines://{}#{}", self.path, number + 1)
    }
}

impl Open for Lines {
    fn open(options: &Value, _: &Call) -> Result<Self> {
        let path = options["path"].as_str().ok_or_else(|| failure(status::INVALID_ARGUMENT, "is missing", "path"))?;
        Ok(Lines { path: path.to_string() })
    }
}

impl Loader for Lines {
    fn list(&self, call: &Call, _: Option<&str>, listing: &Listing<'_>) -> Result<ListingKind> {
        for (number, line) in self.read()?.iter().enumerate().filter(|(_, line)| !line.is_empty()) {
            call.check()?;
            // Equal version means equal content, so the line itself is the best one.
            listing.entry(&Entry { uri: self.uri(number), version: Some(line.clone()), ..Default::default() })?;
        }
        Ok(ListingKind::Whole)
    }

    fn fetch(&self, _: &Call, entry: &Entry, known: Option<&str>) -> Result<Fetched> {
        let number = entry.uri.rsplit('#').next().and_then(|number| number.parse::<usize>().ok()).unwrap_or(0);
        let lines = self.read()?;
        match number.checked_sub(1).and_then(|place| lines.get(place)).filter(|line| !line.is_empty()) {
            None => Ok(Fetched::Gone { confirmed: false }),
            Some(line) if known == Some(line) => Ok(Fetched::NotModified),
            Some(line) => Ok(Fetched::Content(Content {
                bytes: line.clone().into_bytes(),
                media_type: Some("text/plain".into()),
                version: Some(line.clone()),
                ..Default::default()
            })),
        }
    }
}

freshet_plugin::plugin! { "loader_lines", env!("CARGO_PKG_VERSION"), loader "lines" => Lines; }
