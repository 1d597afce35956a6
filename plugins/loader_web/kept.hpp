// loader_web/kept.hpp - what a listing had to fetch to see its links, kept for those who fetch the pages
// next, so that each page is asked for once in a run.
//
// Bounded: what does not fit is asked for again. Thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <variant>

#include <freshet/sdk/freshet_sdk.hpp>

#include "loader_web/validators.hpp"

namespace freshet::loader_web {

class Kept {
 public:
  static constexpr std::size_t most_bytes = 64U << 20;
  static constexpr std::size_t most_pages = 100'000;

  // A whole answer, which ended where it was asked for.
  void put(const std::string& url, sdk::Response response);
  // The page is still as these say.
  void put_unchanged(const std::string& url, const Validators& validators);

  // The answer that `url` would give to a request with the conditions of `known` (empty: with none),
  // and it is kept no longer. Nothing where only the server knows.
  std::optional<sdk::Response> take(const std::string& url, const Validators& known);

 private:
  using Answer = std::variant<sdk::Response, Validators>;
  void keep(const std::string& url, Answer answer, std::size_t bytes);

  std::mutex mutex_;
  std::map<std::string, Answer> answers_;
  std::size_t bytes_ = 0;
};

}  // namespace freshet::loader_web
