#include "core/service/plan.hpp"

#include <fmt/format.h>

#include "core/sync/config_check.hpp"

namespace freshet::service {
namespace {

using base::Code;
using base::Status;

// What a person says of one run would be said of every one.
Status refuse_one_time_words(const base::Json& config) {
  for (const char* key : {"force", "dry_run", "accept_shrink", "rebuild", "only"})
    if (config.contains(key) && config[key] != false)
      return base::fail(Code::invalid_argument,
                        "is for one run: a service would do so in all of them", key);
  return {};
}

base::Result<policy::Timetable> timetable_of(const sync::SourceConfig& source, std::size_t index) {
  if (source.schedule) return *source.schedule;
  if (source.list_every.count() > 0) return policy::Timetable::every(source.list_every);
  return base::fail(
      Code::invalid_argument,
      R"(is missing: how often to list it, such as "6h"; its policy does not say it either)",
      fmt::format("sources[{}].schedule", index));
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
