#include "tests/plugins/loader_web/fake_host.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <stdexcept>

#include "core/net/retry_after.hpp"
#include "core/net/url.hpp"

extern "C" const freshet_plugin_descriptor freshet_plugin_entry;

namespace freshet::test {
namespace {

struct FakeCall {
  FakeHost* host;
  Failed failed;
};

FakeCall& of(freshet_call* call) { return *reinterpret_cast<FakeCall*>(call); }

freshet_call* raw(FakeCall& call) { return reinterpret_cast<freshet_call*>(&call); }

std::string text(const char* from) { return from == nullptr ? "" : from; }

void log(void* self, std::int32_t, const char* message) {
  static_cast<FakeHost*>(self)->logs.emplace_back(message);
}

void fail(freshet_call* call, freshet_status status, const char* message, const char* subject,
          std::int64_t) {
  of(call).failed = {status, text(message), text(subject)};
}

freshet_status secret(freshet_call* call, const char* reference, freshet_text_callback on_text,
                      void* payload) {
  static constexpr std::string_view kMark = "secret:";
  const auto& secrets = of(call).host->secrets;
  const std::string_view whole = reference;  // "Bearer secret:env:NAME": one, at the end
  const std::size_t mark = whole.find(kMark);
  const bool longer = mark != std::string_view::npos;
  const std::string name(longer ? whole.substr(mark + kMark.size()) : whole);
  const auto found = secrets.find(name);
  if (found == secrets.end()) {
    fail(call, FRESHET_E_DENIED, "no such secret", name.c_str(), -1);
    return FRESHET_E_DENIED;
  }
  const std::string before(longer ? whole.substr(0, mark) : "");
  return on_text(payload, (before + found->second).c_str());
}

Asked read_request(const freshet_http_request& request) {
  Asked asked{request.url,
              {},
              request.max_bytes,
              request.pace_ms,
              (request.flags & FRESHET_HTTP_ROBOTS) != 0};
  for (std::size_t i = 0; i < request.header_count; ++i)
    asked.headers[request.headers[2 * i]] = request.headers[2 * i + 1];
  return asked;
}

std::int64_t date_in(const Answer& answer, std::string_view header) {
  for (const auto& [name, value] : answer.headers)
    if (name == header)
      if (const auto at = net::parse_http_date(value)) return at->ms;
  return std::numeric_limits<std::int64_t>::min();
}

bool has_already(const Asked& asked, const Answer& answer) {
  return answer.status == 200 && asked.headers.contains("If-None-Match") &&
         std::find(answer.headers.begin(), answer.headers.end(),
                   std::pair<std::string, std::string>("etag", asked.header("If-None-Match"))) !=
             answer.headers.end();
}

freshet_status answer(FakeHost& host, const freshet_http_request& request, std::size_t index,
                      freshet_http_callback on_response, void* payload, Failed& failed) {
  host.asked.push_back(read_request(request));
  if (host.on_request) host.on_request(host.asked.back());
  const auto found = host.web.find(request.url);
  Answer answer = found == host.web.end() ? status(404) : found->second;
  if (has_already(host.asked.back(), answer)) {
    answer.status = 304;
    answer.body.clear();
  }
  host.sent += answer.body.size();
  const bool too_large = request.max_bytes != 0 && answer.body.size() > request.max_bytes;
  if (too_large) answer = broken(FRESHET_E_LIMIT, "the answer is too large");
  host.in_callback = true;
  if (answer.failure != FRESHET_OK) {
    failed = {answer.failure, answer.message, request.url};
    on_response(payload, index, answer.failure, nullptr, answer.message.c_str());
  } else {
    std::vector<const char*> headers;
    for (const auto& [name, value] : answer.headers) {
      headers.push_back(name.c_str());
      headers.push_back(value.c_str());
    }
    // Exactly as large as the body, so that a sanitizer sees who reads past its end.
    std::unique_ptr<char[]> body(new char[answer.body.size()]);
    std::memcpy(body.get(), answer.body.data(), answer.body.size());
    freshet_http_response response{};
    response.struct_size = sizeof response;
    response.status = answer.status;
    response.redirects = answer.final_url.empty() ? 0 : 1;
    response.attempts = 1;
    response.permanent_redirect = answer.permanent ? 1 : 0;
    response.url = answer.final_url.empty() ? request.url : answer.final_url.c_str();
    response.headers = headers.data();
    response.header_count = headers.size() / 2;
    response.date_ms = date_in(answer, "date");
    response.last_modified_ms = date_in(answer, "last-modified");
    response.body = body.get();
    response.body_size = answer.body.size();
    on_response(payload, index, FRESHET_OK, &response, nullptr);
  }
  host.in_callback = false;
  return answer.failure;
}

freshet_status http_send(freshet_call* call, const freshet_http_request* request,
                         freshet_http_callback on_response, void* payload) {
  return answer(*of(call).host, *request, 0, on_response, payload, of(call).failed);
}

// Ends them in the reverse order: nobody may count on theirs.
freshet_status http_send_many(freshet_call* call, const freshet_http_request* const* requests,
                              std::size_t count, freshet_http_callback on_response, void* payload) {
  FakeHost& host = *of(call).host;
  host.most_at_once = std::max(host.most_at_once, count);
  Failed ignored;
  for (std::size_t i = count; i-- > 0;)
    answer(host, *requests[i], i, on_response, payload, ignored);
  return FRESHET_OK;
}

freshet_status url_resolve(void*, const char* base, const char* reference,
                           freshet_text_callback on_text, void* payload) {
  const auto url = net::resolve_url(text(base), reference);
  if (!url) return FRESHET_E_INVALID_ARGUMENT;
  return on_text(payload, url->text.c_str());
}

}  // namespace

Answer page(std::string body, std::string content_type) {
  return {200, {{"content-type", std::move(content_type)}}, std::move(body)};
}
Answer status(int code) {
  return {code, {{"content-type", "text/html"}}, "<html><body>an error page</body></html>"};
}
Answer redirected(std::string to, Answer answer, bool permanent) {
  answer.final_url = std::move(to);
  answer.permanent = permanent;
  return answer;
}
Answer broken(freshet_status failure, std::string message) {
  Answer answer;
  answer.failure = failure;
  answer.message = std::move(message);
  return answer;
}

std::string Asked::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? "" : found->second;
}

