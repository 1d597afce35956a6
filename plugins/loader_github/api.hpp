// loader_github/api.hpp - GitHub's REST API: requests, their limits of rate, and lists over many pages.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include <freshet/sdk/freshet_sdk.hpp>

#include "loader_github/options.hpp"

namespace freshet::loader_github {

// An answer other than a refusal of a limit, and other than an error of the server.
struct Answer {
  int status = 0;
  bool moved = false;  // it came from elsewhere than it was asked for
  nlohmann::json json;
  std::string etag, next;  // next: the URL of the next page; or empty
};

class Api {
 public:
  explicit Api(const Options& options) : options_(options) {}

  // Waits for limits, as long as max_wait allows. Answers are 200, 304 where an `etag` was given, 301, 404 and 410;
  // everything else is thrown.
  Answer get(const sdk::Call& call, const std::string& url, const std::string& etag = {}) const;

  // What a query of GraphQL answers as its "data"; a null where what was asked for is not there.
  nlohmann::json query(const sdk::Call& call, const std::string& text,
                       const nlohmann::json& variables) const;

  // Calls `each` with every page of a list, which begins at `url`. False from it ends the list. A page that
  // leads elsewhere, or to one that was seen, fails.
  void for_pages(const sdk::Call& call, std::string url,
                 const std::function<bool(const Answer&)>& each) const;

 private:
  // Sends it, and waits for limits. What it gives is no refusal of a limit, and no error of the server.
  sdk::Response send(const sdk::Call& call, sdk::Request request) const;
  Answer read(const sdk::Response& response, const std::string& url) const;
  std::string next_of(const sdk::Response& response, const std::string& url) const;

  const Options& options_;
};

}  // namespace freshet::loader_github
