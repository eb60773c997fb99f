// AWS Config: the recorder, where it delivers, and whether it runs. Source: AWS Config API reference.
#include "twin/services/describe.h"
#include "twin/services/record.h"
#include "twin/services/tables.h"

namespace setpoint::twin::services {

namespace {

constexpr Kind kRecorder{.type = "AWS::Config::ConfigurationRecorder",
                         .id = "name",
                         .parameter = "ConfigurationRecorderName",
                         .missing = "NoSuchConfigurationRecorderException",
                         .message = "Cannot find configuration recorder with the specified name '{}'."};
constexpr Kind kChannel{.type = "AWS::Config::DeliveryChannel",
                        .id = "name",
                        .parameter = "DeliveryChannelName",
                        .missing = "NoSuchDeliveryChannelException",
                        .message = "Cannot find delivery channel with specified name '{}'."};

// Both exist once in a region.
Check check_only_one(Request& request, const Kind& kind, const std::string& name, const char* code, const char* what) {
  for (const Json& other : all_of(request, kind)) {
    if (base::string_member(other, kind.id) == name) continue;
    return AwsError{
        code,
        fmt::format("Failed to put {0} '{1}' because the maximum number of {0}s: 1 is reached.", what, name),
        400,
        {}};
  }
  return {};
}

std::string name_in(const Json& document) {
  std::string name = base::string_member(document, "name");
  return name.empty() ? "default" : name;
}

// --- Recorder

Check check_group(const Json& group) {
  bool all = base::member(group, "allSupported") == Json(true);
  bool listed = !base::member(group, "resourceTypes").empty();
  bool global = base::member(group, "includeGlobalResourceTypes") == Json(true);
  if (all && listed)
    return AwsError{"InvalidRecordingGroupException",
                    "The recording group provided is not valid: allSupported is true, so no resource types are named",
                    400,
                    {}};
  if (!all && global)
    return AwsError{"InvalidRecordingGroupException",
                    "The recording group provided is not valid: includeGlobalResourceTypes needs allSupported",
                    400,
                    {}};
  return {};
}

const char* strategy_of(const Json& group) {
  if (base::member(group, "allSupported") == Json(true)) return "ALL_SUPPORTED_RESOURCE_TYPES";
  return base::member(group, "exclusionByResourceTypes").empty() ? "INCLUSION_BY_RESOURCE_TYPES"
                                                                 : "EXCLUSION_BY_RESOURCE_TYPES";
}

Json completed_group(const Json& given) {
  Json group = given.is_object() ? given : Json{{"allSupported", true}};
  for (const char* flag : {"allSupported", "includeGlobalResourceTypes"}) {
    if (!group.contains(flag)) group[flag] = false;
  }
  if (!group.contains("resourceTypes")) group["resourceTypes"] = Json::array();
  if (!group.contains("recordingStrategy")) group["recordingStrategy"] = {{"useOnly", strategy_of(group)}};
  return group;
}

Answer put_recorder(Request& request) {
  const Json& given = request.parameter("ConfigurationRecorder");
  std::string name = name_in(given);
  if (Check wrong = check_only_one(request, kRecorder, name, "MaxNumberOfConfigurationRecordersExceededException",
                                   "configuration recorder"))
    return tl::unexpected(*wrong);
  if (!base::string_member(given, "roleARN").starts_with("arn:"))
    return error("InvalidRoleException", "The provided role ARN is not valid.");
  if (Check wrong = check_group(base::member(given, "recordingGroup"))) return tl::unexpected(*wrong);
  const Json* old = request.find(kRecorder.type, name);
  Json recorder = old ? *old
                      : Json{{"name", name},
                             {"arn", request.arn("config", "configuration-recorder/" + name)},
                             {"Recording", false},
                             {"Tags", sorted_tags(request.parameter("Tags"))}};
  overlay(recorder, given, {"roleARN", "recordingMode"});
  recorder["recordingGroup"] = completed_group(base::member(given, "recordingGroup"));
  keep(request, kRecorder, std::move(recorder));
  return Json::object();
}

Json recorder_view(const Json& recorder) {
  return without(recorder, {"Recording", "Tags", "LastStartTime", "LastStopTime"});
}
constexpr Listing kRecorders{.type = kRecorder.type,
                             .list = "ConfigurationRecorders",
                             .ids = "ConfigurationRecorderNames",
                             .missing = kRecorder.missing,
                             .view = recorder_view};

Json recorder_status(const Json& recorder) {
  bool recording = recorder.value("Recording", false);
  Json status = {{"name", recorder["name"]}, {"recording", recording}};
  for (const auto& [ours, theirs] : {std::pair{"LastStartTime", "lastStartTime"}, {"LastStopTime", "lastStopTime"}}) {
    if (recorder.contains(ours)) status[theirs] = recorder[ours];
  }
  if (recording) status["lastStatus"] = "SUCCESS";
  return status;
}
constexpr Listing kRecorderStatus{.type = kRecorder.type,
                                  .list = "ConfigurationRecordersStatus",
                                  .ids = "ConfigurationRecorderNames",
                                  .missing = kRecorder.missing,
                                  .view = recorder_status};

Answer set_recording(Request& request, bool on) {
  Answer done = change_named(request, kRecorder, [&](Json& recorder) -> Check {
    if (on && all_of(request, kChannel).empty())
      return AwsError{"NoAvailableDeliveryChannelException",
                      "Delivery channel is not available to start configuration recorder.",
                      400,
                      {}};
    recorder["Recording"] = on;
    recorder[on ? "LastStartTime" : "LastStopTime"] = request.now();
    return {};
  });
  return done ? Answer(Json::object()) : done;
}

Answer start_recorder(Request& request) { return set_recording(request, true); }
Answer stop_recorder(Request& request) { return set_recording(request, false); }

// --- Delivery channel

// Buckets of any account will do, as far as the twin holds them.
bool bucket_exists(Request& request, const std::string& name) {
  bool found = false;
  request.state().each(
      [&](const StateKey& key, const Json&) { found = found || (key.type == "AWS::S3::Bucket" && key.id == name); });
  return found;
}

Answer put_channel(Request& request) {
  Json channel = request.parameter("DeliveryChannel");
  channel["name"] = name_in(channel);
  std::string bucket = base::string_member(channel, "s3BucketName");
  if (all_of(request, kRecorder).empty())
    return error("NoAvailableConfigurationRecorderException",
                 "Configuration recorder is not available to put delivery channel.");
  if (Check wrong = check_only_one(request, kChannel, channel["name"], "MaxNumberOfDeliveryChannelsExceededException",
                                   "delivery channel"))
    return tl::unexpected(*wrong);
  if (!bucket_exists(request, bucket))
    return error("NoSuchBucketException",
                 fmt::format("Cannot find a S3 bucket with an empty or unknown bucket name '{}'.", bucket));
  keep(request, kChannel, std::move(channel));
  return Json::object();
}

constexpr Listing kChannels{
    .type = kChannel.type, .list = "DeliveryChannels", .ids = "DeliveryChannelNames", .missing = kChannel.missing};

Json channel_status(const Json& channel) {
  return {{"name", channel["name"]},
          {"configSnapshotDeliveryInfo", {{"lastStatus", "NOT_APPLICABLE"}}},
          {"configHistoryDeliveryInfo", {{"lastStatus", "NOT_APPLICABLE"}}},
          {"configStreamDeliveryInfo", {{"lastStatus", "NOT_APPLICABLE"}}}};
}
constexpr Listing kChannelStatus{.type = kChannel.type,
                                 .list = "DeliveryChannelsStatus",
                                 .ids = "DeliveryChannelNames",
                                 .missing = kChannel.missing,
                                 .view = channel_status};

Answer delete_channel(Request& request) {
  Answer channel = find_named(request, kChannel);
  if (!channel) return channel;
  for (const Json& recorder : all_of(request, kRecorder)) {
    if (recorder.value("Recording", false))
      return error("LastDeliveryChannelDeleteFailedException",
                   fmt::format("Failed to delete last specified delivery channel with name '{}', because "
                               "there is a running configuration recorder.",
                               channel->value("name", "")));
  }
  drop(request, kChannel, *channel);
  return Json::object();
}

}  // namespace

std::vector<Operation> config_operations() {
  return {
      {"config", "PutConfigurationRecorder", Effect::write, put_recorder},
      {"config", "DescribeConfigurationRecorders", Effect::read, describe<kRecorders>},
      {"config", "DescribeConfigurationRecorderStatus", Effect::read, describe<kRecorderStatus>},
      {"config", "StartConfigurationRecorder", Effect::write, start_recorder},
      {"config", "StopConfigurationRecorder", Effect::write, stop_recorder},
      {"config", "DeleteConfigurationRecorder", Effect::write, remove<kRecorder>},
      {"config", "PutDeliveryChannel", Effect::write, put_channel},
      {"config", "DescribeDeliveryChannels", Effect::read, describe<kChannels>},
      {"config", "DescribeDeliveryChannelStatus", Effect::read, describe<kChannelStatus>},
      {"config", "DeleteDeliveryChannel", Effect::write, delete_channel},
  };
}

}  // namespace setpoint::twin::services