FakeHost::FakeHost() {
  table_.struct_size = sizeof table_;
  table_.version = "0.1.0";
  table_.self = this;
  table_.log = log;
  table_.now_ms = [](void* self) { return static_cast<FakeHost*>(self)->now_ms; };
  table_.cancelled = [](freshet_call* call) {
    if (of(call).host->on_cancelled) of(call).host->on_cancelled();
    return of(call).host->cancelled ? 1 : 0;
  };
  table_.fail = fail;
  table_.secret = secret;
  table_.http_send = http_send;
  table_.http_send_many = http_send_many;
  table_.url_resolve = url_resolve;
}

bool FakeHost::logged(const std::string& part) const {
  return std::any_of(logs.begin(), logs.end(),
                     [&](const std::string& line) { return line.find(part) != std::string::npos; });
}

std::vector<std::string> Listed::uris() const {
  std::vector<std::string> uris;
  for (const ListedEntry& entry : entries) uris.push_back(entry.uri);
  return uris;
}

Driver::Driver(FakeHost& host, const std::string& name, const nlohmann::json& options)
    : host_(host) {
  table_ = static_cast<const freshet_loader_table*>(
      freshet_plugin_entry.get(FRESHET_PLUGIN_LOADER, name.c_str()));
  if (table_ == nullptr) throw std::runtime_error("no such loader");
  FakeCall call{&host_, {}};
  const freshet_status status =
      table_->open(nullptr, host_.table(), raw(call), options.dump().c_str(), &instance_);
  open_failure_ = call.failed;
  if ((status == FRESHET_OK) != (instance_ != nullptr))
    throw std::runtime_error("open contradicts itself");
}

Driver::~Driver() {
  if (instance_ != nullptr) table_->close(instance_);
}

