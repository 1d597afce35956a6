// loader_github/options.hpp - the options, read and checked. docs/loaders.md explains them, the manifest gives
// their defaults.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <freshet/sdk/json.hpp>

namespace freshet::loader_github {

// What both kinds have.
struct Options {
  std::string repo;      // "owner/name"
  std::string base_url;  // of the API, without a slash at its end
  std::string token;     // a reference; empty: none
  std::int64_t full_every_ms = 0, max_wait_ms = 0;
  std::uint64_t max_items = 0;
  std::string reading;  // a mark of the options that change what is read; empty: their defaults

  // Of an object that was touched then: the same text has the same one.
  std::string version(const std::string& touched) const {
    return reading.empty() ? touched : touched + " " + reading;
  }

  // Of the repository: "https://api.github.com/repos/owner/name" and `rest`.
  std::string url(const std::string& rest) const { return base_url + "/repos/" + repo + rest; }
  // "https://api.github.com/graphql", of GitHub Enterprise "https://HOST/api/graphql".
  std::string graphql_url() const;
};

struct IssueOptions : Options {
  std::string state;                     // open, closed or all
  std::vector<std::string> labels;       // an issue has to have all of them
  std::optional<std::int64_t> since_ms;  // what was not touched after it is left out
  std::uint64_t n_issues = 0;            // so many of the newest; 0: all
  bool pull_requests = false, include_comments = false;
  std::string ignore_body_after;       // a body ends before this text; empty: nowhere
  std::set<std::string> ignore_users;  // whose comments are left out
};

struct DiscussionOptions : Options {
  std::string state;                              // open, closed or all
  std::set<std::string, std::less<>> categories;  // by their names; empty: all
  bool include_comments = false;
  std::set<std::string> ignore_users;  // whose comments are left out
};

Options read_options(const nlohmann::json& json);
IssueOptions read_issue_options(const nlohmann::json& json);
DiscussionOptions read_discussion_options(const nlohmann::json& json);

}  // namespace freshet::loader_github
