#include "loader_web/page.hpp"

#include <algorithm>

#include "loader_web/html.hpp"
#include "loader_web/selection.hpp"
#include "loader_web/text.hpp"
#include "loader_web/url.hpp"
#include "loader_web/validators.hpp"
#include "loader_web/wall.hpp"

namespace freshet::loader_web {
namespace {

constexpr int kMaxRefreshes = 3;
constexpr int kMaxRefreshDelay = 10;  // seconds; a page that reloads later is there to be read
constexpr const char* kAccept = "text/markdown, text/plain;q=0.9, text/html;q=0.8, */*;q=0.1";

bool is_ok(int status) { return status == 200 || status == 203; }

bool is_gone(int status) { return status == 404 || status == 410; }

// Fit to be resolved: the host takes well-formed text, and a NUL would end it early.
bool is_reference(std::string_view text) {
  return !text.empty() && is_utf8(text) && is_printable(text);
}

[[noreturn]] void refuse(freshet_status status, std::string why, const std::string& url) {
  throw sdk::Failure(status, std::move(why), url);
}

void check_status(const sdk::Response& response) {
  const int status = response.status;
  if (is_ok(status) && !response.body.empty()) return;
  if (is_ok(status) || status == 204) refuse(FRESHET_E_PARSE, "empty body", response.url);
  if (status == 451) refuse(FRESHET_E_DENIED, "HTTP status 451", response.url);
  throw sdk::failure_of(response);
}

// A page that stands before the page: it says nothing of what was asked for.
void check_wall(const sdk::Response& response) {
  const Wall wall = wall_of(response.body);
  if (!wall.what.empty())
    refuse(wall.passes ? FRESHET_E_REMOTE : FRESHET_E_DENIED, wall.what + " in place of the page",
           response.url);
}

std::string digest_of(const Rule* rule) { return rule != nullptr ? rule->digest : std::string(); }

// A page that was read by another rule is asked for whole.
Validators known_by(const Rule* rule, const std::string& version) {
  Validators known = parse_version(version);
  return known.rule == digest_of(rule) ? known : Validators{};
}

class PageFetch {
 public:
  PageFetch(const sdk::Call& call, const Options& options, Kept& kept, const std::string& uri,
            const std::optional<std::string>& known_version)
      : call_(call),
        options_(options),
        kept_(kept),
        uri_(uri),
        at_(uri),
        rule_(options.rules.find(uri)),
        known_(known_version ? known_by(rule_, *known_version) : Validators{}) {}

  void run(const sdk::FetchSink& sink) {
    for (;;) {
      const sdk::Response response = ask();
      attempts_ += response.attempts;
      check_arrival(at_, response.url, response.permanent_redirect, options_.hosts);
      if (response.status == 304) return not_modified(response, sink);
      if (is_gone(response.status)) return sink.gone(is_confirmed(response));
      check_status(response);
      head_ = is_html(response) ? read_head(response.body) : HtmlHead{};
      if (const std::optional<std::string> next = refresh_of(response)) {
        follow(*next, response.url);
        continue;
      }
      if (is_html(response) && is_login_page(response.body))
        refuse(FRESHET_E_DENIED, "a login page", response.url);
      if (is_html(response)) check_wall(response);
      return hand_over(response, sink);
    }
  }

 private:
  bool refreshed() const { return refreshes_ > 0; }

  // Validators go only to the URL that gave them: elsewhere, a date would be taken for its own.
  bool conditional() const {
    return (known_.url.empty() ? uri_ : known_.url) == at_ && !known_.empty();
  }

  sdk::Response ask() const {
    const Validators known = conditional() ? known_ : Validators{};
    if (std::optional<sdk::Response> kept = kept_.take(at_, known)) return *std::move(kept);
    return call_.send(page_request(call_, options_, at_, known));
  }

  void not_modified(const sdk::Response& response, const sdk::FetchSink& sink) const {
    if (!conditional())
      refuse(FRESHET_E_REMOTE, "HTTP status 304, though nothing was asked for conditionally",
             response.url);
    sink.not_modified();
  }

  // Only the entry's own server can say that it is gone for good.
  bool is_confirmed(const sdk::Response& response) const {
    return response.status == 410 && !refreshed() && same_origin(uri_, response.url);
  }

  std::optional<std::string> refresh_of(const sdk::Response& response) const {
    if (!options_.follow_meta_refresh) return std::nullopt;
    std::optional<std::string> next = refresh_target(call_, response, head_);
    return next == at_ ? std::nullopt : next;
  }

  // A refresh is a redirect, and a temporary one.
  void follow(const std::string& next, const std::string& from) {
    if (++refreshes_ > kMaxRefreshes)
      refuse(FRESHET_E_LIMIT, "more than " + std::to_string(kMaxRefreshes) + " meta refreshes",
             next);
    if (split_url(from).scheme == "https" && split_url(next).scheme != "https")
      refuse(FRESHET_E_BLOCKED, "a meta refresh from https to http", next);
    check_arrival(uri_, next, false, options_.hosts);
    at_ = next;
  }

  void hand_over(const sdk::Response& response, const sdk::FetchSink& sink) const {
    const ContentType type = parse_content_type(response.header("content-type"));
    Validators validators = validators_of(response, call_.now_ms());
    if (refreshed()) validators.url = at_;
    validators.rule = digest_of(rule_);
    const std::string selected = selected_of(response);
    sdk::Content content;
    content.bytes = selects(response) ? selected : response.body;
    content.media_type = type.media_type;
    if (rule_ != nullptr && !rule_->read_as.empty()) content.media_type = rule_->read_as;
    content.charset = type.charset;
    content.version = validators.version();
    if (!refreshed()) content.canonical_uri = name_of(call_, uri_, response, head_);
    content.attempts = attempts_;
    sink.content(content);
  }

