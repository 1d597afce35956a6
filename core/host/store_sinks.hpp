// core/host/store_sinks.hpp - the host's ends of the sinks that a store gets: they copy and check what
// it gives. What is wrong is kept as `status`, and fails the call before anything it says itself.
#pragma once

#include <cmath>
#include <string>
#include <unordered_set>
#include <vector>

#include "core/host/instance.hpp"
#include "core/host/taker.hpp"
#include "core/ports/store.hpp"
#include "freshet/plugin/store.h"

namespace freshet::host {

// Passes confirmations on, each id of the request once. An id that nobody asked about is no
// evidence. What cannot be heard for want of memory stays pending.
class Confirmations : public Taker {
 public:
  Confirmations(const std::shared_ptr<const Caller>& caller, const ports::Store::Confirm& confirm,
                const base::Cancel& cancel)
      : Taker(caller, cancel), confirm_(confirm) {}
  void expect(std::string_view id) { open_.insert(id); }
  static freshet_confirm_sink sink(void* end) {
    return {sizeof(freshet_confirm_sink), end, [](void* payload, const char* id) {
              return reach<Confirmations>(payload, [&](auto& taker) { return taker.hear(id); });
            }};
  }

  void report_foreign() const {
    if (foreign_ > 0)
      log(caller_.services, FRESHET_LOG_WARNING, caller_.plugin,
          fmt::format("confirmed {} ids that are not of the request", foreign_));
  }

 private:
  base::Status hear(const char* id) {
    const auto found = id == nullptr ? open_.end() : open_.find(id);
    if (found == open_.end()) {
      if (id == nullptr || !done_.contains(id)) ++foreign_;
      return {};
    }
    const std::string_view ours = *found;
    done_.insert(ours);
    open_.erase(found);
    confirm_(ours);
    return {};
  }

  const ports::Store::Confirm& confirm_;
  std::unordered_set<std::string_view> open_;
  std::unordered_set<std::string_view> done_;
  std::size_t foreign_ = 0;
};

inline base::Status check_row_id(const Caller& caller, const char* id) {
  if (id == nullptr || !base::is_utf8(id)) return broken(caller, "a row has no id");
  return {};
}

// The rows of a search, or of a get.
class RowTaker : public Taker {
 public:
  RowTaker(const std::shared_ptr<const Caller>& caller, const base::Cancel& cancel,
           std::size_t most)
      : Taker(caller, cancel), most_(most) {}
  static freshet_found_sink sink(void* end) {
    return {sizeof(freshet_found_sink), end, [](void* payload, const freshet_found* found) {
              return reach<RowTaker>(payload, [&](auto& taker) { return taker.keep(found); });
            }};
  }
  std::vector<ports::Hit> rows;

 private:
  base::Status keep(const freshet_found* raw) {
    if (rows.size() == most_)
      return broken(caller_,
                    fmt::format("gave more rows than the {} that it was asked for", most_));
    FRESHET_ASSIGN(const auto from,
                   take_struct(raw, FRESHET_FOUND_SIZE_1, "found", caller_.plugin));
    FRESHET_TRY(check_row_id(caller_, from.id));
    if (!std::isfinite(from.score))
      return broken(caller_, fmt::format("the score of {} is not finite", from.id));
    ports::Hit& hit = rows.emplace_back(
        ports::Hit{from.score, from.id, clean_text(from.text), clean_text(from.uri),
                   clean_text(from.title), clean_text(from.url), clean_text(from.path),
                   clean_text(from.metadata), clean_text(from.digest)});
    if (from.vector != nullptr) hit.vector.assign(from.vector, from.vector + from.dimension);
    return {};
  }

  const std::size_t most_;
};

// A page of a listing.
class PageTaker : public Taker {
 public:
  PageTaker(const std::shared_ptr<const Caller>& caller, const base::Cancel& cancel,
            std::size_t most)
      : Taker(caller, cancel), most_(most) {}
  static freshet_list_sink sink(void* end) {
    return {sizeof(freshet_list_sink), end,
            [](void* payload, const char* id, const char* digest) {
              return reach<PageTaker>(payload, [&](auto& taker) { return taker.keep(id, digest); });
            },
            [](void* payload, const char* next) {
              return reach<PageTaker>(payload,
                                      [&](auto& taker) { return taker.keep_cursor(next); });
            }};
  }
  std::vector<ports::StoredRow> rows;
  std::string cursor;  // of the next page; empty: there is none

 private:
  static constexpr std::size_t most_cursor = 4096;

  base::Status keep(const char* id, const char* digest) {
    if (rows.size() == most_)
      return broken(caller_,
                    fmt::format("listed more rows than the {} that it was asked for", most_));
    FRESHET_TRY(check_row_id(caller_, id));
    rows.push_back({id, clean_text(digest)});
    return {};
  }
  base::Status keep_cursor(const char* next) {
    if (!cursor.empty()) return broken(caller_, "gave two cursors of one page");
    if (next == nullptr || *next == '\0') return broken(caller_, "gave an empty cursor");
    cursor = next;
    if (cursor.size() > most_cursor)
      return broken(caller_, fmt::format("gave a cursor of {} bytes, at most {}", cursor.size(),
                                         most_cursor));
    return {};
  }

  const std::size_t most_;
};

// Texts, up to a number.
class TextTaker : public Taker {
 public:
  TextTaker(const std::shared_ptr<const Caller>& caller, const base::Cancel& cancel,
            std::size_t most)
      : Taker(caller, cancel), most_(most) {}
  static freshet_text_sink sink(void* end) {
    return {sizeof(freshet_text_sink), end, [](void* payload, const char* text) {
              return reach<TextTaker>(payload, [&](auto& taker) { return taker.keep(text); });
            }};
  }
  std::vector<std::string> texts;
  std::size_t left_out = 0;  // because there were too many

 private:
  base::Status keep(const char* text) {
    if (text == nullptr) return broken(caller_, "gave NULL for a text");
    if (texts.size() == most_)
      ++left_out;
    else
      texts.emplace_back(text);
    return {};
  }

  const std::size_t most_;
};

}  // namespace freshet::host
