// loader_command/worker.hpp - one running copy of the program: a request a line, and its answer line by line.
#pragma once

#include <memory>
#include <string>

#include <freshet/sdk/freshet_sdk.hpp>
#include <freshet/sdk/process.hpp>

#include "loader_command/options.hpp"

namespace freshet::loader_command {

class Worker {
 public:
  // Starts the program. Throws where that fails, or a secret of its environment is missing.
  Worker(const sdk::Call& call, const Options& options);

  void ask(const nlohmann::json& request);
  // The next line of the answer, an object with one member that is not "log"; what is logged goes to the host.
  // Throws what the program says of an error, and where it says anything else than the protocol has.
  nlohmann::json next(const sdk::Call& call);

 private:
  std::string read_line(const sdk::Call& call);
  [[noreturn]] void fail_ended(const sdk::Call& call);
  void log(const sdk::Call& call, const nlohmann::json& line) const;
  [[noreturn]] void broken(const std::string& why) const;

  const Options& options_;
  sdk::Process process_;
};

}  // namespace freshet::loader_command
