// Repositories, and what they hold.
#include <filesystem>

#include "tests/capi/random_calls/caller.hpp"

namespace freshet::random_calls {
namespace {

using Error = freshet_error**;
using Repository = freshet_repository;
using Chunks = freshet_chunks;

void open(Caller& c) {
  c.make<Repository>([&](Repository** out, Error e) {
    const auto& stores = c.world().stores;
    const char* const directory =
        c.one_in(8) ? c.path() : stores[c.number() % stores.size()].c_str();
    return freshet_repository_open(
        directory,
        c.json({R"({"http":{"attempts":1}})", R"({"http":{"attempts":1},"namespace":"other"})",
                R"({"read_only":true})", R"({"create":false,"http":{"attempts":1}})",
                R"({"namespace":"no/slash"})"}),
        out, e);
  });
}

void backup(Caller& c) {
  const std::string to =
      c.world().folder + "/backup" + std::to_string(c.world().names.fetch_add(1));
  c.plain([&](Error e) {
    return freshet_repository_backup(c.any<Repository>(), c.one_in(4) ? c.path() : to.c_str(),
                                     c.call(), e);
  });
  std::error_code ignored;
  std::filesystem::remove_all(to, ignored);
}

void find_chunks(Caller& c) {
  const char* ids[8];
  for (const char*& id : ids) id = c.one_in(2) ? c.id() : "0123456789abcdef0123456789abcdef";
  static const std::size_t counts[] = {0, 1, 2, 8, 8, 1'000'001, SIZE_MAX};
  const std::size_t count = c.pick(counts);
  const bool none = c.one_in(10);
  c.make<Chunks>([&](Chunks** out, Error e) {
    return freshet_repository_find_chunks(c.any<Repository>(), none ? nullptr : ids, count, out, e);
  });
}

// Some URIs, or a number that they do not have.
std::size_t some_uris(Caller& c, const char* (&uris)[3]) {
  for (const char*& uri : uris) uri = c.uri();
  static const std::size_t counts[] = {0, 1, 1, 2, 3, 1'000'001, SIZE_MAX};
  return c.pick(counts);
}

void exclude(Caller& c) {
  const char* uris[3];
  const std::size_t count = some_uris(c, uris);
  c.give_number<std::uint64_t>(
      [&](std::uint64_t* out, Error e) {
        return freshet_repository_exclude(c.any<Repository>(), c.one_in(10) ? nullptr : uris, count,
                                          c.one_in(2) ? nullptr : c.text(), out, e);
      },
      true);
}

void include(Caller& c) {
  const char* uris[3];
  const std::size_t count = some_uris(c, uris);
  c.plain([&](Error e) {
    return freshet_repository_include(c.any<Repository>(), c.one_in(10) ? nullptr : uris, count, e);
  });
}

// With two out_ parameters besides the error.
void write_document(Caller& c) {
  Chunks* chunks = reinterpret_cast<Chunks*>(std::uintptr_t{1});
  freshet_write_result result = FRESHET_WRITE_RESULT_INIT;
  const bool without_chunks = c.one_in(2), without_result = c.one_in(2);
  if (c.one_in(10)) result.struct_size = c.one_in(2) ? 0 : SIZE_MAX;
  const bool sized = without_result || result.struct_size == sizeof result;
  const freshet_status status = c.plain([&](Error e) {
    return freshet_repository_write_document(
        c.any<Repository>(), c.any<freshet_document>(),
        c.json({"{}", R"({"chunker":{"max_chunk_size":50,"overlap_size":0}})",
                R"({"chunker":{"max_chunk_size":-1}})"}),
        without_result ? nullptr : &result, without_chunks ? nullptr : &chunks, e);
  });
  if (status == FRESHET_OK) c.check(sized, "a result without its size is OK");
  if (without_chunks) return;
  c.check((status == FRESHET_OK) == (chunks != nullptr), "out_chunks is wrong");
  if (chunks != nullptr) c.put(k_chunks, chunks);
}

template <typename T, freshet_status (*function)(const Repository*, const char*, T**, Error)>
void find(Caller& c) {
  c.make<T>([&](T** out, Error e) { return function(c.any<Repository>(), c.uri(), out, e); });
}

template <freshet_status (*function)(const Repository*, char**, Error)>
void ask(Caller& c) {
  c.give_text([&](char** out, Error e) { return function(c.any<Repository>(), out, e); });
}

std::size_t index(Caller& c) {
  static const std::size_t indexes[] = {0, 0, 1, 2, 1000, SIZE_MAX};
  return c.pick(indexes);
}

}  // namespace

const std::vector<Function>& repository_functions() {
  static const std::vector<Function> functions = {
      {"freshet_repository_open", 2, open},
      {"freshet_repository_close", 1, [](Caller& c) { c.free_one(k_repository); }},
      {"freshet_repository_info_get", 6,
       [](Caller& c) {
         c.fill<freshet_repository_info>([&](freshet_repository_info* out, Error e) {
           return freshet_repository_info_get(c.any<Repository>(), out, e);
         });
       }},
      {"freshet_repository_status", 3, ask<freshet_repository_status>},
      {"freshet_repository_check", 1,
       [](Caller& c) {
         c.give_text([&](char** out, Error e) {
           return freshet_repository_check(c.any<Repository>(), c.call(), out, e);
         });
       }},
      {"freshet_repository_find_root", 8, find<freshet_root, freshet_repository_find_root>},
      {"freshet_repository_read_document", 6,
       find<freshet_document, freshet_repository_read_document>},
      {"freshet_repository_root_chunks", 6, find<Chunks, freshet_repository_root_chunks>},
      {"freshet_repository_exists_root", 6,
       [](Caller& c) {
         c.give_number<std::int32_t>([&](std::int32_t* out, Error e) {
           return freshet_repository_exists_root(c.any<Repository>(), c.uri(), out, e);
         });
       }},
      {"freshet_repository_list_roots", 4,
       [](Caller& c) {
         c.make<freshet_roots>([&](freshet_roots** out, Error e) {
           return freshet_repository_list_roots(c.any<Repository>(), out, e);
         });
       }},
      {"freshet_roots_next", 10,
       [](Caller& c) {
         c.make<freshet_root>(
             [&](freshet_root** out, Error e) {
               return freshet_roots_next(c.any<freshet_roots>(), out, e);
             },
             false, true);
       }},
      {"freshet_roots_free", 2, [](Caller& c) { c.free_one(k_roots); }},
      {"freshet_root_get", 8,
       [](Caller& c) {
         c.fill<freshet_root_info>([&](freshet_root_info* out, Error e) {
           return freshet_root_get(c.any<freshet_root>(), out, e);
         });
       }},
      {"freshet_root_free", 2, [](Caller& c) { c.free_one(k_root); }},
      {"freshet_repository_delete_root_and_descendants", 1,
       [](Caller& c) {
         c.give_number<std::uint64_t>(
             [&](std::uint64_t* out, Error e) {
               return freshet_repository_delete_root_and_descendants(c.any<Repository>(), c.uri(),
                                                                     out, e);
             },
             true);
       }},
      {"freshet_repository_exclude", 1, exclude},
      {"freshet_repository_include", 2, include},
      {"freshet_repository_list_excluded", 1,
       [](Caller& c) {
         c.give_text([&](char** out, Error e) {
           return freshet_repository_list_excluded(c.any<Repository>(), out, e);
         });
       }},
      {"freshet_repository_set_flags", 2,
       [](Caller& c) {
         c.plain([&](Error e) {
           return freshet_repository_set_flags(
               c.any<Repository>(), c.uri(),
               c.json({R"({"priority":"high"})", R"({"priority":null})"}), e);
         });
       }},
      {"freshet_trigger_root", 2,
       [](Caller& c) {
         c.plain([&](Error e) {
           return freshet_trigger_root(c.any<Repository>(), c.uri(),
                                       c.one_in(2) ? "drawn" : nullptr, e);
         });
       }},
      {"freshet_trigger_prefix", 1,
       [](Caller& c) {
         std::uint64_t count = 0;
         c.plain([&](Error e) {
           return freshet_trigger_prefix(c.any<Repository>(), c.one_in(10) ? "" : "file:", nullptr,
                                         c.one_in(5) ? nullptr : &count, e);
         });
       }},
      {"freshet_explain_root", 1,
       [](Caller& c) {
         c.give_text([&](char** out, Error e) {
           return freshet_explain_root(c.any<Repository>(), c.uri(), nullptr, nullptr, out, e);
         });
       }},
      {"freshet_trigger_list", 1,
       [](Caller& c) {
         c.give_text([&](char** out, Error e) {
           return freshet_trigger_list(c.any<Repository>(), c.one_in(10) ? SIZE_MAX : 10, out, e);
         });
       }},
      {"freshet_runs_list", 2,
       [](Caller& c) {
         c.give_text([&](char** out, Error e) {
           return freshet_runs_list(c.any<Repository>(), c.number() % 40, c.number() % 20, out, e);
         });
       }},
      {"freshet_runs_get", 2,
       [](Caller& c) {
         c.give_text([&](char** out, Error e) {
           return freshet_runs_get(c.any<Repository>(), c.number() % 40, out, e);
         });
       }},
      {"freshet_repository_write_document", 4, write_document},
      {"freshet_repository_find_chunks", 4, find_chunks},
      {"freshet_repository_expand", 4,
       [](Caller& c) {
         static const std::uint32_t widths[] = {0, 1, 2, 1000, UINT32_MAX};
         c.make<Chunks>([&](Chunks** out, Error e) {
           return freshet_repository_expand(c.any<Repository>(), c.id(), c.pick(widths),
                                            c.pick(widths), out, e);
         });
       }},
      {"freshet_chunks_count", 4, [](Caller& c) { freshet_chunks_count(c.any<Chunks>()); }},
      {"freshet_chunks_get", 8,
       [](Caller& c) {
         c.fill<freshet_chunk_info>([&](freshet_chunk_info* out, Error e) {
           return freshet_chunks_get(c.any<Chunks>(), index(c), out, e);
         });
       }},
      {"freshet_chunks_free", 2, [](Caller& c) { c.free_one(k_chunks); }},
      {"freshet_repository_find_element", 4,
       [](Caller& c) {
         c.make<freshet_element>([&](freshet_element** out, Error e) {
           return freshet_repository_find_element(c.any<Repository>(), c.id(), out, e);
         });
       }},
      {"freshet_element_get", 4,
       [](Caller& c) {
         c.fill<freshet_element_info>([&](freshet_element_info* out, Error e) {
           return freshet_element_get(c.any<freshet_element>(), out, e);
         });
       }},
      {"freshet_element_free", 2, [](Caller& c) { c.free_one(k_element); }},
      {"freshet_repository_path_from_root", 4,
       [](Caller& c) {
         c.give_text([&](char** out, Error e) {
           return freshet_repository_path_from_root(c.any<Repository>(), c.id(), out, e);
         });
       }},
      {"freshet_repository_backup", 1, backup},
  };
  return functions;
}

}  // namespace freshet::random_calls
