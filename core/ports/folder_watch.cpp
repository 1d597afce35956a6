#include "core/ports/folder_watch.hpp"

#ifdef __linux__

#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <map>
#include <set>

#include "core/base/descriptor.hpp"
#include "core/base/directory.hpp"
#include "core/base/system_error.hpp"

namespace freshet::ports {
namespace {

constexpr std::uint32_t of_interest = IN_CLOSE_WRITE | IN_MODIFY | IN_ATTRIB | IN_CREATE |
                                      IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE_SELF |
                                      IN_MOVE_SELF | IN_ONLYDIR | IN_DONT_FOLLOW | IN_EXCL_UNLINK;

bool is_directory(const std::string& path) {
  struct stat found {};
  return ::stat(path.c_str(), &found) == 0 && S_ISDIR(found.st_mode);
}

// Whether `path` is `top`, or below it.
bool is_below(const std::string& path, const std::string& top) {
  return path.starts_with(top) && (path.size() == top.size() || path[top.size()] == '/');
}

class Inotify : public FolderWatch {
 public:
  base::Status watch(std::vector<std::string> folders) override;
  FolderChanges look() override;

 private:
  // What is asked for; a file is watched by the directory that it lies in.
  struct Folder {
    std::string directory, file;
    bool seen = false;   // its directory is watched
    bool blind = false;  // that was told
  };
  struct Place {
    std::string path;
    std::set<std::size_t> folders;
  };

  void add_all();
  base::Status add(std::size_t folder, const std::string& directory);
  void forget_below(const std::string& path);
  void read_events();
  void take(const inotify_event& event);
  void mark(const Place& place, const std::string& name);

  base::Descriptor descriptor_;
  std::vector<Folder> folders_;
  std::map<int, Place> places_;
  std::set<std::size_t> changed_;
  std::vector<std::pair<std::size_t, base::Error>> blind_;
};

base::Status Inotify::watch(std::vector<std::string> folders) {
  const int made = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (made < 0) return base::fail_errno(errno, "folders cannot be watched", "inotify");
  descriptor_ = base::Descriptor(made);
  places_.clear();
  folders_.clear();
  changed_.clear();
  for (std::string& path : folders) {
    while (path.size() > 1 && path.back() == '/') path.pop_back();
    const std::filesystem::path whole(path);
    const bool file = std::filesystem::is_regular_file(whole);
    folders_.push_back({file ? whole.parent_path().string() : path,
                        file ? whole.filename().string() : std::string()});
  }
  add_all();
  changed_.clear();
  return {};
}

// Those that are not watched yet. One that comes late has changed.
void Inotify::add_all() {
  for (std::size_t i = 0; i < folders_.size(); ++i) {
    Folder& folder = folders_[i];
    if (folder.seen || !is_directory(folder.directory)) continue;
    base::Status added = add(i, folder.directory);
    changed_.insert(i);
    if (!added && !folder.blind) blind_.emplace_back(i, std::move(added).error());
    folder.blind = !added;
    folder.seen = added.has_value();
  }
}

// A directory before what is in it: what is made meanwhile is told, or found.
base::Status Inotify::add(std::size_t folder, const std::string& directory) {
  const int number = ::inotify_add_watch(descriptor_.get(), directory.c_str(),
                                         directory == folders_[folder].directory
                                             ? of_interest & ~std::uint32_t{IN_DONT_FOLLOW}
                                             : of_interest);
  if (number < 0) {
    if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP) return {};  // gone again, or a link
    if (errno == ENOSPC)
      return base::fail(base::Code::limit,
                        "there are no more watches for it: raise fs.inotify.max_user_watches",
                        directory);
    return base::fail_errno(errno, "cannot be watched", directory);
  }
  Place& place = places_[number];
  place.path = directory;
  place.folders.insert(folder);
  if (!folders_[folder].file.empty()) return {};
  std::error_code unread;  // then it is watched as far as it can be
  for (const std::string& name : base::list_directory(directory, unread)) {
    const std::string below = directory + "/" + name;
    struct stat found {};
    if (::lstat(below.c_str(), &found) == 0 && S_ISDIR(found.st_mode))
      FRESHET_TRY(add(folder, below));
  }
  return {};
}

void Inotify::forget_below(const std::string& path) {
  for (auto place = places_.begin(); place != places_.end();) {
    if (!is_below(place->second.path, path)) {
      ++place;
      continue;
    }
    for (const std::size_t folder : place->second.folders)
      if (place->second.path == folders_[folder].directory) folders_[folder].seen = false;
    ::inotify_rm_watch(descriptor_.get(), place->first);
    place = places_.erase(place);
  }
}

void Inotify::mark(const Place& place, const std::string& name) {
  for (const std::size_t folder : place.folders)
    if (folders_[folder].file.empty() || folders_[folder].file == name) changed_.insert(folder);
}

void Inotify::take(const inotify_event& event) {
  if ((event.mask & IN_Q_OVERFLOW) != 0) {  // what is not known is looked for
    for (std::size_t i = 0; i < folders_.size(); ++i) folders_[i].seen = false;
    return;
  }
  const auto found = places_.find(event.wd);
  if (found == places_.end()) return;
  const Place place = found->second;
  const std::string name = event.len > 0 ? event.name : "";
  mark(place, name);
  if ((event.mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED | IN_UNMOUNT)) != 0) {
    const bool top = std::any_of(place.folders.begin(), place.folders.end(), [&](std::size_t each) {
      return folders_[each].directory == place.path;
    });
    // One that moved within the folder has been told by its parents.
    if (top || (event.mask & IN_MOVE_SELF) == 0) forget_below(place.path);
    return;
  }
  if ((event.mask & IN_ISDIR) == 0) return;
  const std::string path = place.path + "/" + name;
  if ((event.mask & IN_MOVED_FROM) != 0) forget_below(path);
  if ((event.mask & (IN_CREATE | IN_MOVED_TO)) == 0) return;
  for (const std::size_t folder : place.folders) {
    if (!folders_[folder].file.empty()) continue;
    base::Status added = add(folder, path);
    if (!added && !folders_[folder].blind) blind_.emplace_back(folder, std::move(added).error());
    folders_[folder].blind |= !added;
  }
}

void Inotify::read_events() {
  alignas(inotify_event) char buffer[1 << 14];
  for (;;) {
    const ssize_t got = ::read(descriptor_.get(), buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return;
    for (ssize_t at = 0; at < got;) {
      const auto* event = reinterpret_cast<const inotify_event*>(buffer + at);
      take(*event);
      at += static_cast<ssize_t>(sizeof *event) + event->len;
    }
  }
}

FolderChanges Inotify::look() {
  read_events();
  add_all();
  FolderChanges changes;
  changes.changed.assign(changed_.begin(), changed_.end());
  changes.blind = std::move(blind_);
  changed_.clear();
  blind_.clear();
  return changes;
}

}  // namespace

base::Result<std::unique_ptr<FolderWatch>> make_folder_watch() {
  return std::make_unique<Inotify>();
}

}  // namespace freshet::ports

#else

namespace freshet::ports {

base::Result<std::unique_ptr<FolderWatch>> make_folder_watch() {
  return base::fail(base::Code::unsupported,
                    "this system has no inotify: give the source a schedule instead", "watch");
}

}  // namespace freshet::ports

#endif
