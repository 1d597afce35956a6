// loader_github/touched.hpp - what a listing by the time of the last change leaves for the next one: the time of the
// newest change that it is sure of, what was touched about then or later, and when all was listed.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace freshet::loader_github {

// A change may become visible after a later one: so long before the newest one is asked for again.
inline constexpr std::int64_t overlap_ms = 60'000;

// As GitHub writes a time, in milliseconds. Throws where it is none.
std::int64_t touched_ms(const std::string& at);

struct Touched {
  std::int64_t since_ms = 0, full_ms = 0;
  std::string etag;  // of the answer to the same question, where it has one
  std::map<std::string, std::string> recent;  // by number: when it was touched

  static std::optional<Touched> read(std::string_view text);
  std::string text() const;

  // May the next listing go on from it, or is all to be listed once more?
  bool stands(std::int64_t now_ms, std::int64_t full_every_ms) const;
  void see(const std::string& number, const std::string& at);
  bool knows(const std::string& number, const std::string& at) const;
  void forget_old();
};

}  // namespace freshet::loader_github
