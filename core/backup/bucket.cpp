#include "core/backup/bucket.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <pugixml.hpp>

#include "core/base/text.hpp"
#include "core/net/signature.hpp"

namespace freshet::backup {
namespace {

using base::Code;
using base::Result;
using base::Status;

constexpr std::string_view scheme = "s3://";
constexpr std::uint64_t most_listing = 8u << 20;
constexpr std::size_t together = 16;

// What means the same in a path, in a query and in a signature, however it is escaped.
bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return base::is_letter(c) || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-' ||
           c == '/';
  });
}

// Its bucket, and what stands behind that.
std::pair<std::string, std::string> parts_of(const std::string& target) {
  std::string_view rest = std::string_view(target).substr(scheme.size());
  while (rest.ends_with('/')) rest.remove_suffix(1);
  const std::string_view bucket = rest.substr(0, rest.find('/'));
  return {std::string(bucket), std::string(rest.substr(std::min(rest.size(), bucket.size() + 1)))};
}

bool has_dots_or_gaps(std::string_view path) {
  const std::string whole = fmt::format("/{}/", path);
  return whole.find("//") != std::string::npos || whole.find("/./") != std::string::npos ||
         whole.find("/../") != std::string::npos;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c != '/' && is_plain({&c, 1}))
      out += c;
    else
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

// What the server says is wrong, from the XML of its answer.
base::Error refused(const ports::HttpResponse& response, std::string subject) {
  pugi::xml_document document;
  document.load_buffer(response.body.data(), response.body.size());
  const pugi::xml_node error = document.child("Error");
  const std::string code = error.child_value("Code");
  std::string message = fmt::format("the server answered {}", response.status);
  if (!code.empty())
    message += fmt::format(": {}: {}", base::printable(code),
                           base::printable(base::front_of(error.child_value("Message"), 300)));
  if (response.status == 401 || response.status == 403)
    return base::make_error(Code::denied, std::move(message), std::move(subject));
  const bool missing = response.status == 404;
  return base::make_error(missing ? Code::not_found : Code::remote, std::move(message),
                          std::move(subject));
}

class Bucket final : public Place {
 public:
  Bucket(std::string target, std::string origin, std::string bucket, std::string prefix,
         const BucketOptions& options, ports::Http& http)
      : target_(std::move(target)),
        origin_(std::move(origin)),
        bucket_(std::move(bucket)),
        prefix_(prefix.empty() ? "" : std::move(prefix) + "/"),
        token_(options.session_token),
        patience_(options.patience),
        signing_(std::make_shared<ports::Signing>(
            ports::Signing{options.region, options.key_id, options.secret})),
        http_(http) {}

  // There are no locks there: what another backup may be about to use is left alone for a while.
  Status lock() override { return {}; }

  Result<std::vector<Listed>> list(const std::string& folder, const base::Cancel& cancel) override {
    return list_all(folder + "/", 1000, cancel);
  }

  Result<bool> is_empty(const base::Cancel& cancel) override {
    FRESHET_ASSIGN(const auto some, list_all("", 1, cancel));
    return some.empty();
  }

  Status read(std::span<const std::string> names, std::uint64_t most_bytes, const TakeFile& take,
              const base::Cancel& cancel) override {
    std::vector<ports::HttpRequest> requests;
    for (const std::string& name : names) {
      requests.push_back(request("GET", key_url(name)));
      requests.back().max_bytes = most_bytes;
    }
    std::vector<std::optional<ports::HttpResponse>> responses(names.size());
    FRESHET_TRY(send(requests, responses, cancel));
    for (std::size_t i = 0; i < names.size(); ++i) {
      const ports::HttpResponse& response = *responses[i];
      if (response.status != 200 && response.status != 404)
        return base::fail(refused(response, path(names[i])));
      FRESHET_TRY(take(i, response.status == 200 ? std::optional<std::string_view>(response.body)
                                                 : std::nullopt));
    }
    return {};
  }

  Status write(std::span<const File> files, const base::Cancel& cancel) override {
    std::vector<ports::HttpRequest> requests;
    for (const File& file : files) {
      requests.push_back(request("PUT", key_url(file.name), file.bytes));
      requests.back().headers.push_back({"content-type", "application/octet-stream"});
    }
    std::vector<std::optional<ports::HttpResponse>> responses(files.size());
    FRESHET_TRY(send(requests, responses, cancel));
    for (std::size_t i = 0; i < files.size(); ++i)
      if (responses[i]->status / 100 != 2)
        return base::fail(refused(*responses[i], path(files[i].name)));
    return {};
  }

  Status flush() override { return {}; }  // what was answered is kept

  Status remove(std::span<const std::string> names, const base::Cancel& cancel) override {
    std::vector<ports::HttpRequest> requests;
    for (const std::string& name : names) requests.push_back(request("DELETE", key_url(name)));
    std::vector<std::optional<ports::HttpResponse>> responses(names.size());
    FRESHET_TRY(send(requests, responses, cancel));
    for (std::size_t i = 0; i < names.size(); ++i)
      if (responses[i]->status / 100 != 2 && responses[i]->status != 404)
        return base::fail(refused(*responses[i], path(names[i])));
    return {};
  }

  std::string path(std::string_view name) const override {
    return name.empty() ? target_ : fmt::format("s3://{}/{}{}", bucket_, prefix_, name);
  }
  base::Millis patience() const override { return patience_; }
  std::size_t batch() const override { return together; }

 private:
  // The bucket as the first part of the path: every server knows that form.
  std::string key_url(std::string_view name) const {
    return fmt::format("{}/{}/{}{}", origin_, bucket_, prefix_, name);
  }

