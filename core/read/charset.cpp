#include "core/read/charset.hpp"

#include <fmt/format.h>
#include <iconv.h>
#include <uchardet/uchardet.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <optional>

#include "core/base/text.hpp"

namespace freshet::read {
namespace {

constexpr std::size_t guess_bytes = 64 * 1024;
constexpr std::size_t meta_bytes = 1024;
constexpr std::string_view replacement = "\xEF\xBF\xBD";

// The names that mean something else on the web than in iconv.
std::string canonical(std::string_view label) {
  std::string name = base::to_lower(base::trim(label));
  if (name.size() > 1 && (name.front() == '"' || name.front() == '\''))
    name = name.substr(1, name.find(name.front(), 1) - 1);
  if (name == "utf8" || name == "unicode-1-1-utf-8") return "utf-8";
  if (name == "iso-8859-1" || name == "iso8859-1" || name == "latin1" || name == "latin-1" ||
      name == "ascii" || name == "us-ascii" || name == "cp1252" || name == "x-cp1252")
    return "windows-1252";
  if (name == "shift-jis" || name == "sjis" || name == "x-sjis") return "shift_jis";
  if (name == "gb2312" || name == "gbk" || name == "x-gbk") return "gb18030";
  if (name == "utf-16") return "utf-16le";
  return name;
}

class Converter {
 public:
  explicit Converter(const std::string& charset) : handle_(iconv_open("UTF-8", charset.c_str())) {}
  ~Converter() {
    if (known()) iconv_close(handle_);
  }
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;
  bool known() const { return handle_ != reinterpret_cast<iconv_t>(-1); }

  std::string convert(std::string_view bytes, std::size_t unit, std::size_t& replaced) {
    std::string out;
    out.reserve(bytes.size() + bytes.size() / 2 + 16);
    char* from = const_cast<char*>(bytes.data());  // iconv reads only
    std::size_t left = bytes.size();
    while (left > 0) {
      char buffer[16384];
      char* to = buffer;
      std::size_t room = sizeof buffer;
      const bool failed = iconv(handle_, &from, &left, &to, &room) == static_cast<std::size_t>(-1);
      const int why = errno;
      out.append(buffer, static_cast<std::size_t>(to - buffer));
      if (!failed || why == E2BIG) continue;
      out += replacement;  // EILSEQ, or EINVAL at the end
      ++replaced;
      const std::size_t skipped = std::min(why == EINVAL ? left : unit, left);
      from += skipped;
      left -= skipped;
    }
    return out;
  }

 private:
  iconv_t handle_;
};

bool known(const std::string& charset) {
  if (charset.empty() || charset.find_first_of("/, \t\r\n") != std::string::npos) return false;
  return charset == "utf-8" || Converter(charset).known();
}

struct Mark {
  std::string_view charset;
  std::size_t length;
};

Mark mark_of(std::string_view bytes) {
  if (bytes.starts_with("\xEF\xBB\xBF")) return {"utf-8", 3};
  if (bytes.starts_with(std::string_view("\xFF\xFE\0\0", 4))) return {"utf-32le", 4};
  if (bytes.starts_with(std::string_view("\0\0\xFE\xFF", 4))) return {"utf-32be", 4};
  if (bytes.starts_with("\xFF\xFE")) return {"utf-16le", 2};
  if (bytes.starts_with("\xFE\xFF")) return {"utf-16be", 2};
  return {"", 0};
}

// The value after "charset=" in a lower-case tag.
std::string charset_in(std::string_view tag) {
  for (std::size_t at = tag.find("charset"); at != std::string_view::npos;
       at = tag.find("charset", at + 7)) {
    std::string_view rest = tag.substr(at + 7);
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t\r\n"), rest.size()));
    if (rest.empty() || rest.front() != '=') continue;
    rest.remove_prefix(1);
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t\r\n\"'"), rest.size()));
    return std::string(rest.substr(0, rest.find_first_of(" \t\r\n\"';/>")));
  }
  return {};
}

