#include "loader_git/git_config.hpp"

#include <sys/mman.h>
#include <sys/stat.h>

#include <freshet/sdk/base64.hpp>

namespace freshet::loader_git {
namespace {

// As a word of a shell.
std::string quoted(const std::string& text) {
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return word + "'";
}

}  // namespace

std::vector<std::string> Config::environment() const {
  std::vector<std::string> all{"GIT_CONFIG_COUNT=" + std::to_string(values.size())};
  for (std::size_t i = 0; i < values.size(); ++i) {
    all.push_back("GIT_CONFIG_KEY_" + std::to_string(i) + "=" + values[i].first);
    all.push_back("GIT_CONFIG_VALUE_" + std::to_string(i) + "=" + values[i].second);
  }
  return all;
}

Config base_config(const Options& options, const Address& address) {
  return {{{"core.hooksPath", "/dev/null"},
           {"core.fsmonitor", "false"},
           {"core.askPass", "true"},
           {"core.attributesFile", "/dev/null"},
           {"core.packedGitWindowSize", "32m"},
           {"core.packedGitLimit", "256m"},
           {"core.deltaBaseCacheLimit", "32m"},
           {"pack.threads", "2"},
           {"core.bigFileThreshold", std::to_string(options.max_file_size)},
           {"credential.helper", ""},
           {"fetch.negotiationAlgorithm", "noop"},
           {"fetch.recurseSubmodules", "false"},
           {"fetch.writeCommitGraph", "false"},
           {"gc.auto", "0"},
           {"maintenance.auto", "false"},
           {"http.followRedirects", "false"},
           {"http.lowSpeedLimit", "100"},
           {"http.lowSpeedTime", "60"},
           {"protocol.version", "2"},
           {"transfer.advertiseSID", "false"},
           {"transfer.bundleURI", "false"},
           {"transfer.credentialsInUrl", "die"},
           {"remote.origin.url", address.remote}}};
}

void add_promise(Config& config) {
  config.values.emplace_back("remote.origin.promisor", "true");
  config.values.emplace_back("remote.origin.partialclonefilter", "blob:none");
}

void add_token(const sdk::Call& call, const Options& options, const Address& address,
               Config& config) {
  if (options.token.empty() || address.origin != options.address.origin) return;
  config.values.emplace_back(
      "http." + address.origin + "/.extraHeader",
      "Authorization: Basic " +
          sdk::base64_of_bytes(options.username + ":" + call.secret(options.token)));
}

KeyFile::KeyFile(const sdk::Call& call, const std::string& reference) {
  std::string key = call.secret(reference);
  if (!key.ends_with('\n')) key += '\n';  // ssh reads no key without
  memory_ = sdk::Descriptor(::memfd_create("key", MFD_CLOEXEC));
  if (!memory_.open() || ::fchmod(memory_.get(), 0600) != 0 ||
      ::write(memory_.get(), key.data(), key.size()) != static_cast<ssize_t>(key.size()))
    throw sdk::failure_of_errno(errno, "no memory file", "ssh_key");
}

std::string KeyFile::path() const {
  if (!memory_.open()) return {};
  return "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(memory_.get());
}

std::string ssh_command(const Options& options, const KeyFile& key) {
  std::string command =
      "ssh -F /dev/null -oBatchMode=yes -oStrictHostKeyChecking=yes -oConnectTimeout=30";
  if (!options.known_hosts.empty())
    command += " -oUserKnownHostsFile=" + quoted(options.known_hosts);
  if (const std::string path = key.path(); !path.empty())
    command += " -oIdentitiesOnly=yes -oIdentityAgent=none -i " + quoted(path);
  return command;
}

}  // namespace freshet::loader_git