Listed Driver::list(std::size_t stop_after, const std::function<void(const ListedEntry&)>& on_entry,
                    const std::string& state) {
  struct Sink {
    FakeHost& host;
    Listed& listed;
    std::size_t stop_after;
    const std::function<void(const ListedEntry&)>& on_entry;
  };
  Listed listed;
  Sink to_fill{host_, listed, stop_after, on_entry};
  const auto take = [](void* payload, const freshet_entry* from) -> freshet_status {
    auto& to = *static_cast<Sink*>(payload);
    // A sink may block until pages were fetched, which no callback of the network may.
    if (to.host.in_callback) return FRESHET_E_MISUSE;
    if (to.listed.entries.size() == to.stop_after) return FRESHET_E_CANCELLED;
    ListedEntry entry{from->uri,
                      text(from->version),
                      text(from->handle),
                      text(from->title),
                      text(from->metadata),
                      {},
                      {}};
    if (from->last_modified_ms != std::numeric_limits<std::int64_t>::min())
      entry.last_modified_ms = from->last_modified_ms;
    if (from->size >= 0) entry.size = from->size;
    if (to.on_entry) to.on_entry(entry);
    to.listed.entries.push_back(std::move(entry));
    return FRESHET_OK;
  };
  const auto refuse = [](void*, const char*) -> freshet_status { return FRESHET_E_MISUSE; };
  const auto keep = [](void* to, const char* text) -> freshet_status {
    static_cast<Sink*>(to)->listed.state = text;
    return FRESHET_OK;
  };
  const auto tell = [](void* to, const char* text) -> freshet_status {
    static_cast<Sink*>(to)->listed.way = text;
    return FRESHET_OK;
  };
  const freshet_listing_request request{sizeof(freshet_listing_request),
                                        state.empty() ? nullptr : state.c_str()};
  const freshet_listing_sink sink{sizeof(freshet_listing_sink), &to_fill, take, refuse, keep, tell};
  FakeCall call{&host_, {}};
  std::int32_t kind = FRESHET_LISTING_PART;
  listed.status = table_->list(instance_, raw(call), &request, &sink, &kind);
  if (listed.status == FRESHET_OK) listed.kind = kind;
  listed.complete = listed.kind == FRESHET_LISTING_WHOLE;
  listed.failed = call.failed;
  return listed;
}

FetchResult Driver::fetch(const std::string& uri, const std::optional<std::string>& known,
                          const std::string& handle) {
  FetchResult result;
  const auto once = [](void* payload, const char* outcome) -> FetchResult& {
    auto& to = *static_cast<FetchResult*>(payload);
    to.outcome = to.outcome.empty() ? outcome : to.outcome + " and " + outcome;
    return to;
  };
  static const auto record = once;
  freshet_fetch_sink sink{};
  sink.struct_size = sizeof sink;
  sink.payload = &result;
  sink.content = [](void* payload, const freshet_content* from) -> freshet_status {
    FetchResult& to = record(payload, "content");
    to.body.assign(static_cast<const char*>(from->bytes), from->size);
    const auto optional = [](const char* value) {
      return value == nullptr ? std::optional<std::string>() : std::optional<std::string>(value);
    };
    to.media_type = optional(from->media_type);
    to.charset = optional(from->charset);
    to.version = optional(from->version);
    to.canonical_uri = optional(from->canonical_uri);
    to.attempts = from->attempts;
    return FRESHET_OK;
  };
  sink.not_modified = [](void* payload) -> freshet_status {
    record(payload, "not modified");
    return FRESHET_OK;
  };
  sink.gone = [](void* payload, std::int32_t confirmed) -> freshet_status {
    record(payload, confirmed ? "gone for good" : "gone");
    return FRESHET_OK;
  };
  freshet_entry entry{};
  entry.struct_size = sizeof entry;
  entry.uri = uri.c_str();
  entry.handle = handle.empty() ? nullptr : handle.c_str();
  entry.last_modified_ms = std::numeric_limits<std::int64_t>::min();
  entry.size = -1;
  FakeCall call{&host_, {}};
  result.status =
      table_->fetch(instance_, raw(call), &entry, known ? known->c_str() : nullptr, &sink);
  result.failed = call.failed;
  return result;
}

}  // namespace freshet::test
