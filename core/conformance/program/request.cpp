#include "core/conformance/program/request.hpp"

#include "core/conformance/program/process_state.hpp"
#include "core/conformance/run.hpp"
#include "core/host/check.hpp"
#include "core/host/library.hpp"

namespace freshet::conformance {
namespace {

using host::Finding;
using host::Target;
using host::Verdict;

const host::Offer* find_offer(const host::Manifest& manifest, const Target& target) {
  for (const host::Offer& offer : manifest.provides)
    if (target.kind == offer.kind && offer.name == target.offer) return &offer;
  return nullptr;
}

}  // namespace

Finding run_request(const host::CheckRequest& request) {
  const Target& target = request.target;
  const auto manifest = host::read_manifest(host::manifest_path(target.path));
  if (!manifest) return {Verdict::fail, base::to_string(manifest.error())};
  const host::Offer* offer = find_offer(*manifest, target);
  if (target.kind && offer == nullptr) return {Verdict::fail, "the manifest does not offer it"};
  const ProcessState before;
  const auto library = host::Library::load(*manifest);
  if (!library) return {Verdict::fail, base::to_string(library.error())};
  Finding finding =
      run_case({*library, *manifest, offer},
               {target.name, target.options, target.sample, request.scratch, target.network});
  const std::string changed = ProcessState().difference(before);
  if (finding.verdict != Verdict::fail && !changed.empty())
    return {Verdict::fail, "it changed " + changed + " of the whole process"};
  return finding;
}

}  // namespace freshet::conformance
