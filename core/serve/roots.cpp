#include "core/serve/roots.hpp"

#include <algorithm>

#include "core/host/redactor.hpp"

namespace freshet::serve {
namespace {

using base::Json;

constexpr std::size_t together = 1'000, most_looked_at = 20'000;

Json object_of(const std::string& text) {
  Json parsed = Json::parse(text, nullptr, false);
  return parsed.is_object() ? parsed : Json::object();
}

Json instant(base::Instant at) {
  return at == base::unset || at == base::never ? Json() : Json(at.ms);
}

// As `freshet roots list --json` shows it.
Json root_json(const repository::Root& root) {
  const host::Redactor& redactor = host::redactor();
  Json out{{"uri", redactor.clean(root.uri)},
           {"title", root.title},
           {"media_type", root.media_type},
           {"version", root.version},
           {"chunks", root.chunks},
           {"elements", root.elements},
           {"ingested_ms", instant(root.ingested)},
           {"checked_ms", instant(root.checked)},
           {"changed_ms", instant(root.changed)},
           {"ask_again_ms", instant(root.ask_again)},
           {"failures", root.failures},
           {"metadata", object_of(root.metadata)},
           {"flags", object_of(root.flags)}};
  if (!root.alias_of.empty()) out["alias_of"] = redactor.clean(root.alias_of);
  if (root.failures > 0)
    out["error"] = {{"code", base::code_name(root.error_code)},
                    {"message", redactor.clean(root.error)},
                    {"at_ms", instant(root.failed)}};
  return out;
}

}  // namespace

base::Result<Json> list_roots(const repository::Repository& repository, const RootsAsked& asked) {
  FRESHET_ASSIGN(const repository::Snapshot snapshot, repository.read());
  FRESHET_ASSIGN(const repository::Info info, snapshot.info());
  Json roots = Json::array();
  base::Digest last = asked.after;
  std::size_t looked_at = 0;
  bool more = !asked.failing || info.failing > 0;
  while (more && roots.size() < asked.limit && looked_at < most_looked_at) {
    const std::size_t size = asked.failing ? together : asked.limit - roots.size();
    FRESHET_ASSIGN(const auto page, snapshot.list_roots(last, size));
    more = page.size() == size;
    for (const repository::Root& root : page) {
      if (roots.size() == asked.limit) {
        more = true;
        break;
      }
      last = root.id;
      if (!asked.failing || root.failures > 0) roots.push_back(root_json(root));
    }
    looked_at += page.size();
  }
  return Json{{"roots", std::move(roots)}, {"next", more ? Json(last.hex()) : Json()}};
}

}  // namespace freshet::serve
