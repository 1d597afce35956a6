#include "loader_files/read.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include <freshet/sdk/path.hpp>

#include "loader_files/problem.hpp"
#include "loader_files/root.hpp"
#include "loader_files/walk.hpp"

namespace freshet::loader_files {
namespace {

constexpr int kTries = 3;
constexpr std::size_t kBlock = 1 << 20;
constexpr std::size_t kFewNames = 2;  // enough to tell that a directory is not empty

[[noreturn]] void refuse(freshet_status status, std::string why, const std::string& uri) {
  throw sdk::Failure(status, std::move(why), uri);
}

class FileFetch {
 public:
  FileFetch(const sdk::Call& call, const Options& options, const std::string& uri)
      : call_(call), options_(options), uri_(uri), root_(options.path, options.follow_symlinks) {}

  void run(const std::optional<std::string>& known_version, const sdk::FetchSink& sink) {
    path_ = path_of();
    if (!root_ && !(path_.empty() && root_.error() == ENOENT))
      refuse(status_of(root_.error()), describe(root_.error()), options_.path);
    for (int tried = 0; tried < kTries; ++tried) {
      call_.check();
      const Fd file = root_ ? open() : Fd();
      if (!file) return report_missing(root_ ? file.error() : root_.error(), sink);
      const struct stat before = look(file);
      const Node node = check(before);
      const std::string version = version_of(node, call_.now_ms());
      if (known_version && !version.empty() && *known_version == version)
        return sink.not_modified();
      const std::string bytes = read(file, node.size);
      if (!same(before, look(file)) || bytes.size() != static_cast<std::size_t>(node.size))
        continue;
      sdk::Content content;
      content.bytes = bytes;
      content.version = version;
      return sink.content(content);
    }
    throw sdk::Failure(FRESHET_E_BUSY, "changes while it is read", uri_, 1000);
  }

 private:
  // Below the root; "" is the root itself, where that is one file.
  std::string path_of() const {
    const std::string_view uri = uri_;
    if (uri == options_.uri_prefix && root_.look_at({}).kind != Node::Kind::directory) return {};
    if (uri.starts_with(options_.uri_prefix + "/"))
      if (std::optional<std::string> path =
              sdk::unescape_path(uri.substr(options_.uri_prefix.size() + 1)))
        return *path;
    refuse(FRESHET_E_INVALID_ARGUMENT, "not a file of this source", uri_);
  }

  Fd open() const {
    return path_.empty() ? Fd(::open(options_.path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK))
                         : root_.open(path_, O_RDONLY);
  }

  struct stat look(const Fd& file) const {
    struct stat found {};
    if (::fstat(file.get(), &found) != 0) refuse(FRESHET_E_IO, describe(errno), uri_);
    return found;
  }

  Node check(const struct stat& found) const {
    const Node node = node_of({}, found);
    if (node.kind != Node::Kind::file) refuse(FRESHET_E_UNSUPPORTED, "not a regular file", uri_);
    if (node.size > options_.max_file_size)
      refuse(FRESHET_E_LIMIT, "larger than max_file_size", uri_);
    return node;
  }

  // One byte more than there should be shows that it has grown.
  std::string read(const Fd& file, std::int64_t size) const {
    std::string bytes(static_cast<std::size_t>(size) + 1, '\0');
    std::size_t filled = 0;
    while (filled < bytes.size()) {
      call_.check();
      const ssize_t got =
          ::read(file.get(), bytes.data() + filled, std::min(kBlock, bytes.size() - filled));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) refuse(FRESHET_E_IO, describe(errno), uri_);
      if (got == 0) break;
      filled += static_cast<std::size_t>(got);
    }
    bytes.resize(filled);
    return bytes;
  }

  static bool same(const struct stat& a, const struct stat& b) {
    return a.st_size == b.st_size && a.st_mtim.tv_sec == b.st_mtim.tv_sec &&
           a.st_mtim.tv_nsec == b.st_mtim.tv_nsec && a.st_ctim.tv_sec == b.st_ctim.tv_sec &&
           a.st_ctim.tv_nsec == b.st_ctim.tv_nsec;
  }

  void report_missing(int error, const sdk::FetchSink& sink) const {
    if (error == ENXIO) refuse(FRESHET_E_UNSUPPORTED, "not a regular file", uri_);
    if (error != ENOENT && error != ENOTDIR) refuse(status_of(error), describe(error), uri_);
    sink.gone(neighbours_remain());
  }

  // A file system that is not mounted leaves an empty directory behind, or none at all. So a file
  // is gone for good only where the directory that held it still holds something else.
  bool neighbours_remain() const {
    if (path_.empty()) return false;
    const std::size_t slash = path_.rfind('/');
    const std::string parent = slash == std::string::npos ? std::string() : path_.substr(0, slash);
    return !root_.read(parent, kFewNames).nodes.empty();
  }

  const sdk::Call& call_;
  const Options& options_;
  const std::string& uri_;
  const Root root_;
  std::string path_;
};

}  // namespace

void fetch_file(const sdk::Call& call, const Options& options, const std::string& uri,
                const std::optional<std::string>& known_version, const sdk::FetchSink& sink) {
  FileFetch(call, options, uri).run(known_version, sink);
}

}  // namespace freshet::loader_files
