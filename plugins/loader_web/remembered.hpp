// loader_web/remembered.hpp - what a listing remembers of its sitemaps, so that the next one need
// not read again what did not change.
//
// The text of it is the state of a listing. It has the validators of each sitemap and a digest of
// its bytes. Of the pages that one lists it has no more than how many there are and the sum of
// their hashes: enough to tell that none of them is missing, and a million of them take no more
// room than one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "loader_web/validators.hpp"

namespace freshet::loader_web {

inline constexpr std::size_t kMaxStateBytes = 4 << 20;  // as freshet/plugin/loader.h says

struct PageSum {
  std::uint64_t count = 0;
  std::uint64_t sum = 0;  // of hash_of() each, modulo 2^64
};

struct Remembered {
  std::string url;         // as it was asked for
  std::size_t from = 0;    // the place of the index that led to it; of the first one its own, 0
  std::string arrived;     // where redirects ended; empty: at `url`
  Validators validators;   // those of `arrived`
  std::uint64_t digest{};  // of its bytes as they came; 0: only another name of one that was read
  PageSum pages;           // that it lists itself

  bool was_read() const { return digest != 0; }
};
using Memory = std::vector<Remembered>;  // an index before those that it leads to

// What the listing before this one remembers, by URL.
class Past {
 public:
  explicit Past(Memory memory);
  const Memory& memory() const { return memory_; }
  // Nothing where it is not known, or only as another name of one that is.
  const Remembered* find(const std::string& url) const;
  // The URLs that this index, which is known, was the first to lead to.
  std::vector<std::string> led_to_by(const std::string& url) const;

 private:
  Memory memory_;
  std::unordered_map<std::string, std::size_t> places_;
  std::unordered_map<std::size_t, std::vector<std::size_t>> led_to_;
};

std::uint64_t hash_of(std::string_view text);  // never 0

// True where `pages`, hashes in their order, are those of `then` with at most one run of others
// between them. False where they may be, too: then it cannot be told.
bool holds_all_of(const PageSum& then, const std::vector<std::uint64_t>& pages);

// Nothing where it would be longer than a state may be.
std::optional<std::string> state_of(const Memory& memory);

// Empty where it is not a state of ours, or not of a listing that begins at `first`.
Memory parse_state(std::string_view state, std::string_view first);

}  // namespace freshet::loader_web
