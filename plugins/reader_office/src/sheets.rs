//! Workbooks of Excel and OpenDocument: each sheet that is shown is a section with a table. Formulas are their values.

use std::io::Cursor;

use calamine::{open_workbook_auto_from_rs, Data, ExcelDateTime, Reader, SheetVisible};

use crate::package::{attribute, is, parse, Package};
use crate::{table, Output, Result, Wanted};

fn date(value: &ExcelDateTime) -> String {
    if value.is_duration() {
        let seconds = (value.as_f64() * 86_400.0).round() as i64;
        return format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    }
    let (year, month, day, hour, minute, second, _) = value.to_ymd_hms_milli();
    let time = format!("{hour:02}:{minute:02}:{second:02}");
    if value.as_f64() < 1.0 {
        return time;
    }
    let date = format!("{year:04}-{month:02}-{day:02}");
    if time == "00:00:00" {
        date
    } else {
        format!("{date} {time}")
    }
}

fn text(cell: &Data) -> String {
    match cell {
        Data::Empty => String::new(),
        Data::DateTime(value) => date(value),
        Data::DateTimeIso(value) => value.strip_suffix("T00:00:00").unwrap_or(value).to_owned(),
        Data::Bool(value) => (if *value { "TRUE" } else { "FALSE" }).to_owned(),
        other => other.to_string(),
    }
}

/// What a file says of itself, and the notes on its cells, are in parts that the library leaves alone.
fn beside(bytes: &[u8], out: &mut Output) -> Result<Option<Package>> {
    if !bytes.starts_with(b"PK") {
        return Ok(None);
    }
    let mut package = Package::open(bytes.to_vec())?;
    package.core_properties(out)?;
    package.meta(out)?;
    Ok(Some(package))
}

fn comments(package: &mut Package, out: &mut Output) -> Result<()> {
    for name in package.names(|name| name.starts_with("xl/comments") && name.ends_with(".xml")) {
        let part = package.needed(&name)?;
        let xml = parse(&part, &name)?;
        for comment in xml.descendants().filter(|node| is(*node, "comment")) {
            let said: String =
                comment.descendants().filter(|node| is(*node, "t")).filter_map(|node| node.text()).collect();
            out.text(&format!("Comment on {}: {said}", attribute(comment, "ref").unwrap_or("a cell")))?;
        }
    }
    Ok(())
}

pub fn read(bytes: Vec<u8>, wanted: &Wanted, out: &mut Output) -> Result<()> {
    let package = beside(&bytes, out)?;
    let mut workbook = open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(|problem| match problem.to_string() {
        why if why.to_lowercase().contains("password") => "is encrypted, and asks for a password".to_owned(),
        why => format!("is no workbook that can be read: {why}"),
    })?;
    let sheets = workbook.sheets_metadata().to_vec();
    for (i, sheet) in sheets.iter().enumerate() {
        if sheet.visible != SheetVisible::Visible {
            continue;
        }
        let range = workbook.worksheet_range(&sheet.name).map_err(|problem| format!("{}: {problem}", sheet.name))?;
        let rows: Vec<Vec<String>> = range.rows().map(|row| row.iter().map(text).collect()).collect();
        let table = table::markdown(&rows);
        if table.is_empty() {
            continue;
        }
        out.page(i + 1)?;
        out.section(1, &sheet.name)?;
        out.text(&table)?;
    }
    match package {
        Some(mut package) if wanted.comments => comments(&mut package, out),
        _ => Ok(()),
    }
}
