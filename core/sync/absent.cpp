#include "core/sync/absent.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/base/json.hpp"
#include "core/base/text.hpp"
#include "core/net/url.hpp"
#include "core/sync/readers.hpp"

namespace freshet::sync {
namespace {

constexpr base::Millis ask_again_after{std::int64_t{7} * 24 * 3'600'000};
constexpr std::size_t most_shingles = 2000;  // a longer answer is no short apology, and is cut
constexpr std::size_t short_text = 1500;     // bytes
constexpr std::size_t least_words = 4;
constexpr std::size_t few_shingles = 9;  // that three other words make

bool has_any(const std::string& text, std::span<const std::string_view> words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return text.find(word) != std::string::npos; });
}

std::string_view path_of(std::string_view target) { return target.substr(0, target.find('?')); }

// A counter, a time, the number of a request: another one at each answer.
bool has_digit(const std::string& word) {
  return word.find_first_of("0123456789") != std::string::npos;
}

// Of another form than this, it was made by other rules, and is asked for again.
constexpr int form = 2;

void take_out(std::string& text, std::string_view words) {
  if (words.size() < 3) return;
  for (std::size_t at = text.find(words); at != std::string::npos; at = text.find(words, at))
    text.erase(at, words.size());
}

}  // namespace

model::Shingles text_without_address(const model::Document& document, std::string_view address) {
  std::string text = document.title + "\n" + model::text_of(document);
  const std::string_view path =
      path_of(address.substr(std::min(address.size(), net::origin_of(address).size())));
  const std::string_view name = path.substr(path.find_last_of('/') + 1);
  take_out(text, address);
  take_out(text, path);
  take_out(text, name);
  // A bare word is more likely one of the text's own.
  const std::string_view stem = name.substr(0, name.find_last_of('.'));
  if (stem.find_first_of("-_0123456789") != std::string_view::npos) take_out(text, stem);
  std::vector<std::string> words = model::words_of(text);
  for (std::string& word : words)
    if (has_digit(word)) word = "0";
  return words.size() < least_words ? model::Shingles() : model::shingles_of(words);
}

bool is_like(const model::Shingles& page, const model::Shingles& absent) {
  if (page.empty() || absent.empty()) return false;
  const std::size_t same = model::shared(page, absent);
  const std::size_t other = page.size() + absent.size() - 2 * same;
  return other == 0 || (other <= few_shingles && other * 10 <= page.size() + absent.size());
}

std::string absent_address(const std::string& page) {
  const auto url = net::parse_url(page);
  if (!url) return {};
  const std::string path(path_of(url->target));
  const std::size_t slash = path.find_last_of('/');
  const std::string_view name = std::string_view(path).substr(slash + 1);
  if (slash == 0 && (name.empty() || name.starts_with("index."))) return {};
  // The same one each time, so that a cache before the site has it; and of no word of a language.
  return url->origin() + path.substr(0, slash + 1) + "no-such-page-" +
         base::digest_of(url->origin()).hex().substr(0, 12) + ".html";
}

bool sounds_absent(const model::Document& document) {
  constexpr std::array<std::string_view, 26> signs = {
      "404",
      "not found",
      "no longer",
      "doesn't exist",
      "doesn\u2019t exist",
      "does not exist",
      "not exist",
      "can't find",
      "can\u2019t find",
      "cannot find",
      "couldn't find",
      "could not find",
      "unavailable",
      "not available",
      "oops",
      "nicht gefunden",
      "introuvable",
      "no encontrad",
      "non trovata",
      "n\u00e3o encontrad",
      "niet gevonden",
      "nie znalezion",
      "\u043d\u0435 \u043d\u0430\u0439\u0434\u0435\u043d",
      "\u898b\u3064\u304b\u308a\u307e\u305b\u3093",
      "\u627e\u4e0d\u5230",
      "\u4e0d\u5b58\u5728"};
  if (has_any(base::to_lower(document.title), signs)) return true;
  const std::string text = model::text_of(document);
  return text.size() <= short_text && has_any(base::to_lower(text), signs);
}

Absences::Absences(const Run& run)
    : run_(run), answered_(run.repository().machine().executor.condition()) {}

