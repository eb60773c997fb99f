#include "app/direct_access.h"

#include "base/digest.h"
#include "cloud/aws/observer.h"

namespace setpoint::app {

namespace aws = cloud::aws;
using base::ErrorCode;
using base::Json;

namespace {

constexpr std::size_t kWebhookAnswerBytesMax = 64 << 10;

class OpenedAccess final : public response::Access {
 public:
  explicit OpenedAccess(aws::ClientOptions options) : client_(std::move(options)), observer_(client_) {}
  aws::Client& client() override { return client_; }
  cloud::Observer& observer() override { return observer_; }

 private:
  aws::Client client_;
  aws::AwsObserver observer_;
};

aws::ClientOptions client_options(const aws::CredentialParts& parts,
                                  std::shared_ptr<aws::CredentialsProvider> credentials) {
  aws::ClientOptions out;
  out.catalog = parts.catalog;
  out.transport = parts.transport;
  out.clock = parts.clock;
  out.random = parts.random;
  out.endpoint = parts.endpoint;
  out.credentials = [credentials = std::move(credentials)](const std::string&) { return credentials->get(); };
  return out;
}

base::Error role_error(base::Error error, const std::string& role) {
  error.message = fmt::format("the role {} cannot be assumed: {}", role, error.message);
  return error;
}

}  // namespace

void AssumedIdentities::connect(const std::string& account, aws::CredentialParts parts,
                                std::shared_ptr<aws::CredentialsProvider> credentials) {
  homes_[account] = {std::move(parts), std::move(credentials)};
}

base::Result<std::shared_ptr<response::Access>> AssumedIdentities::access(const std::string& home,
                                                                          const std::string& region,
                                                                          const std::vector<std::string>& roles,
                                                                          const Json& session_policy) {
  auto found = homes_.find(home);
  if (found == homes_.end()) return base::fail(ErrorCode::not_found, "account {} is not connected", home);
  std::string key = Json{home, roles.empty() ? "" : region, roles, session_policy}.dump();
  std::lock_guard lock(mutex_);
  auto& kept = opened_[key];
  if (!kept) {
    TRY(kept, open(found->second, region, roles, session_policy));
  }
  return kept;
}

base::Result<std::shared_ptr<response::Access>> AssumedIdentities::open(const Home& home, const std::string& region,
                                                                        const std::vector<std::string>& roles,
                                                                        const Json& session_policy) const {
  aws::CredentialParts parts = home.parts;
  parts.region = region;
  std::shared_ptr<aws::CredentialsProvider> credentials = home.credentials;
  for (const std::string& arn : roles) {
    aws::RoleToAssume role;
    role.arn = arn;
    if (&arn == &roles.back()) role.session_policy = session_policy;
    credentials = std::make_shared<aws::RoleCredentials>(parts, std::move(credentials), std::move(role));
    if (auto got = credentials->get(); !got) return base::fail(role_error(got.error(), arn));
  }
  return std::shared_ptr<response::Access>(
      std::make_shared<OpenedAccess>(client_options(parts, std::move(credentials))));
}

base::Result<runbook::WebhookResponse> ConfiguredWebhooks::invoke(const runbook::WebhookRequest& request) {
  auto found = webhooks_.find(request.integration);
  if (found == webhooks_.end()) {
    return base::fail({ErrorCode::not_found,
                       "there is no webhook integration '" + request.integration + "'",
                       {},
                       "name it in setpoint.yaml: runbook: {webhooks: {...}}",
                       {}});
  }
  const WebhookConfig& webhook = found->second;
  std::size_t host = webhook.url.find("://") + 3;
  std::size_t path = std::min(webhook.url.find('/', host), webhook.url.size());
  cloud::HttpRequest http;
  http.method = "POST";
  http.scheme = webhook.url.substr(0, host - 3);
  http.host = webhook.url.substr(host, path - host);
  http.path = path == webhook.url.size() ? "/" : webhook.url.substr(path);
  http.headers = {{"Content-Type", "application/json"}};
  if (!webhook.header.empty()) http.headers.emplace_back(webhook.header, secrets_[request.integration]);
  http.body = request.body;
  TRY(cloud::HttpResponse answer, transport_.send(http, {}));
  return runbook::WebhookResponse{answer.status, answer.body.substr(0, kWebhookAnswerBytesMax)};
}

}  // namespace setpoint::app
