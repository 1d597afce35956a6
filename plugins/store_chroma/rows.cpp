#include "rows.hpp"

#include <algorithm>
#include <charconv>

#include <freshet/sdk/base64.hpp>
#include <freshet/sdk/compare.hpp>

namespace store_chroma {
namespace {

using sdk::Failure;

constexpr std::size_t most_got = 100;  // rows of one answer with their vectors
constexpr double exact_up_to = 9007199254740992.0;

bool is_built_in(std::string_view key) {
  return key == "uri" || key == "title" || key == "url" || key == "path";
}

void check_key(const std::string& key) {
  const char* why = key.empty()                      ? "is empty"
                    : key[0] == '$' || key[0] == '#' ? "begins with what Chroma keeps to itself"
                    : key.starts_with("chroma:")     ? "begins with chroma:, which Chroma reads"
                    : key.starts_with("freshet_number.") || key == "freshet" ||
                            key == "freshet_digest" || key == "freshet_metadata"
                        ? "is freshet's own"
                        : nullptr;
  if (why != nullptr)
    throw Failure(FRESHET_E_INVALID_ARGUMENT, std::string("a key of metadata that ") + why, key);
}

// Chroma tells integers apart that are one as doubles.
Json number_of(const Json& value) {
  const auto number = value.get<double>();
  return value.is_number_integer() && std::abs(number) >= exact_up_to ? Json(number) : value;
}

bool all_of_a_kind(const Json& list) {
  const auto all = [&](bool (Json::*is)() const noexcept) {
    return std::all_of(list.begin(), list.end(), [&](const Json& each) { return (each.*is)(); });
  };
  return all(&Json::is_string) || all(&Json::is_number) || all(&Json::is_boolean);
}

void put_value(Json& metadata, const std::string& key, const Json& value) {
  if (value.is_number())
    metadata[key] = number_of(value);
  else if (value.is_string() || value.is_boolean())
    metadata[key] = value;
  else if (value.is_array() && !value.empty() && all_of_a_kind(value))
    metadata[key] = value;
  if (value.is_string())
    if (const auto number = sdk::number_in(value)) metadata["freshet_number." + key] = *number;
}

std::string text_in(const Json& metadata, const char* key) {
  const auto found = metadata.find(key);
  return found != metadata.end() && found->is_string() ? found->get<std::string>() : "";
}

std::string floats_of(std::span<const float> vector) {
  std::string out = "[";
  char digits[32];
  for (const float number : vector) {
    if (out.size() > 1) out += ',';
    out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
  }
  return out += ']';
}

Json strings_of(std::span<const std::string_view> texts) {
  Json all = Json::array();
  for (const std::string_view text : texts) all.emplace_back(std::string(text));
  return all;
}

// "OFFSET ID": the id of the row before it shows whether rows went away meanwhile.
struct Cursor {
  std::uint64_t offset = 0;
  std::string last;
};

Cursor cursor_of(const std::string& text) {
  Cursor cursor;
  if (text.empty()) return cursor;
  const auto [end, problem] =
      std::from_chars(text.data(), text.data() + text.size(), cursor.offset);
  if (problem != std::errc() || *end != ' ' || cursor.offset == 0)
    throw Failure(FRESHET_E_INVALID_ARGUMENT, "is no cursor", text);
  cursor.last.assign(end + 1, text.data() + text.size());
  return cursor;
}

}  // namespace

Json metadata_of(const sdk::Record& record) {
  Json metadata = {{"freshet", true},
                   {"freshet_digest", std::string(record.digest)},
                   {"uri", std::string(record.uri)},
                   {"title", std::string(record.title)},
                   {"url", std::string(record.url)},
                   {"path", std::string(record.path)}};
  for (const char* key : {"uri", "title", "url", "path"})
    put_value(metadata, key, Json(metadata[key]));
  const Json given = Json::parse(record.metadata, nullptr, false);
  for (const auto& [key, value] : given.items()) {
    check_key(key);
    if (!is_built_in(key)) put_value(metadata, key, value);
  }
  if (record.metadata != "{}") metadata["freshet_metadata"] = std::string(record.metadata);
  return metadata;
}

std::string upsert_body(std::span<const sdk::Record> records, bool base64,
                        const std::map<std::string, std::set<std::string>>& before) {
  Json ids = Json::array(), documents = Json::array(), metadatas = Json::array();
  std::string vectors;
  for (const sdk::Record& record : records) {
    ids.emplace_back(std::string(record.id));
    documents.emplace_back(std::string(record.text));
    Json& metadata = metadatas.emplace_back(metadata_of(record));
    if (const auto known = before.find(std::string(record.id)); known != before.end())
      for (const std::string& key : known->second)
        if (!metadata.contains(key)) metadata[key] = nullptr;
    if (!vectors.empty()) vectors += ',';
    vectors += base64 ? '"' + sdk::base64_of_floats(record.vector) + '"' : floats_of(record.vector);
  }
  return R"({"ids":)" + ids.dump() + R"(,"documents":)" + documents.dump() + R"(,"metadatas":)" +
         metadatas.dump() + R"(,"embeddings":[)" + vectors + "]}";
}

std::optional<sdk::Found> found_in(const Json& id, const Json& document, const Json& metadata) {
  if (!metadata.is_object() || metadata.value("freshet", Json()) != Json(true)) return std::nullopt;
  sdk::Found found;
  found.id = id.get<std::string>();
  found.digest = text_in(metadata, "freshet_digest");
  if (document.is_string()) found.text = document.get<std::string>();
  found.uri = text_in(metadata, "uri");
  found.title = text_in(metadata, "title");
  found.url = text_in(metadata, "url");
  found.path = text_in(metadata, "path");
  found.metadata = text_in(metadata, "freshet_metadata");
  if (found.metadata.empty()) found.metadata = "{}";
  return found;
}

void check_quota(const Json& metadata) {
  constexpr std::size_t most_keys = 32, most_key = 36, most_value = 4096;
  const auto refuse = [](const std::string& what, std::size_t has, std::size_t most,
                         const std::string& at) {
    throw Failure(
        FRESHET_E_LIMIT,
        what + " " + std::to_string(has) + ", at most " + std::to_string(most) + " in Chroma Cloud",
        at);
  };
  if (metadata.size() > most_keys) refuse("has keys:", metadata.size(), most_keys, "metadata");
  for (const auto& [key, value] : metadata.items()) {
    if (key.size() > most_key) refuse("a key of metadata with bytes:", key.size(), most_key, key);
    const std::size_t size = value.is_string() ? value.get_ref<const std::string&>().size() : 0;
    if (size > most_value) refuse("a value of metadata with bytes:", size, most_value, key);
  }
}

void Rows::upsert(const sdk::Call& call, const std::string& ns,
                  std::span<const sdk::Record> records) {
  if (collections_.options().is_cloud)
    for (const sdk::Record& record : records) check_quota(metadata_of(record));
  Json ids = Json::array();
  for (const sdk::Record& record : records) ids.emplace_back(std::string(record.id));
  const Json there =
      collections_.post(call, ns, "get", Json{{"ids", ids}, {"include", {"metadatas"}}}.dump());
  std::map<std::string, std::set<std::string>> before;
  for (std::size_t i = 0; i < there.at("ids").size(); ++i)
    for (const auto& [key, value] : there.at("metadatas").at(i).items())
      before[there["ids"][i].get<std::string>()].insert(key);
  collections_.post(call, ns, "upsert", upsert_body(records, base64_, before));
}

void Rows::remove(const sdk::Call& call, const std::string& ns,
                  std::span<const std::string_view> ids) {
  if (!ids.empty()) collections_.post(call, ns, "delete", Json{{"ids", strings_of(ids)}}.dump());
}

void Rows::get(const sdk::Call& call, const std::string& ns, std::span<const std::string_view> ids,
               const sdk::FoundSink& found) {
  for (; !ids.empty(); ids = ids.subspan(std::min(most_got, ids.size()))) {
    const Json body = {{"ids", strings_of(ids.first(std::min(most_got, ids.size())))},
                       {"include", {"documents", "metadatas", "embeddings"}}};
    const Json rows = collections_.post(call, ns, "get", body.dump());
    for (std::size_t i = 0; i < rows.at("ids").size(); ++i) {
      auto row = found_in(rows["ids"][i], rows.at("documents").at(i), rows.at("metadatas").at(i));
      if (!row) continue;
      row->vector = rows.at("embeddings").at(i).get<std::vector<float>>();
      found(*row);
    }
  }
}

// Chroma lists in the order in which rows were first written, and by offset.
void Rows::list(const sdk::Call& call, const std::string& ns, const std::string& cursor,
                std::uint32_t limit, const sdk::ListSink& page) {
  const Cursor from = cursor_of(cursor);
  const std::size_t anchor = from.offset > 0 ? 1 : 0;
  const std::size_t rows_wanted =
      std::min<std::size_t>(limit, collections_.options().rows_a_page() - anchor);
  const Json body = {{"where", own_rows()},
                     {"include", {"metadatas"}},
                     {"limit", rows_wanted + anchor},
                     {"offset", from.offset - anchor}};
  const Json rows = collections_.post(call, ns, "get", body.dump());
  const Json& ids = rows.at("ids");
  if (anchor > 0 && (ids.empty() || ids[0] != from.last))
    throw Failure(FRESHET_E_BUSY, "rows were removed while they were listed: list again", ns);
  for (std::size_t i = anchor; i < ids.size(); ++i)
    page.row(ids[i].get<std::string>(), text_in(rows.at("metadatas").at(i), "freshet_digest"));
  if (ids.size() == rows_wanted + anchor)
    page.next(std::to_string(from.offset + rows_wanted) + ' ' + ids.back().get<std::string>());
}

}  // namespace store_chroma
