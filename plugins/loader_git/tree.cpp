#include "loader_git/tree.hpp"

#include <algorithm>

#include <freshet/sdk/path.hpp>

namespace freshet::loader_git {
namespace {

constexpr std::size_t longest_path = 4096;

// The next word of a record, which is shortened by it.
std::string_view take_word(std::string_view& rest) {
  const std::size_t end = std::min(rest.find(' '), rest.size());
  const std::string_view word = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return word;
}

File::Kind kind_of(std::string_view mode) {
  if (mode == "120000") return File::Kind::link;
  return mode == "160000" ? File::Kind::submodule : File::Kind::file;
}

// "100644 blob ID\tPATH"
File read_file(std::string_view record) {
  const std::size_t tab = std::min(record.find('\t'), record.size() - 1);
  std::string_view head = record.substr(0, tab);
  File file;
  file.kind = kind_of(take_word(head));
  (void)take_word(head);
  file.blob = take_word(head);
  file.path = record.substr(tab + 1);
  return file;
}

bool is_git_folder(std::string_view part) {
  constexpr std::string_view name = ".git";
  const bool same = part.size() == name.size() &&
                    std::equal(part.begin(), part.end(), name.begin(),
                               [](char a, char b) { return (a | 0x20) == (b | 0x20); });
  return same || part == "git~1" || part == "GIT~1";
}

// ":OLDMODE NEWMODE OLDID NEWID STATUS"; a mode of zeros: not there.
Change read_change(std::string_view record, std::string_view path) {
  record.remove_prefix(std::min<std::size_t>(1, record.size()));
  const std::string_view old_mode = take_word(record), new_mode = take_word(record);
  const std::string_view old_id = take_word(record), new_id = take_word(record);
  const auto side = [&](std::string_view mode, std::string_view id) {
    const bool there = mode != "000000";
    return File{std::string(path), there ? std::string(id) : std::string(), kind_of(mode)};
  };
  return {side(old_mode, old_id), side(new_mode, new_id)};
}

}  // namespace

void for_files(const sdk::Call& call, const Program& program, const std::string& commit,
               const std::function<bool(File)>& each) {
  program.for_records(call, {.arguments = {"ls-tree", "-r", "-z", "--full-tree", commit}},
                      [&](std::string_view record) { return each(read_file(record)); });
}

void for_changes(const sdk::Call& call, const Program& program, const std::string& from,
                 const std::string& to, const std::function<void(Change)>& each) {
  std::string head;
  program.for_records(call,
                      {.arguments = {"diff-tree", "-r", "-z", "--raw", "--no-renames", from, to}},
                      [&](std::string_view record) {
                        if (head.empty()) {
                          head = record;
                        } else {
                          each(read_change(head, record));
                          head.clear();
                        }
                        return true;
                      });
}

File find_file(const sdk::Call& call, const Program& program, const std::string& commit,
               const std::string& path) {
  File found;
  program.for_records(call, {.arguments = {"ls-tree", "-z", "--full-tree", commit, "--", path}},
                      [&](std::string_view record) {
                        File file = read_file(record);
                        if (file.path == path && record.find(" tree ") > record.find('\t'))
                          found = std::move(file);
                        return true;
                      });
  return found;
}

bool is_safe_path(std::string_view path) {
  if (path.size() > longest_path || !sdk::is_safe_path(path)) return false;
  for (;;) {
    const std::size_t end = std::min(path.find('/'), path.size());
    if (is_git_folder(path.substr(0, end))) return false;
    if (end == path.size()) return true;
    path.remove_prefix(end + 1);
  }
}

}  // namespace freshet::loader_git
