#include "cli/mcp/budget.hpp"

#include <algorithm>

namespace freshet::cli::mcp {
namespace {

constexpr std::size_t quarters = 4;  // of a token

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

std::size_t weight(char c) {
  if (continues(c)) return 0;
  return static_cast<unsigned char>(c) < 0x80 ? 1 : quarters;
}

// The length of the longest beginning that weighs no more than `most`.
std::size_t fitting(std::string_view text, std::size_t most) {
  std::size_t sum = 0, end = 0;
  while (end < text.size() && (sum += weight(text[end])) <= most) ++end;
  while (end > 0 && end < text.size() && continues(text[end])) --end;
  return end;
}

}  // namespace

std::size_t estimated_tokens(std::string_view text) {
  std::size_t sum = 0;
  for (const char c : text) sum += weight(c);
  return (sum + quarters - 1) / quarters;
}

std::string_view Budget::take(std::string_view text) {
  const std::size_t end = fitting(text, left_ * quarters);
  std::string_view taken = text.substr(0, end);
  if (end < text.size()) {
    left_ = 0;
    const std::size_t blank = taken.find_last_of(" \n\t");
    if (blank != std::string_view::npos && blank > end / 2) taken = taken.substr(0, blank);
    return taken;
  }
  left_ -= std::min(left_, estimated_tokens(taken));
  return taken;
}

}  // namespace freshet::cli::mcp
