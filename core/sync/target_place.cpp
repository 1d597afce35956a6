#include "core/sync/target_place.hpp"

namespace freshet::sync {

using base::Json;
using base::Result;

namespace {

Result<Json> completed(const Context& context, ports::Kind kind, const std::string& name,
                       const std::string& options, const std::string& path) {
  return context.catalog.complete_options(kind, name, Json::parse(options), path,
                                          {{"repository", context.repository.directory()}});
}

}  // namespace

Result<Json> store_options(const Context& context, const repository::Target& target) {
  return completed(context, ports::Kind::store, target.store, target.store_options,
                   "store.options");
}

Result<Json> embedder_options(const Context& context, const repository::Target& target) {
  return completed(context, ports::Kind::embedder, target.embedder, target.embedder_options,
                   "embedder.options");
}

Result<bool> same_place(const Context& context, const repository::Target& a,
                        const repository::Target& b) {
  std::string places[2];
  for (const repository::Target* target : {&a, &b}) {
    FRESHET_ASSIGN(const Json options, store_options(context, *target));
    FRESHET_ASSIGN(places[target == &b],
                   context.catalog.identity(ports::Kind::store, target->store, options));
  }
  return a.store == b.store && places[0] == places[1];
}

}  // namespace freshet::sync
