#include "loader_git/history.hpp"

#include <filesystem>

namespace freshet::loader_git {
namespace {

bool is_shallow(const Program& program) {
  return std::filesystem::exists(program.directory() + "/shallow");
}

// Reads "\1ID", the date, and the paths of a commit, the first of them after a line feed.
class Reader {
 public:
  void take(std::string_view record) {
    if (record.starts_with('\1') && is_object_id(record.substr(1))) {
      now_ = {std::string(record.substr(1)), {}};
    } else if (now_.date.empty()) {
      now_.date = record;
      first_ = true;
    } else {
      if (first_ && record.starts_with('\n')) record.remove_prefix(1);
      first_ = false;
      if (!record.empty()) found.try_emplace(std::string(record), now_);  // the newest one counts
    }
  }
  LastChanges found;

 private:
  LastChange now_;
  bool first_ = false;
};

}  // namespace

// Of a merge that is named which differs from all of its parents: what one of them had is of that one. What the last
// commit of a shallow history has is not what it changed.
LastChanges last_changes(const sdk::Call& call, const Program& program, const std::string& commit,
                         std::uint64_t depth) {
  Reader reader;
  program.for_records(
      call,
      {.arguments = {"-c", is_shallow(program) ? "log.showRoot=false" : "log.showRoot=true", "log",
                     "-z", "-c", "--name-only", "--no-renames", "--no-show-signature",
                     "--format=%x01%H%x00%cI", "--max-count=" + std::to_string(depth), commit}},
      [&](std::string_view record) {
        reader.take(record);
        return true;
      });
  return std::move(reader.found);
}

bool has_history(const sdk::Call& call, const Program& program, const std::string& commit,
                 std::uint64_t depth) {
  if (!is_shallow(program)) return true;
  const std::string most = std::to_string(depth);
  const std::string count =
      program.run(call, {.arguments = {"rev-list", "--count", "--max-count=" + most, commit}});
  return count == most + "\n";
}

}  // namespace freshet::loader_git
