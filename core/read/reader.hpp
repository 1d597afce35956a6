// core/read/reader.hpp - the reader of the core: HTML, Markdown and plain text.
#pragma once

#include <memory>
#include <string>

#include "core/base/json.hpp"
#include "core/ports/reader.hpp"
#include "core/read/html.hpp"
#include "core/read/memory.hpp"

namespace freshet::read {

struct ReaderOptions {
  HtmlOptions html;
  std::uint64_t memory = default_memory;  // of all parses of the process, while this one parses
};

// {"html": {"main_only": true, "formatting": false}, "memory": "256MiB"}
base::Result<ReaderOptions> parse_reader_options(const base::Json& options,
                                                 const std::string& path);

// Decides what the content is (detect.hpp), makes UTF-8 of it (charset.hpp) and reads it; the
// document comes finished. Fails with Code::unsupported for other media types, Code::parse,
// Code::limit; the subject is the content's URI. Empty bytes are a document without sections.
std::unique_ptr<ports::Reader> make_reader(const ReaderOptions& options = {});

}  // namespace freshet::read
