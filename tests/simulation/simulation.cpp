#include "tests/simulation/simulation.hpp"

#include <algorithm>

#include "core/sync/verify.hpp"

namespace freshet::simulation {
namespace {

using base::Json;

constexpr Millis hour{3'600'000};

std::shared_ptr<repository::Repository> open(World& world, const ports::Machine& machine) {
  repository::OpenOptions options;
  options.map_size = 64u << 20;
  auto opened = repository::Repository::open(world.directory, options, machine);
  if (!opened) world.fail("cannot be opened: " + base::to_string(opened.error()));
  return *opened;
}

std::string outcome_of(const sync::Event& event) {
  return fmt::format("{} {}{}{}", event.uri, sync::outcome_name(event.outcome),
                     event.reason.empty() ? "" : ": ", event.reason);
}

}  // namespace

Simulation::Process::Process(World& world, int number)
    : clock(world, number),
      random(world),
      catalog(world),
      repository(open(world, {clock, world.scheduler, random})) {}

Simulation::Simulation(std::uint64_t seed, std::string directory, bool loud)
    : world_(seed, std::move(directory), loud), laws_(world_) {
  const Json policies[] = {"always", {{"ttl", "10m"}}, {{"ttl", "2h"}}, {{"ttl", "24h"}}};
  policy_ = policies[world_.dice.below(4)];
  if (seed % 5 == 3) {  // beside what was drawn, so that other seeds tell what they always told
    world_.adaptive.emplace(World::Adaptive{hour, 48 * hour});
    policy_ = {{"adaptive",
                {{"budget", {{"ttl", "240h"}}}, {"max_staleness", "48h"}, {"min_interval", "1h"}}}};
  }
  jobs_ = world_.dice.between(1, 3);
  new_process();  // of the machine: it has the task that writes
  world_.repository = processes_.front()->repository;
  world_.say("{} sites, policy {}, {} jobs{}{}{}", world_.sites.size(), policy_.dump(), jobs_,
             world_.two_stores ? ", two stores" : "", world_.fills_beside ? ", fills beside" : "",
             world_.with_embedder ? "" : ", no embedder");
  for (const Server& server : world_.servers)
    world_.say("a store: {} rows a write, {} writes at once{}{}", server.info.max_batch,
               server.info.concurrent_writes, server.info.claims ? ", claims" : "",
               server.info.replaces ? ", replaces" : "");
}

int Simulation::new_process() {
  const int number = static_cast<int>(processes_.size());
  processes_.push_back(std::make_unique<Process>(world_, number));
  return number;
}

Json Simulation::config(Json options) const {
  options["policy"] = policy_;
  options["jobs"] = jobs_;
  options["on_change"] = world_.fills_beside ? "generation" : "refuse";
  options["stores"].push_back({{"name", "memory"}});
  if (world_.two_stores)
    options["stores"].push_back({{"name", "memory"}, {"options", {{"server", 1}}}});
  if (world_.with_embedder)
    options["embedder"] = {{"name", "digest"}, {"options", {{"model", world_.model}}}};
  options["chunker"] = {{"embedding_batch_size", 3}, {"max_chunk_size", 300}, {"overlap_size", 0}};
  for (const auto& site : world_.sites)
    options["sources"].push_back({{"loader", "site"}, {"options", {{"site", site->name}}}});
  return options;
}

void Simulation::launch(int number, Json options, Millis late) {
  Process& process = *processes_[static_cast<std::size_t>(number)];
  world_.scheduler.launch(
      number, "run", [this, number, late, &process, options = config(std::move(options))] {
        if (late > Millis(0)) world_.scheduler.pause(late);
        auto parsed = sync::parse_run(options);
        if (!parsed) world_.fail(base::to_string(parsed.error()));
        const auto report = sync::run({*process.repository, process.catalog, process.http}, *parsed,
                                      [this, number](const sync::Event& event) {
                                        if (event.kind == sync::EventKind::root_done)
                                          note_outcome(number, event);
                                        if (event.kind == sync::EventKind::log)
                                          world_.tell(event.message);
                                      },
                                      {});
        last_run_was_good_ = report && report->exit_code() == 0 && report->counts.pending == 0;
        world_.say("the run ends: {}", report ? fmt::format("{}, {} pending", report->exit_code(),
                                                            report->counts.pending)
                                              : base::to_string(report.error()));
        if (report)
          for (const base::Error& error : report->errors)
            world_.say("  {}", base::to_string(error));
      });
}

void Simulation::note_outcome(int process, const sync::Event& event) {
  world_.tell(outcome_of(event));
  if (event.outcome == sync::Outcome::refreshed) note_stored(process, event.uri);
  if (event.outcome == sync::Outcome::refreshed || event.outcome == sync::Outcome::unchanged)
    world_.site_of(event.uri)->said[event.uri].stored_by = process;
  if (event.outcome == sync::Outcome::failed) check_fence(process, event.uri);
}

// Another run began to fetch it later, so it had the lease, and told that it is well. What is noted
// against it now can only be of this one, which had lost it.
void Simulation::check_fence(int process, const std::string& uri) {
  const Said& said = world_.site_of(uri)->said[uri];
  if (said.fetched_by == process || said.stored_by != said.fetched_by) return;
  const auto snapshot = world_.repository->read();
  if (!snapshot) return;
  const auto root = snapshot->root(model::root_id(uri));
  if (root && *root && (*root)->failures > 0)
    world_.fail(fmt::format("the fence: {} has the failure of a run that had lost it", uri));
}

void Simulation::note_stored(int process, const std::string& uri) {
  Said& said = world_.site_of(uri)->said[uri];
  said.committed = std::max(said.committed, said.served_to[process]);
}

void Simulation::launch_repair(int number) {
  Process& process = *processes_[static_cast<std::size_t>(number)];
  world_.scheduler.launch(number, "repair", [this, &process] {
    sync::VerifyOptions options;
    options.accept_shrink = true;
    const auto report =
        sync::repair({*process.repository, process.catalog, process.http}, options, {});
    world_.say("the repair ends: {}", report ? "well" : base::to_string(report.error()));
  });
}

void Simulation::draw_fate(int process) {
  const auto switches = static_cast<std::uint64_t>(world_.dice.between(1, 400));
  if (world_.lucky(20)) return world_.scheduler.kill_after(process, switches);
  if (world_.lucky(10))
    world_.scheduler.stop_after(process, switches, Millis(world_.dice.between(30, 300) * 1000));
}

void Simulation::live() {
  for (const auto& site : world_.sites)
    for (std::int64_t n = world_.dice.between(0, 3); n > 0; --n) {
      site->change(world_.dice);
      world_.say("{}", site->last_change);
    }
  if (world_.lucky(10)) {
    world_.wall_offset += Millis(world_.dice.between(-48, 48) * hour.count());
    world_.clock_jumped = true;
    world_.say("the clock of the wall jumps");
  }
  let_late_writes_arrive(50);
  decay();
  world_.weather = draw_weather(world_.dice);
  ++world_.step;
  world_.disturbed = world_.forcing = false;
  laws_.begin_step();
  if (world_.lucky(10) && (!world_.two_stores || laws_.is_first_store_live())) {
    world_.two_stores = !world_.two_stores;
    world_.say("runs ask for {}", world_.two_stores ? "two stores" : "one store");
  }
  if (world_.fills_beside && world_.lucky(15)) change_model();
  const std::int64_t runs = world_.lucky(40) ? 2 : 1;
  bool bound = runs == 1;
  for (std::int64_t i = 0; i < runs; ++i) {
    const int process = new_process();
    Json options = Json::object();
    for (const char* flag : {"force", "rebuild", "accept_shrink"})
      if (world_.lucky(8)) {
        options[flag] = true;
        bound &= flag != std::string("accept_shrink");
        world_.forcing |= flag == std::string("force");
        if (flag == std::string("rebuild") && world_.lucky(50)) change_model();
      }
    draw_fate(process);
    if (world_.step > 1 && world_.lucky(7))
      launch_repair(process);
    else
      launch(process, options,
             Millis(i > 0 && world_.lucky(40) ? world_.dice.between(0, 240) * 1000 : 0));
  }
  world_.scheduler.wait_for_processes();
  laws_.check_step(bound);
}

void Simulation::change_model() {
  world_.model = world_.model == "one" ? "two" : "one";
  world_.model_changed = true;
  world_.say("from now on runs ask for the model {}", world_.model);
}

// The store loses what it had confirmed: all of it, which the next run sees, or a row, which a
// repair does.
void Simulation::decay() {
  Server& server = world_.servers[world_.dice.below(2)];
  if (server.spaces.empty() || !world_.lucky(6)) return;
  const auto space = std::next(
      server.spaces.begin(), static_cast<std::ptrdiff_t>(world_.dice.below(server.spaces.size())));
  world_.store_decayed = true;
  auto& rows = space->second.rows;
  if (rows.empty() || world_.lucky(40)) {
    server.spaces.erase(space);
    return world_.say("the store loses the namespace");
  }
  rows.erase(std::next(rows.begin(), static_cast<std::ptrdiff_t>(world_.dice.below(rows.size()))));
  world_.say("the store loses a row");
}

// What dead processes had sent, and the network still had.
void Simulation::let_late_writes_arrive(unsigned percent) {
  for (Server& server : world_.servers)
    for (const auto& wire : std::exchange(server.wires, {})) {
      if (wire->arrived || !world_.lucky(percent)) continue;
      wire->arrived = true;
      wire->apply();
      world_.say("a write of process {} arrives late", wire->process);
    }
}

void Simulation::pass(Millis time) {
  world_.scheduler.advance(time);
  world_.say("{} hours pass", time.count() / hour.count());
}

void Simulation::quiet_run(const Json& options) {
  ++world_.step;
  world_.disturbed = false;
  world_.forcing = true;  // as the laws are not yet back in order
  laws_.begin_step();
  launch(new_process(), options);
  world_.scheduler.wait_for_processes();
}

void Simulation::calm() {
  world_.weather = {};
  world_.say("the weather calms down");
  for (const auto& site : world_.sites) site->settle();
  let_late_writes_arrive(100);
  for (int round = 0; round < 4; ++round) {
    pass(72 * hour);
    quiet_run({{"accept_shrink", true},
               {"rebuild", round == 0 && world_.model_changed && !world_.fills_beside}});
    laws_.check_step(false);
    if (round > 0) laws_.check_staleness();
    if (round > 0 || !world_.store_decayed) continue;
    launch_repair(new_process());
    world_.scheduler.wait_for_processes();
  }
  world_.store_decayed = false;
  if (!last_run_was_good_) world_.fail("after quiet runs another one is not good");
  world_.late_writes = false;
  laws_.check_end();
  const std::uint64_t writes = world_.writes(), embedded = world_.embedded;
  const std::uint64_t fetches = world_.fetches;
  quiet_run(Json::object());
  if (policy_ != "always" && world_.fetches != fetches)
    world_.fail("law 7: what is fresh was fetched");
  pass(72 * hour);
  quiet_run(Json::object());
  if (world_.writes() != writes) world_.fail("law 4: rows were written, and nothing has changed");
  if (world_.embedded != embedded)
    world_.fail("law 4: texts were embedded, and nothing has changed");
  laws_.check_end();
}

void Simulation::run() {
  for (std::int64_t steps = world_.dice.between(2, 6); steps > 0; --steps) {
    live();
    pass(Millis(world_.dice.between(0, 30 * hour.count())));
  }
  calm();
}

std::uint64_t Simulation::trace() const {
  std::uint64_t all = world_.scheduler.trace();
  for (const std::string& line : world_.story)
    for (const char letter : line) all = all * 131 + static_cast<unsigned char>(letter);
  return all;
}

}  // namespace freshet::simulation
