// core/sync/words.hpp - what is said of a root beside its bytes: by its loader a title and metadata, in
// the listing and with the content, of which a document takes what its reader did not find; and by the
// configuration the metadata of its source, which stands above all.
#pragma once

#include <string>
#include <string_view>

#include "core/base/json.hpp"
#include "core/model/document.hpp"
#include "core/ports/loader.hpp"
#include "core/repository/roots.hpp"

namespace freshet::sync {

// All, as the record of a root keeps them: {"entry":{"title","metadata"},"content":{…},"source":{…}},
// without what is not said. `fixed` is the metadata of the source. Empty: nothing is said.
std::string words_of(const ports::Entry& entry, const ports::Fetched& content,
                     const base::Json& fixed = base::Json::object());

// The metadata of the source in `words`.
base::Json fixed_in(std::string_view words);

// `words` with what a later listing says in place of what the last one did.
std::string reworded(std::string_view words, const ports::Entry& entry);

// The entry as the last listing had it, for a fetch that no listing leads to.
ports::Entry entry_of(const repository::RootView& root);

// The source's metadata comes first, then the reader's words, then those of the content, then those of
// the entry; metadata key by key.
void complete(model::Document& document, const ports::Entry& entry, const ports::Fetched& content,
              const base::Json& fixed);

}  // namespace freshet::sync
