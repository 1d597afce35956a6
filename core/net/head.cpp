#include "core/net/head.hpp"

#include <fmt/format.h>

#include <charconv>

#include "core/base/text.hpp"

namespace freshet::net {
namespace {

using base::Code;
using base::Status;

tl::unexpected<base::Error> refuse(std::string message) {
  return base::fail(Code::parse, std::move(message));
}

bool is_token(std::string_view text) {
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!letter &&
        (c == 0 || std::string_view("!#$%&'*+-.^_`|~").find(c) == std::string_view::npos))
      return false;
  }
  return !text.empty();
}

// Codings that change a body, whether we can undo them or not.
bool is_coding(std::string_view name) {
  for (const std::string_view one :
       {"gzip", "x-gzip", "deflate", "br", "zstd", "compress", "x-compress", "exi", "pack200-gzip",
        "bzip2", "x-bzip2", "bzip", "xz", "lzma", "lz4", "snappy", "dcb", "dcz", "aes128gcm"})
    if (name == one) return true;
  return false;
}

}  // namespace

std::string_view Head::header(std::string_view name) const {
  for (const ports::HttpHeader& header : headers_)
    if (header.name == name) return header.value;
  return {};
}

Status Head::take(std::string_view line) {
  bytes_ += line.size();
  ++lines_;
  if (bytes_ > limits_.bytes)
    return base::fail(Code::limit,
                      fmt::format("the headers are larger than {} bytes", limits_.bytes));
  if (lines_ > limits_.lines + 2)  // the status line and the blank line are no headers
    return base::fail(Code::limit,
                      fmt::format("there are more than {} header lines", limits_.lines));
  if (complete_) return {};  // a trailer: counted, and not trusted with anything
  while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
  if (line.empty()) return finish();
  return line.starts_with("HTTP/") ? begin(line) : add(line);
}

Status Head::begin(std::string_view line) {
  const std::size_t space = line.find(' ');
  const std::string_view digits = space == std::string_view::npos ? "" : line.substr(space + 1, 3);
  status_ = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), status_);
  if (digits.size() != 3 || status_ < 100 || status_ > 599)
    return refuse("the status line has no valid status");
  http1_ = line.starts_with("HTTP/1");
  headers_.clear();
  length_.reset();
  coding_.clear();
  chunked_ = false;
  return {};
}

Status Head::add(std::string_view line) {
  if (line.front() == ' ' || line.front() == '\t')
    return refuse("a header is folded over two lines");
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon)))
    return refuse("a header line has no valid name");
  ports::HttpHeader header{base::to_lower(line.substr(0, colon)),
                           std::string(base::trim(line.substr(colon + 1)))};
  if (header.value.find('\0') != std::string::npos || header.value.find('\r') != std::string::npos)
    return refuse(fmt::format("the header {} has a control character in it", header.name));
  FRESHET_TRY(check(header));
  headers_.push_back(std::move(header));
  return {};
}

Status Head::check(const ports::HttpHeader& header) {
  if (header.name == "content-length") return check_length(header.value);
  if (header.name == "content-encoding") return check_coding(header.value);
  if (header.name == "location" && !this->header("location").empty() &&
      this->header("location") != header.value)
    return refuse("two locations contradict each other");
  if (header.name != "transfer-encoding") return {};
  if (base::to_lower(header.value) != "chunked" || chunked_)
    return refuse("the transfer encoding is not just chunked");
  chunked_ = true;
  return {};
}

Status Head::check_length(std::string_view value) {
  std::uint64_t length = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), length);
  if (error != std::errc() || end != value.data() + value.size() || length > INT64_MAX)
    return refuse("the content length is not a number of bytes");
  if (length_ && *length_ != length) return refuse("two content lengths contradict each other");
  length_ = length;
  return {};
}

Status Head::check_coding(std::string_view value) {
  const std::string coding = base::to_lower(value);
  if (coding.empty() || coding == "identity") return {};
  if (!coding_.empty() || coding.find(',') != std::string::npos)
    return refuse("the body has more than one content coding");
  // A word that is no coding, such as a charset set there by hand, changes nothing of the body.
  if (is_coding(coding)) coding_ = coding == "x-gzip" ? "gzip" : coding;
  return {};
}

Status Head::finish() {
  if (chunked_ && length_)
    return refuse("the body has both a content length and a chunked encoding");
  complete_ = status_ >= 200;
  return {};
}

}  // namespace freshet::net
