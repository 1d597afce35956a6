#include "core/read/directory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <new>
#include <set>
#include <system_error>

#include "core/base/directory.hpp"
#include "core/base/system_error.hpp"
#include "core/base/text.hpp"
#include "core/ports/clock.hpp"
#include "core/read/file_access.hpp"

namespace freshet::read {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_problems = 1000;
constexpr int deepest = 512;  // of directories, whatever max_depth says

bool contains(const std::vector<std::string>& list, const std::string& word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

bool is_within(const fs::path& root, const fs::path& path) {
  const auto [end, rest] = std::mismatch(root.begin(), root.end(), path.begin(), path.end());
  return end == root.end();
}

std::uint64_t sections_in(const std::vector<model::Section>& sections) {
  std::uint64_t count = sections.size();
  for (const model::Section& section : sections) count += sections_in(section.children);
  return count;
}

base::Error io_error(const std::error_code& problem, const fs::path& path) {
  const int number = problem.value();
  return {base::code_of_errno(number), base::errno_words(number), path.string(), -1, 0, nullptr};
}

class Walk {
 public:
  Walk(fs::path root, const DirectoryOptions& options, const ports::Reader& reader,
       const OnDocument& on_document, const base::Cancel& cancel)
      : root_(std::move(root)),
        options_(options),
        reader_(reader),
        on_document_(on_document),
        cancel_(cancel) {}

  // Without recursion, which would take more stack than a small thread has.
  base::Result<DirectoryResult> run(const fs::path& start) {
    enter(start);
    while (!levels_.empty()) {
      Level& level = levels_.back();
      if (level.names.empty()) {
        levels_.pop_back();
        continue;
      }
      if (cancel_.requested())
        return base::fail(base::Code::cancelled, "reading was cancelled", root_.string());
      const fs::path entry = level.path / level.names.back();
      level.names.pop_back();
      FRESHET_TRY(visit(entry));
    }
    return std::move(result_);
  }

 private:
  // A directory that is being read, and what is left of it, the next one last.
  struct Level {
    fs::path path;
    std::vector<std::string> names;
  };

  void enter(const fs::path& path) {
    std::error_code problem;
    if (!visited_.insert(fs::canonical(path, problem)).second) return;  // a link led back
    std::vector<std::string> names = base::list_directory(path.string(), problem);
    if (problem) note(result_.errors, path, io_error(problem, path));
    std::reverse(names.begin(), names.end());
    levels_.push_back({path, std::move(names)});
  }

  base::Status visit(const fs::path& entry) {
    std::error_code problem;
    fs::path path = entry;
    if (fs::is_symlink(entry, problem)) {
      if (!options_.follow_symlinks) return {};
      path = fs::canonical(path, problem);
      if (problem || !is_within(root_, path)) return {};
    }
    const fs::file_status status = fs::status(path, problem);
    if (fs::is_directory(status)) descend(entry);
    if (fs::is_regular_file(status) && is_included(entry, path)) return file(entry, path);
    return {};
  }

  void descend(const fs::path& path) {
    const int depth = static_cast<int>(levels_.size()) - 1;
    if (contains(options_.excluded_directories, path.filename().string())) return;
    if (options_.max_depth >= 0 && depth >= options_.max_depth) return;
    if (depth >= deepest) {
      base::Error error;
      error.code = base::Code::limit;
      error.message = fmt::format("deeper than {} directories", deepest);
      error.subject = path.string();
      return note(result_.errors, path, std::move(error));
    }
    enter(path);
  }

  bool is_included(const fs::path& name, const fs::path& path) const {
    std::string extension = base::to_lower(name.extension().string());
    if (!extension.empty()) extension.erase(0, 1);
    if (!contains(options_.included_extensions, extension) &&
        !contains(options_.included_extensions, "*"))
      return false;
    std::error_code problem;
    const std::uintmax_t size = fs::file_size(path, problem);
    return problem || size <= options_.max_file_size;
  }

  base::Status file(const fs::path& name, const fs::path& path) {
    ++result_.total_files_found;
    auto document = read(name, path);
    if (!document) {
      const bool unsupported = document.error().code == base::Code::unsupported;
      ++(unsupported ? result_.files_skipped : result_.files_errored);
      note(unsupported ? result_.skipped : result_.errors, name, std::move(document).error());
      return {};
    }
    ++result_.files_processed;
    result_.total_sections_extracted += sections_in(document->children);
    return on_document_(*std::move(document));
  }

  base::Result<model::Document> read(const fs::path& name, const fs::path& path) const {
    FRESHET_ASSIGN(const std::string bytes, read_file(path.string(), options_.max_file_size));
    const std::string uri = file_uri(name.string());
    return reader_.read({bytes, uri, "", ""});
  }

  void note(std::vector<FileProblem>& list, const fs::path& path, base::Error error) const {
    if (list.size() < most_problems)
      list.push_back({path.lexically_relative(root_).string(), std::move(error)});
  }

  const fs::path root_;
  const DirectoryOptions& options_;
  const ports::Reader& reader_;
  const OnDocument& on_document_;
  const base::Cancel& cancel_;
  std::vector<Level> levels_;
  std::set<fs::path> visited_;
  DirectoryResult result_;
};

base::Status check_relative(const std::string& text) {
  const fs::path relative(text);
  const bool climbs = std::find(relative.begin(), relative.end(), fs::path("..")) != relative.end();
  if (relative.is_absolute() || climbs || text.find('\0') != std::string::npos)
    return base::fail(base::Code::invalid_argument,
                      "must be a path below the directory, without \"..\"", "relative_path");
  return {};
}

// The canonical directory, and the part of it that is to be read.
base::Result<fs::path> start_of(const fs::path& root, const std::string& relative) {
  FRESHET_TRY(check_relative(relative));
  std::error_code problem;
  const fs::path start = fs::canonical(relative.empty() ? root : root / relative, problem);
  if (problem == std::errc::no_such_file_or_directory)
    return base::fail(base::Code::not_found, "no such directory", (root / relative).string());
  if (problem) return base::fail(io_error(problem, root / relative));
  if (!is_within(root, start))
    return base::fail(base::Code::invalid_argument, "leads out of the directory", "relative_path");
  if (!fs::is_directory(start, problem))
    return base::fail(base::Code::invalid_argument, "not a directory", start.string());
  return start;
}

base::Result<DirectoryResult> walk(const std::string& path, const DirectoryOptions& options,
                                   const ports::Reader& reader, const OnDocument& on_document,
                                   const base::Cancel& cancel) {
  std::error_code problem;
  const fs::path root = fs::canonical(path, problem);
  if (problem == std::errc::no_such_file_or_directory)
    return base::fail(base::Code::not_found, "no such directory", path);
  if (problem) return base::fail(io_error(problem, path));
  FRESHET_ASSIGN(const fs::path start, start_of(root, options.relative_path));
  return Walk(root, options, reader, on_document, cancel).run(start);
}

}  // namespace

base::Result<DirectoryOptions> parse_directory_options(const base::Json& json,
                                                       const std::string& path) {
  DirectoryOptions options;
  if (json.is_null()) return options;
  base::ObjectReader object(json, path);
  object.texts("included_extensions", options.included_extensions);
  object.texts("excluded_directories", options.excluded_directories);
  object.text("relative_path", options.relative_path);
  object.size("max_file_size", options.max_file_size);
  object.flag("follow_symlinks", options.follow_symlinks);
  object.integer("max_depth", options.max_depth, -1, deepest);
  FRESHET_TRY(object.finish());
  for (std::string& extension : options.included_extensions) {
    extension = base::to_lower(extension);
    if (extension.starts_with(".")) extension.erase(0, 1);
  }
  if (auto status = check_relative(options.relative_path); !status) {
    base::Error error = std::move(status).error();
    error.subject = base::join_path(path, error.subject);
    return base::fail(std::move(error));
  }
  return options;
}

base::Result<DirectoryResult> read_directory(const std::string& path,
                                             const DirectoryOptions& options,
                                             const ports::Reader& reader,
                                             const OnDocument& on_document,
                                             const base::Cancel& cancel) {
  const base::Millis begin = ports::system_clock().monotonic();
  try {
    FRESHET_ASSIGN(DirectoryResult result, walk(path, options, reader, on_document, cancel));
    result.processing_time = ports::system_clock().monotonic() - begin;
    return result;
  } catch (const fs::filesystem_error& problem) {
    return base::fail(base::Code::io, problem.what(), path);
  } catch (const std::bad_alloc&) {
    return base::fail(base::Code::out_of_memory, "no memory to read it", path);
  }
}

}  // namespace freshet::read
