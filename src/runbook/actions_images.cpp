#include "runbook/action_runners.h"
#include "runbook/step_run.h"
#include "runbook/values.h"

namespace setpoint::runbook {

using base::Json;
using base::member;
using base::string_member;

namespace {

const Json& first_image(const Json& described) {
  static const Json kNone;
  const Json& images = member(described, "Images");
  return images.is_array() && !images.empty() ? images.front() : kNone;
}

Outcome wait_until_available(StepRun& run, const std::string& id) {
  for (std::size_t nth = 0;; ++nth) {
    ASK(Json described, run.call("ec2", "DescribeImages", {{"ImageIds", {id}}}));
    std::string state = string_member(first_image(described), "State");
    if (state == "available") return Outcome::success(described, {{"ImageId", id}, {"ImageState", state}});
    // An image that was just made may not be listed yet.
    if (!state.empty() && state != "pending" && state != "transient") {
      return Outcome::failed(FailureStage::post_verification, FailureType::verification,
                             fmt::format("image {} is {}", id, state));
    }
    ASK(bool in_time, run.poll_pause(nth));
    if (!in_time) return run.overdue();
  }
}

}  // namespace

Outcome run_create_image(StepRun& run) {
  Json parameters =
      run.picked({"InstanceId", "Name=ImageName", "Description=ImageDescription", "NoReboot", "BlockDeviceMappings"});
  parameters["InstanceId"] = run.text("InstanceId");
  ASK(Json made, run.call("ec2", "CreateImage", std::move(parameters)));
  return wait_until_available(run, string_member(made, "ImageId"));
}

Outcome run_copy_image(StepRun& run) {
  Json parameters = run.picked({"SourceImageId", "SourceRegion", "Name=ImageName", "Description=ImageDescription",
                                "Encrypted", "KmsKeyId", "ClientToken"});
  if (!parameters.contains("ClientToken")) parameters["ClientToken"] = run.client_token();
  ASK(Json made, run.call("ec2", "CopyImage", std::move(parameters)));
  return wait_until_available(run, string_member(made, "ImageId"));
}

Outcome run_delete_image(StepRun& run) {
  std::string id = run.text("ImageId");
  ASK(Json described, run.call("ec2", "DescribeImages", {{"ImageIds", {id}}}));
  ASK([[maybe_unused]] Json gone, run.call("ec2", "DeregisterImage", {{"ImageId", id}}));
  for (const Json& device : member(first_image(described), "BlockDeviceMappings")) {
    std::string snapshot = string_member(member(device, "Ebs"), "SnapshotId");
    if (snapshot.empty()) continue;
    ASK([[maybe_unused]] Json deleted, run.call("ec2", "DeleteSnapshot", {{"SnapshotId", snapshot}}));
  }
  return Outcome::success(Json());
}

}  // namespace setpoint::runbook
