// core/ports/tokenizer.hpp - how many tokens a text has, and where they end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.hpp"

namespace freshet::ports {

// Thread-safe.
class Tokenizer {
 public:
  virtual ~Tokenizer() = default;
  virtual const std::string& name() const = 0;  // as its publisher calls it
  // Changes whenever the same text would have other tokens.
  virtual const std::string& fingerprint() const = 0;

  virtual base::Result<std::uint64_t> count(std::string_view text) const = 0;
  // Where each token ends, in order; equal ends are parts of one character.
  virtual base::Result<std::vector<std::size_t>> split(std::string_view text) const = 0;
};

}  // namespace freshet::ports
