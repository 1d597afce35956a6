#include "core/host/secrets.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cstdlib>

#include "core/host/redactor.hpp"
#include "core/host/trust.hpp"

namespace freshet::host {
namespace {

using base::Code;
using base::fail;

constexpr std::size_t most_secret_bytes = 64 * 1024;
constexpr std::string_view mark = "secret:";  // of a reference in a longer text

base::Result<std::string> from_environment(const std::string& name, const std::string& reference) {
  const char* value = ::secure_getenv(name.c_str());
  if (value == nullptr) return fail(Code::denied, "the environment variable is not set", reference);
  if (*value == '\0') return fail(Code::denied, "the environment variable is empty", reference);
  return std::string(value);
}

base::Result<std::string> from_file(const std::string& path, const std::string& reference,
                                    const WarnOfSecret& warn) {
  if (!path.starts_with('/'))
    return fail(Code::denied, "the path of a secret is absolute", reference);
  auto text = read_small_file(path, most_secret_bytes);
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

// Masked they cannot be, without tearing ordinary words apart.
base::Status check_length(const std::string& secret, const std::string& reference) {
  if (secret.size() >= Redactor::least_length) return {};
  return fail(Code::denied,
              fmt::format("the secret has less than {} characters, too few to be kept out of logs",
                          Redactor::least_length),
              reference);
}

// `reference`: without "secret:".
base::Result<std::string> read_one(const std::string& reference, const WarnOfSecret& warn) {
  auto secret = reference.starts_with("env:") ? from_environment(reference.substr(4), reference)
                                              : from_file(reference.substr(5), reference, warn);
  if (!secret) return secret;
  FRESHET_TRY(check_length(*secret, reference));
  redactor().remember(*secret);
  return secret;
}

std::string_view without_mark(std::string_view text) {
  return text.starts_with(mark) ? text.substr(mark.size()) : text;
}

bool is_word_start(std::string_view text, std::size_t at) {
  return at == 0 || std::string_view(" \t=").find(text[at - 1]) != std::string_view::npos;
}

std::string_view word_at(std::string_view text, std::size_t at) {
  return text.substr(at, text.find_first_of(" \t;,", at) - at);
}

}  // namespace

bool is_secret_reference(std::string_view text) {
  text = without_mark(text);
  return (text.starts_with("env:") && text.size() > 4) || text.starts_with("file:/");
}

base::Status check_secret_references(std::string_view text, const std::string& path) {
  for (std::size_t at = 0; (at = text.find(mark, at)) != std::string_view::npos;
       at += mark.size()) {
    if (!is_word_start(text, at))
      return fail(Code::invalid_argument,
                  "a reference to a secret is a word of its own: write \"Bearer secret:env:NAME\"",
                  path);
    if (!is_secret_reference(word_at(text, at)))
      return fail(Code::invalid_argument,
                  "\"secret:\" names no secret: write \"secret:env:NAME\" or "
                  "\"secret:file:/path\"",
                  path);
  }
  for (std::size_t at = 0; at < text.size(); ++at) {
    const std::string_view word = is_word_start(text, at) ? word_at(text, at) : "";
    if (!word.starts_with(mark) && is_secret_reference(word))
      return fail(Code::invalid_argument,
                  "a reference to a secret begins with \"secret:\" here: write "
                  "\"secret:env:NAME\" or \"secret:file:/path\"",
                  path);
  }
  return {};
}

base::Result<std::string> read_secret(const std::string& text, const WarnOfSecret& warn) {
  if (text.starts_with("env:") || text.starts_with("file:")) return read_one(text, warn);
  // It may be the secret itself, so it is not repeated.
  if (text.find(mark) == std::string::npos || !check_secret_references(text, ""))
    return fail(Code::denied, "not a reference to a secret: write \"env:NAME\" or \"file:/path\"");
  std::string whole;
  std::size_t done = 0;
  for (std::size_t at = 0; (at = text.find(mark, done)) != std::string::npos;) {
    const std::string word(word_at(text, at));
    FRESHET_ASSIGN(const std::string secret, read_one(word.substr(mark.size()), warn));
    whole.append(text, done, at - done).append(secret);
    done = at + word.size();
  }
  return whole.append(text, done);
}

base::Result<std::string> read_secret_at(const std::string& path, const std::string& text,
                                         const WarnOfSecret& warn) {
  auto secret = read_secret(text, warn);
  if (!secret) return base::wrap("cannot be read", path, std::move(secret).error());
  return secret;
}

}  // namespace freshet::host