base::Status Absences::check(const Item& item, const model::Document& document) {
  // What has a handle is fetched by that, and not by its address.
  if (!item.source->config->soft_404 || !item.entry.handle.empty()) return {};
  const std::string address = absent_address(item.entry.uri);
  if (address.empty()) return {};
  FRESHET_ASSIGN(const std::optional<Absence> absence, find(item, document, address));
  if (!absence || !is_like(text_without_address(document, item.entry.uri), absence->shingles))
    return {};
  return base::fail(
      base::Code::remote,
      fmt::format(
          "a page that says that there is none, with a status that says there is: it reads "
          "as the answer to {}, which does not exist (\"soft_404\": false of the source takes "
          "it as it is)",
          absence->address),
      item.entry.uri);
}

// Nothing: nobody knows, and there is no cause to ask.
base::Result<std::optional<Absence>> Absences::find(const Item& item,
                                                    const model::Document& document,
                                                    const std::string& address) {
  const std::string about = "absent " + net::origin_of(address);
  ports::Lock lock(mutex_);
  Site& site = sites_[item.source->record.id.hex() + about];
  answered_->wait(lock, [&] { return !site.busy; });
  if (site.known || site.asked) return site.known;
  site.busy = true;
  lock.unlock();
  std::optional<Absence> known;
  bool cause = false;
  const base::Status looked = base::guarded([&]() -> base::Status {
    if (!site.recalled) {
      FRESHET_ASSIGN(known, recall(item, about));
    }
    if (known) return {};
    FRESHET_ASSIGN(cause, has_cause(item, document));
    if (cause) known = ask(item, address);
    return cause && known ? remember(item, about, *known) : base::Status{};
  });
  lock.lock();
  site.busy = false;
  site.recalled = true;
  site.asked = cause;
  site.known = known;
  answered_->notify_all();
  FRESHET_TRY(looked);
  return known;
}

// It says of itself that it is none, another new one has the same text, or little is left of what is
// stored.
base::Result<bool> Absences::has_cause(const Item& item, const model::Document& document) {
  if (sounds_absent(document)) return true;
  if (!item.exists) {
    const base::Digest text = base::digest_of(model::text_of(document));
    const std::lock_guard lock(mutex_);
    return !texts_.insert(text).second;
  }
  FRESHET_ASSIGN(const repository::Snapshot snapshot, run_.repository().read());
  FRESHET_ASSIGN(const auto stored, snapshot.document(item.entry.uri));
  if (!stored) return false;
  const model::Shingles before = model::shingles_of(model::words_of(model::text_of(*stored)));
  const model::Shingles now = model::shingles_of(model::words_of(model::text_of(document)));
  return 4 * model::shared(before, now) < std::max(before.size(), now.size());
}

base::Result<std::optional<Absence>> Absences::recall(const Item& item,
                                                      const std::string& about) const {
  FRESHET_ASSIGN(const repository::Snapshot snapshot, run_.repository().read());
  FRESHET_ASSIGN(const auto lesson, snapshot.lesson(item.source->record.id, about));
  if (!lesson || run_.now() - lesson->since >= ask_again_after || run_.now() < lesson->since)
    return std::nullopt;
  const base::Json json = base::Json::parse(lesson->what, nullptr, false);
  if (!json.is_object() || json.value("form", base::Json()) != form) return std::nullopt;
  return Absence{json.value("address", std::string()), lesson->since,
                 json.value("shingles", model::Shingles())};
}

base::Status Absences::remember(const Item& item, const std::string& about,
                                const Absence& absence) const {
  const repository::Lesson lesson{
      item.source->record.id, about, absence.asked,
      base::dump_json(
          {{"form", form}, {"address", absence.address}, {"shingles", absence.shingles}})};
  return run_.repository().write([&](repository::Writer& writer) -> base::Status {
    FRESHET_ASSIGN(const auto source, writer.read().source(lesson.owner));
    return source ? writer.put_lesson(lesson) : base::Status{};
  });
}

// Nothing: it did not answer.
std::optional<Absence> Absences::ask(const Item& item, const std::string& address) const {
  ports::Entry entry;
  entry.uri = address;
  Absence absence{address, run_.now(), {}};
  auto fetched = item.source->loader->fetch(entry, {}, run_.cancel);
  Counts counts;
  counts.asked_absent = 1;
  run_.ledger.add(counts);
  if (!fetched) return std::nullopt;
  if (fetched->outcome != ports::FetchOutcome::content) return absence;
  const auto document = run_.readers.read(
      {fetched->bytes, address, fetched->media_type, fetched->charset, run_.cancel});
  if (document) absence.shingles = text_without_address(*document, address);
  if (absence.shingles.size() > most_shingles) absence.shingles.clear();
  return absence;
}

}  // namespace freshet::sync
