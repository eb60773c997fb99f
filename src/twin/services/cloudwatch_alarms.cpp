// CloudWatch alarms. Source: CloudWatch API reference. An alarm's state changes only by SetAlarmState: the twin watches
// no metrics.
#include <algorithm>

#include "twin/services/arns.h"
#include "twin/services/describe.h"
#include "twin/services/record.h"
#include "twin/services/tables.h"

namespace setpoint::twin::services {

namespace {

constexpr Kind kAlarm{.type = "AWS::CloudWatch::Alarm",
                      .id = "AlarmName",
                      .missing = "ResourceNotFound",
                      .message = "Unknown alarm: {}",
                      .missing_status = 404};

AwsError invalid(std::string message) { return {"ValidationError", std::move(message), 400, Json::object()}; }

bool is_period(std::int64_t seconds) { return seconds == 10 || seconds == 30 || (seconds > 0 && seconds % 60 == 0); }

Check check_alarm(const Request& request) {
  if (request.has("MetricName") == !request.parameter("Metrics").empty())
    return invalid("Exactly one element of the metrics list or MetricName is required");
  if (request.has("MetricName") && !request.has("Namespace")) return invalid("Namespace is required");
  if (request.has("MetricName") && !request.has("Statistic") && !request.has("ExtendedStatistic"))
    return invalid("At least one of Statistic and ExtendedStatistic must be given");
  if (request.has("MetricName") && !is_period(request.integer("Period", 0)))
    return invalid("Period must be 10, 30 or a multiple of 60");
  if (request.integer("EvaluationPeriods", 0) < 1) return invalid("EvaluationPeriods must be at least 1");
  if (request.integer("DatapointsToAlarm", 1) > request.integer("EvaluationPeriods", 1))
    return invalid("DatapointsToAlarm must not be greater than EvaluationPeriods");
  return {};
}

// An alarm that is there already keeps its state and its tags.
Answer put_alarm(Request& request) {
  if (Check wrong = check_alarm(request)) return tl::unexpected(*wrong);
  std::string name = request.text("AlarmName");
  Json alarm = {{"AlarmName", name},
                {"AlarmArn", request.arn("cloudwatch", "alarm:" + name)},
                {"ActionsEnabled", true},
                {"OKActions", Json::array()},
                {"AlarmActions", Json::array()},
                {"InsufficientDataActions", Json::array()},
                {"Dimensions", Json::array()},
                {"StateValue", "INSUFFICIENT_DATA"},
                {"StateReason", "Unchecked: Initial alarm creation"},
                {"StateUpdatedTimestamp", request.now()},
                {"Tags", sorted_tags(request.parameter("Tags"))}};
  if (const Json* old = request.find(kAlarm.type, name))
    overlay(alarm, *old, {"StateValue", "StateReason", "StateUpdatedTimestamp", "Tags"});
  overlay(alarm, request,
          {"AlarmDescription",
           "ActionsEnabled",
           "OKActions",
           "AlarmActions",
           "InsufficientDataActions",
           "MetricName",
           "Namespace",
           "Statistic",
           "ExtendedStatistic",
           "Dimensions",
           "Period",
           "Unit",
           "EvaluationPeriods",
           "DatapointsToAlarm",
           "Threshold",
           "ComparisonOperator",
           "TreatMissingData",
           "EvaluateLowSampleCountPercentile",
           "Metrics",
           "ThresholdMetricId"});
  alarm["AlarmConfigurationUpdatedTimestamp"] = request.now();
  keep(request, kAlarm, std::move(alarm));
  return Json::object();
}

bool names(const Json& wanted, const Json& name) {
  return wanted.empty() || std::find(wanted.begin(), wanted.end(), name) != wanted.end();
}

bool has_action(const Json& alarm, const std::string& prefix) {
  if (prefix.empty()) return true;
  std::vector<std::string> actions = values_at(alarm, "AlarmActions");
  return std::any_of(actions.begin(), actions.end(), [&](const std::string& arn) { return arn.starts_with(prefix); });
}

Json alarm_view(const Json& alarm) { return without(alarm, {"Tags"}); }

Answer describe_alarms(Request& request) {
  const Json& types = request.parameter("AlarmTypes");
  std::vector<Json> found;
  for (const Json& alarm : all_of(request, kAlarm)) {
    std::string name = alarm.value("AlarmName", ""), state = request.text("StateValue");
    bool wanted = names(types, "MetricAlarm") && names(request.parameter("AlarmNames"), name) &&
                  name.starts_with(request.text("AlarmNamePrefix")) &&
                  (state.empty() || alarm.value("StateValue", "") == state) &&
                  has_action(alarm, request.text("ActionPrefix"));
    if (wanted) found.push_back(alarm_view(alarm));
  }
  Answer out =
      page(request, std::move(found), "MetricAlarms", {.limit = "MaxRecords", .limit_default = 50, .limit_max = 100});
  if (out) (*out)["CompositeAlarms"] = Json::array();
  return out;
}

Answer describe_alarms_for_metric(Request& request) {
  Json found = Json::array();
  for (const Json& alarm : all_of(request, kAlarm)) {
    bool wanted = alarm.value("MetricName", "") == request.text("MetricName") &&
                  alarm.value("Namespace", "") == request.text("Namespace") &&
                  (!request.has("Dimensions") || base::member(alarm, "Dimensions") == request.parameter("Dimensions"));
    if (wanted) found.push_back(alarm_view(alarm));
  }
  return Json{{"MetricAlarms", found}};
}

Answer delete_alarms(Request& request) {
  for (const Json& name : request.parameter("AlarmNames")) {
    Answer alarm = find_one(request, kAlarm, name.get<std::string>());
    if (!alarm) return alarm;
    drop(request, kAlarm, *alarm);
  }
  return Json::object();
}

// Names of no alarm are passed over, as at AWS.
Answer set_actions(Request& request, bool enabled) {
  for (const Json& name : request.parameter("AlarmNames")) {
    Answer alarm = find_one(request, kAlarm, name.get<std::string>());
    if (!alarm) continue;
    (*alarm)["ActionsEnabled"] = enabled;
    keep(request, kAlarm, std::move(*alarm));
  }
  return Json::object();
}

Answer enable_actions(Request& request) { return set_actions(request, true); }
Answer disable_actions(Request& request) { return set_actions(request, false); }

Answer set_state(Request& request) {
  Answer done = change_named(request, kAlarm, [&](Json& alarm) -> Check {
    overlay(alarm, request, {"StateValue", "StateReason", "StateReasonData"});
    alarm["StateUpdatedTimestamp"] = request.now();
    return {};
  });
  return done ? Answer(Json::object()) : done;
}

constexpr TagForm kAlarmTags{.resource = "ResourceARN", .missing_status = 404};

}  // namespace

std::vector<Operation> cloudwatch_alarm_operations() {
  return {
      {"cloudwatch", "PutMetricAlarm", Effect::write, put_alarm},
      {"cloudwatch", "DescribeAlarms", Effect::read, describe_alarms},
      {"cloudwatch", "DescribeAlarmsForMetric", Effect::read, describe_alarms_for_metric},
      {"cloudwatch", "DeleteAlarms", Effect::write, delete_alarms},
      {"cloudwatch", "EnableAlarmActions", Effect::write, enable_actions},
      {"cloudwatch", "DisableAlarmActions", Effect::write, disable_actions},
      {"cloudwatch", "SetAlarmState", Effect::write, set_state},
      {"cloudwatch", "TagResource", Effect::write, tag<kAlarmTags>},
      {"cloudwatch", "UntagResource", Effect::write, untag<kAlarmTags>},
      {"cloudwatch", "ListTagsForResource", Effect::read, list_tags<kAlarmTags>},
  };
}

}  // namespace setpoint::twin::services
