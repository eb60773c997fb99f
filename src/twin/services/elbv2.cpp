// Elastic Load Balancing v2: load balancers, their attributes, listeners. Source: its API reference (2015-12-01).
#include "twin/services/elbv2.h"

#include <algorithm>

#include "twin/services/arns.h"
#include "twin/services/eventual.h"
#include "twin/services/listing.h"
#include "twin/services/record.h"
#include "twin/services/tables.h"

namespace setpoint::twin::services {

namespace {

constexpr std::int64_t kProvisioningMs = 5'000;
constexpr Kind kBalancer{.type = "AWS::ElasticLoadBalancingV2::LoadBalancer",
                         .id = "LoadBalancerArn",
                         .missing = "LoadBalancerNotFound",
                         .message = "One or more load balancers not found"};
constexpr Kind kListener{.type = "AWS::ElasticLoadBalancingV2::Listener",
                         .id = "ListenerArn",
                         .missing = "ListenerNotFound",
                         .message = "One or more listeners not found"};
constexpr PageNames kPages{
    .limit = "PageSize", .token_in = "Marker", .token_out = "NextMarker", .limit_default = 400, .limit_max = 400};

AwsError bad(const char* code, std::string message) { return {code, std::move(message), 400, Json::object()}; }

// --- Load balancers

Json balancer_view(const Json& balancer, base::Timestamp now) {
  return without(seen_at(balancer, now), {"Attributes", "Tags"});
}

bool named_in(const Json& wanted, const Json& name) {
  return wanted.empty() || std::find(wanted.begin(), wanted.end(), name) != wanted.end();
}

Answer describe_balancers(Request& request) {
  std::vector<Json> found;
  for (const Json& balancer : all_of(request, kBalancer)) {
    if (named_in(request.parameter("LoadBalancerArns"), balancer["LoadBalancerArn"]) &&
        named_in(request.parameter("Names"), base::member(balancer, "LoadBalancerName")))
      found.push_back(balancer_view(balancer, request.clock().now()));
  }
  std::size_t wanted = request.parameter("LoadBalancerArns").size() + request.parameter("Names").size();
  if (found.size() < wanted) return tl::unexpected(missing(kBalancer, ""));
  return page(request, std::move(found), "LoadBalancers", kPages);
}

// The zones of these subnets, and the VPC that they have in common.
Check place(Request& request, Json& balancer) {
  balancer["AvailabilityZones"] = Json::array();
  for (const Json& id : request.parameter("Subnets")) {
    const Json* subnet = request.find("AWS::EC2::Subnet", id.get<std::string>());
    if (!subnet) return bad("SubnetNotFound", fmt::format("The subnet ID '{}' does not exist", id.get<std::string>()));
    balancer["VpcId"] = (*subnet)["VpcId"];
    balancer["AvailabilityZones"].push_back({{"ZoneName", subnet->value("AvailabilityZone", "")},
                                             {"SubnetId", id},
                                             {"LoadBalancerAddresses", Json::array()}});
  }
  if (balancer["AvailabilityZones"].empty()) return bad("ValidationError", "At least one subnet must be specified");
  if (balancer["Type"] == "application" && balancer["AvailabilityZones"].size() < 2)
    return bad("ValidationError", "At least two subnets in two different Availability Zones must be specified");
  return {};
}

Check check_groups(Request& request) {
  for (const Json& id : request.parameter("SecurityGroups")) {
    if (!request.find("AWS::EC2::SecurityGroup", id.get<std::string>()))
      return bad("InvalidSecurityGroup", fmt::format("The security group '{}' does not exist", id.get<std::string>()));
  }
  return {};
}

Answer create_balancer(Request& request) {
  std::string name = request.text("Name"), type = request.has("Type") ? request.text("Type") : "application";
  for (const Json& other : all_of(request, kBalancer)) {
    if (other.value("LoadBalancerName", "") == name)
      return error("DuplicateLoadBalancerName",
                   fmt::format("A load balancer with the same name '{}' exists, but with different settings", name));
  }
  const char* path = type == "network" ? "net" : type == "gateway" ? "gwy" : "app";
  std::string scheme = request.has("Scheme") ? request.text("Scheme") : "internet-facing",
              hash = request.state().next_id("", 16);
  Json balancer = {
      {"LoadBalancerArn", request.arn("elasticloadbalancing", fmt::format("loadbalancer/{}/{}/{}", path, name, hash))},
      {"LoadBalancerName", name},
      {"DNSName", fmt::format("{}{}-{}.{}.elb.amazonaws.com", scheme == "internal" ? "internal-" : "", name,
                              hash.substr(0, 10), request.region())},
      {"CanonicalHostedZoneId", "Z0000000000000"},
      {"CreatedTime", request.now()},
      {"Scheme", scheme},
      {"Type", type},
      {"IpAddressType", request.has("IpAddressType") ? request.text("IpAddressType") : "ipv4"},
      {"SecurityGroups", request.has("SecurityGroups") ? request.parameter("SecurityGroups") : Json::array()},
      {"Tags", sorted_tags(request.parameter("Tags"))}};
  if (Check wrong = check_groups(request)) return tl::unexpected(*wrong);
  if (Check wrong = place(request, balancer)) return tl::unexpected(*wrong);
  show_until(balancer, {{"State", {{"Code", "provisioning"}}}},
             request.clock().now() + base::Milliseconds(kProvisioningMs));
  Answer made = make(request, kBalancer, std::move(balancer));
  if (!made) return made;
  return Json{{"LoadBalancers", Json::array({balancer_view(*made, request.clock().now())})}};
}

bool is_protected(const Json& balancer) {
  return base::string_member(base::member(balancer, "Attributes"), "deletion_protection.enabled") == "true";
}

// Deleting what is not there is no mistake here. Its listeners go with it.
Answer delete_balancer(Request& request) {
  Answer balancer = find_named(request, kBalancer);
  if (!balancer) return Json::object();
  if (is_protected(*balancer))
    return error("OperationNotPermitted",
                 fmt::format("Load balancer '{}' cannot be deleted because deletion protection is enabled",
                             request.text("LoadBalancerArn")));
  for (const Json& listener : all_of(request, kListener)) {
    if (base::member(listener, "LoadBalancerArn") == (*balancer)["LoadBalancerArn"]) drop(request, kListener, listener);
  }
  drop(request, kBalancer, *balancer);
  return Json::object();
}

// --- Attributes: a few for every kind, more for some

struct Default {
  const char* kind;  // "" = every kind
  const char* key;
  const char* value;
};
constexpr Default kDefaults[] = {{"", "deletion_protection.enabled", "false"},
                                 {"", "access_logs.s3.enabled", "false"},
                                 {"", "access_logs.s3.bucket", ""},
                                 {"", "access_logs.s3.prefix", ""},
                                 {"network", "load_balancing.cross_zone.enabled", "false"},
                                 {"gateway", "load_balancing.cross_zone.enabled", "false"},
                                 {"application", "load_balancing.cross_zone.enabled", "true"},
                                 {"application", "idle_timeout.timeout_seconds", "60"},
                                 {"application", "routing.http2.enabled", "true"},
                                 {"application", "routing.http.drop_invalid_header_fields.enabled", "false"},
                                 {"application", "routing.http.desync_mitigation_mode", "defensive"},
                                 {"application", "routing.http.preserve_host_header.enabled", "false"},
                                 {"application", "routing.http.xff_client_port.enabled", "false"},
                                 {"application", "routing.http.xff_header_processing.mode", "append"},
                                 {"application", "routing.http.x_amzn_tls_version_and_cipher_suite.enabled", "false"},
                                 {"application", "waf.fail_open.enabled", "false"}};

Json attributes_of(const Json& balancer) {
  Json all = Json::object();
  for (const Default& entry : kDefaults) {
    if (*entry.kind == '\0' || balancer.value("Type", "application") == entry.kind) all[entry.key] = entry.value;
  }
  if (base::member(balancer, "Attributes").is_object()) all.update(balancer["Attributes"]);
  return all;
}

Json attribute_list(const Json& attributes) {
  Json list = Json::array();
  for (const auto& [key, value] : attributes.items()) list.push_back({{"Key", key}, {"Value", value}});
  return list;
}

Answer describe_attributes(Request& request) {
  Answer balancer = find_named(request, kBalancer);
  if (!balancer) return balancer;
  return Json{{"Attributes", attribute_list(attributes_of(*balancer))}};
}

Answer modify_attributes(Request& request) {
  Answer balancer = change_named(request, kBalancer, [&](Json& document) -> Check {
    Json known = attributes_of(document);
    for (const Json& attribute : request.parameter("Attributes")) {
      std::string key = base::string_member(attribute, "Key");
      if (!known.contains(key))
        return bad("InvalidConfigurationRequest",
                   fmt::format("The load balancer attribute key '{}' is not valid", key));
      document["Attributes"][key] = base::string_member(attribute, "Value");
    }
    known = attributes_of(document);
    if (known["access_logs.s3.enabled"] == "true" && known["access_logs.s3.bucket"] == "")
      return bad("InvalidConfigurationRequest",
                 "The value of 'access_logs.s3.bucket' cannot be empty where access logs are enabled");
    return {};
  });
  return balancer ? Answer(Json{{"Attributes", attribute_list(attributes_of(*balancer))}}) : balancer;
}

Answer set_security_groups(Request& request) {
  if (Check wrong = check_groups(request)) return tl::unexpected(*wrong);
  Answer balancer = change_named(request, kBalancer, [&](Json& document) -> Check {
    document["SecurityGroups"] = request.parameter("SecurityGroups");
    return {};
  });
  return balancer ? Answer(Json{{"SecurityGroupIds", (*balancer)["SecurityGroups"]}}) : balancer;
}

// --- Listeners

Json listener_view(const Json& listener) { return without(listener, {"Tags"}); }

Check check_listener(const Json& listener) {
  std::string protocol = listener.value("Protocol", "");
  bool secure = protocol == "HTTPS" || protocol == "TLS";
  if (secure && base::member(listener, "Certificates").empty())
    return bad("ValidationError", "A certificate must be specified for HTTPS and TLS listeners");
  if (base::member(listener, "DefaultActions").empty())
    return bad("ValidationError", "At least one default action must be specified");
  std::int64_t port = listener.value("Port", std::int64_t{0});
  if (port < 1 || port > 65535) return bad("ValidationError", "Port must be between 1 and 65535");
  return {};
}

void overlay_listener(const Request& request, Json& listener) {
  overlay(listener, request, {"Port", "Protocol", "SslPolicy", "Certificates", "DefaultActions", "AlpnPolicy"});
  std::string protocol = listener.value("Protocol", "");
  bool secure = protocol == "HTTPS" || protocol == "TLS";
  if (secure && !listener.contains("SslPolicy")) listener["SslPolicy"] = "ELBSecurityPolicy-2016-08";
  if (secure) return;
  listener.erase("SslPolicy");
  listener.erase("Certificates");
}

Answer create_listener(Request& request) {
  Answer balancer = find_named(request, kBalancer);
  if (!balancer) return balancer;
  std::string arn = request.text("LoadBalancerArn");
  std::size_t at = arn.find(":loadbalancer/");
  Json listener = {
      {"ListenerArn", arn.substr(0, at) + ":listener/" + arn.substr(at + 14) + "/" + request.state().next_id("", 16)},
      {"LoadBalancerArn", arn},
      {"Tags", sorted_tags(request.parameter("Tags"))}};
  overlay_listener(request, listener);
  if (Check wrong = check_listener(listener)) return tl::unexpected(*wrong);
  for (const Json& other : all_of(request, kListener)) {
    if (base::member(other, "LoadBalancerArn") == arn && base::member(other, "Port") == listener["Port"])
      return error("DuplicateListener", "A listener already exists on this port for this load balancer");
  }
  Answer made = make(request, kListener, std::move(listener));
  return made ? Answer(Json{{"Listeners", Json::array({listener_view(*made)})}}) : made;
}

Answer describe_listeners(Request& request) {
  std::vector<Json> found;
  if (request.has("LoadBalancerArn")) {
    Answer balancer = find_named(request, kBalancer);
    if (!balancer) return balancer;
  }
  for (const Json& listener : all_of(request, kListener)) {
    bool of_it = !request.has("LoadBalancerArn") ||
                 base::member(listener, "LoadBalancerArn") == request.parameter("LoadBalancerArn");
    if (of_it && named_in(request.parameter("ListenerArns"), listener["ListenerArn"]))
      found.push_back(listener_view(listener));
  }
  if (found.size() < request.parameter("ListenerArns").size()) return tl::unexpected(missing(kListener, ""));
  return page(request, std::move(found), "Listeners", kPages);
}

Answer modify_listener(Request& request) {
  Answer listener = change_named(request, kListener, [&](Json& document) {
    overlay_listener(request, document);
    return check_listener(document);
  });
  return listener ? Answer(Json{{"Listeners", Json::array({listener_view(*listener)})}}) : listener;
}

// --- Tags, of several resources at once

Answer change_tags(Request& request, const std::function<void(Json&)>& change) {
  for (const Json& arn : request.parameter("ResourceArns")) {
    std::optional<Found> found = find_by_arn(request, arn.get<std::string>());
    if (!found) return tl::unexpected(missing(kBalancer, ""));
    change(found->document);
    request.state().put(found->key, std::move(found->document));
  }
  return Json::object();
}

Answer add_tags(Request& request) {
  return change_tags(request, [&](Json& document) { merge_tags(document, request.parameter("Tags")); });
}
Answer take_tags(Request& request) {
  return change_tags(request, [&](Json& document) { remove_tags(document, request.parameter("TagKeys")); });
}
Answer describe_tags(Request& request) {
  Json out = Json::array();
  for (const Json& arn : request.parameter("ResourceArns")) {
    std::optional<Found> found = find_by_arn(request, arn.get<std::string>());
    if (!found) return tl::unexpected(missing(kBalancer, ""));
    out.push_back(
        {{"ResourceArn", arn}, {"Tags", tags_in_shape(base::member(found->document, "Tags"), TagShape::list)}});
  }
  return Json{{"TagDescriptions", out}};
}

}  // namespace

Json balancer_attributes(const Json& balancer) { return attribute_list(attributes_of(balancer)); }

std::vector<Operation> elbv2_operations() {
  return {
      {"elbv2", "CreateLoadBalancer", Effect::write, create_balancer},
      {"elbv2", "DescribeLoadBalancers", Effect::read, describe_balancers},
      {"elbv2", "DeleteLoadBalancer", Effect::write, delete_balancer},
      {"elbv2", "DescribeLoadBalancerAttributes", Effect::read, describe_attributes},
      {"elbv2", "ModifyLoadBalancerAttributes", Effect::write, modify_attributes},
      {"elbv2", "SetSecurityGroups", Effect::write, set_security_groups},
      {"elbv2", "CreateListener", Effect::write, create_listener},
      {"elbv2", "DescribeListeners", Effect::read, describe_listeners},
      {"elbv2", "ModifyListener", Effect::write, modify_listener},
      {"elbv2", "DeleteListener", Effect::write, remove<kListener>},
      {"elbv2", "AddTags", Effect::write, add_tags},
      {"elbv2", "RemoveTags", Effect::write, take_tags},
      {"elbv2", "DescribeTags", Effect::read, describe_tags},
  };
}

}  // namespace setpoint::twin::services
