#include "loader_web/crawl.hpp"

#include <algorithm>
#include <deque>
#include <optional>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "loader_web/crawl_memory.hpp"
#include "loader_web/html.hpp"
#include "loader_web/links.hpp"
#include "loader_web/naming.hpp"
#include "loader_web/page.hpp"
#include "loader_web/problems.hpp"
#include "loader_web/remembered.hpp"
#include "loader_web/text.hpp"
#include "loader_web/url.hpp"

namespace freshet::loader_web {
namespace {

constexpr std::size_t kPagesAtOnce = 8;  // pages in memory
constexpr std::uint64_t kGoneAfter = 3;  // listings that got a 404

// What an answer makes of an address.
struct Verdict {
  Found found = Found::nothing;
  std::string name;
  std::vector<std::string> links;  // to follow, normalised
  bool cut = false;                // it has more links than are looked at
};

bool is_refused(int status) {
  return status == 401 || status == 403 || status == 407 || status == 451;
}

class Crawl {
 public:
  Crawl(const sdk::Call& call, const Options& options, const sdk::ListingRequest& request,
        const Sink& sink, Kept& kept)
      : call_(call),
        options_(options),
        sink_(sink),
        kept_(kept),
        began_ms_(call.now_ms()),
        prefix_(options.prefix),
        past_(parse_crawl_state(request.state.value_or(""), options.urls.front())) {
    for (std::size_t i = 0; i < past_.size(); ++i) in_past_.emplace(past_[i].url, i);
  }

  sdk::Listing run() {
    if (past_.empty()) {
      begin_anew();
    } else {
      look_again();
      if (may_miss_ && !problems_.any()) begin_anew();
    }
    list_the_rest();
    call_.log(FRESHET_LOG_INFO, account());
    if (problems_.any()) return {FRESHET_LISTING_PART, problems_.note()};
    if (const std::optional<std::string> state = crawl_state(rows_))
      sink_.state(*state);
    else
      call_.log(FRESHET_LOG_WARNING,
                "too many addresses to remember: the next listing asks for all");
    return {kind()};
  }

 private:
  // Everything is asked for without conditions.
  void begin_anew() {
    rows_.clear();
    by_url_.clear();
    depths_.clear();
    alike_.clear();
    names_.clear();
    in_folder_.clear();
    asked_.clear();
    anew_ = true;
    add(options_.urls.front(), 0);
    go_on();
  }

  void look_again() {
    for (const CrawlRow& row : past_) add_known(row);
    const CrawlRow& first = rows_.front();
    const bool moved = first.found == Found::passage && !first.name.empty();
    settle_prefix(moved ? first.name : first.url);
    go_on();
  }

  void go_on() {
    while (!asked_.empty()) {
      call_.check();
      if (call_.now_ms() - began_ms_ > options_.crawl.time_ms) {
        problems_.add(options_.urls.front(), "the time for following links is over (max_time)");
        return asked_.clear();
      }
      ask_some();
    }
  }

  // Rows that are asked for are known by their numbers, since adding rows moves them.
  void ask_some() {
    std::vector<std::size_t> batch;
    const std::size_t most =
        rows_.size() == 1 ? 1 : kPagesAtOnce;  // the first page says where the site is
    while (!asked_.empty() && batch.size() < most) {
      batch.push_back(asked_.front());
      asked_.pop_front();
    }
    std::vector<sdk::Request> requests;
    for (const std::size_t i : batch)
      requests.push_back(page_request(call_, options_, rows_[i].url, conditions_of(i)));
    std::vector<sdk::Outcome> outcomes(batch.size());
    call_.send_many(requests, [&](std::size_t i, sdk::Outcome outcome) {
      outcomes.at(i) = std::move(outcome);
    });
    for (std::size_t i = 0; i < batch.size(); ++i) {
      call_.check();
      take(batch[i], std::exchange(outcomes[i], {}));
    }
  }

  Validators conditions_of(std::size_t i) const {
    return anew_ || rows_[i].found == Found::unasked ? Validators{} : rows_[i].validators;
  }

