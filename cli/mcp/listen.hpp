// cli/mcp/listen.hpp - the same protocol over HTTP ("streamable HTTP"), on loopback alone: a message is
// the body of a POST to /mcp, and its answer is the answer's.
//
// Each request stands for itself: there are no sessions, and nothing is sent that was not asked for.
#pragma once

#include <string>

#include "cli/mcp/tools.hpp"

namespace freshet::cli::mcp {

struct Listening {
  std::string host;
  int port = 0;       // 0: any
  std::string token;  // "": none is asked for
};

// From "127.0.0.1:8765", and "env:NAME" or "file:/path" ("" for none). Throws Error.
Listening read_listening(const std::string& where, const std::string& token);

// Until the first signal.
int listen(const Listening& on, Tools& tools);

}  // namespace freshet::cli::mcp
