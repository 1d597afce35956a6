#include "loader_web/kept.hpp"

namespace freshet::loader_web {
namespace {

sdk::Response not_modified(const std::string& url) {
  sdk::Response response;
  response.status = 304;
  response.url = url;
  return response;
}

bool are_same(const Validators& a, const Validators& b) {
  return a.etag == b.etag && a.last_modified == b.last_modified;
}

}  // namespace

void Kept::keep(const std::string& url, Answer answer, std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  if (answers_.size() >= most_pages || bytes_ + bytes > most_bytes) return;
  if (answers_.emplace(url, std::move(answer)).second) bytes_ += bytes;
}

void Kept::put(const std::string& url, sdk::Response response) {
  const std::size_t bytes = response.body.size();
  keep(url, std::move(response), bytes);
}

void Kept::put_unchanged(const std::string& url, const Validators& validators) {
  keep(url, validators, 0);
}

std::optional<sdk::Response> Kept::take(const std::string& url, const Validators& known) {
  const std::lock_guard lock(mutex_);
  const auto found = answers_.find(url);
  if (found == answers_.end()) return std::nullopt;
  Answer answer = std::move(found->second);
  answers_.erase(found);
  if (auto* response = std::get_if<sdk::Response>(&answer)) {
    bytes_ -= response->body.size();
    return std::move(*response);
  }
  if (known.empty() || !are_same(std::get<Validators>(answer), known)) return std::nullopt;
  return not_modified(url);
}

}  // namespace freshet::loader_web
