// CloudWatch metrics: what was put can be asked for again, by the five plain statistics. Source: CloudWatch API
// reference. A metric keeps its last kMetricPointsMax points; expressions are not computed and mark the rehearsal.
#include <algorithm>
#include <map>

#include "twin/limits.h"
#include "twin/services/listing.h"
#include "twin/services/tables.h"

namespace setpoint::twin::services {

namespace {

constexpr const char* kMetric = "AWS::CloudWatch::Metric";

Json identity_of(const std::string& space, const Json& metric) {
  Json dimensions = base::member(metric, "Dimensions").is_array() ? metric["Dimensions"] : Json::array();
  std::sort(dimensions.begin(), dimensions.end());
  return {{"Namespace", space}, {"MetricName", base::string_member(metric, "MetricName")}, {"Dimensions", dimensions}};
}

// One put is one point: its time, count, sum and bounds.
Json point_of(const Json& datum, base::Timestamp now) {
  auto at = base::parse_iso8601(base::string_member(datum, "Timestamp"));
  Json point = {{"At", at ? at->ms : now.ms}};
  const Json& set = base::member(datum, "StatisticValues");
  if (set.is_object()) {
    point.update(
        {{"Count", set["SampleCount"]}, {"Sum", set["Sum"]}, {"Minimum", set["Minimum"]}, {"Maximum", set["Maximum"]}});
    return point;
  }
  std::vector<double> values;
  for (const Json& value : base::member(datum, "Values")) values.push_back(value.get<double>());
  if (values.empty()) values.push_back(base::member(datum, "Value").is_number() ? datum["Value"].get<double>() : 0.0);
  double count = 0, sum = 0;
  const Json& counts = base::member(datum, "Counts");
  for (std::size_t i = 0; i < values.size(); ++i) {
    double times = i < counts.size() ? counts[i].get<double>() : 1.0;
    count += times;
    sum += times * values[i];
  }
  auto [least, most] = std::minmax_element(values.begin(), values.end());
  point.update({{"Count", count}, {"Sum", sum}, {"Minimum", *least}, {"Maximum", *most}});
  return point;
}

Answer put_data(Request& request) {
  std::string space = request.text("Namespace");
  if (space.starts_with("AWS/"))
    return error("InvalidParameterValue", "The value AWS/ for parameter Namespace is invalid.");
  for (const Json& datum : request.parameter("MetricData")) {
    if (base::string_member(datum, "MetricName").empty())
      return error("MissingParameter", "The parameter MetricData.member.1.MetricName is required.");
    Json identity = identity_of(space, datum);
    std::string id = base::canonical(identity);
    const Json* old = request.find(kMetric, id);
    Json metric = old ? *old : identity;
    metric["Points"].push_back(point_of(datum, request.clock().now()));
    if (metric["Points"].size() > kMetricPointsMax) metric["Points"].erase(metric["Points"].begin());
    request.put(kMetric, id, std::move(metric));
  }
  return Json::object();
}

bool has_dimensions(const Json& metric, const Json& wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [&](const Json& filter) {
    const Json& all = metric["Dimensions"];
    return std::any_of(all.begin(), all.end(), [&](const Json& dimension) {
      return dimension["Name"] == base::member(filter, "Name") &&
             (!filter.contains("Value") || dimension["Value"] == filter["Value"]);
    });
  });
}

Answer list_metrics(Request& request) {
  std::vector<Json> found;
  request.each(kMetric, [&](const std::string&, const Json& metric) {
    bool wanted = (!request.has("Namespace") || metric["Namespace"] == request.parameter("Namespace")) &&
                  (!request.has("MetricName") || metric["MetricName"] == request.parameter("MetricName")) &&
                  has_dimensions(metric, request.parameter("Dimensions"));
    if (wanted) found.push_back(without(metric, {"Points"}));
  });
  return page(request, std::move(found), "Metrics", {.limit_default = 500, .limit_max = 500});
}

struct Bucket {
  double count = 0, sum = 0, least = 0, most = 0;

