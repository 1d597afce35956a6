// core/service/fresh_query.hpp - answers of a query whose sources confirm them first.
#pragma once

#include "core/base/cancel.hpp"
#include "core/query/query.hpp"
#include "core/service/session.hpp"
#include "core/sync/config.hpp"

namespace freshet::service {

// How lately the sources are to have confirmed what is found.
struct Demand {
  base::Millis max_age{0};
  base::Millis deadline{10'000};  // for asking them, from the query on
  sync::RunConfig config;         // of the sources
};

// Asks the sources of hits that are too old, conditionally and at once, stores and delivers what has
// changed, and answers again, until all is confirmed or the deadline has come. What is not says why.
base::Result<query::Answer> run_fresh(Session& session, const query::Query& query,
                                      const Demand& demand, const base::Cancel& cancel);

}  // namespace freshet::service
