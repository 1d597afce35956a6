#include "capi/content.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "core/base/text.hpp"
#include "core/net/url.hpp"

namespace freshet::capi {
namespace {

using base::Code;

constexpr std::int64_t most_file_bytes = 256 << 20;

class File {
 public:
  explicit File(const std::string& path)
      : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int fd() const { return fd_; }

 private:
  int fd_;
};

base::Error system_error(const char* what, const std::string& path) {
  const Code code = errno == ENOENT || errno == ENOTDIR ? Code::not_found
                    : errno == EACCES                   ? Code::denied
                                                        : Code::io;
  return base::fail(code, fmt::format("{}: {}", what, std::strerror(errno)), path).value();
}

base::Result<std::string> load(const std::string& path) {
  const File file(path);
  struct stat info {};
  if (file.fd() < 0 || ::fstat(file.fd(), &info) != 0)
    return base::fail(system_error("cannot be opened", path));
  if (!S_ISREG(info.st_mode))
    return base::fail(Code::invalid_argument, "is not a regular file", path);
  std::string bytes;
  char buffer[1 << 16];
  for (;;) {
    const ssize_t got = ::read(file.fd(), buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return base::fail(system_error("cannot be read", path));
    if (got == 0) return bytes;
    bytes.append(buffer, static_cast<std::size_t>(got));
    if (bytes.size() > most_file_bytes)
      return base::fail(Code::limit, "is larger than 256 MiB", path);
  }
}

base::Status check_answer(const ports::HttpResponse& answer, const std::string& url) {
  if (answer.status >= 200 && answer.status < 300) return {};
  const Code code = answer.status == 404 || answer.status == 410   ? Code::gone
                    : answer.status == 401 || answer.status == 403 ? Code::denied
                                                                   : Code::remote;
  return base::fail(code, fmt::format("answered {}", answer.status), url);
}

// "text/html; charset=UTF-8" in two.
std::pair<std::string, std::string> split_type(std::string_view header) {
  const auto semicolon = header.find(';');
  std::string charset;
  const std::string parameters =
      base::to_lower(semicolon == std::string_view::npos ? "" : header.substr(semicolon));
  if (const auto at = parameters.find("charset="); at != std::string::npos) {
    charset = parameters.substr(at + 8, parameters.find(';', at) - at - 8);
    std::erase(charset, '"');
    charset = base::trim(charset);
  }
  return {base::to_lower(base::trim(header.substr(0, semicolon))), charset};
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
                        hex_digit(text[i + 2]) >= 0;
    out +=
        escape ? static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2])) : text[i];
    if (escape) i += 2;
  }
  return out;
}

}  // namespace

std::string file_uri(const std::string& path) {
  constexpr std::string_view plain = "-._~/!$&'()*+,;=:@";
  std::string uri = "file://";
  for (const char c : std::filesystem::absolute(path).lexically_normal().string()) {
    const auto byte = static_cast<unsigned char>(c);
    const bool keep =
        (byte < 128 && std::isalnum(byte) != 0) || plain.find(c) != std::string_view::npos;
    uri += keep ? std::string(1, c) : fmt::format("%{:02X}", byte);
  }
  return uri;
}

base::Result<model::Document> read_file(const ports::Reader& reader, const std::string& path,
                                        const std::string& uri) {
  FRESHET_ASSIGN(const std::string bytes, load(path));
  const std::string name = uri.empty() ? file_uri(path) : uri;
  return reader.read({bytes, name, {}, {}});
}

base::Result<model::Document> read_url(const ports::Reader& reader, ports::Http& http,
                                       const std::string& url) {
  ports::HttpRequest request;
  FRESHET_ASSIGN(request.url, http.resolve({}, url));
  request.private_origins = {net::origin_of(request.url)};  // the caller named it
  FRESHET_ASSIGN(const ports::HttpResponse answer, http.send(request, base::Cancel{}));
  FRESHET_TRY(check_answer(answer, url));
  const auto [media_type, charset] = split_type(answer.header("content-type"));
  return reader.read({answer.body, url, media_type, charset});
}

base::Result<model::Document> read_uri(const ports::Reader& reader, ports::Http& http,
                                       const std::string& uri) {
  if (uri.starts_with("file://"))
    return read_file(reader, percent_decoded(std::string_view(uri).substr(7)), uri);
  if (uri.starts_with("/")) return read_file(reader, uri, uri);
  return read_url(reader, http, uri);
}

}  // namespace freshet::capi
