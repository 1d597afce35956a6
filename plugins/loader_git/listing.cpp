#include "loader_git/listing.hpp"

namespace freshet::loader_git {

bool Lister::is_taken(const File& file, bool count) {
  if (file.blob.empty() || !options_.takes(file.path)) return false;
  const char* why = nullptr;
  if (file.kind == File::Kind::link) why = "symbolic links, which are not followed";
  if (file.kind == File::Kind::submodule) {
    if (options_.submodules) return false;  // a module of its own
    why = "submodules";
  }
  if (!is_safe_path(file.path)) why = "paths that are too long or lead elsewhere";
  if (why == nullptr) return true;
  if (count) ++left_out_[why];
  return false;
}

void Lister::tell(const Module& module, const File& file) {
  sdk::Entry entry;
  entry.uri = names_.uri_of(file.path);
  entry.version = entry.handle = file.blob;
  entry.title = names_.title_of(file.path);
  entry.metadata = names_.metadata_of(module, file.path);
  sink_(entry);
}

void Lister::log_left_out() const {
  for (const auto& [why, count] : left_out_)
    call_.log(FRESHET_LOG_INFO,
              options_.address.remote + ": left out " + std::to_string(count) + " " + why);
}

bool Lister::list_module(const Module& module) {
  if (!module.mirror) return true;
  for_files(call_, module.mirror->program(), module.commit, [&](File file) {
    if (++seen_ > options_.max_entries) return false;
    file.path = module.outside(file.path);
    if (is_taken(file, true)) tell(module, file);
    return true;
  });
  return seen_ <= options_.max_entries;
}

std::string Lister::failures() const {
  std::string all;
  for (const Module& module : modules_)
    if (module.failure)
      all += (all.empty() ? "submodule " : "; submodule ") + module.path + ": " +
             module.failure->message +
             (module.failure->subject.empty() ? "" : " (" + module.failure->subject + ")");
  return all;
}

sdk::Listing Lister::list_all() {
  bool all = true;
  for (const Module& module : modules_) all = all && list_module(module);
  log_left_out();
  if (!all)
    return {FRESHET_LISTING_PART,
            "the commit has more than " + std::to_string(options_.max_entries) + " files"};
  if (std::string why = failures(); !why.empty()) return {FRESHET_LISTING_PART, std::move(why)};
  return {};
}

sdk::Listing Lister::list_changes(const std::string& from) {
  const Module& module = modules_.front();
  for_changes(call_, module.mirror->program(), from, module.commit, [&](const Change& change) {
    if (is_taken(change.after, true))
      tell(module, change.after);
    else if (is_taken(change.before, false))
      sink_.gone(names_.uri_of(change.before.path));
  });
  log_left_out();
  return {FRESHET_LISTING_CHANGES, {}};
}

}  // namespace freshet::loader_git
