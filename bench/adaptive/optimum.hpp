// bench/adaptive/optimum.hpp - the best fixed intervals for pages that change independently at known
// constant rates. Cho and Garcia-Molina, "Effective page refresh policies for web crawlers", ACM TODS
// 28(4), 2003.
#pragma once

#include <vector>

namespace freshet::bench {

// Requests a day for each page with these changes a day, `budget` in all, that leave the pages fresh
// for the greatest share of time. A page that changes too fast for it gets none.
std::vector<double> best_frequencies(const std::vector<double>& rates, double budget);

// The mean share of time that pages are fresh: by the formula (1 - e^-r) / r with r = rate / frequency,
// and by drawing changes for so many days.
double freshness(const std::vector<double>& rates, const std::vector<double>& frequencies);
double drawn_freshness(const std::vector<double>& rates, const std::vector<double>& frequencies,
                       double days, unsigned seed);

}  // namespace freshet::bench
