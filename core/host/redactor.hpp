// core/host/redactor.hpp - takes secrets out of what people will read.
//
// Knows every secret that was handed to a plugin or written into a configuration, and the shapes
// that credentials have in headers and URLs. A known secret is found in any letter case, escaped as
// URLs and JSON do, whole or in part, and inside base64, such as that of Basic authorization. One
// for the process, since a secret told to one plugin may come back from another. Thread-safe.
#pragma once

#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.hpp"

namespace freshet::host {

class Redactor {
 public:
  // Texts shorter than this are not looked for: they would tear ordinary words apart.
  static constexpr std::size_t least_length = 4;
  // Shorter ones are looked for as whole words only.
  static constexpr std::size_t free_length = 8;

  void remember(std::string_view secret);
  // What `options` hold written out: the password and the secret parameters of each URL, and the
  // words of values whose keys speak of secrets, such as "Authorization".
  void remember_options(const nlohmann::json& options);

  std::string clean(std::string_view text) const;
  base::Error clean(base::Error error) const;  // its causes too

 private:
  struct Pattern {
    std::string text;  // in lower case
    bool word;         // nothing but a whole word is meant
  };
  void add(std::string_view text, bool word);
  void remember_url(std::string_view url);
  void remember_words(std::string_view value);
  std::string replace_known(std::string_view text) const;

  mutable std::mutex mutex_;
  std::vector<Pattern> patterns_;  // longest first, so that none leaves its tail behind
};

Redactor& redactor();

}  // namespace freshet::host