std::string meta_charset(std::string_view bytes) {
  const std::string head = base::to_lower(bytes.substr(0, meta_bytes));
  for (std::size_t at = head.find("<meta"); at != std::string::npos;
       at = head.find("<meta", at + 5)) {
    const std::string found =
        canonical(charset_in(std::string_view(head).substr(at, head.find('>', at) - at)));
    if (found.empty()) continue;
    // A page whose <meta> could be read byte by byte is not UTF-16, whatever it says.
    return found.starts_with("utf-16") || found.starts_with("utf-32") ? "utf-8" : found;
  }
  return {};
}

std::string guessed(std::string_view bytes) {
  uchardet_t detector = uchardet_new();
  if (detector == nullptr) return {};
  std::string name;
  if (uchardet_handle_data(detector, bytes.data(), std::min(bytes.size(), guess_bytes)) == 0) {
    uchardet_data_end(detector);
    name = canonical(uchardet_get_charset(detector));
  }
  uchardet_delete(detector);
  return name;
}

bool all_ascii(std::string_view bytes) {
  std::size_t at = 0;
  for (; at + 8 <= bytes.size(); at += 8) {
    std::uint64_t word;
    std::memcpy(&word, bytes.data() + at, 8);
    if ((word & 0x8080808080808080ULL) != 0) return false;
  }
  for (; at < bytes.size(); ++at)
    if (static_cast<unsigned char>(bytes[at]) >= 0x80) return false;
  return true;
}

// `valid` is set when the bytes were looked at and are UTF-8 as they stand.
std::string charset_of(const ports::Content& content, bool html, bool& valid) {
  if (const std::string declared = canonical(content.charset); known(declared)) return declared;
  if (html)
    if (const std::string meta = meta_charset(content.bytes); known(meta)) return meta;
  if (const std::string_view wide = utf16_of(content.bytes); !wide.empty())
    return std::string(wide);
  valid = all_ascii(content.bytes) || base::is_utf8(content.bytes);
  if (valid) return "utf-8";
  const std::string guess = guessed(content.bytes);
  return guess != "utf-8" && known(guess) ? guess : "windows-1252";
}

base::Result<Decoded> judged(Decoded decoded, const ports::Content& content) {
  if (decoded.replaced == 0) return decoded;
  const std::size_t characters = base::code_points(decoded.text());
  if (decoded.replaced > characters / 10)
    return base::fail(base::Code::parse,
                      fmt::format("not {}: {} of {} characters are ill-formed", decoded.charset,
                                  decoded.replaced, characters),
                      std::string(content.uri));
  return decoded;
}

}  // namespace

std::string_view utf16_of(std::string_view bytes) {
  if (const Mark mark = mark_of(bytes); mark.length == 2) return mark.charset;
  const std::string_view head =
      bytes.substr(0, std::min<std::size_t>(bytes.size(), 1024) & ~std::size_t{1});
  if (head.size() < 4) return {};
  std::size_t even = 0;
  std::size_t odd = 0;
  for (std::size_t i = 0; i < head.size(); i += 2) {
    even += head[i] == '\0';
    odd += head[i + 1] == '\0';
  }
  const std::size_t pairs = head.size() / 2;
  if (odd * 10 >= pairs * 7 && even == 0) return "utf-16le";
  if (even * 10 >= pairs * 7 && odd == 0) return "utf-16be";
  return {};
}

base::Result<Decoded> decode(const ports::Content& content, bool html) {
  Decoded decoded;
  std::string_view bytes = content.bytes;
  bool valid = false;
  const Mark mark = mark_of(bytes);
  decoded.charset = mark.length > 0 ? std::string(mark.charset) : charset_of(content, html, valid);
  bytes.remove_prefix(mark.length);
  if (decoded.charset == "utf-8") {
    if (valid || all_ascii(bytes) || base::is_utf8(bytes)) {
      decoded.borrowed = bytes;
      return decoded;
    }
    decoded.storage = base::to_utf8(bytes, &decoded.replaced);
  } else {
    const std::size_t unit = decoded.charset.starts_with("utf-16")   ? 2
                             : decoded.charset.starts_with("utf-32") ? 4
                                                                     : 1;
    Converter converter(decoded.charset);
    decoded.storage = base::to_utf8(converter.convert(bytes, unit, decoded.replaced));
  }
  decoded.owned = true;
  return judged(std::move(decoded), content);
}

}  // namespace freshet::read
