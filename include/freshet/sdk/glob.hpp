// freshet/sdk/glob.hpp - globs as regular expressions, so that all plugins mean the same by them.
#pragma once

#include <string>
#include <string_view>

namespace freshet::sdk {

// A regular expression, in the syntax that RE2, PCRE and ECMAScript share, that matches the whole
// of what `glob` does: ** is anything, * and ? stop at a slash, "/**/" is also "/", and "/**" at
// the end is also nothing.
inline std::string glob_to_regex(std::string_view glob) {
  constexpr std::string_view special = R"(\^$.|?*+()[]{}-)";
  struct Wildcard {
    std::string_view glob, regex;
    bool first_only, last_only;
  };
  constexpr Wildcard wildcards[] = {
      {"**/", "(?:.*/)?", true, false}, {"/**/", "/(?:.*/)?", false, false},
      {"/**", "(?:/.*)?", false, true}, {"**", ".*", false, false},
      {"*", "[^/]*", false, false},     {"?", "[^/]", false, false}};
  std::string regex;
  while (!glob.empty()) {
    const Wildcard* found = nullptr;
    for (const Wildcard& each : wildcards) {
      if (!glob.starts_with(each.glob)) continue;
      if ((each.first_only && !regex.empty()) || (each.last_only && glob != each.glob)) continue;
      found = &each;
      break;
    }
    if (found != nullptr) {
      regex += found->regex;
      glob.remove_prefix(found->glob.size());
      continue;
    }
    if (special.find(glob.front()) != std::string_view::npos) regex += '\\';
    regex += glob.front();
    glob.remove_prefix(1);
  }
  return regex;
}

}  // namespace freshet::sdk
