#include "rows.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <set>

#include <freshet/sdk/base64.hpp>
#include "schema.hpp"
#include "terms.hpp"

namespace store_turbopuffer {
namespace {

using sdk::Failure;

constexpr std::size_t most_body = 256'000'000;
constexpr std::size_t most_got = 100;      // rows of one answer with their vectors
constexpr std::size_t most_listed = 5000;  // rows of one answer without them
constexpr std::array<std::size_t, 5> groups = {8, 4, 4, 4, 12};  // of a uuid

using Texts = std::pair<const char*, std::string_view sdk::Record::*>;
constexpr std::array<Texts, 7> text_columns = {{{"text", &sdk::Record::text},
                                                {"title", &sdk::Record::title},
                                                {"path", &sdk::Record::path},
                                                {"uri", &sdk::Record::uri},
                                                {"url", &sdk::Record::url},
                                                {"metadata", &sdk::Record::metadata},
                                                {"freshet_digest", &sdk::Record::digest}}};

bool is_id(std::string_view id) {
  return id.size() == 32 && id.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

void check_size(const sdk::Record& record) {
  for (const auto& [name, text] : text_columns)
    if ((record.*text).size() > most_value)
      throw Failure(FRESHET_E_LIMIT,
                    std::string("has a ") + name + " of " + std::to_string((record.*text).size()) +
                        " bytes, and turbopuffer keeps at most " + std::to_string(most_value),
                    std::string(record.id));
}

bool is_short_text(const Json& value) {
  return value.is_string() && value.get_ref<const std::string&>().size() <= most_indexed;
}

bool fits(const Json& value, const std::string& type) {
  constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (type == "string") return is_short_text(value);
  if (type == "bool") return value.is_boolean();
  if (type == "float") return value.is_number();
  if (type == "uint") return value.is_number_unsigned();
  if (type == "int")
    return value.is_number_integer() &&
           (!value.is_number_unsigned() || value.get<std::uint64_t>() <= most);
  return value.is_array() && std::all_of(value.begin(), value.end(), is_short_text);
}

Json attribute_of(const Json& metadata, const std::string& key, const std::string& type,
                  std::map<std::string, std::size_t>& misfits) {
  if (!metadata.is_object() || !metadata.contains(key) || metadata[key].is_null()) return nullptr;
  const Json& value = metadata[key];
  if (fits(value, type)) return value;
  ++misfits[key];
  return nullptr;
}

Json columns_of(const Options& options, const std::string& model,
                std::span<const sdk::Record> records, std::map<std::string, std::size_t>& misfits) {
  Json columns = Json::object();
  for (const sdk::Record& record : records) {
    check_size(record);
    columns["id"].push_back(uuid_of(record.id));
    columns["freshet"].push_back(true);
    columns["freshet_model"].push_back(model);
    columns["freshet_terms"].push_back(terms_of(record));
    for (const auto& [name, text] : text_columns)
      columns[name].push_back(std::string(record.*text));
    if (options.attributes.empty()) continue;
    const Json metadata = Json::parse(record.metadata, nullptr, false);
    for (const auto& [key, type] : options.attributes)
      columns[key].push_back(attribute_of(metadata, key, type, misfits));
  }
  return columns;
}

std::string vectors_of(std::span<const sdk::Record> records) {
  std::string vectors;
  for (const sdk::Record& record : records) {
    vectors += vectors.empty() ? "[\"" : ",\"";
    vectors += sdk::base64_of_floats(record.vector);
    vectors += '"';
  }
  return vectors + ']';
}

std::string text_in(const Json& row, const char* key) {
  const auto found = row.find(key);
  return found != row.end() && found->is_string() ? found->get<std::string>() : "";
}

std::vector<float> vector_in(const Json& row) {
  const auto vector = sdk::floats_of_base64(text_in(row, "vector"));
  if (!vector)
    throw Failure(FRESHET_E_REMOTE, "has a vector that is not base64 of floats",
                  member(row, "id").dump());
  return *vector;
}

Json uuids_of(std::span<const std::string_view> ids) {
  Json uuids = Json::array();
  for (const std::string_view id : ids) uuids.push_back(uuid_of(id));
  return uuids;
}

std::size_t number_in(const Json& answer, const char* key) {
  const auto found = answer.find(key);
  return found != answer.end() && found->is_number_unsigned() ? found->get<std::size_t>() : 0;
}

void tell_misfits(const sdk::Call& call, const Options& options,
                  const std::map<std::string, std::size_t>& misfits) {
  for (const auto& [key, count] : misfits)
    call.log(FRESHET_LOG_WARNING,
             std::to_string(count) + " values of " + key + " are no " + options.attributes.at(key) +
                 ", or too long: they are in the rows' metadata, and not in the "
                 "attribute of that name");
}

}  // namespace

std::string uuid_of(std::string_view id) {
  if (!is_id(id))
    throw Failure(FRESHET_E_INVALID_ARGUMENT, "is not an id of 32 hexadecimal digits",
                  std::string(id));
  std::string uuid;
  std::size_t at = 0;
  for (const std::size_t size : groups) {
    if (at > 0) uuid += '-';
    uuid += id.substr(at, size);
    at += size;
  }
  return uuid;
}

std::string id_of(const Json& uuid) {
  std::string id = uuid.is_string() ? uuid.get<std::string>() : "";
  std::erase(id, '-');
  for (char& c : id) c = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
  if (!is_id(id)) throw Failure(FRESHET_E_REMOTE, "told an id that is no uuid", uuid.dump());
  return id;
}

std::string upsert_body(const Options& options, const std::string& model,
                        std::span<const sdk::Record> records,
                        std::map<std::string, std::size_t>& misfits) {
  Json rest = {{"distance_metric", options.metric},
               {"create_namespace", false},  // one that is gone is not to come back half full
               {"return_affected_ids", true}};
  if (options.disable_backpressure) rest["disable_backpressure"] = true;
  std::string columns = columns_of(options, model, records, misfits).dump();
  columns.back() = ',';
  std::string body = R"({"upsert_columns":)" + columns + R"("vector":)" + vectors_of(records) +
                     "}," + rest.dump().substr(1);
  if (body.size() > most_body)
    throw Failure(FRESHET_E_LIMIT, "the write has " + std::to_string(body.size()) +
                                       " bytes, and turbopuffer takes at most " +
                                       std::to_string(most_body));
  return body;
}

std::vector<std::string> written_ids(const Json& answer, std::span<const sdk::Record> records) {
  std::vector<std::string> ids;
  const auto told = answer.find("upserted_ids");
  if (told != answer.end() && told->is_array()) {
    std::set<std::string> written;
    for (const Json& uuid : *told) written.insert(id_of(uuid));
    for (const sdk::Record& record : records)
      if (written.contains(std::string(record.id))) ids.emplace_back(record.id);
  } else if (std::max(number_in(answer, "rows_upserted"), number_in(answer, "rows_affected")) ==
             records.size()) {
    for (const sdk::Record& record : records) ids.emplace_back(record.id);
  }
  return ids;
}

const Json& told_attributes() {
  static const Json names = {"freshet", "freshet_digest", "text", "title", "path", "uri",
                             "url",     "metadata"};
  return names;
}

std::optional<sdk::Found> found_in(const Json& row) {
  if (row.value("freshet", Json()) != true) return std::nullopt;
  sdk::Found found;
  found.id = id_of(member(row, "id"));
  found.digest = text_in(row, "freshet_digest");
  found.text = text_in(row, "text");
  found.uri = text_in(row, "uri");
  found.title = text_in(row, "title");
  found.url = text_in(row, "url");
  found.path = text_in(row, "path");
  found.metadata = text_in(row, "metadata");
  if (found.metadata.empty()) found.metadata = "{}";
  return found;
}

// turbopuffer answers when a write is in object storage, all of it or nothing.
void Rows::upsert(const sdk::Call& call, const std::string& ns, const std::string& model,
                  std::span<const sdk::Record> records, const sdk::ConfirmSink& confirm) const {
  if (records.empty()) return;
  std::map<std::string, std::size_t> misfits;
  const std::string body = upsert_body(client_.options(), model, records, misfits);
  const Json answer = client_.write(call, ns, body);
  for (const std::string& id : written_ids(answer, records)) confirm(id);
  tell_misfits(call, client_.options(), misfits);
}

// An id that was not there may be told as deleted, or not: it is gone either way.
void Rows::remove(const sdk::Call& call, const std::string& ns,
                  std::span<const std::string_view> ids, const sdk::ConfirmSink& confirm) const {
  if (ids.empty()) return;
  Json body = {{"deletes", uuids_of(ids)}, {"create_namespace", false}};
  if (client_.options().disable_backpressure) body["disable_backpressure"] = true;
  client_.write(call, ns, body.dump());
  for (const std::string_view id : ids) confirm(std::string(id));
}

void Rows::get(const sdk::Call& call, const std::string& ns, std::span<const std::string_view> ids,
               const sdk::FoundSink& found) const {
  Json attributes = told_attributes();
  attributes.push_back("vector");
  for (; !ids.empty(); ids = ids.subspan(std::min(most_got, ids.size()))) {
    const auto some = ids.first(std::min(most_got, ids.size()));
    const Json body = {{"rank_by", {"id", "asc"}},
                       {"limit", some.size()},
                       {"filters", own_rows(Json::array({"id", "In", uuids_of(some)}))},
                       {"include_attributes", attributes},
                       {"vector_encoding", "base64"}};
    const Json answer = client_.query(call, ns, body);
    for (const Json& row : member(answer, "rows")) {
      auto one = found_in(row);
      if (!one) continue;
      one->vector = vector_in(row);
      found(*one);
    }
  }
}

// The cursor is the last id: rows that come or go meanwhile move no others.
void Rows::list(const sdk::Call& call, const std::string& ns, const std::string& cursor,
                std::uint32_t limit, const sdk::ListSink& page) const {
  const std::size_t wanted = std::min<std::size_t>(limit, most_listed);
  const Json after = cursor.empty() ? Json() : Json::array({"id", "Gt", uuid_of(cursor)});
  const Json body = {{"rank_by", {"id", "asc"}},
                     {"limit", wanted},
                     {"filters", own_rows(after)},
                     {"include_attributes", {"freshet_digest"}}};
  const Json answer = client_.query(call, ns, body);
  const Json& rows = member(answer, "rows");
  for (const Json& row : rows) page.row(id_of(member(row, "id")), text_in(row, "freshet_digest"));
  if (!rows.empty() && rows.size() >= wanted) page.next(id_of(member(rows.back(), "id")));
}

}  // namespace store_turbopuffer
