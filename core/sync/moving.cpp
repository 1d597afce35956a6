#include "core/sync/moving.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "core/base/json.hpp"
#include "core/base/text.hpp"

namespace freshet::sync {
namespace {

constexpr std::size_t longest_sight = 120;
constexpr std::size_t least_token = 16;  // below that, letters and digits are a name
constexpr std::string_view mark = "\x1a";

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) { return base::is_letter(c) || is_digit(c) || c == '_'; }

// What stands before or behind a number that is a version, a price, or a part of a name.
bool binds(char c) {
  return is_word(c) || std::string_view("$.#&+/-=@\\").find(c) != std::string_view::npos;
}

bool has_currency(std::string_view before, std::string_view after) {
  constexpr std::array<std::string_view, 5> signs = {"\u20ac", "\u00a3", "\u00a5", "$", "\u20b9"};
  const auto trimmed = [](std::string_view text) { return base::trim(text); };
  return std::any_of(signs.begin(), signs.end(), [&](std::string_view sign) {
    return trimmed(before).ends_with(sign) || trimmed(after).starts_with(sign);
  });
}

std::size_t end_of_run(std::string_view line, std::size_t at, std::string_view more) {
  while (at < line.size() && (is_digit(line[at]) || more.find(line[at]) != std::string_view::npos))
    ++at;
  return at;
}

// "12:34", "2026-01-02T10:00:00Z", "02/01/2026": digits in groups, with the marks of a time.
bool is_time(std::string_view text) {
  const auto count = [&](char c) { return std::count(text.begin(), text.end(), c); };
  const auto digits = std::count_if(text.begin(), text.end(), is_digit);
  if (digits < 3) return false;
  return count(':') > 0 || (count('-') == 2 && digits >= 6) || (count('/') == 2 && digits >= 6);
}

std::size_t time_at(std::string_view line, std::size_t at) {
  std::size_t end = end_of_run(line, at, ":-/.TZ+");
  while (end > at && !is_digit(line[end - 1]) && line[end - 1] != 'Z') --end;
  return is_time(line.substr(at, end - at)) ? end : at;
}

// "37", "1,234", "1.2k"; not "3.12".
std::size_t count_at(std::string_view line, std::size_t at) {
  std::size_t end = end_of_run(line, at, ",'.");
  while (end > at && !is_digit(line[end - 1])) --end;
  const bool short_form =
      end < line.size() && std::string_view("kKMB").find(line[end]) != std::string_view::npos;
  const std::string_view digits = line.substr(at, end - at);
  if (digits.find('.') != std::string_view::npos && !short_form) return at;
  if (short_form) ++end;
  const bool sentence_ends =
      end < line.size() && line[end] == '.' && (end + 1 == line.size() || line[end + 1] == ' ');
  if (end < line.size() && binds(line[end]) && !sentence_ends) return at;
  return has_currency(line.substr(0, at), line.substr(end)) ? at : end;
}

// Letters and digits, mixed as nobody writes a word.
std::size_t token_at(std::string_view line, std::size_t at) {
  std::size_t end = at;
  std::size_t digits = 0, letters = 0;
  for (; end < line.size() && (is_word(line[end]) || line[end] == '-'); ++end) {
    digits += is_digit(line[end]) ? 1 : 0;
    letters += base::is_letter(line[end]) ? 1 : 0;
  }
  return end - at >= least_token && digits >= 4 && letters >= 2 ? end : at;
}

std::string_view word_at(std::string_view line, std::size_t at) {
  std::size_t end = at;
  while (end < line.size() && line[end] != ' ' && line[end] != ',' && line[end] != '.') ++end;
  return line.substr(at, end - at);
}

bool is_unit(std::string_view word) {
  constexpr std::array<std::string_view, 34> units = {
      "second",  "minute",  "hour",  "day",     "week",     "month",  "year",
      "seconds", "minutes", "hours", "days",    "weeks",    "months", "years",
      "sec",     "secs",    "min",   "mins",    "hr",       "hrs",    "s",
      "m",       "h",       "d",     "Sekunde", "Sekunden", "Minute", "Minuten",
      "Stunde",  "Stunden", "Tag",   "Tagen",   "minutos",  "heures"};
  return std::find(units.begin(), units.end(), word) != units.end();
}

// "3 minutes ago", "an hour ago", "a few seconds ago", "just now", "vor 3 Minuten".
std::size_t ago_at(std::string_view line, std::size_t at) {
  for (const std::string_view whole : {"just now", "moments ago", "a moment ago"})
    if (base::to_lower(line.substr(at, whole.size())) == whole) return at + whole.size();
  std::size_t end = at;
  const bool before = line.substr(at).starts_with("vor ") || line.substr(at).starts_with("hace ") ||
                      line.substr(at).starts_with("il y a ");
  if (before) end = line.find(line[at] == 'i' ? "a " : " ", at) + (line[at] == 'i' ? 2 : 1);
  if (line.substr(end).starts_with("about ")) end += 6;
  const std::string_view amount = word_at(line, end);
  const bool counted = !amount.empty() && std::all_of(amount.begin(), amount.end(), is_digit);
  if (!counted && amount != "a" && amount != "an" && amount != "one") return at;
  end += amount.size();
  if (end >= line.size() || line[end] != ' ') return at;
  if (line.substr(end).starts_with(" few ")) end += 4;
  const std::string_view unit = word_at(line, end + 1);
  if (!is_unit(unit)) return at;
  end += 1 + unit.size();
  if (before) return end;
  return line.substr(end).starts_with(" ago") ? end + 4 : at;
}

class Frame {
 public:
  void add(std::string_view exact) { digest_.add(exact); }

