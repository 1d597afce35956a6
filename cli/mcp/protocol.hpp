// cli/mcp/protocol.hpp - the Model Context Protocol, as messages: a request in, an answer out.
//
// Both of its ages are spoken. Since revision 2026-07-28 every request bears the revision that it is
// written in; before that a session began with "initialize". Nothing is kept of the former, and of
// the latter only that it has begun.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "cli/mcp/tools.hpp"

namespace freshet::cli::mcp {

class Protocol {
 public:
  // Whether "initialize" was asked before: over HTTP nobody remembers.
  enum class Began { no, yes };
  explicit Protocol(Tools& tools, Began began = Began::no)
      : tools_(tools), initialized_(began == Began::yes) {}

  // Nothing for a notification, or a message that is an answer itself. A discarded value is a line
  // that was no JSON.
  std::optional<Json> answer(const Json& message, const Limits& limits);

  // What HTTP's headers say of a message as well has to be the same: the answer where it is not.
  using Header = std::function<std::string(const char* name)>;
  static std::optional<Json> compare(const Json& message, const Header& header);
  static int http_status(const Json& answer);

  // The id of the request that a notification cancels; null where it is no such notification.
  static Json cancelled_by(const Json& message);

 private:
  Json result(const std::string& method, const Json& params, const Limits& limits);
  Json initialize(const Json& params);
  Json call(const Json& params, const Limits& limits);

  Tools& tools_;
  bool initialized_;
};

// The answer to a line that is too long to be read.
Json refuse_line(const std::string& why);

}  // namespace freshet::cli::mcp
