#include "loader_web/site.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "loader_web/covering.hpp"
#include "loader_web/feed.hpp"
#include "loader_web/html.hpp"
#include "loader_web/links.hpp"
#include "loader_web/naming.hpp"
#include "loader_web/page.hpp"
#include "loader_web/site_plan.hpp"
#include "loader_web/sitemap.hpp"
#include "loader_web/text.hpp"

namespace freshet::loader_web {
namespace {

using Tell = std::function<void(const std::string&)>;
using MaybeListing = std::optional<sdk::Listing>;

constexpr std::uint64_t kMaxRobotsBytes = 512 << 10;
constexpr std::size_t kMostTops = 100;  // sitemaps that a robots.txt may name

// An answer was judged, and it is not what was looked for. What the network fails with is reported by the
// host, and says nothing of what is there; but for a robots.txt that keeps us from it.
bool is_absence(const sdk::Failure& failure) {
  return failure.status != FRESHET_E_CANCELLED &&
         (!failure.reported || failure.status == FRESHET_E_DENIED);
}

std::string origin_of(std::string_view url) {
  const UrlParts parts = split_url(url);
  return std::string(parts.scheme) + "://" + std::string(parts.authority);
}

class SiteListing {
 public:
  SiteListing(const sdk::Call& call, const Options& options, const Sink& sink, const Tell& tell,
              Kept& kept, FeedItems& items)
      : call_(call),
        options_(options),
        sink_(sink),
        tell_(tell),
        kept_(kept),
        items_(items),
        url_(options.urls.front()) {}

  sdk::Listing run(std::string_view state) {
    const std::optional<KeptPlan> past = parse_plan_state(state);
    if (!past) return discover();
    try {
      tell_(past->plan.what);
      return list_by_plan(call_, options_, past->plan, past->inner, sink_, kept_, items_);
    } catch (const sdk::Failure& failure) {
      const bool other_ways = past->plan.way != SiteWay::page && past->plan.way != SiteWay::links;
      if (!other_ways || !is_absence(failure)) throw;
      return discover_instead(past->plan.what, failure.message);
    }
  }

 private:
  sdk::Listing discover_instead(const std::string& was, const std::string& why) {
    const sdk::Listing listing = discover();
    std::string note = "it was listed as " + was + ", which is no more (" + why + "), and now as " +
                       what_ +
                       "; so nothing is removed, until a run with --force takes that for good";
    if (!listing.note.empty()) note += "; " + listing.note;
    return {FRESHET_LISTING_PART, std::move(note)};
  }

  sdk::Listing discover() {
    sdk::Response front = call_.send(page_request(call_, options_, url_, {}));
    check_arrival(url_, front.url, front.permanent_redirect, options_.hosts);
    if (front.status != 200 && front.status != 203) throw sdk::failure_of(front);
    if (front.body.empty()) throw sdk::Failure(FRESHET_E_PARSE, "empty body", front.url);
    if (!is_html(front)) return list_file(std::move(front));
    if (is_login_page(front.body)) throw sdk::Failure(FRESHET_E_DENIED, "a login page", front.url);
    if (names_folder(front.url)) return list_site(front);
    const std::string what = "a page; what is below it is " + front.url + "/";
    return list_page(std::move(front), what);
  }

  // What is not HTML lists others, or is one page.
  sdk::Listing list_file(sdk::Response response) {
    const std::string type = parse_content_type(response.header("content-type")).media_type;
    if (split_url(url_).path.ends_with("/llms.txt"))
      return go({SiteWay::llms_txt, options_.prefix, {url_}, "an llms.txt"}, std::move(response));
    if (looks_like_feed(response.body))
      return go({SiteWay::feed, {}, {url_}, "a feed"}, std::move(response));
    if (read_sitemap(response.body, options_.sitemap, [](const SitemapItem&) {}).recognised)
      return go({SiteWay::sitemap, options_.prefix, {url_}, "a sitemap"}, std::move(response));
    return list_page(std::move(response), type.empty() ? "a file" : "a file of " + type);
  }

  sdk::Listing list_page(sdk::Response response, std::string what) {
    if (response.url == url_) kept_.put(url_, std::move(response));
    return go({SiteWay::page, {}, {url_}, std::move(what)});
  }

  sdk::Listing list_site(const sdk::Response& front) {
    prefix_ = options_.prefix.empty() ? folder_of(front.url) : options_.prefix;
    links_ = read_links(front.body);
    base_ = base_of(call_, front, read_head(front.body));
    for (const Way way : options_.ways)
      if (MaybeListing listing = by(way)) return *std::move(listing);
    throw sdk::Failure(FRESHET_E_NOT_FOUND,
                       "the site has nothing of what \"by\" says that it may be listed by", url_);
  }

  MaybeListing by(Way way) {
    switch (way) {
      case Way::sitemap:
        return by_sitemap();
      case Way::llms_txt:
        return by_first(SiteWay::llms_txt, beside("llms.txt"), "a site, by its llms.txt ");
      case Way::feed:
        return by_first(SiteWay::feed, of_site(links_.feeds), "a site, by its feed ");
      case Way::links:
        break;
    }
    return go({SiteWay::links, prefix_, {url_}, "a site, by its links below " + prefix_});
  }

