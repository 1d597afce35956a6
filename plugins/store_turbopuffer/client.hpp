// store_turbopuffer/client.hpp - requests to turbopuffer, through the host's HTTP, and what its answers
// mean.
#pragma once

#include <string>
#include <vector>

#include "options.hpp"

namespace store_turbopuffer {

// Immutable; any thread may ask. Everything that is sent may be sent again: writes are by id, and the
// last one wins.
class Client {
 public:
  explicit Client(Options options) : options_(std::move(options)) {}
  const Options& options() const { return options_; }

  // What turbopuffer calls a namespace. Throws FRESHET_E_INVALID_ARGUMENT where that is too long.
  std::string name_of(const std::string& ns) const;

  // Of a namespace. All throw FRESHET_E_NOT_FOUND where turbopuffer has none of that name.
  Json write(const sdk::Call& call, const std::string& ns, std::string body) const;
  Json query(const sdk::Call& call, const std::string& ns, const Json& body) const;
  void remove(const sdk::Call& call, const std::string& ns) const;

  // Null where there is no such namespace, for each.
  Json metadata(const sdk::Call& call, const std::string& ns) const;
  std::vector<Json> metadata_of_many(const sdk::Call& call,
                                     const std::vector<std::string>& namespaces) const;

  // A page of the names that begin with the prefix, as turbopuffer calls them.
  Json names(const sdk::Call& call, const std::string& cursor) const;

 private:
  sdk::Request request(const sdk::Call& call, const std::string& method, const std::string& path,
                       std::string body = {}) const;
  std::string path_of(const std::string& ns) const { return "/v2/namespaces/" + name_of(ns); }

  const Options options_;
};

// The JSON of a 200; throws what any other answer means, in the server's own words where it has some.
Json answer_of(const sdk::Response& response);

// Throws FRESHET_E_REMOTE where an answer has none of that name.
const Json& member(const Json& answer, const char* name);

}  // namespace store_turbopuffer
