// cli/mcp/tools.hpp - what an agent may do: search, read, look around, and, where that was allowed, refresh.
//
// Namespaces that were not allowed are not there. Answers carry titles, links and scores, and their
// texts keep to a budget of tokens.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "cli/commands.hpp"

namespace freshet::cli::mcp {

// Thread-safe.
class Tools {
 public:
  // `allowed`: the namespaces, the first of which is meant where none is named. Borrows `config`.
  Tools(const Config& config, std::vector<std::string> allowed, bool may_refresh);

  // As tools/list has them, always in the same order.
  Json list() const;
  bool has(const std::string& name) const;
  // Throws Error where the tool cannot do it.
  Json call(const std::string& name, const Json& arguments, const Limits& limits);

 private:
  Json search(const Json& arguments, const Limits& limits);
  Json read(const Json& arguments);
  Json neighbours(const Json& arguments);
  Json sources(const Json& arguments);
  Json status(const Json& arguments);
  Json refresh(const Json& arguments, const Limits& limits);

  // The one that `name` stands for, opened when it is first asked for.
  Repository& in(const std::string& name);

  const Config& config_;
  std::vector<std::string> allowed_;
  bool may_refresh_;
  std::mutex opening_;
  std::map<std::string, Repository> open_;  // none goes
};

}  // namespace freshet::cli::mcp
