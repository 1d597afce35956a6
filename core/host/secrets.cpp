#include "core/host/secrets.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cstdlib>

#include "core/host/trust.hpp"

namespace freshet::host {
namespace {

using base::Code;
using base::fail;

constexpr std::size_t most_bytes = 64 * 1024;

base::Result<std::string> from_environment(const std::string& name, const std::string& reference) {
  const char* value = ::secure_getenv(name.c_str());
  if (value == nullptr) return fail(Code::denied, "the environment variable is not set", reference);
  if (*value == '\0') return fail(Code::denied, "the environment variable is empty", reference);
  return std::string(value);
}

base::Result<std::string> from_file(const std::string& path, const std::string& reference,
                                    const std::function<void(const std::string&)>& warn) {
  if (!path.starts_with('/'))
    return fail(Code::denied, "the path of a secret is absolute", reference);
  auto text = read_small_file(path, most_bytes);
  if (!text) return fail(Code::denied, text.error().message, reference);
  struct stat found {};
  if (::stat(path.c_str(), &found) == 0 && (found.st_mode & 077) != 0)
    warn(fmt::format("{}: others may read this secret (mode {:04o}); make it 0600", path,
                     found.st_mode & 07777u));
  if (text->ends_with('\n')) text->pop_back();
  if (text->ends_with('\r')) text->pop_back();
  if (text->empty()) return fail(Code::denied, "the file is empty", reference);
  if (text->find('\0') != std::string::npos)
    return fail(Code::denied, "the file is not text", reference);
  return text;
}

}  // namespace

base::Result<std::string> read_secret(const std::string& reference,
                                      const std::function<void(const std::string&)>& warn) {
  if (reference.starts_with("env:")) return from_environment(reference.substr(4), reference);
  if (reference.starts_with("file:")) return from_file(reference.substr(5), reference, warn);
  // It may be the secret itself, so it is not repeated.
  return fail(Code::denied, "not a reference to a secret: write \"env:NAME\" or \"file:/path\"");
}

}  // namespace freshet::host
