#include "core/sync/content.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>

#include "core/base/path.hpp"
#include "core/base/system_error.hpp"
#include "core/base/text.hpp"
#include "core/net/url.hpp"
#include "core/read/file_access.hpp"
#include "core/read/names.hpp"

namespace freshet::sync {
namespace {

using base::Code;

constexpr std::uint64_t most_file_bytes = 256 << 20;

// Through links, for the caller named the file.
base::Result<std::string> load(const std::string& path) {
  std::error_code problem;
  const std::filesystem::path real = std::filesystem::canonical(path, problem);
  if (problem)
    return base::fail(base::code_of_errno(problem.value()), base::errno_words(problem.value()),
                      path);
  if (!std::filesystem::is_regular_file(real, problem))
    return base::fail(Code::invalid_argument, "is not a regular file", path);
  return read::read_file(real.string(), most_file_bytes);
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

}  // namespace

base::Result<model::Document> read_file(const ports::Reader& reader, const std::string& path,
                                        const std::string& uri) {
  FRESHET_ASSIGN(const std::string bytes, load(path));
  if (!uri.empty()) return reader.read({bytes, uri, {}, {}});
  FRESHET_ASSIGN(const std::filesystem::path whole, base::absolute_path(path));
  return reader.read({bytes, read::file_uri(whole.lexically_normal().string()), {}, {}});
}

base::Result<model::Document> read_url(const ports::Reader& reader, ports::Http& http,
                                       const std::string& url, const base::Cancel& cancel) {
  ports::HttpRequest request;
  FRESHET_ASSIGN(request.url, http.resolve({}, url));
  request.private_origins = {net::origin_of(request.url)};  // the caller named it
  FRESHET_ASSIGN(const ports::HttpResponse answer, http.send(request, cancel));
  FRESHET_TRY(check_answer(answer, url));
  const auto [media_type, charset] = split_type(answer.header("content-type"));
  return reader.read({answer.body, url, media_type, charset});
}

base::Result<model::Document> read_uri(const ports::Reader& reader, ports::Http& http,
                                       const std::string& uri, const base::Cancel& cancel) {
  if (uri.starts_with("file://"))
    return read_file(reader, read::percent_decoded(std::string_view(uri).substr(7)), uri);
  if (uri.starts_with("/")) return read_file(reader, uri, uri);
  return read_url(reader, http, uri, cancel);
}

}  // namespace freshet::sync
