#include "core/host/redactor.hpp"

#include <re2/re2.h>

#include <algorithm>
#include "core/base/json_memory.hpp"

#include "core/base/redact.hpp"
#include "core/base/text.hpp"
#include "core/host/spelling.hpp"

namespace freshet::host {
namespace {

constexpr std::string_view mask = "***";

bool is_reference(std::string_view word) {
  return word.starts_with("secret:") || word.starts_with("env:") || word.starts_with("file:/");
}

// "Bearer secret:env:NAME": no secret, and what the reader needs to see.
bool ends_with_reference(std::string_view value) {
  return is_reference(value.substr(value.find_last_of(" \t") + 1));
}

// Masks the last of `Groups` groups in every match of `pattern` that `wanted` takes for a secret.
template <std::size_t Groups, typename Wanted>
void replace_values(std::string& text, const RE2& pattern, Wanted wanted) {
  re2::StringPiece found[Groups + 1];
  for (std::size_t at = 0;
       pattern.Match(text, at, text.size(), RE2::UNANCHORED, found, Groups + 1);) {
    const re2::StringPiece& value = found[Groups];
    at = static_cast<std::size_t>(value.data() - text.data());
    if (!wanted(found)) continue;
    text.replace(at, value.size(), mask);
    at += mask.size();
  }
}

std::string_view view(const re2::StringPiece& piece) { return {piece.data(), piece.size()}; }

// "Authorization: Bearer abc". The path of an option ("headers.Authorization: …") is no header.
void replace_headers(std::string& text) {
  static const RE2 header(
      R"((?i)(?:^|[^\w.])(?:(?:proxy-)?authorization|x-api-key)["']?\s*[:=]\s*["']?((?:(?:basic|bearer|digest|negotiate|token)\s+)?[^\s,;"']+))");
  replace_values<1>(text, header, [](const re2::StringPiece* found) {
    return !ends_with_reference(view(found[1]));
  });
}

// {"token": "abc"}, api_key = 'abc'; but not: begins with "secret:" here, write "secret:env:NAME".
void replace_members(std::string& text) {
  static const std::string quoted_name = R"re("([\w.-]{1,100})"\s*[:=]\s*)re";
  static const std::string name = R"re((?:^|[^\w."'-])([\w.-]{1,100})\s*[:=]\s*)re";
  static const std::string quoted = R"re("((?:[^"\\]|\\.)+)")re";
  static const std::string quoted_once = R"re('([^']+)')re";
  static const RE2 patterns[] = {RE2(quoted_name + quoted), RE2(quoted_name + quoted_once),
                                 RE2(name + quoted), RE2(name + quoted_once)};
  for (const RE2& pattern : patterns)
    replace_values<2>(text, pattern, [](const re2::StringPiece* found) {
      return base::names_secret(view(found[1])) && !ends_with_reference(view(found[2]));
    });
}

// Credentials that nobody told us of: in headers and settings, before the host of a URL, and in its
// query.
void replace_shapes(std::string& text) {
  static const RE2 userinfo(R"((://)[^\s/@?#"']+(?:@[^\s/@?#"']+)*@)");
  static const RE2 parameter(R"([?&;]([^?&;=\s"'#<>]{1,100})=([^&;\s"'#<>]+))");
  const auto has = [&](std::string_view any) { return text.find_first_of(any) != text.npos; };
  replace_headers(text);
  if (has("\"'")) replace_members(text);  // most texts are short URIs, and a run has many
  if (has("@")) RE2::GlobalReplace(&text, userinfo, R"(\1***@)");
  if (!has("=")) return;
  replace_values<2>(text, parameter, [](const re2::StringPiece* found) {
    return base::parameter_names_secret(view(found[1]));
  });
}

}  // namespace

void Redactor::add(std::string_view text, bool word) {
  Pattern pattern{base::to_lower(text), word};
  const std::lock_guard lock(mutex_);
  for (const Pattern& known : patterns_)
    if (known.text == pattern.text) return;
  const auto longer = [&](const Pattern& known) { return known.text.size() >= text.size(); };
  const auto at = std::find_if_not(patterns_.begin(), patterns_.end(), longer);
  patterns_.insert(at, std::move(pattern));
}

void Redactor::remember(std::string_view secret) {
  if (secret.size() < least_length) return;
  add(secret, secret.size() < free_length);
  for (const std::string& core : base64_cores(secret)) add(core, false);
}

// Guesses: what is short may be an ordinary word.
void Redactor::remember_url(std::string_view url) {
  for (const std::string& secret : base::secrets_in_url(url))
    if (secret.size() >= free_length) remember(secret);
}

void Redactor::remember_words(std::string_view value) {
  constexpr std::string_view separators = " \t;=,\"";
  while (!value.empty()) {
    const std::string_view word = value.substr(0, value.find_first_of(separators));
    if (word.size() >= free_length && !is_reference(word)) remember(word);
    value.remove_prefix(std::min(value.size(), word.size() + 1));
  }
}

void Redactor::remember_options(const nlohmann::json& options) {
  for (const auto& [key, value] : options.items()) {
    if (value.is_structured()) remember_options(value);
    if (!value.is_string()) continue;
    const auto& text = value.get_ref<const std::string&>();
    if (text.find("://") != std::string::npos) remember_url(text);
    if (base::names_secret(key)) remember_words(text);
  }
}

std::string Redactor::replace_known(std::string_view text) const {
  const std::lock_guard lock(mutex_);
  if (patterns_.empty()) return std::string(text);
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t length = 0;
    for (auto each = patterns_.begin(); length == 0 && each != patterns_.end(); ++each) {
      length = spelled_length(text, at, each->text);
      if (each->word && length > 0 && !stands_alone(text, at, at + length)) length = 0;
    }
    out.append(length > 0 ? mask : text.substr(at, 1));
    at += std::max<std::size_t>(length, 1);
  }
  return out;
}

std::string Redactor::clean(std::string_view text) const {
  std::string out = replace_known(text);
  replace_shapes(out);
  return out;
}

base::Error Redactor::clean(base::Error error) const {
  error.message = clean(error.message);
  error.subject = clean(error.subject);
  if (error.cause != nullptr)
    error.cause = std::make_shared<const base::Error>(clean(*error.cause));
  return error;
}

Redactor& redactor() {
  static Redactor& one =
      *new Redactor;  // never destroyed: plugins may still log while the program ends
  return one;
}

}  // namespace freshet::host
