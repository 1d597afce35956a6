// core/chunk/measure.hpp - the size of any slice of one text, in code points or in tokens.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace freshet::chunk {

// Borrows the text, and where its tokens end. A unit is a token where these are given, else a code
// point. Code points are counted in constant time, all else is a search. Offsets that go in or come
// out are at the start of a code point.
class Measure {
 public:
  explicit Measure(std::string_view text, const std::vector<std::size_t>* token_ends = nullptr);

  std::string_view text() const { return text_; }

  // Units in [begin, end). A token of which only a part lies in it counts.
  std::size_t count(std::size_t begin, std::size_t end) const;

  // The offset `units` before `from`, but not before `least`.
  std::size_t back(std::size_t from, std::size_t units, std::size_t least) const;
  // The offset `units` after `from`, but not after `most`.
  std::size_t forward(std::size_t from, std::size_t units, std::size_t most) const;

  // The start of the code point before `from`, but not before `least`.
  std::size_t previous(std::size_t from, std::size_t least) const;

 private:
  std::size_t points_before(std::size_t offset) const;
  std::size_t point_at(std::size_t index) const;
  std::size_t tokens_before(std::size_t offset) const;  // that have ended there
  // Where the tokens before the number `index` end.
  std::size_t token_begin(std::size_t index) const;
  bool in_token(std::size_t offset, std::size_t index) const;
  bool is_start(std::size_t offset) const;

  static constexpr std::size_t stride = 256;
  std::string_view text_;
  const std::vector<std::size_t>* ends_;  // null: code points
  std::vector<std::size_t> counts_;  // code points before each multiple of stride; empty: all ASCII
};

}  // namespace freshet::chunk
