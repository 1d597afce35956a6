#include "core/net/url.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <charconv>
#include <memory>
#include <new>

#include "core/base/redact.hpp"
#include "core/base/text.hpp"

namespace freshet::net {
namespace {

using base::Code;
using base::Result;

constexpr std::size_t most_bytes = 8u << 10;

struct Cleanup {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
  void operator()(char* text) const { curl_free(text); }
};
using Handle = std::unique_ptr<CURLU, Cleanup>;

tl::unexpected<base::Error> refuse(std::string message, std::string_view url) {
  return base::fail(Code::invalid_argument, std::move(message), base::redact_url(url));
}

bool is_unreserved(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

bool must_escape(unsigned char c) {
  return c <= 0x20 || c >= 0x7f ||
         std::string_view("\"<>\\^`{|}").find(static_cast<char>(c)) != std::string_view::npos;
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

void append_escape(std::string& out, unsigned char c) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  out += '%';
  out += digits[c >> 4];
  out += digits[c & 15];
}

// RFC 3986, 5.2.4, for a path that begins with a slash.
std::string remove_dot_segments(std::string_view path) {
  std::string clean;
  while (!path.empty()) {
    std::size_t end = path.find('/', 1);
    const bool last = end == std::string_view::npos;
    if (last) end = path.size();
    const std::string_view segment = path.substr(1, end - 1);
    path.remove_prefix(end);
    if (segment == "." || segment == "..") {
      if (segment == "..") clean.resize(clean.empty() ? 0 : clean.rfind('/'));
      if (last) clean += '/';
    } else {
      clean.append("/").append(segment);
    }
  }
  return clean.empty() ? "/" : clean;
}

// Without memory a URL must not lose a part: it would be another URL.
CURLUcode need_memory(CURLUcode code) {
  if (code == CURLUE_OUT_OF_MEMORY) throw std::bad_alloc();
  return code;
}

std::string part(CURLU* handle, CURLUPart what, unsigned flags = 0) {
  char* text = nullptr;
  if (need_memory(curl_url_get(handle, what, &text, flags)) != CURLUE_OK) return {};
  const std::unique_ptr<char, Cleanup> holder(text);
  return text;
}

std::string reason_of(CURLUcode code) {
  switch (code) {
    case CURLUE_UNSUPPORTED_SCHEME:
      return "is neither http nor https";
    case CURLUE_USER_NOT_ALLOWED:
      return "has a user name or password in it, which is refused";
    case CURLUE_BAD_PORT_NUMBER:
      return "has no valid port";
    case CURLUE_NO_HOST:
      return "has no host";
    default:
      return fmt::format("is not a URL ({})", curl_url_strerror(code));
  }
}

base::Status check_text(std::string_view text) {
  if (text.size() > most_bytes) return refuse("is longer than 8 KiB", text.substr(0, 200));
  for (const char c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      return refuse("has a control character in it", text);
  return {};
}

// The parts of what curl has parsed, normalised and put together again.
Result<Url> normalise(CURLU* handle, std::string_view shown) {
  Url url;
  url.scheme = base::to_lower(part(handle, CURLUPART_SCHEME));
  if (url.scheme != "http" && url.scheme != "https")
    return refuse("is neither http nor https", shown);
  url.host = base::to_lower(part(handle, CURLUPART_HOST));
  if (url.host.empty()) return refuse("has no host", shown);
  for (const char c : url.host)
    if (static_cast<unsigned char>(c) >= 0x80)
      return refuse("has an international host name; write it in its xn-- form", shown);
  const std::string port = part(handle, CURLUPART_PORT, CURLU_DEFAULT_PORT);
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), url.port);
  if (error != std::errc() || end != port.data() + port.size() || url.port == 0)
    return refuse("has no valid port", shown);
  url.target = remove_dot_segments(normalise_escapes(part(handle, CURLUPART_PATH)));
  if (const std::string query = part(handle, CURLUPART_QUERY); !query.empty())
    url.target.append("?").append(normalise_escapes(query));
  url.text = url.origin() + url.target;
  if (url.text.size() > most_bytes) return refuse("is longer than 8 KiB", shown.substr(0, 200));
  return url;
}

}  // namespace

std::string Url::authority() const { return fmt::format("{}:{}", host, port); }

std::string Url::origin() const {
  const bool usual = port == (secure() ? 443 : 80);
  return usual ? fmt::format("{}://{}", scheme, host)
               : fmt::format("{}://{}:{}", scheme, host, port);
}

std::string normalise_escapes(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const int high = c == '%' && i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    const int low = high >= 0 ? hex_value(text[i + 2]) : -1;
    if (low >= 0) {
      const auto decoded = static_cast<unsigned char>(high * 16 + low);
      if (is_unreserved(decoded))
        out += static_cast<char>(decoded);
      else
        append_escape(out, decoded);
      i += 2;
    } else if (must_escape(c)) {
      append_escape(out, c);
    } else {
      out += static_cast<char>(c);
    }
  }
  return out;
}

Result<Url> resolve_url(std::string_view base, std::string_view reference) {
  reference = base::trim(reference);
  FRESHET_TRY(check_text(reference));
  FRESHET_TRY(check_text(base));
  // libcurl's own resolution misreads references that are nothing but a fragment.
  const std::string plain(reference.substr(0, reference.find('#')));
  if (base.empty() && plain.empty()) return refuse("is empty", reference);
  const Handle handle(curl_url());
  if (!handle) return base::fail(Code::out_of_memory, "no memory for a URL");
  constexpr unsigned flags = CURLU_DISALLOW_USER | CURLU_ALLOW_SPACE;
  for (const std::string& text : {std::string(base::trim(base)), plain}) {
    if (text.empty()) continue;
    const CURLUcode code =
        need_memory(curl_url_set(handle.get(), CURLUPART_URL, text.c_str(), flags));
    if (code != CURLUE_OK) return refuse(reason_of(code), text);
  }
  return normalise(handle.get(), plain.empty() ? base : std::string_view(plain));
}

Result<Url> parse_url(std::string_view text) { return resolve_url({}, text); }

std::string origin_of(std::string_view url) {
  const auto parsed = parse_url(url);
  return parsed ? parsed->origin() : std::string();
}

}  // namespace freshet::net
