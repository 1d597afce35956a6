#include "core/model/record.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "core/base/json.hpp"

namespace freshet::model {
namespace {

// Plugins take C strings: the host gives them a blank for each NUL.
bool same_text(std::string_view kept, std::string_view given) {
  return std::equal(kept.begin(), kept.end(), given.begin(), given.end(),
                    [](char is, char was) { return is == (was == '\0' ? ' ' : was); });
}

// A text is given with its length, but comes back as a C string.
std::string_view before_nul(std::string_view text) { return text.substr(0, text.find('\0')); }

bool same_json(std::string_view a, std::string_view b) {
  return a == b || Json::parse(a, nullptr, false) == Json::parse(b, nullptr, false);
}

double length_of(std::span<const float> vector) {
  double sum = 0;
  for (const float each : vector) sum += static_cast<double>(each) * static_cast<double>(each);
  return std::sqrt(sum);
}

}  // namespace

std::string RowMark::text() const {
  return owner == 0 ? record.hex() : fmt::format("{}.{:016x}", record.hex(), owner);
}

RowMark RowMark::read(std::string_view text) {
  const std::size_t dot = text.find('.');
  RowMark mark{base::Digest::from_hex(text.substr(0, dot)).value_or(base::Digest{}), 0};
  if (dot == std::string_view::npos) return mark;
  const std::string_view owner = text.substr(dot + 1);
  const auto [end, problem] =
      std::from_chars(owner.data(), owner.data() + owner.size(), mark.owner, 16);
  const bool whole = problem == std::errc() && end == owner.data() + owner.size();
  return whole ? mark : RowMark{};
}

std::uint64_t owner_of(const base::Digest& identity) {
  const std::string digits = identity.hex().substr(0, 2 * sizeof(std::uint64_t));
  std::uint64_t owner = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), owner, 16);
  return std::max<std::uint64_t>(owner, 1);
}

std::string path_text(const std::vector<std::string>& path) {
  std::string joined;
  for (const std::string& step : path) joined += (joined.empty() ? "" : " > ") + step;
  return joined;
}

bool holds(const Record& kept, const Chunk& chunk, std::string_view uri, std::string_view title) {
  return kept.text == before_nul(chunk.text) && same_text(kept.uri, uri) &&
         same_text(kept.title, title) && same_text(kept.url, chunk.url) &&
         same_text(kept.path, path_text(chunk.path)) &&
         same_json(kept.metadata, base::dump_json(chunk.metadata));
}

bool same_direction(std::span<const float> a, std::span<const float> b) {
  constexpr double near = 1e-6;
  if (a.size() != b.size()) return false;
  const double length_a = length_of(a), length_b = length_of(b);
  if (!std::isfinite(length_a) || length_a == 0 || length_b == 0) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (!(std::abs(static_cast<double>(a[i]) / length_a - static_cast<double>(b[i]) / length_b) <
          near))
      return false;
  return true;
}

}  // namespace freshet::model
