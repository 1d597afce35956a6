#include "loader_web/listing.hpp"

#include <xxhash.h>

#include <algorithm>
#include <deque>
#include <unordered_set>
#include <utility>

#include "loader_web/date.hpp"
#include "loader_web/page.hpp"
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
  int depth = 1;  // 1: the one that the options name
};

// What an answer must be before it is read as a list of pages.
void check_sitemap_answer(const sdk::Response& response, const std::string& asked,
                          const Hosts& hosts) {
  check_arrival(asked, response.url, response.permanent_redirect, hosts);
  if (response.status == 204 || (response.status == 200 && response.body.empty()))
    throw sdk::Failure(FRESHET_E_PARSE, "empty body", response.url);
  if (response.status != 200) throw sdk::failure_of(response);
}

class SitemapListing {
 public:
  SitemapListing(const sdk::Call& call, const Options& options, const sdk::ListingSink& sink)
      : call_(call), options_(options), sink_(sink), hosts_(options.hosts) {}

  sdk::Listing run() {
    read_top(options_.urls.front());
    while (!pending_.empty() && !full_) read_some();
    if (dropped_ > 0)
      call_.log(FRESHET_LOG_INFO, "left out of " + options_.urls.front() + ": " + dropped_text());
    if (problems_ == 0) return {};
    std::string note = note_;
    if (problems_ > 1) note += "; and " + std::to_string(problems_ - 1) + " more problems";
    if (dropped_ > 0) note += "; left out: " + dropped_text();
    return {FRESHET_LISTING_PART, note};
  }

 private:
  sdk::Request request_for(const std::string& url) const {
    sdk::Request request = make_request(call_, options_, url);
    request.max_bytes =
        options_.sitemap.bytes + options_.sitemap.bytes / 4;  // to tell "over the cap" by ourselves
    return request;
  }

  void read_top(const std::string& url) {
    const sdk::Response response = call_.send(request_for(url));
    check_sitemap_answer(response, url, hosts_);
    hosts_.add_host_of(response.url);
    visited_.add(url);
    visited_.add(response.url);
    const SitemapRead read = read_items(response, 1);
    if (!read.recognised)
      throw sdk::Failure(FRESHET_E_PARSE, "is not a sitemap: " + read.problem, response.url);
    if (!read.problem.empty()) note_problem(url, read.problem);
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
    for (const Sitemap& each : batch) requests.push_back(request_for(each.url));
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
    try {
      check_sitemap_answer(outcome.response, sitemap.url, hosts_);
    } catch (const sdk::Failure& failure) {
      return note_problem(sitemap.url, failure.message);
    }
    if (outcome.response.url != sitemap.url && !visited_.add(outcome.response.url)) {
      if (!outcome.response.permanent_redirect)
        note_problem(sitemap.url, "redirected for now to a sitemap that was read already");
      return;
    }
    if (options_.same_origin && !hosts_.allow(outcome.response.url))
      return note_problem(sitemap.url, "redirected to another host");
    const SitemapRead read = read_items(outcome.response, sitemap.depth);
    if (!read.recognised)
      note_problem(sitemap.url, "is not a sitemap: " + read.problem);
    else if (!read.problem.empty())
      note_problem(sitemap.url, read.problem);
  }

  SitemapRead read_items(const sdk::Response& response, int depth) {
    return read_sitemap(response.body, options_.sitemap, [&](const SitemapItem& item) {
      if (full_) return;
      if (item.index)
        take_sitemap(item, response.url, depth);
      else
        take_page(item, response.url);
    });
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
  void take_sitemap(const SitemapItem& item, const std::string& base, int depth) {
    const std::optional<std::string> url = usable(base, item.loc);
    if (!url) return note_problem(base, "leads to a sitemap whose address is no http or https URL");
    if (options_.same_origin && !hosts_.allow(*url))
      return note_problem(*url, "a sitemap of another host; name it in hosts to allow it");
    if (!visited_.add(*url)) return;
    if (depth >= kMaxIndexDepth)
      return note_problem(*url, "sitemap indexes nested more than 3 deep");
    if (++sitemaps_ > options_.max_sitemaps) {
      if (sitemaps_ == options_.max_sitemaps + 1)
        note_problem(base, "more than " + std::to_string(options_.max_sitemaps) + " sitemaps");
      return;
    }
    pending_.push_back({*url, depth + 1});
  }

  void take_page(const SitemapItem& item, const std::string& base) {
    std::optional<std::string> url = usable(base, item.loc);
    if (!url && in_doubt(item.loc)) return note_problem(base, "an address that cannot be read");
    if (!url) return count_dropped(invalid_);
    if (options_.same_origin && !hosts_.allow(*url)) return count_dropped(foreign_);
    if (!options_.filter.takes(*url)) return;
    if (!options_.rewriter.empty()) url = usable(base, options_.rewriter.apply(*url));
    if (!url) return count_dropped(invalid_);
    if (!seen_.add(*url)) return;
    if (entries_ == options_.max_entries) {
      full_ = true;
      return note_problem(base,
                          "more than " + std::to_string(options_.max_entries) + " pages in all");
    }
    ++entries_;
    if (entries_ % 256 == 0) call_.check();
    sdk::Entry entry;
    entry.uri = *std::move(url);
    entry.last_modified_ms = lastmod_of(item);
    sink_(entry);
  }

  std::optional<std::int64_t> lastmod_of(const SitemapItem& item) const {
    const std::optional<std::int64_t> at = parse_lastmod(item.lastmod);
    return at && *at <= call_.now_ms() + kSkew ? at : std::nullopt;
  }

  void count_dropped(std::uint64_t& which) {
    ++which;
    ++dropped_;
  }
  std::string dropped_text() const {
    std::string text;
    if (foreign_ > 0) text = std::to_string(foreign_) + " of other hosts";
    if (invalid_ > 0)
      text += (text.empty() ? "" : ", ") + std::to_string(invalid_) + " that are no usable URLs";
    return text;
  }

  void note_problem(const std::string& url, const std::string& what) {
    const std::string line = url + ": " + what;
    if (problems_++ == 0) note_ = line;
    if (problems_ <= 20) call_.log(FRESHET_LOG_WARNING, "the listing is not complete: " + line);
  }

  const sdk::Call& call_;
  const Options& options_;
  const sdk::ListingSink& sink_;
  Hosts hosts_;
  std::deque<Sitemap> pending_;
  Seen visited_, seen_;
  bool full_ = false;
  std::uint64_t sitemaps_ = 0, entries_ = 0, problems_ = 0;
  std::uint64_t dropped_ = 0, foreign_ = 0, invalid_ = 0;
  std::string note_;
};

}  // namespace

sdk::Listing list_sitemap(const sdk::Call& call, const Options& options,
                          const sdk::ListingSink& sink) {
  return SitemapListing(call, options, sink).run();
}

}  // namespace freshet::loader_web
