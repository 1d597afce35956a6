#include "loader_web/options.hpp"

#include <algorithm>
#include <array>

#include <freshet/sdk/options.hpp>

#include "loader_web/article.hpp"
#include "loader_web/text.hpp"

namespace freshet::loader_web {
namespace {

constexpr std::int64_t kLongestWait = 86'400'000;

[[noreturn]] void reject(const std::string& path, std::string message) {
  throw sdk::Failure(FRESHET_E_INVALID_ARGUMENT, std::move(message), path);
}

// The members of an options object, each with its type checked.
class Reader {
 public:
  explicit Reader(const Json& json) : json_(json) {
    if (!json.is_object()) reject("options", "expected an object");
  }
  Json get(const char* key) const { return json_.value(key, Json()); }

  void flag(const char* key, bool& out) const {
    const Json value = get(key);
    if (value.is_null()) return;
    if (!value.is_boolean()) reject(key, "expected true or false");
    out = value.get<bool>();
  }
  void count(const char* key, std::uint64_t& out) const {
    const Json value = get(key);
    if (value.is_null()) return;
    if (!value.is_number_unsigned() || value == 0)
      reject(key, "expected a whole number of at least 1");
    out = value.get<std::uint64_t>();
  }
  void size(const char* key, std::uint64_t& out) const {
    out = parsed(key, out, sdk::size_bytes);
    if (out == 0) reject(key, "expected at least one byte");
  }
  void duration(const char* key, std::int64_t& out) const {
    out = parsed(key, out, sdk::duration_ms);
    if (out < 0 || out > kLongestWait) reject(key, "expected at most 24h");
  }
  std::string text(const char* key) const {
    const Json value = get(key);
    if (value.is_null()) return {};
    if (!value.is_string()) reject(key, "expected a text");
    return value.get<std::string>();
  }
  std::vector<std::string> texts(const char* key) const {
    std::vector<std::string> result;
    const Json values = get(key);
    if (values.is_null()) return result;
    if (!values.is_array()) reject(key, "expected an array of texts");
    for (const Json& value : values) {
      if (!value.is_string()) reject(key, "expected an array of texts");
      result.push_back(value.get<std::string>());
    }
    return result;
  }

 private:
  // What the sdk makes of the option, with its name in the failure.
  template <typename T>
  T parsed(const char* key, T otherwise, T (*parse)(const Json&)) const {
    const Json value = get(key);
    if (value.is_null()) return otherwise;
    if (!value.is_string() && !value.is_number_unsigned()) reject(key, "expected a text");
    try {
      return parse(value);
    } catch (const sdk::Failure& failure) {
      reject(key, failure.message);
    } catch (const Json::exception&) {
      reject(key, "expected a text");
    }
  }

  const Json& json_;
};

std::string normalised(const sdk::Call& call, const std::string& url, const std::string& path) {
  std::optional<std::string> resolved = call.resolve("", url);
  if (!resolved) reject(path, "not an absolute http or https URL without a user name");
  return *std::move(resolved);
}

bool is_token(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

// What the transfer and its validators need is not the source's to set.
bool is_reserved(const std::string& name) {
  static constexpr std::array<std::string_view, 10> names = {
      "host",  "connection", "content-length", "transfer-encoding", "accept-encoding",
      "range", "te",         "if-none-match",  "if-modified-since", "expect"};
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool bears_credentials(const std::string& name) {
  static constexpr std::array<std::string_view, 4> parts = {"authorization", "cookie", "token",
                                                            "api-key"};
  return std::any_of(parts.begin(), parts.end(),
                     [&](std::string_view part) { return name.find(part) != std::string::npos; });
}

// The host says what is a reference and what is not.
bool has_secret(std::string_view value) { return value.find("secret:") != std::string_view::npos; }

std::vector<sdk::Header> read_headers(const sdk::Call& call, const Json& json) {
  std::vector<sdk::Header> headers;
  if (json.is_null()) return headers;
  if (!json.is_object()) reject("headers", "expected an object from names to values");
  for (const auto& [name, value] : json.items()) {
    const std::string path = "headers." + name, small = lower(name);
    if (!is_token(name)) reject("headers", "a name that is no header name");
    if (is_reserved(small)) reject(path, "set by freshet itself");
    if (!value.is_string()) reject(path, "expected a text");
    const auto& text = value.get_ref<const std::string&>();
    if (!is_printable(text)) reject(path, "a value with control characters");
    if (bears_credentials(small) && !has_secret(text))
      call.log(FRESHET_LOG_WARNING, "the option " + path +
                                        " holds a secret written out; write "
                                        "\"secret:env:NAME\" in its place");
    headers.push_back({name, text});
  }
  return headers;
}

Options read_common(const sdk::Call& call, const Reader& reader) {
  Options options;
  options.headers = read_headers(call, reader.get("headers"));
  options.hosts = Hosts(reader.texts("hosts"));
  reader.flag("accept_markdown", options.accept_markdown);
  reader.flag("robots", options.robots);
  reader.flag("follow_meta_refresh", options.follow_meta_refresh);
  reader.size("max_bytes", options.max_bytes);
  reader.duration("pace", options.pace_ms);
  reader.duration("timeout", options.timeout_ms);
  return options;
}

std::string value_of(const sdk::Call& call, const sdk::Header& header) {
  if (!has_secret(header.value)) return header.value;
  std::string secret = call.secret(header.value);
  if (!is_printable(secret))
    throw sdk::Failure(FRESHET_E_DENIED, "a secret with control characters",
                       "headers." + header.name);
  return secret;
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
  request.pace_ms = options.pace_ms;
  request.timeout_ms = options.timeout_ms;
  const bool named = std::any_of(options.urls.begin(), options.urls.end(),
                                 [&](const std::string& own) { return same_origin(own, url); });
  if (!named) return request;
  for (const sdk::Header& header : options.headers)
    request.headers.push_back({header.name, value_of(call, header)});
  return request;
}

}  // namespace freshet::loader_web
