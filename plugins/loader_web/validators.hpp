// loader_web/validators.hpp - what a server said of a page's version, and how it is asked again.
//
// The version of a root is their JSON text: {"etag":"\"x\"","last_modified":"Fri, …","v":1}, with
// the "url" that they belong to where a meta refresh led away from the entry, and the "rule" of the source
// that the page was read by.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include <freshet/sdk/freshet_sdk.hpp>

namespace freshet::loader_web {

inline constexpr std::size_t kMaxEtagBytes = 1024;

struct Validators {
  std::string etag;           // or empty
  std::string last_modified;  // or empty
  std::string url;            // empty: the entry's
  std::string rule;           // the digest of the rule that the content was made by; empty: none

  bool empty() const { return etag.empty() && last_modified.empty(); }
  std::string version() const;  // "" when there are none
};

// Those of a response. A Last-Modified that is no date, lies in the future, or is so new that the
// page may change again within the same second, proves nothing and is left out.
Validators validators_of(const sdk::Response& response, std::int64_t now_ms);

// The same, without an ETag that another file of the same second and length would have, where that second is
// not over: of a listing that was just written the next one may differ.
Validators lasting_validators_of(const sdk::Response& response, std::int64_t now_ms);

// Those in a known version; none where it is not one of ours.
Validators parse_version(const std::string& version);

void add_conditions(const Validators& validators, sdk::Request& request);

}  // namespace freshet::loader_web
