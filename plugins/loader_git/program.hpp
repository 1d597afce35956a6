// loader_git/program.hpp - runs git on one bare repository of ours, with nobody's configuration but this.
//
// No hooks, no helper programs but ssh, no prompts, no protocols but the address's own, no redirects, nothing
// fetched that was not asked for. Secrets are in git's environment, never among its arguments.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <freshet/sdk/process.hpp>

#include "loader_git/git_config.hpp"
#include "loader_git/options.hpp"

namespace freshet::loader_git {

struct Run {
  std::vector<std::string> arguments{};
  std::string input{};
  bool contacts = false;             // talks to the remote: its credentials come along
  bool has_repository = true;        // works on the one in the directory
  std::uint64_t max_file_bytes = 0;  // of each file that it writes; 0: no limit
  std::string at_fault{};            // named where it fails; empty: the remote
};

class Program {
 public:
  // `call` gives the ssh key, where one is named and the address is on the server of the options' own.
  Program(const sdk::Call& call, const Options& options, Address address, std::string directory);

  // Starts git; to be waited for by finish().
  std::unique_ptr<sdk::Process> start(const sdk::Call& call, const Run& run) const;
  // Runs it to its end, and returns what it wrote. A failure is thrown in git's own words.
  std::string run(const sdk::Call& call, const Run& run) const;
  // The same, record by record, each ended by a NUL. The time that `each` takes does not count. False
  // from it ends the program.
  void for_records(const sdk::Call& call, const Run& run,
                   const std::function<bool(std::string_view)>& each) const;
  // True where it ended well; what it says is dropped.
  bool succeeds(const sdk::Call& call, const Run& run) const;

  const Address& address() const { return address_; }
  const std::string& directory() const { return directory_; }

 private:
  std::vector<std::string> environment(const sdk::Call& call, const Run& run) const;
  void check_end(const sdk::Call& call, sdk::Process& git, const Run& run) const;

  const Options& options_;
  const Address address_;
  const std::string directory_;
  const KeyFile key_;
};

// What git said on its standard error, as a failure: its last "fatal:" or "error:" line.
sdk::Failure failure_of(const std::string& errors, int status, const std::string& at_fault);

}  // namespace freshet::loader_git
