// core/repository/writer_roots.cpp - what is recorded of a root without a new document.
#include <algorithm>

#include "core/base/json.hpp"
#include "core/repository/roots.hpp"
#include "core/repository/rows.hpp"
#include "core/repository/sources.hpp"
#include "core/repository/transaction.hpp"

namespace freshet::repository {

using base::Code;
using base::Result;
using base::Status;

namespace {

constexpr std::size_t most_error = 4096;

// The root as it was, or one that begins with what a loader said of it.
template <typename Change>
Root begin_with(const std::optional<Root>& before, const Digest& id, const Change& change) {
  if (before) return *before;
  Root root;
  root.id = id;
  root.uri = change.uri;
  root.handle = change.handle;
  root.loader_metadata = change.loader_metadata;
  return root;
}

tl::unexpected<base::Error> unknown(const std::string& root) {
  return base::fail(Code::not_found, "no such root", root);
}

base::Result<base::Json> flags_of(Transaction& transaction, const Root& root) {
  if (root.flags.empty()) return base::Json::object();
  base::Json flags = base::Json::parse(root.flags, nullptr, false);
  if (flags.is_object()) return flags;
  return transaction.malformed(Db::roots, transaction.key().add(root.id));
}

}  // namespace

Status WritesRoots::put_root(const Root& root) {
  FRESHET_TRY(check_included(transaction_, root.id));
  FRESHET_ASSIGN(const auto before, load_root(transaction_, root.id, root.uri));
  return store_root(transaction_, before, root);
}

Status WritesRoots::touch(const Touch& touch) {
  FRESHET_ASSIGN(const auto before, load_root(transaction_, touch.root));
  if (!before) {
    FRESHET_TRY(check_included(transaction_, touch.root));
    return unknown(touch.root.hex());
  }
  FRESHET_TRY(settle_lease(transaction_, touch.root, before->uri, touch.holder));
  FRESHET_TRY(check_handle(touch.handle.value_or(""), before->uri));
  Root root = *before;
  root.checked = touch.now;
  settle_times(root, touch.now);
  if (touch.version) root.version = *touch.version;
  if (touch.handle) root.handle = *touch.handle;
  if (touch.loader_metadata) root.loader_metadata = *touch.loader_metadata;
  if (touch.bytes_digest) root.bytes_digest = *touch.bytes_digest;
  if (touch.fingerprint) root.fingerprint = *touch.fingerprint;
  clear_failure(root);
  FRESHET_TRY(set_time_answered(transaction_, root, touch.ask_again));
  FRESHET_TRY(join(transaction_, root, touch.confirmed_by));
  return store_root(transaction_, before, root);
}

Status WritesRoots::decline(const Decline& decline) {
  if (decline.uri.empty()) return base::fail(Code::invalid_argument, "a root needs a URI");
  const Digest id = model::root_id(decline.uri);
  FRESHET_ASSIGN(const auto before, load_root(transaction_, id, decline.uri));
  FRESHET_TRY(settle_lease(transaction_, id, decline.uri, decline.holder));
  FRESHET_TRY(check_handle(decline.handle, decline.uri));
  Root root = begin_with(before, id, decline);
  root.checked = decline.now;
  settle_times(root, decline.now);
  clear_failure(root);
  FRESHET_TRY(set_time_answered(transaction_, root, decline.ask_again));
  return store_root(transaction_, before, root);
}

Status WritesRoots::fail(const Failure& failure) {
  if (failure.uri.empty()) return base::fail(Code::invalid_argument, "a failure needs a URI");
  const Digest id = model::root_id(failure.uri);
  FRESHET_ASSIGN(const auto before, load_root(transaction_, id, failure.uri));
  FRESHET_TRY(settle_lease(transaction_, id, failure.uri, failure.holder));
  FRESHET_TRY(check_handle(failure.handle, failure.uri));
  Root root = begin_with(before, id, failure);
  if (root.failures < UINT32_MAX) ++root.failures;
  // In a row: doubt begins the count again. A policy's failure says nothing of the source.
  if (failure.gone)
    ++root.gone_seen;
  else if (failure.error.code != Code::policy_failed)
    root.gone_seen = 0;
  root.failed = failure.now;
  // By a clock that was ahead: when it was really confirmed is not known.
  if (root.checked > failure.now) root.checked = base::unset;
  root.error_code = failure.error.code;
  root.error = base::to_string(failure.error).substr(0, most_error);
  set_time(root, failure.ask_again);
  return store_root(transaction_, before, root);
}

Status WritesRoots::put_alias(const Alias& alias) {
  if (alias.uri.empty() || alias.target.empty())
    return base::fail(Code::invalid_argument, "an alias needs two URIs", alias.uri);
  if (alias.uri == alias.target)
    return base::fail(Code::invalid_argument, "a root cannot be an alias of itself", alias.uri);
  FRESHET_TRY(check_handle(alias.handle, alias.uri));
  const Digest id = model::root_id(alias.uri);
  FRESHET_ASSIGN(const auto before, load_root(transaction_, id, alias.uri));
  FRESHET_TRY(settle_lease(transaction_, id, alias.uri, alias.holder));
  Root root = before.value_or(Root{});
  root.id = id;
  root.uri = alias.uri;
  if (root.exists()) FRESHET_TRY(remove_content(transaction_, root));
  if (root.alias_of != alias.target) root.changed = alias.now;
  root.alias_of = alias.target;
  root.version = alias.version;
  root.handle = alias.handle;
  root.loader_metadata = alias.loader_metadata;
  root.bytes_digest = alias.bytes_digest;
  root.checked = alias.now;
  settle_times(root, alias.now);
  clear_failure(root);
  FRESHET_TRY(set_time_answered(transaction_, root, alias.ask_again));
  return store_root(transaction_, before, root);
}

Status WritesRoots::set_flags(const std::string& uri, const std::string& flags) {
  FRESHET_ASSIGN(const base::Json changes, base::parse_json(flags, "flags"));
  if (!changes.is_object()) return base::fail(Code::invalid_argument, "is not an object", "flags");
  FRESHET_ASSIGN(const auto before, load_root(transaction_, model::root_id(uri), uri));
  if (!before) return unknown(uri);
  FRESHET_ASSIGN(base::Json merged, flags_of(transaction_, *before));
  for (const auto& item : changes.items()) {
    if (item.value().is_null())
      merged.erase(item.key());
    else
      merged[item.key()] = item.value();
  }
  Root root = *before;
  root.flags = merged.empty() ? std::string() : base::dump_json(merged);
  if (root.flags == before->flags) return {};
  if (root.failures == 0) root.ask_again = transaction_.clock().now();
  return store_root(transaction_, before, root);
}

Status WritesRoots::spend_flag(const Digest& id, std::string_view name) {
  FRESHET_ASSIGN(const auto before, load_root(transaction_, id));
  if (!before || before->flags.empty()) return {};
  FRESHET_ASSIGN(base::Json flags, flags_of(transaction_, *before));
  if (flags.erase(std::string(name)) == 0) return {};
  Root root = *before;
  root.flags = flags.empty() ? std::string() : base::dump_json(flags);
  return store_root(transaction_, before, root);
}

Status WritesRoots::set_ask_again(const Digest& id, const Schedule& ask_again) {
  FRESHET_ASSIGN(const auto before, load_root(transaction_, id));
  if (!before) return unknown(id.hex());
  Root root = *before;
  if (root.error_code == Code::policy_failed) {
    clear_failure(root);
    root.gone_seen = before->gone_seen;
  }
  set_time(root, ask_again);
  if (root.ask_again == before->ask_again && root.failures == before->failures) return {};
  return store_root(transaction_, before, root);
}

Status WritesRoots::part(const Digest& id, Instant since) {
  const Key key = transaction_.key().add(id);
  FRESHET_ASSIGN(const auto stored, transaction_.record<RootView>(Db::roots, key));
  if (!stored || stored->confirmed_by.empty() || stored->checked >= since) return {};
  FRESHET_ASSIGN(const auto root, load_root(transaction_, id));
  return store_root(transaction_, root, *root);
}

Status WritesRoots::set_entry(const Digest& id, const std::string& handle,
                              const std::string& loader_metadata) {
  FRESHET_ASSIGN(const auto before, load_root(transaction_, id));
  if (!before) return unknown(id.hex());
  FRESHET_TRY(check_handle(handle, before->uri));
  Root root = *before;
  root.handle = handle;
  if (root.loader_metadata != loader_metadata) {
    root.loader_metadata = loader_metadata;
    root.version.clear();
    root.bytes_digest = {};
  }
  return store_root(transaction_, before, root);
}

Result<std::optional<std::uint64_t>> WritesRoots::remove_root(const Digest& id) {
  FRESHET_ASSIGN(const auto sources, sources_of(transaction_, id));
  WritesSources of_sources(transaction_);
  for (const Digest& source : sources) {
    FRESHET_TRY(of_sources.leave(source, id));
    FRESHET_TRY(of_sources.forget_state(source, true));
  }
  FRESHET_TRY(transaction_.remove(Db::leases, transaction_.key().add(id)));
  FRESHET_TRY(transaction_.remove(Db::triggers, transaction_.key<TriggerKey>(id)));
  FRESHET_TRY(transaction_.remove(Db::refusals, transaction_.key<RefusalKey>(id)));
  FRESHET_TRY(WritesLessons(transaction_).forget_lessons(id));
  FRESHET_ASSIGN(const auto before, load_root(transaction_, id));
  if (!before) return std::nullopt;
  const std::uint64_t removed = std::max<std::uint64_t>(before->elements, 1) + before->chunks;
  // Emptied and taken out of the index first, so that the counters follow; then gone.
  Root root = *before;
  FRESHET_TRY(remove_content(transaction_, root));
  clear_failure(root);
  root.ask_again = base::never;
  FRESHET_TRY(store_root(transaction_, before, root));
  FRESHET_TRY(transaction_.remove(Db::roots, transaction_.key().add(id)));
  FRESHET_ASSIGN(Counters* const counters, transaction_.counters());
  --counters->roots;
  return removed;
}

}  // namespace freshet::repository
