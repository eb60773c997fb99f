#include "cloud/aws/endpoint.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cloud/aws/uri.h"

namespace setpoint::cloud::aws {

namespace {

// One row a service without regions: its host and signing region in the three public partitions; "" = no host of its
// own there, the regional form with that region.
struct GlobalService {
  std::string_view name;
  std::string_view aws_host, aws_region;
  std::string_view cn_host, cn_region;
  std::string_view gov_host, gov_region;
};
constexpr GlobalService kGlobalServices[] = {
    {"iam", "iam.amazonaws.com", "us-east-1", "iam.cn-north-1.amazonaws.com.cn", "cn-north-1",
     "iam.us-gov.amazonaws.com", "us-gov-west-1"},
    {"route53", "route53.amazonaws.com", "us-east-1", "route53.amazonaws.com.cn", "cn-northwest-1",
     "route53.us-gov.amazonaws.com", "us-gov-west-1"},
    {"cloudfront", "cloudfront.amazonaws.com", "us-east-1", "cloudfront.cn-northwest-1.amazonaws.com.cn",
     "cn-northwest-1", "", ""},
    {"organizations", "", "us-east-1", "", "cn-northwest-1", "", "us-gov-west-1"},
    {"account", "", "us-east-1", "", "cn-northwest-1", "", ""},
    {"budgets", "budgets.amazonaws.com", "us-east-1", "budgets.amazonaws.com.cn", "cn-northwest-1", "", ""},
    {"ce", "", "us-east-1", "", "cn-northwest-1", "", ""},
    {"cur", "", "us-east-1", "", "cn-northwest-1", "", ""},
    {"shield", "", "us-east-1", "", "", "", ""},
    {"waf", "waf.amazonaws.com", "us-east-1", "", "", "", ""},
    {"billingconductor", "", "us-east-1", "", "", "", ""},
    {"support", "", "us-east-1", "", "cn-north-1", "", "us-gov-west-1"},
    {"health", "global.health.amazonaws.com", "us-east-1", "global.health.amazonaws.com.cn", "cn-northwest-1",
     "health.us-gov-west-1.amazonaws.com", "us-gov-west-1"},
    {"trustedadvisor", "", "us-east-1", "", "", "", ""},
    {"globalaccelerator", "", "us-west-2", "", "", "", ""},
    {"networkmanager", "", "us-west-2", "", "", "", "us-gov-west-1"},
    {"savingsplans", "savingsplans.amazonaws.com", "us-east-1", "", "", "", ""},
    {"importexport", "importexport.amazonaws.com", "us-east-1", "", "", "", ""},
    {"route53domains", "", "us-east-1", "", "", "", ""},
    {"ecr-public", "", "us-east-1", "", "", "", ""},
    {"chime", "chime.us-east-1.amazonaws.com", "us-east-1", "", "", "", ""},
};

// Regional hosts that are not prefix.region.suffix.
std::string irregular_host(std::string_view service, std::string_view region) {
  const bool china = partition_of(region) == Partition::aws_cn;
  if (service == "resource-explorer-2")
    return fmt::format("resource-explorer-2.{}.{}", region, china ? "api.amazonwebservices.com.cn" : "api.aws");
  if (service == "transcribe" && china) return fmt::format("cn.transcribe.{}.amazonaws.com.cn", region);
  return service == "sdb" && region == "us-east-1" ? "sdb.amazonaws.com" : std::string();
}

const GlobalService* global_service(std::string_view name) {
  auto found = std::find_if(std::begin(kGlobalServices), std::end(kGlobalServices),
                            [&](const GlobalService& g) { return g.name == name; });
  return found == std::end(kGlobalServices) ? nullptr : found;
}

std::pair<std::string_view, std::string_view> in_partition(const GlobalService& g, Partition partition) {
  switch (partition) {
    case Partition::aws:
      return {g.aws_host, g.aws_region};
    case Partition::aws_cn:
      return {g.cn_host, g.cn_region};
    case Partition::aws_us_gov:
      return {g.gov_host, g.gov_region};
    default:
      return {};
  }
}

bool is_host_label(std::string_view text) {
  return !text.empty() && text.size() <= 63 &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
}

std::string variable_name(std::string_view text) {
  std::string name = "AWS_ENDPOINT_URL_";
  for (char c : text) name.push_back(c == ' ' || c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c));
  return name;
}

std::string override_for(const ServiceMetadata& service, std::string_view region, const EndpointSettings& settings) {
  if (auto own = settings.region_urls.find(std::string(region)); own != settings.region_urls.end()) return own->second;
  if (!settings.url.empty()) return settings.url;
  if (settings.environment.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") == "true") return {};
  for (std::string_view name : {service.service_id, service.name}) {
    if (std::string url = settings.environment.get(variable_name(name)); !url.empty()) return url;
  }
  return settings.environment.get("AWS_ENDPOINT_URL");
}

base::Status apply_override(Endpoint& endpoint, const std::string& url) {
  const std::size_t mark = url.find("://");
  endpoint.scheme = url.substr(0, mark == std::string::npos ? 0 : mark);
  const std::string rest = mark == std::string::npos ? std::string() : url.substr(mark + 3);
  endpoint.host = rest.substr(0, rest.find('/'));
  if ((endpoint.scheme != "http" && endpoint.scheme != "https") || endpoint.host.empty()) {
    return base::fail({base::ErrorCode::invalid_input,
                       fmt::format("'{}' is no endpoint", url),
                       {},
                       "write http://host[:port] or https://host[:port]",
                       {}});
  }
  endpoint.base_path = rest.substr(endpoint.host.size());
  while (endpoint.base_path.ends_with('/')) endpoint.base_path.pop_back();
  endpoint.overridden = true;
  endpoint.s3_path_style = true;
  return {};
}

// A bucket can be a host label unless TLS would see it as several.
bool fits_in_host(std::string_view bucket) {
  return bucket.size() >= 3 && is_host_label(bucket) && !bucket.starts_with('-');
}

void address_s3(Encoded& encoded, const OperationModel& operation, const base::Json& parameters,
                const Endpoint& endpoint) {
  const std::string bucket = base::string_member(parameters, "Bucket");
  const std::string prefix = "/" + percent_encode(bucket);
  if (endpoint.s3_path_style || !fits_in_host(bucket) || !operation.http_uri.starts_with("/{Bucket}")) return;
  encoded.http.host = bucket + "." + endpoint.host;
  encoded.http.path.erase(0, prefix.size());
  if (!encoded.http.path.starts_with('/')) encoded.http.path.insert(0, "/");
}

}  // namespace

Partition partition_of(std::string_view region) {
  if (region.starts_with("cn-")) return Partition::aws_cn;
  if (region.starts_with("us-gov-")) return Partition::aws_us_gov;
  if (region.starts_with("us-isob-")) return Partition::aws_iso_b;
  return region.starts_with("us-iso-") ? Partition::aws_iso : Partition::aws;
}

std::string_view to_string(Partition partition) {
  constexpr std::string_view kNames[] = {"aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b"};
  return kNames[static_cast<int>(partition)];
}

std::string_view dns_suffix(Partition partition) {
  constexpr std::string_view kSuffixes[] = {"amazonaws.com", "amazonaws.com.cn", "amazonaws.com", "c2s.ic.gov",
                                            "sc2s.sgov.gov"};
  return kSuffixes[static_cast<int>(partition)];
}

std::string_view global_region(std::string_view service, Partition partition) {
  const GlobalService* g = global_service(service);
  return g ? in_partition(*g, partition).second : std::string_view();
}

base::Result<Endpoint> resolve_endpoint(const ServiceMetadata& service, std::string_view region,
                                        const EndpointSettings& settings) {
  if (region.empty()) region = "us-east-1";
  if (!is_host_label(region)) {
    return base::fail({base::ErrorCode::invalid_input,
                       fmt::format("'{}' is no AWS region", region),
                       {},
                       "write one like eu-west-1",
                       {}});
  }
  const Partition partition = partition_of(region);
  const GlobalService* global = global_service(service.name);
  auto [global_host, pinned] =
      global ? in_partition(*global, partition) : std::pair<std::string_view, std::string_view>();
  Endpoint endpoint;
  endpoint.s3_path_style = settings.s3_path_style;
  endpoint.signing_region = pinned.empty() ? region : pinned;
  if (std::string url = override_for(service, region, settings); !url.empty()) {
    TRY_VOID(apply_override(endpoint, url));
    return endpoint;
  }
  endpoint.host = global_host.empty() ? irregular_host(service.name, region) : std::string(global_host);
  if (endpoint.host.empty())
    endpoint.host = fmt::format("{}.{}.{}", service.endpoint_prefix, endpoint.signing_region, dns_suffix(partition));
  return endpoint;
}

void address(Encoded& encoded, const OperationModel& operation, const base::Json& parameters,
             const Endpoint& endpoint) {
  encoded.http.scheme = endpoint.scheme;
  encoded.http.host = (endpoint.overridden ? std::string() : encoded.host_prefix) + endpoint.host;
  if (operation.service->name == "s3") address_s3(encoded, operation, parameters, endpoint);
  encoded.http.path.insert(0, endpoint.base_path);
}

}  // namespace setpoint::cloud::aws
