// tests/core/sync/fake_store.hpp - a store in memory, whose answers can be made to fail or to
// come late.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>

#include "core/ports/store.hpp"

namespace freshet::tests {

// What is kept, whoever writes to it.
struct FakeServer {
  using Rows = std::map<std::string, std::string>;  // id to text
  std::map<std::string, Rows> spaces;
  std::map<std::string, std::string> replaced;  // name to what took its place last
  std::uint64_t fence = 0;                      // the largest that has written
  bool refuses = false;                         // rows, whoever sends them

  Rows& rows() { return spaces["default"]; }  // what is searched
  std::multiset<std::string> texts() {
    std::multiset<std::string> texts;
    for (const auto& [id, text] : rows()) texts.insert(text);
    return texts;
  }
};

class FakeStore : public ports::Store {
 public:
  explicit FakeStore(FakeServer& server) : server_(server) {
    info_.max_batch = 4;
    info_.text_search = true;
  }
  const ports::StoreInfo& info() const override { return info_; }

  base::Status ensure(const ports::StoreNamespace& wanted, const base::Cancel&) override {
    return write('E', [&] { server_.spaces[wanted.name]; });
  }
  base::Status upsert(const std::string& name, std::span<const ports::StoreRecord> records,
                      const Confirm& confirm, const base::Cancel&) override {
    ++writes_;
    if (server_.refuses) return base::fail(base::Code::denied, "nobody may write");
    if (fail_next_ > 0) {
      log_ += 'U';
      --fail_next_;
      return base::fail(base::Code::network, "connection reset");
    }
    for (const ports::StoreRecord& record : records)
      if (std::string(record.text).find("poison") != std::string::npos)
        return base::fail(base::Code::invalid_argument, "a row is not to my taste");
    const bool there = server_.spaces.contains(name) || name == "default";
    FRESHET_TRY(write('U', [&] {
      if (there)
        for (const auto& record : records)
          server_.spaces[name][record.id] = std::string(record.text);
    }));
    if (!there) return base::fail(base::Code::not_found, "there is no such namespace", name);
    std::size_t confirmed = 0;
    for (const ports::StoreRecord& record : records)
      if (confirmed++ < confirm_most_) confirm(record.id);
    if (lose_reply_ > 0) {
      --lose_reply_;
      return base::fail(base::Code::timeout, "no answer");
    }
    return {};
  }
  base::Status remove(const std::string& name, std::span<const std::string> ids,
                      const Confirm& confirm, const base::Cancel&) override {
    ++writes_;
    FRESHET_TRY(write('R', [&] {
      for (const std::string& id : ids) server_.spaces[name].erase(id);
    }));
    for (const std::string& id : ids) confirm(id);
    return {};
  }
  base::Result<std::vector<ports::Hit>> search(const std::string&, const ports::Search&,
                                               const base::Cancel&) override {
    return std::vector<ports::Hit>{};
  }
  base::Result<std::vector<ports::Hit>> get(const std::string&, std::span<const std::string>,
                                            const base::Cancel&) override {
    return base::fail(base::Code::unsupported, "this store gives no rows back");
  }
  std::unique_ptr<ports::RowListing> list(const std::string& name, std::uint32_t) override {
    return std::make_unique<NoRows>(server_.spaces.contains(name));
  }
  base::Result<std::uint64_t> count(const std::string& name, const base::Cancel&) override {
    return server_.spaces[name].size();
  }
  base::Status reset(const std::string& name, const base::Cancel&) override {
    return write('X', [&] { server_.spaces.erase(name); });
  }
  base::Result<std::uint64_t> claim(const std::string&, std::uint64_t fence,
                                    const base::Cancel&) override {
    log_ += 'C';
    fence_ = fence;
    return server_.fence;
  }
  base::Status replace(const std::string& name, const std::string& by,
                       const base::Cancel&) override {
    bool there = true;
    FRESHET_TRY(write('P', [&] {
      there = server_.spaces.contains(by);
      if (!there) return;
      server_.spaces[name] = server_.spaces[by];
      server_.spaces.erase(by);
      server_.replaced[name] = by;
    }));
    if (there || server_.replaced[name] == by) return {};
    return base::fail(base::Code::not_found, "there is no such namespace", by);
  }

  ports::StoreInfo info_;
  std::string log_;  // a letter a write
  int writes_ = 0;   // of rows
  int fail_next_ = 0;
  int lose_reply_ = 0;
  std::size_t confirm_most_ = SIZE_MAX;
  // Called with the number of a write before it takes effect, and after.
  std::function<base::Status(int)> before_, after_;

 private:
  struct NoRows : ports::RowListing {
    explicit NoRows(bool is_there) : there(is_there) {}
    base::Result<std::vector<ports::StoredRow>> next(const base::Cancel&) override {
      if (!there) return base::fail(base::Code::not_found, "there is no such namespace");
      return std::vector<ports::StoredRow>();
    }
    const bool there;
  };
  base::Status write(char letter, const std::function<void()>& change) {
    const int number = count_++;
    log_ += letter;
    if (before_) FRESHET_TRY(before_(number));
    if (info_.claims && server_.fence > fence_)
      return base::fail(base::Code::busy, "another writer has taken over since");
    if (info_.claims) server_.fence = fence_;
    change();
    return after_ ? after_(number) : base::Status{};
  }

  FakeServer& server_;
  std::uint64_t fence_ = 0;
  int count_ = 0;
};

}  // namespace freshet::tests
