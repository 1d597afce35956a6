// Runs, queries and the store, with callbacks that call back.
#include <fstream>
#include <memory>
#include <mutex>

#include "tests/capi/random_calls/caller.hpp"
#include "tests/capi/random_calls/runs.hpp"

namespace freshet::random_calls {
namespace {

using Error = freshet_error**;
using Refresh = freshet_refresh;
using Repository = freshet_repository;
using Service = freshet_service;

// Now and then a page changes, comes or goes.
void change_docs(Caller& c) {
  const std::string page = c.world().docs + "/page" + std::to_string(c.number() % 8) + ".md";
  if (c.one_in(6)) {
    std::remove(page.c_str());
    return;
  }
  std::ofstream(page) << "# Page\n\nA river, number " << c.number() % 100
                      << ".\n\n## Part\n\nMore.\n";
}

const char* config(Caller& c) {
  if (c.one_in(8))
    return c.json({"{}", R"({"sources":[]})", R"({"sources":[{"loader":"no-such"}]})"});
  static const char* const more[] = {"",
                                     "",
                                     R"(,"force":true)",
                                     R"(,"dry_run":true)",
                                     R"(,"only":{"prefix":"file:///"})",
                                     R"(,"only":{"roots":["file:///no/such"]})",
                                     R"(,"accept_shrink":true)",
                                     R"(,"rebuild":true)",
                                     R"(,"jobs":1)",
                                     R"(,"policy":{"ttl":"1h"})",
                                     R"(,"policy":{"custom":"drawn"})",
                                     R"(,"policy":"sometimes")"};
  return c.keep(R"({"embedder":"hash","sources":[{"loader":"files","options":{"path":")" +
                c.world().docs + R"(","include":["**/*.md"]}}])" + c.pick(more) + "}");
}

const freshet_policy* policy(Caller& c) { return c.one_in(2) ? nullptr : c.any<freshet_policy>(); }

void start(Caller& c) {
  if (c.one_in(3)) change_docs(c);
  RunPayload* const payload = c.one_in(2) ? new_payload(c.world(), c.number()) : nullptr;
  freshet_call_options options = FRESHET_CALL_OPTIONS_INIT;
  options.on_event = payload != nullptr ? take_event : nullptr;
  options.payload = payload;
  if (c.one_in(20)) options.struct_size = c.one_in(2) ? 0 : SIZE_MAX;
  Refresh* out = reinterpret_cast<Refresh*>(std::uintptr_t{1});
  const freshet_status status = c.plain([&](Error e) {
    return freshet_refresh_start(c.any<Repository>(), config(c), policy(c),
                                 payload == nullptr && c.one_in(2) ? nullptr : &options, &out, e);
  });
  c.check((status == FRESHET_OK) == (out != nullptr), "out_refresh is wrong");
  if (status != FRESHET_OK) return;
  if (payload != nullptr) payload->own = out;
  c.put(k_refresh, out);
}

const char* verify_options(Caller& c) {
  return c.json({"{}", R"({"deep":true})", R"({"deep":false})", R"({"deep":1})"});
}

std::int64_t timeout(Caller& c) {
  static const std::int64_t timeouts[] = {0, 0, 1, 5, INT64_MIN, -1};
  return c.pick(timeouts);
}

void report(Caller& c) {
  c.plain([&](Error e) {
    const char* text = "x";
    std::size_t size = 1;
    const auto status =
        freshet_refresh_report(c.any<Refresh>(), &text, c.one_in(5) ? nullptr : &size, e);
    c.check((status == FRESHET_OK) == (text != nullptr), "out_json is wrong");
    return status;
  });
}

const char* query_options(Caller& c) {
  return c.json({"{}", R"({"limit":3})", R"({"mode":"text"})", R"({"mode":"vector","limit":1000})",
                 R"({"limit":0})", R"({"filter":{"no":"such"}})", R"({"max_age":"1h"})",
                 R"({"max_age":"0s","deadline":"1s","config":{}})"});
}

void query_vector(Caller& c) {
  static const float numbers[256] = {1, 2, 3};
  static const std::size_t sizes[] = {0, 1, 64, 256, 256, SIZE_MAX};
  c.make<freshet_hits>([&](freshet_hits** out, Error e) {
    return freshet_query_vector(c.any<Repository>(), c.one_in(20) ? nullptr : numbers,
                                c.pick(sizes), c.json({"{}", R"({"limit":3})", R"({"limit":0})"}),
                                c.call(), out, e);
  });
}

