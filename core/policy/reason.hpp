// core/policy/reason.hpp - why a policy decided as it did: a few words, kept in place.
//
// Nothing is allocated and nothing borrowed, so that a decision may be copied and kept by anyone.
#pragma once

#include <array>
#include <string_view>

namespace freshet::policy {

class Reason {
 public:
  static constexpr std::size_t size = 96;  // as in the C API, the NUL included

  Reason() = default;
  // What is longer is cut between two code points; what is not UTF-8 is mended.
  Reason(std::string_view text);
  Reason(const char* text) : Reason(std::string_view(text)) {}

  const char* c_str() const { return text_.data(); }
  std::string_view view() const { return text_.data(); }
  friend bool operator==(const Reason& a, std::string_view b) { return a.view() == b; }

 private:
  std::array<char, size> text_{};
};

}  // namespace freshet::policy
