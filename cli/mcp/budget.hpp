// cli/mcp/budget.hpp - how many tokens the texts of an answer may have.
//
// Which model reads them is not known, so tokens are estimated: four ASCII characters, or one other
// code point, are a token. That is more than most models count.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace freshet::cli::mcp {

std::size_t estimated_tokens(std::string_view text);

class Budget {
 public:
  explicit Budget(std::size_t tokens) : left_(tokens) {}

  // The beginning of `text` that is still within the budget, which is taken from it; cut between two
  // words where there is one, and never within a code point.
  std::string_view take(std::string_view text);
  bool spent() const { return left_ == 0; }

 private:
  std::size_t left_;
};

}  // namespace freshet::cli::mcp
