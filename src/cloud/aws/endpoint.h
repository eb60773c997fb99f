// Where a request goes: partition, region, service, and what overrides them.
//
//   TRY(Endpoint endpoint, resolve_endpoint(*op->service, "eu-west-1", settings));
//   TRY_VOID(address(encoded, *op, parameters, endpoint));     // scheme, host and path of the request are final now
//
// Order of overrides: EndpointSettings::region_urls, EndpointSettings::url, AWS_ENDPOINT_URL_<SERVICE>,
// AWS_ENDPOINT_URL. An overridden endpoint takes S3 in path style and no host prefixes: it is one host, often an
// address.
//
// Global services have one endpoint and one signing region in their partition (IAM, Organizations, Route 53,
// CloudFront, ...). Regions are checked to be host labels: a region comes from documents and must not become another
// host.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/json.h"
#include "cloud/aws/codec.h"
#include "cloud/aws/environment.h"
#include "cloud/aws/service_model.h"

namespace setpoint::cloud::aws {

enum class Partition { aws, aws_cn, aws_us_gov, aws_iso, aws_iso_b };
Partition partition_of(std::string_view region);
std::string_view to_string(Partition partition);  // "aws-us-gov": as in an ARN
std::string_view dns_suffix(Partition partition);

struct EndpointSettings {
  std::string url;                                 // explicit: --endpoint-url
  std::map<std::string, std::string> region_urls;  // explicit, of one region: --region-endpoint
  Environment environment;
  bool s3_path_style = false;
};

struct Endpoint {
  std::string scheme = "https";
  std::string host;
  std::string base_path;  // of an override, without a trailing slash
  std::string signing_region;
  bool overridden = false;
  bool s3_path_style = false;
};

// invalid_input: a region that is no label, an override that is no URL.
base::Result<Endpoint> resolve_endpoint(const ServiceMetadata& service, std::string_view region,
                                        const EndpointSettings& settings);

// Gives an encoded request its scheme, host and final path.
void address(Encoded& encoded, const OperationModel& operation, const base::Json& parameters, const Endpoint& endpoint);

// The region that a service without regions is called in ("us-east-1" for iam in aws), "" for regional services.
std::string_view global_region(std::string_view service, Partition partition);

}  // namespace setpoint::cloud::aws
