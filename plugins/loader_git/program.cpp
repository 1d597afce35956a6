#include "loader_git/program.hpp"

#include <algorithm>
#include <csignal>
#include <memory>

namespace freshet::loader_git {
namespace {

// What git takes at most beside the files, which it has in parts but for a delta and what it is of.
constexpr std::uint64_t memory = std::uint64_t{1} << 30;

// Control bytes of a foreign server would be commands to a terminal.
std::string one_line(std::string_view text) {
  std::string line;
  for (const char c : text.substr(0, 300))
    line += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
  return line;
}

// The first "fatal:" line, or else the last one that says something. What ssh says comes before git's own line, which
// then only says that there was something.
std::string line_of(const std::string& errors) {
  std::string last;
  for (std::string_view rest = errors; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    if (line.starts_with("Host key verification failed")) return std::string(line.substr(0, 28));
    if (!last.empty() && line == "fatal: Could not read from remote repository.") return last;
    for (const std::string_view mark : {"fatal: ", "error: ", "remote: ", "ssh: "})
      if (line.starts_with(mark)) {
        const bool better = mark == "fatal: " || last.empty();
        if (better) last = one_line(line.substr(mark.size()));
      }
    if (last.empty()) last = one_line(line);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return last;
}

bool says(const std::string& errors, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return errors.find(word) != std::string::npos; });
}

freshet_status status_of(const std::string& errors) {
  if (says(errors, {"No space left", "Disk quota"})) return FRESHET_E_FULL;
  if (says(errors, {"Out of memory", "Cannot allocate memory"})) return FRESHET_E_LIMIT;
  if (says(errors, {"could not read Username", "could not read Password", "Authentication failed",
                    "Permission denied", "error: 401", "error: 403", "dubious ownership",
                    "Host key verification failed"}))
    return FRESHET_E_DENIED;
  if (says(errors, {"error: 429"})) return FRESHET_E_RATE_LIMITED;
  if (says(errors,
           {"not found", "does not appear to be a git repository", "does not exist", "error: 404"}))
    return FRESHET_E_NOT_FOUND;
  if (says(errors, {"Could not resolve host", "Connection refused", "Failed to connect",
                    "Connection timed out", "Connection reset", "hung up", "early EOF",
                    "Couldn't connect", "unexpected disconnect", "Operation too slow",
                    "Could not resolve hostname", "Empty reply"}))
    return FRESHET_E_NETWORK;
  if (says(errors, {"not allowed: protocol", "transport '", "redirect"})) return FRESHET_E_BLOCKED;
  return FRESHET_E_REMOTE;
}

}  // namespace

sdk::Failure failure_of(const std::string& errors, int status, const std::string& at_fault) {
  if (status == 128 + SIGXFSZ)
    return sdk::Failure(FRESHET_E_LIMIT, "sent a pack that is larger than its limit", at_fault);
  if (says(errors, {"error: 301", "error: 302", "error: 307", "error: 308"}))
    return sdk::Failure(FRESHET_E_BLOCKED,
                        "redirects, which is not followed: give the address it has now", at_fault);
  std::string why = line_of(errors);
  if (why.empty()) why = "git ended with status " + std::to_string(status);
  return sdk::Failure(status_of(errors), std::move(why), at_fault);
}

Program::Program(const sdk::Call& call, const Options& options, Address address,
                 std::string directory)
    : options_(options),
      address_(std::move(address)),
      directory_(std::move(directory)),
      key_(!options.ssh_key.empty() && address_.server() == options.address.server()
               ? KeyFile(call, options.ssh_key)
               : KeyFile()) {}

std::vector<std::string> Program::environment(const sdk::Call& call, const Run& run) const {
  static constexpr const char* taken[] = {
      "PATH",     "http_proxy", "https_proxy",   "HTTPS_PROXY",  "all_proxy",     "ALL_PROXY",
      "no_proxy", "NO_PROXY",   "SSL_CERT_FILE", "SSL_CERT_DIR", "SSH_AUTH_SOCK", "TMPDIR"};
  std::vector<std::string> all = sdk::environment_of(taken);
  Config config = base_config(options_, address_);
  if (run.contacts) {
    add_promise(config);
    add_token(call, options_, address_, config);
  }
  for (const std::string& variable : config.environment()) all.push_back(variable);
  for (std::string variable :
       {"HOME=" + directory_, std::string("LC_ALL=C"),
        run.has_repository
            ? "GIT_DIR=" + directory_
            : "GIT_CEILING_DIRECTORIES=" + directory_.substr(0, directory_.rfind('/')),
        "GIT_CONFIG_GLOBAL=" + directory_ + "/freshet.config", std::string("GIT_CONFIG_NOSYSTEM=1"),
        std::string("GIT_ATTR_NOSYSTEM=1"), std::string("GIT_TERMINAL_PROMPT=0"),
        std::string("GIT_ASKPASS=true"), std::string("SSH_ASKPASS=true"),
        std::string("GIT_NO_LAZY_FETCH=1"), std::string("GIT_NO_REPLACE_OBJECTS=1"),
        std::string("GIT_LITERAL_PATHSPECS=1"), std::string("GIT_OPTIONAL_LOCKS=0"),
        "GIT_ALLOW_PROTOCOL=" + address_.scheme, "GIT_SSH_COMMAND=" + ssh_command(options_, key_)})
    all.push_back(std::move(variable));
  return all;
}

std::unique_ptr<sdk::Process> Program::start(const sdk::Call& call, const Run& run) const {
  sdk::Command command;
  command.arguments = {"git"};
  command.arguments.insert(command.arguments.end(), run.arguments.begin(), run.arguments.end());
  command.environment = environment(call, run);
  command.directory = directory_;
  command.max_file_bytes = run.max_file_bytes;
  command.max_memory_bytes = memory + 4 * options_.max_file_size;
  command.timeout_ms = options_.timeout_ms;
  auto git = std::make_unique<sdk::Process>(std::move(command));
  git->write(run.input);
  return git;
}

void Program::check_end(const sdk::Call& call, sdk::Process& git, const Run& run) const {
  const int status = git.wait(call);
  if (status == 0) return;
  const bool too_large =
      run.max_file_bytes != 0 &&
      (status == 128 + SIGXFSZ || says(git.errors, {"signal 25", "File too large", "SIGXFSZ"}));
  throw failure_of(git.errors, too_large ? 128 + SIGXFSZ : status,
                   run.at_fault.empty() ? address_.remote : run.at_fault);
}

std::string Program::run(const sdk::Call& call, const Run& run) const {
  const auto git = start(call, run);
  git->close_input();
  check_end(call, *git, run);
  return std::move(git->output);
}

bool Program::succeeds(const sdk::Call& call, const Run& run) const {
  const auto git = start(call, run);
  git->close_input();
  return git->wait(call) == 0;
}

void Program::for_records(const sdk::Call& call, const Run& run,
                          const std::function<bool(std::string_view)>& each) const {
  const auto git = start(call, run);
  git->close_input();
  std::string rest;
  while (git->pump(call)) {
    rest += std::exchange(git->output, {});
    std::size_t begin = 0;
    for (std::size_t end; (end = rest.find('\0', begin)) != std::string::npos; begin = end + 1)
      if (!each(std::string_view(rest).substr(begin, end - begin))) return;
    rest.erase(0, begin);
    git->renew();
    if (rest.size() > (std::size_t{1} << 20))
      throw sdk::Failure(FRESHET_E_LIMIT, "has a path of more than 1 MiB", address_.remote);
  }
  check_end(call, *git, run);
}

}  // namespace freshet::loader_git