  void take(std::size_t i, sdk::Outcome outcome) {
    if (outcome.status == FRESHET_E_CANCELLED) throw sdk::Failure(FRESHET_E_CANCELLED, "cancelled");
    if (outcome.status == FRESHET_E_DENIED && i > 0) return leave_out(i);  // robots.txt
    if (outcome.status != FRESHET_OK) return failed(i, outcome.status, outcome.message);
    sdk::Response& response = outcome.response;
    if (response.status == 304 && !conditions_of(i).empty()) return unchanged(i);
    if (response.status == 404 || response.status == 410) return missing(i, response.status);
    if (is_refused(response.status))
      return refused(i, FRESHET_E_DENIED, "HTTP status " + std::to_string(response.status));
    if (response.status != 200 && response.status != 203)
      return failed(i, FRESHET_E_REMOTE, "HTTP status " + std::to_string(response.status));
    if (response.body.empty()) return failed(i, FRESHET_E_PARSE, "empty body");
    arrived(i, std::move(response));
  }

  void arrived(std::size_t i, sdk::Response response) {
    const std::uint64_t digest = hash_of(response.body);
    const bool same = !anew_ && rows_[i].digest == digest;
    if (is_elsewhere(rows_[i].url, response))
      return refused(i, FRESHET_E_DENIED, "redirected to another host or a login page");
    if (i == 0) settle_prefix(response.url);
    const Verdict verdict =
        response.url == rows_[i].url ? judge(i, response, digest) : moved(response);
    rows_[i].validators = response.url != rows_[i].url
                              ? Validators{}
                              : lasting_validators_of(response, call_.now_ms());
    rows_[i].digest = digest;
    rows_[i].missing = 0;
    if (verdict.cut) problems_.add(rows_[i].url, "more than 100000 links on a page");
    if (!same) told_.insert(i);
    become(i, verdict, same);
    if (rows_[i].found == Found::page) kept_.put(rows_[i].url, std::move(response));
    if (anew_ && rows_[i].found == Found::page && rows_[i].name.empty()) list(i);
  }

  // Where it was a page, only a listing that is whole tells that it is none now; and what only its links
  // led to may still be led to by others.
  void become(std::size_t i, const Verdict& verdict, bool same) {
    CrawlRow& row = rows_[i];
    const bool known = row.found != Found::unasked && !anew_;
    if (known && !same) {
      if (row.found == Found::page && verdict.found != Found::page) may_miss_ = true;
      if (!still_leads_on(i, verdict.links)) may_miss_ = true;
    }
    row.found = verdict.found;
    row.name = verdict.name;
    for (const std::string& link : verdict.links) add(link, i);
  }

  bool still_leads_on(std::size_t i, const std::vector<std::string>& links) const {
    const std::set<std::string_view> now(links.begin(), links.end());
    for (std::size_t each = 1; each < past_.size(); ++each)
      if (past_[each].from == i && !now.contains(past_[each].url)) return false;
    return true;
  }

  // An address that leads elsewhere is no page: the page is there.
  bool is_elsewhere(const std::string& asked, const sdk::Response& response) const {
    try {
      check_arrival(asked, response.url, response.permanent_redirect, options_.hosts);
      return false;
    } catch (const sdk::Failure&) {
      return true;
    }
  }
  Verdict moved(const sdk::Response& response) const {
    Verdict verdict{Found::passage, {}, {}, false};
    if (const auto url = followed(response.url)) {
      verdict.links.push_back(*url);
      verdict.name = *url;
    }
    return verdict;
  }

  Verdict judge(std::size_t i, const sdk::Response& response, std::uint64_t digest) {
    const std::string type = parse_content_type(response.header("content-type")).media_type;
    if (!is_html(response)) return {takes_type(type) ? Found::page : Found::nothing, {}, {}, false};
    if (is_login_page(response.body)) return {};
    const HtmlHead head = read_head(response.body);
    PageLinks links = read_links(response.body);
    read_robots_words(response.header("x-robots-tag"), links);
    Verdict verdict{links.noindex ? Found::passage : Found::page, {}, {}, links.cut};
    const std::string base = base_of(call_, response, head);
    if (const auto next = refresh_target(call_, response, head);
        next && options_.follow_meta_refresh) {
      verdict.found = Found::passage;
      links.pages.insert(links.pages.begin(), *next);
    }
    if (!links.nofollow) verdict.links = all_followed(base, links.pages);
    verdict.name = name_of(call_, rows_[i].url, response, head);
    if (!verdict.name.empty()) take_name(verdict);
    if (verdict.found == Found::page && !is_first_name(i, digest)) verdict.found = Found::passage;
    if (!takes_type("text/html") && verdict.found == Found::page) verdict.found = Found::passage;
    return verdict;
  }

