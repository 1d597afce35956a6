#include "core/base/trust.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdint>
#include <filesystem>
#include <system_error>
#include <vector>

#include "core/base/descriptor.hpp"
#include "core/base/system_error.hpp"

namespace freshet::base {
namespace {

namespace fs = std::filesystem;

constexpr int most_links = 40;  // as many as the kernel follows

tl::unexpected<Error> failed(int number, const char* what, const std::string& path) {
  return fail_errno(number, what, path);
}

Status check_owner(const struct stat& found, const std::string& path, const TrustRules& rules) {
  if (rules.shared || found.st_uid == 0 || found.st_uid == ::geteuid()) return {};
  return fail(rules.code,
              fmt::format("refused: it belongs to user {}, not to root or to this user{}",
                          found.st_uid, rules.hint),
              path);
}

// Access lists count too: their mask stands in the place of the group's bits.
Status check_mode(const struct stat& found, const std::string& path, const TrustRules& rules) {
  if (rules.shared || (found.st_mode & (S_IWGRP | S_IWOTH)) == 0) return {};
  return fail(rules.code,
              fmt::format("refused: others may write it (mode {:04o}){}", found.st_mode & 07777u,
                          rules.hint),
              path);
}

Status check_file(const struct stat& found, const std::string& path, const TrustRules& rules) {
  if (S_ISLNK(found.st_mode)) return fail(rules.code, "refused: it is a symbolic link", path);
  if (!S_ISREG(found.st_mode)) return fail(rules.code, "refused: it is not a regular file", path);
  if (found.st_nlink > 1)
    return fail(rules.code,
                fmt::format("refused: it has {} names (hard links), and may have one",
                            static_cast<std::uint64_t>(found.st_nlink)),
                path);
  FRESHET_TRY(check_owner(found, path, rules));
  return check_mode(found, path, rules);
}

// Follows a path name by name, as the kernel does, and looks at everything on the way.
class Walk {
 public:
  explicit Walk(const TrustRules& rules) : rules_(rules) {}

  Result<std::string> run(const std::string& path) {
    push(path);
    FRESHET_TRY(look("/"));
    while (!left_.empty()) {
      const std::string name = std::move(left_.back());
      left_.pop_back();
      if (name == "..")
        real_ = fs::path(real_).parent_path().string();
      else
        FRESHET_TRY(look((fs::path(real_) / name).string()));
    }
    return real_;
  }

 private:
  void push(const std::string& path) {
    std::vector<std::string> names;
    for (const fs::path& name : fs::path(path))
      if (!name.empty() && name != "." && name != "/") names.push_back(name.string());
    left_.insert(left_.end(), names.rbegin(), names.rend());
    if (fs::path(path).is_absolute()) real_ = "/";
  }

  Status look(const std::string& path) {
    struct stat found {};
    if (::lstat(path.c_str(), &found) != 0) return fail(rules_.code, errno_words(errno), path);
    FRESHET_TRY(check_owner(found, path, rules_));
    if (S_ISLNK(found.st_mode)) return follow(path);  // its mode means nothing
    const bool sticky = S_ISDIR(found.st_mode) && (found.st_mode & S_ISVTX) != 0;
    if (!sticky) FRESHET_TRY(check_mode(found, path, rules_));
    real_ = path;
    return {};
  }

  Status follow(const std::string& link) {
    if (++links_ > most_links) return fail(rules_.code, errno_words(ELOOP), link);
    std::string target(PATH_MAX, '\0');
    const ssize_t size = ::readlink(link.c_str(), target.data(), target.size());
    if (size < 0) return fail(rules_.code, errno_words(errno), link);
    target.resize(static_cast<std::size_t>(size));
    push(target);
    return {};
  }

  const TrustRules& rules_;
  std::string real_ = "/";
  std::vector<std::string> left_;  // the next name last
  int links_ = 0;
};

Status check_absolute(const std::string& path, const TrustRules& rules) {
  if (fs::path(path).is_absolute()) return {};
  return fail(rules.code, "refused: not an absolute path", path);
}

bool exists(const std::string& path) {
  struct stat found {};
  return ::lstat(path.c_str(), &found) == 0;
}

}  // namespace

Result<std::string> resolve_trusted(const std::string& path, const TrustRules& rules) {
  FRESHET_TRY(check_absolute(path, rules));
  FRESHET_ASSIGN(std::string real, Walk(rules).run(path));
  // Above, a sticky directory is fine; at the end others could still add files to it.
  struct stat found {};
  if (::lstat(real.c_str(), &found) != 0) return fail(rules.code, errno_words(errno), path);
  FRESHET_TRY(check_mode(found, real, rules));
  return real;
}

Status make_trusted_directory(const std::string& path, const TrustRules& rules) {
  FRESHET_TRY(check_absolute(path, rules));
  std::vector<std::string> missing;
  fs::path at(path);
  for (; !exists(at.string()) && at.has_relative_path(); at = at.parent_path())
    if (at.has_filename() && at.filename() != ".") missing.push_back(at.string());
  FRESHET_TRY(Walk(rules).run(at.string()));
  for (auto each = missing.rbegin(); each != missing.rend(); ++each)
    if (::mkdir(each->c_str(), 0700) != 0 && errno != EEXIST)
      return failed(errno, "cannot be created", path);
  return {};
}

Status check_own_file(const std::string& path, const TrustRules& rules) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) == 0) return check_file(found, path, rules);
  if (errno == ENOENT) return {};
  return failed(errno, "cannot be examined", path);
}

Result<int> open_own_file(const std::string& path, int flags, const TrustRules& rules) {
  FRESHET_TRY(check_own_file(path, rules));
  Descriptor file(
      ::open(path.c_str(), flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0600));
  if (!file.is_open())
    return failed(errno, (flags & O_CREAT) != 0 ? "cannot be created" : "cannot be opened", path);
  struct stat found {};
  if (::fstat(file.get(), &found) != 0) return failed(errno, "cannot be examined", path);
  FRESHET_TRY(check_file(found, path, rules));
  return file.release();
}

}  // namespace freshet::base
