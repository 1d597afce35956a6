#include "core/sync/listing_lines.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "core/base/json.hpp"
#include "core/base/text.hpp"

namespace freshet::sync {
namespace {

using base::Json;
using base::Result;
using ports::ListingKind;

constexpr int format_version = 1;
constexpr std::size_t most_line_bytes = std::size_t(256) << 20;
constexpr std::int64_t most = INT64_MAX;

constexpr std::array<std::pair<const char*, ListingKind>, 4> kinds{
    {{"part", ListingKind::part},
     {"whole", ListingKind::whole},
     {"unchanged", ListingKind::unchanged},
     {"changes", ListingKind::changes}}};

constexpr std::array<std::pair<const char*, std::string ports::Entry::*>, 5> texts{
    {{"uri", &ports::Entry::uri},
     {"version", &ports::Entry::version},
     {"handle", &ports::Entry::handle},
     {"title", &ports::Entry::title},
     {"metadata", &ports::Entry::metadata}}};

Json to_json(const ListingPart& part) {
  Json json{{"name", part.name},       {"id", part.id.hex()},        {"asked", part.asked.hex()},
            {"count", part.count},     {"bytes", part.bytes},        {"note", part.listing.note},
            {"way", part.listing.way}, {"state", part.listing.state}};
  for (const auto& [word, kind] : kinds)
    if (kind == part.listing.kind) json["kind"] = word;
  return json;
}

Result<ListingPart> parse_part(const Json& json) {
  ListingPart part;
  std::string id, asked, kind;
  std::int64_t count = 0, bytes = 0;
  base::ObjectReader in(json, "sources");
  in.text("name", part.name);
  in.text("id", id);
  in.text("asked", asked);
  in.text("kind", kind);
  in.text("note", part.listing.note);
  in.text("way", part.listing.way);
  in.text("state", part.listing.state);
  in.integer("count", count, 0, most);
  in.integer("bytes", bytes, 0, most);
  for (const char* key : {"name", "id", "asked", "kind", "count", "bytes"}) in.require(key);
  FRESHET_TRY(in.finish());
  const auto its_id = base::Digest::from_hex(id), its_asked = base::Digest::from_hex(asked);
  bool known = false;
  for (const auto& [word, its_kind] : kinds)
    if (kind == word) part.listing.kind = its_kind, known = true;
  if (!its_id || !its_asked || !known) return base::fail(base::Code::parse, "is no source");
  part.id = *its_id;
  part.asked = *its_asked;
  part.count = static_cast<std::uint64_t>(count);
  part.bytes = static_cast<std::uint64_t>(bytes);
  return part;
}

}  // namespace

std::string head_line(const ListingHead& head) {
  Json sources = Json::array();
  for (const ListingPart& part : head.parts) sources.push_back(to_json(part));
  return base::dump_json({{"format", "freshet listing"},
                          {"version", format_version},
                          {"written", head.written.ms},
                          {"sources", std::move(sources)}}) +
         "\n";
}

Result<ListingHead> parse_head(std::string_view line) {
  FRESHET_ASSIGN(const Json head, base::parse_json(line, "head", most_line_bytes));
  if (!head.is_object() || head.value("format", Json()) != "freshet listing" ||
      !head.value("sources", Json()).is_array() ||
      !head.value("written", Json()).is_number_integer())
    return base::fail(base::Code::parse, "is no head");
  if (head.value("version", Json()) != format_version)
    return base::fail(
        base::Code::version,
        fmt::format("is of the format {}, and this version of freshet reads {}: write "
                    "it again with this one's freshet listing",
                    head.value("version", Json()).dump(), format_version));
  ListingHead read{base::Instant{head["written"].get<std::int64_t>()}, {}};
  for (const Json& each : head["sources"]) {
    FRESHET_ASSIGN(ListingPart part, parse_part(each));
    read.parts.push_back(std::move(part));
  }
  return read;
}

Result<std::string> entry_line(std::size_t source, const ports::Entry& entry) {
  Json json{{"source", source}};
  for (const auto& [key, text] : texts) {
    if ((entry.*text).empty()) continue;
    if (!base::is_utf8(entry.*text))
      return base::fail(
          base::Code::unsupported,
          fmt::format("has a {} that is no UTF-8, which a listing file cannot hold", key),
          base::printable(base::to_utf8(entry.uri)));
    json[key] = entry.*text;
  }
  if (entry.last_modified) json["last_modified"] = entry.last_modified->ms;
  if (entry.size) json["size"] = *entry.size;
  return base::dump_json(json) + "\n";
}

Result<ports::Entry> parse_entry(std::string_view line) {
  FRESHET_ASSIGN(const Json json, base::parse_json(line, "entry", most_line_bytes));
  ports::Entry entry;
  std::int64_t source = 0, modified = INT64_MIN, size = -1;
  base::ObjectReader in(json, "entry");
  for (const auto& [key, text] : texts) in.text(key, entry.*text);
  in.integer("source", source, 0, most);
  in.integer("last_modified", modified, INT64_MIN, most);
  in.integer("size", size, 0, most);
  in.require("uri");
  FRESHET_TRY(in.finish());
  if (json.contains("last_modified")) entry.last_modified = base::Instant{modified};
  if (size >= 0) entry.size = static_cast<std::uint64_t>(size);
  return entry;
}

std::string end_line(std::uint64_t count) { return fmt::format("{{\"end\":{}}}\n", count); }

}  // namespace freshet::sync