  bool selects(const sdk::Response& response) const {
    return rule_ != nullptr && rule_->selects() && is_html(response);
  }
  std::string selected_of(const sdk::Response& response) const {
    if (!selects(response)) return {};
    std::optional<std::string> parts = select_parts(response.body, rule_->keep, rule_->drop);
    if (!parts) refuse(FRESHET_E_PARSE, "has nothing that " + rule_->path + ".keep selects", uri_);
    return *std::move(parts);
  }

  const sdk::Call& call_;
  const Options& options_;
  Kept& kept_;
  const std::string uri_;
  std::string at_;  // what is asked for: the entry, or where meta refreshes led
  const Rule* const rule_;
  const Validators known_;
  HtmlHead head_;
  int refreshes_ = 0;
  int attempts_ = 0;
};

// Not as the front page, which templates name by mistake, so that a whole site would become one root.
bool is_acceptable_name(const std::string& asked, const std::string& name) {
  if (!same_origin(asked, name) || name.size() > kMaxUrlBytes) return false;
  const std::string_view own = split_url(asked).path;
  const bool front_page = split_url(name).path == "/" && name.find('?') == std::string::npos;
  return !front_page || own == "/" || own.starts_with("/index.");
}

}  // namespace

bool is_html(const sdk::Response& response) {
  const std::string type = parse_content_type(response.header("content-type")).media_type;
  if (type.empty()) return trim(std::string_view(response.body).substr(0, 512)).starts_with('<');
  return type == "text/html" || type == "application/xhtml+xml";
}

sdk::Request page_request(const sdk::Call& call, const Options& options, const std::string& url,
                          const Validators& known) {
  sdk::Request request = make_request(call, options, url);
  request.max_bytes = options.max_bytes;
  const bool has_accept = std::any_of(
      request.headers.begin(), request.headers.end(),
      [](const sdk::Header& header) { return equals_ignoring_case(header.name, "accept"); });
  const Rule* const rule = options.rules.find(url);
  const bool markdown = rule != nullptr ? rule->accept_markdown.value_or(options.accept_markdown)
                                        : options.accept_markdown;
  if (markdown && !has_accept) request.headers.push_back({"Accept", kAccept});
  add_conditions(known, request);
  return request;
}

std::string base_of(const sdk::Call& call, const sdk::Response& response, const HtmlHead& head) {
  if (!is_reference(head.base)) return response.url;
  return call.resolve(response.url, head.base).value_or(response.url);
}

std::optional<std::string> refresh_target(const sdk::Call& call, const sdk::Response& response,
                                          const HtmlHead& head) {
  if (!head.refresh || head.refresh->delay_s > kMaxRefreshDelay || !is_reference(head.refresh->url))
    return std::nullopt;
  std::optional<std::string> next = call.resolve(base_of(call, response, head), head.refresh->url);
  return next == response.url ? std::nullopt : next;
}

// By a canonical link only another spelling of the page's own address: templates write one link into every
// page, and old versions name the current one, whose text is another. Where a redirect for good led is where
// the content came from. Not where the page was reached for now only, for then every page of a site under
// maintenance would be that one.
std::string name_of(const sdk::Call& call, const std::string& asked, const sdk::Response& response,
                    const HtmlHead& head) {
  const bool moved = response.redirects > 0;
  if (moved && !response.permanent_redirect) return {};
  std::string link = canonical_link(response.header("link"));
  std::string base = response.url;
  if (link.empty()) {
    link = head.canonical;
    base = base_of(call, response, head);
  }
  const auto given = [&](const std::string& name) { return name == asked ? std::string() : name; };
  const auto is_own = [&](const std::string& name) {
    return same_address(name, asked) || same_address(name, response.url);
  };
  if (const auto name = is_reference(link) ? call.resolve(base, link) : std::nullopt;
      name && is_acceptable_name(asked, *name) && is_own(*name))
    return given(*name);
  return moved && is_acceptable_name(asked, response.url) ? given(response.url) : std::string();
}

void check_arrival(const std::string& asked, const std::string& url, bool permanent,
                   const Hosts& hosts) {
  if (url == asked) return;
  if (looks_like_login(url) && !looks_like_login(asked))
    refuse(FRESHET_E_DENIED, "redirected to a login page", url);
  if (permanent || same_site(asked, url) || hosts.allow(url)) return;
  refuse(FRESHET_E_DENIED,
         "redirected to another host for now, as to a login page; name it in hosts to allow it",
         url);
}

std::string canonical_link(std::string_view header) {
  while (header.find('<') != std::string_view::npos) {
    header.remove_prefix(header.find('<') + 1);
    const std::size_t end = header.find('>');
    if (end == std::string_view::npos) return {};
    const std::string_view target = trim(header.substr(0, end));
    header.remove_prefix(end + 1);
    std::string_view parameters = header.substr(0, header.find('<'));
    while (!parameters.empty()) {
      const std::size_t stop = std::min(parameters.find_first_of(";,"), parameters.size());
      const std::string_view parameter = trim(parameters.substr(0, stop));
      if (starts_with_ignoring_case(parameter, "rel=") &&
          equals_ignoring_case(unquoted(parameter.substr(4)), "canonical"))
        return std::string(target);
      parameters.remove_prefix(std::min(stop + 1, parameters.size()));
    }
  }
  return {};
}

void fetch_page(const sdk::Call& call, const Options& options, Kept& kept, const std::string& uri,
                const std::optional<std::string>& known_version, const sdk::FetchSink& sink) {
  PageFetch(call, options, kept, uri, known_version).run(sink);
}

}  // namespace freshet::loader_web
