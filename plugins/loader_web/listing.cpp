#include "loader_web/listing.hpp"

#include <xxhash.h>

#include <algorithm>
#include <deque>
#include <numeric>
#include <optional>
#include <unordered_set>
#include <utility>

#include "loader_web/date.hpp"
#include "loader_web/page.hpp"
#include "loader_web/remembered.hpp"
#include "loader_web/sitemap.hpp"
#include "loader_web/text.hpp"
#include "loader_web/url.hpp"

namespace freshet::loader_web {
namespace {

constexpr int kMaxIndexDepth = 3;   // indexes in indexes
constexpr std::size_t kAtOnce = 4;  // sitemaps in memory
constexpr std::int64_t kSkew = 86'400'000;

// URLs seen, as 128-bit hashes: 32 bytes each, however long they are.
class Seen {
 public:
  // False where it was there before.
  bool add(const std::string& url) {
    const XXH128_hash_t hash = XXH3_128bits(url.data(), url.size());
    return hashes_.insert({hash.low64, hash.high64}).second;
  }

 private:
  using Hash = std::pair<std::uint64_t, std::uint64_t>;
  struct Fold {
    std::size_t operator()(const Hash& hash) const { return hash.first; }
  };
  std::unordered_set<Hash, Fold> hashes_;
};

struct Sitemap {
  std::string url;
  int depth = 1;       // 1: the one that the options name
  std::size_t at = 0;  // its place in the memory of this listing
  bool again = false;  // it did not change, and is to be read all the same
};

// What an answer must be before it is read as a list of pages. `conditional`: or it may say that
// nothing changed.
void check_sitemap_answer(const sdk::Response& response, const std::string& asked,
                          const Hosts& hosts, bool conditional) {
  check_arrival(asked, response.url, response.permanent_redirect, hosts);
  if (response.status == 304 && conditional) return;
  if (response.status == 204 || (response.status == 200 && response.body.empty()))
    throw sdk::Failure(FRESHET_E_PARSE, "empty body", response.url);
  if (response.status != 200) throw sdk::failure_of(response);
}

class SitemapListing {
 public:
  SitemapListing(const sdk::Call& call, const Options& options, const sdk::ListingRequest& request,
                 const Sink& sink, Asked asked)
      : call_(call),
        options_(options),
        sink_(sink),
        hosts_(options.hosts),
        asked_(std::move(asked)),
        past_(parse_state(request.state.value_or(""), options.urls.front())) {}

  sdk::Listing run() {
    read_top();
    read_rest();
    if (!unchanged_.empty() && !goes_on()) read_unchanged_again();
    tell_dropped();
    if (problems_ > 0) return {FRESHET_LISTING_PART, note()};
    if (const std::optional<std::string> state = state_of(memory_)) sink_.state(*state);
    return {kind()};
  }

 private:
  // Conditional where the sitemap is known, and is not to be read whatever it says.
  bool is_conditional(const Sitemap& sitemap) const {
    const Remembered* known = sitemap.again ? nullptr : past_.find(sitemap.url);
    return known != nullptr && !known->validators.empty();
  }
  sdk::Request request_for(const Sitemap& sitemap) const {
    sdk::Request request = make_request(call_, options_, sitemap.url);
    request.max_bytes =
        options_.sitemap.bytes + options_.sitemap.bytes / 4;  // to tell "over the cap" by ourselves
    if (is_conditional(sitemap)) add_conditions(past_.find(sitemap.url)->validators, request);
    return request;
  }

  void read_top() {
    const Sitemap top = enqueued(options_.urls.front(), 0, 0);
    sdk::Response response = asked_ ? *std::move(asked_) : call_.send(request_for(top));
    check_sitemap_answer(response, top.url, hosts_, is_conditional(top));
    hosts_.add_host_of(response.url);
    visited_.add(top.url);
    for (std::size_t i = 1; i < options_.urls.size(); ++i)
      if (visited_.add(options_.urls[i])) pending_.push_back(enqueued(options_.urls[i], 0, 0));
    visited_.add(response.url);
    // Which pages are of its host is another question where it is on another one.
    const Remembered* known = past_.find(top.url);
    if (known != nullptr && known->arrived != arrival(top, response)) {
      past_ = Past({});
      if (response.status == 304) response = call_.send(request_for(top));
      check_sitemap_answer(response, top.url, hosts_, false);
    }
    if (is_unchanged(top, response)) return;
    const SitemapRead read = read_items(top, response);
    if (!read.recognised)
      throw sdk::Failure(FRESHET_E_PARSE, "is not a sitemap: " + read.problem, response.url);
    if (!read.problem.empty()) note_problem(top.url, read.problem);
  }

