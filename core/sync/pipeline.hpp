// core/sync/pipeline.hpp - takes due roots through fetch, read, chunk, embed and commit.
//
// Each stage has its tasks and a bounded queue in front; push() blocks when the first one is
// full. A stage goes on with fewer tasks than it should have, but for one. What a step throws is
// the failure of its root, and every root has an outcome.
#pragma once

#include <deque>
#include <functional>
#include <span>
#include <vector>

#include "core/ports/queue.hpp"
#include "core/sync/absent.hpp"
#include "core/sync/pipeline_items.hpp"

namespace freshet::sync {

class Pipeline {
 public:
  explicit Pipeline(const Run& run);
  ~Pipeline();
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  // Before the first push; does nothing where it has started.
  base::Status start();
  // Takes a root that this run has leased.
  void push(Item item);
  // Waits until everything pushed has its outcome and is durable. Nothing may be pushed after.
  void finish();

 private:
  enum class Fate { stored, held, declined };  // held: it is there already
  using Stage = std::deque<std::unique_ptr<ports::Task>>;

  base::Status start(Stage& stage, std::size_t tasks, const char* name,
                     const std::function<void()>& body);
  ports::Executor& executor() const { return run_.repository().machine().executor; }
  std::size_t workers() const;
  void fetch_loop();
  void read_loop();
  void embed_loop();
  // Runs one step of a root, or of a commit; what it throws is the failure of that.
  template <typename Step>
  void attempt(Item& item, Step&& step) noexcept;
  template <typename Step>
  void attempt(Commit& commit, Step&& step) noexcept;

  // What these take is moved from only when they succeed.
  void fetch(Item& item);
  base::Result<ports::Fetched> ask(const Item& item);
  void read(Page& page);
  base::Result<CommitPtr> make_commit(Page& page);
  base::Result<bool> is_excluded(const std::string& uri) const;
  static CommitPtr name_alias(Page& page, const std::string& target);
  base::Result<CommitPtr> make_alias_commit(Page& page, model::Document document,
                                            const base::Digest& content);
  base::Result<bool> accept(const Item& item, const model::Document& document) const;
  base::Result<Fate> judge_target(Commit& commit, const model::Document& document) const;
  base::Status take(Commit& commit, Page& page, model::Document document) const;
  std::span<const CommitPtr> enrich(std::span<CommitPtr> commits) noexcept;
  void embed(std::span<const CommitPtr> commits) noexcept;
  base::Result<std::optional<Look>> look(const Item& item, const model::Document& document) const;
  base::Status embed_texts(std::span<const CommitPtr> commits, Rejections& rejections);
  void commit(const CommitPtr& commit);

  void touch(const Item& item, std::string_view reason, std::optional<std::string> version,
             std::optional<base::Digest> bytes_digest, const Attempts& attempts,
             std::optional<std::string> words = std::nullopt,
             std::optional<VolatilePlaces> places = std::nullopt);
  void fail(const Item& item, const base::Error& error, bool gone = false,
            std::optional<repository::Refusal> refusal = {});
  void fail(const Commit& commit, const base::Error& error,
            std::optional<repository::Refusal> refusal = {});
  // The content that was refused before has come again.
  void refuse_again(const Item& item, const Attempts& attempts);
  base::Result<model::Document> read_document(Page& page, const std::string& uri);
  void gone(const Item& item, bool confirmed, const Attempts& attempts);
  void decline(const Item& item, const Attempts& attempts);
  repository::Alias alias_of(const Commit& commit, base::Instant now) const;
  // A write that answers what the policy said of the root.
  static constexpr std::size_t of_record =
      1024;  // what a change that brings no text holds in memory, about
  void answer(const Item& item, std::function<base::Status(repository::Writer&)> work,
              std::function<void()> done, std::size_t holds = of_record);
  void put_alias(const CommitPtr& commit, Outcome outcome = Outcome::unchanged);
  // The root's own write, on the writer thread; `done` runs after the commit, and may not throw.
  void write(const Item& item, std::function<base::Status(repository::Writer&)> work,
             std::function<void()> done, std::size_t holds = of_record);
  // `asked` is the root that was asked for, and bears what earlier looks said.
  base::Status suspect(const Item& item, const Item& asked, const model::Document& document) const;

  const Run& run_;
  Absences absences_;
  ports::BoundedQueue<Item> to_fetch_;
  ports::BoundedQueue<Page> to_read_;
  ports::BoundedQueue<CommitPtr> to_embed_;
  Stage fetchers_, readers_, embedders_;
  bool started_ = false;
  bool finished_ = false;
};

}  // namespace freshet::sync
