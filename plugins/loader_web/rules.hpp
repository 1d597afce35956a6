// loader_web/rules.hpp - what is otherwise for some pages of a source: an ordered list, of which the first
// rule that matches a page's URL is the only one that counts for it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <freshet/sdk/freshet_sdk.hpp>
#include <freshet/sdk/json.hpp>

#include "loader_web/filter.hpp"
#include "loader_web/selector.hpp"

namespace freshet::loader_web {

struct Rule {
  Rule(const sdk::Call& call, const Json& json, const std::string& where);

  std::string path;  // "rules[0]"
  Pattern match;
  bool skip = false;                 // no page of the source
  std::vector<sdk::Header> headers;  // before those of the source
  std::optional<std::int64_t> pace_ms;
  std::optional<bool> accept_markdown;
  Selectors keep, drop;
  std::string read_as;  // a media type; empty: as declared
  std::string digest;   // of what shapes the content

  bool selects() const { return !keep.empty() || !drop.empty(); }
};

class Rules {
 public:
  Rules() = default;
  Rules(const sdk::Call& call, const Json& json);

  const Rule* find(const std::string& url) const;  // null: none matches
  bool skip(const std::string& url) const;

 private:
  std::vector<Rule> rules_;
};

}  // namespace freshet::loader_web
