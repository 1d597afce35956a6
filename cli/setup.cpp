#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "cli/command_tree.hpp"
#include "cli/commands.hpp"
#include "cli/standard_output.hpp"
#include "cli/terminal.hpp"

namespace freshet::cli {
namespace {

constexpr std::string_view first_configuration =
    R"(# freshet.toml: what is refreshed, how, and where to. Then: freshet refresh --config freshet.toml
# Every key is in docs/configuration.md. A relative path means one below this file's directory.

# namespace = "docs"             # one knowledge base in the repository and the store
# repository = "/var/lib/freshet"  # default: $FRESHET_REPOSITORY, else in your data directory

# When a page is asked for again: "always", "never", or after a time.
policy = { ttl = "24h" }

# What turns text into vectors. Without one, queries search words only.
# embedder = "hash"

# Where chunks are stored. The default is a SQLite file in the repository.
# store = "sqlite"

# verify_sample = 0.01           # the share of its rows that the store is asked for after every run
# owned = true                   # nobody else writes there: freshet verify --repair removes rows of others

# [http]
# per_host = 4                   # requests at once to one host

# [retry]
# delays = ["3s", "60s"]         # waits before a request is tried again

[[source]]
name = "manual"
loader = "sitemap"
options = { url = "https://docs.example.org/sitemap.xml", exclude = ["/changelog/"] }
# list_every = "1h"              # how long the listing stands; by default as long as a TTL
# rate = "2/s"                   # requests for this source, whatever hosts they go to
# breaker = { failures = 5, wait = "1m" }  # after so many failures in a row it is left alone
# metadata = { product = "x" }   # of all its pages, for filters

# [[source]]
# name = "handbook"
# loader = "files"
# options = { path = "handbook", include = ["**/*.md"] }
# policy = "always"
# watch = true                   # freshet service and freshet watch notice what changes there

# [[service.notify]]             # who is told of failures, by freshet service
# url = "env:SLACK_WEBHOOK"
)";

[[noreturn]] void fail(const std::string& path, int number) {
  if (number == EEXIST)
    throw Error(FRESHET_E_INVALID_ARGUMENT, "is there already, and is not overwritten", path);
  const bool full = number == ENOSPC || number == EDQUOT || number == EFBIG;
  throw Error(full ? FRESHET_E_FULL : FRESHET_E_IO,
              std::string("cannot be written: ") + std::strerror(number), path);
}

void write_new(const std::string& path, std::string_view text) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (file < 0) fail(path, errno);
  const ssize_t written = ::write(file, text.data(), text.size());
  int problem = written < 0 ? errno : written < static_cast<ssize_t>(text.size()) ? ENOSPC : 0;
  if (::close(file) != 0 && problem == 0) problem = errno;
  if (problem == 0) return;
  ::unlink(path.c_str());
  fail(path, problem);
}

int init(const Options& options, const Output& output) {
  const std::string path = options.file.empty() ? "freshet.toml" : options.file;
  write_new(path, first_configuration);
  if (output.json())
    output.result({{"file", path}});
  else
    output.line("wrote " + printable(path) +
                ": name your source in it, then\n  freshet refresh --config " + printable(path));
  return exit_ok;
}

}  // namespace

int run_setup(const Options& options, const Output& output) {
  if (options.command == Command::init) return init(options, output);
  const CommandHelp program = describe_program();
  const std::string text = options.command == Command::manual
                               ? manual_page(program, freshet_version())
                               : completion_script(program, options.text);
  put(text);
  return exit_ok;
}

}  // namespace freshet::cli
