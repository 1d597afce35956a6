#include "core/sync/use.hpp"

#include <fmt/format.h>

namespace freshet::sync {

Offer offer_of(const Context& context) { return {context.catalog, context.repository.directory()}; }

base::Result<Json> complete_use(const Offer& offer, ports::Kind kind, const std::string& name,
                                const Json& options, const std::string& path,
                                const std::string& name_path) {
  auto completed = offer.catalog.complete_options(kind, name, options, path + ".options",
                                                  {{"repository", offer.directory}});
  if (completed || completed.error().code != base::Code::plugin) return completed;
  // Where manifests could not be read, or were refused, the name may be right.
  const bool all_known = offer.catalog.problems().empty() && !offer.catalog.list().empty();
  return base::fail(all_known ? base::Code::invalid_argument : base::Code::plugin,
                    fmt::format("\"{}\": {}", name, completed.error().message), name_path);
}

base::Result<Json> complete_use(const Offer& offer, ports::Kind kind, const Use& use,
                                const std::string& path) {
  return complete_use(offer, kind, use.name, use.options, path, path + ".name");
}

base::Error in_place(const ports::Catalog& catalog, ports::Kind kind, const std::string& name,
                     const std::string& path, base::Error error) {
  if (error.code != base::Code::invalid_argument) return error;
  const std::string option = error.subject.substr(0, error.subject.find_first_of(".["));
  for (const ports::Provided& provided : catalog.list()) {
    if (provided.kind != kind || provided.name != name) continue;
    const Json schema = Json::parse(provided.schema, nullptr, false);
    if (schema.value("properties", Json::object()).contains(option))
      error.subject = path + ".options." + error.subject;
  }
  return error;
}

}  // namespace freshet::sync
