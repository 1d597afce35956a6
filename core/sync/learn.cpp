#include "core/sync/learn.hpp"

#include <algorithm>
#include <cstring>
#include <type_traits>

namespace freshet::sync {
namespace {

using base::Result;
using base::Status;

constexpr base::Millis longest_rest{3'600'000};  // between two times that all pages are judged

// Recorded as they lie in memory, behind the number of their form.
constexpr char form = 2;
static_assert(sizeof(LearntSource) == 224 && std::is_trivially_copyable_v<LearntSource>);
static_assert(sizeof(LearntPage) == 32 && std::is_trivially_copyable_v<LearntPage>);
static_assert(sizeof(policy::Purse) == 40 && std::is_trivially_copyable_v<policy::Purse>);
static_assert(sizeof(policy::Tally) == 8 && std::is_trivially_copyable_v<policy::Tally>);

template <typename Value>
Result<std::optional<Value>> load(const repository::Snapshot& snapshot, const base::Digest& source,
                                  const base::Digest& of) {
  FRESHET_ASSIGN(const auto bytes, snapshot.habit(source, of));
  if (!bytes || bytes->size() != 1 + sizeof(Value) || bytes->front() != form) return std::nullopt;
  Value value;
  std::memcpy(&value, bytes->data() + 1, sizeof value);
  return value;
}

template <typename Value>
Status store(repository::Writer& writer, const base::Digest& source, const base::Digest& of,
             const Value& value) {
  char bytes[1 + sizeof value] = {form};
  std::memcpy(bytes + 1, &value, sizeof value);
  return writer.put_habit(source, of, {bytes, sizeof bytes});
}

// Where the purse lies that sources share.
base::Digest purse_of(const policy::AdaptiveTerms& terms) {
  return base::DigestBuilder().add("purse").add(terms.budget_of).finish();
}

// The source's own record, and the purse, wherever that lies.
Status store_learnt(repository::Writer& writer, const base::Digest& source, const Budget& budget,
                    const LearntSource& learnt) {
  if (!budget.terms.budget_of.empty())
    FRESHET_TRY(store(writer, purse_of(budget.terms), {}, learnt.purse));
  return store(writer, source, {}, learnt);
}

Status fill(const repository::Snapshot& snapshot, const Budget& budget, base::Instant now,
            LearntSource& learnt) {
  FRESHET_ASSIGN(const std::uint64_t pages, budget.pages(snapshot));
  learnt.purse.earn(now, budget.terms.requests_a_day(pages), pages, learnt.is_covered());
  return {};
}

void learn_of_validator(policy::Validators& validators, const Answer& answer, bool changed) {
  if (!answer.conditional) return;
  validators.asked += 1;
  if (answer.not_modified) validators.same += 1;
  if (changed) validators.changed += 1;
}

policy::Teller teller_of(std::uint32_t word) {
  return (word & 1) != 0 ? policy::Teller::versions : policy::Teller::times;
}

// Only differences count.
void shift(policy::Tally& tally, const policy::Tally& from, const policy::Tally& to) {
  tally.found += to.found - from.found;
  tally.expected += to.expected - from.expected;
}

}  // namespace

std::uint32_t word_of(const ports::Entry& entry) {
  const bool version = !entry.version.empty();
  if (!version && !entry.last_modified) return 0;
  const base::Digest digest =
      base::digest_of(version ? entry.version : std::to_string(entry.last_modified->ms));
  std::uint32_t word = 0;
  std::memcpy(&word, digest.bytes.data(), sizeof word);
  return std::max(word & ~1U, 2U) | (version ? 1U : 0U);
}

policy::Heard LearntPage::heard() const {
  if (said == 0 || says == 0 || teller_of(said) != teller_of(says)) return {};
  return {said == says ? policy::Hint::stayed : policy::Hint::moved, teller_of(says)};
}

bool LearntPage::is_vouched_for() const {
  const policy::Heard what = heard();
  return what.by == policy::Teller::versions && what.hint == policy::Hint::stayed;
}

bool LearntSource::is_covered() const {
  return pages.signal(policy::Teller::times).covers() ||
         pages.signal(policy::Teller::versions).covers();
}

base::Digest folder_of(std::string_view uri) {
  return base::DigestBuilder().add("folder").add(uri.substr(0, uri.rfind('/') + 1)).finish();
}

Result<LearntSource> learnt_source(const repository::Snapshot& snapshot,
                                   const base::Digest& source) {
  FRESHET_ASSIGN(const auto found, load<LearntSource>(snapshot, source, {}));
  return found.value_or(LearntSource());
}

Result<LearntSource> learnt_source(const repository::Snapshot& snapshot, const base::Digest& source,
                                   const policy::AdaptiveTerms& terms) {
  FRESHET_ASSIGN(LearntSource learnt, learnt_source(snapshot, source));
  if (terms.budget_of.empty()) return learnt;
  FRESHET_ASSIGN(const auto purse, load<policy::Purse>(snapshot, purse_of(terms), {}));
  learnt.purse = purse.value_or(policy::Purse());
  return learnt;
}

Result<std::uint64_t> Budget::pages(const repository::Snapshot& snapshot) const {
  std::uint64_t pages = 0;
  for (const base::Digest& source : sources) {
    FRESHET_ASSIGN(const auto record, snapshot.source(source));
    if (record) pages += record->members;
  }
  return pages;
}

Result<policy::Tally> learnt_folder(const repository::Snapshot& snapshot,
                                    const base::Digest& source, const base::Digest& folder) {
  FRESHET_ASSIGN(const auto found, load<policy::Tally>(snapshot, source, folder));
  return found.value_or(policy::Tally());
}

Result<std::optional<LearntPage>> learnt_page(const repository::Snapshot& snapshot,
                                              const base::Digest& source,
                                              const base::Digest& root) {
  return load<LearntPage>(snapshot, source, root);
}

Status note(repository::Writer& writer, const base::Digest& source, const base::Digest& root,
            std::uint32_t word) {
  FRESHET_ASSIGN(auto page, learnt_page(writer.read(), source, root));
  if (!page) return {};
  page->says = word;
  // A time that is heard of for the first time says nothing yet. A version vouches for what came with it alone.
  if (page->said == 0 && teller_of(word) == policy::Teller::times) page->said = word;
  return store(writer, source, root, *page);
}

Result<std::optional<LearntMember>> learnt_member(const repository::Snapshot& snapshot,
                                                  const base::Digest& source,
                                                  std::string_view uri) {
  FRESHET_ASSIGN(const auto page, learnt_page(snapshot, source, model::root_id(uri)));
  if (!page) return std::nullopt;
  LearntMember learnt;
  learnt.page = *page;
  FRESHET_ASSIGN(learnt.of_source, learnt_source(snapshot, source));
  FRESHET_ASSIGN(learnt.folder, learnt_folder(snapshot, source, folder_of(uri)));
  return learnt;
}

Status bring(repository::Writer& writer, const base::Digest& source, std::string_view uri,
             const LearntMember& learnt) {
  const base::Digest folder = folder_of(uri);
  FRESHET_ASSIGN(auto source_here, load<LearntSource>(writer.read(), source, {}));
  FRESHET_ASSIGN(auto folder_here, load<policy::Tally>(writer.read(), source, folder));
  if (!source_here) FRESHET_TRY(store(writer, source, {}, learnt.of_source));
  if (!folder_here) FRESHET_TRY(store(writer, source, folder, learnt.folder));
  LearntPage page = learnt.page;
  if (folder_here) shift(page.folder, learnt.folder, *folder_here);
  if (source_here) shift(page.source, learnt.of_source.pages.tally, source_here->pages.tally);
  return store(writer, source, model::root_id(uri), page);
}

Result<LearntSource> earn(repository::Writer& writer, const base::Digest& source,
                          const Budget& budget, base::Instant now, bool& judges) {
  FRESHET_ASSIGN(LearntSource learnt, learnt_source(writer.read(), source, budget.terms));
  FRESHET_TRY(fill(writer.read(), budget, now, learnt));
  const base::Millis rest = std::min(budget.terms.min_interval, longest_rest);
  const bool rests = learnt.judged <= now && learnt.judged + rest > now;
  judges = learnt.purse.saved() >= 1 && !rests;
  if (judges) learnt.judged = now;
  FRESHET_TRY(store_learnt(writer, source, budget, learnt));
  return learnt;
}

Status note_staleness(repository::Writer& writer, const base::Digest& source, float stale,
                      float by_ttl) {
  FRESHET_ASSIGN(LearntSource learnt, learnt_source(writer.read(), source));
  learnt.stale = stale;
  learnt.stale_by_ttl = by_ttl;
  return store(writer, source, {}, learnt);
}

Result<Before> before(const repository::Snapshot& snapshot, const base::Digest& root) {
  FRESHET_ASSIGN(const auto found, snapshot.root(root));
  if (!found) return Before();
  return Before{found->exists() || !found->alias_of.empty(), found->checked, found->changed};
}

Status learn(repository::Writer& writer, const base::Digest& source, const Budget& budget,
             const base::Digest& root, const Before& before, const Answer& answer,
             base::Instant now) {
  const repository::Snapshot& snapshot = writer.read();
  FRESHET_ASSIGN(const auto after, snapshot.root(root));
  if (!after) return {};
  const bool failed = after->failures > 0, changed = after->changed != before.changed;
  if (failed && !before.exists) return {};
  const base::Digest folder = folder_of(after->uri);  // the root is borrowed up to the next change
  FRESHET_ASSIGN(LearntSource learnt, learnt_source(snapshot, source, budget.terms));
  FRESHET_ASSIGN(policy::Tally tally, learnt_folder(snapshot, source, folder));
  FRESHET_ASSIGN(const auto page, learnt_page(snapshot, source, root));
  FRESHET_TRY(fill(snapshot, budget, now, learnt));
  if (before.exists) learnt.purse.spend();
  if (failed) return store_learnt(writer, source, budget, learnt);
  policy::PageLearnt known = policy::begin(learnt.pages, tally, now);
  if (before.exists && page) {
    known = page->with(before.checked, before.changed);
    LearntPage heard = *page;
    if (answer.word != 0) heard.says = answer.word;
    policy::observe(learnt.pages, tally, known, now, changed, heard.heard());
    learn_of_validator(learnt.pages.validators, answer, changed);
  }
  const std::uint32_t said = answer.word != 0 || !page ? answer.word : page->says;
  FRESHET_TRY(store_learnt(writer, source, budget, learnt));
  FRESHET_TRY(store(writer, source, folder, tally));
  return store(writer, source, root,
               LearntPage{known.found, known.expected, known.folder, known.source, said, said});
}

}  // namespace freshet::sync
