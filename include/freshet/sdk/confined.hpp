// freshet/sdk/confined.hpp - a program that is given bytes nobody trusts, and may do nothing but answer.
//
// It gets the bytes on its standard input and limits on memory, processor time, files and descriptors; it
// writes no file, keeps nothing, and where the system lets a user do that (unshare(1)) it has no network.
#pragma once

#include <freshet/sdk/process.hpp>

namespace freshet::sdk {

struct Conversion {
  std::vector<std::string> arguments{};  // the program first, which is looked for in PATH
  std::string package{};                 // of Debian, that who lacks the program has to install
  std::uint64_t max_memory_bytes = std::uint64_t{1} << 30;  // of its address space
  std::uint64_t max_cpu_seconds = 60;
  std::uint64_t max_output_bytes = std::uint64_t{64} << 20;  // at once, and not yet taken
};

struct Converted {
  int status = 0;
  std::string errors;  // the first 16 KiB of what it wrote to its standard error
};

namespace detail {

inline bool is_program(const std::string& path) { return ::access(path.c_str(), X_OK) == 0; }

inline bool is_in_path(const std::string& program) {
  if (program.find('/') != std::string::npos) return is_program(program);
  const char* path = std::getenv("PATH");
  std::string_view left = path == nullptr ? "/usr/bin:/bin" : path;
  while (!left.empty()) {
    const std::string_view folder = left.substr(0, left.find(':'));
    if (is_program(std::string(folder) + "/" + program)) return true;
    left.remove_prefix(std::min(left.size(), folder.size() + 1));
  }
  return false;
}

inline Command command_of(const Conversion& conversion) {
  static constexpr const char* taken[] = {"PATH"};
  Command command;
  command.environment = environment_of(taken);
  command.environment.push_back("LANG=C.UTF-8");
  command.directory = "/";
  command.max_output_bytes = conversion.max_output_bytes;
  // A machine that is busy gives it no processor: that is no fault of the file's.
  command.timeout_ms = 60'000 + static_cast<std::int64_t>(conversion.max_cpu_seconds) * 5'000;
  return command;
}

// A shell that sets the limits and becomes the program: some look at them as they begin, so they have to be
// there before it is.
inline std::vector<std::string> with_limits(const Conversion& conversion) {
  const std::string seconds = std::to_string(conversion.max_cpu_seconds);
  return {"sh", "-c",
          "ulimit -c 0 && ulimit -f 0 && ulimit -n 64 && ulimit -t " + seconds + " && ulimit -v " +
              std::to_string(conversion.max_memory_bytes / 1024) + " && exec \"$@\"",
          "sh"};
}

// What puts a program into a network of its own, with nothing in it; empty where that may not be.
inline const std::vector<std::string>& without_network(const Call& call) {
  static const std::vector<std::string> found = [&]() -> std::vector<std::string> {
    std::vector<std::string> way{"unshare", "--user", "--net", "--"};
    if (!is_in_path(way.front())) return {};
    Command probe = command_of({});
    probe.arguments = way;
    probe.arguments.push_back("true");
    Process process(std::move(probe));
    process.close_input();
    return process.wait(call) == 0 ? way : std::vector<std::string>();
  }();
  return found;
}

}  // namespace detail

// Throws where the program is not there, takes too long or too much; what its status means is for the caller to
// say. `take` is given what came so far, and takes from it what it can use.
inline Converted convert(const Call& call, const Conversion& conversion, std::string_view bytes,
                         const std::function<void(std::string&)>& take) {
  const std::string& program = conversion.arguments.front();
  if (!detail::is_in_path(program))
    throw Failure(FRESHET_E_IO,
                  "is not installed: Debian has it in the package " + conversion.package, program);
  Command command = detail::command_of(conversion);
  command.arguments = detail::without_network(call);
  for (const auto& more : {detail::with_limits(conversion), conversion.arguments})
    command.arguments.insert(command.arguments.end(), more.begin(), more.end());
  try {
    Process process(std::move(command));
    process.write(bytes);
    process.close_input();
    while (process.pump(call)) take(process.output);
    Converted done;
    done.status = process.wait(call);
    take(process.output);
    done.errors = std::move(process.errors);
    if (done.status == 128 + SIGXCPU || done.status == 128 + SIGKILL)
      throw Failure(FRESHET_E_LIMIT,
                    "took more than " + std::to_string(conversion.max_cpu_seconds) +
                        "s of processor time",
                    program);
    return done;
  } catch (Failure& failure) {
    if (failure.subject == "unshare" || failure.subject == "sh") failure.subject = program;
    throw;
  }
}

}  // namespace freshet::sdk
