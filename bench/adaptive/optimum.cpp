#include "optimum.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

namespace freshet::bench {
namespace {

constexpr int halvings = 200;

// What one more request is worth to a page that is asked `frequency` times a day.
double margin(double rate, double frequency) {
  const double r = rate / frequency;
  return (1 - std::exp(-r) * (1 + r)) / rate;
}

// The frequency at which one more request is worth `price`; 0 where it never is.
double frequency_at(double rate, double price) {
  if (price >= 1 / rate) return 0;
  double low = 1e-12, high = 1e12;
  for (int step = 0; step < halvings; ++step) {
    const double middle = std::sqrt(low * high);
    (margin(rate, middle) > price ? low : high) = middle;
  }
  return low;
}

std::vector<double> frequencies_at(const std::vector<double>& rates, double price) {
  std::vector<double> frequencies;
  for (const double rate : rates) frequencies.push_back(frequency_at(rate, price));
  return frequencies;
}

}  // namespace

std::vector<double> best_frequencies(const std::vector<double>& rates, double budget) {
  double low = 0, high = 1 / *std::min_element(rates.begin(), rates.end());
  for (int step = 0; step < halvings; ++step) {
    const double price = (low + high) / 2;
    const auto frequencies = frequencies_at(rates, price);
    (std::accumulate(frequencies.begin(), frequencies.end(), 0.) > budget ? low : high) = price;
  }
  return frequencies_at(rates, high);
}

double freshness(const std::vector<double>& rates, const std::vector<double>& frequencies) {
  double sum = 0;
  for (std::size_t page = 0; page < rates.size(); ++page) {
    if (frequencies[page] <= 0) continue;
    const double r = rates[page] / frequencies[page];
    sum += (1 - std::exp(-r)) / r;
  }
  return sum / static_cast<double>(rates.size());
}

double drawn_freshness(const std::vector<double>& rates, const std::vector<double>& frequencies,
                       double days, unsigned seed) {
  std::mt19937_64 random(seed);
  double fresh = 0;
  for (std::size_t page = 0; page < rates.size(); ++page) {
    if (frequencies[page] <= 0) continue;
    const double interval = 1 / frequencies[page];
    std::exponential_distribution<double> wait(rates[page]);
    double change = wait(random);
    for (double asked = 0; asked < days; asked += interval) {
      while (change < asked) change += wait(random);
      fresh += std::min(change, asked + interval) - asked;
    }
  }
  return fresh / (days * static_cast<double>(rates.size()));
}

}  // namespace freshet::bench
