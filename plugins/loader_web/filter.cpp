#include "loader_web/filter.hpp"

#include <re2/re2.h>

#include <algorithm>

#include <freshet/sdk/freshet_sdk.hpp>
#include <freshet/sdk/glob.hpp>

namespace freshet::loader_web {
namespace {

[[noreturn]] void reject_filter(const std::string& path, std::string message) {
  throw sdk::Failure(FRESHET_E_INVALID_ARGUMENT, std::move(message), path);
}

std::shared_ptr<const re2::RE2> compile(const std::string& expression, const std::string& path) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_dot_nl(true);
  auto regex = std::make_shared<const re2::RE2>(expression, options);
  if (!regex->ok()) reject_filter(path, "not a regular expression of RE2: " + regex->error());
  return regex;
}

const std::string& text_at(const Json& object, const char* key, const std::string& path,
                           bool required) {
  static const std::string none;
  const auto found = object.find(key);
  if (found == object.end() && !required) return none;
  if (found == object.end() || !found->is_string())
    reject_filter(path + "." + key, "expected a text");
  return found->get_ref<const std::string&>();
}

bool has_only(const Json& object, std::initializer_list<std::string_view> keys) {
  return object.size() == keys.size() &&
         std::all_of(keys.begin(), keys.end(),
                     [&](std::string_view key) { return object.contains(key); });
}

std::vector<Pattern> read_patterns(const Json& values, const std::string& path) {
  std::vector<Pattern> patterns;
  if (values.is_null()) return patterns;
  if (!values.is_array()) reject_filter(path, "expected an array of patterns");
  for (std::size_t i = 0; i < values.size(); ++i)
    patterns.emplace_back(values[i], path + "[" + std::to_string(i) + "]");
  return patterns;
}

bool any_matches(const std::vector<Pattern>& patterns, const std::string& url) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const Pattern& pattern) { return pattern.matches(url); });
}

}  // namespace

Pattern::Pattern(const Json& value, const std::string& path) {
  static const std::string glob_mark = "glob:", regex_mark = "regex:";
  std::string glob, regex;
  if (value.is_string()) {
    const std::string& text = value.get_ref<const std::string&>();
    if (text.starts_with(glob_mark))
      glob = text.substr(glob_mark.size());
    else if (text.starts_with(regex_mark))
      regex = text.substr(regex_mark.size());
    else
      contained_ = text;
  } else if (value.is_object() && has_only(value, {"glob"})) {
    glob = text_at(value, "glob", path, true);
  } else if (value.is_object() && has_only(value, {"regex"})) {
    regex = text_at(value, "regex", path, true);
  } else {
    reject_filter(path, R"(expected a text, {"glob":"..."} or {"regex":"..."})");
  }
  if (glob.empty() && regex.empty() && contained_.empty()) reject_filter(path, "an empty pattern");
  whole_ = !glob.empty();
  if (whole_) regex_ = compile(sdk::glob_to_regex(glob), path);
  if (!regex.empty()) regex_ = compile(regex, path);
}

bool Pattern::matches(const std::string& url) const {
  if (regex_ == nullptr) return url.find(contained_) != std::string::npos;
  return whole_ ? re2::RE2::FullMatch(url, *regex_) : re2::RE2::PartialMatch(url, *regex_);
}

UrlFilter::UrlFilter(const Json& include, const Json& exclude)
    : include_(read_patterns(include, "include")), exclude_(read_patterns(exclude, "exclude")) {}

bool UrlFilter::excludes(const std::string& url) const { return any_matches(exclude_, url); }

bool UrlFilter::takes(const std::string& url) const {
  return (include_.empty() || any_matches(include_, url)) && !any_matches(exclude_, url);
}

Rewriter::Rule Rewriter::read_rule(const Json& value, const std::string& path) {
  if (value.is_object() && has_only(value, {"prefix", "with"}))
    return {nullptr, text_at(value, "prefix", path, true), text_at(value, "with", path, true)};
  if (!value.is_object() || !has_only(value, {"regex", "replace"}))
    reject_filter(path,
                  R"(expected {"regex":"...","replace":"..."} or {"prefix":"...","with":"..."})");
  Rule rule{compile(text_at(value, "regex", path, true), path + ".regex"),
            {},
            text_at(value, "replace", path, true)};
  std::string problem;
  if (!rule.regex->CheckRewriteString(rule.to, &problem)) reject_filter(path + ".replace", problem);
  return rule;
}

Rewriter::Rewriter(const Json& rules) {
  if (rules.is_null()) return;
  if (!rules.is_array()) reject_filter("rewrite", "expected an array of rules");
  for (std::size_t i = 0; i < rules.size(); ++i)
    rules_.push_back(read_rule(rules[i], "rewrite[" + std::to_string(i) + "]"));
}

std::string Rewriter::apply(std::string url) const {
  for (const Rule& rule : rules_) {
    if (rule.regex != nullptr)
      re2::RE2::GlobalReplace(&url, *rule.regex, rule.to);
    else if (url.starts_with(rule.from))
      url.replace(0, rule.from.size(), rule.to);
  }
  return url;
}

}  // namespace freshet::loader_web
