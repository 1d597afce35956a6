// core/host/redactor.hpp - takes secrets out of lines that people will read.
//
// Knows every secret that was handed to a plugin, and the shapes that credentials have in headers
// and URLs. One for the process, since a secret told to one plugin may come back from another.
// Thread-safe.
#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::host {

class Redactor {
 public:
  // Texts shorter than this are not looked for: they would tear ordinary words apart.
  static constexpr std::size_t least_length = 4;

  void remember(std::string_view secret);
  std::string clean(std::string_view text) const;

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> secrets_;  // longest first, so that none leaves its tail behind
};

Redactor& redactor();

}  // namespace freshet::host