  // libcurl signs what the header says of the body; that of Debian 12 does not send it by itself.
  ports::HttpRequest request(std::string method, std::string url, std::string body = {}) const {
    ports::HttpRequest request;
    request.method = std::move(method);
    request.url = std::move(url);
    request.headers = {{"accept-encoding", "identity"},
                       {"x-amz-content-sha256", net::sha256(body)}};
    request.body = std::move(body);
    if (!token_.empty()) request.headers.push_back({"x-amz-security-token", token_});
    request.private_origins = {origin_};
    request.signing = signing_;
    return request;
  }

  Status send(std::span<const ports::HttpRequest> requests,
              std::vector<std::optional<ports::HttpResponse>>& responses,
              const base::Cancel& cancel) {
    std::optional<base::Error> first;
    http_.send_many(requests, cancel,
                    [&](std::size_t index, base::Result<ports::HttpResponse> result) {
                      if (result)
                        responses[index] = *std::move(result);
                      else if (!first)
                        first = std::move(result).error();
                    });
    if (first) return base::fail(*std::move(first));
    return {};
  }

  // The names of the query in their order: so the signature wants them.
  std::string list_url(const std::string& prefix, std::size_t most, const std::string& from) const {
    std::string query;
    if (!from.empty()) query = fmt::format("continuation-token={}&", escaped(from));
    return fmt::format("{}/{}?{}list-type=2&max-keys={}&prefix={}", origin_, bucket_, query, most,
                       escaped(prefix_ + prefix));
  }

  // `most` below 1000: one page of it.
  Result<std::vector<Listed>> list_all(const std::string& prefix, std::size_t most,
                                       const base::Cancel& cancel) {
    std::vector<Listed> all;
    for (std::string from;;) {
      ports::HttpRequest page = request("GET", list_url(prefix, most, from));
      page.max_bytes = most_listing;
      FRESHET_ASSIGN(const ports::HttpResponse response, http_.send(page, cancel));
      if (response.status != 200) return base::fail(refused(response, target_));
      FRESHET_ASSIGN(from, take_page(response.body, all));
      if (from.empty() || most < 1000) return all;
    }
  }

  // Where the next page begins; empty: this is the last one.
  Result<std::string> take_page(const std::string& body, std::vector<Listed>& all) const {
    pugi::xml_document document;
    const pugi::xml_node list = document.load_buffer(body.data(), body.size())
                                    ? document.child("ListBucketResult")
                                    : pugi::xml_node();
    if (!list) return base::fail(Code::parse, "the server's listing is not one of S3", target_);
    for (const pugi::xml_node each : list.children("Contents")) {
      const std::string_view key = each.child_value("Key");
      if (!key.starts_with(prefix_)) continue;
      const auto written = base::parse_instant(each.child_value("LastModified"));
      all.push_back({std::string(key.substr(prefix_.size())), each.child("Size").text().as_ullong(),
                     written ? *written : base::unset});
    }
    const bool more = std::string_view(list.child_value("IsTruncated")) == "true";
    const std::string next = list.child_value("NextContinuationToken");
    if (more && next.empty())
      return base::fail(Code::parse, "the server's listing has no end", target_);
    return more ? next : std::string();
  }

  const std::string target_, origin_, bucket_, prefix_, token_;
  const base::Millis patience_;
  const std::shared_ptr<const ports::Signing> signing_;
  ports::Http& http_;
};

}  // namespace

bool is_bucket(const std::string& target) { return target.starts_with(scheme); }

Status check_bucket(const std::string& target, const std::string& name) {
  const auto [bucket, prefix] = parts_of(target);
  if (bucket.size() >= 3 && is_plain(bucket) && is_plain(prefix) &&
      !has_dots_or_gaps(prefix.empty() ? bucket : bucket + '/' + prefix))
    return {};
  return base::fail(Code::invalid_argument,
                    "is not a place in S3: write s3://BUCKET/PREFIX, of letters, digits and ._-",
                    name);
}

Status check_region(const std::string& region, const std::string& name) {
  if (is_plain(region) && !region.empty()) return {};
  return base::fail(Code::invalid_argument, "is not the name of a region, such as eu-central-1",
                    name);
}

Status check_endpoint(const std::string& endpoint, const std::string& name) {
  std::string_view host = endpoint;
  while (host.ends_with('/')) host.remove_suffix(1);
  const bool http = host.starts_with("http://") || host.starts_with("https://");
  host.remove_prefix(http ? host.find("://") + 3 : 0);
  if (http && !host.empty() && host.find_first_of("/?#") == std::string_view::npos) return {};
  return base::fail(Code::invalid_argument,
                    "is not an origin: write https://HOST or https://HOST:PORT", name);
}

Result<std::unique_ptr<Place>> open_bucket(const std::string& target, BucketOptions options,
                                           ports::Http& http) {
  FRESHET_TRY(check_bucket(target, target));
  FRESHET_TRY(check_region(options.region, "region"));
  if (options.endpoint.empty())
    options.endpoint = fmt::format("https://s3.{}.amazonaws.com", options.region);
  FRESHET_TRY(check_endpoint(options.endpoint, "endpoint"));
  FRESHET_ASSIGN(std::string origin, http.resolve("", options.endpoint));
  while (origin.ends_with('/')) origin.pop_back();
  const auto [bucket, prefix] = parts_of(target);
  return std::make_unique<Bucket>(target, std::move(origin), bucket, prefix, options, http);
}

}  // namespace freshet::backup
