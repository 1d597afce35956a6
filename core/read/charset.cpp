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
constexpr std::size_t least_telling = 64;  // bytes that say by themselves what they are
constexpr std::string_view replacement = "\xEF\xBF\xBD";

struct Label {
  std::string_view name;
  std::string_view charset;  // the table that the web means by it, under iconv's name
};

// Names that mean another table on the web than in iconv, mostly a larger one (WHATWG, Encoding).
constexpr Label labels[] = {
    {"utf8", "utf-8"},
    {"unicode-1-1-utf-8", "utf-8"},
    {"unicode11utf8", "utf-8"},
    {"unicode20utf8", "utf-8"},
    {"x-unicode20utf8", "utf-8"},
    {"utf8mb4", "utf-8"},
    {"utf-16", "utf-16le"},
    {"ucs-2", "utf-16le"},
    {"unicode", "utf-16le"},
    {"csunicode", "utf-16le"},
    {"iso-10646-ucs-2", "utf-16le"},
    {"unicodefeff", "utf-16le"},
    {"unicodefffe", "utf-16be"},
    {"iso-8859-1", "windows-1252"},
    {"iso8859-1", "windows-1252"},
    {"iso88591", "windows-1252"},
    {"iso_8859-1", "windows-1252"},
    {"iso_8859-1:1987", "windows-1252"},
    {"iso-ir-100", "windows-1252"},
    {"latin1", "windows-1252"},
    {"latin-1", "windows-1252"},
    {"l1", "windows-1252"},
    {"ibm819", "windows-1252"},
    {"cp819", "windows-1252"},
    {"csisolatin1", "windows-1252"},
    {"ascii", "windows-1252"},
    {"us-ascii", "windows-1252"},
    {"ansi_x3.4-1968", "windows-1252"},
    {"cp1252", "windows-1252"},
    {"x-cp1252", "windows-1252"},
    {"cp1250", "windows-1250"},
    {"x-cp1250", "windows-1250"},
    {"cp1251", "windows-1251"},
    {"x-cp1251", "windows-1251"},
    {"cp1253", "windows-1253"},
    {"x-cp1253", "windows-1253"},
    {"cp1254", "windows-1254"},
    {"x-cp1254", "windows-1254"},
    {"iso-8859-9", "windows-1254"},
    {"iso8859-9", "windows-1254"},
    {"iso88599", "windows-1254"},
    {"iso_8859-9", "windows-1254"},
    {"latin5", "windows-1254"},
    {"l5", "windows-1254"},
    {"iso-ir-148", "windows-1254"},
    {"csisolatin5", "windows-1254"},
    {"cp1255", "windows-1255"},
    {"x-cp1255", "windows-1255"},
    {"cp1256", "windows-1256"},
    {"x-cp1256", "windows-1256"},
    {"cp1257", "windows-1257"},
    {"x-cp1257", "windows-1257"},
    {"cp1258", "windows-1258"},
    {"x-cp1258", "windows-1258"},
    {"windows-874", "cp874"},
    {"dos-874", "cp874"},
    {"iso-8859-11", "cp874"},
    {"iso8859-11", "cp874"},
    {"iso885911", "cp874"},
    {"tis-620", "cp874"},
    {"iso-8859-8-i", "iso-8859-8"},
    {"iso-8859-8-e", "iso-8859-8"},
    {"csiso88598i", "iso-8859-8"},
    {"logical", "iso-8859-8"},
    {"visual", "iso-8859-8"},
    {"iso-8859-6-i", "iso-8859-6"},
    {"iso-8859-6-e", "iso-8859-6"},
    {"iso88592", "iso-8859-2"},
    {"iso885915", "iso-8859-15"},
    {"koi", "koi8-r"},
    {"koi8", "koi8-r"},
    {"koi8_r", "koi8-r"},
    {"koi8-ru", "koi8-u"},
    {"mac", "macintosh"},
    {"x-mac-roman", "macintosh"},
    {"csmacintosh", "macintosh"},
    {"x-mac-cyrillic", "mac-cyrillic"},
    {"x-mac-ukrainian", "mac-cyrillic"},
    {"shift_jis", "cp932"},
    {"shift-jis", "cp932"},
    {"sjis", "cp932"},
    {"x-sjis", "cp932"},
    {"ms_kanji", "cp932"},
    {"ms932", "cp932"},
    {"csshiftjis", "cp932"},
    {"windows-31j", "cp932"},
    {"euc-jp", "euc-jp-ms"},
    {"x-euc-jp", "euc-jp-ms"},
    {"cseucpkdfmtjapanese", "euc-jp-ms"},
    {"euc-kr", "cp949"},
    {"euckr", "cp949"},
    {"cseuckr", "cp949"},
    {"korean", "cp949"},
    {"ks_c_5601-1987", "cp949"},
    {"ks_c_5601-1989", "cp949"},
    {"ksc5601", "cp949"},
    {"ksc_5601", "cp949"},
    {"csksc56011987", "cp949"},
    {"iso-ir-149", "cp949"},
    {"windows-949", "cp949"},
    {"uhc", "cp949"},
    {"big5", "big5-hkscs"},
    {"big-5", "big5-hkscs"},
    {"cn-big5", "big5-hkscs"},
    {"csbig5", "big5-hkscs"},
    {"x-x-big5", "big5-hkscs"},
    {"cp950", "big5-hkscs"},
    {"gb2312", "gb18030"},
    {"gbk", "gb18030"},
    {"x-gbk", "gb18030"},
    {"chinese", "gb18030"},
    {"cp936", "gb18030"},
    {"ms936", "gb18030"},
    {"windows-936", "gb18030"},
    {"csgb2312", "gb18030"},
    {"csiso58gb231280", "gb18030"},
    {"gb_2312", "gb18030"},
    {"gb_2312-80", "gb18030"},
    {"iso-ir-58", "gb18030"},
    {"euc-cn", "gb18030"},
};

