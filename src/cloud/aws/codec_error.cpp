// AWS errors: read from the bodies of all five protocols, classed by what a caller does about them, and written.
#include <algorithm>

#include "cloud/aws/codec.h"
#include "cloud/aws/codec_parts.h"
#include "cloud/aws/utf8.h"

namespace setpoint::cloud::aws {

using base::ErrorCode;
using base::Json;

namespace {

struct WireError {
  std::string code;
  std::string message;
  std::string request_id;
};

bool one_of(std::string_view code, std::initializer_list<std::string_view> codes) {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

bool contains(std::string_view code, std::initializer_list<std::string_view> parts) {
  return std::any_of(parts.begin(), parts.end(),
                     [&](std::string_view part) { return code.find(part) != std::string_view::npos; });
}

// The list of the SDKs' standard retry mode.
bool is_throttle(std::string_view code) {
  return one_of(code, {"Throttling", "ThrottlingException", "ThrottledException", "RequestThrottledException",
                       "RequestThrottled", "TooManyRequestsException", "ProvisionedThroughputExceededException",
                       "TransactionInProgressException", "RequestLimitExceeded", "BandwidthLimitExceeded", "SlowDown",
                       "PriorRequestNotComplete", "EC2ThrottledException", "RequestThrottlingException"});
}

bool is_unauthenticated(std::string_view code) {
  return one_of(code, {"InvalidClientTokenId", "UnrecognizedClientException", "ExpiredToken", "ExpiredTokenException",
                       "TokenRefreshRequired", "SignatureDoesNotMatch", "InvalidSignatureException", "AuthFailure",
                       "MissingAuthenticationToken", "MissingAuthenticationTokenException", "IncompleteSignature",
                       "IncompleteSignatureException", "InvalidAccessKeyId", "RequestExpired", "RequestTimeTooSkewed",
                       "InvalidToken", "InvalidIdentityToken", "InvalidSecurity"});
}

bool is_denial(std::string_view code) {
  return contains(code, {"AccessDenied", "Unauthorized", "AuthorizationError", "NotAuthorized", "OptInRequired"}) ||
         code == "Forbidden";
}

bool is_absence(std::string_view code) {
  return contains(code, {"NotFound", "NoSuch", "NonExistent", "NonExisting", "DoesNotExist", "NotExist"}) ||
         code == "ResourceNotDiscoveredException";
}

bool is_conflict(std::string_view code) {
  return contains(code,
                  {"AlreadyExist", "Conflict", "InUse", "Duplicate", "AlreadyOwned", "BucketNotEmpty", "DeleteConflict",
                   "IncorrectState", "IncorrectInstanceState", "InvalidState", "PreconditionFailed", "OperationAborted",
                   "ConcurrentModification", "ResourceInUse", "DependencyViolation", "IdempotentParameterMismatch",
                   "AlreadyInState", "AlreadyAttached", "AlreadyAssociated"});
}

bool is_failure(std::string_view code) {
  return one_of(code, {"InternalError", "InternalFailure", "InternalServerError", "InternalServiceError",
                       "InternalServiceException", "ServiceUnavailable", "ServiceUnavailableException", "Unavailable",
                       "RequestTimeout", "RequestTimeoutException"});
}

bool is_unsupported(std::string_view code) {
  return contains(code, {"Unsupported", "NotImplemented", "UnknownOperation", "NotSupported"}) ||
         one_of(code, {"InvalidAction", "MethodNotAllowed"});
}

ErrorCode classify_status(int status) {
  switch (status) {
    case 401:
      return ErrorCode::unauthenticated;
    case 403:
      return ErrorCode::access_denied;
    case 404:
      return ErrorCode::not_found;
    case 408:
      return ErrorCode::unavailable;
    case 409:
    case 412:
      return ErrorCode::conflict;
    case 413:
      return ErrorCode::limit_exceeded;
    case 429:
      return ErrorCode::throttled;
    case 501:
      return ErrorCode::unsupported;
    default:
      return status >= 500 ? ErrorCode::unavailable : ErrorCode::invalid_input;
  }
}

// "com.amazonaws.ssm#ParameterNotFound" and "ValidationException:http://..." carry more than the code.
std::string bare_code(std::string code) {
  if (auto colon = code.find(':'); colon != std::string::npos) code.resize(colon);
  if (auto hash = code.rfind('#'); hash != std::string::npos) code.erase(0, hash + 1);
  return code;
}

WireError read_json_error(const HttpResponse& response) {
  WireError error;
  auto body = base::parse_json(response.body.empty() ? std::string_view("{}") : std::string_view(response.body));
  if (!body)
    return {.code = {}, .message = header_utf8(std::string_view(response.body).substr(0, 500)), .request_id = {}};
  error.message = base::string_member(*body, "message");
  if (error.message.empty()) error.message = base::string_member(*body, "Message");
  if (error.message.empty()) error.message = base::string_member(*body, "errorMessage");
  const std::string query_error = header_utf8(header(response.headers, "x-amzn-query-error"));
  const std::string type_header = header_utf8(header(response.headers, "x-amzn-errortype"));
  if (query_error.find(';') != std::string::npos) error.code = query_error.substr(0, query_error.find(';'));
  if (error.code.empty()) error.code = bare_code(type_header);
  for (const char* name : {"__type", "code", "Code"}) {
    if (error.code.empty()) error.code = bare_code(base::string_member(*body, name));
  }
  return error;
}

// <ErrorResponse><Error>, <Response><Errors><Error>, or S3's bare <Error>.
WireError read_xml_error(const HttpResponse& response) {
  auto document = XmlDocument::parse(response.body);
  if (!document)
    return {.code = {}, .message = header_utf8(std::string_view(response.body).substr(0, 500)), .request_id = {}};
  const XmlNode& root = document->root();
  const XmlNode* errors = document->child(root, "Errors");
  const XmlNode* error = document->child(errors ? *errors : root, "Error");
  if (!error) error = &root;
  WireError read{.code = std::string(document->child_text(*error, "Code")),
                 .message = std::string(document->child_text(*error, "Message")),
                 .request_id = {}};
  for (const char* name : {"RequestId", "RequestID", "requestId"}) {
    if (read.request_id.empty()) read.request_id = document->child_text(root, name);
  }
  return read;
}

bool xml_errors(Protocol protocol) {
  return protocol == Protocol::query || protocol == Protocol::ec2 || protocol == Protocol::rest_xml;
}

std::string error_document(const ServiceMetadata& service, Protocol protocol, const ServiceError& error,
                           const std::string& id) {
  XmlWriter out;
  auto code_and_message = [&] {
    out.element("Code", error.code);
    out.element("Message", header_utf8(error.message));  // may quote what was sent
    for (auto& [name, value] : error.members.items())
      out.element(name, value.is_string() ? value.get<std::string>() : value.dump());
  };
  if (protocol == Protocol::ec2) {
    out.open("Response");
    out.open("Errors");
    out.open("Error");
    code_and_message();
    out.close("Error");
    out.close("Errors");
    out.element("RequestID", id);
    out.close("Response");
  } else if (service.name == "s3") {
    out.open("Error");
    code_and_message();
    out.element("RequestId", id);
    out.element("HostId", id);
    out.close("Error");
  } else {
    out.open("ErrorResponse");
    if (!service.xml_namespace.empty()) out.attribute("xmlns", service.xml_namespace);
    out.open("Error");
    out.element("Type", error.status >= 500 ? "Receiver" : "Sender");
    code_and_message();
    out.close("Error");
    out.element("RequestId", id);
    out.close("ErrorResponse");
  }
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + out.take();
}

}  // namespace

ErrorCode classify_error(std::string_view code, int status) {
  if (is_throttle(code)) return ErrorCode::throttled;
  if (is_unauthenticated(code)) return ErrorCode::unauthenticated;
  if (is_denial(code)) return ErrorCode::access_denied;
  if (is_absence(code)) return ErrorCode::not_found;
  if (is_failure(code)) return ErrorCode::unavailable;
  if (is_unsupported(code)) return ErrorCode::unsupported;
  if (contains(code, {"LimitExceeded", "QuotaExceeded", "TooMany", "TooLarge"})) return ErrorCode::limit_exceeded;
  if (is_conflict(code)) return ErrorCode::conflict;
  return classify_status(status);
}

base::Error decode_error(const OperationModel& operation, const HttpResponse& response, const std::string& request_id) {
  WireError wire = xml_errors(operation.service->protocol) ? read_xml_error(response) : read_json_error(response);
  if (wire.code.empty()) wire.code = fmt::format("{}", response.status);
  if (wire.message.empty()) wire.message = fmt::format("HTTP status {}", response.status);
  const std::string& id = wire.request_id.empty() ? request_id : wire.request_id;
  return {.code = classify_error(wire.code, response.status),
          .message = fmt::format("{}: {}", wire.code, wire.message),
          .where = fmt::format("{} {}", operation.service->name, operation.name),
          .hint = id.empty() ? std::string() : "request id " + id,
          .detail = wire.code};
}

HttpResponse encode_error(const ServiceMetadata& service, Protocol protocol, const ServiceError& error,
                          const std::string& id) {
  HttpResponse response{.status = error.status, .headers = {}, .body = {}};
  response.headers.emplace_back(service.signing_name == "s3" ? "x-amz-request-id" : "x-amzn-RequestId", id);
  if (xml_errors(protocol)) {
    response.headers.emplace_back("Content-Type",
                                  protocol == Protocol::rest_xml ? "application/xml" : "text/xml;charset=UTF-8");
    response.body = error_document(service, protocol, error, id);
    return response;
  }
  Json body = error.members;
  body["message"] = header_utf8(error.message);
  if (protocol == Protocol::rest_json) {
    response.headers.emplace_back("x-amzn-ErrorType", error.code);
    response.headers.emplace_back("Content-Type", "application/json");
  } else {
    body["__type"] = error.code;
    response.headers.emplace_back("Content-Type", fmt::format("application/x-amz-json-{}", service.json_version));
    if (service.query_compatible)
      response.headers.emplace_back("x-amzn-query-error", error.code + (error.status >= 500 ? ";Receiver" : ";Sender"));
  }
  write_json_text(response.body, body);
  return response;
}

}  // namespace setpoint::cloud::aws
