// Between parameters and bytes, for all five AWS protocols and in both directions. A client encodes requests and
// decodes responses; the twin and the gateway decode requests and encode responses; both from the same models, so what
// one writes the other reads.
//
//   TRY(const OperationModel* op, catalog.operation("ec2", "RevokeSecurityGroupIngress"));
//   TRY(Encoded request, encode_request(*op, call.parameters));          // no host yet: endpoint.h, no signature yet:
//   sigv4.h
//   ...
//   TRY(CallResult result, decode_response(*op, response));              // an AWS error is a base::Error, its code in
//   `detail`
//
//   server side:
//   auto route = route_request(catalog, request);                        // service, protocol, region, from the
//   credential scope auto decoded = decode_request(*route, request);                      // operation and parameters
//   return encode_response(*decoded->operation, output, id, decoded->protocol);
//
// Values. Structures are JSON objects with the SDKs' exact member names; blobs are base64 text, a streamed body too;
// timestamps go in as ISO 8601 text or seconds and come out as ISO 8601 text with milliseconds; integers and booleans
// are accepted as text that is exactly one (runbooks carry text) with a warning.
//
// Unknown members pass through, in both directions, with a line in `warnings`: models age. lint is strict: validate().
//
// Bytes. What encode_request writes equals botocore's bytes for the same parameters in order of their names (tests/aws
// compares them): JSON with ", " and ": " and ASCII escapes, XML without a declaration. Members are written in order of
// their names, where the model does not ask for another order (xmlOrder).
//
// Threads: functions of values; no state.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "base/json.h"
#include "cloud/aws/model_catalog.h"
#include "cloud/aws/service_model.h"
#include "cloud/http.h"
#include "cloud/ports.h"

namespace setpoint::cloud::aws {

// ---- client side

struct Encoded {
  HttpRequest http;         // method, path, query, headers, body; host is empty
  std::string host_prefix;  // "111122223333." where the operation wants one
  std::vector<std::string> warnings;
};
// invalid_input: a value of another kind than the model's, or a path label that is missing. `where` names the member.
base::Result<Encoded> encode_request(const OperationModel& operation, const base::Json& parameters);

// The AWS error, where the status is 300 or more: code by what a caller does about it, message AWS's own, detail AWS's
// code, hint "request id ...". A body that does not parse is invalid_input (2xx: corrupted).
base::Result<CallResult> decode_response(const OperationModel& operation, const HttpResponse& response,
                                         std::vector<std::string>* warnings = nullptr);

// How Setpoint classes an AWS error code: throttled, access_denied, not_found, conflict...
base::ErrorCode classify_error(std::string_view aws_code, int http_status);

// ---- server side

struct RequestRoute {
  const ServiceModel* service = nullptr;
  Protocol protocol = Protocol::json;  // may differ from the model's: SQS is still spoken as query
  std::string region;                  // "" where the request names none
  std::string access_key;              // "" where the request is not signed
  std::string bucket;                  // S3, from the host
  std::string account;                 // S3 Control, from the host
};
// Which service a request is for: credential scope (header or presigned), X-Amz-Target, Version, host. `detail` of an
// error is the AWS code.
base::Result<RequestRoute> route_request(const ModelCatalog& catalog, const HttpRequest& request);

struct DecodedRequest {
  const OperationModel* operation = nullptr;
  Protocol protocol = Protocol::json;
  std::string region;
  std::string access_key;
  base::Json parameters = base::Json::object();
  std::vector<std::string> warnings;
};
// detail: InvalidAction, UnknownOperationException, MethodNotAllowed for an operation that is not known;
// SerializationException, MalformedXML, MalformedQueryString for a body that does not read.
base::Result<DecodedRequest> decode_request(const RequestRoute& route, const HttpRequest& request);
base::Result<DecodedRequest> decode_request(const ModelCatalog& catalog, const HttpRequest& request);

HttpResponse encode_response(const OperationModel& operation, const base::Json& output, const std::string& request_id,
                             Protocol protocol);
HttpResponse encode_response(const OperationModel& operation, const base::Json& output, const std::string& request_id);

struct ServiceError {
  std::string code;  // "InvalidGroup.NotFound"
  std::string message;
  int status = 400;
  base::Json members = base::Json::object();  // further members of a modelled error, in wire names
};
HttpResponse encode_error(const ServiceMetadata& service, Protocol protocol, const ServiceError& error,
                          const std::string& request_id);

// ---- lint

// A text that holds "{{" (a runbook's unresolved reference) fits everywhere.
// Strict: unknown member (with did-you-mean), missing required member, value of the wrong kind or outside of an enum.
// `where` is put before the member's path in each diagnostic's text; file and position are the caller's.
void validate(const OperationModel& operation, const base::Json& parameters, const std::string& file, base::Position at,
              base::Diagnostics& diagnostics);

}  // namespace setpoint::cloud::aws
