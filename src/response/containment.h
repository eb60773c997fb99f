// Containments: documents whose effect must not outlast a time. What was isolated, disabled or closed is on record from
// the commit that ended the execution, with the time at which it ends and the runbook that takes it back; engine/
// (containments.h) raises it then.
//
//   about.yaml:  contains:
//                  expires: ExpireAfter                                   # a parameter: until when, in UTC
//                  resource: {type: "AWS::EC2::Instance", name: "{{ InstanceId }}"}
//                  release: {runbook: Setpoint-ReleaseInstance, with: {InstanceId: "{{ InstanceId }}", ...}}
//
//   TRY_VOID(check_containment(terms, parameters, clock.now()));           // before anything happens
//   TRY(Containment kept, containment_of(terms, execution, parameters, outputs));
//   batch.state.documents.push_back(kept.write());
//
// References name the containment's own parameters and outputs, as its steps would. Pure values; no threads.
#pragma once

#include <optional>
#include <string>

#include "journal/append_log.h"
#include "response/ports.h"

namespace setpoint::response {

struct ExecutionRecord;
struct Run;

inline constexpr char kContainmentSpace[] = "containments";  // by the id of the execution that began it

struct Containment {
  std::string execution;  // or the run, where a plan began it
  std::string runbook;
  std::string account;
  std::string region;
  std::string actor;  // who began it, and asks for its end
  std::string resource_type;
  std::string resource_name;  // its id or its name
  std::string release;        // a runbook; "" of a run, which is undone
  base::Json parameters;      // of that, resolved
  base::Timestamp since;
  base::Timestamp until;
  // From here on: what became of it when its time was over.
  std::string plan;         // that ends it; "" while there is none
  std::string problem;      // why there is none
  base::Timestamp raised;   // when people were told last
  base::Timestamp planned;  // when it was tried last to make the plan

  // Whether an execution of that runbook, with these bound parameters, is this one's way back.
  bool is_released_by(const std::string& runbook, const std::string& account, const base::Json& given) const;

  base::Json json() const;
  journal::DocumentWrite write() const;
  journal::DocumentWrite forget() const;
};
base::Result<Containment> containment_from_json(const base::Json& json);
// Those that hold, in order of their ends.
base::Result<std::vector<Containment>> containments(const Records& records);

base::Json terms_json(const std::optional<ContainmentTerms>& terms);
std::optional<ContainmentTerms> terms_from_json(const base::Json& json);

// invalid_input where the time is none or is over already.
base::Status check_containment(const ContainmentTerms& terms, const base::Json& parameters, base::Timestamp now);
// `parameters` bound, `outputs` by "Step.Output". An execution that failed half way may have left out what the way back
// needs: `problem` says so. Errors: the time or the resource has no value.
base::Result<Containment> containment_of(const ContainmentTerms& terms, const ExecutionRecord& execution,
                                         const base::Json& parameters, const base::Json& outputs);
// Of a plan's run: its way back is the rehearsed undo, which is exact.
base::Result<Containment> containment_of_run(const ContainmentTerms& terms, const Run& run, const model::Plan& plan,
                                             base::Timestamp now);

}  // namespace setpoint::response
