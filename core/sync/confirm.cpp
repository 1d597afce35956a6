#include "core/sync/confirm.hpp"

namespace freshet::sync {

base::Status confirm_root(repository::Writer& writer, const repository::Touch& touch,
                          const std::string& alias_of) {
  FRESHET_TRY(writer.touch(touch));
  if (alias_of.empty()) return {};
  repository::Touch behind;
  behind.root = model::root_id(alias_of);
  behind.now = touch.now;
  behind.ask_again = touch.ask_again;
  FRESHET_ASSIGN(const auto root, writer.read().root(behind.root));
  if (!root || !root->exists() || !root->version.empty()) return {};
  // What failed by its own name waits for its own time, and is answered then by whichever name comes. What its
  // own name says is gone is counted, until it is removed.
  if (root->gone_seen > 0 || (root->failures > 0 && root->ask_again > touch.now)) return {};
  FRESHET_ASSIGN(const auto held, writer.read().lease(behind.root));
  return held ? base::Status{} : writer.touch(behind);
}

}  // namespace freshet::sync
