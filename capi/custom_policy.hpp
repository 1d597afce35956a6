// capi/custom_policy.hpp - a policy whose decisions are the application's functions.
#pragma once

#include <functional>

#include "core/policy/policy.hpp"
#include "freshet/policy.h"

namespace freshet::capi {

// `functions` have been checked: decide is there.
policy::PolicyPtr make_custom_policy(const freshet_custom_policy& functions);

// Calls one of the application's functions, of the name `name`; fails with policy_failed as that does,
// or if it throws. `said`, where there is something, is why.
base::Status call_policy(const char* name, std::string_view uri, const char* said,
                         const std::function<freshet_status()>& function);

}  // namespace freshet::capi
