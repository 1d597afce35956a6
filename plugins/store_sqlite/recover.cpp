#include "recover.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <vector>

#include "own_file.hpp"

namespace store_sqlite {
namespace {

using sdk::Failure;

constexpr std::string_view magic("SQLite format 3\0", 16);
constexpr std::int64_t smallest_database = 512;  // bytes: one page of the smallest size
constexpr std::size_t application_at = 68;       // in the header of an SQLite file
constexpr std::int64_t block_size = 1 << 20;

// The bytes of a file, through SQLite: closing a descriptor of our own would drop the locks that
// other connections of this process hold.
class Bytes {
 public:
  explicit Bytes(const Options& options) : path_(options.path) {
    const int flags =
        SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW;
    check(sqlite3_open_v2(path_.c_str(), &database_, flags, nullptr));
    check(sqlite3_busy_timeout(database_, static_cast<int>(options.busy_ms)));
    check(sqlite3_file_control(database_, "main", SQLITE_FCNTL_FILE_POINTER, &file_));
    sqlite3_int64 size = 0;
    check(file_->pMethods->xFileSize(file_, &size));
    size_ = size;
  }
  ~Bytes() { sqlite3_close_v2(database_); }
  Bytes(const Bytes&) = delete;
  Bytes& operator=(const Bytes&) = delete;

  std::int64_t size() const { return size_; }
  const std::string& path() const { return path_; }

  std::string read(std::int64_t at, std::int64_t most) const {
    const std::int64_t count = std::clamp<std::int64_t>(size_ - at, 0, most);
    std::string bytes(static_cast<std::size_t>(count), '\0');
    check(file_->pMethods->xRead(file_, bytes.data(), static_cast<int>(count), at));
    return bytes;
  }

  // The first value of the first row; nothing where the file does not give one.
  struct Answer {
    int code = SQLITE_OK;
    std::string text;
  };
  Answer ask(const char* sql) const {
    Answer answer;
    const auto take = [](void* to, int columns, char** values, char**) {
      if (columns > 0 && values[0] != nullptr) static_cast<Answer*>(to)->text = values[0];
      return 0;
    };
    answer.code = sqlite3_exec(database_, sql, take, &answer, nullptr);
    return answer;
  }

  // SQLite's own way to an empty database, whatever the file holds.
  void empty() {
    check(sqlite3_db_config(database_, SQLITE_DBCONFIG_RESET_DATABASE, 1, nullptr));
    const int code = sqlite3_exec(database_, "VACUUM", nullptr, nullptr, nullptr);
    sqlite3_db_config(database_, SQLITE_DBCONFIG_RESET_DATABASE, 0, nullptr);
    check(code);
  }

 private:
  void check(int code) const {
    if (code == SQLITE_OK) return;
    const int kind = code & 0xFF;
    const bool busy = kind == SQLITE_BUSY || kind == SQLITE_LOCKED;
    throw Failure(busy                  ? FRESHET_E_BUSY
                  : kind == SQLITE_FULL ? FRESHET_E_FULL
                                        : FRESHET_E_IO,
                  busy ? "is damaged, and in use: end what has it open" : sqlite3_errstr(code),
                  path_);
  }

  const std::string path_;
  sqlite3* database_ = nullptr;
  sqlite3_file* file_ = nullptr;
  std::int64_t size_ = 0;
};

bool begins_as_ours(const Bytes& bytes) {
  const std::string head = bytes.read(0, smallest_database);
  const std::size_t common = std::min(head.size(), magic.size());
  if (head.compare(0, common, magic, 0, common) != 0) return false;
  if (bytes.size() < smallest_database) return true;  // nothing of a database is left in it
  std::uint32_t id = 0;
  for (std::size_t i = 0; i < 4; ++i)
    id = id << 8 | static_cast<unsigned char>(head[application_at + i]);
  return id == application;
}

// Texts that every file of ours holds, wherever they lie in it. A file that is all zeros was lost
// by the file system, and is nobody's.
bool holds_traces(const Bytes& bytes) {
  const std::string_view common =
      std::string_view(namespaces_table_1).substr(0, std::strlen(namespaces_table_1) - 1);
  const std::string_view traces[] = {common, words_settings[3].value};
  const std::int64_t overlap = static_cast<std::int64_t>(traces[0].size());
  bool zeros = true;
  for (std::int64_t at = 0; at < bytes.size(); at += block_size) {
    const std::string block = bytes.read(at, block_size + overlap);
    for (const std::string_view trace : traces)
      if (block.find(trace) != std::string::npos) return true;
    zeros = zeros && block.find_first_not_of('\0') == std::string::npos;
  }
  return zeros;
}

// A database that can be read says itself whose it is.
bool is_ours(const Bytes& bytes) {
  const auto table = bytes.ask(namespaces_sql);
  if (table.code == SQLITE_OK && is_namespaces_table(table.text)) return true;
  if (begins_as_ours(bytes)) return true;
  return table.code != SQLITE_OK && holds_traces(bytes);
}

void require_ours(const Bytes& bytes) {
  if (!is_ours(bytes))
    throw Failure(FRESHET_E_VERSION,
                  "is not a file of freshet's and stays as it is: name another path, or move it",
                  bytes.path());
}

[[noreturn]] void raise_errno(const std::string& path) {
  throw Failure(errno == ENOSPC || errno == EDQUOT ? FRESHET_E_FULL : FRESHET_E_IO,
                std::generic_category().message(errno), path);
}

void write_all(int file, const std::string& path, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) raise_errno(path);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

struct NewFile {
  std::string path;
  int descriptor;
};

NewFile create_beside(const std::string& path) {
  for (int n = 1;; ++n) {
    const std::string name = path + ".damaged-" + std::to_string(n);
    const int file =
        ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file >= 0) return {name, file};
    if (errno != EEXIST) raise_errno(name);
  }
}

std::string copy_beside(const Bytes& bytes) {
  const NewFile copy = create_beside(bytes.path());
  try {
    for (std::int64_t at = 0; at < bytes.size(); at += block_size)
      write_all(copy.descriptor, copy.path, bytes.read(at, block_size));
    if (::fsync(copy.descriptor) != 0) raise_errno(copy.path);
  } catch (...) {
    ::close(copy.descriptor);
    ::unlink(copy.path.c_str());
    throw;
  }
  ::close(copy.descriptor);
  return copy.path;
}

}  // namespace

void refuse_foreign(const Options& options) { require_ours(Bytes(options)); }

void recover_file(Options options, const sdk::TextSink& done) {
  options.path = make_own_file(options.path, options.allow_shared);
  Bytes bytes(options);
  require_ours(bytes);
  const std::string copy = copy_beside(bytes);
  try {
    bytes.empty();
  } catch (...) {
    ::unlink(copy.c_str());
    throw;
  }
  done(copy);
}

}  // namespace store_sqlite
