#include <array>
#include <chrono>
#include <sstream>
#include <utility>

#include <freshet/sdk/date.hpp>

#include "loader_web/feed.hpp"
#include "loader_web/text.hpp"

namespace freshet::loader_web {
namespace {

// The words of RFC 822's date, without the day of the week.
std::vector<std::string> words_of(std::string_view text) {
  if (const std::size_t comma = text.find(','); comma != std::string_view::npos)
    text.remove_prefix(comma + 1);
  std::istringstream in{std::string(text)};
  std::vector<std::string> words;
  for (std::string word; in >> word && words.size() < 6;) words.push_back(word);
  return words;
}

std::optional<std::int64_t> month_of(std::string_view word) {
  static constexpr std::array<std::string_view, 12> months = {
      "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"};
  const std::string small = lower(word.substr(0, 3));
  for (std::size_t i = 0; i < months.size(); ++i)
    if (months[i] == small) return static_cast<std::int64_t>(i) + 1;
  return std::nullopt;
}

// In minutes east of Greenwich.
std::optional<std::int64_t> zone_of(std::string_view word) {
  static constexpr std::array<std::pair<std::string_view, int>, 12> zones = {{{"gmt", 0},
                                                                              {"ut", 0},
                                                                              {"utc", 0},
                                                                              {"z", 0},
                                                                              {"est", -300},
                                                                              {"edt", -240},
                                                                              {"cst", -360},
                                                                              {"cdt", -300},
                                                                              {"mst", -420},
                                                                              {"mdt", -360},
                                                                              {"pst", -480},
                                                                              {"pdt", -420}}};
  for (const auto& [name, minutes] : zones)
    if (lower(word) == name) return minutes;
  if (word.size() != 5 || (word[0] != '+' && word[0] != '-')) return std::nullopt;
  const auto hours = parse_number(word.substr(1, 2), 23), rest = parse_number(word.substr(3), 59);
  if (!hours || !rest) return std::nullopt;
  const std::int64_t minutes = *hours * 60 + *rest;
  return word[0] == '-' ? -minutes : minutes;
}

// "13:00" or "13:00:05", in seconds.
std::optional<std::int64_t> time_of(std::string_view word) {
  const auto hours = parse_number(word.substr(0, 2), 23);
  if (!hours || word.size() < 5 || word[2] != ':') return std::nullopt;
  const auto minutes = parse_number(word.substr(3, 2), 59);
  const auto seconds = word.size() == 8 && word[5] == ':' ? parse_number(word.substr(6), 60)
                                                          : std::optional<std::int64_t>(0);
  if (!minutes || !seconds) return std::nullopt;
  return (*hours * 60 + *minutes) * 60 + *seconds;
}

std::optional<std::int64_t> year_of(std::string_view word) {
  const auto year = parse_number(word, 9999);
  if (!year || word.size() == 4) return year;
  return *year < 50 ? *year + 2000 : *year + 1900;
}

std::optional<std::int64_t> parse_rfc822(std::string_view text) {
  const std::vector<std::string> words = words_of(text);
  if (words.size() < 5) return std::nullopt;
  const auto day = parse_number(words[0], 31), month = month_of(words[1]), year = year_of(words[2]),
             time = time_of(words[3]), zone = zone_of(words[4]);
  if (!day || !month || !year || !time || !zone) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  const auto days = std::chrono::sys_days(date).time_since_epoch();
  return (std::chrono::duration_cast<std::chrono::seconds>(days).count() + *time - *zone * 60) *
         1000;
}

}  // namespace

std::optional<std::int64_t> parse_feed_date(std::string_view text) {
  text = trim(text);
  if (const auto at = sdk::parse_date(text)) return at;
  return parse_rfc822(text);
}

}  // namespace freshet::loader_web
