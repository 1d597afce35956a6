#include "loader_web/remembered.hpp"

#include <xxhash.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include <freshet/sdk/json.hpp>

#include "loader_web/text.hpp"
#include "loader_web/url.hpp"

namespace freshet::loader_web {
namespace {

using Json = nlohmann::json;

constexpr int kVersion = 1;

Json row_of(const Remembered& one) {
  return {
      one.url,    one.from,        one.arrived,  one.validators.etag, one.validators.last_modified,
      one.digest, one.pages.count, one.pages.sum};
}

const std::string& text_at(const Json& row, std::size_t i) {
  return row.at(i).get_ref<const std::string&>();
}
std::uint64_t number_at(const Json& row, std::size_t i) {
  return row.at(i).get_ref<const std::uint64_t&>();
}

Remembered remembered_of(const Json& row) {
  return {text_at(row, 0),   number_at(row, 1),
          text_at(row, 2),   {text_at(row, 3), text_at(row, 4), {}, {}},
          number_at(row, 5), {number_at(row, 6), number_at(row, 7)}};
}

// Fit for a request: a state that was damaged is no way into its headers.
bool is_sound(const Remembered& one) {
  const auto fits = [](const std::string& text, std::size_t most) {
    return text.size() <= most && is_printable(text) && is_utf8(text);
  };
  return fits(one.url, kMaxUrlBytes) && fits(one.arrived, kMaxUrlBytes) &&
         fits(one.validators.etag, kMaxEtagBytes) &&
         fits(one.validators.last_modified, kMaxEtagBytes);
}

bool is_whole(const Memory& memory, std::string_view first) {
  if (memory.empty() || memory.front().url != first || memory.front().from != 0) return false;
  for (std::size_t i = 1; i < memory.size(); ++i)
    if (memory[i].from >= i) return false;
  return std::all_of(memory.begin(), memory.end(), is_sound);
}

}  // namespace

Past::Past(Memory memory) : memory_(std::move(memory)) {
  for (std::size_t i = 0; i < memory_.size(); ++i) {
    places_.emplace(memory_[i].url, i);
    if (i > 0) led_to_[memory_[i].from].push_back(i);
  }
}

const Remembered* Past::find(const std::string& url) const {
  const auto found = places_.find(url);
  if (found == places_.end() || !memory_[found->second].was_read()) return nullptr;
  return &memory_[found->second];
}

std::vector<std::string> Past::led_to_by(const std::string& url) const {
  std::vector<std::string> urls;
  if (const auto index = led_to_.find(places_.at(url)); index != led_to_.end())
    for (const std::size_t i : index->second) urls.push_back(memory_[i].url);
  return urls;
}

std::uint64_t hash_of(std::string_view text) {
  return std::max<std::uint64_t>(XXH3_64bits(text.data(), text.size()), 1);
}

bool holds_all_of(const PageSum& then, const std::vector<std::uint64_t>& pages) {
  if (pages.size() < then.count) return false;
  const auto added = static_cast<std::ptrdiff_t>(pages.size() - then.count);
  const std::uint64_t all = std::accumulate(pages.begin(), pages.end(), std::uint64_t{0});
  std::uint64_t run = std::accumulate(pages.begin(), pages.begin() + added, std::uint64_t{0});
  for (auto end = pages.begin() + added;; ++end) {  // `run`: the sum of those before `end`
    if (all - run == then.sum) return true;
    if (end == pages.end()) return false;
    run += *end - *(end - added);
  }
}

std::optional<std::string> state_of(const Memory& memory) {
  Json rows = Json::array();
  for (const Remembered& one : memory) rows.push_back(row_of(one));
  std::string text = Json{{"v", kVersion}, {"sitemaps", std::move(rows)}}.dump(
      -1, ' ', false, Json::error_handler_t::replace);
  if (text.size() > kMaxStateBytes) return std::nullopt;
  return text;
}

Memory parse_state(std::string_view state, std::string_view first) try {
  const Json json = Json::parse(state);
  if (json.at("v") != kVersion) return {};
  Memory memory;
  for (const Json& row : json.at("sitemaps")) memory.push_back(remembered_of(row));
  return is_whole(memory, first) ? memory : Memory{};
} catch (const Json::exception&) {
  return {};
}

}  // namespace freshet::loader_web