  void read_rest() {
    while (!pending_.empty() && !full_) read_some();
  }

  // The sink may block, and a blocked callback would hold up every transfer: so a few are fetched,
  // and then read.
  void read_some() {
    std::vector<Sitemap> batch;
    while (!pending_.empty() && batch.size() < kAtOnce) {
      batch.push_back(std::move(pending_.front()));
      pending_.pop_front();
    }
    std::vector<sdk::Request> requests;
    for (const Sitemap& each : batch) requests.push_back(request_for(each));
    std::vector<sdk::Outcome> outcomes(batch.size());
    call_.send_many(requests, [&](std::size_t i, sdk::Outcome outcome) {
      outcomes.at(i) = std::move(outcome);
    });
    for (std::size_t i = 0; i < batch.size(); ++i) {
      call_.check();
      read_child(batch[i], std::exchange(outcomes[i], {}));
    }
  }

  void read_child(const Sitemap& sitemap, const sdk::Outcome& outcome) {
    if (outcome.status == FRESHET_E_CANCELLED) throw sdk::Failure(FRESHET_E_CANCELLED, "cancelled");
    if (outcome.status != FRESHET_OK) return note_problem(sitemap.url, outcome.message);
    const sdk::Response& response = outcome.response;
    try {
      check_sitemap_answer(response, sitemap.url, hosts_, is_conditional(sitemap));
    } catch (const sdk::Failure& failure) {
      return note_problem(sitemap.url, failure.message);
    }
    if (!sitemap.again && response.url != sitemap.url && !visited_.add(response.url)) {
      if (!response.permanent_redirect)
        note_problem(sitemap.url, "redirected for now to a sitemap that was read already");
      return;
    }
    if (options_.same_origin && !hosts_.allow(response.url))
      return note_problem(sitemap.url, "redirected to another host");
    if (is_unchanged(sitemap, response)) return;
    if (response.status == 304) return read_again(sitemap);  // that is said of another one
    const SitemapRead read = read_items(sitemap, response);
    if (!read.recognised)
      note_problem(sitemap.url, "is not a sitemap: " + read.problem);
    else if (!read.problem.empty())
      note_problem(sitemap.url, read.problem);
  }

  static std::string arrival(const Sitemap& sitemap, const sdk::Response& response) {
    return response.url == sitemap.url ? std::string() : response.url;
  }

  // What is unchanged is remembered as it was, and so are those that an index leads to.
  bool is_unchanged(const Sitemap& sitemap, const sdk::Response& response) {
    const Remembered* known = sitemap.again ? nullptr : past_.find(sitemap.url);
    if (known == nullptr || known->arrived != arrival(sitemap, response)) return false;
    const bool same_bytes = response.status != 304;
    if (same_bytes && hash_of(response.body) != known->digest) return false;
    Remembered& kept = memory_[sitemap.at];
    kept.arrived = known->arrived;
    kept.validators =
        same_bytes ? lasting_validators_of(response, call_.now_ms()) : known->validators;
    kept.digest = known->digest;
    kept.pages = known->pages;
    unchanged_.push_back(sitemap);
    for (const std::string& url : past_.led_to_by(sitemap.url)) lead_to(url, sitemap);
    return true;
  }

  SitemapRead read_items(const Sitemap& sitemap, const sdk::Response& response) {
    std::vector<std::uint64_t> pages;
    const SitemapRead read =
        read_sitemap(response.body, options_.sitemap, [&](const SitemapItem& item) {
          if (full_) return;
          if (item.index)
            take_sitemap(item, response.url, sitemap);
          else if (const std::optional<std::string> url = take_page(item, response.url))
            pages.push_back(hash_of(*url));
        });
    remember(sitemap, response, pages);
    return read;
  }