  void add(const Json& point) {
    double low = point.value("Minimum", 0.0), high = point.value("Maximum", 0.0);
    least = count == 0 ? low : std::min(least, low);
    most = count == 0 ? high : std::max(most, high);
    count += point.value("Count", 0.0);
    sum += point.value("Sum", 0.0);
  }
  std::optional<double> statistic(std::string_view name) const {
    if (name == "SampleCount") return count;
    if (name == "Sum") return sum;
    if (name == "Average") return count == 0 ? 0 : sum / count;
    if (name == "Minimum") return least;
    if (name == "Maximum") return most;
    return {};
  }
};

struct Span {
  std::int64_t from_ms = 0, to_ms = 0, period_ms = 60'000;
};

Answer span_of(const Request& request, std::int64_t period_s, Span& span) {
  auto from = base::parse_iso8601(request.text("StartTime")), to = base::parse_iso8601(request.text("EndTime"));
  if (!from || !to || *from >= *to)
    return error("InvalidParameterValue", "The parameter StartTime must be less than the parameter EndTime.");
  if (period_s < 1) return error("InvalidParameterValue", "The parameter Period must be greater than 0.");
  span = {from->ms, to->ms, period_s * 1000};
  return Json::object();
}

std::map<std::int64_t, Bucket> buckets_of(const Json& metric, const Span& span) {
  std::map<std::int64_t, Bucket> out;
  for (const Json& point : base::member(metric, "Points")) {
    std::int64_t at = point.value("At", std::int64_t{0});
    if (at >= span.from_ms && at < span.to_ms) out[at - at % span.period_ms].add(point);
  }
  return out;
}

Answer get_statistics(Request& request) {
  Span span;
  Answer fine = span_of(request, request.integer("Period", 0), span);
  if (!fine) return fine;
  const Json* metric = request.find(
      kMetric, base::canonical(identity_of(request.text("Namespace"), pick(request, {"MetricName", "Dimensions"}))));
  Json points = Json::array();
  for (const auto& [at, bucket] : buckets_of(metric ? *metric : Json(), span)) {
    Json point = {{"Timestamp", base::to_iso8601({at})}, {"Unit", "None"}};
    for (const Json& name : request.parameter("Statistics")) {
      if (auto value = bucket.statistic(name.get<std::string>())) point[name.get<std::string>()] = *value;
    }
    points.push_back(std::move(point));
  }
  return Json{{"Label", request.text("MetricName")}, {"Datapoints", points}};
}

Answer result_of(Request& request, const Json& query) {
  Json result = {{"Id", query["Id"]},
                 {"Label", query["Id"]},
                 {"Timestamps", Json::array()},
                 {"Values", Json::array()},
                 {"StatusCode", "Complete"}};
  const Json& stat = base::member(query, "MetricStat");
  const Json& wanted = base::member(stat, "Metric");
  if (!stat.is_object()) {
    request.note_unmodelled("GetMetricData: the expression " + base::string_member(query, "Expression"));
    return result;
  }
  Span span;
  Answer fine = span_of(request, stat.value("Period", std::int64_t{0}), span);
  if (!fine) return fine;
  const Json* metric =
      request.find(kMetric, base::canonical(identity_of(base::string_member(wanted, "Namespace"), wanted)));
  for (const auto& [at, bucket] : buckets_of(metric ? *metric : Json(), span)) {
    auto value = bucket.statistic(base::string_member(stat, "Stat"));
    if (!value) {
      request.note_unmodelled("GetMetricData: the statistic " + base::string_member(stat, "Stat"));
      continue;
    }
    result["Timestamps"].push_back(base::to_iso8601({at}));
    result["Values"].push_back(*value);
  }
  return result;
}

Answer get_data(Request& request) {
  Json results = Json::array();
  for (const Json& query : request.parameter("MetricDataQueries")) {
    if (base::member(query, "ReturnData") == Json(false)) continue;
    Answer result = result_of(request, query);
    if (!result) return result;
    results.push_back(*result);
  }
  return Json{{"MetricDataResults", results}, {"Messages", Json::array()}};
}

}  // namespace

std::vector<Operation> cloudwatch_metric_operations() {
  return {
      {"cloudwatch", "PutMetricData", Effect::write, put_data},
      {"cloudwatch", "ListMetrics", Effect::read, list_metrics},
      {"cloudwatch", "GetMetricStatistics", Effect::read, get_statistics},
      {"cloudwatch", "GetMetricData", Effect::read, get_data},
  };
}

}  // namespace setpoint::twin::services
