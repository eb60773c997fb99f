// Which service and operation a request is for, as AWS's own front ends find out: credential scope, target, version,
// host, path.
#include <algorithm>

#include "cloud/aws/codec.h"
#include "cloud/aws/codec_parts.h"
#include "cloud/aws/credential_scope.h"
#include "cloud/aws/limits.h"

namespace setpoint::cloud::aws {

using base::ErrorCode;

namespace {

using Candidates = std::vector<const ServiceMetadata*>;

struct Asked {
  std::string target_prefix;  // of X-Amz-Target
  std::string action;         // of a query body
  std::string version;
};

bool is_form(const HttpRequest& request) {
  return header(request.headers, "Content-Type").starts_with("application/x-www-form-urlencoded");
}

std::string parameter(std::string_view form, std::string_view name) {
  const std::string key = std::string(name) + "=";
  for (std::size_t at = 0; at < form.size();) {
    const std::size_t end = std::min(form.find('&', at), form.size());
    const std::string_view pair = form.substr(at, end - at);
    if (pair.starts_with(key)) return percent_decode(pair.substr(key.size()), true);
    at = end + 1;
  }
  return {};
}

Asked asked_of(const HttpRequest& request) {
  Asked asked;
  const std::string_view target = header(request.headers, "X-Amz-Target");
  if (const std::size_t dot = target.rfind('.'); dot != std::string_view::npos)
    asked.target_prefix = target.substr(0, dot);
  const std::string_view form = is_form(request) ? std::string_view(request.body) : std::string_view(request.query);
  asked.action = parameter(form, "Action");
  asked.version = parameter(form, "Version");
  return asked;
}

std::string_view first_label(std::string_view host) { return host_name(host).substr(0, host_name(host).find('.')); }

Candidates all_services(const ModelCatalog& catalog) {
  Candidates all;
  for (std::string_view name : catalog.services()) all.push_back(catalog.metadata(name));
  return all;
}

template <class Keep>
Candidates keep_if(const Candidates& candidates, Keep keep) {
  Candidates kept;
  std::copy_if(candidates.begin(), candidates.end(), std::back_inserter(kept), keep);
  return kept;
}

Candidates candidates_for(const ModelCatalog& catalog, const CredentialScope& scope, const HttpRequest& request) {
  Candidates found = catalog.signed_as(scope.service);
  if (found.empty()) {
    found = keep_if(all_services(catalog), [&](const ServiceMetadata* m) {
      return m->endpoint_prefix == scope.service || m->name == scope.service;
    });
  }
  if (!scope.service.empty()) return found;
  const std::string_view label = first_label(request.host);
  return keep_if(all_services(catalog),
                 [&](const ServiceMetadata* m) { return m->endpoint_prefix == label || m->name == label; });
}

bool speaks_query(const ServiceMetadata& m) {
  return m.protocol == Protocol::query || m.protocol == Protocol::ec2 || m.query_compatible;
}

bool is_rest(const ServiceMetadata& m) { return m.protocol == Protocol::rest_json || m.protocol == Protocol::rest_xml; }

// RDS, Neptune and DocumentDB share name and version: the first that has the action, the one that is called as it signs
// before all.
const ServiceMetadata* with_action(const ModelCatalog& catalog, const Candidates& candidates, const std::string& action,
                                   const std::string& signing_name) {
  const ServiceMetadata* found = nullptr;
  for (const ServiceMetadata* m : candidates) {
    auto service = catalog.service(m->name);
    if (!service || !(*service)->find(action)) continue;
    if (m->name == signing_name) return m;
    if (!found) found = m;
  }
  return found;
}

const ServiceMetadata* choose_query(const ModelCatalog& catalog, const Candidates& all, const Asked& asked,
                                    const std::string& signing_name) {
  const Candidates speaking = keep_if(all, [](const ServiceMetadata* m) { return speaks_query(*m); });
  const Candidates same = keep_if(speaking, [&](const ServiceMetadata* m) { return m->api_version == asked.version; });
  if (same.size() == 1) return same[0];
  if (auto found = with_action(catalog, same, asked.action, signing_name)) return found;
  if (auto found = with_action(catalog, speaking, asked.action, signing_name)) return found;
  return speaking.empty() ? nullptr : speaking[0];
}

std::optional<std::pair<const OperationModel*, UriMatch>> best_match(const ServiceModel& service,
                                                                     const HttpRequest& request) {
  const QueryParameters query = parse_query(request.query, false);
  std::optional<std::pair<const OperationModel*, UriMatch>> best;
  for (const OperationModel& operation : service.operations) {
    auto match = match_uri(operation, request, query);
    if (match && (!best || match->score > best->second.score)) best.emplace(&operation, std::move(*match));
  }
  return best;
}

const ServiceMetadata* choose_rest(const ModelCatalog& catalog, const Candidates& all, const HttpRequest& request) {
  const Candidates rest = keep_if(all, [](const ServiceMetadata* m) { return is_rest(*m); });
  if (rest.size() == 1) return rest[0];
  const ServiceMetadata* best = nullptr;
  int score = -1;
  for (const ServiceMetadata* m : rest) {
    auto service = catalog.service(m->name);
    if (!service) continue;
    // Control planes before S3 itself, whose /{Bucket}/{Key+} takes any path.
    auto match = best_match(**service, request);
    const int found = match ? match->second.score + (m->name == "s3" ? 0 : 1) : -1;
    if (found > score) std::tie(best, score) = std::tuple(m, found);
  }
  return best ? best : rest.empty() ? nullptr : rest[0];
}

std::string s3_bucket_of(std::string_view host) {
  const std::string_view name = host_name(host);
  if (is_ip_address(name)) return {};
  for (std::string_view mark : {".s3.", ".s3-", ".localhost"}) {
    const std::size_t at = name.find(mark);
    if (at != std::string_view::npos && at > 0) return std::string(name.substr(0, at));
  }
  return {};
}

std::string account_of(std::string_view host) {
  const std::string_view label = first_label(host);
  const bool account = label.size() == 12 && label.find_first_not_of("0123456789") == std::string_view::npos;
  return account && host_name(host).size() > 12 ? std::string(label) : std::string();
}

base::Error refusal(std::string aws_code, std::string message, ErrorCode code = ErrorCode::invalid_input) {
  return {code, std::move(message), {}, {}, std::move(aws_code)};
}

struct Parts {
  const RequestRoute& route;
  const HttpRequest& request;
  DecodedRequest& decoded;
  Walk& walk;
};

base::Status decode_query(Parts p) {
  const QueryParameters parameters = parse_query(is_form(p.request) ? p.request.body : p.request.query);
  auto action =
      std::find_if(parameters.begin(), parameters.end(), [](const auto& pair) { return pair.first == "Action"; });
  if (action == parameters.end()) return base::fail(refusal("MissingAction", "the request has no Action"));
  p.decoded.operation = p.route.service->find(action->second);
  if (!p.decoded.operation) {
    return base::fail(refusal("InvalidAction",
                              fmt::format("The action {} is not valid for this web service.", action->second),
                              ErrorCode::unsupported));
  }
  if (!p.decoded.operation->input.shape) return {};
  p.decoded.parameters =
      read_query(parameters, *p.decoded.operation->input.shape, p.route.protocol == Protocol::ec2, p.walk);
  return {};
}

base::Status decode_target(Parts p) {
  const std::string_view target = header(p.request.headers, "X-Amz-Target");
  p.decoded.operation = p.route.service->find(target.substr(target.rfind('.') + 1));
  if (!p.decoded.operation)
    return base::fail(
        refusal("UnknownOperationException", fmt::format("no operation '{}'", target), ErrorCode::unsupported));
  if (!p.decoded.operation->input.shape || p.request.body.empty()) return {};
  auto body = base::parse_json(p.request.body);
  if (!body) return base::fail(refusal("SerializationException", "the body is not JSON: " + body.error().text()));
  p.decoded.parameters = read_json(p.decoded.operation->input, *body, p.walk);
  return {};
}

base::Status read_rest_body(Parts p) {
  const Shape& shape = *p.decoded.operation->input.shape;
  const Member* payload = shape.payload.empty() ? nullptr : shape.find(shape.payload);
  const bool json = p.route.service->protocol == Protocol::rest_json;
  const Member& target = payload ? *payload : p.decoded.operation->input;
  base::Json body;
  if (payload && payload->shape->type == ShapeType::blob) {
    body = base::to_base64(p.request.body);
  } else if (payload && payload->shape->type == ShapeType::string) {
    body = scalar_from_text(*payload, p.request.body, p.walk);
  } else if (json) {
    auto parsed = base::parse_json(p.request.body);
    if (!parsed) return base::fail(refusal("SerializationException", "the body is not JSON: " + parsed.error().text()));
    body = read_json(target, *parsed, p.walk);
  } else {
    auto document = XmlDocument::parse(p.request.body);
    if (!document)
      return base::fail(
          refusal("MalformedXML", "The XML you provided was not well-formed: " + document.error().text()));
    body = read_xml(*document, document->root(), target, p.walk);
  }
  if (payload) {
    p.decoded.parameters[std::string(payload->name)] = std::move(body);
  } else if (body.is_object()) {
    p.decoded.parameters.update(body);
  }
  return {};
}

void read_uri_members(Parts p, const UriMatch& match, const QueryParameters& query) {
  for (const Member& member : p.decoded.operation->input.shape->members) {
    Walk::Step step(p.walk, member.name);
    base::Json& into = p.decoded.parameters;
    const std::string name(member.name);
    for (const auto& [label, value] : member.location == Location::uri ? match.labels : query) {
      if (label != member.wire_name()) continue;
      if (member.location == Location::uri) {
        into[name] = scalar_from_text(member, value, p.walk);
      } else if (member.location != Location::querystring) {
        continue;
      } else if (member.shape->type == ShapeType::list) {
        into[name].push_back(scalar_from_text(member.shape->element(), value, p.walk));
      } else if (is_scalar(member.shape->type)) {
        into[name] = scalar_from_text(member, value, p.walk);
      }
    }
    if (member.location == Location::body && member.is(Member::host_label) && !p.route.account.empty())
      into[name] = p.route.account;
  }
}

base::Status decode_rest(Parts p) {
  HttpRequest addressed{.method = p.request.method,
                        .scheme = {},
                        .host = {},
                        .path = p.request.path,
                        .query = p.request.query,
                        .headers = p.request.headers,
                        .body = {}};
  if (!p.route.bucket.empty()) addressed.path = "/" + percent_encode(p.route.bucket) + addressed.path;
  auto best = best_match(*p.route.service, addressed);
  if (!best) {
    const bool s3 = p.route.service->signing_name == "s3";
    return base::fail(refusal(s3 ? "MethodNotAllowed" : "UnknownOperationException",
                              s3 ? "The specified method is not allowed against this resource."
                                 : fmt::format("no operation at {} {}", p.request.method, p.request.path),
                              ErrorCode::unsupported));
  }
  p.decoded.operation = best->first;
  if (!p.decoded.operation->input.shape) return {};
  if (!p.request.body.empty()) TRY_VOID(read_rest_body(p));
  read_uri_members(p, best->second, parse_query(p.request.query, false));
  read_header_members(p.decoded.parameters, *p.decoded.operation->input.shape, p.request.headers, p.walk);
  return {};
}

std::string unreadable_code(Protocol protocol) {
  if (protocol == Protocol::rest_xml) return "MalformedXML";
  return protocol == Protocol::json || protocol == Protocol::rest_json ? "SerializationException"
                                                                       : "MalformedQueryString";
}

}  // namespace

base::Result<RequestRoute> route_request(const ModelCatalog& catalog, const HttpRequest& request) {
  const CredentialScope scope = credential_scope_of(request);
  const Asked asked = asked_of(request);
  const Candidates candidates = candidates_for(catalog, scope, request);
  const ServiceMetadata* chosen = nullptr;
  Protocol protocol{};
  if (!asked.target_prefix.empty()) {
    const Candidates& among = candidates.empty() && scope.service.empty() ? all_services(catalog) : candidates;
    for (const ServiceMetadata* m : among) {
      if (!chosen && m->target_prefix == asked.target_prefix) chosen = m;
    }
  } else if (!asked.action.empty()) {
    const Candidates& among = candidates.empty() && scope.service.empty() ? all_services(catalog) : candidates;
    chosen = choose_query(catalog, among, asked, scope.service);
    protocol = Protocol::query;
  } else {
    chosen = choose_rest(catalog, candidates, request);
  }
  // Signed for a service, and nothing says which call: its own refusal of that is still to come.
  if (!chosen && !candidates.empty() && !scope.service.empty()) chosen = candidates[0];
  if (!chosen) {
    if (scope.service.empty())
      return base::fail(
          refusal("MissingAuthenticationToken", "Request is missing Authentication Token", ErrorCode::unauthenticated));
    return base::fail(refusal("UnknownOperationException",
                              fmt::format("no service signed as '{}' takes this request", scope.service),
                              ErrorCode::unsupported));
  }
  TRY(const ServiceModel* service, catalog.service(chosen->name));
  RequestRoute route{.service = service,
                     .protocol = service->protocol,
                     .region = scope.region,
                     .access_key = scope.access_key,
                     .bucket = {},
                     .account = {}};
  if (protocol == Protocol::query && service->protocol == Protocol::json) route.protocol = Protocol::query;
  if (service->name == "s3") route.bucket = s3_bucket_of(request.host);
  if (service->signing_name == "s3" && service->name != "s3") route.account = account_of(request.host);
  return route;
}

base::Result<DecodedRequest> decode_request(const RequestRoute& route, const HttpRequest& request) {
  DecodedRequest decoded;
  decoded.protocol = route.protocol;
  decoded.region = route.region;
  decoded.access_key = route.access_key;
  Walk walk(&decoded.warnings);
  const Parts parts{route, request, decoded, walk};
  switch (route.protocol) {
    case Protocol::json:
      TRY_VOID(decode_target(parts));
      break;
    case Protocol::query:
    case Protocol::ec2:
      TRY_VOID(decode_query(parts));
      break;
    default:
      TRY_VOID(decode_rest(parts));
  }
  if (walk.ok()) return decoded;
  base::Error error = walk.error();
  error.detail = unreadable_code(route.protocol);
  return base::fail(std::move(error));
}

base::Result<DecodedRequest> decode_request(const ModelCatalog& catalog, const HttpRequest& request) {
  TRY(RequestRoute route, route_request(catalog, request));
  return decode_request(route, request);
}

}  // namespace setpoint::cloud::aws
