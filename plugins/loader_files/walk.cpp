#include "loader_files/walk.hpp"

#include <cerrno>
#include <iterator>
#include <set>

#include <freshet/sdk/path.hpp>

#include "loader_files/problem.hpp"

namespace freshet::loader_files {
namespace {

constexpr std::size_t kMaxDepth = 512;  // the stack is ours, but a path is not endless either
constexpr std::size_t kMaxNamed = 20;   // problems that are logged one by one
constexpr std::int64_t kRacyMs = 2000;  // of the coarsest file systems

// The directory to begin with; what is wrong with it is wrong with the whole source.
[[noreturn]] void fail_root(const Options& options, int error) {
  const std::string start =
      options.relative_path.empty() ? options.path : options.path + "/" + options.relative_path;
  throw sdk::Failure(status_of(error), describe(error), start);
}

class Walk {
 public:
  Walk(const sdk::Call& call, const Options& options, const sdk::ListingSink& sink)
      : call_(call), options_(options), sink_(sink), root_(options.path, options.follow_symlinks) {}

  sdk::Listing run() {
    if (!root_) fail_root(options_, root_.error());
    const Node root = root_.look_at({});
    if (root.kind == Node::Kind::directory)
      walk_tree();
    else if (root.kind == Node::Kind::file)
      take_file(root, uri_of(options_, {}));
    else
      throw sdk::Failure(FRESHET_E_INVALID_ARGUMENT, "neither a directory nor a regular file",
                         options_.path);
    if (large_ > 0)
      call_.log(FRESHET_LOG_WARNING, std::to_string(large_) +
                                         " files larger than max_file_size left out below " +
                                         options_.path);
    if (problems_ == 0) return {};
    std::string note = note_;
    if (problems_ > 1) note += "; and " + std::to_string(problems_ - 1) + " more problems";
    if (large_ > 0)
      note += "; " + std::to_string(large_) + " files larger than max_file_size left out";
    return {FRESHET_LISTING_PART, note};
  }

 private:
  // A directory on the way down: what is left of it, the next one last.
  struct Level {
    std::string path, uri;
    std::vector<Node> left;
    std::pair<std::uint64_t, std::uint64_t> id;
  };

  void walk_tree() {
    const int error = enter(options_.relative_path, root_.look_at(options_.relative_path).id);
    if (error != 0 && levels_.back().left.empty()) fail_root(options_, error);
    if (error != 0) note_problem(uri_of(options_, options_.relative_path), describe(error));
    while (!levels_.empty() && !full_) {
      Level& level = levels_.back();
      if (level.left.empty()) {
        above_.erase(level.id);
        levels_.pop_back();
        continue;
      }
      const Node node = std::move(level.left.back());
      level.left.pop_back();
      if (node.kind == Node::Kind::directory) take_directory(node, path_in(level, node));
      if (node.kind == Node::Kind::file) take_member(node, level);
    }
  }

  static std::string path_in(const Level& level, const Node& node) {
    return level.path.empty() ? node.name : level.path + "/" + node.name;
  }

  void take_directory(const Node& node, const std::string& path) {
    if (options_.excluded_directories.contains(node.name) || options_.exclude.match(path)) return;
    const auto depth =
        static_cast<std::int64_t>(levels_.size());  // of the directory below the first
    if (options_.max_depth >= 0 && depth > options_.max_depth) return;
    if (levels_.size() >= kMaxDepth)
      return note_problem(uri_of(options_, path), "directories nested more than 512 deep");
    if (const int error = enter(path, node.id); error != 0)
      note_problem(uri_of(options_, path), describe(error));
  }

  // Returns an errno where not all of the directory could be read.
  int enter(const std::string& path, std::pair<std::uint64_t, std::uint64_t> id) {
    call_.check();
    if (options_.follow_symlinks && above_.contains(id))
      return 0;  // by way of a link, below itself
    if (++directories_ > options_.max_entries) {
      full_ = true;
      return EOVERFLOW;
    }
    Names names = root_.read(path, options_.max_entries);
    above_.insert(id);
    levels_.push_back({path,
                       uri_of(options_, path),
                       {std::make_move_iterator(names.nodes.rbegin()),
                        std::make_move_iterator(names.nodes.rend())},
                       id});
    return names.error;
  }

  void take_member(const Node& node, const Level& level) {
    if (!options_.takes_name(node.name)) return;
    if (!options_.exclude.empty() || !options_.include.empty()) {
      const std::string path = path_in(level, node);
      if (options_.exclude.match(path)) return;
      if (!options_.include.empty() && !options_.include.match(path)) return;
    }
    std::string uri;
    uri.reserve(level.uri.size() + 1 + node.name.size());
    uri.append(level.uri).append("/").append(sdk::escape_path(node.name));
    take_file(node, std::move(uri));
  }

  // That it is too large is a plain fact and the operator's own rule, not a doubt about the
  // listing.
  void take_file(const Node& node, std::string uri) {
    if (node.size > options_.max_file_size) {
      if (++large_ <= kMaxNamed)
        call_.log(FRESHET_LOG_WARNING, uri + ": larger than max_file_size, left out");
      return;
    }
    if (entries_ == options_.max_entries) {
      full_ = true;
      return note_problem(uri, "more than " + std::to_string(options_.max_entries) + " files");
    }
    if (++entries_ % 256 == 0) call_.check();
    sdk::Entry entry;
    entry.uri = std::move(uri);
    entry.version = version_of(node, call_.now_ms());
    entry.last_modified_ms = node.mtime_ns / 1'000'000;
    entry.size = node.size;
    sink_(entry);
  }

  void note_problem(const std::string& uri, const std::string& what) {
    const std::string line = uri + ": " + what;
    if (problems_++ == 0) note_ = line;
    if (problems_ <= kMaxNamed)
      call_.log(FRESHET_LOG_WARNING, "the listing is not complete: " + line);
  }

  const sdk::Call& call_;
  const Options& options_;
  const sdk::ListingSink& sink_;
  const Root root_;
  std::vector<Level> levels_;
  std::set<std::pair<std::uint64_t, std::uint64_t>> above_;  // the directories in levels_
  bool full_ = false;
  std::uint64_t entries_ = 0, directories_ = 0, problems_ = 0, large_ = 0;
  std::string note_;
};

}  // namespace

std::string version_of(const Node& file, std::int64_t now_ms) {
  if (file.mtime_ns / 1'000'000 > now_ms - kRacyMs) return {};
  return "m:" + std::to_string(file.mtime_ns) + ":" + std::to_string(file.size);
}

std::string uri_of(const Options& options, const std::string& path) {
  return path.empty() ? options.uri_prefix : options.uri_prefix + "/" + sdk::escape_path(path);
}

sdk::Listing list_files(const sdk::Call& call, const Options& options,
                        const sdk::ListingSink& sink) {
  return Walk(call, options, sink).run();
}

}  // namespace freshet::loader_files
