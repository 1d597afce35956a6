// core/sync/words.hpp - what a loader says of a root beside its bytes: a title and metadata, in its
// listing and with the content. A document takes from them what its reader did not find.
#pragma once

#include <string>
#include <string_view>

#include "core/model/document.hpp"
#include "core/ports/loader.hpp"
#include "core/repository/roots.hpp"

namespace freshet::sync {

// Both, as the record of a root keeps them: {"entry":{"title","metadata"},"content":{…}}, without
// what is not said. Empty: nothing is.
std::string words_of(const ports::Entry& entry, const ports::Fetched& content);

// `words` with what a later listing says in place of what the last one did.
std::string reworded(std::string_view words, const ports::Entry& entry);

// The entry as the last listing had it, for a fetch that no listing leads to.
ports::Entry entry_of(const repository::RootView& root);

// The reader's words come first, then those of the content, then those of the entry; metadata key by
// key.
void complete(model::Document& document, const ports::Entry& entry, const ports::Fetched& content);

}  // namespace freshet::sync
