#include "cloud/aws/codec.h"

#include <openssl/evp.h>

#include "base/digest.h"
#include "cloud/aws/codec_parts.h"

namespace setpoint::cloud::aws {

using base::Json;

namespace {

std::string md5_base64(std::string_view body) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  EVP_Digest(body.data(), body.size(), digest, &length, EVP_md5(), nullptr);
  return base::to_base64({reinterpret_cast<const char*>(digest), length});
}

void encode_json(const OperationModel& operation, const Json& parameters, HttpRequest& http, Walk& walk) {
  const ServiceModel& service = *operation.service;
  http.headers.emplace_back("X-Amz-Target", fmt::format("{}.{}", service.target_prefix, operation.name));
  http.headers.emplace_back("Content-Type", fmt::format("application/x-amz-json-{}",
                                                        service.json_version.empty() ? "1.0" : service.json_version));
  if (operation.input.shape) {
    write_json(http.body, operation.input, parameters, walk);
  } else {
    http.body = "{}";
  }
}

void encode_query(const OperationModel& operation, const Json& parameters, HttpRequest& http, Walk& walk) {
  http.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
  http.body = joined({"Action=", operation.name, "&Version=", operation.service->api_version});
  if (operation.input.shape) {
    write_query(http.body, *operation.input.shape, parameters, operation.service->protocol == Protocol::ec2, walk);
  }
}

bool has_body_members(const Shape& shape) {
  return std::any_of(shape.members.begin(), shape.members.end(),
                     [](const Member& m) { return m.location == Location::body; });
}

std::string xml_body(std::string_view name, const Member& member, const Json& value, Walk& walk) {
  XmlWriter out;
  write_xml(out, name, member, value, {}, walk);
  return out.take();
}

// The body of a payload member: raw for a blob or text, else its own document.
std::string payload_body(const OperationModel& operation, const Member& member, const Json& value, Walk& walk) {
  Walk::Step step(walk, member.name);
  const bool json = operation.service->protocol == Protocol::rest_json;
  if (member.shape->type == ShapeType::string) return value.is_null() ? "" : scalar_text(member, value, {}, walk);
  if (member.shape->type == ShapeType::blob) {
    if (value.is_null()) return {};
    auto bytes = base::from_base64(scalar_text(member, value, {}, walk));
    if (!bytes) walk.fail("must be base64");
    return bytes ? *bytes : std::string();
  }
  if (value.is_null()) return json ? "{}" : "";
  if (!json) return xml_body(member.wire_name(), member, value, walk);
  std::string body;
  write_json(body, member, value, walk);
  return body;
}

std::string rest_body(const OperationModel& operation, const Json& parameters, const Json& body_members, Walk& walk) {
  const Shape* shape = operation.input.shape;
  if (!shape) return {};
  if (!shape->payload.empty()) {
    const Member* member = shape->find(shape->payload);
    return member ? payload_body(operation, *member, base::member(parameters, shape->payload), walk) : std::string();
  }
  if (operation.service->protocol == Protocol::rest_json) {
    std::string body;
    if (has_body_members(*shape) || !body_members.empty()) write_json(body, operation.input, body_members, walk);
    return body;
  }
  if (body_members.empty()) return {};
  return xml_body(operation.input.wire_name(), operation.input, body_members, walk);
}

bool raw_payload(const Shape& shape) {
  const Member* payload = shape.payload.empty() ? nullptr : shape.find(shape.payload);
  return payload && (payload->shape->type == ShapeType::blob || payload->shape->type == ShapeType::string);
}

void encode_rest(const OperationModel& operation, const Json& parameters, HttpRequest& http, Walk& walk) {
  RestParts parts = write_rest(operation, parameters, walk);
  http.path = std::move(parts.path);
  http.query = std::move(parts.query);
  http.headers = std::move(parts.headers);
  http.body = rest_body(operation, parameters, parts.body, walk);
  // API Gateway answers in HAL to whoever does not ask for JSON, and the model is of its JSON.
  if (operation.service->name == "apigateway") http.headers.emplace_back("Accept", "application/json");
  const bool json = operation.service->protocol == Protocol::rest_json && operation.input.shape &&
                    !raw_payload(*operation.input.shape);
  if (json && !http.body.empty() && header(http.headers, "Content-Type").empty()) {
    http.headers.emplace_back("Content-Type", "application/json");
  }
}

// What S3 and its like want with every document they are given; a flexible checksum that the caller named stands in for
// it.
void add_checksum(const OperationModel& operation, const Json& parameters, HttpRequest& http) {
  if (!operation.is(OperationModel::checksum_required) || !header(http.headers, "Content-MD5").empty()) return;
  if (!operation.checksum_member.empty() && parameters.contains(std::string(operation.checksum_member))) return;
  http.headers.emplace_back("Content-MD5", md5_base64(http.body));
}

Json read_json_body(std::string_view body, const Member& member, Walk& walk) {
  if (body.empty()) return Json::object();
  auto parsed = base::parse_json(body);
  if (!parsed) return walk.fail("the body is not JSON: " + parsed.error().text()), Json();
  return read_json(member, *parsed, walk);
}

// query wraps the output in <OperationResult>; ec2 and rest-xml do not.
const XmlNode* output_root(const XmlDocument& document, const OperationModel& operation) {
  if (operation.service->protocol != Protocol::query || operation.result_wrapper.empty()) return &document.root();
  return document.child(document.root(), operation.result_wrapper);
}

// GetBucketLocation answers with the member itself as the root element.
bool unwrapped(const XmlDocument& document, const Shape& shape) {
  return !document.first_child(document.root()) && shape.find_wire(document.root().name) != nullptr;
}

Json read_xml_body(std::string_view body, const OperationModel& operation, std::string& request_id, Walk& walk) {
  auto document = XmlDocument::parse(body);
  if (!document) return walk.fail(document.error().text()), Json::object();
  const XmlNode* metadata = document->child(document->root(), "ResponseMetadata");
  request_id =
      metadata ? document->child_text(*metadata, "RequestId") : document->child_text(document->root(), "requestId");
  const XmlNode* root = output_root(*document, operation);
  const Shape* shape = operation.output.shape;
  if (!root || !shape) return Json::object();
  if (unwrapped(*document, *shape)) {
    const std::string_view text = document->root().text;
    return text.empty() ? Json::object() : Json{{std::string(shape->find_wire(root->name)->name), std::string(text)}};
  }
  return read_xml_members(*document, *root, *shape, walk);
}

Json read_payload(const Member& member, const HttpResponse& response, bool json, Walk& walk) {
  const std::string& body = response.body;
  if (member.shape->type == ShapeType::blob) return base::to_base64(body);
  if (member.shape->type == ShapeType::string) return scalar_from_text(member, body, walk);
  if (body.empty()) return Json::object();
  if (json) return read_json_body(body, member, walk);
  auto document = XmlDocument::parse(body);
  if (!document) return walk.fail(document.error().text()), Json();
  return read_xml(*document, document->root(), member, walk);
}

Json read_rest(const OperationModel& operation, const HttpResponse& response, Walk& walk) {
  const Shape& shape = *operation.output.shape;
  const bool json = operation.service->protocol == Protocol::rest_json;
  Json out = Json::object();
  std::string ignored;
  if (!shape.payload.empty()) {
    if (const Member* member = shape.find(shape.payload))
      out[std::string(shape.payload)] = read_payload(*member, response, json, walk);
  } else if (has_body_members(shape) && !response.body.empty()) {
    out = json ? read_json_body(response.body, operation.output, walk)
               : read_xml_body(response.body, operation, ignored, walk);
  }
  if (!out.is_object()) return out;
  read_header_members(out, shape, response.headers, walk);
  for (const Member& member : shape.members) {
    if (member.location == Location::status_code) out[std::string(member.name)] = response.status;
  }
  return out;
}

std::string request_id_of(const HttpResponse& response) {
  for (const char* name : {"x-amzn-requestid", "x-amz-request-id", "x-amzn-request-id"}) {
    if (auto id = header(response.headers, name); !id.empty()) return std::string(id);
  }
  return {};
}

Json read_output(const OperationModel& operation, const HttpResponse& response, std::string& request_id, Walk& walk) {
  const Protocol protocol = operation.service->protocol;
  if (protocol == Protocol::query || protocol == Protocol::ec2)
    return read_xml_body(response.body, operation, request_id, walk);
  if (!operation.output.shape) return Json::object();
  if (protocol == Protocol::json) return read_json_body(response.body, operation.output, walk);
  return read_rest(operation, response, walk);
}

}  // namespace

