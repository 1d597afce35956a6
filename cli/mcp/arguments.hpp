// cli/mcp/arguments.hpp - the arguments of a tool, each looked at once.
//
// What is wrong is an Error with FRESHET_E_INVALID_ARGUMENT that names the argument; an argument that no tool asked
// for is wrong, too.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "cli/output.hpp"

namespace freshet::cli::mcp {

class Arguments {
 public:
  // `given` has to be an object, or null for none. Borrowed.
  explicit Arguments(const Json& given);

  std::string text(const char* name);  // required, and not empty
  std::string text_or(const char* name, const std::string& otherwise);
  std::int64_t number_or(const char* name, std::int64_t otherwise, std::int64_t least,
                         std::int64_t most);
  std::vector<std::string> texts(const char* name);  // none where it is absent
  Json object(const char* name);                     // null where it is absent

  // After the last one.
  void end() const;

 private:
  const Json* find(const char* name);

  const Json& given_;
  std::set<std::string> known_;
};

}  // namespace freshet::cli::mcp
