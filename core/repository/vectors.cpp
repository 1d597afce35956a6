#include "core/repository/vectors.hpp"

#include <cmath>
#include <cstring>

#include "core/repository/transaction.hpp"

namespace freshet::repository {

using base::Code;
using base::Result;
using base::Status;

namespace {

Key vector_key(const std::string& model, const Digest& text_digest) {
  const Digest digest = base::digest_of(model);
  std::string_view bytes = digest.view();
  std::uint64_t front = 0;
  lmdb::take_part(bytes, front);
  return Key().add(front).add(text_digest);
}

}  // namespace

Result<std::vector<float>> ReadsVectors::vector(const std::string& model,
                                                const Digest& text_digest) const {
  const Key key = vector_key(model, text_digest);
  FRESHET_ASSIGN(const auto body, transaction_.get(Db::vectors, key));
  std::vector<float> vector;
  if (!body) return vector;
  if (body->size() % sizeof(float) != 0) return transaction_.malformed(Db::vectors, key);
  vector.resize(body->size() / sizeof(float));
  if (!vector.empty()) std::memcpy(vector.data(), body->data(), body->size());
  return vector;
}

Result<bool> ReadsVectors::has_vector(const std::string& model, const Digest& text_digest) const {
  return transaction_.has(Db::vectors, vector_key(model, text_digest));
}

Status WritesVectors::put_vector(const std::string& model, const Digest& text_digest,
                                 std::span<const float> vector) {
  if (vector.empty()) return base::fail(Code::invalid_argument, "a vector has no numbers", model);
  for (const float number : vector)
    if (!std::isfinite(number))
      return base::fail(Code::invalid_argument, "a vector holds what is not a number", model);
  Encoder value;
  value.raw({reinterpret_cast<const char*>(vector.data()), vector.size_bytes()});
  return transaction_.put(Db::vectors, vector_key(model, text_digest), value);
}

}  // namespace freshet::repository
