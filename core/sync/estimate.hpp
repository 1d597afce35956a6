// core/sync/estimate.hpp - what a run would embed, before anything is fetched.
//
// A root that is stored costs at most what it holds. Of a new one a listing may say the size; else
// it is taken to be like the stored documents of its source. Where neither is known, nothing is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace freshet::sync {

// What is only guessed lies between these, as far as one can tell.
struct Range {
  std::uint64_t low = 0, high = 0;
  bool operator==(const Range&) const = default;
};

// What is embedded again though it has not changed.
struct Reembed {
  std::string
      why;  // "titles", "no titles": they come into what is embedded, or go; "model": it is another
  std::uint64_t chunks = 0, tokens = 0;
};

struct Estimate {
  static constexpr std::size_t most_uris = 1'000;
  std::uint64_t fetch = 0;                    // roots that would be asked for
  std::uint64_t new_roots = 0;                // of these, never read
  std::uint64_t reread = 0;                   // made by another reader or chunker
  std::vector<std::string> uris;              // of these, the first: at most most_uris
  std::uint64_t known_chunks = 0;             // of the others, if every one of them had changed
  std::uint64_t known_tokens = 0;             // the same
  std::optional<Range> new_chunks = Range();  // of the new ones; nothing: unknown
  std::optional<Range> new_tokens = Range();  // the same
  std::optional<Reembed> reembed;             // nothing: vectors stay as they are
  std::optional<double> price_per_million_tokens;
  std::vector<std::uint64_t> by_day;  // requests for known roots, as if none changed (forecast.hpp)

  // All that would be embedded; nothing: unknown.
  std::optional<Range> tokens() const;
};

// How many tokens so many bytes of text have.
struct TokenRate {
  std::uint64_t bytes = 4, tokens = 1;  // as is common for English prose
  double repeats = 0;  // as much of a text, at most, is embedded twice, since chunks overlap
  std::uint64_t of(std::uint64_t bytes_of_text) const;
  // With what chunks repeat, and what is rounded up for each of them.
  std::uint64_t most_of(std::uint64_t bytes_of_text, std::uint64_t chunks) const;
  std::uint64_t most_bytes(std::uint64_t bytes_of_text) const;
};

// `count` times what one of `samples` has: their mean, divided and multiplied by one plus their
// relative spread, and at the least by what so few of them leave open. Nothing without samples.
class Samples {
 public:
  void add(std::uint64_t value);
  std::optional<Range> expect(std::uint64_t count) const;

 private:
  std::uint64_t count_ = 0;
  double sum_ = 0, squares_ = 0;
};

}  // namespace freshet::sync