base::Error decode_error(const OperationModel& operation, const HttpResponse& response, const std::string& request_id);

base::Result<Encoded> encode_request(const OperationModel& operation, const Json& parameters) {
  Encoded encoded;
  Walk walk(&encoded.warnings);
  if (!parameters.is_object()) walk.fail("parameters must be an object");
  encoded.http.method = operation.http_method;
  encoded.http.path = operation.http_uri;
  if (walk.ok()) {
    switch (operation.service->protocol) {
      case Protocol::json:
        encode_json(operation, parameters, encoded.http, walk);
        break;
      case Protocol::query:
      case Protocol::ec2:
        encode_query(operation, parameters, encoded.http, walk);
        break;
      default:
        encode_rest(operation, parameters, encoded.http, walk);
    }
    encoded.host_prefix = expand_host_prefix(operation, parameters, walk);
  }
  if (!walk.ok()) {
    base::Error error = walk.error();
    error.where =
        fmt::format("{} {}{}{}", operation.service->name, operation.name, error.where.empty() ? "" : ": ", error.where);
    return base::fail(std::move(error));
  }
  add_checksum(operation, parameters, encoded.http);
  return encoded;
}

base::Result<CallResult> decode_response(const OperationModel& operation, const HttpResponse& response,
                                         std::vector<std::string>* warnings) {
  CallResult result;
  result.request_id = request_id_of(response);
  if (response.status >= 300) return base::fail(decode_error(operation, response, result.request_id));
  Walk walk(warnings);
  std::string id_in_body;
  result.output = read_output(operation, response, id_in_body, walk);
  if (!id_in_body.empty()) result.request_id = id_in_body;
  if (walk.ok()) return result;
  base::Error error = walk.error();
  error.code = base::ErrorCode::corrupted;
  error.message = "the answer does not read: " + (error.where.empty() ? "" : error.where + " ") + error.message;
  error.where = fmt::format("{} {}", operation.service->name, operation.name);
  if (!result.request_id.empty()) error.hint = "request id " + result.request_id;
  return base::fail(std::move(error));
}

}  // namespace setpoint::cloud::aws