  // A page that gives itself another name is asked for by that, too, since the name may be wrong.
  void take_name(Verdict& verdict) const {
    const std::optional<std::string> url = followed(verdict.name);
    if (url && *url == verdict.name)
      verdict.links.push_back(*url);
    else
      verdict.name.clear();
  }

  // False where the same bytes came under a name that often means the same page: another spelling, or, of
  // the page of a folder itself, a page in it.
  bool is_first_name(std::size_t i, std::uint64_t digest) {
    const std::string& url = rows_[i].url;
    const std::string mark = ' ' + std::to_string(digest);
    if (names_.emplace(same_page_key(url) + mark, i).first->second != i) return false;
    const bool index = same_page_key(url) + '/' == folder_of(url);
    const auto [first, added] = in_folder_.emplace(folder_of(url) + mark, InFolder{i, index});
    return added || first->second.row == i || !(index || first->second.index);
  }

  bool takes_type(std::string_view type) const {
    return std::find(options_.types.begin(), options_.types.end(), type) != options_.types.end();
  }

  std::vector<std::string> all_followed(const std::string& base,
                                        const std::vector<std::string>& links) const {
    std::vector<std::string> urls;
    std::unordered_set<std::string_view> seen;
    for (const std::string& link : links) {
      if (!seen.insert(link).second || link.size() > kMaxUrlBytes || !is_utf8(link) ||
          !is_printable(link))
        continue;
      const std::optional<std::string> url = call_.resolve(base, link);
      if (!url) continue;
      if (std::optional<std::string> taken = followed(*url)) urls.push_back(*std::move(taken));
    }
    return urls;
  }

  // As it is asked for; nothing where it is none of the site's pages.
  std::optional<std::string> followed(const std::string& link) const {
    std::string url = without_visit(link);
    if (url.size() > kMaxUrlBytes || !url.starts_with(prefix_) || is_asset(url) ||
        looks_like_login(url) || options_.excludes(url) ||
        split_url(url).authority.find('@') != std::string_view::npos)
      return std::nullopt;
    return url;
  }

  void settle_prefix(const std::string& first) {
    if (options_.prefix.empty()) prefix_ = folder_of(first);
  }

  void add(const std::string& url, std::size_t from) {
    if (by_url_.contains(url)) return;
    if (rows_.size() >= options_.crawl.pages)
      return problems_.add_once(
          "more than " + std::to_string(options_.crawl.pages) + " addresses (max_pages)", url);
    const std::uint64_t depth = rows_.empty() ? 0 : depths_[from] + 1;
    if (depth > options_.crawl.depth)
      return problems_.add_once("more than " + std::to_string(options_.crawl.depth) +
                                    " links away from the first page (max_depth)",
                                url);
    if (repeats_itself(url))
      return problems_.add_once("an address that repeats itself is not followed", url);
    if (++alike_[hash_of(shape_of(url))] > options_.crawl.alike)
      return problems_.add_once("more than " + std::to_string(options_.crawl.alike) +
                                    " addresses like " + shape_of(url) + " (max_alike)",
                                url);
    put({url, from, Found::unasked, {}, {}, 0, 0}, depth);
  }
  void add_known(const CrawlRow& row) {
    ++alike_[hash_of(shape_of(row.url))];
    put(row, rows_.empty() ? 0 : depths_[row.from] + 1);
    if (row.found == Found::page) is_first_name(rows_.size() - 1, row.digest);
  }
  void put(CrawlRow row, std::uint64_t depth) {
    by_url_.emplace(row.url, rows_.size());
    asked_.push_back(rows_.size());
    depths_.push_back(depth);
    rows_.push_back(std::move(row));
  }

  void unchanged(std::size_t i) {
    if (rows_[i].found == Found::page) kept_.put_unchanged(rows_[i].url, rows_[i].validators);
    rows_[i].missing = 0;
  }

