// freshet/sdk/freshet_sdk.hpp - a plugin of freshet in C++: classes instead of tables, exceptions instead
// of statuses. Header-only; needs freshet/plugin/*.h, C++20 and nlohmann/json.
//
//     const void* get(std::string_view kind, std::string_view name) {
//       if (kind == FRESHET_PLUGIN_LOADER && name == "feed")
//         return freshet::sdk::loader_table<Feed>();
//       return nullptr;
//     }
//     FRESHET_SDK_PLUGIN("loader_feed", "1.0.0", get)
#pragma once

#include <freshet/sdk/call.hpp>
#include <freshet/sdk/embedder.hpp>
#include <freshet/sdk/errno.hpp>
#include <freshet/sdk/filter.hpp>
#include <freshet/sdk/loader.hpp>
#include <freshet/sdk/options.hpp>
#include <freshet/sdk/reader.hpp>
#include <freshet/sdk/store.hpp>
#include <freshet/sdk/tokenizer.hpp>
#include <freshet/sdk/transformer.hpp>

// Exports the one symbol. Name and version are as in the manifest; `get` is a function from a kind
// (FRESHET_PLUGIN_LOADER, …) and a name, both std::string_view, to a table, or nullptr.
#define FRESHET_SDK_PLUGIN(plugin_name, plugin_version, get_function)                    \
  extern "C" FRESHET_PLUGIN_EXPORT const freshet_plugin_descriptor freshet_plugin_entry; \
  extern "C" const freshet_plugin_descriptor freshet_plugin_entry = {                    \
      sizeof(freshet_plugin_descriptor),                                                 \
      FRESHET_PLUGIN_ABI,                                                                \
      0,                                                                                 \
      plugin_name,                                                                       \
      plugin_version,                                                                    \
      [](const char* kind, const char* name) noexcept -> const void* {                   \
        return kind == nullptr || name == nullptr ? nullptr : get_function(kind, name);  \
      }};
