// core/sync/target.hpp - one target: its store and its embedder, open.
#pragma once

#include <memory>
#include <vector>

#include "core/sync/config.hpp"
#include "core/sync/context.hpp"

namespace freshet::sync {

struct OpenTarget {
  repository::Target target;
  std::unique_ptr<ports::Store> store;
  std::unique_ptr<ports::Embedder> embedder;  // null: none
  repository::TargetNumber number = repository::main_target;
};

// What a configuration asks of one target, and where it says so.
struct TargetWish {
  std::optional<Use> store;  // absent: as before, or "sqlite"
  std::optional<Use> embedder;
  bool no_embedder = false;
  std::optional<bool> titles;  // absent: as before with the same embedder
  std::string store_path = "store", embedder_path = "embedder";
};

// As asked for, and else as `before`, where there is one; or "sqlite" and no embedder. Of the model it
// says whether titles are embedded, and no more.
base::Result<repository::Target> wanted(const Context& context, const TargetWish& wish,
                                        const repository::Target* before);
// The model is the embedder's, with the mark of titles where `target` has it. Errors name the places that `wish` has.
base::Result<OpenTarget> open_wanted(const Context& context, repository::Target target,
                                     const TargetWish& wish, const base::Cancel& cancel);

bool same_model(const repository::Target& a, const repository::Target& b);
// Of the store and of the embedder, its name included.
bool same_options(const repository::Target& a, const repository::Target& b);
bool same_target(const repository::Target& a, const repository::Target& b);

// What becomes of a target while documents are made anew by other readers or another chunker.
enum class Standing {
  settled,  // nothing: there is no such change
  stays,    // it is searched, and keeps the rows that it has
  waits     // its rows are sent when all documents were made, and then it takes the other's place
};
// By what is recorded: two that are the same, of which one is to take the other's place, have no other
// reason to be two.
Standing standing_of(const std::vector<repository::KnownTarget>& all,
                     repository::TargetNumber number);

// The namespace is there, unless a generation is under way: that one is made by who delivers.
base::Status ensure_live(const repository::Repository& repository, const OpenTarget& opened,
                         const base::Cancel& cancel);

// Those that are delivered to, as they are recorded, by number. Fails with not_found where nothing was
// ever delivered.
base::Result<std::vector<repository::KnownTarget>> delivered_targets(const Context& context);
// What is searched, as it is recorded. Fails with not_found, too.
base::Result<repository::Target> delivered_target(const Context& context);
// Opens a target as it is recorded.
base::Result<OpenTarget> reopen_target(const Context& context, const repository::KnownTarget& known,
                                       const base::Cancel& cancel = {});

// All that the namespace has, by their numbers.
base::Result<std::vector<repository::KnownTarget>> recorded_targets(
    const repository::Repository& repository);

}  // namespace freshet::sync
