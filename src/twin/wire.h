// The wire of the simulated cloud: bytes of a request in, bytes of an answer out, by the very codecs of cloud/aws.
//
// Place in the flow: cloud/http_server.h puts it behind a socket; TwinTransport puts it behind cloud::Transport, in the
// same process and without a socket, so a rehearsal sends the same bytes as the real thing.
//
//   std::unique_ptr<Cloud> fork = twin.fork();
//   TwinTransport transport(*fork, *catalog);
//   aws::Client client(..., transport, ...);            // signs with any key; an account's 12 digits as key id selects
//   the account
//
// Order of the checks, as at AWS: service and operation known, body well-formed, credentials, signature (where asked),
// then the call itself. Whatever is wrong is answered in the service's own error form; nothing that a client can send
// ends in an exception. Ownership: borrows the cloud and the catalog. Threads: safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "cloud/aws/codec.h"
#include "cloud/http_server.h"
#include "twin/cloud.h"

namespace setpoint::twin {

struct WireOptions {
  bool verify_signatures = false;
  std::string region_default = "us-east-1";  // where a request names none
};

// On an answer that leaves something out of account: what, by ", ". Clients of AWS ignore it; tests and people need not.
inline constexpr const char* kUnmodelledHeader = "x-setpoint-unmodelled";

using WireReply = cloud::HttpReply;

class Wire {
 public:
  Wire(Cloud& cloud, const cloud::aws::ModelCatalog& catalog, WireOptions options = {})
      : cloud_(cloud), catalog_(catalog), options_(std::move(options)) {}
  WireReply handle(const cloud::HttpRequest& request);
  // To a request that the server did not read to its end (cloud/http_server.h): the service's own words, in its form.
  cloud::HttpResponse refuse(int status, const cloud::HttpRequest& head);

 private:
  std::string next_request_id();
  WireReply answer_to(const cloud::aws::RequestRoute& route, const cloud::HttpRequest& request);
  WireReply run(const cloud::aws::RequestRoute& route, const cloud::aws::DecodedRequest& decoded, const Caller& caller);
  WireReply failure(const cloud::aws::RequestRoute& route, const AwsError& wrong);

  Cloud& cloud_;
  const cloud::aws::ModelCatalog& catalog_;
  WireOptions options_;
  std::atomic<std::uint64_t> requests_{0};
};

class TwinTransport final : public cloud::Transport {
 public:
  TwinTransport(Cloud& cloud, const cloud::aws::ModelCatalog& catalog, WireOptions options = {})
      : wire_(cloud, catalog, std::move(options)) {}
  // A dropped connection is ErrorCode::timed_out: it may have happened.
  base::Result<cloud::HttpResponse> send(const cloud::HttpRequest& request, const cloud::SendOptions& options) override;

 private:
  Wire wire_;
};

}  // namespace setpoint::twin
