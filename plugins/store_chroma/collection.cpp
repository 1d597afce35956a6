#include "collection.hpp"

#include "names.hpp"

namespace store_chroma {
namespace {

using sdk::Failure;

constexpr std::uint32_t most_cloud_dimension = 4096;

Json marks_of(const sdk::Namespace& wanted) {
  return {{"freshet_model", wanted.model}, {"freshet_dimension", wanted.dimension}};
}

bool is_marked(const Json& collection) {
  const auto metadata = collection.find("metadata");
  return metadata != collection.end() && metadata->is_object() &&
         metadata->contains("freshet_model");
}

// "hnsw" on a server of one's own, "spann" in the Cloud.
std::string metric_of(const Json& collection) {
  const Json& configuration = collection.at("configuration_json");
  for (const char* index : {"hnsw", "spann"})
    if (const auto found = configuration.find(index);
        found != configuration.end() && found->is_object())
      return found->value("space", "l2");
  return "l2";
}

void compare(const Json& collection, const sdk::Namespace& wanted, const std::string& metric) {
  const std::string subject = "collection " + collection.at("name").get<std::string>();
  const auto refuse = [&](const std::string& what, const std::string& has, const std::string& is) {
    throw Failure(FRESHET_E_INVALID_ARGUMENT, "has the " + what + " " + has + ", not " + is,
                  subject);
  };
  if (const std::string has = metric_of(collection); has != metric) refuse("metric", has, metric);
  const Json& written = collection.at("dimension");
  const Json& metadata = collection.at("metadata");
  if (written.is_number() && written != wanted.dimension)
    refuse("dimension", written.dump(), std::to_string(wanted.dimension));
  if (!is_marked(collection)) return;
  if (const Json& noted = metadata.at("freshet_dimension"); noted != wanted.dimension)
    refuse("dimension", noted.dump(), std::to_string(wanted.dimension));
  if (const Json& model = metadata.at("freshet_model"); model != wanted.model)
    refuse("model", model.dump(), Json(wanted.model).dump());
}

// "$ne" holds where there is no such key.
Json foreign_rows() { return {{"freshet", {{"$ne", true}}}}; }

std::string path_of(const std::string& ns) { return "/" + collection_name(ns); }

Failure missing(const std::string& ns) { return {FRESHET_E_NOT_FOUND, "no such namespace", ns}; }

}  // namespace

Json own_rows() { return {{"freshet", {{"$eq", true}}}}; }

void Collections::ensure(const sdk::Call& call, const sdk::Namespace& wanted) {
  const std::string& metric = client_.options().metric;
  if (client_.options().is_cloud && wanted.dimension > most_cloud_dimension)
    throw Failure(FRESHET_E_LIMIT,
                  "has " + std::to_string(wanted.dimension) + " dimensions, at most " +
                      std::to_string(most_cloud_dimension) + " in Chroma Cloud",
                  "namespace " + wanted.name);
  const Json request = {
      {"name", collection_name(wanted.name)},
      {"get_or_create", true},
      {"metadata", marks_of(wanted)},
      {"configuration", {{"hnsw", {{"space", metric}}}}}};  // the Cloud takes the metric of it
  // What is there keeps its metadata and configuration, whatever was asked for.
  const Json collection = client_.collections(call, "POST", "", request.dump());
  compare(collection, wanted, metric);
  if (!is_marked(collection)) adopt(call, collection, marks_of(wanted));
  const std::lock_guard lock(mutex_);
  ids_[wanted.name] = collection.at("id").get<std::string>();
}

Json Collections::post(const sdk::Call& call, const std::string& ns, const std::string& verb,
                       const std::string& body) {
  return ask(call, ns, "POST", verb, body);
}

std::uint64_t Collections::count(const sdk::Call& call, const std::string& ns) {
  const auto all = ask(call, ns, "GET", "count", {}).get<std::uint64_t>();
  return all - std::min(all, count_foreign(call, ns));
}

std::uint64_t Collections::foreign(const sdk::Call& call, const std::string& ns, bool remove) {
  const std::uint64_t count = count_foreign(call, ns);
  if (remove && count > 0) post(call, ns, "delete", Json{{"where", foreign_rows()}}.dump());
  return count;
}

void Collections::drop(const sdk::Call& call, const std::string& ns) {
  const auto known = look_up(call, ns);
  if (!known) return;
  if (!known->adopted && count_foreign(call, ns) == 0) {
    remove(call, ns);
  } else {
    post(call, ns, "delete", Json{{"where", own_rows()}}.dump());
    leave(call, *known);
  }
  const std::lock_guard lock(mutex_);
  ids_.erase(ns);
}

// One that is gone by now, perhaps by this request when it was sent first, is removed.
void Collections::remove(const sdk::Call& call, const std::string& ns) const {
  try {
    client_.collections(call, "DELETE", path_of(ns));
  } catch (const Failure& failure) {
    if (failure.status != FRESHET_E_NOT_FOUND) throw;
  }
}

void Collections::names(const sdk::Call& call, const sdk::TextSink& name) const {
  const std::size_t names_a_page = client_.options().rows_a_page();
  for (std::size_t offset = 0;; offset += names_a_page) {
    const Json all = client_.collections(
        call, "GET",
        "?limit=" + std::to_string(names_a_page) + "&offset=" + std::to_string(offset));
    for (const Json& each : all) {
      const auto ns = namespace_name(each.at("name").get<std::string>());
      if (ns && is_marked(each)) name(*ns);
    }
    if (all.size() < names_a_page) return;
  }
}

// A collection that was deleted and made again has another id.
Json Collections::ask(const sdk::Call& call, const std::string& ns, const std::string& method,
                      const std::string& verb, const std::string& body) {
  const std::string id = id_of(call, ns, "");
  try {
    return client_.collections(call, method, "/" + id + "/" + verb, body);
  } catch (const Failure& failure) {
    if (failure.status != FRESHET_E_NOT_FOUND) throw;
  }
  return client_.collections(call, method, "/" + id_of(call, ns, id) + "/" + verb, body);
}

std::string Collections::id_of(const sdk::Call& call, const std::string& ns,
                               const std::string& not_this) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = ids_.find(ns);
    if (found != ids_.end() && found->second != not_this) return found->second;
  }
  const auto known = look_up(call, ns);
  const std::lock_guard lock(mutex_);
  if (!known || known->id == not_this) {
    ids_.erase(ns);
    throw missing(ns);
  }
  return ids_[ns] = known->id;
}

