#include "response/cases/runbook_suite.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <set>
#include <thread>

#include "base/file.h"
#include "response/cases/runbook_policy.h"
#include "runbook/interpolation.h"

namespace setpoint::response {

using base::Json;
using model::Permission;

namespace {

struct Job {
  const RunbookFolder* folder;
  const RunbookCase* one;
  CaseResult* result;
  std::optional<CaseObservation> seen;
};

// In the bounded session everything up to the undo must be the same; the undo's calls are a plan of their own.
std::vector<std::string> refused_by_policy(const CaseObservation& free, const CaseObservation& bounded) {
  for (const char* part : {"status", "calls", "changes", "outputs"}) {
    if (base::member(free.seen, part) == base::member(bounded.seen, part)) continue;
    return {fmt::format("policy.json: in a session with it the {} of the run {} not the same{}", part,
                        part == std::string_view("status") ? "is" : "are",
                        bounded.message.empty() ? "" : ": " + bounded.message)};
  }
  return {};
}

void run_job(Job& job, const CaseRunner& runner) {
  auto begin = std::chrono::steady_clock::now();
  auto seen = runner.run(job.folder->document, *job.one, std::nullopt);
  if (!seen) {
    job.result->problems.push_back(seen.error().text());
    return;
  }
  job.result->problems = differences(*job.one, *seen);
  job.result->seen = seen->seen;
  if (!job.folder->policy.is_null()) {
    auto bounded = runner.run(job.folder->document, *job.one, job.folder->policy);
    auto more = bounded ? refused_by_policy(*seen, *bounded) : std::vector{bounded.error().text()};
    job.result->problems.insert(job.result->problems.end(), more.begin(), more.end());
  }
  job.seen = std::move(*seen);
  job.result->seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

// What the cases needed; of calls that none of them made, what the document says.
std::set<Permission> needed(const RunbookFolder& folder, const std::vector<const CaseObservation*>& seen,
                            const PermissionSource& source) {
  std::set<Permission> out;
  for (const CaseObservation* one : seen) {
    for (const Permission& permission : one->permissions) out.insert(generalised(permission, folder.document));
  }
  std::set<std::string> actions;
  for (const Permission& permission : out) actions.insert(permission.action);
  for (const Permission& permission : static_permissions(folder.document, source)) {
    if (!actions.contains(permission.action)) out.insert(permission);
  }
  return out;
}

void check_effects(const RunbookAbout& about, const std::vector<const CaseObservation*>& seen,
                   std::vector<std::string>& problems) {
  std::set<std::string> made;
  for (const CaseObservation* one : seen) made.insert(one->effects.begin(), one->effects.end());
  for (const std::string& call : made) {
    if (!about.effects.contains(call))
      problems.push_back(fmt::format("about.yaml: effects: {} is made, and not declared", call));
  }
  for (const auto& [call, what] : about.effects) {
    if (!made.contains(call))
      problems.push_back(fmt::format("about.yaml: effects: {} is declared, and no case makes it", call));
  }
}

void check_undo(const RunbookAbout& about, const std::vector<const CaseObservation*>& seen,
                std::vector<std::string>& problems) {
  bool exact = false, irreversible = false;
  for (const CaseObservation* one : seen) {
    const Json& undo = base::member(one->seen, "undo");
    exact = exact || undo == "exact";
    irreversible = irreversible || undo.is_object();
    if (undo == "inexact")
      problems.push_back("about.yaml: undo: the calls of an undo do not give the state before back");
  }
  UndoPromise kept = exact && irreversible ? UndoPromise::partly
                     : irreversible        ? UndoPromise::irreversible
                                           : UndoPromise::exact;
  if (kept != about.undo) {
    problems.push_back(
        fmt::format("about.yaml: undo: it says {}, the cases say {}", to_string(about.undo), to_string(kept)));
  }
}

bool gives(const runbook::Document& document, const runbook::Reference& reference) {
  const auto& outputs = document.outputs();
  return document.parameter(reference.text()) != nullptr ||
         std::find(outputs.begin(), outputs.end(), reference.text()) != outputs.end();
}

// The time is a parameter, and what the way back is given is there when the containment has ended.
void check_terms(const RunbookFolder& folder, std::vector<std::string>& problems) {
  const ContainmentTerms& terms = *folder.about->contains;
  if (folder.document.parameter(terms.expires) == nullptr)
    problems.push_back(fmt::format("about.yaml: contains: the document has no parameter {}", terms.expires));
  runbook::for_each_reference(Json::array({terms.resource_name, terms.with}), [&](const runbook::Reference& reference) {
    if (!gives(folder.document, reference))
      problems.push_back(fmt::format("about.yaml: contains: {} is no parameter or output", reference.text()));
  });
}

void check_release(const RunbookFolder& folder, const Library& library, std::vector<std::string>& problems) {
  const ContainmentTerms& terms = *folder.about->contains;
  auto release = library.document(terms.release);
  if (!release) return problems.push_back("about.yaml: contains: release: " + release.error().text());
  for (const auto& given : terms.with.items()) {
    if (release->parameter(given.key()) == nullptr)
      problems.push_back(fmt::format("about.yaml: contains: {} has no parameter {}", terms.release, given.key()));
  }
}

void check_containment(const RunbookFolder& folder, const Library* library, std::vector<std::string>& problems) {
  if (!folder.about->contains) return;
  check_terms(folder, problems);
  if (library != nullptr) check_release(folder, *library, problems);
}

void check_kinds(const RunbookFolder& folder, std::vector<std::string>& problems) {
  for (CaseKind kind : {CaseKind::compliant, CaseKind::non_compliant, CaseKind::must_not_touch, CaseKind::failing}) {
    bool there =
        std::any_of(folder.cases.begin(), folder.cases.end(), [&](const auto& one) { return one.kind == kind; });
    if (!there) problems.push_back(fmt::format("cases: none is {}", to_string(kind)));
  }
}

void conclude(const RunbookFolder& folder, const std::vector<const CaseObservation*>& seen, const CaseRunner& runner,
              RunbookResult& result) {
  CatalogPermissions source(*runner.ports().catalog);
  result.policy = policy_document(needed(folder, seen, source));
  if (folder.policy.is_null() && folder.about)
    result.problems.push_back("policy.json: it is not there; --update writes it");
  if (!folder.policy.is_null()) result.problems = policy_difference(folder.policy, result.policy);
  if (!folder.about) return;
  check_effects(*folder.about, seen, result.problems);
  check_undo(*folder.about, seen, result.problems);
  check_containment(folder, runner.ports().library, result.problems);
  check_kinds(folder, result.problems);
}

SuiteReport empty_report(const std::vector<RunbookFolder>& folders) {
  SuiteReport report;
  for (const RunbookFolder& folder : folders) {
    RunbookResult result{folder.name, folder.path, {}, {}, {}};
    for (const RunbookCase& one : folder.cases) result.cases.push_back({one.name, one.path, {}, 0, nullptr});
    report.runbooks.push_back(std::move(result));
  }
  return report;
}

}  // namespace

bool RunbookResult::ok() const {
  return problems.empty() &&
         std::all_of(cases.begin(), cases.end(), [](const auto& one) { return one.problems.empty(); });
}

bool SuiteReport::ok() const {
  return std::all_of(runbooks.begin(), runbooks.end(), [](const RunbookResult& one) { return one.ok(); });
}

std::size_t SuiteReport::cases() const {
  std::size_t out = 0;
  for (const RunbookResult& one : runbooks) out += one.cases.size();
  return out;
}

std::size_t SuiteReport::problems() const {
  std::size_t out = 0;
  for (const RunbookResult& runbook : runbooks) {
    out += runbook.problems.size();
    for (const CaseResult& one : runbook.cases) out += one.problems.empty() ? 0 : 1;
  }
  return out;
}

void in_parallel(std::size_t count, const std::function<void(std::size_t)>& fn) {
  std::atomic<std::size_t> next{0};
  auto work = [&] {
    for (std::size_t i = next++; i < count; i = next++) fn(i);
  };
  std::vector<std::thread> threads;
  std::size_t wanted = std::min<std::size_t>(count, std::max(1u, std::thread::hardware_concurrency()));
  for (std::size_t i = 1; i < wanted; ++i) threads.emplace_back(work);
  work();
  for (std::thread& thread : threads) thread.join();
}

SuiteReport run_suite(const std::vector<RunbookFolder>& folders, const CaseRunner& runner) {
  SuiteReport report = empty_report(folders);
  std::vector<Job> jobs;
  for (std::size_t i = 0; i < folders.size(); ++i) {
    for (std::size_t k = 0; k < folders[i].cases.size(); ++k)
      jobs.push_back({&folders[i], &folders[i].cases[k], &report.runbooks[i].cases[k], std::nullopt});
  }
  in_parallel(jobs.size(), [&](std::size_t i) { run_job(jobs[i], runner); });
  for (std::size_t i = 0; i < folders.size(); ++i) {
    std::vector<const CaseObservation*> seen;
    for (const Job& job : jobs) {
      if (job.folder == &folders[i] && job.seen) seen.push_back(&*job.seen);
    }
    conclude(folders[i], seen, runner, report.runbooks[i]);
  }
  return report;
}

base::Status update_expectations(const std::vector<RunbookFolder>& folders, const SuiteReport& report) {
  for (std::size_t i = 0; i < folders.size(); ++i) {
    for (std::size_t k = 0; k < folders[i].cases.size(); ++k) {
      const RunbookCase& one = folders[i].cases[k];
      Json expect = report.runbooks[i].cases[k].seen;
      if (expect.is_null()) continue;
      if (const Json& after = base::member(one.expect, "after"); !after.is_null()) expect["after"] = after;
      TRY(std::string text, base::read_file(one.path, base::kYamlBytesMax));
      std::string updated = with_expectation(text, expect);
      if (updated != text && expect != one.expect) TRY_VOID(base::write_file_durably(one.path, updated));
    }
    if (report.runbooks[i].policy == folders[i].policy) continue;
    std::string path = (std::filesystem::path(folders[i].path) / "policy.json").string();
    TRY_VOID(base::write_file_durably(path, report.runbooks[i].policy.dump(2) + "\n"));
  }
  return {};
}

}  // namespace setpoint::response
