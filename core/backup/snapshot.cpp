#include "core/backup/snapshot.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/net/signature.hpp"

namespace freshet::backup {
namespace {

using base::Code;
using base::Json;
using base::Result;
using base::Status;

constexpr std::string_view mark = "freshet-backup.json";
constexpr std::int64_t form = 1;
constexpr std::uint64_t most_snapshot = std::uint64_t{1} << 30;
constexpr std::size_t id_digits = 32;

// "20261128T091500.123Z": sorts by time, and is plain in a path.
std::string compact(base::Instant at) {
  std::string text = base::format_instant(at);
  std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  return text;
}

bool is_digest(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Status check_form(const Json& json, const std::string& path) {
  const auto found = json.is_object() ? json.find("freshet_backup") : json.end();
  if (!json.is_object() || found == json.end() || !found->is_number_integer())
    return base::fail(Code::corrupt, "is not of a freshet backup", path);
  if (const auto number = found->get<std::int64_t>(); number != form)
    return base::fail(
        Code::version,
        fmt::format("is of a backup of form {}; this freshet knows form {}", number, form), path);
  return {};
}

Result<Json> parse(std::string_view text, const std::string& path) {
  auto json = base::parse_json(text, path, most_snapshot);
  if (!json) return base::fail(Code::corrupt, "is damaged: " + json.error().message, path);
  FRESHET_TRY(check_form(*json, path));
  return json;
}

Status take_pieces(const Json& json, Snapshot& snapshot, const std::string& path) {
  for (const Json& each : json) {
    if (!each.is_string() || !is_digest(each.get_ref<const std::string&>()))
      return base::fail(Code::corrupt, "is damaged: it names a piece that can be none", path);
    snapshot.pieces.push_back(each.get<std::string>());
  }
  if (snapshot.pieces.size() == (snapshot.size + piece_size - 1) / piece_size) return {};
  return base::fail(Code::corrupt, "is damaged: its pieces are not as many as its size says", path);
}

}  // namespace

std::uint64_t Snapshot::bytes_of(std::size_t index) const {
  return std::min(piece_size, size - index * piece_size);
}

std::string piece_name(const std::string& digest) {
  return fmt::format("pieces/{}/{}", digest.substr(0, 2), digest);
}

std::string snapshot_name(const std::string& id) { return fmt::format("snapshots/{}.json", id); }

std::string encode(Snapshot& snapshot) {
  const Json json{{"freshet_backup", form},        {"taken", base::format_instant(snapshot.taken)},
                  {"identity", snapshot.identity}, {"repository", snapshot.repository},
                  {"size", snapshot.size},         {"piece_size", piece_size},
                  {"pieces", snapshot.pieces}};
  std::string text = base::dump_json(json, 0);
  snapshot.id =
      fmt::format("{}-{}", compact(snapshot.taken), net::sha256(text).substr(0, id_digits));
  return text;
}

Result<Snapshot> decode(std::string_view text, const std::string& id, const std::string& path) {
  if (id.size() <= id_digits ||
      net::sha256(text).substr(0, id_digits) != std::string_view(id).substr(id.size() - id_digits))
    return base::fail(Code::corrupt, "is damaged: its content is not what its name says", path);
  FRESHET_ASSIGN(const Json json, parse(text, path));
  Snapshot snapshot;
  snapshot.id = id;
  std::string taken;
  std::int64_t size = 0, of_pieces = 0, version = 0;
  base::ObjectReader reader(json, path);
  reader.integer("freshet_backup", version, 0, INT64_MAX);
  reader.text("taken", taken);
  reader.text("identity", snapshot.identity);
  reader.text("repository", snapshot.repository);
  reader.integer("size", size, 0, INT64_MAX);
  reader.integer("piece_size", of_pieces, 1, INT64_MAX);
  const Json* const pieces = reader.value("pieces");
  const auto at = base::parse_instant(taken);
  if (!reader.finish() || pieces == nullptr || !pieces->is_array() || !at ||
      static_cast<std::uint64_t>(of_pieces) != piece_size)
    return base::fail(Code::corrupt, "is damaged: it lacks what a snapshot has", path);
  snapshot.taken = *at;
  snapshot.size = static_cast<std::uint64_t>(size);
  FRESHET_TRY(take_pieces(*pieces, snapshot, path));
  return snapshot;
}

Result<bool> is_backup(Place& place, const base::Cancel& cancel) {
  const std::string names[] = {std::string(mark)};
  bool marked = false;
  FRESHET_TRY(place.read(
      names, 1 << 16,
      [&](std::size_t, std::optional<std::string_view> bytes) -> Status {
        marked = bytes.has_value();
        return marked ? Status(parse(*bytes, place.path(mark)).map([](const Json&) {})) : Status();
      },
      cancel));
  if (marked) return true;
  FRESHET_ASSIGN(const bool empty, place.is_empty(cancel));
  if (empty) return false;
  return base::fail(Code::invalid_argument,
                    fmt::format("is not a freshet backup: it holds files, and no {}", mark),
                    place.path(""));
}

Status mark_as_backup(Place& place, const base::Cancel& cancel) {
  const File files[] = {
      {std::string(mark), base::dump_json(Json{{"freshet_backup", form}}) + "\n"}};
  FRESHET_TRY(place.write(files, cancel));
  return place.flush();
}

Result<std::vector<Snapshot>> read_snapshots(Place& place, const base::Cancel& cancel) {
  FRESHET_ASSIGN(const auto listed, place.list("snapshots", cancel));
  std::vector<std::string> names;
  for (const Listed& each : listed)
    if (each.name.ends_with(".json")) names.push_back(each.name);
  std::sort(names.begin(), names.end());
  std::vector<Snapshot> all;
  FRESHET_TRY(place.read(
      names, most_snapshot,
      [&](std::size_t index, std::optional<std::string_view> bytes) -> Status {
        if (!bytes) return {};  // removed meanwhile
        const std::string& name = names[index];
        const std::size_t front = std::string_view("snapshots/").size();
        FRESHET_ASSIGN(Snapshot one, decode(*bytes, name.substr(front, name.size() - front - 5),
                                            place.path(name)));
        all.push_back(std::move(one));
        return {};
      },
      cancel));
  return all;
}

}  // namespace freshet::backup
