#include "core/refresh/decide.hpp"

#include "core/base/json.hpp"

namespace freshet::refresh {
namespace {

// The root that holds the content: itself, or the one it is another name of. Null: none does (any
// more), and the root is read as if it were new.
base::Result<const repository::RootView*> holder(const repository::RootView& root,
                                                 const repository::Snapshot& snapshot,
                                                 std::optional<repository::RootView>& target) {
  if (root.exists()) return &root;
  if (root.alias_of.empty()) return nullptr;
  FRESHET_ASSIGN(target, snapshot.root(model::root_id(root.alias_of)));
  return target && target->exists() ? &*target : nullptr;
}

base::Status remember(Item& item, const repository::RootView& root,
                      const repository::Snapshot& snapshot, const Run& run,
                      const policy::Policy& policy) {
  std::optional<repository::RootView> target;
  FRESHET_ASSIGN(const repository::RootView* const content, holder(root, snapshot, target));
  item.exists = root.exists();
  item.known = content != nullptr;
  item.same_recipe = !run.config.force && content != nullptr &&
                     content->fingerprint == run.recipe(content->media_type);
  if (item.known && item.same_recipe) item.version = root.version;
  item.bytes_digest = root.bytes_digest;
  item.content_digest = root.content_digest;
  item.ingested = root.exists() ? root.ingested : root.checked;
  item.checked = root.checked;
  item.changed = root.changed;
  item.failures = root.failures;
  item.gone_seen = root.gone_seen;
  item.error_code = root.error_code;
  if (policy.needs_metadata()) item.metadata = root.metadata;
  if (policy.needs_flags()) item.flags = root.flags;
  return {};
}

policy::Decision ask(const policy::Policy& policy, const Item& item, base::Instant now) {
  policy::Known known;
  known.uri = item.entry.uri;
  known.exists = item.known;
  known.ingested = item.ingested;
  known.checked = item.checked;
  known.changed = item.changed;
  known.listed_modified = item.entry.last_modified;
  Json metadata, flags;
  if (!item.metadata.empty())
    known.metadata = &(metadata = Json::parse(item.metadata, nullptr, false));
  if (!item.flags.empty()) known.flags = &(flags = Json::parse(item.flags, nullptr, false));
  return policy.decide(known, now);
}

// Whatever the policy says, a server that asked to be left alone is left alone, run after run. A
// time that a clock which was ahead left behind asks for nothing.
bool told_to_wait(const Judged& judged, base::Instant now) {
  if (judged.item.failures == 0 || judged.item.error_code != base::Code::rate_limited) return false;
  return judged.failed <= now && now < judged.stored_ask_again &&
         judged.stored_ask_again - judged.failed <= longest_hold;
}

void decide(Judged& judged, const Run& run, const policy::Policy& policy, base::Instant now) {
  Item& item = judged.item;
  if (run.config.force) {
    item.reason = "forced";
    return;
  }
  if (item.known && !item.same_recipe) {
    item.reason = "reader or chunker changed";
    return;
  }
  if (told_to_wait(judged, now)) {
    judged.verdict = Verdict::fresh;
    judged.ask_again = judged.stored_ask_again;
    return;
  }
  const policy::Decision decision = ask(policy, item, now);
  item.reason = decision.reason;
  if (!decision.refresh) {
    judged.verdict = Verdict::fresh;
    judged.ask_again = decision.ask_again;
    return;
  }
  const bool same_version = !item.entry.version.empty() && item.entry.version == item.version;
  if (item.known && same_version && item.failures == 0) judged.verdict = Verdict::confirmed;
}

}  // namespace

base::Result<std::vector<Judged>> judge(const Run& run, OpenSource& source,
                                        std::vector<ports::Entry> entries) {
  const policy::Policy& policy = *source.config->policy;
  std::vector<Judged> judged(entries.size());
  std::vector<base::Digest> ids(entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    judged[i].item.source = &source;
    judged[i].item.entry = std::move(entries[i]);
    judged[i].item.root = ids[i] = model::root_id(judged[i].item.entry.uri);
  }
  const base::Instant now = run.now();
  FRESHET_ASSIGN(const repository::Snapshot snapshot, run.repository().read());
  base::Status remembered;
  FRESHET_TRY(snapshot.roots(ids, [&](std::size_t i, const repository::RootView* root) {
    if (root != nullptr && remembered) {
      remembered = remember(judged[i].item, *root, snapshot, run, policy);
      judged[i].recorded = true;
      judged[i].stored_ask_again = root->ask_again;
      judged[i].failed = root->failed;
    }
    decide(judged[i], run, policy, now);
  }));
  if (!remembered) return base::fail(std::move(remembered).error());
  return judged;
}

}  // namespace freshet::refresh