  void remember(const Sitemap& sitemap, const sdk::Response& response,
                const std::vector<std::uint64_t>& pages) {
    const Remembered* known = past_.find(sitemap.url);
    if (known != nullptr && !holds_all_of(known->pages, pages)) may_miss_ = true;
    Remembered& kept = memory_[sitemap.at];
    kept.arrived = arrival(sitemap, response);
    kept.validators = lasting_validators_of(response, call_.now_ms());
    kept.digest = hash_of(response.body);
    kept.pages = {pages.size(), std::accumulate(pages.begin(), pages.end(), std::uint64_t{0})};
  }

  // Whether this listing says all that changed since the last: where it is told in full, and each
  // sitemap of then is still there and lists what it did.
  bool goes_on() const {
    if (problems_ > 0 || may_miss_) return false;
    std::unordered_set<std::string_view> here;
    std::uint64_t pages = 0;
    for (const Remembered& one : memory_) {
      if (one.was_read()) here.insert(one.url);
      pages += one.pages.count;
    }
    if (pages > options_.max_entries) return false;
    return std::all_of(past_.memory().begin(), past_.memory().end(), [&](const Remembered& then) {
      return !then.was_read() || here.contains(then.url);
    });
  }

  // For a listing that is whole, or as much of it as can be had: what a part does not name is not
  // refreshed either.
  void read_unchanged_again() {
    past_ = Past({});
    for (const Sitemap& sitemap : std::exchange(unchanged_, {})) read_again(sitemap);
    read_rest();
  }
  void read_again(Sitemap sitemap) {
    sitemap.again = true;
    pending_.push_back(std::move(sitemap));
  }

  std::optional<std::string> usable(const std::string& base, const std::string& loc) const {
    if (loc.empty() || loc.size() > kMaxUrlBytes || !is_utf8(loc) || !is_printable(loc))
      return std::nullopt;
    std::optional<std::string> url = call_.resolve(base, loc);
    if (url && (url->size() > kMaxUrlBytes ||
                split_url(*url).authority.find('@') != std::string_view::npos))
      return std::nullopt;
    return url;
  }

  // An address that is no use may have been meant for a page that is stored, unless no such page
  // can have it: another scheme, a user name, too many bytes.
  static bool in_doubt(std::string_view loc) {
    if (loc.empty() || !is_utf8(loc) || !is_printable(loc)) return true;
    if (loc.size() > kMaxUrlBytes) return false;
    const std::size_t colon = loc.find_first_of(":/?#");
    const bool scheme = colon != std::string_view::npos && loc[colon] == ':';
    if (!scheme) return true;
    const std::string name = lower(loc.substr(0, colon));
    const bool web = name == "http" || name == "https";
    return web && split_url(loc).authority.find('@') == std::string_view::npos;
  }

  // A sitemap that is left out may list any page: then no page is known to be gone.
  void take_sitemap(const SitemapItem& item, const std::string& base, const Sitemap& index) {
    const std::optional<std::string> url = usable(base, item.loc);
    if (!url) return note_problem(base, "leads to a sitemap whose address is no http or https URL");
    lead_to(*url, index);
  }

  void lead_to(const std::string& url, const Sitemap& index) {
    if (options_.same_origin && !hosts_.allow(url))
      return note_problem(url, "a sitemap of another host; name it in hosts to allow it");
    if (!visited_.add(url)) return;
    if (index.depth >= kMaxIndexDepth)
      return note_problem(url, "sitemap indexes nested more than 3 deep");
    if (++sitemaps_ > options_.max_sitemaps) {
      if (sitemaps_ == options_.max_sitemaps + 1)
        note_problem(index.url, "more than " + std::to_string(options_.max_sitemaps) + " sitemaps");
      return;
    }
    pending_.push_back(enqueued(url, index.depth, index.at));
  }

  Sitemap enqueued(const std::string& url, int depth_above, std::size_t from) {
    memory_.push_back({url, from, {}, {}, {}, {}});
    return {url, depth_above + 1, memory_.size() - 1, false};
  }

