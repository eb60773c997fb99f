#include "runbook/action_runners.h"
#include "runbook/step_run.h"
#include "runbook/values.h"

namespace setpoint::runbook {

using base::ErrorCode;
using base::Json;
using base::member;
using base::string_member;

namespace {

const Json& first_stack(const Json& described) {
  static const Json kNone;
  const Json& stacks = member(described, "Stacks");
  return stacks.is_array() && !stacks.empty() ? stacks.front() : kNone;
}

Outcome settled(const Json& stack, bool good) {
  Json outputs = {{"StackId", string_member(stack, "StackId")},
                  {"StackStatus", string_member(stack, "StackStatus")},
                  {"StackStatusReason", string_member(stack, "StackStatusReason")}};
  Outcome out = good ? Outcome::success(stack)
                     : Outcome::failed(FailureStage::post_verification, FailureType::verification,
                                       fmt::format("the stack is {}: {}", text_form(outputs["StackStatus"]),
                                                   text_form(outputs["StackStatusReason"])));
  out.outputs = std::move(outputs);
  return out;
}

// CloudFormation answers a question for a stack that is not there with a ValidationError.
bool is_missing(const base::Error& error) {
  return error.code == ErrorCode::not_found ||
         (error.detail == "ValidationError" && error.message.find("does not exist") != std::string::npos);
}

Outcome wait_until_settled(StepRun& run, const std::string& stack_id, std::string_view good) {
  for (std::size_t nth = 0;; ++nth) {
    ASK(Json described, run.call("cloudformation", "DescribeStacks", {{"StackName", stack_id}}));
    const Json& stack = first_stack(described);
    std::string status = string_member(stack, "StackStatus");
    if (!status.ends_with("_IN_PROGRESS")) return settled(stack, status == good);
    ASK(bool in_time, run.poll_pause(nth));
    if (!in_time) return run.overdue();
  }
}

}  // namespace

Outcome run_create_stack(StepRun& run) {
  Json parameters = run.inputs();
  if (!parameters.contains("ClientRequestToken")) parameters["ClientRequestToken"] = run.client_token();
  ASK(Json made, run.call("cloudformation", "CreateStack", std::move(parameters)));
  return wait_until_settled(run, string_member(made, "StackId"), "CREATE_COMPLETE");
}

Outcome run_delete_stack(StepRun& run) {
  Answer<Json> described = run.call("cloudformation", "DescribeStacks", {{"StackName", run.text("StackName")}});
  bool missing = !described.interrupted() && !described.result() && is_missing(described.result().error());
  if (missing) return Outcome::success(Json(), {{"StackId", ""}, {"StackStatus", "DELETE_COMPLETE"}});
  ASK(Json found, std::move(described));
  // By its id a deleted stack can still be asked for, by its name it cannot.
  std::string id = string_member(first_stack(found), "StackId");
  Json parameters = run.picked({"ClientRequestToken", "RetainResources", "RoleARN", "StackName"});
  ASK([[maybe_unused]] Json deleted, run.call("cloudformation", "DeleteStack", std::move(parameters)));
  return wait_until_settled(run, id, "DELETE_COMPLETE");
}

}  // namespace setpoint::runbook
