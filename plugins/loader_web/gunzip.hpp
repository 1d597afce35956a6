// loader_web/gunzip.hpp - decodes gzip that nobody vouches for.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace freshet::loader_web {

bool is_gzip(std::string_view bytes);

struct Gunzipped {
  std::string bytes;     // what was decoded: all of it, or its start
  std::string problem;   // why that is not all; or empty
  bool damaged = false;  // a checksum or the coding is wrong: no byte of it is to be trusted
};

// All members of `bytes`, at most `max_bytes` of them, and, past the first MiB, at most 200 times
// what has gone in.
Gunzipped gunzip(std::string_view bytes, std::uint64_t max_bytes);

}  // namespace freshet::loader_web
