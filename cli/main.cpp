// cli/main.cpp - the freshet program.
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <new>

#include "cli/commands.hpp"
#include "cli/interrupt.hpp"
#include "cli/standard_output.hpp"
#include "cli/terminal.hpp"

#if defined(__GLIBC__)
#include <malloc.h>
#endif

namespace freshet::cli {
namespace {

void set_up_process() {
  hold_standard_descriptors();
#if defined(__GLIBC__)
  ::mallopt(M_ARENA_MAX, 2);  // or each thread would hold on to memory of its own
#endif
  catch_signals();
  struct sigaction action {};
  action.sa_handler = SIG_IGN;  // a failing write says so itself
  for (const int number : {SIGPIPE, SIGXFSZ}) ::sigaction(number, &action, nullptr);
}

int run(const Options& options, const Config& config, const TomlFile* file, const Output& output) {
  switch (options.command) {
    case Command::refresh:
      return run_refresh(options, config, output);
    case Command::listing:
      return run_listing(options, config, output);
    case Command::reshard:
      return run_reshard(options, config, output);
    case Command::query:
      return run_query(options, config, output);
    case Command::status:
      return run_status(options, config, output);
    case Command::check:
      return run_check(options, config, output);
    case Command::verify:
      return run_verify(options, config, output);
    case Command::reset:
      return run_reset(config, output);
    case Command::roots_list:
    case Command::roots_show:
    case Command::roots_delete:
    case Command::roots_exclude:
    case Command::roots_include:
    case Command::roots_excluded:
    case Command::roots_flag:
      return run_roots(options, config, output);
    case Command::trigger:
      return run_trigger(options, config, output);
    case Command::backup:
      return run_backup(options, config, output);
    case Command::restore:
      return run_restore(options, config, output);
    case Command::service:
      return run_service(options, config, output);
    case Command::watch:
      return run_watch(options, config, output);
    case Command::runs_list:
    case Command::runs_show:
      return run_runs(options, config, output);
    case Command::explain:
      return run_explain(options, config, output);
    case Command::plugins_list:
    case Command::plugins_check:
      return run_plugins(options, config, output);
    case Command::config_check:
      return run_config_check(config, file, output);
    case Command::config_schema:
      return run_config_schema(config);
    case Command::namespaces_list:
    case Command::namespaces_drop:
      return run_namespaces(options, config, output);
    case Command::models_list:
    case Command::models_add:
    case Command::models_remove:
      return run_models(options, output);
    case Command::mcp:
      return run_mcp(options, config);
    case Command::init:
    case Command::completion:
    case Command::manual:
      return run_setup(options, output);
  }
  return exit_usage;
}

int run_or_tell(const Options& options, const Config& config, const TomlFile* file,
                const Output& output) {
  try {
    if (!config.unknown_keys.empty() && options.command != Command::config_check)
      throw Error(config.unknown_keys.front());
    return run(options, config, file, output);
  } catch (const Error& error) {
    const bool wrong = error.code() == FRESHET_E_INVALID_ARGUMENT;
    if (wrong && (options.command == Command::refresh || options.command == Command::service ||
                  options.command == Command::watch))
      tell_all_that_is_wrong(error, config, file, output);
    else
      output.error(
          error, file != nullptr && wrong ? locate(*file, config, error.subject()) : std::nullopt);
    return exit_code_of(error.code());
  }
}

int guarded(const Options& options, const Output& output) {
  try {
    std::optional<TomlFile> file;
    if (!options.config.empty()) file = TomlFile::load(options.config);
    const TomlFile* const read = file ? &*file : nullptr;
    return run_or_tell(options, make_config(options, read), read, output);
  } catch (const Error& error) {
    output.error(error);
    return exit_code_of(error.code());
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& problem) {
    output.error(FRESHET_E_INTERNAL, problem.what(), "");
    return exit_nothing_done;
  }
}

// Words that take no memory.
int give_up_without_memory(int argc, char** argv) {
  const auto asks_for_json = [](const char* word) { return std::strcmp(word, "--json") == 0; };
  if (std::any_of(argv, argv + argc, asks_for_json))
    put("{\"error\":{\"code\":\"out_of_memory\",\"message\":\"out of "
        "memory\",\"subject\":\"\"}}\n");
  else
    std::fputs("freshet: out of memory\n", stderr);
  return exit_nothing_done;
}

// What no run hears, such as that spans could not be sent when it was over.
void print_log(void* payload, std::int32_t level, const char* plugin, const char* message) {
  const auto& options = *static_cast<const Options*>(payload);
  if (!options.verbose && (options.quiet || level < FRESHET_LEVEL_WARNING)) return;
  std::fprintf(stderr, "%s: %s\n", printable(plugin).c_str(), printable(message).c_str());
}

int run_with_log(Options options) {
  set_log(print_log, &options);
  const int exit_code = guarded(options, Output(options.json));
  set_log(nullptr);
  return exit_code;
}

int run_command_line(int argc, char** argv) {
  int exit_code = exit_ok;
  try {
    if (const auto options = parse_command_line(argc, argv, exit_code))
      exit_code = run_with_log(*options);
  } catch (const std::bad_alloc&) {
    exit_code = give_up_without_memory(argc, argv);
  }
  // What was done before the signal came stays done; what was not is told as shells do.
  return interrupted() && exit_code != exit_ok ? 128 + interrupted_by() : exit_code;
}

}  // namespace

}  // namespace freshet::cli

int main(int argc, char** argv) {
  freshet::cli::set_up_process();
  int exit_code = freshet::cli::run_command_line(argc, argv);
  if (!freshet::cli::flush_output() && exit_code == freshet::cli::exit_ok)
    exit_code = freshet::cli::exit_some_failed;
  return exit_code;
}
