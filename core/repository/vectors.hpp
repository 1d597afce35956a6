// core/repository/vectors.hpp - where the vector of a text lies: by model, in no namespace.
#pragma once

#include <string>

#include "core/repository/keys.hpp"

namespace freshet::repository {

Key vector_key(const std::string& model, const base::Digest& text_digest);

}  // namespace freshet::repository
