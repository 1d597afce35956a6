#include "core/sync/trigger.hpp"

namespace freshet::sync {

base::Result<std::uint64_t> trigger_prefix(repository::Repository& repository,
                                           const std::string& prefix, const std::string& why) {
  constexpr std::size_t together = 5000;
  if (prefix.empty()) return base::fail(base::Code::invalid_argument, "is empty", "prefix");
  std::uint64_t count = 0;
  base::Digest last;
  while (true) {
    std::vector<repository::Root> roots;
    {
      FRESHET_ASSIGN(const repository::Snapshot snapshot, repository.read());
      FRESHET_ASSIGN(roots, snapshot.list_roots(last, together));
    }
    if (roots.empty()) return count;
    last = roots.back().id;
    std::erase_if(roots, [&](const auto& root) { return !root.uri.starts_with(prefix); });
    if (roots.empty()) continue;
    FRESHET_TRY(repository.write([&](repository::Writer& writer) -> base::Status {
      for (const repository::Root& root : roots) FRESHET_TRY(writer.put_trigger(root.uri, why));
      return {};
    }));
    count += roots.size();
  }
}

}  // namespace freshet::sync
