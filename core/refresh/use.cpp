#include "core/refresh/use.hpp"

#include <fmt/format.h>

#include "core/refresh/sources.hpp"

namespace freshet::refresh {

base::Result<Json> complete_use(const Context& context, host::Kind kind, const std::string& name,
                                const Json& options, const std::string& path,
                                const std::string& name_path) {
  auto completed = context.plugins.complete_options(
      kind, name, options, path + ".options", {{"repository", context.repository.directory()}});
  if (completed || completed.error().code != base::Code::plugin) return completed;
  // Where manifests could not be read, or were refused, the name may be right.
  const bool all_known = context.plugins.problems().empty() && !context.plugins.list().empty();
  return base::fail(all_known ? base::Code::invalid_argument : base::Code::plugin,
                    fmt::format("\"{}\": {}", name, completed.error().message), name_path);
}

base::Result<Json> complete_use(const Context& context, host::Kind kind, const Use& use,
                                const std::string& path) {
  return complete_use(context, kind, use.name, use.options, path, path + ".name");
}

std::vector<base::Error> check_config(const Context& context, const RunConfig& config) {
  std::vector<base::Error> problems = check_sources(context, config);
  const auto check = [&](host::Kind kind, const Use& use, const std::string& path) {
    auto completed = complete_use(context, kind, use, path);
    if (!completed) problems.push_back(std::move(completed).error());
  };
  if (config.store) check(host::Kind::store, *config.store, "store");
  if (config.embedder) check(host::Kind::embedder, *config.embedder, "embedder");
  for (std::size_t i = 0; i < config.readers.size(); ++i)
    check(host::Kind::reader, config.readers[i], fmt::format("readers[{}]", i));
  return problems;
}

}  // namespace freshet::refresh
