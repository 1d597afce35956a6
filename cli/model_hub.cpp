#include "cli/model_hub.hpp"

#include <curl/curl.h>
#include <openssl/evp.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <freshet/freshet.hpp>
#include <memory>
#include <set>
#include <vector>

#include <freshet/sdk/json.hpp>

#include "cli/interrupt.hpp"

namespace freshet::cli {
namespace {

using json = nlohmann::json;

constexpr std::uint64_t most_listing = 16u << 20;
constexpr long connect_seconds = 30, stalled_seconds = 60;
constexpr long most_redirects = 5;

struct HubName {
  std::string model, revision;
};

HubName parse(const std::string& where) {
  const std::size_t at = where.find('@');
  return {where.substr(0, at), at == std::string::npos ? "main" : where.substr(at + 1)};
}

bool is_word(std::string_view text) {
  const auto fits = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
           c == '_' || c == '-';
  };
  return !text.empty() && text.front() != '.' && text.front() != '-' &&
         std::all_of(text.begin(), text.end(), fits);
}

std::string from_environment(const char* name, const std::string& otherwise) {
  const char* const value = std::getenv(name);
  return value == nullptr || *value == '\0' ? otherwise : value;
}

std::string endpoint() {
  std::string url = from_environment("HF_ENDPOINT", "https://huggingface.co");
  while (url.ends_with('/')) url.pop_back();
  return url;
}

using Take = std::function<void(std::span<const std::byte>)>;

// One request after another, to the hub and to whom it redirects.
class Hub {
 public:
  Hub() : curl_(curl_easy_init()) {
    if (!curl_) throw std::bad_alloc();
    set(CURLOPT_FOLLOWLOCATION, 1L);
    set(CURLOPT_MAXREDIRS, most_redirects);
    set(CURLOPT_CONNECTTIMEOUT, connect_seconds);
    set(CURLOPT_LOW_SPEED_LIMIT, 1L);
    set(CURLOPT_LOW_SPEED_TIME, stalled_seconds);
    set(CURLOPT_NOSIGNAL, 1L);
    // Plain HTTP where the endpoint has it, and nowhere else.
    const char* protocols = endpoint().starts_with("http://") ? "http,https" : "https";
    set(CURLOPT_PROTOCOLS_STR, protocols);
    set(CURLOPT_REDIR_PROTOCOLS_STR, protocols);
    set(CURLOPT_USERAGENT, "freshet");
    set(CURLOPT_WRITEFUNCTION, &Hub::written);
    set(CURLOPT_WRITEDATA, this);
    const std::string token = from_environment("HF_TOKEN", "");
    if (token.empty()) return;
    headers_.reset(curl_slist_append(nullptr, ("Authorization: Bearer " + token).c_str()));
    set(CURLOPT_HTTPHEADER, headers_.get());
  }

  void get(const std::string& url, std::uint64_t most, const Take& take) {
    take_ = &take;
    left_ = most;
    thrown_ = nullptr;
    set(CURLOPT_URL, url.c_str());
    set(CURLOPT_FAILONERROR, 1L);
    const CURLcode done = curl_easy_perform(curl_.get());
    if (thrown_) std::rethrow_exception(thrown_);
    if (done != CURLE_OK) fail(done, url);
  }

 private:
  template <typename Value>
  void set(CURLoption option, Value value) {
    curl_easy_setopt(curl_.get(), option, value);
  }

  static std::size_t written(char* bytes, std::size_t one, std::size_t count, void* self) {
    return static_cast<Hub*>(self)->take_part({reinterpret_cast<std::byte*>(bytes), one * count});
  }

  std::size_t take_part(std::span<const std::byte> part) {
    try {
      if (interrupted()) throw Error(FRESHET_E_CANCELLED, "was interrupted", endpoint());
      if (part.size() > left_)
        throw Error(FRESHET_E_REMOTE, "sent more than there can be", endpoint());
      left_ -= part.size();
      (*take_)(part);
      return part.size();
    } catch (...) {
      thrown_ = std::current_exception();
      return 0;
    }
  }

