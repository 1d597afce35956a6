#include "core/net/decode.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <array>

#include "core/base/text.hpp"

namespace freshet::net {
namespace {

using base::Code;
using base::Status;

Status check_size(std::uint64_t decoded, const BodyLimits& limits) {
  if (decoded <= limits.bytes) return {};
  return base::fail(Code::limit, fmt::format("the body is larger than {} bytes", limits.bytes));
}

class Identity : public Decoder {
 public:
  explicit Identity(const BodyLimits& limits) : limits_(limits) {}
  Status take(std::string_view received, std::string& out) override {
    FRESHET_TRY(check_size(out.size() + received.size(), limits_));
    out.append(received);
    return {};
  }
  Status finish() override { return {}; }

 private:
  BodyLimits limits_;
};

// gzip (one or more members, RFC 1952) and deflate (with zlib's wrapper, or bare as some servers
// send it).
class Inflater : public Decoder {
 public:
  Inflater(bool gzip, const BodyLimits& limits) : gzip_(gzip), limits_(limits) {}
  ~Inflater() override {
    if (ready_) inflateEnd(&stream_);
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  Status take(std::string_view received, std::string& out) override {
    received_ += received.size();
    if (received_ > limits_.bytes + slack)  // members that hold nothing, without end
      return base::fail(Code::limit,
                        fmt::format("more than {} bytes were received", limits_.bytes));
    while (!received.empty()) {
      FRESHET_TRY(open(received.front()));
      FRESHET_TRY(inflate_some(received, out));
    }
    return {};
  }

  Status finish() override {
    if (inside_) return base::fail(Code::parse, fmt::format("the {} body was cut short", name()));
    return {};
  }

 private:
  static constexpr std::uint64_t slack = 64u << 10;

  std::string_view name() const { return gzip_ ? "gzip" : "deflate"; }

  // At the start of a stream, or of a further gzip member.
  Status open(char first) {
    if (inside_) return {};
    if (ended_ && !gzip_)
      return base::fail(Code::parse, "bytes follow the end of the deflate body");
    // The low four bits of a zlib header are 8; no encoder begins a bare deflate stream with them.
    const int bits = gzip_ ? 15 + 16 : (first & 0x0f) == 8 ? 15 : -15;
    const int code = ready_ ? inflateReset(&stream_) : inflateInit2(&stream_, bits);
    if (code != Z_OK) return base::fail(Code::out_of_memory, "no memory to inflate");
    ready_ = inside_ = true;
    return {};
  }

  Status inflate_some(std::string_view& received, std::string& out) {
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(received.data()));
    stream_.avail_in = static_cast<uInt>(received.size());
    int code = Z_OK;
    do {
      stream_.next_out = reinterpret_cast<Bytef*>(buffer_.data());
      stream_.avail_out = static_cast<uInt>(buffer_.size());
      code = inflate(&stream_, Z_NO_FLUSH);
      if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) return broken(code);
      FRESHET_TRY(put(buffer_.size() - stream_.avail_out, out));
    } while (code == Z_OK && stream_.avail_out == 0);
    received.remove_prefix(received.size() - stream_.avail_in);
    if (code == Z_STREAM_END) {
      inside_ = false;
      ended_ = true;
    }
    return {};
  }

  Status put(std::size_t count, std::string& out) {
    FRESHET_TRY(check_size(out.size() + count, limits_));
    out.append(buffer_.data(), count);
    if (out.size() > limits_.ratio_floor && out.size() / limits_.ratio > received_)
      return base::fail(Code::limit, fmt::format("the {} body grows by more than {} times", name(),
                                                 limits_.ratio));
    return {};
  }

  Status broken(int code) {
    const bool junk = ended_;
    const std::string why =
        stream_.msg != nullptr ? stream_.msg : fmt::format("zlib error {}", code);
    if (junk)
      return base::fail(Code::parse, "bytes that are no gzip follow the end of the gzip body");
    return base::fail(Code::parse, fmt::format("the {} body is broken: {}", name(), why));
  }

  bool gzip_;
  BodyLimits limits_;
  bool ready_ = false;   // stream_ is initialised
  bool inside_ = false;  // of a stream or member whose end was not seen yet
  bool ended_ = false;
  std::uint64_t received_ = 0;
  z_stream stream_{};
  std::array<char, 64u << 10> buffer_;
};

}  // namespace

base::Result<std::unique_ptr<Decoder>> make_decoder(std::string_view coding,
                                                    const BodyLimits& limits) {
  if (coding.empty()) return std::make_unique<Identity>(limits);
  if (coding == "gzip" || coding == "deflate")
    return std::make_unique<Inflater>(coding == "gzip", limits);
  return base::fail(Code::parse, fmt::format("the content coding \"{}\" is not one of {}",
                                             base::printable(base::to_utf8(coding)).substr(0, 40),
                                             accepted_codings));
}

}  // namespace freshet::net
