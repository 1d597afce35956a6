#include "loader_web/gunzip.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>
#include <new>

namespace freshet::loader_web {
namespace {

constexpr std::uint64_t kFreeBytes = 1 << 20;
constexpr std::uint64_t kMaxRatio = 200;
constexpr int kGzipOnly = 15 + 16;

class Inflater {
 public:
  explicit Inflater(std::string_view bytes) : left_(bytes) {
    if (inflateInit2(&stream_, kGzipOnly) != Z_OK) throw std::bad_alloc();
  }
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  // Fills the buffer as far as it goes; returns what zlib says.
  int step() {
    if (stream_.avail_in == 0) feed();
    stream_.next_out = reinterpret_cast<Bytef*>(buffer_.data());
    stream_.avail_out = static_cast<uInt>(buffer_.size());
    return inflate(&stream_, Z_NO_FLUSH);
  }
  std::string_view output() const { return {buffer_.data(), buffer_.size() - stream_.avail_out}; }
  std::string_view rest() {
    if (stream_.avail_in == 0) feed();
    return {reinterpret_cast<const char*>(stream_.next_in), stream_.avail_in};
  }
  std::uint64_t consumed(std::size_t total) const {
    return total - left_.size() - stream_.avail_in;
  }
  void next_member() { inflateReset(&stream_); }

 private:
  // zlib counts in 32 bits.
  void feed() {
    const std::size_t size = std::min<std::size_t>(left_.size(), std::numeric_limits<int>::max());
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(left_.data()));
    stream_.avail_in = static_cast<uInt>(size);
    left_.remove_prefix(size);
  }

  std::string_view left_;
  std::array<char, 64 * 1024> buffer_;
  z_stream stream_{};
};

// Why decoding has to stop after `out` bytes from `in`; or "".
std::string over_limit(std::uint64_t out, std::uint64_t in, std::uint64_t max_bytes) {
  if (out > max_bytes) return "more than " + std::to_string(max_bytes) + " bytes when decoded";
  if (out > kFreeBytes && out / kMaxRatio > in) return "compressed more than 200 to 1";
  return {};
}

}  // namespace

bool is_gzip(std::string_view bytes) { return bytes.starts_with("\x1f\x8b"); }

Gunzipped gunzip(std::string_view bytes, std::uint64_t max_bytes) {
  Gunzipped result;
  Inflater inflater(bytes);
  for (;;) {
    const int said = inflater.step();
    if (said != Z_OK && said != Z_STREAM_END && said != Z_BUF_ERROR) {
      result.damaged = true;
      result.problem = "damaged gzip data";
      return result;
    }
    result.bytes += inflater.output();
    result.problem = over_limit(result.bytes.size(), inflater.consumed(bytes.size()), max_bytes);
    if (!result.problem.empty()) {
      result.bytes.resize(std::min<std::uint64_t>(result.bytes.size(), max_bytes));
      return result;
    }
    if (said == Z_STREAM_END) {
      const std::string_view rest = inflater.rest();
      if (rest.empty()) return result;
      if (!is_gzip(rest)) {
        result.problem = "something else after the gzip data";
        return result;
      }
      inflater.next_member();
    } else if (said == Z_BUF_ERROR) {  // no progress: nothing is left to read
      result.problem = "gzip data cut short";
      return result;
    }
  }
}

}  // namespace freshet::loader_web
