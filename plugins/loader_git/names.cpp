#include "loader_git/names.hpp"

#include <freshet/sdk/path.hpp>

#include "loader_git/tree.hpp"

namespace freshet::loader_git {
namespace {

std::string prefix_of(const Options& options) {
  if (!options.uri_prefix.empty()) return options.uri_prefix + "/";
  const std::string page =
      page_of(options.address, options.web, options.ref, options.is_commit(), "");
  if (!page.empty()) return page;
  return options.address.remote + "/" +
         (options.ref.empty() ? "HEAD" : sdk::escape_path(options.ref)) + "/";
}

}  // namespace

Names::Names(const Options& options) : options_(options), prefix_(prefix_of(options)) {}

std::string Names::uri_of(const std::string& path) const {
  return prefix_ + sdk::escape_path(path);
}

std::optional<std::string> Names::path_of(const std::string& uri) const {
  if (!uri.starts_with(prefix_)) return std::nullopt;
  auto path = sdk::unescape_path(std::string_view(uri).substr(prefix_.size()));
  return path && is_safe_path(*path) ? path : std::nullopt;
}

std::string Names::title_of(const std::string& path) const {
  return path.substr(path.rfind('/') + 1);
}

nlohmann::json Names::metadata_of(const Module& module, const std::string& path) const {
  nlohmann::json metadata{{"path", path}};
  if (!module.path.empty()) return metadata;
  const std::string page =
      page_of(options_.address, options_.web, options_.ref, options_.is_commit(), path);
  if (!page.empty()) metadata["link"] = page;
  return metadata;
}

nlohmann::json Names::metadata_at(const Module& module, const std::string& path) const {
  nlohmann::json metadata{{"commit", module.commit}, {"committed", module.date}};
  const std::string page =
      page_of(module.address, module.web, module.commit, true, module.inside(path));
  if (!page.empty()) metadata["permalink"] = page;
  if (module.path.empty()) return metadata;
  metadata["submodule"] = module.path;
  if (!page.empty()) metadata["link"] = page;
  return metadata;
}

}  // namespace freshet::loader_git
