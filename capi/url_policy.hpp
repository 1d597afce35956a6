// capi/url_policy.hpp - functions of the application that look at a URI, as policies.
#pragma once

#include "core/policy/policy.hpp"
#include "freshet/policy.h"

namespace freshet::capi {

// The policy that select() names. `functions.release` is called when the policy goes.
policy::PolicyPtr make_selecting_policy(const freshet_url_functions& functions);

// What is not known yet, and what matches() says yes to; released alike.
policy::PolicyPtr make_matching_policy(const freshet_url_functions& functions);

}  // namespace freshet::capi
