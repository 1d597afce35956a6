// tests/plugins/loader_files/tree.hpp - a directory of files for one test, removed behind it.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

namespace freshet::test {

class Tree {
 public:
  Tree() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "freshet-files-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
    root_ = std::filesystem::canonical(pattern);
    std::filesystem::permissions(root_, std::filesystem::perms(0755));
  }
  ~Tree() {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }
  Tree(const Tree&) = delete;
  Tree& operator=(const Tree&) = delete;

  std::string path(const std::string& name = {}) const {
    return name.empty() ? root_.string() : (root_ / name).string();
  }
  std::string uri(const std::string& name) const { return "file://" + path(name); }

  // Written an hour before the fake host's now, unless told otherwise.
  void write(const std::string& name, const std::string& text = "text",
             std::int64_t mtime_ms = kOld) const {
    std::filesystem::create_directories((root_ / name).parent_path());
    std::ofstream(path(name), std::ios::binary) << text;
    touch(name, mtime_ms);
  }
  void touch(const std::string& name, std::int64_t mtime_ms) const {
    const struct timespec at { mtime_ms / 1000, mtime_ms % 1000 * 1'000'000 };
    const struct timespec times[2] = {at, at};
    if (::utimensat(AT_FDCWD, path(name).c_str(), times, 0) != 0)
      throw std::runtime_error("utimensat failed");
  }
  void link(const std::string& target, const std::string& name) const {
    std::filesystem::create_directories((root_ / name).parent_path());
    std::filesystem::create_symlink(target, root_ / name);
  }
  void remove(const std::string& name) const { std::filesystem::remove_all(root_ / name); }
  void rename(const std::string& from, const std::string& to) const {
    std::filesystem::rename(root_ / from, root_ / to);
  }

  static constexpr std::int64_t kNow = 1'795'190'400'000;
  static constexpr std::int64_t kOld = kNow - 3'600'000;

 private:
  std::filesystem::path root_;
};

}  // namespace freshet::test