std::string canonical(std::string_view label) {
  std::string name = base::to_lower(base::trim(label));
  if (name.size() > 1 && (name.front() == '"' || name.front() == '\''))
    name = name.substr(1, name.find(name.front(), 1) - 1);
  const auto found = std::find_if(std::begin(labels), std::end(labels),
                                  [&](const Label& one) { return one.name == name; });
  return found == std::end(labels) ? name : std::string(found->charset);
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

// Sequences of two bytes and more that are UTF-8, and bytes that are no part of one.
struct Utf8Evidence {
  std::size_t good = 0;
  std::size_t bad = 0;
};

Utf8Evidence utf8_evidence(std::string_view bytes) {
  Utf8Evidence found;
  for (std::size_t at = 0; at < bytes.size();) {
    const auto lead = static_cast<unsigned char>(bytes[at]);
    if (lead < 0x80) {
      ++at;
      continue;
    }
    const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 1;
    const bool good = length > 1 && base::is_utf8(bytes.substr(at, length));
    ++(good ? found.good : found.bad);
    at += good ? length : 1;
  }
  return found;
}

// What is declared to be UTF-8, and of which no more than chance is: what it is then.
std::string instead_of_utf8(std::string_view bytes) {
  const Utf8Evidence evidence = utf8_evidence(bytes);
  if (evidence.good >= evidence.bad || evidence.bad < 2 || bytes.size() < least_telling)
    return "utf-8";
  const std::string guess = guessed(bytes);
  const bool latin =
      guess.starts_with("iso-8859") || guess.starts_with("windows-125") || guess == "macintosh";
  if (guess == "utf-8" || !known(guess))
    return evidence.bad * 10 <= bytes.size() ? "windows-1252" : "utf-8";
  const bool eastern = guess == "windows-1251" || guess == "windows-1250" ||
                       guess == "windows-1253" || guess == "iso-8859-5" || guess == "iso-8859-7" ||
                       guess == "iso-8859-2";
  return latin && !eastern ? "windows-1252" : guess;
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
    if (mark.length == 0) decoded.charset = instead_of_utf8(bytes);
    if (decoded.charset == "utf-8") decoded.storage = base::to_utf8(bytes, &decoded.replaced);
  }
  if (decoded.charset != "utf-8") {
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
