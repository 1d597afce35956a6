#include "vectors.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "products.hpp"

namespace store_sqlite {
namespace {

constexpr int one = 65536;  // a code, in rests
constexpr int largest = largest_code * one;

// For the rounding of doubles, in sums of up to a million numbers; and a vector that was rounded may be longer than 1.
constexpr double slack = 1e-9;
constexpr double longest = 1.001;

double length_of(std::span<const double> numbers) {
  double square = 0;
  for (const double each : numbers) square += each * each;
  return std::sqrt(square);
}

// Empty where there is no direction in it.
std::vector<double> normalised(std::span<const float> vector) {
  std::vector<double> numbers(vector.begin(), vector.end());
  const double length = length_of(numbers);
  if (!std::isfinite(length) || length == 0.0) return {};
  for (double& each : numbers) each /= length;
  return numbers;
}

double largest_of(std::span<const double> numbers) {
  double most = 0;
  for (const double each : numbers) most = std::max(most, std::abs(each));
  return most;
}

double length_of_rests(double scale, std::span<const std::int16_t> rests) {
  double square = 0;
  for (const double each : rests) square += each * each;
  return scale / one * std::sqrt(square);
}

int whole(std::int8_t code, std::int16_t rest) { return code * one + rest; }

}  // namespace

bool Head::is_sound(std::size_t dimension) const {
  const double most = 0.5001 * static_cast<double>(scale) * std::sqrt(dimension);
  return std::isfinite(scale) && scale > 0 && scale <= 1 && std::isfinite(error) && error >= 0 &&
         error <= most;
}

std::optional<Vector> coded(std::span<const float> vector) {
  const std::vector<double> numbers = normalised(vector);
  if (numbers.empty()) return std::nullopt;
  Vector made;
  made.head.scale = static_cast<float>(largest_of(numbers) / largest_code);
  const double scale = made.head.scale;
  for (const double each : numbers) {
    const auto parts = std::clamp<long>(std::lround(each / scale * one), -largest, largest);
    const long code = (parts + one / 2) >> 16;
    made.codes.push_back(static_cast<std::int8_t>(code));
    made.rests.push_back(static_cast<std::int16_t>(parts - code * one));
  }
  const auto error = static_cast<float>(length_of_rests(scale, made.rests));
  made.head.error = std::nextafter(error, std::numeric_limits<float>::infinity());
  return made;
}

std::vector<float> Vector::floats() const {
  std::vector<float> all(codes.size());
  for (std::size_t i = 0; i < all.size(); ++i)
    all[i] = static_cast<float>(static_cast<double>(head.scale) / one * whole(codes[i], rests[i]));
  return all;
}

bool Vector::fits_its_head() const {
  return head.is_sound(codes.size()) && length_of_rests(head.scale, rests) <= head.error;
}

std::optional<QueryVector> QueryVector::of(std::span<const float> vector) {
  QueryVector query;
  query.exact_ = normalised(vector);
  if (query.exact_.empty()) return std::nullopt;
  query.scale_ = largest_of(query.exact_) / largest_factor(vector.size());
  std::vector<double> missed;
  for (const double each : query.exact_) {
    query.factors_.push_back(static_cast<std::int16_t>(std::lround(each / query.scale_)));
    missed.push_back(each - query.scale_ * query.factors_.back());
  }
  query.miss_ = length_of(missed);
  return query;
}

// |q v - t f s c| <= |q (v - s c)| + |s c (q - t f)|, and no product is larger than that of the lengths.
QueryVector::Between QueryVector::bounds(const Head& head, std::int32_t sum) const {
  const double near = static_cast<double>(head.scale) * scale_ * sum;
  const double error = head.error;
  const double margin = longest * error + (longest + error) * miss_ + slack;
  return {near - margin, near + margin};
}

double QueryVector::product(const Vector& vector) const {
  double sum = 0;
  for (std::size_t i = 0; i < exact_.size(); ++i)
    sum += exact_[i] * whole(vector.codes[i], vector.rests[i]);
  return static_cast<double>(vector.head.scale) / one * sum;
}

}  // namespace store_sqlite
