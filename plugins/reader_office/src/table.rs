//! Rows of cells as a Markdown table.

fn cell(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}

/// The first row is the header. Rows and columns at the end that are empty are left out.
pub fn markdown(rows: &[Vec<String>]) -> String {
    let filled = |row: &Vec<String>| row.iter().rposition(|text| !text.trim().is_empty()).map_or(0, |at| at + 1);
    let columns = rows.iter().map(filled).max().unwrap_or(0);
    let mut text = String::new();
    if columns == 0 {
        return text;
    }
    for (i, row) in rows.iter().filter(|row| filled(row) > 0).enumerate() {
        text.push('|');
        for column in 0..columns {
            text.push(' ');
            text.push_str(&row.get(column).map(|each| cell(each)).unwrap_or_default());
            text.push_str(" |");
        }
        text.push('\n');
        if i == 0 {
            text.push('|');
            text.push_str(&"---|".repeat(columns));
            text.push('\n');
        }
    }
    text
}