void embed(Caller& c) {
  static const std::size_t counts[] = {0, 1, 2, 3, SIZE_MAX};
  const char* const texts[] = {c.text(), c.text(), c.text()};
  c.make<freshet_vectors>([&](freshet_vectors** out, Error e) {
    const char* const config =
        c.one_in(2) ? nullptr : c.json({R"({"embedder":"hash"})", R"({"embedder":"none"})"});
    return freshet_embed(c.any<Repository>(), config, c.one_in(20) ? nullptr : texts,
                         c.pick(counts), static_cast<std::int32_t>(c.number() % 3), c.call(), out,
                         e);
  });
}

const char* service_config(Caller& c) {
  static const char* const more[] = {"", R"(,"schedule":"1s")",
                                     R"(,"schedule":{"cron":"* * * * *","zone":"Asia/Kolkata"})",
                                     R"(,"schedule":{"every":"0s"})", R"(,"list_every":"1s")"};
  return c.keep(
      R"({"embedder":"hash","service":{"workers":2,"rest":"1ms"},"sources":[{"name":"docs",)"
      R"("loader":"files","options":{"path":")" +
      c.world().docs + R"("})" + c.pick(more) + "}]}");
}

}  // namespace

const std::vector<Function>& refresh_functions() {
  static const std::vector<Function> functions = {
      {"freshet_refresh_start", 2, start},
      {"freshet_refresh_run", 1,
       [](Caller& c) {
         c.make<Refresh>(
             [&](Refresh** out, Error e) {
               return freshet_refresh_run(c.any<Repository>(), config(c), policy(c), c.call(), out,
                                          e);
             },
             true);
       }},
      {"freshet_cancel_new", 2,
       [](Caller& c) {
         c.make<freshet_cancel>(
             [](freshet_cancel** out, Error e) { return freshet_cancel_new(out, e); });
       }},
      {"freshet_cancel_request", 1,
       [](Caller& c) {
         c.plain([&](Error e) { return freshet_cancel_request(c.any<freshet_cancel>(), e); });
       }},
      {"freshet_cancel_free", 1, [](Caller& c) { c.free_one(k_cancel); }},
      {"freshet_refresh_next_event", 10,
       [](Caller& c) {
         c.fill<freshet_event>([&](freshet_event* out, Error e) {
           return freshet_refresh_next_event(c.any<Refresh>(), timeout(c), out, e);
         });
       }},
      {"freshet_refresh_event_fd", 4,
       [](Caller& c) {
         std::int32_t descriptor = 0;
         const freshet_status status = c.plain(
             [&](Error e) { return freshet_refresh_event_fd(c.any<Refresh>(), &descriptor, e); });
         c.check((status == FRESHET_OK) == (descriptor >= 0), "a descriptor without success");
       }},
      {"freshet_refresh_next_root", 8,
       [](Caller& c) {
         c.fill<freshet_root_result>([&](freshet_root_result* out, Error e) {
           return freshet_refresh_next_root(c.any<Refresh>(), out, e);
         });
       }},
      {"freshet_refresh_wait", 2,
       [](Caller& c) {
         c.plain([&](Error e) { return freshet_refresh_wait(c.any<Refresh>(), timeout(c), e); });
       }},
      {"freshet_refresh_cancel", 1,
       [](Caller& c) {
         c.plain([&](Error e) { return freshet_refresh_cancel(c.any<Refresh>(), e); });
       }},
      {"freshet_refresh_counts_get", 6,
       [](Caller& c) {
         c.fill<freshet_refresh_counts>([&](freshet_refresh_counts* out, Error e) {
           return freshet_refresh_counts_get(c.any<Refresh>(), out, e);
         });
       }},
      {"freshet_refresh_exit_code", 4,
       [](Caller& c) {
         c.give_number<std::int32_t>([&](std::int32_t* out, Error e) {
           return freshet_refresh_exit_code(c.any<Refresh>(), out, e);
         });
       }},
      {"freshet_refresh_report", 4, report},
      {"freshet_service_open", 2,
       [](Caller& c) {
         c.make<Service>([&](Service** out, Error e) {
           return freshet_service_open(c.any<Repository>(), service_config(c), out, e);
         });
       }},
      {"freshet_service_start", 3,
       [](Caller& c) {
         c.plain([&](Error e) { return freshet_service_start(c.any<Service>(), e); });
       }},
      {"freshet_service_stop", 2,
       [](Caller& c) {
         c.plain([&](Error e) { return freshet_service_stop(c.any<Service>(), timeout(c), e); });
       }},
      {"freshet_service_trigger", 3,
       [](Caller& c) {
         const char* const name = c.one_in(3) ? nullptr : c.one_in(5) ? "dosc" : "docs";
         c.plain([&](Error e) { return freshet_service_trigger(c.any<Service>(), name, e); });
       }},
      {"freshet_service_reload", 2,
       [](Caller& c) {
         c.plain([&](Error e) {
           return freshet_service_reload(c.any<Service>(), service_config(c), e);
         });
       }},
      {"freshet_service_statistics", 4,
       [](Caller& c) {
         c.give_text([&](char** out, Error e) {
           return freshet_service_statistics(c.any<Service>(), out, e);
         });
       }},
      {"freshet_service_next_event", 6,
       [](Caller& c) {
         static const std::int64_t timeouts[] = {0, 0, 1, 5};  // it may never stop
         c.fill<freshet_event>([&](freshet_event* out, Error e) {
           return freshet_service_next_event(c.any<Service>(), c.pick(timeouts), out, e);
         });
       }},
      {"freshet_service_free", 1, [](Caller& c) { c.free_one(k_service); }},
      {"freshet_refresh_free", 1, [](Caller& c) { c.free_one(k_refresh); }},
      {"freshet_query_run", 4,
       [](Caller& c) {
         c.make<freshet_hits>([&](freshet_hits** out, Error e) {
           return freshet_query_run(c.any<Repository>(), c.text(), query_options(c), c.call(), out,
                                    e);
         });
       }},
      {"freshet_query_vector", 4, query_vector},
      {"freshet_embed", 3, embed},
      {"freshet_vectors_count", 2,
       [](Caller& c) { freshet_vectors_count(c.any<freshet_vectors>()); }},
      {"freshet_vectors_dimension", 2,
       [](Caller& c) { freshet_vectors_dimension(c.any<freshet_vectors>()); }},
      // Whose name it is may be freed meanwhile: only looked at while nobody else knows it.
      {"freshet_vectors_model", 2,
       [](Caller& c) {
         c.check(freshet_vectors_model(c.any<freshet_vectors>()) != nullptr, "NULL");
       }},
      {"freshet_vectors_get", 4,
       [](Caller& c) {
         const float* vector = nullptr;
         c.plain([&](Error e) {
           return freshet_vectors_get(c.any<freshet_vectors>(),
                                      c.one_in(4) ? SIZE_MAX : c.number() % 4, &vector, e);
         });
       }},
      {"freshet_vectors_free", 2, [](Caller& c) { c.free_one(k_vectors); }},
      {"freshet_hits_count", 4, [](Caller& c) { freshet_hits_count(c.any<freshet_hits>()); }},
      {"freshet_hits_ended_after", 4,
       [](Caller& c) { freshet_hits_ended_after(c.any<freshet_hits>()); }},
      {"freshet_hits_get", 8,
       [](Caller& c) {
         c.fill<freshet_hit>([&](freshet_hit* out, Error e) {
           return freshet_hits_get(c.any<freshet_hits>(), c.one_in(4) ? SIZE_MAX : c.number() % 4,
                                   out, e);
         });
       }},
      {"freshet_hits_to_json", 4,
       [](Caller& c) {
         c.give_text([&](char** out, Error e) {
           return freshet_hits_to_json(c.any<freshet_hits>(), out, e);
         });
       }},
      {"freshet_hits_free", 2, [](Caller& c) { c.free_one(k_hits); }},
      {"freshet_store_verify", 1,
       [](Caller& c) {
         c.give_text([&](char** out, Error e) {
           return freshet_store_verify(c.any<Repository>(), verify_options(c), c.call(), out, e);
         });
       }},
      {"freshet_store_repair", 1,
       [](Caller& c) {
         c.give_text([&](char** out, Error e) {
           return freshet_store_repair(c.any<Repository>(), c.call(), out, e);
         });
       }},
      {"freshet_store_deliver", 1,
       [](Caller& c) {
         c.give_text([&](char** out, Error e) {
           return freshet_store_deliver(c.any<Repository>(), c.call(), out, e);
         });
       }},
      {"freshet_store_reset", 1,
       [](Caller& c) {
         c.plain([&](Error e) { return freshet_store_reset(c.any<Repository>(), c.call(), e); });
       }},
  };
  return functions;
}

}  // namespace freshet::random_calls