  MaybeListing by_sitemap() {
    const std::vector<std::string> named = named_by_robots();
    if (!named.empty()) {
      const std::string which = named.size() > 1 ? "the sitemaps" : "the sitemap";
      SitePlan plan{SiteWay::sitemap, prefix_, named,
                    "a site, by " + which + " that its robots.txt names, " + named.front()};
      if (MaybeListing listing = attempt(plan)) return listing;
    }
    std::vector<std::string> usual = of_site(links_.sitemaps);
    for (const char* name : {"sitemap.xml", "sitemap_index.xml"})
      for (const std::string& url : beside(name)) usual.push_back(url);
    return by_first(SiteWay::sitemap, usual, "a site, by its sitemap ");
  }

  MaybeListing by_first(SiteWay way, const std::vector<std::string>& urls,
                        const std::string& what) {
    for (const std::string& url : urls)
      if (MaybeListing listing =
              attempt({way, way == SiteWay::feed ? "" : prefix_, {url}, what + url}))
        return listing;
    return std::nullopt;
  }

  // Nothing where it is not there, or lists nothing of the site.
  MaybeListing attempt(const SitePlan& plan) {
    const bool compare = plan.way == SiteWay::sitemap;
    Covering covering(sink_, compare ? of_site(links_.pages) : std::vector<std::string>());
    const Sink held = covering.sink();
    try {
      const sdk::Listing listing = list_by_plan(call_, options_, plan, {}, held, kept_, items_);
      if (!covering.finish()) {
        call_.log(FRESHET_LOG_INFO, plan.urls.front() + " lists no page of " + prefix_);
        return std::nullopt;
      }
      accept(plan);
      return listing;
    } catch (const sdk::Failure& failure) {
      if (!is_absence(failure)) throw;
      return std::nullopt;
    }
  }

  sdk::Listing go(const SitePlan& plan, Asked asked = {}) {
    accept(plan);
    return list_by_plan(call_, options_, plan, {}, sink_, kept_, items_, std::move(asked));
  }
  void accept(const SitePlan& plan) {
    what_ = plan.what;
    tell_(what_);
  }

  // In the folder of the site, and at the top of its host.
  std::vector<std::string> beside(const std::string& name) const {
    const std::string here = prefix_ + name, top = origin_of(prefix_) + "/" + name;
    return here == top ? std::vector{top} : std::vector{here, top};
  }

  // What the front page leads to, of the same host.
  std::vector<std::string> of_site(const std::vector<std::string>& references) const {
    std::vector<std::string> urls;
    for (const std::string& reference : references) {
      if (urls.size() == Covering::looked_at) break;
      if (!is_utf8(reference) || !is_printable(reference)) continue;
      const std::optional<std::string> url = call_.resolve(base_, reference);
      if (url && same_site(*url, url_) && *url != url_ &&
          std::find(urls.begin(), urls.end(), *url) == urls.end())
        urls.push_back(*url);
    }
    return urls;
  }

  std::vector<std::string> named_by_robots() const {
    std::vector<std::string> urls;
    const std::string robots = origin_of(prefix_) + "/robots.txt";
    for (const std::string& name : sitemaps_in_robots(robots_text(robots))) {
      if (!is_utf8(name) || !is_printable(name) || urls.size() == kMostTops) continue;
      const std::optional<std::string> url = call_.resolve(robots, name);
      if (url && (same_site(*url, url_) || options_.hosts.allow(*url))) urls.push_back(*url);
    }
    return urls;
  }

  // Empty where there is none, or one too large to be one.
  std::string robots_text(const std::string& url) const {
    sdk::Request request = make_request(call_, options_, url);
    request.max_bytes = kMaxRobotsBytes;
    request.robots = false;
    sdk::Outcome outcome;
    call_.send_many(std::span(&request, 1),
                    [&](std::size_t, sdk::Outcome answer) { outcome = std::move(answer); });
    if (outcome.status == FRESHET_E_LIMIT) {
      call_.log(FRESHET_LOG_WARNING,
                url + ": " + outcome.message + "; its sitemaps are not looked for");
      return {};
    }
    if (outcome.status != FRESHET_OK) throw sdk::Failure(outcome.status, outcome.message, url);
    const sdk::Response& response = outcome.response;
    return response.status == 200 && !is_html(response) ? response.body : std::string();
  }

  const sdk::Call& call_;
  const Options& options_;
  const Sink& sink_;
  const Tell& tell_;
  Kept& kept_;
  FeedItems& items_;
  const std::string url_;
  std::string prefix_, base_, what_;
  PageLinks links_;  // of the front page
};

}  // namespace

sdk::Listing list_site(const sdk::Call& call, const Options& options,
                       const sdk::ListingRequest& request, const Sink& sink, const Tell& tell,
                       Kept& kept, FeedItems& items) {
  return SiteListing(call, options, sink, tell, kept, items).run(request.state.value_or(""));
}

std::vector<std::string> sitemaps_in_robots(std::string_view text) {
  std::vector<std::string> urls;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
    const std::string_view line = trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos ||
        !equals_ignoring_case(trim(line.substr(0, colon)), "sitemap"))
      continue;
    const std::string_view rest = line.substr(colon + 1);
    if (const std::string_view url = trim(rest.substr(0, rest.find(" #"))); !url.empty())
      urls.emplace_back(url);
  }
  return urls;
}

bool names_folder(std::string_view url) {
  const std::string_view path = split_url(url).path;
  const std::string_view last = path.substr(path.rfind('/') + 1);
  return url.find('?') == std::string_view::npos && (last.empty() || last.starts_with("index."));
}

}  // namespace freshet::loader_web
