#include "response/script_gateway.h"

#include "base/digest.h"
#include "cloud/aws/codec.h"
#include "response/script_session.h"

namespace setpoint::response {

namespace aws = cloud::aws;
using base::ErrorCode;
using base::Json;
using runbook::ScriptResult;

namespace {

constexpr int kGatewayThreads = 8;
constexpr std::size_t kTokenBytes = 16;
// What the sandbox gives every script (sandbox/runner.py); any other key is one that the script came by itself.
constexpr std::string_view kSandboxKey = "SETPOINTSANDBOX";

cloud::HttpResponse refusal(int status, std::string_view code, const std::string& message) {
  Json body = {{"__type", code}, {"message", message}};
  return {status,
          {{"Content-Type", "application/x-amz-json-1.1"}, {"x-amzn-ErrorType", std::string(code)}},
          body.dump(-1, ' ', false, Json::error_handler_t::replace)};
}

bool speaks_in_status(aws::Protocol protocol) {
  return protocol == aws::Protocol::rest_json || protocol == aws::Protocol::rest_xml;
}

// REST services tell the kind of an error by the status too; a HEAD has nothing else ("404" is the code then).
int status_of(const base::Error& error, aws::Protocol protocol) {
  if (error.detail.size() == 3 && error.detail.find_first_not_of("0123456789") == std::string::npos)
    return std::stoi(error.detail);
  if (error.code == ErrorCode::unavailable || error.code == ErrorCode::unreachable) return 503;
  if (!speaks_in_status(protocol)) return 400;
  if (error.code == ErrorCode::not_found) return 404;
  if (error.code == ErrorCode::conflict) return 409;
  return error.code == ErrorCode::access_denied || error.code == ErrorCode::unauthenticated ? 403 : 400;
}

// Errors that are not the service's own carry no code of AWS's.
std::string code_of(const base::Error& error) {
  if (!error.detail.empty()) return error.detail;
  switch (error.code) {
    case ErrorCode::access_denied:
    case ErrorCode::unauthenticated:
    case ErrorCode::refused:
      return "AccessDenied";
    case ErrorCode::throttled:
      return "Throttling";
    case ErrorCode::invalid_input:
      return "ValidationError";
    case ErrorCode::timed_out:
      return "RequestTimeout";
    default:
      return "ServiceUnavailable";
  }
}

// The client puts the service's code before its message; boto3 does so itself.
std::string message_of(const base::Error& error) {
  std::string prefix = error.detail + ": ";
  return error.message.starts_with(prefix) ? error.message.substr(prefix.size()) : error.message;
}

// boto3 in the script's own process is taught a header of ours; a program that the script started, the AWS CLI say, has
// the token as its session token.
std::string_view token_of(const cloud::HttpRequest& request) {
  const std::string_view token = cloud::header(request.headers, "X-Setpoint-Execution");
  return token.empty() ? cloud::header(request.headers, "X-Amz-Security-Token") : token;
}

cloud::HttpResponse error_response(const aws::RequestRoute& route, const base::Error& error) {
  aws::ServiceError wrong{code_of(error), message_of(error), status_of(error, route.protocol), Json::object()};
  return aws::encode_error(*route.service, route.protocol, wrong, "setpoint-gateway");
}

base::Error no_execution() { return {ErrorCode::access_denied, "no execution has this token", {}, {}, "AccessDenied"}; }

cloud::HttpResponse answer_call(const aws::RequestRoute& route, const cloud::HttpRequest& request,
                                ScriptSession& session) {
  if (!route.access_key.empty() && route.access_key != kSandboxKey) {
    return error_response(route, {ErrorCode::access_denied,
                                  "a script's calls go out as the execution itself; credentials that it came by are "
                                  "not taken",
                                  {},
                                  {},
                                  "AccessDenied"});
  }
  auto decoded = aws::decode_request(route, request);
  if (!decoded) return error_response(route, decoded.error());
  model::ApiCall call{session.account(), decoded->region.empty() ? session.region() : decoded->region,
                      std::string(route.service->name), std::string(decoded->operation->name),
                      std::move(decoded->parameters)};
  base::Result<Json> output = session.ask(call);
  if (!output) return error_response(route, output.error());
  return aws::encode_response(*decoded->operation, *output, "setpoint-gateway", decoded->protocol);
}

}  // namespace

ScriptGateway::ScriptGateway(std::shared_ptr<const aws::ModelCatalog> catalog, base::Random& random)
    : catalog_(std::move(catalog)), random_(random) {}

ScriptGateway::~ScriptGateway() {
  if (server_) server_->stop();
  if (thread_.joinable()) thread_.join();
}

base::Result<std::unique_ptr<ScriptGateway>> ScriptGateway::open(std::shared_ptr<const aws::ModelCatalog> catalog,
                                                                 base::Random& random) {
  std::unique_ptr<ScriptGateway> out(new ScriptGateway(std::move(catalog), random));
  TRY(out->server_, cloud::HttpServer::listen(
                        [gateway = out.get()](const cloud::HttpRequest& request) { return gateway->handle(request); },
                        {.threads = kGatewayThreads}));
  out->thread_ = std::thread([server = out->server_.get()] { server->run(); });
  return out;
}

std::shared_ptr<ScriptSession> ScriptGateway::session(const std::string& token) {
  std::lock_guard lock(mutex_);
  auto found = sessions_.find(token);
  return found == sessions_.end() ? nullptr : found->second;
}

cloud::HttpReply ScriptGateway::handle(const cloud::HttpRequest& request) {
  auto route = aws::route_request(*catalog_, request);
  if (!route) return {refusal(400, "UnknownService", route.error().message), false};
  std::shared_ptr<ScriptSession> mine = session(std::string(token_of(request)));
  cloud::HttpReply reply{mine ? answer_call(*route, request, *mine) : error_response(*route, no_execution()), false};
  if (request.method == "HEAD") reply.http.body.clear();
  return reply;
}

runbook::Answer<ScriptResult> ScriptGateway::serve(const runbook::ScriptRequest& request, const Script& script,
                                                   const CallPath& path) {
  auto mine = std::make_shared<ScriptSession>(request.account, request.region);
  std::string token = base::to_hex(random_.bytes(kTokenBytes));
  {
    std::lock_guard lock(mutex_);
    sessions_[token] = mine;
  }
  base::Result<ScriptResult> result = base::fail(ErrorCode::cancelled, "the script did not run");
  std::thread runner([&] {
    result = script({.port = server_->port(), .token = token});
    mine->end();
  });
  std::optional<runbook::Interrupt> interrupt = mine->answer_until_ended(path);
  runner.join();
  {
    std::lock_guard lock(mutex_);
    sessions_.erase(token);
  }
  if (interrupt) return *interrupt;
  return result;
}

}  // namespace setpoint::response
