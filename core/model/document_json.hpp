// core/model/document_json.hpp - a document from the JSON that to_json() makes of one.
#pragma once

#include "core/base/error.hpp"
#include "core/model/document.hpp"

namespace freshet::model {

// The document comes finished: ids and spans in the JSON are read past and made anew. Fails with
// invalid_argument; the subject is the path of what is wrong, such as "sections[2].title". Also where it is
// longer than limits.hpp allows.
base::Result<Document> document_from_json(const Json& json);

}  // namespace freshet::model