  [[noreturn]] void fail(CURLcode done, const std::string& url) {
    long status = 0;
    curl_easy_getinfo(curl_.get(), CURLINFO_RESPONSE_CODE, &status);
    if (status == 404) throw Error(FRESHET_E_NOT_FOUND, "is not there", url);
    if (status == 401 || status == 403)
      throw Error(FRESHET_E_DENIED,
                  "is not there, or not open to everybody: HF_TOKEN is the key to what is not",
                  url);
    if (status >= 400) throw Error(FRESHET_E_REMOTE, "HTTP status " + std::to_string(status), url);
    throw Error(FRESHET_E_NETWORK, curl_easy_strerror(done), url);
  }

  struct Free {
    void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  };
  std::unique_ptr<CURL, Free> curl_;
  std::unique_ptr<curl_slist, Free> headers_;
  const Take* take_ = nullptr;
  std::uint64_t left_ = 0;
  std::exception_ptr thrown_;
};

struct HubFile {
  std::string name, sha256;  // "" where the hub does not say
  std::uint64_t size = 0;
};

struct Listing {
  std::string commit;
  std::vector<HubFile> files;
};

// What the hub says of a model, with the sizes and checksums of its files.
Listing list(Hub& hub, const HubName& name) {
  const std::string url =
      endpoint() + "/api/models/" + name.model + "/revision/" + name.revision + "?blobs=true";
  std::string text;
  hub.get(url, most_listing, [&](std::span<const std::byte> part) {
    text.append(reinterpret_cast<const char*>(part.data()), part.size());
  });
  const json said = json::parse(text, nullptr, false);
  try {
    Listing listing{said.at("sha").get<std::string>(), {}};
    if (!is_word(listing.commit)) throw Error(FRESHET_E_REMOTE, "told no commit", url);
    for (const json& each : said.at("siblings")) {
      HubFile file{each.at("rfilename").get<std::string>(), "",
                   each.value("size", std::uint64_t{0})};
      if (each.contains("lfs") && each["lfs"].is_object())
        file.sha256 = each["lfs"].value("sha256", "");
      listing.files.push_back(std::move(file));
    }
    return listing;
  } catch (const json::exception&) {
    throw Error(FRESHET_E_REMOTE, "answered with what describes no model", url);
  }
}

// Hashes what passes.
class Sum {
 public:
  Sum() : context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {
    EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr);
  }
  void add(std::span<const std::byte> part) {
    size_ += part.size();
    EVP_DigestUpdate(context_.get(), part.data(), part.size());
  }
  std::uint64_t size() const { return size_; }
  std::string hex() {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int length = 0;
    EVP_DigestFinal_ex(context_.get(), digest, &length);
    constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (unsigned int i = 0; i < length; ++i) {
      text += digits[digest[i] >> 4];
      text += digits[digest[i] & 15];
    }
    return text;
  }

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
  std::uint64_t size_ = 0;
};

void read_file(Hub& hub, const std::string& base, const HubFile& file, const TakeBytes& take) {
  const std::string url = base + file.name;
  Sum sum;
  take(file.name, {});  // one that is empty is there, too
  hub.get(url, most_model_bytes, [&](std::span<const std::byte> part) {
    sum.add(part);
    take(file.name, part);
  });
  const bool whole = file.size == 0 || sum.size() == file.size;
  if (!whole || (!file.sha256.empty() && sum.hex() != file.sha256))
    throw Error(FRESHET_E_CORRUPT, "is not what the hub says that it has", url);
}

}  // namespace

bool is_hub_name(const std::string& where) {
  const HubName name = parse(where);
  const std::size_t slash = name.model.find('/');
  std::error_code none;
  return slash != std::string::npos && is_word(name.model.substr(0, slash)) &&
         is_word(name.model.substr(slash + 1)) && is_word(name.revision) &&
         !std::filesystem::exists(where, none);
}

std::string model_name_at_hub(const std::string& where) {
  const std::string model = parse(where).model;
  return model.substr(model.find('/') + 1);
}

void read_hub_model(const std::string& where, const TakeBytes& take) {
  const HubName name = parse(where);
  Hub hub;
  const Listing listing = list(hub, name);
  std::set<std::string> names;
  for (const HubFile& file : listing.files) names.insert(file.name);
  check_model_files(where, names, "");
  const std::string base = endpoint() + "/" + name.model + "/resolve/" + listing.commit + "/";
  for (const HubFile& file : listing.files)
    if (belongs_to_model(file.name)) read_file(hub, base, file, take);
}

}  // namespace freshet::cli
