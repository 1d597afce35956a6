#include "cli/model_source.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <filesystem>
#include <freshet/freshet.hpp>
#include <memory>
#include <set>
#include <string_view>
#include <vector>

#include "cli/interrupt.hpp"

namespace freshet::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t block_bytes = 64 << 10;
constexpr int deepest = 4;                     // folders around a model, in a package
constexpr std::size_t most_entries = 100'000;  // of an archive or a folder
constexpr std::string_view config_file = "config.json", tokenizer_file = "tokenizer.json",
                           weights_file = "model.safetensors";
constexpr const char* no_model =
    "has no model: config.json, tokenizer.json and model.safetensors in one folder";

[[noreturn]] void refuse(const std::string& where, const std::string& why) {
  throw Error(FRESHET_E_INVALID_ARGUMENT, why, where);
}

bool leaves_its_folder(const std::string& name) {
  const fs::path path(name);
  return std::find(path.begin(), path.end(), "..") != path.end();
}

// One way through a folder or an archive, file by file.
class Files {
 public:
  explicit Files(const std::string& where) : where_(where), folder_(fs::is_directory(where)) {
    handle_.reset(folder_ ? archive_read_disk_new() : archive_read_new());
    if (!handle_) throw std::bad_alloc();
    if (folder_) {
      archive_read_disk_set_symlink_logical(handle_.get());  // a cache of models is made of links
      check(archive_read_disk_open(handle_.get(), where.c_str()));
    } else {
      archive_read_support_format_zip(handle_.get());
      archive_read_support_format_tar(handle_.get());
      archive_read_support_filter_all(handle_.get());
      check(archive_read_open_filename(handle_.get(), where.c_str(), block_bytes));
    }
  }

  // The name of the next file below `where`; "" where there is no more.
  std::string next() {
    archive_entry* entry = nullptr;
    for (;;) {
      if (interrupted()) throw Error(FRESHET_E_CANCELLED, "was interrupted", where_);
      const int found = archive_read_next_header(handle_.get(), &entry);
      if (found == ARCHIVE_EOF) return "";
      check(found);
      if (++entries_ > most_entries) refuse(where_, "has more than 100000 files");
      const std::string name = name_of(entry);
      if (leaves_its_folder(name)) refuse(where_, "has a file that would lie outside: " + name);
      if (archive_entry_filetype(entry) == AE_IFREG && archive_entry_hardlink(entry) == nullptr)
        return name;
      if (folder_ && std::count(name.begin(), name.end(), '/') < deepest)
        check(archive_read_disk_descend(handle_.get()));
    }
  }

  // Hands over the content of the file that next() named.
  void read(const std::function<void(std::span<const std::byte>)>& take) {
    std::vector<std::byte> bytes(block_bytes);
    for (la_ssize_t size = 1; size > 0;) {
      if (interrupted()) throw Error(FRESHET_E_CANCELLED, "was interrupted", where_);
      size = archive_read_data(handle_.get(), bytes.data(), bytes.size());
      if (size < 0) check(static_cast<int>(size));
      take({bytes.data(), static_cast<std::size_t>(size)});
    }
  }

 private:
  std::string name_of(archive_entry* entry) const {
    const char* path = archive_entry_pathname_utf8(entry);
    if (path == nullptr) path = archive_entry_pathname(entry);
    if (path == nullptr) return "";
    return folder_ ? fs::path(path).lexically_relative(where_).string()
                   : fs::path(path).lexically_normal().string();
  }

  void check(int result) const {
    if (result == ARCHIVE_OK || result == ARCHIVE_WARN) return;
    const char* why = archive_error_string(handle_.get());
    const std::string said = why != nullptr ? why : "no reason given";
    throw Error(folder_ ? FRESHET_E_IO : FRESHET_E_PARSE,
                (folder_ ? "cannot be read: " : "is no archive that can be read: ") + said, where_);
  }

  struct Free {
    void operator()(archive* handle) const { archive_read_free(handle); }
  };
  std::string where_;
  bool folder_;
  std::size_t entries_ = 0;
  std::unique_ptr<archive, Free> handle_;
};

// The folder within `where` that a model is, with a slash behind it; "" for `where` itself.
std::string find_model(const std::string& where) {
  std::set<std::string> names;
  Files files(where);
  for (std::string name = files.next(); !name.empty(); name = files.next())
    names.insert(std::move(name));
  std::vector<std::string> found;
  for (const std::string& name : names) {
    if (!name.ends_with(config_file)) continue;
    const std::string folder = name.substr(0, name.size() - config_file.size());
    if (!folder.empty() && folder.back() != '/') continue;
    if (names.contains(folder + std::string(tokenizer_file))) found.push_back(folder);
  }
  if (found.empty()) refuse(where, no_model);
  if (found.size() > 1)
    refuse(where, "has more than one model: \"" + found[0] + "\" and \"" + found[1] + "\"");
  check_model_files(where, names, found[0]);
  return found[0];
}

}  // namespace

void check_model_files(const std::string& where, const std::set<std::string>& names,
                       const std::string& folder) {
  const auto has = [&](std::string_view file) {
    return names.contains(folder + std::string(file));
  };
  if (!has(config_file) || !has(tokenizer_file)) refuse(where, no_model);
  if (!has(weights_file))
    refuse(where, "has a model without model.safetensors; no other form of weights is read");
}

bool belongs_to_model(const std::string& name) {
  if (leaves_its_folder(name)) return false;
  const std::size_t slash = name.find('/');
  if (slash != std::string::npos) return name.substr(slash + 1) == config_file;
  const auto is = [&](std::string_view end) { return name.ends_with(end); };
  return name == weights_file || is(".json") || is(".txt") || is(".md") ||
         name.starts_with("LICENSE") || name.starts_with("NOTICE");
}

void read_model(const std::string& where, const TakeBytes& take) {
  std::error_code none;
  if (!fs::exists(where, none))
    throw Error(FRESHET_E_NOT_FOUND,
                "is no folder and no archive, and no OWNER/NAME as Hugging Face has them", where);
  const std::string folder = find_model(where);
  std::uint64_t bytes = 0;
  Files files(where);
  for (std::string name = files.next(); !name.empty(); name = files.next()) {
    if (!name.starts_with(folder) || !belongs_to_model(name.substr(folder.size()))) continue;
    files.read([&](std::span<const std::byte> part) {
      bytes += part.size();
      if (bytes > most_model_bytes) refuse(where, "has a model of more than 16 GiB");
      take(name.substr(folder.size()), part);
    });
  }
}

}  // namespace freshet::cli
