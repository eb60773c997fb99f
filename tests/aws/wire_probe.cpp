// aws_wire_probe <models>: one JSON value a line in, one out. What the C++ client would put on the wire, and what it
// reads from it; the other side is compare_with_botocore.py.
//   {"do": "encode", "service", "operation", "parameters", "host"}  -> {"method", "url", "headers", "body"}
//   {"do": "endpoint", "service", "region"} -> {"host", "region", "name"}
//   {"do": "decode", "service", "operation", "status", "headers", "body"} -> {"output"} | {"code"}
#include <iostream>
#include <nlohmann/json.hpp>

#include "base/digest.h"
#include "base/random.h"
#include "cloud/aws/client.h"

namespace {

using namespace setpoint;
using base::Json;
using namespace cloud::aws;

constexpr base::Timestamp kNow{1'767'225'600'000};  // 2026-01-01T00:00:00Z

class NoTransport final : public cloud::Transport {
 public:
  base::Result<cloud::HttpResponse> send(const cloud::HttpRequest&, const cloud::SendOptions&) override {
    return base::fail(base::ErrorCode::unreachable, "the probe sends nothing");
  }
};

// The peer's host: where a request goes is not what is compared here.
Json encode(ClientOptions options, const Json& line) {
  options.endpoint.url = "http://" + line.at("host").get<std::string>();
  Client client(std::move(options));
  model::ApiCall call;
  call.region = "us-east-1";
  call.service = line.at("service");
  call.operation = line.at("operation");
  call.parameters = line.at("parameters");
  auto request = client.prepare(call, kNow);
  if (!request) return {{"error", request.error().text()}};
  Json headers = Json::object();
  for (const auto& [name, value] : request->headers) headers[name] = value;
  const std::string url = request->path + (request->query.empty() ? "" : "?" + request->query);
  return {{"method", request->method}, {"url", url}, {"headers", headers}, {"body", base::to_base64(request->body)}};
}

Json decode(Client& client, const Json& line) {
  auto operation =
      client.catalog().operation(line.at("service").get<std::string>(), line.at("operation").get<std::string>());
  if (!operation) return {{"error", operation.error().text()}};
  cloud::HttpResponse response;
  response.status = line.at("status");
  for (auto& [name, value] : line.at("headers").items()) response.headers.emplace_back(name, value.get<std::string>());
  response.body = *base::from_base64(line.at("body").get<std::string>());
  auto result = decode_response(**operation, response);
  if (result) return {{"output", result->output}};
  const base::Error& error = result.error();
  if (response.status < 300) return {{"error", error.text()}};
  return {{"code", error.detail},
          {"message", error.message.substr(std::min(error.message.size(), error.detail.size() + 2))}};
}

Json endpoint(Client& client, const Json& line) {
  const ServiceMetadata* service = client.catalog().metadata(line.at("service").get<std::string>());
  if (service == nullptr) return {{"error", "no such service"}};
  auto found = resolve_endpoint(*service, line.at("region").get<std::string>(), {});
  if (!found) return {{"error", found.error().text()}};
  return {{"host", found->host}, {"region", found->signing_region}, {"name", service->signing_name}};
}

// The server's half, for responses to compare with: an output in our form to bytes.
Json answer(Client& client, const Json& line) {
  auto operation =
      client.catalog().operation(line.at("service").get<std::string>(), line.at("operation").get<std::string>());
  if (!operation) return {{"error", operation.error().text()}};
  const cloud::HttpResponse response =
      encode_response(**operation, line.at("output"), "00000000-0000-0000-0000-000000000000");
  Json headers = Json::object();
  for (const auto& [name, value] : response.headers) headers[name] = value;
  return {{"status", response.status}, {"headers", headers}, {"body", base::to_base64(response.body)}};
}

}  // namespace

int main(int argc, char** argv) {
  auto catalog = ModelCatalog::open(argc > 1 ? argv[1] : "");
  if (!catalog) {
    std::cerr << catalog.error().text() << "\n";
    return 1;
  }
  base::ManualClock clock{kNow};
  base::SystemRandom random;
  NoTransport transport;
  ClientOptions options;
  options.catalog = *catalog;
  options.transport = &transport;
  options.clock = &clock;
  options.random = &random;
  options.credentials = [](const std::string&) -> base::Result<Credentials> {
    Credentials keys;
    keys.access_key = "AKIDEXAMPLE";
    keys.secret_key = Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
    keys.session_token = Secret("TOKEN/+=");
    return keys;
  };
  Client client(options);
  for (std::string text; std::getline(std::cin, text);) {
    const Json line = Json::parse(text);
    const std::string what = line.at("do");
    const Json reply = what == "encode"     ? encode(options, line)
                       : what == "decode"   ? decode(client, line)
                       : what == "endpoint" ? endpoint(client, line)
                                            : answer(client, line);
    std::cout << reply.dump() << "\n" << std::flush;
  }
}