  // The page that the item is, listed now or before; nothing where it is none of the source's.
  std::optional<std::string> page_of(const SitemapItem& item, const std::string& base) {
    std::optional<std::string> url = usable(base, item.loc);
    if (!url && in_doubt(item.loc))
      note_problem(base, "an address that cannot be read");
    else if (!url)
      count_dropped(invalid_);
    if (!url) return url;
    if (options_.same_origin && !hosts_.allow(*url)) return count_dropped(foreign_);
    if (!is_below(*url, options_.prefix)) return std::nullopt;
    if (!options_.takes(*url)) return std::nullopt;
    if (!options_.rewriter.empty()) url = usable(base, options_.rewriter.apply(*url));
    return url ? url : count_dropped(invalid_);
  }

  // Returns it.
  std::optional<std::string> take_page(const SitemapItem& item, const std::string& base) {
    const std::optional<std::string> url = page_of(item, base);
    if (url && seen_.add(*url)) list_page(*url, item, base);
    return url;
  }

  void list_page(const std::string& url, const SitemapItem& item, const std::string& base) {
    if (entries_ == options_.max_entries) {
      full_ = true;
      return note_problem(base,
                          "more than " + std::to_string(options_.max_entries) + " pages in all");
    }
    ++entries_;
    if (entries_ % 256 == 0) call_.check();
    sdk::Entry entry;
    entry.uri = url;
    entry.last_modified_ms = lastmod_of(item);
    sink_.entry(entry);
  }

  std::optional<std::int64_t> lastmod_of(const SitemapItem& item) const {
    const std::optional<std::int64_t> at = parse_lastmod(item.lastmod);
    return at && *at <= call_.now_ms() + kSkew ? at : std::nullopt;
  }

  std::nullopt_t count_dropped(std::uint64_t& which) {
    ++which;
    ++dropped_;
    return std::nullopt;
  }
  void tell_dropped() const {
    if (dropped_ > 0)
      call_.log(FRESHET_LOG_INFO, "left out of " + options_.urls.front() + ": " + dropped_text());
  }
  std::string dropped_text() const {
    std::string text;
    if (foreign_ > 0) text = std::to_string(foreign_) + " of other hosts";
    if (invalid_ > 0)
      text += (text.empty() ? "" : ", ") + std::to_string(invalid_) + " that are no usable URLs";
    return text;
  }

  std::int32_t kind() const {
    if (unchanged_.empty()) return FRESHET_LISTING_WHOLE;
    const auto read = std::count_if(memory_.begin(), memory_.end(),
                                    [](const Remembered& one) { return one.was_read(); });
    return std::cmp_equal(read, unchanged_.size()) ? FRESHET_LISTING_UNCHANGED
                                                   : FRESHET_LISTING_CHANGES;
  }
  std::string note() const {
    std::string note = note_;
    if (problems_ > 1) note += "; and " + std::to_string(problems_ - 1) + " more problems";
    if (dropped_ > 0) note += "; left out: " + dropped_text();
    return note;
  }
  void note_problem(const std::string& url, const std::string& what) {
    const std::string line = url + ": " + what;
    if (problems_++ == 0) note_ = line;
    if (problems_ <= 20) call_.log(FRESHET_LOG_WARNING, "the listing is not complete: " + line);
  }

  const sdk::Call& call_;
  const Options& options_;
  const Sink& sink_;
  Hosts hosts_;
  Asked asked_;
  Past past_;
  Memory memory_;                         // of this listing
  std::unordered_set<std::size_t> read_;  // places in it: those that answered, unchanged or not
  std::vector<Sitemap> unchanged_;
  bool may_miss_ = false;  // a sitemap may no longer list what it did
  std::deque<Sitemap> pending_;
  Seen visited_, seen_;
  bool full_ = false;
  std::uint64_t sitemaps_ = 0, entries_ = 0, problems_ = 0;
  std::uint64_t dropped_ = 0, foreign_ = 0, invalid_ = 0;
  std::string note_;
};

}  // namespace

sdk::Listing list_sitemap(const sdk::Call& call, const Options& options,
                          const sdk::ListingRequest& request, const Sink& sink, Asked asked) {
  return SitemapListing(call, options, request, sink, std::move(asked)).run();
}

}  // namespace freshet::loader_web
