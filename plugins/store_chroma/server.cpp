#include "server.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <freshet/sdk/errno.hpp>

namespace store_chroma {
namespace {

using sdk::Failure;

constexpr int look_again_ms = 50;
constexpr int patience_to_end_ms = 10'000;

// Ends the server when the other end of descriptor 4 is closed, and itself when the server ends.
// Descriptor 3 is the lock, which all of them hold.
constexpr const char* keeper =
    "\"$@\" 4<&- & server=$!\n"
    "( read -r end <&4; kill \"$server\" 2>/dev/null ) & watch=$!\n"
    "exec 4<&-\n"
    "wait \"$server\"; status=$?\n"
    "kill \"$watch\" 2>/dev/null\n"
    "exit \"$status\"\n";

class File {
 public:
  explicit File(int file) : file_(file) {}
  File(File&& other) noexcept : file_(other.release()) {}
  File& operator=(File&&) = delete;
  ~File() {
    if (file_ >= 0) ::close(file_);
  }
  int get() const { return file_; }
  int release() { return std::exchange(file_, -1); }

 private:
  int file_;
};

// Waits without holding up whoever wants the call to end.
void pause(const sdk::Call& call) {
  call.check();
  ::poll(nullptr, 0, look_again_ms);
}

sockaddr_in address_of(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

bool answers(int port) {
  const File socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_in address = address_of(port);
  return socket.get() >= 0 &&
         ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

// One that nobody has now. Whoever takes it meanwhile makes the server end, and it is tried again.
int free_port() {
  const File socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address = address_of(0);
  socklen_t size = sizeof address;
  auto* const raw = reinterpret_cast<sockaddr*>(&address);
  if (socket.get() < 0 || ::bind(socket.get(), raw, size) != 0 ||
      ::getsockname(socket.get(), raw, &size) != 0)
    throw sdk::failure_of_errno(errno, "no port can be had", "127.0.0.1");
  return ntohs(address.sin_port);
}

bool can_run(const std::string& path) {
  struct stat about {};
  return ::stat(path.c_str(), &about) == 0 && S_ISREG(about.st_mode) &&
         ::access(path.c_str(), X_OK) == 0;
}

// The path of the program; an empty one where there is none.
std::string find_program(const std::string& program) {
  if (program.find('/') != std::string::npos)
    return program.front() == '/' && can_run(program) ? program : "";
  const char* const path = std::getenv("PATH");
  std::string_view rest = path == nullptr ? "" : path;
  while (!rest.empty()) {
    const std::string_view folder = rest.substr(0, rest.find(':'));
    rest.remove_prefix(std::min(folder.size() + 1, rest.size()));
    const std::string found = std::string(folder) + "/" + program;
    if (folder.starts_with('/') && can_run(found)) return found;
  }
  return "";
}

// Nothing where somebody holds the lock.
std::optional<File> take_lock(const std::string& path) {
  File file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (file.get() < 0) throw sdk::failure_of_errno(errno, "cannot be opened", path);
  if (::flock(file.get(), LOCK_EX | LOCK_NB) == 0) return file;
  if (errno != EWOULDBLOCK) throw sdk::failure_of_errno(errno, "cannot be locked", path);
  return std::nullopt;
}

int read_port(const std::string& path) {
  std::ifstream file(path);
  int port = 0;
  return file >> port && port > 0 && port < 65536 ? port : 0;
}

// Whole or not at all.
void write_port(const std::string& path, int port) {
  const std::string fresh = path + ".new";
  {
    std::ofstream file(fresh, std::ios::trunc);
    file << port << '\n';
    if (!file.flush()) throw sdk::failure_of_errno(errno, "cannot be written", fresh);
  }
  if (::rename(fresh.c_str(), path.c_str()) != 0)
    throw sdk::failure_of_errno(errno, "cannot be written", path);
}

std::vector<std::string> environment() {
  std::vector<std::string> all{"ANONYMIZED_TELEMETRY=FALSE"};
  for (char** each = ::environ; each != nullptr && *each != nullptr; ++each)
    if (!std::string_view(*each).starts_with("ANONYMIZED_TELEMETRY=")) all.emplace_back(*each);
  return all;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// In a group of its own: an interrupt at the terminal is ours to answer.
int spawn(std::vector<std::string> words, int lock, int life_line, const std::string& log) {
  words.insert(words.begin(), {"/bin/sh", "-c", keeper, "freshet-chroma"});
  std::vector<std::string> variables = environment();
  posix_spawn_file_actions_t files;
  posix_spawnattr_t how;
  posix_spawn_file_actions_init(&files);
  posix_spawnattr_init(&how);
  posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, 1, log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_adddup2(&files, 1, 2);
  posix_spawn_file_actions_adddup2(&files, lock, 3);
  posix_spawn_file_actions_adddup2(&files, life_line, 4);
  posix_spawnattr_setflags(&how, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&how, &none);
  pid_t process = 0;
  const int problem = ::posix_spawn(&process, "/bin/sh", &files, &how, pointers_to(words).data(),
                                    pointers_to(variables).data());
  posix_spawn_file_actions_destroy(&files);
  posix_spawnattr_destroy(&how);
  if (problem != 0) throw sdk::failure_of_errno(problem, "cannot be started", "/bin/sh");
  return process;
}

// Away from the descriptors that the child has as 0 to 4.
int above_five(int file) { return ::fcntl(file, F_DUPFD_CLOEXEC, 5); }

bool has_ended(int process) { return ::waitpid(process, nullptr, WNOHANG) != 0; }

}  // namespace

std::shared_ptr<OwnServer> OwnServer::of(const std::string& program, const std::string& folder) {
  static std::mutex mutex;
  static std::map<std::string, std::weak_ptr<OwnServer>> all;
  const std::lock_guard lock(mutex);
  if (auto known = all[folder].lock()) return known;
  std::shared_ptr<OwnServer> server(new OwnServer(program, folder));
  all[folder] = server;
  return server;
}

OwnServer::OwnServer(std::string program, std::string folder)
    : program_(std::move(program)), folder_(std::move(folder)) {}

OwnServer::~OwnServer() { end(); }

// It may write to its files for a moment yet.
void OwnServer::end() {
  if (process_ == 0) return;
  ::close(std::exchange(life_line_, -1));
  for (int waited = 0; !has_ended(process_); waited += look_again_ms) {
    if (waited >= patience_to_end_ms) ::kill(-process_, SIGKILL);
    ::poll(nullptr, 0, look_again_ms);
  }
  process_ = port_ = 0;
}

void OwnServer::lost(const std::string& url) {
  const std::lock_guard lock(mutex_);
  if (!url.ends_with(":" + std::to_string(port_)) || answers(port_)) return;
  port_ = 0;
  end();
}

std::string OwnServer::url(const sdk::Call& call, std::int64_t patience_ms) {
  const std::lock_guard lock(mutex_);
  const std::int64_t until = call.now_ms() + patience_ms;
  while (port_ == 0 && !start(call, until - call.now_ms())) {
    const int port = read_port(file("freshet.port"));
    if (port != 0 && answers(port)) {
      port_ = port;
    } else if (call.now_ms() >= until) {
      throw Failure(FRESHET_E_TIMEOUT, "another process keeps a server here that does not answer",
                    folder_);
    } else {
      pause(call);
    }
  }
  return "http://127.0.0.1:" + std::to_string(port_);
}

// False where another process has it, or is about to.
bool OwnServer::start(const sdk::Call& call, std::int64_t patience_ms) {
  const std::string program = find_program(program_);
  if (program.empty())
    throw Failure(FRESHET_E_UNSUPPORTED,
                  "is not there, and no \"url\" names a server that runs: install it (pip install "
                  "chromadb), or give its absolute path as \"program\"",
                  program_);
  std::error_code problem;
  std::filesystem::create_directories(folder_, problem);
  if (problem) throw sdk::failure_of_errno(problem.value(), "cannot be made", folder_);
  const auto lock = take_lock(file("freshet.lock"));
  if (!lock) return false;
  ::unlink(file("freshet.port").c_str());
  const int port = free_port();
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    throw sdk::failure_of_errno(errno, "cannot be made", "a pipe");
  const File reading(above_five(ends[0])), held(above_five(lock->get()));
  ::close(ends[0]);
  life_line_ = ends[1];
  process_ = spawn(
      {program, "run", "--path", folder_, "--host", "127.0.0.1", "--port", std::to_string(port)},
      held.get(), reading.get(), file("chroma.log"));
  const std::int64_t until = call.now_ms() + patience_ms;
  while (!answers(port)) {
    const bool ended = has_ended(process_);
    if (ended || call.now_ms() >= until || call.cancelled()) {
      if (ended) process_ = 0, ::close(std::exchange(life_line_, -1));
      end();
      call.check();
      throw Failure(ended ? FRESHET_E_PLUGIN : FRESHET_E_TIMEOUT,
                    ended ? "ended before it answered: its own words are in chroma.log"
                          : "does not answer: its own words are in chroma.log",
                    program + " run --path " + folder_);
    }
    ::poll(nullptr, 0, look_again_ms);
  }
  write_port(file("freshet.port"), port);
  port_ = port;
  call.log(FRESHET_LOG_INFO, "started " + program + " on 127.0.0.1:" + std::to_string(port) +
                                 " with its data in " + folder_ + "; it ends with this process");
  return true;
}

}  // namespace store_chroma
