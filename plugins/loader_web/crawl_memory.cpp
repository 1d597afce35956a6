#include "loader_web/crawl_memory.hpp"

#include <algorithm>

#include <freshet/sdk/json.hpp>

#include "loader_web/remembered.hpp"
#include "loader_web/text.hpp"
#include "loader_web/url.hpp"

namespace freshet::loader_web {
namespace {

using Json = nlohmann::json;

constexpr int kCrawlVersion = 1;

// Addresses are kept without what they begin with in common: that of the start's folder.
std::string_view shared_start(const CrawlRows& rows) {
  const std::string_view first = rows.front().url;
  return first.substr(0, first.rfind('/') + 1);
}

std::string shortened(std::string_view url, std::string_view start) {
  return url.starts_with(start) && url.size() > start.size() ? std::string(url.substr(start.size()))
                                                             : " " + std::string(url);
}

std::string lengthened(const std::string& text, const std::string& start) {
  return text.starts_with(' ') ? text.substr(1) : start + text;
}

Json row_of(const CrawlRow& row, std::string_view start) {
  Json json = {shortened(row.url, start), row.from, static_cast<int>(row.found)};
  if (row.validators.empty() && row.digest == 0) return json;
  json.insert(json.end(), {row.validators.etag, row.validators.last_modified, row.digest});
  if (!row.name.empty() || row.missing > 0) json.insert(json.end(), {row.name, row.missing});
  return json;
}

CrawlRow row_from(const Json& json, const std::string& start) {
  CrawlRow row;
  row.url = lengthened(json.at(0).get<std::string>(), start);
  row.from = json.at(1).get<std::size_t>();
  row.found = static_cast<Found>(json.at(2).get<int>());
  if (json.size() >= 6) {
    row.validators = {json.at(3).get<std::string>(), json.at(4).get<std::string>(), {}, {}};
    row.digest = json.at(5).get<std::uint64_t>();
  }
  if (json.size() >= 8) {
    row.name = json.at(6).get<std::string>();
    row.missing = json.at(7).get<std::uint64_t>();
  }
  return row;
}

// Fit for a request: a state that was damaged is no way into its headers.
bool is_sound_row(const CrawlRow& row) {
  const auto fits = [](const std::string& text, std::size_t most) {
    return text.size() <= most && is_printable(text) && is_utf8(text);
  };
  return fits(row.url, kMaxUrlBytes) && fits(row.name, kMaxUrlBytes) &&
         fits(row.validators.etag, kMaxEtagBytes) &&
         fits(row.validators.last_modified, kMaxEtagBytes) && row.found >= Found::page &&
         row.found <= Found::nothing;
}

bool is_whole_crawl(const CrawlRows& rows) {
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (rows[i].from > i || !is_sound_row(rows[i])) return false;
  return !rows.empty() && rows.front().from == 0;
}

}  // namespace

std::optional<std::string> crawl_state(const CrawlRows& rows) {
  if (rows.empty()) return std::nullopt;
  const std::string start(shared_start(rows));
  Json list = Json::array();
  for (const CrawlRow& row : rows) list.push_back(row_of(row, start));
  std::string text = Json{{"v", kCrawlVersion}, {"start", start}, {"pages", std::move(list)}}.dump(
      -1, ' ', false, Json::error_handler_t::replace);
  if (text.size() > kMaxStateBytes) return std::nullopt;
  return text;
}

CrawlRows parse_crawl_state(std::string_view state, std::string_view start) try {
  const Json json = Json::parse(state);
  if (json.at("v") != kCrawlVersion) return {};
  CrawlRows rows;
  const auto from = json.at("start").get<std::string>();
  for (const Json& row : json.at("pages")) rows.push_back(row_from(row, from));
  return is_whole_crawl(rows) && rows.front().url == start ? rows : CrawlRows{};
} catch (const Json::exception&) {
  return {};
}

}  // namespace freshet::loader_web
