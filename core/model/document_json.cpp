#include "core/model/document_json.hpp"

#include <fmt/format.h>

#include "core/base/json.hpp"
#include "core/model/limits.hpp"

namespace freshet::model {
namespace {

using base::Status;

Status read_sections(const Json& json, const std::string& path, std::vector<Section>& out);

Status read_metadata(const Json& json, const std::string& path, std::size_t most, Json& out) {
  if (!json.is_object()) return base::fail(base::Code::invalid_argument, "is not an object", path);
  out = json;
  return check_metadata(out, path, most);
}

Status read_section(const Json& json, const std::string& path, Section& section) {
  std::int64_t level = 0;
  base::ObjectReader in(json, path);
  in.text("id", section.id);
  in.text("title", section.title);
  in.text("url", section.url);
  in.text("text", section.text);
  in.integer("level", level, 0, 6);
  in.value("span");
  in.with("metadata", [&](const Json& value, const std::string& at) {
    return read_metadata(value, at, most_section_metadata, section.metadata);
  });
  in.with("sections", [&](const Json& value, const std::string& at) {
    return read_sections(value, at, section.children);
  });
  FRESHET_TRY(in.finish());
  FRESHET_TRY(check_length(section.title, most_heading, base::join_path(path, "title")));
  FRESHET_TRY(check_length(section.url, most_url, base::join_path(path, "url")));
  section.level = static_cast<int>(level);
  return {};
}

Status read_sections(const Json& json, const std::string& path, std::vector<Section>& out) {
  if (!json.is_array())
    return base::fail(base::Code::invalid_argument, "is not an array of sections", path);
  out.resize(json.size());
  for (std::size_t i = 0; i < json.size(); ++i)
    FRESHET_TRY(read_section(json[i], fmt::format("{}[{}]", path, i), out[i]));
  return {};
}

}  // namespace

base::Result<Document> document_from_json(const Json& json) {
  Document document;
  base::ObjectReader in(json, "");
  in.text("uri", document.uri);
  in.require("uri");
  in.text("title", document.title);
  in.text("media_type", document.media_type);
  in.with("metadata", [&](const Json& value, const std::string& path) {
    return read_metadata(value, path, most_metadata, document.metadata);
  });
  in.with("sections", [&](const Json& value, const std::string& path) {
    return read_sections(value, path, document.children);
  });
  FRESHET_TRY(in.finish());
  if (document.uri.empty()) return base::fail(base::Code::invalid_argument, "is empty", "uri");
  FRESHET_TRY(check_length(document.uri, most_url, "uri"));
  FRESHET_TRY(check_length(document.title, most_title, "title"));
  finish(document);
  return document;
}

}  // namespace freshet::model
