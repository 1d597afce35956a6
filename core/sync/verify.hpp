// core/sync/verify.hpp - compares what a store holds with what it should hold, and repairs it.
//
// Ids and digests are compared for every row, contents (text, metadata, vector) for every row or
// for a sample. A store that says so itself, or a row with another content under its own digest, is
// damage: it is not mended in its place but filled again from the repository, whose vectors are
// kept.
//
// Rows that this repository did not send are foreign: another program's, or another repository's. They
// are counted and left alone, unless the namespace is declared to be owned.
#pragma once

#include <optional>

#include "core/sync/context.hpp"
#include "core/sync/fault.hpp"
#include "core/sync/report.hpp"
#include "core/sync/target.hpp"

namespace freshet::sync {

// The rows whose content is compared: those whose id has the rest `part` divided by `of`.
struct Sample {
  std::uint32_t part = 0, of = 1;
  bool takes(const base::Digest& id) const { return id.bytes.back() % of == part; }
};

// Of one target.
struct VerifyReport {
  repository::TargetNumber number = repository::main_target;
  std::string store;
  std::uint64_t expected = 0, stored = 0;
  std::uint64_t missing = 0;          // in the repository, not in the store
  std::uint64_t stale = 0;            // in both, with another digest
  std::uint64_t orphans = 0;          // in the store only
  std::uint64_t damaged = 0;          // with the right digest, and another content
  std::uint64_t duplicates = 0;       // listed more than once
  std::uint64_t foreign = 0;          // somebody else's
  std::uint64_t checked = 0;          // ids that were looked at on either side
  std::uint64_t pending = 0;          // not delivered yet: neither missing nor wrong
  std::uint64_t compared = 0;         // rows whose content was compared
  Sample sample;                      // of which these are
  std::vector<std::string> problems;  // what the store found in its own place
  bool unreadable = false;            // that is damaged as a whole: no rows were compared
  std::vector<std::string> ids;       // the first 100 that are wrong: "missing <id>"
  bool sound() const { return damaged == 0 && problems.empty(); }
  bool in_step() const { return missing + stale + orphans + duplicates == 0 && sound(); }
};

struct RepairReport : VerifyReport {  // what was found, and
  bool rebuilt = false;               // everything was delivered again
  std::string kept;                   // where the store keeps what was damaged; or empty
  std::uint64_t upserts = 0, removals = 0, embedded_texts = 0;
  std::uint64_t held = 0;  // removals that are too many to be made without a person's word
};

struct VerifyOptions {
  bool deep = false;             // the content of every row
  std::optional<double> sample;  // only so many of the rows, from 0 to 1, and no listing
  bool owned = false;            // foreign rows are orphans
  bool accept_shrink = false;    // a repair removes however many there are
  double max_shrink = 0.2;       // share of the rows that a repair removes without that
};

// Of every target that is delivered to, by number.
base::Result<std::vector<VerifyReport>> verify(const Context& context, const VerifyOptions& options,
                                               const base::Cancel& cancel);

// The same of what was opened, or could not be because it is damaged; each fault is told to
// `on_fault`, too, where there is one.
base::Result<VerifyReport> verify(const Context& context, const repository::KnownTarget& known,
                                  base::Result<OpenTarget>& target, const VerifyOptions& options,
                                  const base::Cancel& cancel, const OnFault& on_fault);

// Verifies everything, puts what is wrong into the delivery queue, and delivers. Every target is
// looked at; where one fails, its error is returned when the others are done. With a sample, all of a
// target is verified only where the sample shows a fault.
base::Result<std::vector<RepairReport>> repair(const Context& context, const VerifyOptions& options,
                                               const base::Cancel& cancel);

// Delivers what is pending to all targets, without looking at any source: upserts, removals,
// embedded_texts and what is pending still.
base::Result<Counts> deliver_pending(const Context& context, const base::Cancel& cancel);

// Empties the namespace in every store; the next run fills it again from the repository. Waits for the
// run that delivers now, if there is one: it empties the namespace itself.
base::Status reset(const Context& context, const base::Cancel& cancel);

}  // namespace freshet::sync
