#include "core/service/plan.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "core/sync/config_check.hpp"
#include "core/sync/use.hpp"

namespace freshet::service {
namespace {

using base::Code;
using base::Status;

// What a person says of one run would be said of every one.
Status refuse_one_time_words(const base::Json& config) {
  for (const char* key : {"force", "dry_run", "plan_days", "accept_shrink", "rebuild", "only"})
    if (config.contains(key) && config[key] != false && config[key] != 0)
      return base::fail(Code::invalid_argument,
                        "is for one run: a service would do so in all of them", key);
  return {};
}

base::Result<policy::Timetable> timetable_of(const sync::SourceConfig& source, std::size_t index) {
  if (source.schedule) return *source.schedule;
  if (source.list_every.count() > 0) return policy::Timetable::every(source.list_every);
  if (source.watch) return policy::Timetable::every(base::Millis(3'600'000));
  return base::fail(
      Code::invalid_argument,
      R"(is missing: how often to list it, such as "6h"; its policy does not say it either)",
      fmt::format("sources[{}].schedule", index));
}

// The folders and files among the options of a source.
base::Result<std::vector<std::string>> folders_of(const sync::Context& context,
                                                  const sync::SourceConfig& source,
                                                  std::size_t index) {
  std::vector<std::string> folders;
  const std::string place = fmt::format("sources[{}]", index);
  FRESHET_ASSIGN(const base::Json options,
                 sync::complete_use(sync::offer_of(context), ports::Kind::loader, source.loader,
                                    source.options, place, place + ".loader"));
  for (const ports::Provided& provided : context.catalog.list()) {
    if (provided.kind != ports::Kind::loader || provided.name != source.loader) continue;
    const base::Json schema = base::Json::parse(provided.schema, nullptr, false);
    const base::Json properties = schema.value("properties", base::Json::object());
    for (const auto& [key, property] : properties.items())
      if (property.value("format", "") == "path" && options.value(key, "") != "")
        folders.push_back(std::filesystem::absolute(options.value(key, "")).lexically_normal());
    break;
  }
  if (!folders.empty()) return folders;
  return base::fail(Code::invalid_argument,
                    fmt::format("cannot be: the loader {} takes no local folder", source.loader),
                    place + ".watch");
}

}  // namespace

base::Result<std::shared_ptr<const Plan>> make_plan(const Session& session,
                                                    const base::Json& config, std::uint64_t seed,
                                                    const base::Cancel& cancel) {
  auto plan = std::make_shared<Plan>();
  FRESHET_TRY(refuse_one_time_words(config));
  FRESHET_ASSIGN(plan->config, sync::parse_run(config, nullptr, session.policies.all()));
  if (plan->config.sources.empty())
    return base::fail(Code::invalid_argument, "names none: a service needs one at least",
                      "sources");
  const sync::Context context = session.context();
  for (base::Error& problem : sync::check_config(sync::offer_of(context), plan->config))
    return base::fail(std::move(problem));
  FRESHET_ASSIGN(plan->sources, sync::name_sources(context, plan->config, cancel));
  for (std::size_t i = 0; i < plan->sources.size(); ++i) {
    FRESHET_ASSIGN(auto timetable, timetable_of(plan->config.sources[i], i));
    plan->duties.push_back({plan->sources[i].name, std::move(timetable)});
    plan->folders.emplace_back();
    if (!plan->config.sources[i].watch) continue;
    FRESHET_ASSIGN(plan->folders.back(), folders_of(context, plan->config.sources[i], i));
  }
  const sync::ServiceConfig& service = plan->config.service;
  plan->options = {service.jitter, service.rest, static_cast<std::size_t>(service.workers), seed};
  return plan;
}

sync::RunConfig run_config(const Plan& plan, const Start& start) {
  sync::RunConfig config = plan.config;
  if (!start.source) {
    config.sources.clear();
    return config;
  }
  config.only.sources = {plan.sources[*start.source].name};
  config.sources[*start.source].lists = start.lists;
  return config;
}

}  // namespace freshet::service
