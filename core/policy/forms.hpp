// core/policy/forms.hpp - the JSON forms of the policies, one function a policy.
//
// Each takes the whole value in which its name is the key, and the path of that value.
#pragma once

#include <functional>
#include <string>

#include "core/base/json.hpp"
#include "core/policy/policy.hpp"

namespace freshet::policy {

base::Result<PolicyPtr> parse_ttl(const base::Json& value, const std::string& path,
                                  const NamedPolicies& named);
base::Result<PolicyPtr> parse_custom(const base::Json& value, const std::string& path,
                                     const NamedPolicies& named);
base::Result<PolicyPtr> parse_any(const base::Json& value, const std::string& path,
                                  const NamedPolicies& named);
base::Result<PolicyPtr> parse_all(const base::Json& value, const std::string& path,
                                  const NamedPolicies& named);
base::Result<PolicyPtr> parse_adaptive(const base::Json& value, const std::string& path,
                                       const NamedPolicies& named);
base::Result<PolicyPtr> parse_by_url(const base::Json& value, const std::string& path,
                                     const NamedPolicies& named);
base::Result<PolicyPtr> parse_business_hours(const base::Json& value, const std::string& path,
                                             const NamedPolicies& named);
base::Result<PolicyPtr> parse_metadata(const base::Json& value, const std::string& path,
                                       const NamedPolicies& named);
base::Result<PolicyPtr> parse_when(const base::Json& value, const std::string& path,
                                   const NamedPolicies& named);

// "checked" or "ingested".
base::Status parse_from(const base::Json& value, const std::string& path, From& out);
const char* name_of(From from);

// Reads each element of `list` by `read`, with its own path.
base::Status parse_list(
    const base::Json& list, const std::string& path,
    const std::function<base::Status(const base::Json&, const std::string& path)>& read);

}  // namespace freshet::policy
