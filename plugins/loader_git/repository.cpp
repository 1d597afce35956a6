#include "loader_git/repository.hpp"

#include <algorithm>
#include <map>

#include "loader_git/listing.hpp"
#include "loader_git/submodules.hpp"

namespace freshet::loader_git {
namespace {

// What a listing leaves for the next one.
std::string state_of(const Head& head) {
  return nlohmann::json{{"commit", head.commit}, {"ref", head.ref}}.dump();
}

// The commit of the last listing; empty: none that can be read.
std::string commit_of(std::string_view state) {
  const auto json = nlohmann::json::parse(state, nullptr, false);
  if (!json.is_object() || !json.contains("commit") || !json["commit"].is_string()) return {};
  const auto commit = json["commit"].get<std::string>();
  return is_object_id(commit) ? commit : std::string();
}

bool any_failed(const std::vector<Module>& modules) {
  return std::any_of(modules.begin(), modules.end(),
                     [](const Module& module) { return module.failure.has_value(); });
}

bool is_lfs_pointer(std::string_view bytes) {
  return bytes.size() < 1024 && bytes.starts_with("version https://git-lfs.github.com/spec/");
}

// Formats that readers know and that are not text.
bool may_be_binary(std::string_view path) {
  for (const std::string_view end :
       {".pdf", ".docx", ".doc", ".pptx", ".xlsx", ".odt", ".ods", ".odp", ".epub", ".rtf"})
    if (path.ends_with(end)) return true;
  return false;
}

// As git itself has it: text has no NUL among its first bytes. UTF-16 says so by its mark.
bool is_text(std::string_view bytes) {
  if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) return true;
  return bytes.substr(0, 8000).find('\0') == std::string_view::npos;
}

void check_content(std::string_view bytes, const std::string& path, const std::string& uri) {
  if (is_lfs_pointer(bytes))
    throw sdk::Failure(FRESHET_E_UNSUPPORTED,
                       "a pointer of git lfs, whose content is not in the repository", uri);
  if (!may_be_binary(path) && !is_text(bytes))
    throw sdk::Failure(FRESHET_E_UNSUPPORTED,
                       "not a text: exclude it, or name its extension in "
                       "excluded_extensions",
                       uri);
}

}  // namespace

Repository::Session Repository::session(const sdk::Call& call) {
  const std::lock_guard lock(opening_);
  if (session_.head.commit.empty()) session_.head = ask_head(call, options_, options_.address);
  return session_;
}

Repository::Session Repository::with_trees(const sdk::Call& call) {
  (void)session(call);
  const std::lock_guard lock(opening_);
  if (!session_.modules)
    session_.modules = std::make_shared<const std::vector<Module>>(
        open_modules(call, options_, session_.head.commit));
  return session_;
}

void Repository::mark_listed() {
  const std::lock_guard lock(opening_);
  session_.listed = true;
}

sdk::Listing Repository::list(const sdk::Call& call, const sdk::ListingRequest& request,
                              const sdk::ListingSink& sink) {
  const std::string before = request.state ? commit_of(*request.state) : std::string();
  Session now = session(call);
  mark_listed();
  if (before == now.head.commit) return {FRESHET_LISTING_UNCHANGED, {}};
  now = with_trees(call);
  Lister lister(call, options_, names_, *now.modules, sink);
  const bool may_compare = !before.empty() && same_submodules(call, now, before);
  const sdk::Listing listing = may_compare ? lister.list_changes(before) : lister.list_all();
  sink.state(state_of(now.head));
  return listing;
}

// Is the tree of the commit here, and are its submodules those of now, all of which are here?
bool Repository::same_submodules(const sdk::Call& call, const Session& now,
                                 const std::string& before) const {
  const Mirror& mirror = *now.modules->front().mirror;
  if (!mirror.has_tree(call, before) || any_failed(*now.modules)) return false;
  return !options_.submodules ||
         !submodules_differ(call, mirror.program(), before, now.head.commit);
}

// A handle is of the commit that was listed; without a listing in this run the tree is asked.
std::string Repository::blob_of(const sdk::Call& call, const sdk::Entry& entry,
                                const std::string& path, Session& session) {
  if (session.listed && is_object_id(entry.handle)) return entry.handle;
  session = with_trees(call);
  const Module& module = module_of(*session.modules, path);
  if (module.failure) throw sdk::Failure(*module.failure);
  const File file = find_file(call, module.mirror->program(), module.commit, module.inside(path));
  if (file.kind != File::Kind::file)
    throw sdk::Failure(FRESHET_E_UNSUPPORTED, "is no regular file", entry.uri);
  return file.blob;
}

void Repository::fetch(const sdk::Call& call, const sdk::Entry& entry,
                       const std::optional<std::string>& known_version,
                       const sdk::FetchSink& sink) {
  const auto path = names_.path_of(entry.uri);
  if (!path)
    throw sdk::Failure(FRESHET_E_INVALID_ARGUMENT, "not a file of this repository", entry.uri);
  Session now = session(call);
  const std::string blob = blob_of(call, entry, *path, now);
  if (blob.empty()) return sink.gone(true);
  if (known_version == blob) return sink.not_modified();
  now = with_trees(call);
  try {
    const Module& module = module_of(*now.modules, *path);
    if (module.failure) throw sdk::Failure(*module.failure);
    const std::string bytes = module.mirror->blob(call, blob);
    check_content(bytes, *path, entry.uri);
    sdk::Content content;
    content.bytes = bytes;
    content.version = blob;
    content.metadata = names_.metadata_at(module, *path);
    if (const auto change = module.changes->find(module.inside(*path));
        change != module.changes->end())
      content.metadata.update(
          {{"changed", change->second.date}, {"changed_commit", change->second.commit}});
    sink.content(content);
  } catch (sdk::Failure& failure) {
    if (failure.subject.empty()) failure.subject = entry.uri;
    throw;
  }
}

// What is known already is not brought: a cache that was lost fills with what changes, and no more.
void Repository::prepare(const sdk::Call& call, std::span<const sdk::Wanted> wanted) {
  std::map<const Module*, std::set<std::string>> blobs;
  Session now = session(call);
  if (!now.listed) return;  // what they stand for now is not known yet
  for (const auto& [entry, known_version] : wanted) {
    if (!is_object_id(entry.handle) || known_version == entry.handle) continue;
    if (!now.modules) now = with_trees(call);
    if (const auto path = names_.path_of(entry.uri))
      blobs[&module_of(*now.modules, *path)].insert(entry.handle);
  }
  for (const auto& [module, wanted_of_it] : blobs)
    if (module->mirror) module->mirror->bring_blobs(call, wanted_of_it);
}

}  // namespace freshet::loader_git
