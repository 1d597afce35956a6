#include "loader_web/options.hpp"

#include <algorithm>
#include <array>

#include "loader_web/article.hpp"
#include "loader_web/option_reader.hpp"
#include "loader_web/request_headers.hpp"
#include "loader_web/text.hpp"

namespace freshet::loader_web {
namespace {

std::string normalised(const sdk::Call& call, const std::string& url, const std::string& path) {
  std::optional<std::string> resolved = call.resolve("", url);
  if (!resolved) reject(path, "not an absolute http or https URL without a user name");
  return *std::move(resolved);
}

Options read_common(const sdk::Call& call, const Reader& reader) {
  Options options;
  options.headers = read_headers(call, reader.get("headers"), "headers");
  options.rules = Rules(call, reader.get("rules"));
  options.hosts = Hosts(reader.texts("hosts"));
  reader.flag("accept_markdown", options.accept_markdown);
  reader.flag("robots", options.robots);
  reader.flag("follow_meta_refresh", options.follow_meta_refresh);
  reader.size("max_bytes", options.max_bytes);
  reader.duration("pace", options.pace_ms);
  reader.duration("timeout", options.timeout_ms);
  return options;
}

}  // namespace

Options read_url_options(const sdk::Call& call, const Json& json) {
  const Reader reader(json);
  Options options = read_common(call, reader);
  if (const std::string url = reader.text("url"); !url.empty())
    options.urls.push_back(normalised(call, url, "url"));
  const std::vector<std::string> urls = reader.texts("urls");
  for (std::size_t i = 0; i < urls.size(); ++i) {
    std::string url = normalised(call, urls[i], "urls[" + std::to_string(i) + "]");
    options.urls.push_back(std::move(url));
  }
  if (options.urls.empty()) reject("urls", "missing: write url or urls");
  return options;
}

Options read_sitemap_options(const sdk::Call& call, const Json& json) {
  const Reader reader(json);
  Options options = read_common(call, reader);
  const std::string url = reader.text("url");
  if (url.empty()) reject("url", "missing: the URL of a sitemap");
  options.urls.push_back(normalised(call, url, "url"));
  options.hosts.add_host_of(options.urls.front());
  options.filter = UrlFilter(reader.get("include"), reader.get("exclude"));
  options.rewriter = Rewriter(reader.get("rewrite"));
  reader.flag("same_origin", options.same_origin);
  reader.size("max_sitemap_bytes", options.sitemap.bytes);
  reader.count("max_urls", options.sitemap.urls);
  reader.count("max_entries", options.max_entries);
  reader.count("max_sitemaps", options.max_sitemaps);
  return options;
}

// Of whatever finds its pages by itself.
Options read_found(const sdk::Call& call, const Reader& reader, const char* what) {
  Options options = read_common(call, reader);
  const std::string url = reader.text("url");
  if (url.empty()) reject("url", std::string("missing: the URL of ") + what);
  options.urls.push_back(normalised(call, url, "url"));
  options.hosts.add_host_of(options.urls.front());
  options.filter = UrlFilter(reader.get("include"), reader.get("exclude"));
  return options;
}

void read_crawl(const sdk::Call& call, const Reader& reader, Options& options) {
  if (const std::string prefix = reader.text("prefix"); !prefix.empty())
    options.prefix = normalised(call, prefix, "prefix");
  if (!reader.get("types").is_null()) options.types = reader.texts("types");
  for (std::string& type : options.types) type = lower(type);
  reader.count("max_pages", options.crawl.pages);
  reader.count("max_depth", options.crawl.depth);
  reader.count("max_alike", options.crawl.alike);
  reader.duration("max_time", options.crawl.time_ms);
}

std::vector<Way> read_ways(const std::vector<std::string>& names) {
  static constexpr std::array<std::pair<std::string_view, Way>, 4> known = {
      {{"sitemap", Way::sitemap},
       {"llms_txt", Way::llms_txt},
       {"feed", Way::feed},
       {"links", Way::links}}};
  std::vector<Way> ways;
  for (const std::string& name : names) {
    const auto found = std::find_if(known.begin(), known.end(),
                                    [&](const auto& each) { return each.first == name; });
    if (found == known.end()) reject("by", "expected sitemap, llms_txt, feed or links");
    ways.push_back(found->second);
  }
  if (ways.empty()) reject("by", "names no way to list a site");
  return ways;
}

Options read_crawl_options(const sdk::Call& call, const Json& json) {
  const Reader reader(json);
  Options options = read_found(call, reader, "the first page");
  read_crawl(call, reader, options);
  return options;
}

Options read_site_options(const sdk::Call& call, const Json& json) {
  const Reader reader(json);
  Options options = read_found(call, reader, "a site");
  read_crawl(call, reader, options);
  if (!reader.get("by").is_null()) options.ways = read_ways(reader.texts("by"));
  reader.count("max_entries", options.max_entries);
  return options;
}

FeedContent read_content(const std::string& word) {
  if (word.empty() || word == "auto") return FeedContent::automatic;
  if (word == "feed") return FeedContent::feed;
  if (word != "page") reject("content", "expected auto, feed or page");
  return FeedContent::page;
}

Options read_feed_options(const sdk::Call& call, const Json& json) {
  const Reader reader(json);
  const std::vector<std::string> articles = reader.texts("articles");
  Options options = articles.empty() ? read_found(call, reader, "a feed, or articles and template")
                                     : read_common(call, reader);
  options.content = read_content(reader.text("content"));
  options.feed_template = reader.text("template");
  if (articles.empty() != options.feed_template.empty())
    reject(articles.empty() ? "articles" : "template",
           "missing: articles and template go together");
  if (!articles.empty() && !reader.text("url").empty())
    reject("url", "stands beside articles, whose feeds the template names");
  for (std::size_t i = 0; i < articles.size(); ++i) {
    const std::string path = "articles[" + std::to_string(i) + "]";
    options.articles.push_back(normalised(call, articles[i], path));
    options.urls.push_back(feed_of_article(options.articles.back(), options.feed_template, path));
  }
  reader.count("max_entries", options.max_entries);
  return options;
}

Options read_llms_options(const sdk::Call& call, const Json& json) {
  const Reader reader(json);
  Options options = read_found(call, reader, "an llms.txt");
  reader.flag("same_origin", options.same_origin);
  reader.flag("optional", options.optional);
  reader.count("max_entries", options.max_entries);
  return options;
}

sdk::Request make_request(const sdk::Call& call, const Options& options, const std::string& url) {
  sdk::Request request;
  request.url = url;
  request.robots = options.robots;
  const Rule* const rule = options.rules.find(url);
  request.pace_ms = rule != nullptr ? rule->pace_ms.value_or(options.pace_ms) : options.pace_ms;
  request.timeout_ms = options.timeout_ms;
  const bool named = std::any_of(options.urls.begin(), options.urls.end(),
                                 [&](const std::string& own) { return same_origin(own, url); });
  if (!named) return request;
  if (rule != nullptr) add_headers(call, rule->headers, request);
  add_headers(call, options.headers, request);
  return request;
}

}  // namespace freshet::loader_web
