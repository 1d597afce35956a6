#include "loader_git/listing.hpp"

namespace freshet::loader_git {

bool Lister::is_taken(const File& file, bool count) {
  if (file.blob.empty() || !options_.takes(file.path)) return false;
  const char* why = nullptr;
  if (file.kind == File::Kind::link) why = "symbolic links, which are not followed";
  if (file.kind == File::Kind::submodule) why = "submodules";
  if (!is_safe_path(file.path)) why = "paths that are too long or lead elsewhere";
  if (why == nullptr) return true;
  if (count) ++left_out_[why];
  return false;
}

void Lister::tell(const File& file) {
  sdk::Entry entry;
  entry.uri = names_.uri_of(file.path);
  entry.version = entry.handle = file.blob;
  entry.title = names_.title_of(file.path);
  entry.metadata = names_.metadata_of(file.path);
  sink_(entry);
}

void Lister::log_left_out() const {
  for (const auto& [why, count] : left_out_)
    call_.log(FRESHET_LOG_INFO,
              options_.address.remote + ": left out " + std::to_string(count) + " " + why);
}

sdk::Listing Lister::list_all(const std::string& commit) {
  std::uint64_t seen = 0;
  for_files(call_, program_, commit, [&](const File& file) {
    if (++seen > options_.max_entries) return false;
    if (is_taken(file, true)) tell(file);
    return true;
  });
  log_left_out();
  if (seen <= options_.max_entries) return {};
  return {FRESHET_LISTING_PART,
          "the commit has more than " + std::to_string(options_.max_entries) + " files"};
}

sdk::Listing Lister::list_changes(const std::string& from, const std::string& to) {
  for_changes(call_, program_, from, to, [&](const Change& change) {
    if (is_taken(change.after, true))
      tell(change.after);
    else if (is_taken(change.before, false))
      sink_.gone(names_.uri_of(change.before.path));
  });
  log_left_out();
  return {FRESHET_LISTING_CHANGES, {}};
}

}  // namespace freshet::loader_git
