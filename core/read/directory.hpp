// core/read/directory.hpp - reads the files below a directory, one after the other.
//
// Files come in the order of their names, so that two readings of one tree are alike. Nothing is
// kept but counters and the problems met: each document is handed on as soon as it is read. What
// cannot be read is listed, never passed over in silence. Symbolic links are not followed unless
// asked for, and never to what lies outside the directory.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/base/cancel.hpp"
#include "core/base/error.hpp"
#include "core/base/instant.hpp"
#include "core/base/json.hpp"
#include "core/model/document.hpp"
#include "core/ports/reader.hpp"

namespace freshet::read {

struct DirectoryOptions {
  // In lower case, without a dot; "" stands for names without an extension, "*" for all names.
  std::vector<std::string> included_extensions = {
      "txt",   "text",  "md",    "mdx",  "markdown", "mkd", "rst",  "adoc",  "asciidoc", "html",
      "htm",   "xhtml", "xml",   "json", "yaml",     "yml", "toml", "ini",   "csv",      "java",
      "kt",    "kts",   "scala", "py",   "js",       "jsx", "ts",   "tsx",   "go",       "rs",
      "c",     "cpp",   "h",     "hpp",  "cs",       "rb",  "php",  "swift", "sh",       "sql",
      "proto", "pdf",   "docx",  "doc",  "odt",      "rtf"};
  std::vector<std::string> excluded_directories = {  // by name, at any depth
      ".git",  ".svn",    ".hg", "node_modules", ".npm",          "target", "build", "dist",
      "out",   ".gradle", ".m2", "__pycache__",  ".pytest_cache", "venv",   "env",   ".venv",
      ".idea", ".vscode", ".vs", "bin",          "obj",           ".next",  ".nuxt"};
  std::string relative_path;                // the part of the directory to read; "": all of it
  std::uint64_t max_file_size = 10u << 20;  // larger files are not counted as found
  bool follow_symlinks = false;             // within the directory
  std::int64_t max_depth = -1;              // 0: the directory itself only; -1: no limit
  friend bool operator==(const DirectoryOptions&, const DirectoryOptions&) = default;
};

// {"included_extensions": […], "excluded_directories": […], "relative_path": "docs",
//  "max_file_size": "10MiB", "follow_symlinks": false, "max_depth": 3}
base::Result<DirectoryOptions> parse_directory_options(const base::Json& options,
                                                       const std::string& path);

struct FileProblem {
  std::string path;  // relative to the directory
  base::Error error;
};

struct DirectoryResult {
  std::uint64_t total_files_found = 0;  // after the filters
  std::uint64_t files_processed = 0;
  std::uint64_t files_skipped = 0;  // no reader for them
  std::uint64_t files_errored = 0;  // could not be opened or read
  std::uint64_t total_sections_extracted = 0;
  base::Millis processing_time{0};
  std::vector<FileProblem> skipped;  // the first 1000 of each
  std::vector<FileProblem> errors;   // directories that could not be listed, too

  bool success() const { return errors.empty(); }
};

// Takes a document, whose URI is the file's ("file:///…"); ends the reading by failing.
using OnDocument = std::function<base::Status(model::Document)>;

// Fails where the directory itself cannot be read (not_found, invalid_argument, io), is cancelled,
// or where `on_document` fails.
base::Result<DirectoryResult> read_directory(const std::string& path,
                                             const DirectoryOptions& options,
                                             const ports::Reader& reader,
                                             const OnDocument& on_document,
                                             const base::Cancel& cancel);

}  // namespace freshet::read
