#include "namespaces.hpp"

#include "schema.hpp"
#include "terms.hpp"

namespace store_turbopuffer {
namespace {

using sdk::Failure;

Json counting(const Json& filters = nullptr) {
  Json query = {{"aggregate_by", {{"rows", Json::array({"Count"})}}}};
  if (!filters.is_null()) query["filters"] = filters;
  return query;
}

std::uint64_t counted(const Json& result) {
  return member(member(result, "aggregations"), "rows").get<std::uint64_t>();
}

bool is_gone(const Failure& failure) { return failure.status == FRESHET_E_NOT_FOUND; }

}  // namespace

void Namespaces::ensure(const sdk::Call& call, const sdk::Namespace& wanted) {
  if (wanted.dimension > most_dimensions)
    throw Failure(FRESHET_E_INVALID_ARGUMENT,
                  "vectors of " + std::to_string(wanted.dimension) +
                      " dimensions, and turbopuffer takes at most " +
                      std::to_string(most_dimensions),
                  "namespace " + wanted.name);
  const Json metadata = client_.metadata(call, wanted.name);
  if (metadata.is_null())
    create(call, wanted.name, schema_of(client_.options(), wanted.dimension));
  else
    compare(call, wanted, metadata);
  const std::lock_guard lock(mutex_);
  models_[wanted.name] = wanted.model;
}

void Namespaces::create(const sdk::Call& call, const std::string& ns, const Json& schema) const {
  const Json body = {{"create_namespace", true},
                     {"distance_metric", client_.options().metric},
                     {"schema", schema}};
  client_.write(call, ns, body.dump());
}

void Namespaces::compare(const sdk::Call& call, const sdk::Namespace& wanted,
                         const Json& metadata) const {
  const std::string subject = "namespace " + client_.name_of(wanted.name);
  const auto refuse = [&](const std::string& what, const std::string& has, const std::string& is) {
    throw Failure(FRESHET_E_INVALID_ARGUMENT, "has the " + what + " " + has + ", not " + is,
                  subject);
  };
  if (!is_freshets(metadata))
    throw Failure(FRESHET_E_INVALID_ARGUMENT,
                  "is there and was not made by freshet: name another one, or set a prefix",
                  subject);
  const Options& options = client_.options();
  if (const auto has = dimension_of(metadata); has != wanted.dimension)
    refuse("dimension", std::to_string(has), std::to_string(wanted.dimension));
  if (const auto has = metric_of(metadata); has && *has != options.metric)
    refuse("metric", *has, options.metric);
  if (const auto has = model_in(call, wanted.name); has && *has != wanted.model)
    refuse("model", Json(*has).dump(), Json(wanted.model).dump());
  const Difference difference =
      store_turbopuffer::compare(metadata, schema_of(options, wanted.dimension));
  if (!difference.wrong.empty())
    throw Failure(FRESHET_E_INVALID_ARGUMENT, difference.wrong.front(), subject);
  if (!difference.missing.empty())  // attributes that the options name since
    client_.write(call, wanted.name, Json{{"schema", difference.missing}}.dump());
}

std::optional<std::string> Namespaces::model_in(const sdk::Call& call,
                                                const std::string& ns) const {
  const Json body = {{"rank_by", {"id", "asc"}},
                     {"limit", 1},
                     {"filters", own_rows()},
                     {"include_attributes", {"freshet_model"}}};
  const Json answer = client_.query(call, ns, body);
  const Json& rows = member(answer, "rows");
  if (rows.empty()) return std::nullopt;
  const Json model = rows[0].value("freshet_model", Json());
  return model.is_string() ? model.get<std::string>() : std::string();
}

std::string Namespaces::model_of(const sdk::Call& call, const std::string& ns) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto known = models_.find(ns); known != models_.end()) return known->second;
  }
  const std::string model = model_in(call, ns).value_or("");
  const std::lock_guard lock(mutex_);
  return models_.emplace(ns, model).first->second;
}

std::uint64_t Namespaces::count(const sdk::Call& call, const std::string& ns) const {
  return counted(client_.query(call, ns, counting(own_rows())));
}

void Namespaces::drop(const sdk::Call& call, const std::string& ns) {
  const Json metadata = client_.metadata(call, ns);
  if (metadata.is_null() || !is_freshets(metadata)) return;
  try {
    if (count_foreign(call, ns) == 0)
      client_.remove(call, ns);
    else
      remove_rows(call, ns, own_rows());
  } catch (const Failure& failure) {
    if (!is_gone(failure)) throw;  // perhaps by this request when it was sent first
  }
  const std::lock_guard lock(mutex_);
  models_.erase(ns);
}

// Of one moment, so that no row counts on one side alone.
std::uint64_t Namespaces::count_foreign(const sdk::Call& call, const std::string& ns) const {
  const Json answer =
      client_.query(call, ns, Json{{"queries", {counting(), counting(own_rows())}}});
  const Json& results = member(answer, "results");
  return counted(results.at(0)) - counted(results.at(1));
}

std::uint64_t Namespaces::foreign(const sdk::Call& call, const std::string& ns, bool remove) const {
  const std::uint64_t count = count_foreign(call, ns);
  if (remove && count > 0) remove_rows(call, ns, Json::array({"Not", own_rows()}));
  return count;
}

void Namespaces::remove_rows(const sdk::Call& call, const std::string& ns,
                             const Json& filter) const {
  const std::string body =
      Json{{"delete_by_filter", filter}, {"delete_by_filter_allow_partial", true}}.dump();
  while (client_.write(call, ns, body).value("rows_remaining", Json()) == true) call.check();
}

void Namespaces::names(const sdk::Call& call, const sdk::TextSink& name) const {
  const std::string& prefix = client_.options().prefix;
  std::string cursor;
  do {
    const Json page = client_.names(call, cursor);
    std::vector<std::string> names;
    for (const Json& each : member(page, "namespaces"))
      names.push_back(member(each, "id").get<std::string>().substr(prefix.size()));
    const std::vector<Json> metadata = client_.metadata_of_many(call, names);
    for (std::size_t i = 0; i < names.size(); ++i)
      if (!metadata[i].is_null() && is_freshets(metadata[i])) name(names[i]);
    const Json next = page.value("next_cursor", Json());
    cursor = next.is_string() ? next.get<std::string>() : std::string();
  } while (!cursor.empty());
}

void Namespaces::check(const sdk::Call& call, const sdk::Namespace& wanted,
                       const sdk::TextSink& finding) const {
  if (wanted.name.empty()) return;
  const Json metadata = client_.metadata(call, wanted.name);
  if (metadata.is_null()) return;
  const Difference difference =
      store_turbopuffer::compare(metadata, schema_of(client_.options(), wanted.dimension));
  for (const auto& [name, attribute] : difference.missing.items())
    if (is_own_attribute(name)) finding("the namespace has no attribute " + name);
  for (const std::string& line : difference.wrong) finding(line);
}

}  // namespace store_turbopuffer
