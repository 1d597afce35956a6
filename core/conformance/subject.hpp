// core/conformance/subject.hpp - whose cases are run.
#pragma once

#include "core/host/manifest.hpp"
#include "core/host/provider.hpp"

namespace freshet::conformance {

struct Subject {
  host::ProviderPtr provider;
  const host::Manifest& manifest;
  const host::Offer* offer = nullptr;  // null for the cases of the plugin itself
};

}  // namespace freshet::conformance
