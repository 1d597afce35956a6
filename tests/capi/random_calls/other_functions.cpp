// Policies, with custom ones that call freshet; plugins; texts and versions.
#include <cstring>
#include <filesystem>

#include "tests/capi/random_calls/caller.hpp"

namespace freshet::random_calls {
namespace {

using Error = freshet_error**;
using Policy = freshet_policy;
using Repository = freshet_repository;

// A run that this policy is of, another one, or one that was freed: none may wait for itself.
void use_any_run(World& world, std::uint64_t turn) {
  auto* const run = static_cast<freshet_refresh*>(world.pool.live(k_refresh, turn / 3));
  if (turn % 3 == 0) {
    world.pool.forget(k_refresh, run);
    freshet_refresh_free(run);
    return;
  }
  const freshet_status status = freshet_refresh_wait(run, turn % 3 == 1 ? -1 : 5, nullptr);
  if (status == FRESHET_E_OUT_OF_MEMORY || status == FRESHET_E_INTERNAL)
    die(world, "decide", "waiting for a run failed");
}

freshet_status decide(void* payload, const freshet_known* known, std::int64_t now,
                      freshet_decision* out) {
  auto& world = *static_cast<World*>(payload);
  const std::uint64_t turn = world.callbacks.fetch_add(1, std::memory_order_relaxed);
  if (known->uri == nullptr || known->metadata == nullptr || known->flags == nullptr)
    die(world, "decide", "a text is NULL");
  out->refresh = turn % 3 != 0;
  out->ask_again_ms = turn % 5 == 0 ? INT64_MIN : now + 1000;
  if (turn % 4 == 0) std::memset(out->reason, 'x', sizeof out->reason);  // no NUL
  if (turn % 4 == 1) std::strcpy(out->reason, "\xff not UTF-8");
  if (turn % 16 == 8) use_any_run(world, turn / 16);
  if (turn % 8 == 7) return turn % 16 == 7 ? FRESHET_E_CANCELLED : -1;
  if (turn % 8 != 0) return FRESHET_OK;
  auto* const repository = static_cast<Repository*>(world.pool.live(k_repository, turn));
  freshet_root* root = nullptr;
  if (freshet_repository_find_root(repository, known->uri, &root, nullptr) == FRESHET_OK)
    freshet_root_free(root);
  return FRESHET_OK;
}

freshet_status accept(void* payload, const freshet_known*, const freshet_document* document,
                      std::int32_t* out) {
  auto& world = *static_cast<World*>(payload);
  if (freshet_document_uri(document)[0] == '\0') die(world, "accept", "a document without a URI");
  const std::uint64_t turn = world.callbacks.fetch_add(1, std::memory_order_relaxed);
  *out = turn % 3 != 0;
  return turn % 8 == 7 ? FRESHET_E_TIMEOUT : FRESHET_OK;
}

void custom(Caller& c) {
  freshet_custom_policy functions = FRESHET_CUSTOM_POLICY_INIT;
  functions.payload = &c.world();
  functions.decide = c.one_in(10) ? nullptr : decide;
  functions.accept = c.one_in(2) ? nullptr : accept;
  if (c.one_in(10)) functions.struct_size = c.one_in(2) ? 0 : SIZE_MAX;
  c.make<Policy>([&](Policy** out, Error e) {
    return freshet_policy_custom(c.one_in(20) ? nullptr : &functions, out, e);
  });
}

template <freshet_status (*function)(const Policy* const*, std::size_t, Policy**, Error)>
void combine(Caller& c) {
  const Policy* policies[] = {c.any<Policy>(), c.any<Policy>(), c.any<Policy>()};
  const std::size_t count = c.one_in(20) ? 0 : 1 + c.one_in(2) + c.one_in(4);
  c.make<Policy>([&](Policy** out, Error e) {
    return function(c.one_in(20) ? nullptr : policies, count, out, e);
  });
}

template <freshet_status (*function)(const freshet_url_functions*, Policy**, Error)>
void by_url(Caller& c) {
  freshet_url_functions functions = FRESHET_URL_FUNCTIONS_INIT;
  functions.payload = &c.world();
  if (!c.one_in(10))
    functions.select = [](void* payload, const char*, const Policy**) -> freshet_status {
      return static_cast<World*>(payload)->callbacks.fetch_add(1) % 8 == 7 ? FRESHET_E_IO
                                                                           : FRESHET_OK;
    };
  if (!c.one_in(10))
    functions.matches = [](void* payload, const char*, std::int32_t* out) -> freshet_status {
      *out = static_cast<World*>(payload)->callbacks.fetch_add(1) % 2 == 0;
      return FRESHET_OK;
    };
  if (c.one_in(10)) functions.struct_size = c.one_in(2) ? 0 : SIZE_MAX;
  c.make<Policy>(
      [&](Policy** out, Error e) { return function(c.one_in(20) ? nullptr : &functions, out, e); });
}

void business_hours(Caller& c) {
  static const char* const times[] = {"09:00", "24:00", "00:00", "25:00", "", nullptr};
  static const char* const zones[] = {"Europe/Berlin", "UTC", "../../etc/passwd", "", nullptr};
  freshet_business_hours hours = FRESHET_BUSINESS_HOURS_INIT;
  hours.ttl_ms = c.one_in(2) ? 3'600'000 : INT64_MIN;
  hours.from = c.pick(times);
  hours.to = c.pick(times);
  hours.timezone = c.pick(zones);
  c.make<Policy>([&](Policy** out, Error e) {
    return freshet_policy_business_hours(c.one_in(20) ? nullptr : &hours, out, e);
  });
}

template <freshet_status (*function)(Policy**, Error)>
void make_policy(Caller& c) {
  c.make<Policy>([&](Policy** out, Error e) { return function(out, e); });
}

void ingest(Caller& c) {
  c.make<freshet_document>(
      [&](freshet_document** out, Error e) {
        const char* const what = c.one_in(2) ? c.path() : c.uri();
        return freshet_policy_ingest_if_needed(c.any<Policy>(), c.any<Repository>(),
                                               c.any<freshet_reader>(), what, c.call(), out, e);
      },
      false, true);
}

const std::vector<Function>& policy_functions() {
  static const std::vector<Function> functions = {
      {"freshet_policy_always", 2, make_policy<freshet_policy_always>},
      {"freshet_policy_never_existing", 2, make_policy<freshet_policy_never_existing>},
      {"freshet_policy_triggered", 2, make_policy<freshet_policy_triggered>},
      {"freshet_policy_ttl", 2,
       [](Caller& c) {
         static const std::int64_t ages[] = {0, -1, 1, 3'600'000, INT64_MAX, INT64_MIN};
         c.make<Policy>(
             [&](Policy** out, Error e) { return freshet_policy_ttl(c.pick(ages), out, e); });
       }},
      {"freshet_policy_from_json", 4,
       [](Caller& c) {
         c.make<Policy>([&](Policy** out, Error e) {
           return freshet_policy_from_json(
               c.json({"\"always\"", "\"never\"", R"({"ttl":"24h"})", R"({"ttl":"x"})", "5",
                       R"({"any":["metadata",{"when":[{"older_than":"1h"}]}]})"}),
               out, e);
         });
       }},
      {"freshet_policy_custom", 4, custom},
      {"freshet_policy_any", 2, combine<freshet_policy_any>},
      {"freshet_policy_all", 2, combine<freshet_policy_all>},
      {"freshet_policy_by_url", 2, by_url<freshet_policy_by_url>},
      {"freshet_policy_matching", 2, by_url<freshet_policy_matching>},
      {"freshet_policy_business_hours", 2, business_hours},
      {"freshet_policy_metadata", 2,
       [](Caller& c) {
         static const std::int64_t ages[] = {0, -1, 1, INT64_MAX, INT64_MIN};
         freshet_priorities priorities = FRESHET_PRIORITIES_INIT;
         priorities.low_ms = c.pick(ages);
         c.make<Policy>([&](Policy** out, Error e) {
           return freshet_policy_metadata(c.one_in(3) ? nullptr : &priorities, out, e);
         });
       }},
      {"freshet_policy_adaptive", 2,
       [](Caller& c) {
         static const std::int64_t spans[] = {0, -1, 1, 86'400'000, INT64_MAX, INT64_MIN};
         freshet_adaptive terms = FRESHET_ADAPTIVE_INIT;
         terms.requests_a_day = c.one_in(2) ? 1000 : c.one_in(2) ? -1 : 0;
         terms.budget_ttl_ms = c.pick(spans);
         terms.max_staleness_ms = c.pick(spans);
         terms.min_interval_ms = c.pick(spans);
         c.make<Policy>([&](Policy** out, Error e) {
           return freshet_policy_adaptive(c.one_in(5) ? nullptr : &terms, out, e);
         });
       }},
      {"freshet_repository_name_policy", 2,
       [](Caller& c) {
         c.plain([&](Error e) {
           const freshet_policy* const policy = c.one_in(3) ? nullptr : c.any<Policy>();
           return freshet_repository_name_policy(c.any<Repository>(),
                                                 c.one_in(10) ? nullptr : "drawn", policy, e);
         });
       }},
      {"freshet_policy_to_json", 4,
       [](Caller& c) {
         c.give_text(
             [&](char** out, Error e) { return freshet_policy_to_json(c.any<Policy>(), out, e); });
       }},
      {"freshet_policy_decide", 6,
       [](Caller& c) {
         c.fill<freshet_decision>([&](freshet_decision* out, Error e) {
           return freshet_policy_decide(c.any<Policy>(), c.any<Repository>(), c.uri(), out, e);
         });
       }},
      {"freshet_policy_should_reread", 4,
       [](Caller& c) {
         c.give_number<std::int32_t>([&](std::int32_t* out, Error e) {
           return freshet_policy_should_reread(c.any<Policy>(), c.any<Repository>(), c.uri(), out,
                                               e);
         });
       }},
      {"freshet_policy_should_refresh_document", 4,
       [](Caller& c) {
         c.give_number<std::int32_t>([&](std::int32_t* out, Error e) {
           return freshet_policy_should_refresh_document(c.any<Policy>(), c.any<Repository>(),
                                                         c.any<freshet_document>(), out, e);
         });
       }},
      {"freshet_policy_ingest_if_needed", 2, ingest},
      {"freshet_policy_free", 2, [](Caller& c) { c.free_one(k_policy); }},
  };
  return functions;
}

const void* no_table(void*, const char*, const char*) { return nullptr; }

void count_line(void* payload, std::int32_t, const char* plugin, const char* message) {
  if (plugin == nullptr || message == nullptr) std::abort();
  static_cast<World*>(payload)->callbacks.fetch_add(1, std::memory_order_relaxed);
}

// Of names that no other function opens a repository for: those are needed to the end. Half of the time there is one.
void drop_namespace(Caller& c) {
  static const char* const names[] = {nullptr, "", "spare", "spare", "not a name", "\xC3("};
  if (c.one_in(2)) {
    const auto& stores = c.world().stores;
    Repository* made = nullptr;
    freshet_repository_open(stores[c.number() % stores.size()].c_str(), R"({"namespace":"spare"})",
                            &made, nullptr);
    freshet_repository_close(made);
  }
  c.plain([&](Error e) {
    return freshet_namespaces_drop(c.any<Repository>(), c.pick(names),
                                   c.json({"{}", R"({"keep_rows":true})"}), c.call(), e);
  });
}

// Of a directory that nobody else has open, which is there half of the time.
void move_shard(Caller& c) {
  const std::string folder =
      c.world().folder + "/shard" + std::to_string(c.world().names.fetch_add(1));
  const std::string old = folder + "/old";
  std::error_code ignored;
  if (c.one_in(2)) {
    std::filesystem::create_directories(folder, ignored);
    Repository* made = nullptr;
    freshet_repository_open(old.c_str(), nullptr, &made, nullptr);
    freshet_repository_close(made);
  }
  const std::string given = R"({"from":[")" + old + R"("],"to":[")" + folder + R"(/new"]})";
  c.give_text([&](char** out, Error e) {
    return freshet_shards_move(c.one_in(4) ? c.json({"{}"}) : given.c_str(), c.call(), out, e);
  });
  std::filesystem::remove_all(folder, ignored);
}

const std::vector<Function>& plain_functions() {
  static const std::vector<Function> functions = {
      {"freshet_plugins_open", 1,
       [](Caller& c) {
         c.make<freshet_plugins>([&](freshet_plugins** out, Error e) {
           return freshet_plugins_open(c.json({"{}", R"({"directories":["relative"]})"}), out, e);
         });
       }},
      {"freshet_plugins_count", 2,
       [](Caller& c) { freshet_plugins_count(c.any<freshet_plugins>()); }},
      {"freshet_plugins_get", 4,
       [](Caller& c) {
         c.fill<freshet_plugin_info>([&](freshet_plugin_info* out, Error e) {
           return freshet_plugins_get(c.any<freshet_plugins>(),
                                      c.one_in(4) ? SIZE_MAX : c.number() % 4, out, e);
         });
       }},
      {"freshet_plugins_list", 2,
       [](Caller& c) {
         c.give_text([&](char** out, Error e) {
           return freshet_plugins_list(c.any<freshet_plugins>(), out, e);
         });
       }},
      // Providers that have no tables: what is named in a run is not found in them.
      {"freshet_plugins_register", 1,
       [](Caller& c) {
         c.plain([&](Error e) {
           freshet_provider provider = FRESHET_PROVIDER_INIT;
           if (!c.one_in(8)) provider.get = no_table;
           return freshet_plugins_register(
               c.json({"{}", R"({"manifest":1,"name":"drawn","version":"1","abi":1,"provides":[)"
                             R"({"kind":"reader","name":"drawn","media_types":["text/x-drawn"],)"
                             R"("options":{"type":"object"}}]})"}),
               c.one_in(8) ? nullptr : &provider, e);
         });
       }},
      {"freshet_plugins_unregister", 1,
       [](Caller& c) {
         static const char* const names[] = {nullptr, "", "drawn", "no such"};
         c.plain([&](Error e) { return freshet_plugins_unregister(c.pick(names), e); });
       }},
      // A manifest that is none: the cases themselves have tests of their own.
      {"freshet_plugins_check", 1,
       [](Caller& c) {
         c.give_text([&](char** out, Error e) {
           return freshet_plugins_check(c.path(), c.json({"{}"}), c.call(), out, e);
         });
       }},
      {"freshet_config_check", 2,
       [](Caller& c) {
         c.give_text([&](char** out, Error e) {
           return freshet_config_check(
               c.one_in(2) ? nullptr : c.any<Repository>(),
               c.json({"{}", R"({"sources":[{"loader":"x"},{"loader":"files"}],"jobs":0,"a":1})",
                       R"({"only":{"sources":["x"]},"store":{"name":5}})"}),
               c.json({"{}", R"({"policies":["drawn"]})"}), out, e);
         });
       }},
      {"freshet_namespaces_list", 2,
       [](Caller& c) {
         c.give_text([&](char** out, Error e) {
           return freshet_namespaces_list(c.any<Repository>(), out, e);
         });
       }},
      {"freshet_namespaces_drop", 1, drop_namespace},
      // What a backup holds has tests of its own: a path drawn here is none, or becomes one.
      {"freshet_backup_take", 1,
       [](Caller& c) {
         const std::string to = c.world().folder + "/snapshots";
         c.give_text([&](char** out, Error e) {
           return freshet_backup_take(c.any<Repository>(), c.one_in(4) ? c.path() : to.c_str(),
                                      c.json({"{}", R"({"keep":2})"}), c.call(), out, e);
         });
       }},
      {"freshet_backup_list", 1,
       [](Caller& c) {
         const std::string of = c.world().folder + "/snapshots";
         c.give_text([&](char** out, Error e) {
           return freshet_backup_list(c.one_in(4) ? c.path() : of.c_str(), c.json({"{}"}), c.call(),
                                      out, e);
         });
       }},
      {"freshet_backup_restore", 1,
       [](Caller& c) {
         const std::string of = c.world().folder + "/snapshots";
         const std::string to =
             c.world().folder + "/restored" + std::to_string(c.world().names.fetch_add(1));
         c.give_text([&](char** out, Error e) {
           return freshet_backup_restore(of.c_str(), c.one_in(4) ? c.path() : to.c_str(),
                                         c.json({"{}", R"({"snapshot":"2"})"}), c.call(), out, e);
         });
       }},
      {"freshet_shards_move", 1, move_shard},
      {"freshet_log_set", 1,
       [](Caller& c) {
         c.plain([&](Error e) {
           return freshet_log_set(c.one_in(2) ? nullptr : count_line, &c.world(), e);
         });
       }},
      {"freshet_plugins_free", 1, [](Caller& c) { c.free_one(k_plugins); }},
      {"freshet_string_redact", 2,
       [](Caller& c) {
         c.give_text([&](char** out, Error e) { return freshet_string_redact(c.uri(), out, e); });
       }},
      {"freshet_string_free", 2, [](Caller&) { freshet_string_free(nullptr); }},
      {"freshet_status_name", 2,
       [](Caller& c) {
         c.check(freshet_status_name(static_cast<freshet_status>(c.number())) != nullptr, "NULL");
       }},
      {"freshet_status_is_transient", 2,
       [](Caller& c) { freshet_status_is_transient(static_cast<freshet_status>(c.number())); }},
      {"freshet_outcome_name", 2,
       [](Caller& c) {
         c.check(freshet_outcome_name(static_cast<std::int32_t>(c.number())) != nullptr, "NULL");
       }},
      {"freshet_version", 1,
       [](Caller& c) { c.check(freshet_version() == std::string_view(FRESHET_VERSION), "other"); }},
      {"freshet_version_number", 1,
       [](Caller& c) { c.check(freshet_version_number() == FRESHET_VERSION_NUMBER, "other"); }},
  };
  return functions;
}

}  // namespace

const std::vector<Function>& other_functions() {
  static const std::vector<Function> functions = [] {
    std::vector<Function> all = policy_functions();
    const auto& more = plain_functions();
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }();
  return functions;
}

}  // namespace freshet::random_calls
