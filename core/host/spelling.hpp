// core/host/spelling.hpp - the ways in which a text may spell a secret. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::host {

// How many bytes of `text` from `at` on spell `secret`, which is in lower case: in any letter case,
// as it is or with escapes of URLs, JSON and HTML. 0: they do not.
std::size_t spelled_length(std::string_view text, std::size_t at, std::string_view secret);

// No letter or digit touches [begin, end).
bool stands_alone(std::string_view text, std::size_t begin, std::size_t end);

// What base64 makes of `secret` wherever it stands in a longer text: one core for each of the three
// ways in which its bytes may lie. Cores too short to be told from words are left out.
std::vector<std::string> base64_cores(std::string_view secret);

}  // namespace freshet::host
