// core/sync/content.hpp - the bytes behind a path or a URL that a caller named, and the document
// in them.
#pragma once

#include <string>

#include "core/model/document.hpp"
#include "core/ports/http.hpp"
#include "core/ports/reader.hpp"

namespace freshet::sync {

// `uri` empty: the file's own.
base::Result<model::Document> read_file(const ports::Reader& reader, const std::string& path,
                                        const std::string& uri);

base::Result<model::Document> read_url(const ports::Reader& reader, ports::Http& http,
                                       const std::string& url, const base::Cancel& cancel);

// By what `uri` is: an http, https or file URI, or an absolute path. The document bears `uri`.
base::Result<model::Document> read_uri(const ports::Reader& reader, ports::Http& http,
                                       const std::string& uri, const base::Cancel& cancel);

}  // namespace freshet::sync
