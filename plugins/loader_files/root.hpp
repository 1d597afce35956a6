// loader_files/root.hpp - a directory that nothing leads out of.
//
// Everything below it is opened with openat2() relative to its descriptor: the kernel itself
// refuses
// "..", absolute paths and symbolic links that lead out, also while the tree changes underneath.
// Each opening is new, so a root that was unmounted, replaced or mounted again is seen as it is.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace freshet::loader_files {

// A file descriptor, or the errno of why there is none.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd);  // below 0: errno is kept
  ~Fd();
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)), error_(other.error_) {}
  Fd& operator=(Fd&& other) noexcept;

  int get() const { return fd_; }
  int error() const { return error_; }
  explicit operator bool() const { return fd_ >= 0; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_ = -1;
  int error_ = 0;
};

// One name in a directory. Whatever a link leads to is told of, where links are followed.
struct Node {
  enum class Kind { file, directory, link, other };
  std::string name;
  Kind kind = Kind::other;
  std::int64_t size = 0;
  std::int64_t mtime_ns = 0;
  std::pair<std::uint64_t, std::uint64_t> id;  // device and inode
};

Node node_of(std::string name, const struct stat& found);

// What a directory holds, in byte order of the names; not all of it where `error` is an errno.
struct Names {
  std::vector<Node> nodes;
  int error = 0;
};

class Root {
 public:
  Root(const std::string& path, bool follow_symlinks);

  explicit operator bool() const { return static_cast<bool>(root_); }
  int error() const { return root_.error(); }
  // What is at `path`; where it cannot be told, of kind other, and errno says why.
  Node look_at(const std::string& path) const;

  // `path` is relative; "" is the root itself, where that is a directory. Never blocks on a FIFO.
  Fd open(const std::string& path, int flags) const;

  // At most `most` names; with more, the error is EOVERFLOW.
  Names read(const std::string& path, std::size_t most) const;

 private:
  Node look(int directory, const std::string& path, const std::string& name, int& error) const;
  Fd root_;
  bool follow_;
};

}  // namespace freshet::loader_files
