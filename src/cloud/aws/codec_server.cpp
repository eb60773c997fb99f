// The answering side: outputs to bytes.
#include <algorithm>

#include "base/digest.h"
#include "cloud/aws/codec.h"
#include "cloud/aws/codec_parts.h"

namespace setpoint::cloud::aws {

using base::Json;

namespace {

constexpr std::string_view kDeclaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

struct Answer {
  const OperationModel& operation;
  const Json& output;
  const std::string& id;
  HttpResponse& response;
  Walk& walk;
};

std::string response_name(const OperationModel& operation) { return std::string(operation.name) + "Response"; }

void answer_ec2(Answer a) {
  const std::string root = response_name(a.operation);
  XmlWriter out;
  out.open(root);
  out.attribute("xmlns", std::string(a.operation.service->xml_namespace) + "/");
  out.element("requestId", a.id);
  if (a.operation.output.shape)
    write_xml_members(out, *a.operation.output.shape, a.output, {.flattened_by_element = true}, a.walk);
  out.close(root);
  a.response.headers.emplace_back("Content-Type", "text/xml;charset=UTF-8");
  a.response.body = std::string(kDeclaration) + out.take();
}

void answer_query(Answer a) {
  const std::string root = response_name(a.operation);
  const std::string wrapper = a.operation.result_wrapper.empty() ? std::string(a.operation.name) + "Result"
                                                                 : std::string(a.operation.result_wrapper);
  XmlWriter out;
  out.open(root);
  if (!a.operation.service->xml_namespace.empty()) out.attribute("xmlns", a.operation.service->xml_namespace);
  if (a.operation.output.shape) {
    out.open(wrapper);
    write_xml_members(out, *a.operation.output.shape, a.output, {.flattened_by_element = true, .query_names = true},
                      a.walk);
    out.close(wrapper);
  }
  out.open("ResponseMetadata");
  out.element("RequestId", a.id);
  out.close("ResponseMetadata");
  out.close(root);
  a.response.headers.emplace_back("Content-Type", "text/xml");
  a.response.headers.emplace_back("x-amzn-RequestId", a.id);
  a.response.body = out.take();
}

void answer_json(Answer a) {
  const ServiceModel& service = *a.operation.service;
  a.response.headers.emplace_back("x-amzn-RequestId", a.id);
  a.response.headers.emplace_back("Content-Type", fmt::format("application/x-amz-json-{}", service.json_version));
  if (!a.operation.output.shape) {
    a.response.body = "{}";
  } else {
    write_json(a.response.body, a.operation.output, a.output, a.walk);
  }
}

Json body_members(const Shape& shape, const Json& output) {
  Json body = Json::object();
  for (auto& [name, value] : output.items()) {
    const Member* member = shape.find(name);
    if ((!member || member->location == Location::body) && !value.is_null()) body[name] = value;
  }
  return body;
}

std::string xml_document(std::string_view root, std::string_view name_space, const Shape& shape, const Json& value,
                         Walk& walk) {
  XmlWriter out;
  out.open(root);
  if (!name_space.empty()) out.attribute("xmlns", name_space);
  write_xml_members(out, shape, value, {.flattened_by_element = true}, walk);
  out.close(root);
  return std::string(kDeclaration) + out.take();
}

std::string payload_text(const OperationModel& operation, const Member& member, const Json& value, Walk& walk) {
  if (value.is_null()) return {};
  if (member.shape->type == ShapeType::string) return scalar_text(member, value, {}, walk);
  if (member.shape->type == ShapeType::blob) {
    auto bytes = base::from_base64(scalar_text(member, value, {}, walk));
    if (!bytes) walk.fail("must be base64");
    return bytes ? *bytes : std::string();
  }
  if (operation.service->protocol == Protocol::rest_xml) {
    return xml_document(member.wire_name(), member.namespace_uri, *member.shape, value, walk);
  }
  std::string body;
  write_json(body, member, value, walk);
  return body;
}

// S3's GetBucketLocation has its one member as the root element.
std::string location_document(const Json& output) {
  XmlWriter out;
  out.open("LocationConstraint");
  out.attribute("xmlns", "http://s3.amazonaws.com/doc/2006-03-01/");
  out.text(base::string_member(output, "LocationConstraint"));
  out.close("LocationConstraint");
  return std::string(kDeclaration) + out.take();
}

// The models leave out what S3 calls its documents, which readers by name go by. Source: S3 API reference.
constexpr std::pair<std::string_view, std::string_view> kS3Roots[] = {
    {"GetBucketAccelerateConfiguration", "AccelerateConfiguration"},
    {"GetBucketAcl", "AccessControlPolicy"},
    {"GetBucketCors", "CORSConfiguration"},
    {"GetBucketLifecycleConfiguration", "LifecycleConfiguration"},
    {"GetBucketLogging", "BucketLoggingStatus"},
    {"GetBucketNotificationConfiguration", "NotificationConfiguration"},
    {"GetBucketRequestPayment", "RequestPaymentConfiguration"},
    {"GetBucketTagging", "Tagging"},
    {"GetBucketVersioning", "VersioningConfiguration"},
    {"GetBucketWebsite", "WebsiteConfiguration"},
    {"GetObjectAcl", "AccessControlPolicy"},
    {"GetObjectTagging", "Tagging"},
    {"DeleteObjects", "DeleteResult"},
    {"ListBuckets", "ListAllMyBucketsResult"},
    {"ListObjectVersions", "ListVersionsResult"},
    {"ListObjects", "ListBucketResult"},
    {"ListObjectsV2", "ListBucketResult"}};

std::string root_of(const OperationModel& operation) {
  if (!operation.output.location_name.empty()) return std::string(operation.output.location_name);
  if (operation.service->name == "s3") {
    for (const auto& [name, root] : kS3Roots) {
      if (name == operation.name) return std::string(root);
    }
  }
  return std::string(operation.name) + "Result";
}

std::string rest_body(Answer a) {
  const Shape& shape = *a.operation.output.shape;
  if (!shape.payload.empty()) {
    const Member* member = shape.find(shape.payload);
    return member ? payload_text(a.operation, *member, base::member(a.output, shape.payload), a.walk) : std::string();
  }
  if (a.operation.service->name == "s3" && a.operation.name == "GetBucketLocation") return location_document(a.output);
  const bool any = std::any_of(shape.members.begin(), shape.members.end(),
                               [](const Member& m) { return m.location == Location::body; });
  if (!any) return {};
  const Json body = body_members(shape, a.output);
  if (a.operation.service->protocol == Protocol::rest_xml) {
    const std::string_view space = a.operation.service->signing_name == "s3" ? "http://s3.amazonaws.com/doc/2006-03-01/"
                                                                             : a.operation.service->xml_namespace;
    return xml_document(root_of(a.operation), space, shape, body, a.walk);
  }
  std::string text;
  write_json(text, a.operation.output, body, a.walk);
  return text;
}

void answer_rest(Answer a) {
  const ServiceModel& service = *a.operation.service;
  a.response.headers.emplace_back(service.signing_name == "s3" ? "x-amz-request-id" : "x-amzn-RequestId", a.id);
  if (!a.operation.output.shape) return;
  const Shape& shape = *a.operation.output.shape;
  write_header_members(a.response.headers, shape, a.output, a.walk);
  a.response.body = rest_body(a);
  for (const Member& member : shape.members) {
    const Json& status = base::member(a.output, member.name);
    if (member.location == Location::status_code && status.is_number_integer()) a.response.status = status.get<int>();
  }
  if (a.response.body.empty() || !header(a.response.headers, "Content-Type").empty()) return;
  const Member* payload = shape.payload.empty() ? nullptr : shape.find(shape.payload);
  if (payload && is_scalar(payload->shape->type)) return;
  a.response.headers.emplace_back("Content-Type",
                                  service.protocol == Protocol::rest_xml ? "application/xml" : "application/json");
}

}  // namespace

HttpResponse encode_response(const OperationModel& operation, const Json& output, const std::string& id,
                             Protocol protocol) {
  HttpResponse response;
  response.status = operation.response_code == 0 ? 200 : static_cast<int>(operation.response_code);
  Walk walk;
  const Answer answer{operation, output, id, response, walk};
  switch (protocol) {
    case Protocol::ec2:
      answer_ec2(answer);
      break;
    case Protocol::query:
      answer_query(answer);
      break;
    case Protocol::json:
      answer_json(answer);
      break;
    default:
      answer_rest(answer);
  }
  if (walk.ok()) return response;
  return encode_error(*operation.service, protocol,
                      {.code = "InternalFailure", .message = walk.error().text(), .status = 500}, id);
}

HttpResponse encode_response(const OperationModel& operation, const Json& output, const std::string& id) {
  return encode_response(operation, output, id, operation.service->protocol);
}

}  // namespace setpoint::cloud::aws
