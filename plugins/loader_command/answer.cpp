#include "loader_command/answer.hpp"

#include <algorithm>

#include <freshet/sdk/base64.hpp>
#include <freshet/sdk/date.hpp>

namespace freshet::loader_command {
namespace {

using Json = nlohmann::json;

std::string text(const Json& object, const char* key, const Options& options) {
  if (!object.contains(key) || object[key].is_null()) return {};
  if (!object[key].is_string()) fail_protocol(options, std::string("its ") + key + " is no text");
  auto value = object[key].get<std::string>();
  if (value.find('\0') != std::string::npos)
    fail_protocol(options, std::string("its ") + key + " has a NUL");
  return value;
}

Json metadata(const Json& object, const Options& options) {
  Json value = object.value("metadata", Json());
  if (!value.is_null() && !value.is_object())
    fail_protocol(options, "its metadata is no JSON object");
  return value;
}

std::int32_t kind_of(const std::string& name, const Options& options) {
  if (name == "part") return FRESHET_LISTING_PART;
  if (name == "whole") return FRESHET_LISTING_WHOLE;
  if (name == "unchanged") return FRESHET_LISTING_UNCHANGED;
  if (name == "changes") return FRESHET_LISTING_CHANGES;
  fail_protocol(options, "its listing ended with the kind \"" + name +
                             "\", not with part, whole, unchanged or changes");
}

std::string bytes_of(const Json& json, const Options& options) {
  const bool as_text = json.contains("text"), as_base64 = json.contains("base64");
  if (as_text == as_base64) fail_protocol(options, "its content has not one of text and base64");
  const Json& given = json[as_text ? "text" : "base64"];
  if (!given.is_string()) fail_protocol(options, "its content is no text");
  auto bytes = given.get<std::string>();
  if (as_base64) {
    auto decoded = sdk::bytes_of_base64(bytes);
    if (!decoded) fail_protocol(options, "its content is no base64");
    bytes = std::move(*decoded);
  }
  if (bytes.size() > options.max_bytes)
    throw sdk::Failure(FRESHET_E_LIMIT, "larger than max_bytes");
  return bytes;
}

}  // namespace

void fail_protocol(const Options& options, std::string why) {
  throw sdk::Failure(FRESHET_E_PLUGIN, std::move(why), options.command.front());
}

void check_members(const Json& object, std::initializer_list<const char*> known,
                   const Options& options) {
  if (!object.is_object()) fail_protocol(options, "wrote something else where an object belongs");
  for (const auto& [key, value] : object.items())
    if (std::none_of(known.begin(), known.end(), [&](const char* name) { return key == name; }))
      fail_protocol(options, "wrote the member \"" + key + "\", which the protocol does not have");
}

Json list_request(const Options& options, const sdk::ListingRequest& request) {
  Json line{{"freshet", 1}, {"do", "list"}, {"options", options.options}, {"state", nullptr}};
  if (request.state) line["state"] = std::string(*request.state);
  return line;
}

Json fetch_request(const Options& options, const sdk::Entry& entry,
                   const std::optional<std::string>& known_version) {
  Json line{{"freshet", 1}, {"do", "fetch"}, {"options", options.options}, {"uri", entry.uri}};
  line["handle"] = entry.handle.empty() ? Json() : Json(entry.handle);
  line["known_version"] = known_version ? Json(*known_version) : Json();
  return line;
}

sdk::Entry read_entry(const Json& json, const Options& options) {
  check_members(json, {"uri", "version", "handle", "title", "metadata", "last_modified", "size"},
                options);
  sdk::Entry entry;
  entry.uri = text(json, "uri", options);
  entry.version = text(json, "version", options);
  entry.handle = text(json, "handle", options);
  entry.title = text(json, "title", options);
  entry.metadata = metadata(json, options);
  if (const std::string date = text(json, "last_modified", options); !date.empty()) {
    entry.last_modified_ms = sdk::parse_date(date);
    if (!entry.last_modified_ms)
      fail_protocol(options, "its last_modified is no ISO 8601 date: " + date);
  }
  const Json size = json.value("size", Json());
  if (!size.is_null() && !size.is_number_unsigned())
    fail_protocol(options, "its size is no whole number");
  if (!size.is_null()) entry.size = size.get<std::int64_t>();
  return entry;
}

sdk::Listing read_end(const Json& json, const Options& options, const sdk::ListingSink& sink) {
  check_members(json, {"kind", "state", "note"}, options);
  if (const std::string state = text(json, "state", options); !state.empty()) sink.state(state);
  return {kind_of(text(json, "kind", options), options), text(json, "note", options)};
}

sdk::Content read_content(const Json& json, const Options& options, std::string& bytes) {
  check_members(
      json,
      {"text", "base64", "media_type", "charset", "version", "canonical_uri", "title", "metadata"},
      options);
  bytes = bytes_of(json, options);
  sdk::Content content;
  content.bytes = bytes;
  content.media_type = text(json, "media_type", options);
  content.charset = json.contains("text") ? "utf-8" : text(json, "charset", options);
  content.version = text(json, "version", options);
  content.canonical_uri = text(json, "canonical_uri", options);
  content.title = text(json, "title", options);
  content.metadata = metadata(json, options);
  return content;
}

}  // namespace freshet::loader_command
