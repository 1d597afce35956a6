// capi/custom_policy.hpp - a policy whose decisions are the application's functions.
#pragma once

#include "core/policy/policy.hpp"
#include "freshet/policy.h"

namespace freshet::capi {

// `functions` have been checked: decide is there.
policy::PolicyPtr make_custom_policy(const freshet_custom_policy& functions);

}  // namespace freshet::capi
