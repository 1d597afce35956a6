#include "own_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <optional>
#include <sstream>
#include <system_error>
#include <vector>

#include <freshet/sdk/call.hpp>
#include <freshet/sdk/errno.hpp>

namespace store_sqlite {
namespace {

namespace fs = std::filesystem;
using freshet::sdk::Failure;

constexpr const char* hint = "; the option allow_shared permits it";

[[noreturn]] void raise(int number, const std::string& path) {
  Failure failure = freshet::sdk::failure_of_errno(number, "cannot be opened", path);
  if (failure.status == FRESHET_E_NOT_FOUND) failure.status = FRESHET_E_IO;  // that is a namespace
  throw failure;
}

[[noreturn]] void refuse_file(const std::string& why, const std::string& path) {
  throw Failure(FRESHET_E_DENIED, "refused: " + why, path);
}

std::string octal(mode_t mode) {
  std::ostringstream text;
  text << '0' << std::oct << (mode & 07777u);
  return text.str();
}

std::optional<struct stat> look_at(const std::string& path) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) == 0) return found;
  if (errno == ENOENT) return std::nullopt;
  raise(errno, path);
}

void check_owner(const struct stat& found, const std::string& path) {
  if (found.st_uid != 0 && found.st_uid != ::geteuid())
    refuse_file("it belongs to user " + std::to_string(found.st_uid) +
                    ", not to root or to this user" + hint,
                path);
}

void check_mode(const struct stat& found, const std::string& path) {
  if ((found.st_mode & (S_IWGRP | S_IWOTH)) != 0)
    refuse_file("others may write it (mode " + octal(found.st_mode) + ")" + hint, path);
}

void check_file(const std::string& path, bool allow_shared) {
  const auto found = look_at(path);
  if (!found) return;
  if (S_ISLNK(found->st_mode)) refuse_file("it is a symbolic link", path);
  if (S_ISDIR(found->st_mode)) throw Failure(FRESHET_E_IO, "is a directory", path);
  if (!S_ISREG(found->st_mode))
    throw Failure(FRESHET_E_INVALID_ARGUMENT, "not a regular file", path);
  if (found->st_nlink > 1)
    refuse_file(
        "it has " + std::to_string(found->st_nlink) + " names (hard links), and may have one",
        path);
  if (allow_shared) return;
  check_owner(*found, path);
  check_mode(*found, path);
}

// A directory above that is sticky, as /tmp is, keeps others from renaming what is not theirs; in
// the file's own they could still add files beside it.
void check_directories(const fs::path& own) {
  for (fs::path at = own;; at = at.parent_path()) {
    const auto found = look_at(at.string());
    if (!found) raise(ENOENT, at.string());
    check_owner(*found, at.string());
    if (at == own || (found->st_mode & S_ISVTX) == 0) check_mode(*found, at.string());
    if (!at.has_relative_path()) return;
  }
}

void make_directories(const fs::path& wanted) {
  std::vector<fs::path> missing;
  std::error_code problem;
  for (fs::path at = wanted; at.has_relative_path() && !fs::exists(at, problem);
       at = at.parent_path())
    missing.push_back(at);
  for (auto each = missing.rbegin(); each != missing.rend(); ++each)
    if (::mkdir(each->c_str(), 0700) != 0 && errno != EEXIST) raise(errno, each->string());
}

// SQLite would make it readable for all; the -wal and -shm beside it take its mode. A file that is
// there is not opened here: closing it again would drop the locks that SQLite holds on it elsewhere
// in this process.
void make_file(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0 && errno != EEXIST) raise(errno, path);
  if (file >= 0) ::close(file);
}

}  // namespace

std::string make_own_file(const std::string& path, bool allow_shared) {
  std::error_code problem;
  const fs::path whole = fs::absolute(path, problem);
  const fs::path above = whole.parent_path();
  make_directories(above);
  const fs::path directory = fs::canonical(above, problem);
  if (problem) raise(problem.value(), path);
  const std::string real = (directory / whole.filename()).string();
  for (const char* suffix : {"", "-wal", "-shm", "-journal"})
    check_file(real + suffix, allow_shared);
  if (!allow_shared) check_directories(directory);
  make_file(real);
  check_file(real, allow_shared);
  return real;
}

}  // namespace store_sqlite
