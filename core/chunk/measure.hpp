// core/chunk/measure.hpp - counts the code points of any slice of one text, in constant time.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace freshet::chunk {

// Borrows the text.
class Measure {
 public:
  explicit Measure(std::string_view text);

  std::string_view text() const { return text_; }

  // Code points in [begin, end), both at the start of a code point.
  std::size_t count(std::size_t begin, std::size_t end) const;

  // The offset `points` code points before `from`, but not before `least`.
  std::size_t back(std::size_t from, std::size_t points, std::size_t least) const;

 private:
  std::size_t before(std::size_t offset) const;

  static constexpr std::size_t stride = 256;
  std::string_view text_;
  std::vector<std::size_t> counts_;  // code points before each multiple of stride; empty: all ASCII
};

}  // namespace freshet::chunk
