// core/refresh/pipeline.hpp - takes due roots through fetch, read, chunk, embed and commit.
//
// Each stage has its threads and a bounded queue in front; push() blocks when the first one is
// full.
#pragma once

#include <thread>
#include <vector>

#include "core/base/queue.hpp"
#include "core/refresh/state.hpp"

namespace freshet::refresh {

class Pipeline {
 public:
  explicit Pipeline(const Run& run);
  ~Pipeline();

  // Takes a root that this run has leased.
  void push(Item item);
  // Waits until everything pushed has its outcome and is durable. Nothing may be pushed after.
  void finish();

 private:
  struct Page;    // fetched, not yet read
  struct Commit;  // read and chunked, not yet committed
  using CommitPtr = std::shared_ptr<Commit>;

  void fetch(Item item);
  void read(Page page);
  base::Result<CommitPtr> make_commit(Page& page);
  base::Result<CommitPtr> make_alias_commit(Page& page, model::Document document,
                                            const base::Digest& content);
  base::Result<bool> accept(Page& page, const model::Document& document,
                            const base::Digest& content);
  base::Result<bool> holds(const base::Digest& root, const base::Digest& content) const;
  void take(Commit& commit, model::Document document) const;
  void embed(std::vector<CommitPtr> commits);
  void embed_loop();
  void commit(const CommitPtr& commit);

  void touch(Item item, std::string_view reason, std::optional<std::string> version,
             std::optional<base::Digest> bytes_digest, int attempts);
  void fail(Item item, base::Error error, bool gone = false);
  void gone(Item item, bool confirmed, int attempts);
  void put_alias(const CommitPtr& commit);
  // The root's own write, on the writer thread; `done` runs after the commit.
  void write(const Item& item, std::function<base::Status(repository::Writer&)> work,
             std::function<void()> done);
  base::Status suspect(const Item& item, const model::Document& document) const;

  const Run& run_;
  base::BoundedQueue<Item> to_fetch_;
  base::BoundedQueue<Page> to_read_;
  base::BoundedQueue<CommitPtr> to_embed_;
  std::vector<std::thread> fetchers_, readers_, embedders_;
  bool finished_ = false;
};

}  // namespace freshet::refresh
