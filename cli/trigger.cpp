#include "cli/commands.hpp"
#include "cli/terminal.hpp"

namespace freshet::cli {

int run_trigger(const Options& options, const Config& config, const Output& output) {
  Repository repository = open_existing(config, Access::write);
  const char* const reason = options.reason.empty() ? nullptr : options.reason.c_str();
  std::uint64_t roots = 1;
  if (options.by_prefix)
    roots = repository.trigger_prefix(options.uri, reason);
  else
    repository.trigger_root(options.uri, reason);
  if (output.json())
    output.result({{"uri", redacted(options.uri)}, {"triggered", roots}});
  else
    output.line("triggered " + count(roots, "root", "roots") +
                "; the next refresh whose policy heeds triggers reads " +
                (roots == 1 ? "it" : "them"));
  return options.by_prefix && roots == 0 ? exit_some_failed : exit_ok;
}

}  // namespace freshet::cli
