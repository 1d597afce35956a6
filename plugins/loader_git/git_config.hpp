// loader_git/git_config.hpp - the configuration that git runs with, and the credentials in it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <freshet/sdk/process.hpp>

#include "loader_git/options.hpp"

namespace freshet::loader_git {

// Handed over in the environment, which only this user can look at.
struct Config {
  std::vector<std::pair<std::string, std::string>> values;

  std::vector<std::string> environment() const;
};

Config base_config(const Options& options, const Address& address);

// Says that the remote keeps what is not here. Only a fetch is told: anything else would try to have an object that
// is missing from it, and fail, where it is to say that it is missing.
void add_promise(Config& config);

// Adds the token, as a header for the origin of the options' own address alone.
void add_token(const sdk::Call& call, const Options& options, const Address& address,
               Config& config);

// An ssh key as a file in memory, which no disk ever has.
class KeyFile {
 public:
  KeyFile() = default;
  // What `reference` stands for. Throws where there is no such secret.
  KeyFile(const sdk::Call& call, const std::string& reference);
  std::string path() const;  // empty: there is none

 private:
  sdk::Descriptor memory_;
};

// What git is to run for ssh.
std::string ssh_command(const Options& options, const KeyFile& key);

}  // namespace freshet::loader_git
