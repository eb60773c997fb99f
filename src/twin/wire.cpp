#include "twin/wire.h"

#include <algorithm>

#include "base/digest.h"
#include "twin/authorization.h"
#include "twin/request_signature.h"

namespace setpoint::twin {

namespace aws = cloud::aws;

namespace {

// A request of which we do not even know the service: the form that every client reads.
cloud::HttpResponse unroutable(const std::string& message, const std::string& request_id) {
  Json body = {{"__type", "MissingAuthenticationToken"}, {"message", message}};
  return {403,
          {{"Content-Type", "application/json"}, {"x-amzn-RequestId", request_id}},
          body.dump(-1, ' ', false, Json::error_handler_t::replace)};
}

AwsError aws_error_of(const base::Error& error, const char* fallback) {
  return {error.detail.empty() ? fallback : error.detail, error.message, 400, Json::object()};
}

AwsError expired(std::string_view service) {
  if (service == "s3") return {"ExpiredToken", "The provided token has expired.", 400, Json::object()};
  if (service == "ec2") return {"RequestExpired", "Request has expired.", 400, Json::object()};
  return {"ExpiredTokenException", "The security token included in the request is expired", 403, Json::object()};
}

// Each family of protocols has its own words, S3 its own statuses too.
AwsError unread(int status, const aws::RequestRoute& route) {
  bool large_head = status == 431;
  if (route.service->signing_name == "s3") {
    if (large_head)
      return {"RequestHeaderSectionTooLarge", "Your request header section exceeds the maximum allowed size.", 400, {}};
    if (status == 413) return {"EntityTooLarge", "Your proposed upload exceeds the maximum allowed size", 400, {}};
    return {"BadRequest", "An error occurred when parsing the HTTP request.", 400, {}};
  }
  bool json = route.protocol == aws::Protocol::json || route.protocol == aws::Protocol::rest_json;
  std::string tail = json ? "Exception" : "";
  if (large_head) return {"RequestHeaderSectionTooLarge" + tail, "Request headers exceed the size limit.", 431, {}};
  if (status == 413) return {"RequestEntityTooLarge" + tail, "Request body exceeds the size limit.", 413, {}};
  return {json ? "SerializationException" : "MalformedQueryString", "The request is not valid HTTP.", 400, {}};
}

// What was left out may quote the caller's own words: nothing of it may end the line.
std::string header_text(const std::vector<std::string>& parts) {
  constexpr std::size_t kBytesMax = 4'096;
  std::string out = fmt::format("{}", fmt::join(parts, ", ")).substr(0, kBytesMax);
  std::replace_if(
      out.begin(), out.end(), [](unsigned char c) { return c < ' ' || c > '~'; }, '?');
  return out;
}

}  // namespace

std::string Wire::next_request_id() {
  std::string hex = base::sha256(fmt::format("request {}", requests_++)).hex();
  return fmt::format("{}-{}-4{}-8{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(13, 3), hex.substr(17, 3),
                     hex.substr(20, 12));
}

WireReply Wire::failure(const aws::RequestRoute& route, const AwsError& wrong) {
  aws::ServiceError error{wrong.code, wrong.message, wrong.status, wrong.details};
  return {aws::encode_error(*route.service, route.protocol, error, next_request_id())};
}

WireReply Wire::handle(const cloud::HttpRequest& request) {
  base::Result<aws::RequestRoute> route = aws::route_request(catalog_, request);
  if (!route) return {unroutable(route.error().message, next_request_id())};
  WireReply reply = answer_to(*route, request);
  if (request.method == "HEAD") reply.http.body.clear();
  return reply;
}

cloud::HttpResponse Wire::refuse(int status, const cloud::HttpRequest& head) {
  base::Result<aws::RequestRoute> route = aws::route_request(catalog_, head);
  return route ? failure(*route, unread(status, *route)).http : cloud::HttpResponse{status, {}, {}};
}

WireReply Wire::answer_to(const aws::RequestRoute& route, const cloud::HttpRequest& request) {
  base::Result<aws::DecodedRequest> decoded = aws::decode_request(route, request);
  if (!decoded) {
    std::string operation = decoded.error().detail.empty() ? "" : decoded.error().message;
    if (decoded.error().code == base::ErrorCode::not_found)
      cloud_.note_unmodelled(std::string(route.service->name) + ": " + operation);
    return failure(route, aws_error_of(decoded.error(), "SerializationException"));
  }
  if (options_.verify_signatures) {
    if (Check wrong = check_signature(request, route, cloud_)) return failure(route, *wrong);
  }
  Identity identity = cloud_.identify(route.access_key, false).value();
  if (identity.expires.known() && identity.expires < cloud_.clock().now())
    return failure(route, expired(route.service->name));
  return run(route, *decoded, identity.caller);
}

WireReply Wire::run(const aws::RequestRoute& route, const aws::DecodedRequest& decoded, const Caller& caller) {
  Call call{caller, decoded.region, std::string(route.service->name), std::string(decoded.operation->name),
            decoded.parameters};
  if (call.region.empty()) call.region = options_.region_default;
  if (cloud_.options().enforce_iam) {
    if (Check wrong = check_access(cloud_.state(), catalog_, call, cloud_.clock().now())) return failure(route, *wrong);
  }
  Served served = cloud_.serve(call);
  WireReply reply =
      served.answer
          ? WireReply{aws::encode_response(*decoded.operation, *served.answer, next_request_id(), decoded.protocol)}
          : failure(route, served.answer.error());
  if (!served.unmodelled.empty()) reply.http.headers.emplace_back(kUnmodelledHeader, header_text(served.unmodelled));
  reply.drop = served.drop;
  return reply;
}

base::Result<cloud::HttpResponse> TwinTransport::send(const cloud::HttpRequest& request, const cloud::SendOptions&) {
  WireReply reply = wire_.handle(request);
  if (reply.drop) return base::fail(base::ErrorCode::timed_out, "the connection closed before an answer came");
  return std::move(reply.http);
}

}  // namespace setpoint::twin
