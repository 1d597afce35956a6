// core/refresh/state.hpp - what the stages of one run share.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/refresh/config.hpp"
#include "core/refresh/deliver.hpp"
#include "core/refresh/engine.hpp"
#include "core/refresh/leases.hpp"
#include "core/refresh/ledger.hpp"
#include "core/refresh/readers.hpp"
#include "core/refresh/vectors.hpp"

namespace freshet::refresh {

// A configured source, opened.
struct OpenSource {
  const SourceConfig* config = nullptr;
  std::unique_ptr<ports::Loader> loader;
  repository::Source record;  // as it was when the run began, with this listing's generation
  std::uint64_t members_before = 0;
  bool same_config = false;  // as in the last run
  bool in_part = false;      // this run looks at some of its roots only
  std::vector<std::string> asked_for;  // the members that it then names
  SourceReport report;
  std::mutex mutex;
  std::vector<base::Digest> gone;  // roots the source said are gone, for the end of the run
};

class Selection;

// A due root on its way through the stages.
struct Item {
  OpenSource* source = nullptr;
  ports::Entry entry;
  base::Digest root;
  bool exists = false;  // a document is stored under this root
  bool known = false;   // a document or an alias is
  bool same_recipe =
      false;            // its chunks were made as they would be made now, and nothing is forced
  std::string version;  // handed to the loader; empty: fetch whatever happens
  base::Digest bytes_digest, content_digest;
  base::Instant ingested, checked, changed;
  std::uint32_t failures = 0, gone_seen = 0;
  base::Code error_code = base::Code::ok;
  std::string metadata, flags;  // only where the policy asks for them
  std::string_view reason;      // why it is due
};

struct Run {
  const Context& context;
  const RunConfig& config;
  const base::Cancel& cancel;
  Ledger& ledger;
  Leases& leases;
  const base::Instant started;
  const Readers& readers;
  Vectors* vectors = nullptr;    // null: no embedder
  Delivery* delivery = nullptr;  // null in a plan
  Selection* selection = nullptr;

  repository::Repository& repository() const { return context.repository; }
  base::Instant now() const { return context.repository.clock().now(); }
  // Of the reader and the chunking that a document of this media type is made with.
  base::Digest recipe(std::string_view media_type) const;
};

// When to ask again after a success at `now`, by the source's policy.
base::Instant next_time(const Item& item, base::Instant now, bool changed);

// The longest that a root is left alone because its server asked for it.
inline constexpr base::Millis longest_hold{7LL * 24 * 3'600'000};

// When to ask again after the `failures`-th failure in a row.
base::Instant retry_time(const base::Error& error, std::uint32_t failures, base::Instant now);

}  // namespace freshet::refresh