// Nothing where there is none, or where it is not freshet's.
std::optional<Collections::Known> Collections::look_up(const sdk::Call& call,
                                                       const std::string& ns) const {
  try {
    const Json found = client_.collections(call, "GET", path_of(ns));
    if (!is_marked(found)) return std::nullopt;
    const Json& metadata = found.at("metadata");
    return Known{found.at("id").get<std::string>(), metadata,
                 metadata.value("freshet_adopted", false)};
  } catch (const Failure& failure) {
    if (failure.status != FRESHET_E_NOT_FOUND) throw;
    return std::nullopt;
  }
}

// New metadata takes the place of all that was there.
void Collections::adopt(const sdk::Call& call, const Json& collection, const Json& marks) const {
  Json metadata = collection.at("metadata");
  if (!metadata.is_object()) metadata = Json::object();
  metadata.update(marks);
  metadata["freshet_adopted"] = true;
  client_.collections(call, "PUT", "/" + collection.at("id").get<std::string>(),
                      Json{{"new_metadata", metadata}}.dump());
}

void Collections::leave(const sdk::Call& call, const Known& known) const {
  Json metadata = known.metadata;
  for (const char* mark : {"freshet_model", "freshet_dimension", "freshet_adopted"})
    metadata.erase(mark);
  if (metadata.empty()) metadata["freshet_model"] = nullptr;  // none at all is refused
  client_.collections(call, "PUT", "/" + known.id, Json{{"new_metadata", metadata}}.dump());
}

std::uint64_t Collections::count_foreign(const sdk::Call& call, const std::string& ns) {
  const std::size_t most = client_.options().rows_a_page();
  std::uint64_t count = 0;
  for (;;) {
    const Json body = {
        {"where", foreign_rows()}, {"include", Json::array()}, {"limit", most}, {"offset", count}};
    const std::size_t found = post(call, ns, "get", body.dump()).at("ids").size();
    count += found;
    if (found < most) return count;
  }
}

}  // namespace store_chroma
