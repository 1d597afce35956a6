#include "core/net/robots.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>

#include "core/base/text.hpp"
#include "core/net/url.hpp"

namespace freshet::net {
namespace {

struct Line {
  std::string name;  // in lower case
  std::string_view value;
};

// Takes one line, ended by LF, CR LF or CR, off the front of `text`.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find_first_of("\r\n");
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

Line parse_line(std::string_view line) {
  line = line.substr(0, line.find('#'));
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return {};
  return {base::to_lower(base::trim(line.substr(0, colon))), base::trim(line.substr(colon + 1))};
}

// "Freshet/1.0 (test)" names the product "freshet".
std::string product_of(std::string_view value) {
  std::size_t end = 0;
  while (end < value.size() && (std::isalpha(static_cast<unsigned char>(value[end])) != 0 ||
                                value[end] == '-' || value[end] == '_'))
    ++end;
  return base::to_lower(value.substr(0, end));
}

// Negative when it is no number of seconds.
double parse_seconds(std::string_view value) {
  double seconds = -1;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
  if (error == std::errc::result_out_of_range && !value.starts_with('-')) return 1e9;
  if (error != std::errc() || end != value.data() + value.size() || !std::isfinite(seconds))
    return -1;
  return seconds;
}

}  // namespace

// The rules that are gathered for one audience: our product, or everybody.
struct Robots::Group {
  bool named = false;
  Robots robots;

  void add_delay(std::string_view value, base::Millis most) {
    const double seconds = parse_seconds(value);
    if (seconds < 0) return;
    const double ms = seconds * 1000;
    const bool capped = ms > static_cast<double>(most.count());
    const base::Millis delay = capped ? most : base::Millis(static_cast<std::int64_t>(ms));
    robots.delay_capped_ = robots.delay_capped_ || capped;
    robots.crawl_delay_ = std::max(robots.crawl_delay_, delay);
  }
  void add_rule(std::string_view pattern, bool allow) {
    if (!pattern.empty()) robots.rules_.push_back({normalise_escapes(pattern), allow});
  }
};

Robots Robots::parse(std::string_view text, std::string_view product, base::Millis most_delay) {
  text = text.substr(0, robots_bytes);
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  Group ours;
  Group everybody;
  bool for_us = false;
  bool for_all = false;
  bool in_names = false;  // consecutive user-agent lines open one group together
  while (!text.empty()) {
    const Line line = parse_line(take_line(text));
    if (line.name == "user-agent") {
      if (!in_names) for_us = for_all = false;
      in_names = true;
      for_all = for_all || line.value.starts_with('*');
      for_us = for_us || product_of(line.value) == product;
      ours.named = ours.named || for_us;
      continue;
    }
    const bool allow = line.name == "allow";
    const bool rule = allow || line.name == "disallow";
    if (!rule && line.name != "crawl-delay") continue;  // sitemap and the like belong to no group
    in_names = false;
    for (Group* group : {for_us ? &ours : nullptr, for_all ? &everybody : nullptr}) {
      if (group == nullptr) continue;
      if (rule)
        group->add_rule(line.value, allow);
      else
        group->add_delay(line.value, most_delay);
    }
  }
  return ours.named ? std::move(ours.robots) : std::move(everybody.robots);
}

bool Robots::allows(std::string_view target) const {
  if (target == "/robots.txt") return true;
  const Rule* best = nullptr;
  for (const Rule& rule : rules_) {
    const bool longer = best == nullptr || rule.pattern.size() > best->pattern.size() ||
                        (rule.pattern.size() == best->pattern.size() && rule.allow && !best->allow);
    if (longer && robots_match(rule.pattern, target)) best = &rule;
  }
  return best == nullptr || best->allow;
}

bool robots_match(std::string_view pattern, std::string_view target) {
  const bool anchored = pattern.ends_with('$');
  if (anchored) pattern.remove_suffix(1);
  const std::size_t first = std::min(pattern.find('*'), pattern.size());
  if (!target.starts_with(pattern.substr(0, first))) return false;
  if (first == pattern.size()) return !anchored || target.size() == first;
  target.remove_prefix(first);
  pattern.remove_prefix(first + 1);
  // Each literal piece at its leftmost place; memmem searches in linear time.
  for (std::size_t star; (star = pattern.find('*')) != std::string_view::npos;
       pattern.remove_prefix(star + 1)) {
    if (star == 0) continue;
    const void* found =
        star > target.size() ? nullptr : memmem(target.data(), target.size(), pattern.data(), star);
    if (found == nullptr) return false;
    target.remove_prefix(static_cast<std::size_t>(static_cast<const char*>(found) - target.data()) +
                         star);
  }
  if (anchored) return target.ends_with(pattern);
  return pattern.empty() ||
         (pattern.size() <= target.size() &&
          memmem(target.data(), target.size(), pattern.data(), pattern.size()) != nullptr);
}

}  // namespace freshet::net
