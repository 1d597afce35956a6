#include "core/host/adapters.hpp"

#include <fmt/format.h>

#include "core/base/digest.hpp"
#include "core/base/text.hpp"

namespace freshet::host {
namespace {

constexpr std::size_t most_fingerprint = 1024;

}  // namespace

base::Result<const void*> get_table(const Opening& opening, const char* kind,
                                    const std::string& name) {
  const void* table = nullptr;
  FRESHET_TRY(call_plugin(opening.caller, "get", {}, [&](freshet_call*) {
    table = opening.provider->table(kind, name);
    return FRESHET_OK;
  }));
  return table;
}

std::string fingerprint_of(const std::string& plugin, const std::string& version,
                           const std::string& name, const std::string& options) {
  return fmt::format("{}/{}/{}/{}", plugin, version, name, base::digest_of(options).hex());
}

base::Result<std::string> fingerprint_of(const Opening& opening, const char* told) {
  std::string all =
      fingerprint_of(opening.caller->plugin, opening.version, opening.name, opening.options);
  if (told == nullptr) return all;
  const std::string_view text = told;
  if (text.size() > most_fingerprint || !base::is_utf8(text))
    return broken(*opening.caller, fmt::format("its fingerprint is not UTF-8 of at most {} bytes",
                                               most_fingerprint));
  return all.append("/").append(text);
}

}  // namespace freshet::host