  bool was_page(std::size_t i) const {
    const auto known = in_past_.find(rows_[i].url);
    return known != in_past_.end() && past_[known->second].found == Found::page;
  }

  // It is not the site's to be read. What was a page of it may be so again.
  void leave_out(std::size_t i) {
    if (rows_[i].found == Found::page) may_miss_ = true;
    become(i, {}, false);
    rows_[i].validators = {};
    rows_[i].digest = 0;
  }

  void refused(std::size_t i, freshet_status status, const std::string& message) {
    if (i == 0 || was_page(i)) return failed(i, status, message);
    leave_out(i);
  }

  // A link may be broken. What was a page stays listed until it was asked for often enough: that a page
  // is gone is for its own server to say, and not once.
  void missing(std::size_t i, int status) {
    if (i == 0) return failed(i, FRESHET_E_GONE, "HTTP status " + std::to_string(status));
    CrawlRow& row = rows_[i];
    if (anew_ && was_page(i)) row.missing = past_[in_past_.at(row.url)].missing;
    if (!was_page(i) || ++row.missing > kGoneAfter) return leave_out(i);
    row.found = Found::page;
    told_.insert(i);
    if (anew_) list(i);
  }

  // What else it leads to is not known.
  void failed(std::size_t i, freshet_status status, const std::string& message) {
    if (i == 0) throw sdk::Failure(status, message, rows_[0].url);
    problems_.add(rows_[i].url, message);
    if (anew_ && was_page(i)) {
      rows_[i].found = Found::page;
      list(i);
    }
  }

  void list(std::size_t i) {
    const std::string& url = rows_[i].url;
    if (!options_.takes(url) || !listed_.insert(i).second) return;
    sdk::Entry entry;
    entry.uri = url;
    sink_.entry(entry);
  }

  // Whether the page is found under the name that it gives itself.
  bool is_named_elsewhere(const CrawlRow& row) const {
    const auto named = row.name.empty() ? by_url_.end() : by_url_.find(row.name);
    return named != by_url_.end() && rows_[named->second].found == Found::page;
  }

  // Of a listing that goes on only what changed is told; of one that is cut all that is known.
  void list_the_rest() {
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (rows_[i].found != Found::page || is_named_elsewhere(rows_[i])) continue;
      if (anew_ || problems_.any() || told_.contains(i)) list(i);
    }
  }

  std::int32_t kind() const {
    if (anew_) return FRESHET_LISTING_WHOLE;
    return listed_.empty() ? FRESHET_LISTING_UNCHANGED : FRESHET_LISTING_CHANGES;
  }

  std::string account() const {
    const auto pages = std::count_if(rows_.begin(), rows_.end(),
                                     [](const CrawlRow& row) { return row.found == Found::page; });
    return std::to_string(rows_.size()) + " addresses asked for, of which " +
           std::to_string(pages) + " are pages";
  }

  const sdk::Call& call_;
  const Options& options_;
  const Sink& sink_;
  Kept& kept_;
  const std::int64_t began_ms_;
  std::string prefix_;
  const CrawlRows past_;
  std::unordered_map<std::string_view, std::size_t> in_past_;

  CrawlRows rows_;
  std::vector<std::uint64_t> depths_;
  std::unordered_map<std::string, std::size_t> by_url_;
  std::unordered_map<std::uint64_t, std::uint64_t> alike_;
  struct InFolder {
    std::size_t row = 0;
    bool index = false;  // it is the folder's own page
  };
  std::unordered_map<std::string, InFolder>
      in_folder_;  // the first page of a folder with these bytes
  std::unordered_map<std::string, std::size_t> names_;  // the first row of a page and its bytes
  std::deque<std::size_t> asked_;
  std::set<std::size_t> told_;  // rows that are new, changed or missing
  std::unordered_set<std::size_t> listed_;
  bool anew_ = false;      // nothing is taken for known
  bool may_miss_ = false;  // something that was found before may not be led to any more
  Problems problems_;
};

}  // namespace

sdk::Listing list_by_links(const sdk::Call& call, const Options& options,
                           const sdk::ListingRequest& request, const Sink& sink, Kept& kept) {
  return Crawl(call, options, request, sink, kept).run();
}

}  // namespace freshet::loader_web
