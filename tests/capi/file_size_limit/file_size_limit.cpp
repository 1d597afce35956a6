// A whole run under a limit on the size of files (ulimit -f), in a host that left SIGXFSZ as it
// is: every call ends with a status, none with the signal, and the host's mask is its own again.
//
// Without arguments it runs itself once for each limit.
#include <freshet/freshet.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace {

namespace fs = std::filesystem;

// 0 where the signal is neither blocked nor pending.
int left_behind() {
  sigset_t mask, pending;
  pthread_sigmask(SIG_BLOCK, nullptr, &mask);
  sigpending(&pending);
  return sigismember(&mask, SIGXFSZ) + 2 * sigismember(&pending, SIGXFSZ);
}

int failures = 0, full = 0;

template <typename Call>
void check(const char* name, Call call) {
  freshet_error* error = nullptr;
  const freshet_status status = call(&error);
  if (left_behind() != 0) {
    ++failures;
    std::printf("%s leaves the signal blocked or pending (%d)\n", name, left_behind());
  }
  const std::string words = freshet_error_to_string(error);
  const bool has_path = words.find('/') != std::string::npos;
  if (status == FRESHET_E_INTERNAL || (status == FRESHET_E_FULL && !has_path)) {
    ++failures;
    std::printf("%s: %s: %s\n", name, freshet_status_name(status), words.c_str());
  }
  if (status == FRESHET_E_FULL) ++full;
  freshet_error_free(error);
}

void use(const std::string& folder) {
  const std::string config =
      R"({"embedder":"hash","sources":[{"loader":"files","options":{"path":")" + folder +
      R"(/docs"}}]})";
  const std::string directory = folder + "/repository", copy = folder + "/backup";
  freshet_repository* repository = nullptr;
  freshet_refresh* run = nullptr;
  freshet_hits* hits = nullptr;
  const char* report = nullptr;
  char* text = nullptr;
  check("open", [&](auto** e) {
    return freshet_repository_open(directory.c_str(), nullptr, &repository, e);
  });
  check("run", [&](auto** e) {
    return freshet_refresh_run(repository, config.c_str(), nullptr, nullptr, &run, e);
  });
  check("report", [&](auto** e) { return freshet_refresh_report(run, &report, nullptr, e); });
  if (report != nullptr && std::string(report).find("\"full\"") != std::string::npos) ++full;
  check("query", [&](auto** e) {
    return freshet_query_run(repository, "river", nullptr, nullptr, &hits, e);
  });
  check("repair", [&](auto** e) { return freshet_store_repair(repository, nullptr, &text, e); });
  check("backup",
        [&](auto** e) { return freshet_repository_backup(repository, copy.c_str(), nullptr, e); });
  freshet_string_free(text);
  freshet_hits_free(hits);
  freshet_refresh_free(run);
  freshet_repository_close(repository);
  check("close", [](auto**) { return FRESHET_OK; });
}

int limited(const std::string& folder, rlim_t bytes) {
  std::signal(SIGXFSZ, SIG_DFL);
  // From nothing; then from a whole repository, which the application's own threads write to.
  for (const rlim_t now : {bytes, RLIM_INFINITY, bytes}) {
    const rlimit limit{now, RLIM_INFINITY};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 1;
    use(folder);
    std::error_code ignored;
    fs::remove_all(folder + "/backup", ignored);
  }
  if (full == 0) std::printf("nothing was full under %llu bytes\n", (unsigned long long)bytes);
  return failures > 0 || full == 0 ? 1 : 0;
}

std::string make_folder() {
  std::string folder = (fs::temp_directory_path() / "freshet-limit-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) std::abort();
  fs::create_directories(folder + "/docs");
  for (int i = 0; i < 60; ++i)
    std::ofstream(folder + "/docs/page" + std::to_string(i) + ".md")
        << "# Page " << i << "\n\nRiver " << i << ".\n";
  return folder;
}

// How the program ended under this limit, in a process of its own: freshet is not for a fork.
int run_limited(const char* program, const std::string& bytes) {
  const std::string folder = make_folder();
  int words[2];  // what it has to say must not lie in a limited file
  if (::pipe(words) != 0) return 1;
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(words[1], STDOUT_FILENO);
    ::execl(program, program, folder.c_str(), bytes.c_str(), nullptr);
    ::_exit(127);
  }
  ::close(words[1]);
  char block[4096];
  for (ssize_t got = 0; (got = ::read(words[0], block, sizeof block)) > 0;)
    std::fwrite(block, 1, static_cast<std::size_t>(got), stdout);
  ::close(words[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  std::error_code ignored;
  fs::remove_all(folder, ignored);
  if (WIFSIGNALED(status))
    std::printf("%s bytes: ended by signal %d\n", bytes.c_str(), WTERMSIG(status));
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

}  // namespace

int main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IONBF, 0);
  if (argc == 3) return limited(argv[1], std::strtoull(argv[2], nullptr, 10));
  int failed = 0;
  for (const char* bytes :
       {"0", "30", "4096", "20000", "40000", "100000", "140000", "200000", "300000", "400000"})
    failed += run_limited("/proc/self/exe", bytes);
  std::printf("%d limits failed\n", failed);
  return failed > 0 ? 1 : 0;
}
