// core/net/head.hpp - the head of a response, line by line, within its limits.
//
// Stricter than libcurl, which takes the last of two contradicting lengths and a head that was cut.
// Pure: the transfer hands over each line as libcurl reports it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.hpp"
#include "core/ports/http.hpp"

namespace freshet::net {

struct HeadLimits {
  std::size_t bytes = 64u << 10;  // 1xx answers and trailers included
  std::size_t lines = 256;
};

class Head {
 public:
  explicit Head(HeadLimits limits = {}) : limits_(limits) {}

  // A status line, a header with its line end, or the blank line. The errors have no subject.
  base::Status take(std::string_view line);

  // The blank line after a final (not 1xx) answer was seen.
  bool complete() const { return complete_; }
  int status() const { return status_; }
  bool is_http1() const { return http1_; }
  bool is_chunked() const { return chunked_; }
  std::optional<std::uint64_t> length() const { return length_; }
  std::string_view header(std::string_view name) const;
  std::vector<ports::HttpHeader>& headers() { return headers_; }

  // "" for none or identity; in lower case. Two codings are refused by take().
  const std::string& coding() const { return coding_; }

 private:
  base::Status begin(std::string_view line);
  base::Status add(std::string_view line);
  base::Status check(const ports::HttpHeader& header);
  base::Status check_length(std::string_view value);
  base::Status check_coding(std::string_view value);
  base::Status finish();

  HeadLimits limits_;
  std::size_t bytes_ = 0;
  std::size_t lines_ = 0;
  int status_ = 0;
  bool complete_ = false;
  bool http1_ = false;
  bool chunked_ = false;
  std::optional<std::uint64_t> length_;
  std::string coding_;
  std::vector<ports::HttpHeader> headers_;
};

}  // namespace freshet::net