  void add_lines(std::string_view text, bool code_counts) {
    bool in_code = false;
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      const std::string_view line = text.substr(0, end);
      text.remove_prefix(std::min(end + 1, text.size()));
      const bool fence = line.starts_with("```") || line.starts_with("~~~");
      if (fence) in_code = !in_code;
      if (code_counts && (fence || in_code))
        add(line);
      else
        add_line(line);
    }
    digest_.add(std::uint64_t{0});
  }

  Sighted finish() && { return {digest_.finish(), std::move(slots_)}; }

 private:
  void add_line(std::string_view line) {
    const std::vector<Moving> parts = moving_parts(line);
    if (parts.empty()) return add(line);
    std::string rest;
    std::size_t at = 0;
    for (const Moving& part : parts) {
      rest.append(line.substr(at, part.begin - at)).append(mark);
      at = part.end;
    }
    rest.append(line.substr(at));
    add(rest);
    const std::uint64_t name = base::checksum(rest);
    const std::uint64_t among = equal_[name]++;
    const std::string seen(base::front_of(line, longest_sight));
    std::uint32_t index = 0;
    for (const Moving& part : parts)
      slots_.push_back({name + among * 0x9E3779B97F4A7C15, index++,
                        base::checksum(line.substr(part.begin, part.end - part.begin)), part.count,
                        seen});
  }

  base::DigestBuilder digest_;
  std::unordered_map<std::uint64_t, std::uint64_t> equal_;
  std::vector<Slot> slots_;
};

void add_sections(const std::vector<model::Section>& sections, Frame& frame) {
  for (const model::Section& section : sections) {
    frame.add_lines(section.title, false);
    frame.add(section.url);
    frame.add_lines(section.text, true);
    if (!section.metadata.empty()) frame.add(base::dump_json(section.metadata));
    add_sections(section.children, frame);
    frame.add("");
  }
}

}  // namespace

std::vector<Moving> moving_parts(std::string_view line) {
  std::vector<Moving> parts;
  for (std::size_t at = 0; at < line.size();) {
    const bool starts = at == 0 || !binds(line[at - 1]);
    if (!starts || !is_word(line[at])) {
      ++at;
      continue;
    }
    Moving part{at, ago_at(line, at), false};
    if (part.end == at && is_digit(line[at])) part.end = time_at(line, at);
    if (part.end == at) part.end = token_at(line, at);
    if (part.end == at && is_digit(line[at])) {
      part.end = count_at(line, at);
      part.count = true;
    }
    if (part.end > at) {
      parts.push_back(part);
      at = part.end;
      continue;
    }
    while (at < line.size() && (is_word(line[at]) || binds(line[at]))) ++at;
  }
  return parts;
}

Sighted sight(const model::Document& document) {
  Frame frame;
  frame.add_lines(document.title, false);
  frame.add_lines(base::dump_json(document.metadata), false);
  add_sections(document.children, frame);
  return std::move(frame).finish();
}

}  // namespace freshet::sync
